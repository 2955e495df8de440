"""No answer tells a stranger whether a ticket, draft, batch or entry exists, whatever method or key he tries."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.builders import a_number_nobody_has
from tests.support.sessions import SOMEBODY
from tests.support.stage import KADIS, Stage
from tests.support.ways import EMAIL, WAYS

CASE = (
    "/permohonan/{}", "/permohonan/{}/perbaikan", "/permohonan/{}/jadwal", "/permohonan/{}/tanda-terima",
    "/permohonan/{}/serah-terima", "/permohonan/{}/berkas/ktp", "/telaah/{}", "/telaah/{}/lembar",
    "/telaah/{}/keputusan",
    "/telaah/{}/berkas/ktp", "/telaah/{}/berkas/ktp/asli", "/petugas/permohonan/{}", "/konfirmasi/{}",
)  # fmt: skip
DRAFT = (
    "/ajukan/{}/data", "/ajukan/{}/berkas", "/ajukan/{}/periksa", "/ajukan/{}/tersimpan", "/ajukan/{}/terkirim",
    "/ajukan/{}/berkas/ktp/lihat", "/usulan/{}", "/usulan/{}/daftar",
)  # fmt: skip
ENTRY = ("/meja/register/penerbitan/entri/{}", "/meja/register/penerbitan/entri/{}/periksa")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")


NOBODY_S = {"case": a_number_nobody_has(), "draft": "0" * 32, "entry": a_number_nobody_has()}


@pytest.fixture
def there(stage: Stage) -> dict[str, str]:
    """What exists, by its kind."""
    number = stage.case(*WAYS["done"])
    return {"case": number, "draft": stage.draft().id, "entry": number}


@pytest.fixture
def strangers(stage: Stage) -> dict[str, FlaskClient]:
    """Without any key, with that of another case and draft, and an official who has nothing to do with it."""
    other, another = stage.case("confirm", **SOMEBODY), stage.draft(email="wati@tarakankota.go.id")
    keys, official = stage.browser(), stage.browser()
    for link in (stage.link("permohonan", other), stage.draft_link(another)):
        keys.get(link)
    official.get(stage.link("telaah", other, KADIS))
    return {"a stranger": stage.browser(), "another's keys": keys, "another case's official": official}


def told(answer: TestResponse, id: str) -> tuple[int, str, str, list[str]]:
    """What an answer says, but for the name it was asked for, and what is new each time."""
    same = re.sub(r'name="csrf" value="[^"]+"', "", answer.get_data(as_text=True))
    kept = [re.sub(r"=[^;]+", "=…", value, count=1) for value in answer.headers.getlist("Set-Cookie")]
    location = answer.headers.get("Location", "").replace(id, "…")
    # Tickets that people mistype are read as they were meant: shown without regard to case.
    return answer.status_code, re.sub(re.escape(id), "…", same, flags=re.IGNORECASE), location, kept


def addresses() -> Iterator[tuple[str, str]]:
    for kind, paths in (("case", CASE), ("draft", DRAFT), ("entry", ENTRY)):
        for path in paths:
            yield kind, path


def test_what_is_there_is_answered_as_what_is_not(
    stage: Stage, there: dict[str, str], strangers: dict[str, FlaskClient]
) -> None:
    before = stage.dump()
    for name, browser in strangers.items():
        for kind, path in addresses():
            for method in METHODS:
                found = told(browser.open(path.format(there[kind]), method=method), there[kind])
                missed = told(browser.open(path.format(NOBODY_S[kind]), method=method), NOBODY_S[kind])
                assert found == missed, (name, method, path)
                assert found[0] != 200 or method == "OPTIONS", (name, method, path)
    assert stage.dump() == before


def test_whoever_asks_for_a_link_has_as_much_written_whether_or_not_there_is_one(stage: Stage) -> None:
    """To write takes longer than to write nothing, and that can be told from far away."""
    number, clerk = stage.case("confirm"), stage.office.services.office["email"]
    nobody, forms = "tidak.ada@tarakankota.go.id", []
    for page, ticket, known in (
        ("permohonan", number, EMAIL), ("permohonan", "", EMAIL), ("telaah", number, KADIS), ("meja", "", KADIS),
        ("petugas", "", clerk),
    ):  # fmt: skip
        forms += [("/tautan", {"halaman": page, "tiket": ticket, "email": each}) for each in (known, nobody)]
    forms += [("/petugas/masuk", {"email": each}) for each in (clerk, nobody)]
    forms += [("/tautan", {"halaman": "permohonan", "tiket": NOBODY_S["case"], "email": nobody})]
    for address, form in forms:
        stage.mail()
        stage.clock.forward(hours=1)
        assert stage.browser().post(address, data=form).status_code == 200
        assert len(list(stage.records.unsent())) == 1, form
    stage.mail()
    assert nobody not in {mail["to"] for mail in stage.mail()}
    assert stage.outbox.red_list() == []


def test_a_token_tells_nothing_of_what_it_was_made_for_once_it_is_bent(stage: Stage, there: dict[str, str]) -> None:
    """Made for what is there and for what is not, and then bent in one letter, cut, or written in capitals."""
    for page in ("permohonan", "konfirmasi", "telaah", "meja"):
        for bend in (lambda token: token[:-1] + "-", lambda token: token[:-9], str.upper, lambda token: token + "A"):
            said = set()
            for number in (there["case"], NOBODY_S["case"]):
                token = stage.sign(page, {"t": number, "r": KADIS, "s": "telaah_kadis"})
                answer = stage.browser().get(f"/{page}/{bend(token)}")
                said.add((answer.status_code, answer.get_data(as_text=True).replace(bend(token), "…")))
            assert len(said) == 1, page
            assert next(iter(said))[0] in (403, 404), page
