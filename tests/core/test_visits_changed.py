"""A visit that is called off or put at another time, by the applicant or by the office."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from portal.core.application import Application
from portal.core.errors import NotAllowed
from portal.core.notices import owed
from portal.core.steps import State
from tests.support.builders import AT, FORM, a_sop, application_in, official

SOP = a_sop()
VERIFIKATOR = official("verifikator").as_actor(SOP)


@pytest.fixture
def booked() -> Application:
    return application_in("kunjungan", State.BOOKED)


def later(case: Application) -> datetime:
    return case.events[-1].at + timedelta(hours=1)


def test_the_office_puts_a_visit_at_another_time(booked: Application) -> None:
    slot = later(booked) + timedelta(days=3)
    moved = booked.move_visit(slot, "visit/x/1", {"note": "Rapat."}, by=VERIFIKATOR, sop=SOP, at=later(booked))
    event = moved.events[-1]
    assert (event.action, event.at, event.actor) == ("move_visit", later(booked), VERIFIKATOR)
    assert event.data == {"note": "Rapat.", "slot": slot.isoformat(), "seat": "visit/x/1"}
    assert (moved.step, moved.state, moved.slot) == ("kunjungan", State.BOOKED, slot)


def test_the_applicant_calls_a_visit_off(booked: Application) -> None:
    assert booked.slot
    off = booked.cancel_visit({"note": "Sakit."}, sop=SOP, at=later(booked))
    event = off.events[-1]
    assert (event.action, event.at, event.actor) == ("cancel_visit", later(booked), booked.applicant(SOP))
    assert event.data == {"note": "Sakit.", "slot": booked.slot.isoformat()}
    assert (off.step, off.state, off.slot) == ("kunjungan", State.INVITED, None)


def test_the_office_calls_a_visit_off(booked: Application) -> None:
    off = booked.cancel_visit({"note": "Rapat."}, by=VERIFIKATOR, sop=SOP, at=later(booked))
    assert (off.events[-1].actor, off.events[-1].data["note"]) == (VERIFIKATOR, "Rapat.")
    assert off.state is State.INVITED


@pytest.mark.parametrize("typed", ["Verifikator@TarakanKota.go.id", "verifikator@tarakankota.go.id"])
def test_whoever_calls_a_visit_off_need_not_be_told_and_his_colleague_is(booked: Application, typed: str) -> None:
    said, appointed = (
        ("verifikator@tarakankota.go.id", typed),
        [official("verifikator", email="lain@tarakankota.go.id")],
    )
    for written, by in (said, said[::-1]):
        himself = replace(VERIFIKATOR, email=by)
        off = booked.cancel_visit({"note": "Rapat."}, by=himself, sop=SOP, at=later(booked))
        told = owed(off, [official("verifikator", email=written), *appointed], SOP, later(booked).date())
        to_officials = [each.recipient for each in told if each.letter == "visit_off"]
        assert to_officials == ["lain@tarakankota.go.id"]


def test_nobody_of_the_office_changes_his_own_visit_as_an_official(booked: Application) -> None:
    himself = replace(VERIFIKATOR, number=booked.value("number", SOP))
    with pytest.raises(NotAllowed, match=r"^own_application$"):
        booked.move_visit(later(booked), "visit/x/1", {}, by=himself, sop=SOP, at=later(booked))
    with pytest.raises(NotAllowed, match=r"^own_application$"):
        booked.cancel_visit({}, by=himself, sop=SOP, at=later(booked))


def test_there_is_no_visit_to_change_before_one_is_booked() -> None:
    invited = application_in("kunjungan", State.INVITED)
    with pytest.raises(NotAllowed, match=r"^action_not_now$"):
        invited.move_visit(later(invited), "visit/x/1", {}, by=VERIFIKATOR, sop=SOP, at=later(invited))
    with pytest.raises(NotAllowed, match=r"^action_not_now$"):
        invited.cancel_visit({}, sop=SOP, at=later(invited))


def test_whoever_stands_at_the_desk_has_come_as_agreed_or_unannounced(booked: Application) -> None:
    assert booked.slot
    said = {"slot": booked.slot.isoformat()}
    invited = application_in("kunjungan", State.INVITED)
    for action, case, at in (("walk_in", invited, AT), ("attend", booked, booked.slot)):
        come = case.come(action, said, by=VERIFIKATOR, sop=SOP, at=at)
        event = come.events[-1]
        assert (event.action, event.at, event.actor, event.data["slot"]) == (action, at, VERIFIKATOR, said["slot"])
        assert (come.step, come.is_closed) != (case.step, True)


def test_nobody_comes_before_the_time_that_was_agreed_nor_is_seen_in_by_himself(booked: Application) -> None:
    assert booked.slot
    with pytest.raises(NotAllowed) as refusal:
        booked.come("attend", {}, by=VERIFIKATOR, sop=SOP, at=booked.slot - timedelta(days=1))
    assert (refusal.value.code, refusal.value.facts["slot"]) == ("visit_to_come", booked.slot)
    with pytest.raises(NotAllowed) as refusal:
        booked.come("attend", {}, by=replace(VERIFIKATOR, email=FORM["email"]), sop=SOP, at=booked.slot)
    assert refusal.value.code == "own_application"
