"""A visit that the office moves or calls off: the applicant hears why, and the calendar follows."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.core.application import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from tests.support.browser_without_javascript import Page
from tests.support.keeper import words
from tests.support.office_days import mail_to
from tests.support.stage import OTHER_VERIFIKATOR, VERIFIKATOR, InProcess, Stage
from tests.support.ways import EMAIL, WAYS

CLERK = Actor("petugas", "Petugas Contoh", "Petugas", "petugas@tarakankota.go.id")


@pytest.fixture
def number(stage: Stage) -> str:
    return stage.case(*WAYS["booked"])


def opened(stage: Stage, number: str, email: str = VERIFIKATOR) -> tuple[InProcess, Page]:
    browser = InProcess(stage.browser())
    page = browser.get(stage.link("telaah", number, email))
    return browser, browser.get(page.href(f"/telaah/{number}/jadwal"))


def sends(browser: InProcess, page: Page, action: str, **typed: str) -> Page:
    form = next(form for form in page.html.forms if form.fields.get("tindakan") == action)
    return browser.submit(page, form, **typed)


def sequence(calendar: str) -> int:
    found = re.search(r"SEQUENCE:(\d+)", calendar)
    assert found is not None
    return int(found[1])


def test_the_office_moves_a_visit_and_everybody_hears_of_it(stage: Stage, number: str) -> None:
    (first,) = mail_to(stage, EMAIL, "pukul 08.00")
    browser, page = opened(stage, number)
    assert "Selasa, 24 November 2026 pukul 08.00 WITA" in words(page)
    new = str(page.html.xpath("//input[@name='jadwal']/@value")[4])
    page = sends(browser, page, "move_visit", jadwal=new, note="Verifikator dinas luar.")
    assert "Jadwal dipindahkan" in words(page)
    case = stage.load(number)
    assert case.slot
    assert (case.slot.isoformat(), case.state, case.events[-1].actor.email) == (
        new,
        "booked",
        VERIFIKATOR,
    )
    assert case.first_damage() is None
    (told,) = mail_to(stage, EMAIL, "dipindahkan")
    assert "Verifikator dinas luar." in told["text"]
    assert "Jadwal semula: Selasa, 24 November 2026 pukul 08.00 WITA" in told["text"]
    assert "METHOD:PUBLISH" in told["calendar"]
    assert sequence(told["calendar"]) > sequence(first["calendar"])
    assert re.findall("UID:.*", told["calendar"]) == re.findall("UID:.*", first["calendar"])
    assert len(mail_to(stage, OTHER_VERIFIKATOR, "Jadwal kedatangan pemohon")) == 2
    assert len(mail_to(stage, VERIFIKATOR, "Jadwal kedatangan pemohon")) == 1
    assert [claim.rpartition("/")[0][-16:] for claim in stage.records.taken("visit/")] == [new[:16]]


def test_the_office_calls_a_visit_off_and_the_applicant_picks_again(stage: Stage, number: str) -> None:
    browser, page = opened(stage, number)
    page = sends(browser, page, "cancel_visit", note="Listrik padam.")
    assert "Jadwal dibatalkan" in words(page)
    assert (stage.load(number).state, stage.records.taken("visit/")) == ("invited", [])
    (told,) = mail_to(stage, EMAIL, "dibatalkan")
    assert "Mohon tidak datang pada waktu itu." in told["text"]
    assert "Listrik padam." in told["text"]
    assert "METHOD:CANCEL" in told["calendar"]
    assert "STATUS:CANCELLED" in told["calendar"]
    assert "VALARM" not in told["calendar"]
    assert "Listrik padam." in words(browser.get(stage.link("permohonan", number)))
    stage.act(number, "book")
    assert stage.load(number).state == "booked"


def test_nobody_is_told_of_a_time_that_was_called_off_before_the_email_went(stage: Stage, number: str) -> None:
    case = stage.load(number)
    stage.visits.cancel(case, by=CLERK, note="Rapat.", seen=case.version)
    assert mail_to(stage, VERIFIKATOR, "Jadwal kedatangan pemohon") == []
    assert len(mail_to(stage, VERIFIKATOR, "Jadwal kedatangan dibatalkan")) == 1


@pytest.mark.parametrize("action", ["move_visit", "cancel_visit"])
def test_without_a_reason_nothing_happens_and_what_was_picked_stays(stage: Stage, number: str, action: str) -> None:
    browser, page = opened(stage, number)
    times = page.html.xpath("//input[@name='jadwal']/@value")
    page = sends(browser, page, action, **({"jadwal": times[2]} if action == "move_visit" else {}), note=" ")
    assert page.status == 422
    assert "Tuliskan alasannya" in words(page)
    assert page.html.xpath("//input[@checked]/@value") == ([times[2]] if action == "move_visit" else [])
    case = stage.load(number)
    assert case.booking is case.events[-1]


def test_a_time_has_to_be_picked_and_to_be_free(stage: Stage, number: str) -> None:
    browser, page = opened(stage, number)
    other = stage.case(*WAYS["invited"], email="wati@tarakankota.go.id")
    case = stage.load(other)
    answer = sends(browser, page, "move_visit", note="Rapat.")
    assert (answer.status, "Rapat." in answer.text) == (422, True)
    slot = stage.visits.slots(case)[0]
    stage.visits.book(case, slot)
    answer = sends(browser, page, "move_visit", note="Rapat.", jadwal=slot.isoformat())
    assert (answer.status, "Rapat." in answer.text) == (409, True)


def test_the_same_click_again_and_one_that_came_too_late(stage: Stage, number: str) -> None:
    case = stage.load(number)
    by = stage.official(number).as_actor(stage.office.sop_of(case))
    for _ in range(2):
        stage.visits.cancel(case, by=by, note="Rapat.", seen=case.version)
    assert stage.load(number).version == case.version + 1
    assert stage.visits.cancel(stage.load(number), by=by, note="Rapat.", seen=case.version).state == "invited"
    with pytest.raises(Conflict, match="case_moved_on"):
        stage.visits.cancel(case, by=CLERK, note="Rapat.", seen=case.version)


def test_the_clerk_may_arrange_visits_too_but_nobody_his_own(stage: Stage, number: str) -> None:
    case = stage.load(number)
    slot = stage.visits.slots(case)[7]
    moved = stage.visits.move(case, slot, by=CLERK, note="Permintaan telepon.", seen=case.version)
    assert (moved.slot, moved.events[-1].actor) == (slot, CLERK)
    (told,) = mail_to(stage, VERIFIKATOR, f"{slot:%H.%M}")
    assert "dipindahkan oleh Petugas" in told["text"]
    for own in (replace(CLERK, email=EMAIL.upper()), replace(CLERK, number="199001052015032001")):
        with pytest.raises(NotAllowed, match="own_application"):
            stage.visits.cancel(moved, by=own, note="Rapat.", seen=moved.version)
    with pytest.raises(Invalid):
        stage.visits.cancel(moved, by=CLERK, note="", seen=moved.version)


def test_where_nothing_is_agreed_nothing_can_be_moved(stage: Stage) -> None:
    number = stage.case(*WAYS["invited"])
    browser = InProcess(stage.browser())
    browser.get(stage.link("telaah", number, VERIFIKATOR))
    assert browser.get(f"/telaah/{number}/jadwal").url.endswith(f"/telaah/{number}")
    case = stage.load(number)
    with pytest.raises(NotAllowed, match="action_not_now"):
        stage.visits.cancel(case, by=CLERK, note="Rapat.", seen=case.version)


def test_no_time_is_offered_on_a_day_when_nobody_is_there(stage: Stage) -> None:
    number = stage.case(*WAYS["invited"])
    case, until = stage.load(number), date(2026, 11, 26)
    officials = [each for each in stage.records.officials() if each.role == "verifikator"]
    stage.records.appoint(replace(officials[0], until=until))
    assert stage.visits.slots(case)[0].date() == date(2026, 11, 24)
    stage.records.appoint(replace(officials[1], until=until))
    offered = stage.visits.slots(case)
    assert {slot.date() for slot in offered} == {until - timedelta(days=n) for n in range(3)}
    with pytest.raises(NotAllowed, match="slot_taken"):
        stage.visits.book(case, offered[0] + timedelta(days=3))


def test_one_who_is_away_takes_his_places_with_him(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    case = stage.load(stage.case(*WAYS["invited"]))
    step = stage.office.sop_of(case).step("passphrase")
    assert step.visit is not None
    monkeypatch.setitem(vars(step), "visit", replace(step.visit, capacity=3, each=2))
    first = next(each for each in stage.records.officials() if each.role == "verifikator")
    stage.records.appoint(replace(first, until=date(2026, 11, 24)))
    slots = stage.visits.slots(case)
    both, alone = slots[0], next(slot for slot in slots if slot.date() > date(2026, 11, 24))
    offered = []
    with closing(sqlite3.connect(stage.data / "portal.sqlite", isolation_level=None)) as database:
        for number in range(3):
            for slot in (both, alone):
                seat = f"visit/penerbitan/{slot:%Y-%m-%dT%H:%M}/{number}"
                database.execute("INSERT INTO claim VALUES (?, 'x')", (seat,))
            free = stage.visits.slots(case)
            offered.append((both in free, alone in free))
    assert offered == [(True, True), (True, False), (False, False)]


def test_times_follow_how_many_each_receives_and_who_is_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    case = stage.load(stage.case(*WAYS["invited"]))
    step, appointing = stage.office.sop_of(case).step("passphrase"), stage.house.appointing
    assert step.visit is not None
    monkeypatch.setitem(vars(step), "visit", replace(step.visit, capacity=4, each=1))
    slot = stage.visits.slots(case)[0]

    def places() -> int:
        return stage.visits._places(case, step.visit, slot.date(), [*stage.office.officials()])  # type: ignore[arg-type]

    found = [places()]
    for each in (2, 9, 0):
        appointing.receive(appointing.find("penerbitan", "verifikator", VERIFIKATOR), each)
        found.append(places())
    appointing.absent(appointing.find("penerbitan", "verifikator", OTHER_VERIFIKATOR), slot.date(), slot.date())
    found.append(places())
    assert found == [2, 3, 4, 1, 0]
    assert slot.date() not in {free.date() for free in stage.visits.slots(case)}
    appointing.receive(appointing.find("penerbitan", "verifikator", VERIFIKATOR), None)
    assert places() == 1


def test_whoever_is_on_leave_leaves_a_visit_to_his_plh(stage: Stage, number: str) -> None:
    """Also on a page that was opened before."""
    browser, page = opened(stage, number)
    own = next(o for o in stage.records.officials() if o.email == VERIFIKATOR)
    deputy = {"name": "Joko", "email": "joko@tarakankota.go.id", "decree": "800/9", "replaces": VERIFIKATOR}
    stage.records.appoint(replace(own, capacity="Plh.", since=date(2026, 11, 23), until=date(2026, 11, 27), **deputy))
    sends(browser, page, "cancel_visit", note="Rapat.")
    assert stage.load(number).events[-1].action == "book"
    assert browser.get(f"/telaah/{number}/jadwal").url.endswith(f"/telaah/{number}")
    assert f"/telaah/{number}/jadwal" not in browser.get(f"/telaah/{number}/ambil").body.decode()
