"""When the coming steps, and the end, can be expected: from the SOP's times, what has happened, how long others take.

A step that is late can be done now at the earliest, so every later one moves with it: the SOP's own warning.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from portal.core.application import Application
from portal.core.clocks import later, present
from portal.core.parts import Step, Visit
from portal.core.sop import Sop
from portal.core.steps import State
from portal.core.times import Time
from portal.core.worktime import Calendar

Usual = Mapping[str, int]
"""By key of a step, for how many working days cases usually lie there with the applicant or an outside authority."""

_WITH_OTHERS: Final = ("dispatch", "visit", "task")
"""Kinds of step at which cases wait for others, as a matter of course."""


@dataclass(frozen=True)
class Reason:
    """Why it is expected then, and not after the SOP's times alone.

    Attributes:
        code: ``late``, a step is over its time; ``booked``, a visit is agreed; ``usual``, so many ``days`` with others
            are counted in; ``uncounted``, time with others that nobody can say; ``days_off``, which fall in between.
        step: whose time it is; ``days`` working days; ``names`` of days off.
    """

    code: Literal["late", "booked", "usual", "uncounted", "days_off"]
    step: str = ""
    days: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forecast:
    """``at``: by step, when it is done, for the present one and those to come as far as anybody can say; ``why``."""

    at: Mapping[str, datetime] = field(default_factory=dict)
    why: tuple[Reason, ...] = ()

    @property
    def is_usual(self) -> bool:
        """Is time with others counted in, so that it is no earliest time but an expected one?"""
        return any(reason.code == "usual" for reason in self.why)


def expect(application: Application, sop: Sop, calendar: Calendar, now: datetime, usual: Usual) -> Forecast:
    """The forecast of an open case; an empty one while it is the applicant's to confirm or mend, and once closed.

    Where it is not known how long others take, they are taken to need no time, and an applicant to come at the first
    time of the next working day. Where the SOP says no time, nobody knows any later one either.
    """
    why: list[Reason] = []
    here = sop.step(application.step)
    done = _present(application, here, sop, calendar, now, usual, why)
    if done is None:
        return Forecast()
    at = {here.key: done}
    for step in sop.steps[sop.steps.index(here) + 1 :]:
        if step.time is None:
            break
        done = _passed(step, step.time, done, calendar, usual, why)
        at[step.key] = done
    names = tuple(dict.fromkeys(_days_off(now, done, calendar)))
    return Forecast(at, (*why, *([Reason("days_off", names=names)] if names else [])))


def _present(
    application: Application, here: Step, sop: Sop, calendar: Calendar, now: datetime, usual: Usual, why: list[Reason]
) -> datetime | None:
    """When the present step is done; None if nobody can say."""
    state, clock = application.state, present(application, sop, calendar, now)
    if clock:
        if clock.due is None or here.time is None:
            return None
        done = clock.due
        if clock.is_late:
            done = max(done, calendar.next_opening(now))
            why.append(Reason("late", here.key))
        if here.visit:
            return max(done, _visited(here, here.time, here.visit, now, calendar, usual, why))
        return _with_others(here, done, calendar, usual, why) if here.kind in _WITH_OTHERS else done
    if state is State.BOOKED and application.slot:
        why.append(Reason("booked", here.key))
        begins = max(application.slot, calendar.next_opening(now))
        return later(begins, here.time, calendar) if here.time else begins
    if state not in (State.SENT, State.INVITED, State.MISSED, State.ASKED) or here.key not in usual:
        return None
    why.append(Reason("usual", here.key, usual[here.key]))
    done = max(_days_after(application.since, usual[here.key], calendar), calendar.next_opening(now))
    if here.visit and here.time:
        return max(done, _offered(here.time, here.visit, now, calendar))
    return done


def _passed(step: Step, time: Time, before: datetime, calendar: Calendar, usual: Usual, why: list[Reason]) -> datetime:
    """When a step to come is done."""
    if step.visit:
        return _visited(step, time, step.visit, before, calendar, usual, why)
    done = later(before, time, calendar)
    return _with_others(step, done, calendar, usual, why) if step.kind in _WITH_OTHERS else done


def _with_others(step: Step, since: datetime, calendar: Calendar, usual: Usual, why: list[Reason]) -> datetime:
    if step.key not in usual:
        why.append(Reason("uncounted", step.key))
        return since
    why.append(Reason("usual", step.key, usual[step.key]))
    return _days_after(since, usual[step.key], calendar)


def _visited(
    step: Step, time: Time, visit: Visit, invited: datetime, calendar: Calendar, usual: Usual, why: list[Reason]
) -> datetime:
    waited = _with_others(step, invited, calendar, usual, why)
    soonest = _offered(time, visit, invited, calendar)
    return max(waited, soonest) if step.key in usual else soonest


def _offered(time: Time, visit: Visit, invited: datetime, calendar: Calendar) -> datetime:
    """When a visit can be over, for somebody invited then who comes as soon as there are visits at all."""
    day = calendar.local(invited).date()
    for _ in range(visit.days_ahead):
        day = calendar.add_working_days(day, 1)
        starts = calendar.slots(day, visit.windows_on(day), visit.length_minutes)
        if starts:
            return later(starts[0], time, calendar)
    return later(invited, time, calendar)


def _days_after(start: datetime, days: int, calendar: Calendar) -> datetime:
    """The same time of day so many working days later, or when the office opens after it."""
    if days == 0:
        return start
    here = calendar.local(start)
    day = calendar.add_working_days(here.date(), days)
    return calendar.next_opening(datetime.combine(day, here.time(), calendar.zone))


def _days_off(start: datetime, end: datetime, calendar: Calendar) -> Iterator[str]:
    """Names of the days in between that would be working days, if they were not off."""
    off, day = {**calendar.holidays, **calendar.closed}, calendar.local(start).date()
    while day <= calendar.local(end).date():
        if day in off and day not in calendar.replacements and calendar.weekly.get(day.weekday()):
            yield off[day]
        day += timedelta(days=1)
