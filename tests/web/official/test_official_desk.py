"""All that waits for an official, on one page."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.support.browser_without_javascript import Page
from tests.support.office import FIRST, FORM, KABID, KADIS, OFFICIALS, Office, Person


def rows(page: Page) -> list[Any]:
    return list(page.html.xpath("//ul[starts-with(@class, 'rows')]/li"))


def test_the_desk_shows_the_most_urgent_first_and_opens_each(office: Office, person: Callable[[str], Person]) -> None:
    sent, booked = office.case("accept"), office.case("attend")
    late = office.case("dispatch")
    office.clock.forward(minutes=30)
    fresh = office.case("dispatch")
    verifikator = person(FIRST)
    page = verifikator.get(office.desk_link(FIRST))

    shown = [element.text_content() for element in page.html.xpath("//li//span[@class='tickets']")]
    assert shown[:2] == [late, fresh]
    assert set(shown[2:]) == {booked, sent}
    cards = [" ".join(card.text_content().split()) for card in rows(page)]
    assert "Lewat 23 menit kerja" in cards[0]
    assert "Tersisa" in cards[1]
    assert "SITI CONTOH Dinas Contoh · Pemeriksaan" in cards[0]
    assert sum("Waktu SOP sedang tidak dihitung: Dikirim ke BSrE" in card for card in cards) == 1
    assert sum("Pemohon datang Selasa, 24 November 2026 pukul 08.00 WITA" in card for card in cards) == 1
    opened = [verifikator.get(address).url for address in page.html.xpath("//ul[@class='rows']//a/@href")]
    assert opened == [f"/telaah/{number}" for number in shown]


def test_a_case_sends_the_desks_link_to_its_own_recipient(office: Office, person: Callable[[str], Person]) -> None:
    """The link to a case may have been forwarded; it opens no desk, but its recipient need not type the address."""
    number, kadis = office.case(), person(KADIS)
    page = kadis.opens(number)
    for _ in range(2):
        sent = kadis.page(
            kadis.browser.post(f"/telaah/{number}/meja", data={"csrf": page.form("/meja").fields["csrf"]})
        )
        assert (sent.status, "Tautan meja kerja sudah dikirim ke email Anda" in sent.text) == (200, True)
        assert "ka•••@tarakankota.go.id" in sent.text
        assert sent.href(f"/telaah/{number}") == f"/telaah/{number}"
    desks = [owed for owed in office.office.records.unsent() if owed.letter == "desk"]
    assert [owed.recipient for owed in desks] == [KADIS]
    assert "hanya membuka satu permohonan" in kadis.get("/meja").text

    kadis.get(office.desk_link(KADIS))
    assert kadis.opens(number).href("/meja") == "/meja"
    assert not person(KABID).get(f"/telaah/{number}/meja").html.xpath("//form[contains(@action, '/telaah/')]")


def test_an_empty_desk_says_so_and_without_a_link_one_can_be_asked_for(
    office: Office, person: Callable[[str], Person]
) -> None:
    kadis = person(KADIS)
    form = kadis.get("/meja").form("/tautan")

    assert form.fields["halaman"] == "meja"
    assert "email" in form.fields
    page = kadis.get(office.desk_link(KADIS))
    assert page.url == "/meja"
    assert "Tidak ada permohonan yang menunggu Anda" in page.text


def test_a_desk_link_is_owed_once_an_hour_and_to_nobody_unknown(
    office: Office, person: Callable[[str], Person]
) -> None:
    def owed() -> list[str]:
        return [notice.recipient for notice in office.office.records.unsent() if notice.letter == "desk"]

    for email in ("nobody@tarakankota.go.id", "", "x\x00", FORM["email"]):
        office.cases.owe_desk(email)
    assert owed() == []
    for email in (KADIS, KADIS.upper(), KADIS):
        office.cases.owe_desk(email)
    assert owed() == [KADIS]
    office.clock.forward(hours=1)
    office.cases.owe_desk(KADIS)
    assert owed() == [KADIS, KADIS]
    link = re.search(r"http://localhost(/meja/\S+)", office.emailed("desk", KADIS))
    assert link
    assert person(KADIS).get(link[1]).url == "/meja"


def test_an_email_to_somebody_dismissed_is_dropped_and_holds_up_no_other(office: Office) -> None:
    office.cases.owe_desk(KADIS)
    office.office.records.appoint(replace(OFFICIALS[0], until=date(2026, 11, 22)))
    assert office.house.outbox.send_due() == 0

    assert list(office.office.records.unsent()) == []
