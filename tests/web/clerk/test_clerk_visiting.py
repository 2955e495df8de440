"""Visits from the clerk's desk: moved, called off, the applicant checked in by his code, or taken in without a time."""

from datetime import timedelta

import pytest

from portal.core.steps import State
from tests.support.browser_without_javascript import Page
from tests.support.clerk import EMAIL, ClerkInPerson
from tests.support.keeper import words
from tests.support.stage import VERIFIKATOR, Stage
from tests.support.ways import FORM, SECRETS, WAYS


@pytest.fixture
def clerk(shared_stage: Stage) -> ClerkInPerson:
    return ClerkInPerson.at_the_desk(shared_stage)


def visit_of(number: str) -> str:
    return f"/petugas/permohonan/{number}/kunjungan"


def sends(clerk: ClerkInPerson, page: Page, action: str, **fields: str) -> Page:
    seen = page.html.xpath("//input[@name='peristiwa']/@value")[0]
    return clerk.post(page.url.removeprefix("http://localhost"), page, tindakan=action, peristiwa=seen, **fields)


def test_a_visit_is_moved_with_a_reason_and_everybody_concerned_hears(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case(*WAYS["booked"])
    so_far = len(shared_stage.mail())
    page = clerk.get(visit_of(number))
    slot = page.html.xpath("//input[@name='jadwal']/@value")[3]
    assert sends(clerk, page, "move_visit", note="Rapat.").status == 422
    assert sends(clerk, page, "move_visit", jadwal=slot).status == 422
    for _ in range(2):
        assert "Jadwal dipindahkan" in words(sends(clerk, page, "move_visit", jadwal=slot, note="Rapat."))
    moved = shared_stage.load(number)
    assert (moved.slot and moved.slot.isoformat(), moved.events[-1].actor.email) == (slot, EMAIL)
    assert [event.action for event in moved.events].count("move_visit") == 1
    told = [each["to"] for each in shared_stage.mail()[so_far:] if number in each["subject"]]
    assert {FORM["email"], VERIFIKATOR} <= set(told)


def test_a_visit_is_called_off_and_another_time_can_be_picked(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case(*WAYS["booked"])
    page = clerk.get(visit_of(number))
    assert "Jadwal dibatalkan" in words(sends(clerk, page, "cancel_visit", note="Listrik padam."))
    assert shared_stage.load(number).state is State.INVITED
    # A page from before says what happened, and changes nothing more.
    assert sends(clerk, page, "move_visit", jadwal="2026-11-30T08:30+08:00", note="x").status == 409


def test_the_applicants_code_opens_the_check_in_for_a_clerk_and_says_nothing_to_others(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case(*WAYS["booked"])
    browser = shared_stage.browser()
    case = browser.get(shared_stage.link("permohonan", number), follow_redirects=True).text
    assert "desk-code" in case
    stranger = shared_stage.browser().get(visit_of(number))
    assert (stranger.status_code, "Masuk" in stranger.text) == (403, True)
    assert not [secret for secret in SECRETS if secret in stranger.text]
    early = clerk.get(visit_of(number))
    assert "datang tanpa jadwal" in words(early)  # the visit is on another day
    shared_stage.comes_to(number, "attend")
    page = clerk.get(visit_of(number))
    for _ in range(2):
        said = words(sends(clerk, page, "attend"))
    assert "Pemohon hadir dan mengisi passphrase" in said
    here = shared_stage.load(number)
    assert (here.step, here.events[-1].action, here.events[-1].actor.email) == ("penyerahan", "attend", EMAIL)
    day = clerk.get("/petugas/kunjungan")
    assert number not in day.text


@pytest.mark.parametrize("way", ["invited", "missed", "booked"])
def test_whoever_comes_unannounced_is_taken_in_at_once(shared_stage: Stage, clerk: ClerkInPerson, way: str) -> None:
    number = shared_stage.case(*WAYS[way])
    slot, so_far = shared_stage.load(number).slot, len(shared_stage.mail())
    page = clerk.get(visit_of(number))
    refused = sends(clerk, page, "walk_in", note=" ")
    assert (refused.status, "Tulis alasannya" in refused.text) == (422, True)
    for _ in range(2):
        said = words(sends(clerk, page, "walk_in", note="Sedang berada di kantor."))
    for part in ("Pemohon datang tanpa jadwal", "Sedang berada di kantor.", "utuh"):
        assert part in said
    case = shared_stage.load(number)
    assert (case.step, case.state, case.slot) == ("penyerahan", State.WAITING, None)
    assert [event.action for event in case.events].count("walk_in") == 1
    if slot:  # somebody else can have that time
        other = shared_stage.load(shared_stage.case(*WAYS["invited"]))
        assert slot in shared_stage.visits.slots(other)
    told = [each for each in shared_stage.mail()[so_far:] if each["to"] == FORM["email"] and number in each["subject"]]
    assert ["METHOD:CANCEL" in each["calendar"] for each in told] == ([True] if slot else []), "out of his calendar too"
    shared_stage.act(number, "record")
    status = shared_stage.browser().get(f"/status/{number}").text
    assert ("tanpa jadwal" in status, "berada di kantor" in status) == (True, False)


def test_a_link_sent_again_leaves_the_agreed_time_taken(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case(*WAYS["booked"])
    booked = shared_stage.load(number)
    before = shared_stage.records.taken("visit/penerbitan/")
    page = clerk.get(f"/petugas/permohonan/{number}")
    clerk.browser.submit(page, page.form("/kirim-ulang"), kepada="applicant", alasan="Hilang.")
    kept = shared_stage.load(number)
    assert (kept.version, kept.slot) == (booked.version + 1, booked.slot)
    assert shared_stage.records.taken("visit/penerbitan/") == before
    shared_stage.clock.at += timedelta(hours=1)


def test_where_no_visit_is_waited_for_there_is_nothing_to_record(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case("confirm")
    assert clerk.get(visit_of(number)).url.endswith(f"/permohonan/{number}")
    page = clerk.get(f"/petugas/permohonan/{number}")
    assert clerk.post(visit_of(number), page, tindakan="attend", peristiwa="2").status == 409
    assert shared_stage.load(number).version == 2
