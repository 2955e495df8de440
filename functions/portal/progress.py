"""How far an application is, for everybody: step, dates, what comes next; nothing about any person.

The one place that decides what a ticket number reveals (``status.schema.json``).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from portal.application import Application, Event
from portal.sop import Sop
from portal.steps import State
from portal.worktime import Calendar


def status(application: Application, sop: Sop, calendar: Calendar, now: datetime) -> dict[str, Any]:
    """What ``/status/<ticket>`` says, as JSON values (``status.schema.json``); times are ISO 8601 with offset."""
    text = sop.status(application.step, application.state)
    newest = application.events[-1]
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
        "next": _next(application, sop),
        "steps": list(_steps(application, sop)),
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
    """The SOP's minutes for the present step against the office's clock; None while that clock stands still.

    ``until`` is when the minutes left run out in office hours, counted from the newest event; time with the applicant
    or an outside authority has not been counted before it.
    """
    if not application.state.clock_runs:
        return None
    minutes = sop.step(application.step).minutes
    earlier = [span for span in application.spans(now) if span[2] >= application.turn.at]
    used = sum(calendar.minutes_between(span[2], span[3]) for span in earlier[:-1] if span[1].clock_runs)
    until = calendar.add_minutes(application.events[-1].at, max(minutes - used, 0))
    return {"minutes": minutes, "until": _local(until, calendar), "late": now > until}


def _next(application: Application, sop: Sop) -> dict[str, str] | None:
    """The step that follows once this one is done; None after the last."""
    following = None if application.is_closed else sop.after(application.step)
    return {"name": following.name, "summary": following.summary} if following else None


def _steps(application: Application, sop: Sop) -> Iterator[dict[str, Any]]:
    here = sop.steps.index(sop.step(application.step))
    for number, step in enumerate(sop.steps):
        if application.state is State.DONE or number < here:
            position = "done"
        else:
            position = "current" if number == here and not application.is_closed else "todo"
        yield {
            "number": number + 1,
            "name": step.name,
            "summary": step.summary,
            "minutes": step.minutes,
            "by": sop.role(step.role).label,
            "position": position,
        }


def _local(at: datetime, calendar: Calendar) -> str:
    return at.astimezone(calendar.zone).isoformat(timespec="seconds")
