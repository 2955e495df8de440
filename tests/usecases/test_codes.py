"""Six-digit codes: who reads the mail can type one, nobody can guess one, and none is kept anywhere."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.core.application import Actor
from portal.core.errors import LinkForged, NotAllowed
from portal.links import Links
from portal.usecases.codes import Codes
from tests.support.stage import KABID, KADIS, Stage, StillClock

BUDI = Actor("kadis", "Budi Contoh", email=KADIS)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    opened = Stage(tmp_path, StillClock())
    yield opened
    opened.close()


def told(stage: Stage, before: int = 0) -> str:
    """The code in the newest email."""
    mail = stage.mail()[before:][-1]
    found = re.search(r"Kode Anda: (\d{3} \d{3})", mail["text"])
    assert found, mail
    return found[1]


def refused(codes: Codes, asked: str, typed: str, purpose: str = "perangkat") -> tuple[str, dict[str, Any]]:
    with pytest.raises(NotAllowed) as refusal:
        codes.check(purpose, asked, typed)
    return refusal.value.code, refusal.value.facts


def wrong(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"


def test_whoever_reads_the_mail_can_type_the_code_also_with_blanks_and_twice(stage: Stage) -> None:
    codes = Codes(stage.office)
    asked = codes.ask("perangkat", BUDI)
    code = told(stage)
    assert [mail["to"] for mail in stage.mail()] == [KADIS]
    for typed in (code, code.replace(" ", ""), f" {code.replace(' ', '-')} "):
        assert codes.check("perangkat", asked, typed) == KADIS


def test_a_code_is_good_in_one_browser_as_often_as_its_form_is_sent_and_in_no_other(stage: Stage) -> None:
    codes = Codes(stage.office)
    asked = codes.ask("perangkat", BUDI)
    code = told(stage)
    for _ in range(2):
        assert codes.check("perangkat", asked, code, "satu") == KADIS
    with pytest.raises(NotAllowed) as refusal:
        codes.check("perangkat", asked, code, "dua")
    assert refusal.value.code == "code_used"
    assert codes.check("perangkat", asked, code, "satu") == KADIS


def test_whoever_asks_again_after_a_code_was_used_gets_another_within_the_same_minute(stage: Stage) -> None:
    codes, found = Codes(stage.office), dict[str, str]()
    for browser in ("satu", "dua", "tiga"):
        asked = codes.ask("perangkat", BUDI)
        found[asked] = told(stage)
        assert codes.check("perangkat", asked, found[asked], browser) == KADIS
    assert len(found) == len(set(found.values())) == len(stage.mail()) == 3


def test_a_wrong_try_uses_no_code_up(stage: Stage) -> None:
    codes = Codes(stage.office)
    asked = codes.ask("perangkat", BUDI)
    code = told(stage)
    with pytest.raises(NotAllowed):
        codes.check("perangkat", asked, wrong(code), "satu")
    assert codes.check("perangkat", asked, code, "dua") == KADIS


def test_neither_the_form_nor_the_subject_nor_what_is_kept_holds_a_code(stage: Stage) -> None:
    asked = Codes(stage.office).ask("perangkat", BUDI)
    before = "\n".join(stage.dump()[0])
    code = told(stage)
    plain = code.replace(" ", "")
    kept = "\n".join(row for row in stage.dump()[0] if "Kode Anda" not in row)  # all but the rehearsal's mailbox
    for place in (asked, before, kept, stage.mail()[-1]["subject"]):
        assert code not in place
        assert plain not in place


def test_asking_again_within_a_minute_sends_nothing_more_and_later_another_code(stage: Stage) -> None:
    codes = Codes(stage.office)
    asked = [codes.ask("perangkat", BUDI) for _ in range(3)]
    assert len(set(asked)) == len(stage.mail()) == 1
    first = told(stage)
    stage.clock.forward(minutes=1)
    later = codes.ask("perangkat", BUDI)
    assert told(stage) != first
    assert refused(codes, later, first)[0] == "code_wrong"
    assert codes.check("perangkat", asked[0], first) == KADIS


def test_a_code_opens_only_what_it_was_asked_for_and_only_for_its_reader(stage: Stage) -> None:
    codes = Codes(stage.office)
    asked = codes.ask("perangkat", BUDI)
    code = told(stage)
    with pytest.raises(LinkForged):
        codes.check("petugas", asked, code)
    assert refused(codes, codes.ask("petugas", BUDI), code, "petugas")[0] == "code_wrong"
    assert refused(codes, codes.ask("perangkat", Actor("kabid", "Rina", email=KABID)), code)[0] == "code_wrong"
    with pytest.raises(LinkForged):
        codes.check("perangkat", f"{asked[:-4]}AAAA", code)


def test_after_ten_minutes_it_is_too_late_and_a_letter_as_late_is_not_sent(stage: Stage) -> None:
    codes = Codes(stage.office)
    asked = codes.ask("perangkat", BUDI)
    code = told(stage)
    stage.clock.forward(minutes=10)
    assert codes.check("perangkat", asked, code) == KADIS
    stage.clock.forward(seconds=1)
    assert refused(codes, asked, code)[0] == "code_expired"
    codes.ask("perangkat", BUDI)
    stage.clock.forward(minutes=11)
    assert len(stage.mail()) == 1
    assert list(stage.records.unsent()) == []


def test_after_five_tries_even_the_right_one_has_to_wait_whatever_was_asked_for_since(stage: Stage) -> None:
    codes = Codes(stage.office)
    asked = codes.ask("perangkat", BUDI)
    code = told(stage)
    stage.clock.forward(minutes=1)
    again = codes.ask("perangkat", BUDI)
    newest = told(stage)
    assert [refused(codes, asked, wrong(code)) for _ in range(4)] == [
        ("code_wrong", {"left": left}) for left in (4, 3, 2, 1)
    ]
    assert refused(codes, asked, wrong(code))[0] == "code_paused"
    (name, facts) = refused(codes, again, newest)
    assert name == "code_paused"
    assert timedelta() < facts["until"] - stage.clock.at <= codes.pause
    so_far = len(stage.mail())
    for _ in range(2):  # within the minute of the last one, and later
        with pytest.raises(NotAllowed) as refusal:
            codes.ask("perangkat", BUDI)
        assert (refusal.value.code, refusal.value.facts) == (name, facts)
        stage.clock.forward(minutes=2)
    assert len(stage.mail()) == so_far
    other = codes.ask("perangkat", Actor("kabid", "Rina", email=KABID))
    assert codes.check("perangkat", other, told(stage)) == KABID
    stage.clock.at = facts["until"]
    asked = codes.ask("perangkat", BUDI)
    assert codes.check("perangkat", asked, told(stage)) == KADIS


def test_none_is_sent_either_where_the_last_try_was_right(stage: Stage) -> None:
    codes = Codes(stage.office)
    asked = codes.ask("perangkat", BUDI)
    code = told(stage)
    for _ in range(4):
        refused(codes, asked, wrong(code))
    assert codes.check("perangkat", asked, code) == KADIS
    with pytest.raises(NotAllowed, match="code_paused"):
        codes.ask("perangkat", BUDI)


@pytest.mark.parametrize("typed", ["", " ", "abcdef", "1" * 4000, "\0", "½"])
def test_what_is_no_code_is_a_wrong_one(stage: Stage, typed: str) -> None:
    codes = Codes(stage.office)
    assert refused(codes, codes.ask("perangkat", BUDI), typed)[0] == "code_wrong"


def test_a_code_outlives_a_new_key_and_not_the_end_of_its_own() -> None:
    before, after, gone = Links(["lama"]), Links(["lama", "baru"]), Links(["baru"])
    (code,) = before.codes("code.x", "budi")
    assert re.fullmatch("[0-9]{6}", code)
    assert code in after.codes("code.x", "budi")
    assert after.codes("code.x", "budi")[0] == gone.codes("code.x", "budi")[0] != code
    assert len({*before.codes("code.x", "budi"), *before.codes("code.y", "budi"), *before.codes("code.x", "rina")}) == 3
