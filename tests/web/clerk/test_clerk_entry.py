"""A clerk comes in by an emailed link and a code of six digits; nobody else does, and nobody guesses."""

import pytest
from werkzeug.test import Client

from tests.support.clerk import EMAIL, ClerkInPerson
from tests.support.stage import KADIS, Stage


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


def test_who_asks_again_within_the_hour_reads_that_the_first_link_still_opens(stage: Stage) -> None:
    told = set()
    for email in (EMAIL, EMAIL, "siapa@contoh.id", "siapa@contoh.id"):
        somebody = ClerkInPerson(stage, email)
        page = somebody.get("/petugas")
        page = somebody.browser.submit(page, page.form("/petugas/masuk"), email=email)
        told.add(page.text)
        stage.clock.forward(minutes=5)
    assert len(told) == 1
    assert "kurang dari satu jam yang lalu, tautan itu masih dapat dibuka" in page.text
    again = somebody.get(page.html.xpath("//a[.='Ketik alamat lain']/@href")[0])
    assert again.form("/petugas/masuk").fields["email"] == ""
    clerk = ClerkInPerson(stage)
    assert len(stage.mail()) == 1
    assert "Kode masuk" in clerk.opens_link().text


def test_a_wrong_code_is_told_with_the_tries_that_are_left(stage: Stage, clerk: ClerkInPerson) -> None:
    """Tries, pause and end of a code are tested with codes themselves (``tests/usecases/test_codes.py``)."""
    wrong = at_the_door(clerk)
    page = clerk.types(clerk.get("/petugas/kode"), wrong)
    assert (page.status, "Sisa percobaan: 4" in page.text) == (422, True)
    for _ in range(3):
        page = clerk.types(page, wrong)
    right, sent = clerk.code(), len(stage.mail())
    for minutes in (0, 2):
        stage.clock.forward(minutes=minutes)
        for told in (clerk.types(page, wrong), clerk.types(page, right), clerk.wants_code(page), clerk.get(page.url)):
            assert (told.status, "Coba lagi setelah" in told.text, "dikirim ke" in told.text) == (429, True, False)
            assert not told.html.xpath("//main//form")
    assert len(stage.mail()) == sent
    stage.clock.forward(minutes=31)
    page = clerk.wants_code(clerk.get("/petugas/kode"))
    assert clerk.types(page, clerk.code()).url.endswith("/petugas")


def test_spaces_in_a_code_do_not_matter_and_an_old_one_is_told_as_such(stage: Stage, clerk: ClerkInPerson) -> None:
    at_the_door(clerk)
    stage.clock.forward(minutes=11)
    page = clerk.types(clerk.get("/petugas/kode"), clerk.code())
    assert (page.status, "sudah lewat" in page.text) == (422, True)
    page = clerk.wants_code(page)
    code = clerk.code()
    assert clerk.types(page, f" {code[:3]} {code[3:]} ").url.endswith("/petugas")


def test_a_browser_in_which_no_code_was_asked_for_takes_none(stage: Stage, clerk: ClerkInPerson) -> None:
    at_the_door(clerk)
    other = ClerkInPerson(stage)
    page = other.opens_link_of(clerk)
    assert not page.html.xpath("//input[@name='kode']")
    assert other.post("/petugas/kode", page, kode=clerk.code()).url.endswith("/petugas/kode")
    assert other.get("/petugas/permohonan").status == 403


def test_of_two_browsers_that_ask_in_the_same_second_the_code_opens_one(stage: Stage, clerk: ClerkInPerson) -> None:
    other = ClerkInPerson(stage)
    clerk.asks()
    stage.outbox.send_due()
    pages = [clerk.wants_code(clerk.opens_link()), other.wants_code(other.opens_link_of(clerk))]
    stage.outbox.send_due()
    code = clerk.code()
    assert [who.types(page, code).status for who, page in zip((clerk, other), pages, strict=True)] == [200, 422]
    assert clerk.types(pages[0], code).url.endswith("/petugas"), "after a second click he is in"


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
    client: Client = clerk.browser.client
    left = client.post("/petugas/keluar", data=dict(page.form("/petugas/keluar").form_values()))
    assert (left.status_code, left.headers["Clear-Site-Data"]) == (303, '"cache"')
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
