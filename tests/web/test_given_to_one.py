"""A case that a clerk has given to one of several officials, on the pages of the clerk, of him, and of the others."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal.core.clerks import Clerk
from portal.core.errors import NotAllowed
from portal.usecases.corrections import EVERYBODY, Corrections
from tests.support.browser_without_javascript import Page
from tests.support.clerk import ClerkInPerson
from tests.support.keeper import words
from tests.support.office import CHECKED, FIRST, SECOND, Office, Person
from tests.support.stage import KADIS, OTHER_VERIFIKATOR, VERIFIKATOR, Stage
from tests.support.ways import TO_VERIFIKATOR, WAYS

REASON = "Andi dinas luar sampai Jumat."
CLERK = Clerk("Rina Contoh", "rina@tarakankota.go.id")


def gives(office: Office, number: str, to: str) -> None:
    case = office.load(number)
    Corrections(office.office, "Petugas").assign(number, case.version, to, REASON, CLERK)


@pytest.fixture
def number(office: Office) -> str:
    """With the second verifikator alone."""
    found = office.case("dispatch")
    gives(office, found, SECOND)
    return found


# --- the clerk -------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(shared_stage: Stage) -> ClerkInPerson:
    return ClerkInPerson.at_the_desk(shared_stage)


def hands_over(clerk: ClerkInPerson, page: Page, to: str, reason: str = REASON) -> Page:
    return clerk.browser.submit(page, page.form("/serahkan"), "Serahkan", penerima=to, alasan=reason)


def test_a_clerk_gives_a_case_to_one_of_two_and_back_to_both(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case(*TO_VERIFIKATOR)
    before, so_far = shared_stage.load(number), len(shared_stage.mail())
    page = clerk.get(f"/petugas/permohonan/{number}")
    for _ in range(2):  # the second click does nothing more
        told = words(hands_over(clerk, page, OTHER_VERIFIKATOR))
        assert "Permohonan diserahkan" in told
        assert REASON in told
    after = shared_stage.load(number)
    assert (after.version, after.since, after.turn) == (before.version + 1, before.since, before.turn)
    (mail,) = [each for each in shared_stage.mail()[so_far:] if number in each["subject"] + each["text"]]
    assert (mail["to"], REASON in mail["text"], number in mail["text"]) == (OTHER_VERIFIKATOR, True, True)
    opened = shared_stage.browser().get(mail["links"][0].removeprefix("http://localhost"), follow_redirects=True)
    assert (opened.status_code, "Keputusan Anda" in opened.text) == (200, True)

    page = clerk.get(f"/petugas/permohonan/{number}")
    choices = page.html.xpath("//input[@name='penerima']/@value")
    assert (VERIFIKATOR in choices, OTHER_VERIFIKATOR in choices, EVERYBODY in choices) == (True, False, True)
    assert "Permohonan ada pada semua Verifikator" in words(hands_over(clerk, page, EVERYBODY))
    assert [e.action for e in shared_stage.load(number).events[-2:]] == ["assign", "assign"]


def test_what_is_left_out_is_asked_for_and_what_was_typed_stays(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case(*TO_VERIFIKATOR)
    page = clerk.get(f"/petugas/permohonan/{number}")
    nobody = hands_over(clerk, page, "")
    assert (nobody.status, "Pilih kepada siapa permohonan diserahkan." in nobody.text, REASON in nobody.text) == (
        422,
        True,
        True,
    )
    stranger = clerk.post(f"{page.url}/serahkan", page, peristiwa="5", penerima=KADIS, alasan=REASON)
    assert (stranger.status, "Pilih kepada siapa" in stranger.text) == (422, True)
    silent = hands_over(clerk, page, VERIFIKATOR, " ")
    assert (silent.status, "Tulis alasannya." in silent.text) == (422, True)
    assert silent.html.xpath(f"//input[@name='penerima' and @value='{VERIFIKATOR}']/@checked")
    assert shared_stage.load(number).version == 5
    shared_stage.act(number, "dispatch")
    assert hands_over(clerk, page, VERIFIKATOR).status == 409


@pytest.mark.parametrize("state", ["waiting", "returned", "invited", "done"])
def test_there_is_no_choice_where_one_holds_the_office_or_the_office_has_it_not(
    shared_stage: Stage, clerk: ClerkInPerson, state: str
) -> None:
    page = clerk.get(f"/petugas/permohonan/{shared_stage.case(*WAYS[state])}")
    assert page.html.xpath("//form[contains(@action, '/serahkan')]") == []


def test_the_applicant_hears_nothing_of_it(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case(*TO_VERIFIKATOR)
    hands_over(clerk, clerk.get(f"/petugas/permohonan/{number}"), VERIFIKATOR)
    own = shared_stage.browser().get(shared_stage.link("permohonan", number), follow_redirects=True)
    for page in (own, shared_stage.browser().get(f"/status/{number}")):
        assert (page.status_code, "diserahkan" in page.text.lower(), REASON in page.text) == (200, False, False)


# --- the officials ---------------------------------------------------------------------------------------------------


def test_the_others_read_to_whom_it_went_and_decide_nothing_by_the_way(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    page = person(FIRST).opens(number)
    assert "Permohonan ini ada pada Wati Contoh" in page.text
    assert page.html.xpath("//input[@name='tindakan']") == []
    claims = office.cases.case_claims(office.load(number), FIRST)
    with pytest.raises(NotAllowed) as refused:
        office.cases.decide(claims, "dispatch", CHECKED, office.load(number).version)
    assert (refused.value.code, refused.value.facts["name"]) == ("case_given", "Wati Contoh")
    assert person(SECOND).opens(number).html.xpath("//input[@name='tindakan']")


def test_another_takes_it_over_with_one_step_and_the_event_says_so(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    first, link = person(FIRST), office.link(number, SECOND)
    before = office.dump()
    page = first.get(first.opens(number).href("/ambil"))
    assert "Anda mengambil alih permohonan ini" in page.text
    assert office.dump() == before
    receipt = first.sends(first.fills(page, "dispatch", CHECKED))
    assert "Diambil alih dari Verifikator Sertifikat Elektronik, Wati Contoh" in receipt.text
    event = office.load(number).events[-1]
    assert (event.actor.email, event.data["taken_over"]) == (FIRST, "Verifikator Sertifikat Elektronik, Wati Contoh")
    page = person(SECOND).get(link)
    assert "Permohonan ini ada pada Andi Contoh" in page.text, "from now on it is with whoever took it"
    assert number in {case.ticket for case, _ in office.cases.desk(FIRST)}


def test_what_another_typed_before_is_given_back_and_what_he_himself_typed_is_kept(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, first, second = office.case("dispatch"), person(FIRST), person(SECOND)
    typed = {"items": ["ktp"], "reason": "ktp_tidak_terbaca", "note": "Foto terpotong."}
    of_first = first.fills(first.opens(number), "return", typed)
    of_second = second.fills(second.opens(number), "return", typed)
    gives(office, number, SECOND)
    page = first.sends(of_first)
    assert (page.status, "Foto terpotong." in page.text, "ada pada Wati Contoh" in page.text) == (409, True, True)
    assert office.load(number).state == "waiting"
    assert second.sends(of_second).status == 200
    assert office.load(number).state == "returned"


def test_it_is_on_his_desk_alone_until_he_is_away(office: Office, person: Callable[[str], Person], number: str) -> None:
    def desks() -> list[bool]:
        return [number in {case.ticket for case, _ in office.cases.desk(email)} for email in (FIRST, SECOND)]

    first = person(FIRST)
    desk = first.get(office.desk_link(FIRST))
    assert "1 permohonan yang dikerjakan rekan Anda" in desk.text
    (way,) = desk.html.xpath("//a[@class='row']/@href")
    assert first.get(way).href("/ambil") == f"/telaah/{number}/ambil"
    assert "rekan Anda" not in person(SECOND).get(office.desk_link(SECOND)).text
    assert desks() == [False, True]
    appointing, today = office.house.appointing, date(2026, 11, 23)
    appointing.absent(appointing.find("penerbitan", "verifikator", SECOND), today, today)
    assert desks() == [True, False]
    assert person(FIRST).opens(number).html.xpath("//input[@name='tindakan']")
    office.clock.at += timedelta(days=1)
    assert desks() == [False, True]


def test_another_who_lost_his_link_is_sent_one_by_which_he_may_take_it_over(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    first = person(FIRST)
    first.browser.post("/tautan", data={"halaman": "telaah", "tiket": number, "email": FIRST})
    (owed,) = [each for each in office.office.records.unsent() if each.recipient == FIRST and each.is_asked_for]
    link = next(part for part in office.house.correspondence.compose(owed).text.split() if "/telaah/" in part)
    page = first.get(link.removeprefix("http://localhost"))
    assert first.get(page.href("/ambil")).html.xpath("//input[@name='tindakan']")
