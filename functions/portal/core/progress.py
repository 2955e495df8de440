"""How far an application is, for everybody: step, dates, what comes next; nothing about any person.

The one place that decides what a ticket number reveals (``status.schema.json``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from portal.core.application import Application, Event
from portal.core.clocks import present
from portal.core.forecast import Forecast, Usual, expect
from portal.core.history import KEEPING
from portal.core.parts import Step
from portal.core.sop import APPLICANT, Sop
from portal.core.standing import Case
from portal.core.steps import State
from portal.core.worktime import Calendar

NOTHING_KNOWN: Usual = MappingProxyType({})


@dataclass(frozen=True)
class Waiting:
    """A case in a list for the clerk.

    Attributes:
        product: what is applied for.
        step, office: name of the step, and title of the role that has to act.
        since: when that turn began, or the visit that was agreed for it.
        minutes: working minutes since then.
        unattended: nobody appointed today can act on it.
        reason: why it is on the clerk's list (``patience.Reason``); empty if it is not.
    """

    ticket: str
    product: str
    step: str
    office: str
    since: datetime
    minutes: int
    unattended: bool
    reason: str = ""


def status(
    application: Application, sop: Sop, calendar: Calendar, now: datetime, usual: Usual = NOTHING_KNOWN
) -> dict[str, Any]:
    """What ``/status/<ticket>`` says, as JSON values (``status.schema.json``); times are ISO 8601 with offset.

    Args:
        usual: as for ``forecast.expect``.
    """
    text = sop.status(application.step, application.state)
    newest = application.closing or application.moved
    forecast = expect(application, sop, calendar, now, usual)
    expected = forecast.at
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
        "usual": forecast.is_usual,
        "why": reasons(forecast, sop),
        "deadline": _local_or_none(deadline(application, sop), calendar),
        "turn": _turn(application, sop),
        "visit": _visit(application, sop, calendar),
        "next": turn_to_come(application, sop),
        "steps": [
            {**told, "expected": _local_or_none(expected.get(step.key), calendar)}
            for step, told in _steps(application, sop)
        ],
        "history": [
            {"label": label, "at": _local(event.at, calendar), "by": public_office(event)}
            for event, label in history(application, sop)
            if event.action not in KEEPING
        ],
    }


def reasons(forecast: Forecast, sop: Sop) -> list[dict[str, Any]]:
    """Why a case is expected to be done then: ``code`` as of ``forecast.Reason``, the step's name, and with whom it is
    there (``outside``, ``applicant`` or nobody but the office)."""
    told = []
    for reason in forecast.why:
        kind = sop.step(reason.step).kind if reason.step else ""
        others = {"dispatch": "outside", "visit": "applicant", "task": "applicant"}.get(kind, "")
        name = sop.step(reason.step).name if reason.step else ""
        entry = {"code": reason.code, "step": name, "with": others, "days": reason.days, "names": list(reason.names)}
        told.append(entry)
    return told


def because(reason: Mapping[str, Any], words: Mapping[str, Any], own: bool = False) -> str:
    """One of ``reasons`` as a sentence without its full stop.

    Args:
        words: ``forecast`` of ``messages.toml``.
        own: it is said to the applicant himself.
    """
    code = "soon" if reason["code"] == "usual" and not reason["days"] else reason["code"]
    whom = "you" if own and reason["with"] == "applicant" else reason["with"] or "office"
    facts = {**reason, "waits": words["waits"][whom], "names": ", ".join(reason["names"])}
    return str(words[code].format_map(facts))


def history(application: Application, sop: Sop) -> Iterator[tuple[Event, str]]:
    """Every event with what was done, in the SOP's words for the step at which it was done."""
    at_step = application.events[0].step
    for event in application.events:
        yield event, sop.action(at_step, event.action).done
        at_step = event.step


def public_office(event: Event) -> str:
    """As what an official acted; empty for the applicant, whose name is nobody else's business."""
    return event.actor.office


def standard(application: Case, sop: Sop, calendar: Calendar, now: datetime) -> dict[str, Any] | None:
    """The SOP's time for the present step against the office's clock; None while that clock stands still.

    ``until`` is when it runs out, or ran out; None where the SOP says no time: then nothing is promised and nothing is
    late. Minutes count in office hours and days in working days, from when the office got the case at this step
    (``Application.turn``), and not while an outside authority has it; a mended case has all of them again.
    """
    clock = present(application, sop, calendar, now)
    if clock is None:
        return None
    step = sop.step(application.step)
    return {
        "minutes": step.minutes,
        "time": sop.time(step),
        "until": _local_or_none(clock.due, calendar),
        "late": clock.is_late,
    }


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


def confirm_by(application: Case, sop: Sop) -> datetime:
    """Until when the address can be confirmed, by the edition the application runs under."""
    return application.opened + timedelta(days=sop.data["draft_days"])


def deadline(application: Case, sop: Sop) -> datetime | None:
    """Until when the applicant has to act before the case is closed; None where nothing of that kind happens."""
    return confirm_by(application, sop) if application.state is State.UNCONFIRMED else None


def _turn(application: Application, sop: Sop) -> dict[str, Any] | None:
    """Whose turn it is (``by``), and whether the applicant's; None once closed, and while somebody outside has it."""
    if application.is_closed or application.state is State.SENT:
        return None
    role = application.waits_on(sop)
    applicant = role == APPLICANT or bool(sop.status(application.step, application.state).next)
    return {"by": sop.applying.label if applicant else sop.role(role).label, "applicant": applicant}


def _visit(application: Application, sop: Sop, calendar: Calendar) -> dict[str, str] | None:
    """When and where the visit is that is agreed; None without one."""
    visit, slot = sop.step(application.step).visit, application.slot
    return {"at": _local(slot, calendar), "place": visit.place} if visit and slot else None


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
