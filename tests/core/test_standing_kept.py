"""What is kept of an open case, written out; whose turn it is at each step; and the minute after which time is over."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from portal.core.application import Application
from portal.core.clocks import _runs_out, due, is_over
from portal.core.forecast import expect
from portal.core.listing import line
from portal.core.patience import Posts, wait
from portal.core.standing import Standing, standing
from portal.core.steps import State
from portal.core.times import Time
from tests.support.builders import (
    AT,
    FORM,
    WITA,
    a_sop,
    after,
    application,
    application_in,
    official,
    officials,
    reachable,
)
from tests.support.calendars import ORDINARY

SOP = a_sop()
SOP_WITH_REMINDERS = replace(
    SOP,
    data={
        **SOP.data,
        "reminders": {"after_working_days": 1, "escalate_after_working_days": 2},
        "patience": {"unconfirmed": {"remind": [3, 6]}},
    },
)
OPEN = [application_in(*place) for place in reachable() if not place[1].is_closed]
BOOKED = application_in("kunjungan", State.BOOKED)
DAY = date(2026, 11, 24)
OWN = official("kadis", name="Pemohon Sendiri")


@pytest.mark.parametrize("case", [*OPEN, BOOKED], ids=lambda case: f"{case.step}-{case.state}")
def test_all_that_is_kept_is_what_the_case_says(case: Application) -> None:
    assert standing(case, SOP) == Standing(
        line=line(case, SOP),
        sop_version=case.sop_version,
        version=len(case.events),
        turn=case.turn.number,
        address=case.address(SOP),
        email=FORM["email"].lower(),
        held_by=case.held_by,
        slot=case.slot,
        stay=case.stay,
    )
    assert standing(case, SOP).sop_version


def test_a_visit_that_is_agreed_is_kept_with_its_time() -> None:
    assert BOOKED.slot is not None
    assert standing(BOOKED, SOP).slot == BOOKED.slot


def test_whoever_is_known_by_the_typed_or_the_confirmed_address_or_by_the_number_is_concerned() -> None:
    typed_anew = replace(application(), form={**FORM, "email": "Baru@TarakanKota.go.id"})
    kept = replace(standing(typed_anew, SOP), address="Lama@TarakanKota.go.id")
    for email in (
        "baru@tarakankota.go.id",
        "BARU@tarakankota.go.id",
        "lama@tarakankota.go.id",
        "LAMA@TARAKANKOTA.GO.ID",
    ):
        assert kept.concerns(email, "", SOP)
    assert not kept.concerns("lain@tarakankota.go.id", "", SOP)
    assert kept.email == "baru@tarakankota.go.id"


@pytest.mark.parametrize(
    "himself", [replace(OWN, email=FORM["email"]), replace(OWN, number=FORM["nip"])], ids=["address", "number"]
)
def test_nobody_gets_his_own_case_because_others_at_the_same_step_are_his(himself: object) -> None:
    own = after(application(), "confirm")
    others = replace(own, form={**FORM, "email": "lain@tarakankota.go.id", "nip": "198001012005011001"}, events=())
    others = replace(others, events=tuple(replace(e, data={**e.data, "email": ""}) for e in own.events))
    posts = Posts([himself], DAY)  # type: ignore[list-item]
    had, _ = posts.turn(others, SOP)
    assert [actor.name for actor in had] == ["Pemohon Sendiri"]
    assert posts.turn(own, SOP)[0] == ()


def test_each_step_has_those_whose_turn_it_is_there() -> None:
    posts = Posts(officials(), DAY)
    for case in (after(application(), "confirm"), after(after(application(), "confirm"), "forward")):
        had, _ = posts.turn(case, SOP)
        assert [actor.role for actor in had] == [SOP.step(case.step).role]


def test_time_is_over_after_its_last_minute_and_not_in_it() -> None:
    case = after(application(), "confirm")
    until = due(case, SOP, ORDINARY)
    assert until is not None
    assert not is_over(case, SOP, ORDINARY, until)
    assert is_over(case, SOP, ORDINARY, until + timedelta(seconds=1))


def test_a_visit_for_which_the_sop_says_no_time_is_foreseen_to_begin_when_it_was_agreed() -> None:
    assert BOOKED.slot is not None
    silent = replace(SOP, steps=tuple(replace(step, time=None) for step in SOP.steps))
    assert expect(BOOKED, silent, ORDINARY, AT, {}).at == {"kunjungan": max(BOOKED.slot, ORDINARY.next_opening(AT))}


def test_an_hour_that_was_interrupted_goes_on_with_the_minutes_that_are_left() -> None:
    first, second = datetime(2026, 11, 24, 8, 0, tzinfo=WITA), datetime(2026, 11, 24, 10, 0, tzinfo=WITA)
    spans = [(first, first + timedelta(minutes=20)), (second, second)]
    assert _runs_out(Time(1, "hours"), spans, ORDINARY) == second + timedelta(minutes=40)


def test_what_ends_by_itself_comes_on_no_list() -> None:
    waiting = wait(application(), SOP_WITH_REMINDERS, officials(), [], ORDINARY, AT)
    assert waiting.listed is None
