"""A clerk comes in by an emailed link and a code of six digits; nobody else does, and nobody guesses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clerk import EMAIL, ClerkInPerson
from tests.support.stage import KADIS, Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


@pytest.fixture
def clerk(stage: Stage) -> ClerkInPerson:
    return ClerkInPerson(stage)


def at_the_door(clerk: ClerkInPerson) -> str:
    """The wrong code, once a right one was sent."""
    clerk.asks()
    clerk.wants_code(clerk.opens_link())
    return f"{(int(clerk.code()) + 1) % 10**6:06}"


def test_a_link_and_the_code_that_it_asks_for_open_the_desk(clerk: ClerkInPerson) -> None:
    page = clerk.comes_in()
    assert (page.status, page.html.findtext(".//h1")) == (200, "Meja petugas")
    assert EMAIL in page.text
    assert clerk.opens_again().url.endswith("/petugas")


def test_the_link_alone_opens_nothing_and_the_code_is_in_no_subject(stage: Stage, clerk: ClerkInPerson) -> None:
    clerk.asks()
    page = clerk.opens_link()
    assert "Kode masuk" in page.text
    assert clerk.get("/petugas").url.endswith("/petugas/masuk")
    assert clerk.get("/petugas/permohonan").status == 403
    clerk.wants_code(page)
    assert clerk.code() not in clerk.newest()["subject"]
    rows = [row for row in stage.dump()[0] if "INTO message" not in row and 'INTO "message"' not in row]
    assert not any(clerk.code() in row for row in rows)  # it is kept nowhere but in the mailbox


def test_nobody_else_gets_a_link_and_the_answer_is_the_same(stage: Stage) -> None:
    told = set()
    for email in (EMAIL, KADIS, "siapa@contoh.id", "", "x\x00"):
        somebody = ClerkInPerson(stage, email)
        page = somebody.get("/petugas")
        told.add(somebody.browser.submit(page, page.form("/petugas/masuk"), email=email).text)
    assert len(told) == 1
    assert {message["to"] for message in stage.mail()} == {EMAIL}


def test_a_wrong_code_is_told_and_after_five_there_is_a_pause(stage: Stage, clerk: ClerkInPerson) -> None:
    wrong = at_the_door(clerk)
    page = clerk.get("/petugas/kode")
    for left in (4, 3, 2, 1, 0):
        page = clerk.types(page, wrong)
        assert (page.status, f"Sisa percobaan: {left}" in page.text) == (422, True)
    right = clerk.code()
    page = clerk.types(page, right)
    assert (page.status, "Tunggu sebentar" in page.text) == (429, True)
    page = clerk.wants_code(clerk.get("/petugas/kode"))
    assert clerk.types(page, clerk.code()).status == 429  # a new code has no tries of its own
    stage.clock.forward(minutes=15)
    page = clerk.wants_code(clerk.get("/petugas/kode"))
    assert clerk.types(page, clerk.code()).url.endswith("/petugas")


def test_what_is_no_code_takes_no_try_and_spaces_do_not_matter(clerk: ClerkInPerson) -> None:
    at_the_door(clerk)
    page = clerk.get("/petugas/kode")
    for _ in range(7):
        page = clerk.types(page, "12 ab")
        assert "Tulis enam angka" in page.text
    code = clerk.code()
    assert clerk.types(page, f" {code[:3]} {code[3:]} ").url.endswith("/petugas")


def test_a_code_is_over_after_ten_minutes_and_says_so(stage: Stage, clerk: ClerkInPerson) -> None:
    at_the_door(clerk)
    stage.clock.forward(minutes=11)
    page = clerk.types(clerk.get("/petugas/kode"), clerk.code())
    assert (page.status, "Kode tidak berlaku lagi" in page.text) == (410, True)


def test_a_code_asked_for_in_one_browser_opens_no_other(stage: Stage, clerk: ClerkInPerson) -> None:
    at_the_door(clerk)
    other = ClerkInPerson(stage)
    page = other.opens_link_of(clerk)
    assert not page.html.xpath("//input[@name='kode']")
    page = other.wants_code(page)
    assert clerk.code() == other.code()  # the newest email's, which the other browser has asked for
    assert clerk.types(clerk.get("/petugas/kode"), other.code()).status == 422


def test_more_than_three_codes_in_a_quarter_of_an_hour_are_not_sent(stage: Stage, clerk: ClerkInPerson) -> None:
    clerk.asks()
    page = clerk.opens_link()
    for _ in range(3):
        page = clerk.wants_code(page)
        stage.clock.forward(seconds=1)
    assert clerk.wants_code(page).status == 429
    assert sum("Kode masuk" in message["subject"] for message in stage.mail()) == 3


def test_a_code_that_could_not_be_sent_in_time_is_not_sent_late(stage: Stage, clerk: ClerkInPerson) -> None:
    clerk.asks()
    page = clerk.opens_link()
    stage.mailbox.failing = True
    clerk.wants_code(page)
    stage.mail()
    stage.mailbox.failing = False
    stage.clock.forward(hours=1)
    assert not any("Kode masuk" in message["subject"] for message in stage.mail())
    assert not list(stage.records.unsent())


def test_who_is_clerk_no_longer_is_out_at_once(
    stage: Stage, clerk: ClerkInPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.comes_in()
    office = stage.office.services.first.data["office"]
    monkeypatch.setitem(office, "clerks", [{"name": "Rina Contoh", "email": "Rina@tarakankota.go.id"}])
    assert clerk.get("/petugas/permohonan").status == 403
    rina = ClerkInPerson(stage, "rina@tarakankota.go.id")
    assert "Rina Contoh" in rina.comes_in().text


def test_whoever_leaves_is_out(clerk: ClerkInPerson) -> None:
    page = clerk.comes_in()
    clerk.browser.submit(page, page.form("/petugas/keluar"))
    assert clerk.get("/petugas").url.endswith("/petugas/masuk")


def test_an_old_link_offers_a_new_one(stage: Stage, clerk: ClerkInPerson) -> None:
    clerk.asks()
    stage.mail()
    stage.clock.forward(days=15)
    page = clerk.opens_link()
    assert page.status == 410
    before = len(stage.mail())
    clerk.browser.submit(page, page.form("/tautan"))
    assert [message["to"] for message in stage.mail()[before:]] == [EMAIL]
