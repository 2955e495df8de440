"""Due, used, left and late by: as somebody finds who goes through a case minute by minute with the office's hours."""

import os
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.application import Application
from portal.core.clocks import Clock, clocks, in_office, present
from portal.core.sop import Sop
from portal.core.steps import State, applicant_actions, official_actions
from portal.core.times import Time
from portal.core.worktime import Calendar
from tests.support.calendars import ORDINARY, SPRING
from tests.support.calendars import at as spring
from tests.support.moments import at, move, moved, sent
from tests.support.ways import WAYS

CASES = int(os.environ.get("CLOCK_CASES", "40"))
"""How many random cases are gone through; the more, the longer (``CLOCK_CASES=100000``)."""

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST = date(2027, 1, 29)
FULL = [(450, 720), (780, 960)]
WEEK = {0: FULL, 1: FULL, 2: FULL, 3: FULL, 4: [(450, 690)]}
RAMADAN = {0: [(480, 945)], 1: [(480, 945)], 2: [(480, 945)], 3: [(480, 945)], 4: [(480, 690)]}
REPLACED = {date(2027, 2, 27): [(540, 660)], date(2027, 3, 12): [(480, 720), (720, 795)]}
OFF = {*SPRING.holidays, date(2027, 2, 24)}


def minutes_of(day: date) -> list[int]:
    """The minutes of a day at which the office works, written down once more from what the calendar is made of."""
    if day in REPLACED:
        spans = REPLACED[day]
    elif day in OFF:
        spans = []
    else:
        week = RAMADAN if date(2027, 2, 8) <= day <= date(2027, 3, 4) else WEEK
        spans = week.get(day.weekday(), [])
    return [minute for first, last in spans for minute in range(first, last)]


DAYS = [FIRST + n * DAY for n in range(330)]
WORKING = [n * 1440 + minute for n, day in enumerate(DAYS) for minute in minutes_of(day)]
"""Every minute at which the office works, one by one, from the first day on."""


def passed(moment: datetime) -> int:
    """How many working minutes are over at a moment, of all there are."""
    return bisect_left(WORKING, (moment.date() - FIRST).days * 1440 + moment.hour * 60 + moment.minute)


def end_of(number: int) -> datetime:
    """When the so-and-so-manieth working minute of all is over."""
    return datetime.combine(FIRST, time.min, SPRING.zone) + (WORKING[number - 1] + 1) * MINUTE


@dataclass
class Watched:
    """What somebody finds who watches a step from its newest turn on."""

    used: int = 0
    due: datetime | None = None
    until: datetime | None = None


def watched(case: Application, step: str, minutes: int, now: datetime) -> Watched:
    """Counts the minutes in which the case was in each state; knows nothing of turns but how one begins."""
    events, found = case.events, Watched()
    turns = [
        number
        for number, event in enumerate(events)
        if event.step == step and (number == 0 or events[number - 1].step != step or was_returned(case, number))
    ]
    for number in reversed(turns):
        found = Watched()
        stay = []
        for place in range(number, len(events)):
            if place > number and (events[place].step != step or was_returned(case, place)):
                break
            end = events[place + 1].at if place + 1 < len(events) else events[place].at if case.is_closed else now
            stay.append((events[place].state, events[place].at, end))
        running = [(start, end) for state, start, end in stay if state in (State.WAITING, State.READY)]
        for start, end in running:
            found.until = end
            before, found.used = found.used, found.used + passed(end) - passed(start)
            if before < minutes <= found.used:
                found.due = end_of(passed(start) + minutes - before)
        if running:
            here = place + 1 == len(events) and events[-1].step == step
            goes_on = not here or case.is_closed or case.state in (State.WAITING, State.READY)
            if found.due is None and goes_on:
                found.due = end_of(passed(running[-1][1]) + minutes - found.used)
            return found
    return found


def was_returned(case: Application, number: int) -> bool:
    return case.events[number - 1].state is State.RETURNED


@st.composite
def histories(draw: st.DrawFn, sop: Sop) -> Application:
    """A case on any way through the SOP in a spring with Ramadan, holidays, closed and replaced days."""
    when = spring("2027-01-29T07:00:00") + timedelta(minutes=draw(st.integers(0, 60 * 24 * 45)))
    case = sent(sop, when)
    for _ in range(draw(st.integers(1, 14))):
        possible = [*official_actions(sop, case.step, case.state), *applicant_actions(sop, case.step, case.state)]
        ends = ("reject", "withdraw") if draw(st.integers(0, 9)) else ()  # most cases go on
        possible = [action for action in possible if action not in ends]
        if not possible or case.is_received:
            break
        when += timedelta(minutes=draw(st.integers(0, 90) | st.integers(0, 4000)))
        when = max(when, case.slot or when)
        case = move(case, draw(st.sampled_from(possible)), when, sop)
    return case


@settings(max_examples=CASES, deadline=None)
@given(data=st.data())
def test_every_clock_says_what_a_watcher_counts_minute_by_minute(sop: Sop, data: st.DataObject) -> None:
    times = data.draw(st.lists(st.integers(1, 30) | st.integers(1, 2000), min_size=7, max_size=7))
    steps = tuple(replace(s, time=Time(n, "minutes")) for s, n in zip(sop.steps, times, strict=True))
    timed = replace(sop, steps=steps)
    case = data.draw(histories(timed))
    now = case.events[-1].at + timedelta(minutes=data.draw(st.integers(0, 90) | st.integers(0, 8000)))
    found = clocks(case, timed, SPRING, now)
    for step, minutes in zip(steps, times, strict=True):
        seen = watched(case, step.key, minutes, now)
        if seen.until is None:
            assert step.key not in found
            continue
        clock = found[step.key]
        assert (clock.used, clock.due, clock.until) == (seen.used, seen.due, seen.until), step.key
        assert (clock.left, clock.late_by) == (max(0, minutes - seen.used), max(0, seen.used - minutes))
        assert clock.is_late == (seen.due is not None and seen.until > seen.due)


# --- what it means, on single cases ---------------------------------------------------------------------------------


def clock(case: Application, sop: Sop, calendar: Calendar, now: str) -> Clock:
    found = present(case, sop, calendar, at(now))
    assert found
    return found


def test_in_time_and_late_by_how_much(sop: Sop, calendar: Calendar) -> None:
    case = moved(sop, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")))
    early = clock(case, sop, calendar, "11-23 08.10")
    assert (early.used, early.left, early.late_by, early.is_late) == (10, 5, 0, False)
    assert (early.due, early.since, early.turn, early.runs) == (at("11-23 08.15"), at("11-23 08.00"), 2, True)
    assert early.allowed == sop.step(case.step).time
    late = clock(case, sop, calendar, "11-23 13.30")  # over lunch
    assert (late.used, late.left, late.late_by, late.is_late) == (270, 0, 255, True)


def test_the_clock_stands_still_while_others_have_it_and_nothing_is_due(sop: Sop, calendar: Calendar) -> None:
    case = moved(sop, *zip(("submit", *WAYS["sent"]), map(at, [f"11-23 08.{m:02d}" for m in range(6)]), strict=True))
    assert present(case, sop, calendar, at("11-30 08.00")) is None
    stands = clocks(case, sop, calendar, at("11-30 08.00"))["pemeriksaan"]
    assert (stands.due, stands.used, stands.left, stands.runs, stands.is_late) == (None, 1, 9, False, False)
    # Refused there, it is the office's again, with what was left.
    back = move(case, "refuse", at("11-30 08.00"), sop)
    assert clock(back, sop, calendar, "11-30 08.00").due == at("11-30 08.09")


def test_what_was_used_up_to_the_minute_is_due_then_and_not_when_the_case_comes_back(
    sop: Sop, calendar: Calendar
) -> None:
    case = moved(
        sop, *zip(("submit", *WAYS["dispatch"]), map(at, [f"11-23 08.{m:02d}" for m in range(5)]), strict=True)
    )
    sent_on = move(case, "dispatch", at("11-23 08.14"), sop)
    stands = clocks(sent_on, sop, calendar, at("11-23 09.00"))["pemeriksaan"]
    assert (stands.due, stands.left, stands.is_late) == (at("11-23 08.14"), 0, False)
    back = move(sent_on, "refuse", at("11-30 08.00"), sop)
    assert clock(back, sop, calendar, "11-30 08.00").due == at("11-23 08.14")
    assert clock(back, sop, calendar, "11-30 08.01").late_by == 1


def test_steps_behind_keep_their_clocks(sop: Sop, calendar: Calendar) -> None:
    case = moved(
        sop, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")), ("forward", at("11-23 08.40")),
    )  # fmt: skip
    found = clocks(case, sop, calendar, at("11-23 08.45"))
    assert list(found) == ["telaah_kadis", "telaah_kabid"]
    assert (found["telaah_kadis"].late_by, found["telaah_kadis"].is_late, found["telaah_kadis"].runs) == (
        25, True, False,
    )  # fmt: skip


def test_a_mended_case_has_all_of_its_time_again(sop: Sop, calendar: Calendar) -> None:
    case = moved(
        sop, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")), ("return", at("11-23 08.10")),
        ("resubmit", at("11-24 09.00")),
    )  # fmt: skip
    again = clock(case, sop, calendar, "11-24 09.05")
    assert (again.turn, again.used, again.due) == (4, 5, at("11-24 09.15"))


@pytest.mark.parametrize(
    ("now", "left", "late_by", "is_late"),
    [("11-23 15.00", 60 + 2 * 450, 0, False), ("11-25 16.00", 0, 0, False), ("11-26 08.00", 0, 30, True)],
)
def test_of_working_days_the_last_ones_closing_hour_counts(
    sop: Sop, calendar: Calendar, now: str, left: int, late_by: int, is_late: bool
) -> None:
    days = replace(sop, steps=tuple(replace(step, time=Time(2, "working_days")) for step in sop.steps))
    case = moved(days, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")))
    found = clock(case, days, calendar, now)
    assert found.due == at("11-25 16.00")
    assert (found.left, found.late_by, found.is_late) == (left, late_by, is_late)


def test_where_the_sop_says_no_time_nothing_is_due_or_late(sop: Sop, calendar: Calendar) -> None:
    silent = replace(sop, steps=tuple(replace(step, time=None) for step in sop.steps))
    case = moved(silent, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")))
    found = clock(case, silent, calendar, "11-30 08.00")
    assert (found.allowed, found.due, found.left, found.late_by, found.is_late) == (None, None, None, 0, False)
    assert found.used > 0


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("2026-08-03T08:00", Time(0, "minutes")),
        ("2026-08-03T08:59", Time(59, "minutes")),
        ("2026-08-03T09:00", Time(1, "hours")),
        ("2026-08-04T09:00", Time(8, "hours")),
        ("2026-08-05T08:00", Time(2, "working_days")),
        ("2026-08-10T08:00", Time(5, "working_days")),
    ],
)
def test_the_offices_time_is_said_in_minutes_hours_or_working_days(end: str, said: Time) -> None:
    start = datetime(2026, 8, 3, 8, 0, tzinfo=ORDINARY.zone)
    found = in_office(start, datetime.fromisoformat(end).replace(tzinfo=ORDINARY.zone), ORDINARY)
    assert (found.unit, found.number) == (said.unit, said.number)
