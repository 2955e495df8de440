"""While a Plh. serves, the official on leave is left in peace; he may take a case back, knowingly and on record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from portal.core.errors import NotAllowed
from portal.core.officials import Official
from tests.support.clerk import EMAIL as CLERK
from tests.support.office import FORWARD, KADIS, OFFICIALS, Office, Person

DEPUTY = "plh.kadis@tarakankota.go.id"
STANDS_IN = Official(
    "penerbitan", "kadis", "Rina Contoh", DEPUTY, "198001012005012002", "Plh.", "800/7",
    since=date(2026, 11, 23), until=date(2026, 11, 27),
)  # fmt: skip


@pytest.fixture
def number(office: Office) -> str:
    """A case of the head of agency, who is on leave."""
    found = office.case()
    office.office.records.appoint(STANDS_IN)
    return found


def test_the_old_link_says_who_stands_in_and_decides_nothing_by_itself(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    page = person(KADIS).opens(number)
    assert "Plh. Kepala Dinas menggantikan Anda" in page.text
    assert "Rina Contoh menjalankan tugas Anda sampai 27 November 2026" in page.text
    assert page.html.xpath("//input[@name='tindakan']") == []
    claims = office.cases.case_claims(office.load(number), KADIS)
    with pytest.raises(NotAllowed) as refused:
        office.cases.decide(claims, "forward", FORWARD, 2)
    assert (refused.value.code, refused.value.facts["name"]) == ("deputy_serves", "Rina Contoh")


def test_he_takes_it_back_with_one_step_and_the_event_says_so(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    kadis, link = person(KADIS), office.link(number, DEPUTY)
    before = office.dump()
    page = kadis.get(kadis.opens(number).href("/ambil"))
    assert "Anda mengambil kembali permohonan ini" in page.text
    assert office.dump() == before
    wrong = kadis.sends(kadis.fills(page, "forward", {"note": "Lekas."}))
    assert (wrong.status, "Lekas." in wrong.text, "Anda mengambil kembali" in wrong.text) == (422, True, True)
    receipt = kadis.sends(kadis.fills(wrong, "forward", FORWARD))
    assert "Diambil kembali dari Plh. Kepala Dinas, Rina Contoh" in receipt.text
    event = office.load(number).events[-1]
    assert (event.actor.email, event.data["taken_back"]) == (KADIS, "Plh. Kepala Dinas, Rina Contoh")
    assert "sudah ditindaklanjuti" in person(DEPUTY).get(link).text.lower()


def test_what_was_typed_before_the_deputy_came_is_given_back_and_not_kept(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, kadis = office.case(), person(KADIS)
    filled = kadis.fills(kadis.opens(number), "forward", FORWARD)
    office.office.records.appoint(STANDS_IN)
    page = kadis.sends(filled)
    assert (page.status, str(FORWARD["note"]) in page.text, "menggantikan Anda" in page.text) == (409, True, True)
    assert office.load(number).version == 2


def test_his_desk_is_empty_and_says_with_whom_his_cases_are(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    kadis, deputy = person(KADIS), person(DEPUTY)
    desk = kadis.get(office.desk_link(KADIS))
    assert "Tidak ada permohonan yang menunggu Anda" in desk.text
    assert "Rina Contoh menjalankan tugas Anda sampai 27 November 2026" in desk.text
    (way,) = desk.html.xpath("//a[@class='row']/@href")
    assert kadis.get(way).href("/ambil") == f"/telaah/{number}/ambil"
    assert number in deputy.get(office.desk_link(DEPUTY)).text
    page = deputy.opens(number)
    assert page.html.xpath("//input[@name='tindakan']")
    assert deputy.get(f"/telaah/{number}/ambil").url == f"/telaah/{number}"


def test_of_his_own_application_he_hears_nothing_there(office: Office, person: Callable[[str], Person]) -> None:
    own = replace(OFFICIALS[0], number="")
    office.office.records.appoint(own)
    office.case(email=KADIS)
    office.office.records.appoint(STANDS_IN)
    assert person(KADIS).get(office.desk_link(KADIS)).html.xpath("//a[@class='row']") == []


def test_the_clerk_reads_by_which_link_something_was_decided(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    deputy, clerk = person(DEPUTY), person("")
    desk = deputy.get(office.desk_link(DEPUTY))
    (way,) = desk.html.xpath("//a[@class='row']/@href")
    deputy.sends(deputy.fills(deputy.get(way), "forward", FORWARD))
    other = office.case()
    deputy.decides(other, "forward", FORWARD)
    assert [office.load(each).events[-1].data["link"] for each in (number, other)] == ["desk", "email"]
    old = office.case("forward")
    office.act(old, DEPUTY, "forward", FORWARD)
    signed = office.office.links.sign("cookie.petugas", {"r": CLERK}, office.clock.at.replace(year=2027))
    clerk.browser.set_cookie("petugas", signed, path="/petugas")
    said = [clerk.get(f"/petugas/permohonan/{each}").text for each in (number, other, old)]
    assert ["Lewat meja kerja" in each for each in said] == [True, False, False]
    assert ["Lewat tautan di email" in each for each in said] == [False, True, False]
