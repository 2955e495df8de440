"""How far an application is, for everybody: step, dates, what comes next; nothing about any person.

The one place that decides what a ticket number reveals (``status.schema.json``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from portal.core.application import Application, Event
from portal.core.sop import Sop, Step, Visit
from portal.core.steps import State
from portal.core.times import Time
from portal.core.worktime import Calendar


@dataclass(frozen=True)
class Waiting:
    """A case in a list for the clerk.

    Attributes:
        product: what is applied for.
        step, office: name of the step, and title of the role that has to act.
        since: when that turn began, or the visit that was agreed for it.
        minutes: working minutes since then.
        unattended: nobody appointed today can act on it.
    """

    ticket: str
    product: str
    step: str
    office: str
    since: datetime
    minutes: int
    unattended: bool


def status(application: Application, sop: Sop, calendar: Calendar, now: datetime) -> dict[str, Any]:
    """What ``/status/<ticket>`` says, as JSON values (``status.schema.json``); times are ISO 8601 with offset."""
    text = sop.status(application.step, application.state)
    newest = application.closing or application.events[-1]
    expected = forecast(application, sop, calendar, now)
    return {
        "ticket": application.ticket,
        "service": sop.data["title"],
        "state": application.state.value,
        "label": text.label,
        "sentence": text.sentence,
        "since": _local(newest.at, calendar),
        "closed": application.is_closed,
        "round": application.round,
        "standard": standard(application, sop, calendar, now),
        "expected": _local_or_none(expected.get(sop.steps[-1].key), calendar),
        "deadline": _local_or_none(deadline(application, sop), calendar),
        "next": turn_to_come(application, sop),
        "steps": [
            {**told, "expected": _local_or_none(expected.get(step.key), calendar)}
            for step, told in _steps(application, sop)
        ],
        "history": [
            {"label": label, "at": _local(event.at, calendar), "by": public_office(event)}
            for event, label in history(application, sop)
        ],
    }


def history(application: Application, sop: Sop) -> Iterator[tuple[Event, str]]:
    """Every event with what was done, in the SOP's words for the step at which it was done."""
    at_step = application.events[0].step
    for event in application.events:
        yield event, sop.action(at_step, event.action).done
        at_step = event.step


def public_office(event: Event) -> str:
    """As what an official acted; empty for the applicant, whose name is nobody else's business."""
    return event.actor.office


def standard(application: Application, sop: Sop, calendar: Calendar, now: datetime) -> dict[str, Any] | None:
    """The SOP's time for the present step against the office's clock; None while that clock stands still.

    ``until`` is when it runs out, or ran out; None where the SOP says no time: then nothing is promised and nothing is
    late. Minutes count in office hours and days in working days, from when the office got the case at this step
    (``Application.turn``), and not while an outside authority has it; a mended case has all of them again.
    """
    if not application.state.clock_runs:
        return None
    step = sop.step(application.step)
    until = _runs_out(application, step.time, calendar, now) if step.time else None
    return {
        "minutes": step.minutes,
        "time": sop.time(step),
        "until": _local_or_none(until, calendar),
        "late": until is not None and now > until,
    }


def forecast(application: Application, sop: Sop, calendar: Calendar, now: datetime) -> Mapping[str, datetime]:
    """The earliest time at which the present step and each coming one can be done, by the step's key.

    As if everybody needed the SOP's time and nobody waited: for an outside authority, or for an applicant, who is
    taken to come at the first time of the next working day. A step that is late can be done now at the earliest, so
    every later one moves with it (the SOP's own warning). Where the SOP says no time, nobody knows any later one
    either. Empty while the clock stands still, and once closed.
    """
    here = sop.step(application.step)
    if not application.state.clock_runs or here.time is None:
        return {}
    promised = _runs_out(application, here.time, calendar, now)
    done = max(promised, calendar.next_opening(now)) if now > promised else promised
    if here.visit:
        done = max(done, _visited(here.time, here.visit, now, calendar))
    expected = {here.key: done}
    for step in sop.steps[sop.steps.index(here) + 1 :]:
        if step.time is None:
            break
        done = _visited(step.time, step.visit, done, calendar) if step.visit else _later(done, step.time, calendar)
        expected[step.key] = done
    return expected


def next_step(application: Application, sop: Sop) -> Step | None:
    """The step that comes once the present one is done: after mending the same one; none after the last."""
    if application.is_closed:
        return None
    return sop.step(application.step) if application.state is State.RETURNED else sop.after(application.step)


def turn_to_come(application: Application, sop: Sop) -> dict[str, str] | None:
    """Who does what next (``by``, ``name`` of the step, ``summary``): the applicant, if it is the applicant's turn.

    Otherwise whoever has the step that follows; None after the last.
    """
    words = sop.status(application.step, application.state).next
    if words:
        return {"by": sop.applying.label, "name": sop.step(application.step).name, "summary": words}
    following = next_step(application, sop)
    if following is None:
        return None
    return {"by": sop.role(following.role).label, "name": following.name, "summary": following.summary}


def confirm_by(application: Application, sop: Sop) -> datetime:
    """Until when the address can be confirmed, by the edition the application runs under."""
    return application.events[0].at + timedelta(days=sop.data["draft_days"])


def deadline(application: Application, sop: Sop) -> datetime | None:
    """Until when the applicant has to act before the case is closed; None where nothing of that kind happens."""
    return confirm_by(application, sop) if application.state is State.UNCONFIRMED else None


def _runs_out(application: Application, time: Time, calendar: Calendar, now: datetime) -> datetime:
    turn = application.turn.at
    counting = [(start, end) for _, state, start, end in application.spans(now) if start >= turn and state.clock_runs]
    left = time if time.minutes is None else Time(time.minutes, "minutes")
    for start, end in counting[:-1]:
        used = _spent(left, start, end, calendar)
        if used >= left.number:
            return _later(start, left, calendar)
        left = replace(left, number=left.number - used)
    return _later(counting[-1][0], left, calendar)


def _later(start: datetime, time: Time, calendar: Calendar) -> datetime:
    """When so much time has passed: of working days, the closing hour of the last."""
    if time.minutes is not None:
        return calendar.add_minutes(start, time.minutes)
    day = calendar.add_working_days(calendar.local(start).date(), time.number)
    return calendar.intervals(day)[-1][1]


def _spent(time: Time, start: datetime, end: datetime, calendar: Calendar) -> int:
    """How many minutes, or how many whole working days, have passed; as ``time`` counts them."""
    if time.minutes is not None:
        return calendar.minutes_between(start, end)
    return calendar.working_days_between(calendar.local(start).date(), calendar.local(end).date())


def _visited(time: Time, visit: Visit, invited: datetime, calendar: Calendar) -> datetime:
    """When a visit can be over, for somebody invited then who comes as soon as there are visits at all."""
    day = calendar.local(invited).date()
    for _ in range(visit.days_ahead):
        day = calendar.add_working_days(day, 1)
        starts = calendar.slots(day, visit.windows_on(day), visit.length_minutes)
        if starts:
            return _later(starts[0], time, calendar)
    return _later(invited, time, calendar)


def _steps(application: Application, sop: Sop) -> Iterator[tuple[Step, dict[str, Any]]]:
    here = sop.steps.index(sop.step(application.step))
    for number, step in enumerate(sop.steps):
        if application.state is State.DONE or number < here:
            position = "done"
        else:
            position = "current" if number == here and not application.is_closed else "todo"
        told = {
            "number": sop.number(step.key),
            "name": step.name,
            "summary": step.summary,
            "minutes": step.minutes,
            "time": sop.time(step),
            "by": sop.role(step.role).label,
            "position": position,
        }
        yield step, told


def _local_or_none(at: datetime | None, calendar: Calendar) -> str | None:
    return _local(at, calendar) if at else None


def _local(at: datetime, calendar: Calendar) -> str:
    return at.astimezone(calendar.zone).isoformat(timespec="seconds")
