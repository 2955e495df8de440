"""The SOP's time at each step against the office's clock: when it is due, how much is used, left, and over.

The clock of a step begins when the office gets the case there (``Application.turn``), runs in office hours, and stands
still while the applicant or an outside authority has it. A case that comes back mended has all of the time again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portal.core.application import Application
from portal.core.history import stays
from portal.core.sop import Sop
from portal.core.standing import Case
from portal.core.times import Time
from portal.core.worktime import Calendar

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Clock:
    """One step's, at the office's newest turn there; minutes are whole working minutes.

    Attributes:
        turn: number of the event with which that turn began; ``since`` when.
        until: up to when it was counted: now, or when the case left the step.
        runs: does it run now?
        allowed: by the SOP; None where that says nothing: then nothing is due, left or late.
        due: when all of it has passed, or had; None while the clock stands still before that.
        used: minutes that the office has had the case.
        left: minutes until it is due; 0 from then on; None where nobody can say.
        late_by: minutes beyond it.
    """

    step: str
    turn: int
    since: datetime
    until: datetime
    runs: bool
    allowed: Time | None
    due: datetime | None
    used: int
    left: int | None
    late_by: int

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.until > self.due


def clocks(application: Application, sop: Sop, calendar: Calendar, now: datetime) -> dict[str, Clock]:
    """The clock of every step at which the office has had the case, by the step's key; of each the newest turn."""
    found = {}
    turns = list(stays(application.events, now))
    for turn, spans in turns:
        counting = [(start, end) for state, start, end in spans if state.clock_runs]
        if counting:
            here = turn is turns[-1][0]
            runs = here and application.state.clock_runs
            stands = here and not runs and not application.is_closed
            begun = turn.step, turn.number, turn.at
            found[turn.step] = _clock(begun, sop.step(turn.step).time, counting, runs, stands, calendar)
    return found


def present(case: Case, sop: Sop, calendar: Calendar, now: datetime) -> Clock | None:
    """The clock of the present step; None while it stands still."""
    stay = case.stay
    if stay is None:
        return None
    begun, counting = (stay.step, stay.turn, stay.since), [*stay.counted, (stay.runs, now)]
    return _clock(begun, sop.step(stay.step).time, counting, True, False, calendar)


def is_over(case: Case, sop: Sop, calendar: Calendar, now: datetime) -> bool:
    """Has all of the SOP's time for the present step passed, as ``present`` would say?"""
    runs_out = due(case, sop, calendar)
    return runs_out is not None and now > runs_out


def due(case: Case, sop: Sop, calendar: Calendar) -> datetime | None:
    """When all of it has passed; None while the clock stands still, or where the SOP says no time."""
    if (stay := case.stay) is None or (allowed := sop.step(stay.step).time) is None:
        return None
    return _runs_out(allowed, [*stay.counted, (stay.runs, stay.runs)], calendar)


def later(start: datetime, time: Time, calendar: Calendar) -> datetime:
    """When so much time has passed: of working days, the closing hour of the last."""
    if time.minutes is not None:
        return calendar.add_minutes(start, time.minutes)
    day = calendar.add_working_days(calendar.local(start).date(), time.number)
    return calendar.intervals(day)[-1][1]


def _clock(
    begun: tuple[str, int, datetime],
    allowed: Time | None,
    counting: Sequence[Span],
    runs: bool,
    stands: bool,
    calendar: Calendar,
) -> Clock:
    used, until = sum(calendar.minutes_between(start, end) for start, end in counting), counting[-1][1]
    due = _runs_out(allowed, counting, calendar) if allowed else None
    if due and stands and due > until:
        due = None
    left = max(0, allowed.minutes - used) if allowed and allowed.minutes else None
    over = max(0, used - allowed.minutes) if allowed and allowed.minutes else 0
    if allowed and allowed.minutes is None and due:
        left, over = calendar.minutes_between(until, due), calendar.minutes_between(due, until)
    return Clock(*begun, until, runs, allowed, due, used, left, over)


def _runs_out(allowed: Time, counting: Sequence[Span], calendar: Calendar) -> datetime:
    left = allowed if allowed.minutes is None else Time(allowed.minutes, "minutes")
    for start, end in counting[:-1]:
        used = _spent(left, start, end, calendar)
        if used >= left.number:
            return later(start, left, calendar)
        left = replace(left, number=left.number - used)
    return later(counting[-1][0], left, calendar)


def _spent(time: Time, start: datetime, end: datetime, calendar: Calendar) -> int:
    """How many minutes, or how many whole working days, have passed; as ``time`` counts them."""
    if time.minutes is not None:
        return calendar.minutes_between(start, end)
    return calendar.working_days_between(calendar.local(start).date(), calendar.local(end).date())


def in_office(start: datetime, end: datetime, calendar: Calendar) -> Time:
    """The office's time between two moments as people say it: minutes, from an hour on hours, from two days on days."""
    days = calendar.working_days_between(calendar.local(start).date(), calendar.local(end).date())
    if days > 1:
        return Time(days, "working_days")
    minutes = calendar.minutes_between(start, end)
    return Time(minutes // 60, "hours") if minutes >= 60 else Time(minutes, "minutes")
