"""Is this email yours? The code at the foot of an email, typed by anybody."""

import re
from pathlib import Path

from portal.web.app import LIMITS
from tests.support.stage import Stage, StillClock
from tests.support.ways import EMAIL, SECRETS


def test_the_code_of_an_email_says_when_it_was_sent_and_of_what_kind(shared_stage: Stage) -> None:
    shared_stage.case("confirm")
    mail = next(each for each in shared_stage.mail() if each["to"] == EMAIL)
    before = shared_stage.dump()
    (code,) = re.findall(r"Kode email ini: (\S+)", mail["text"])
    assert code in mail["html"]
    assert "http://localhost/cek-email" in mail["text"]
    page = shared_stage.browser().get(f"/cek-email?kode={code.lower()}")
    assert page.status_code == 200
    assert "Kode ini milik email kami" in page.text
    assert not [secret for secret in SECRETS if secret in page.text]
    assert shared_stage.dump() == before


def test_whatever_is_wrong_has_the_same_answer_and_is_kept_in_the_field(shared_stage: Stage) -> None:
    for typed in ("AAAA-AAAA-AAAA", "halo"):
        page = shared_stage.browser().get("/cek-email", query_string={"kode": typed})
        assert page.status_code == 404
        assert "Kode email tidak dikenali" in page.text
        assert f'value="{typed}"' in page.text
    assert shared_stage.browser().get("/cek-email?kode=").status_code == 200


def test_guessing_is_held_back(tmp_path: Path) -> None:
    stage = Stage(tmp_path, StillClock())
    guesser, most = stage.browser("203.0.113.44"), LIMITS["ticket"][0]
    answers = [guesser.get(f"/cek-email?kode=AAAA-AAAA-{n:04d}").status_code for n in range(most + 1)]
    assert answers == [404] * most + [429]
    assert guesser.get("/cek-email").status_code == 200
    stage.close()
