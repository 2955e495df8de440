"""A case as an official reads it: the time left, what was said before, what happened, the documents.

Turns values into what templates show; decides nothing and has no words of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.application import Application, Event
from portal.core.clocks import in_office, present
from portal.core.draft import Document
from portal.core.history import UNNOTICED
from portal.core.sop import APPLICANT, Sop
from portal.core.times import Time
from portal.core.worktime import Calendar
from portal.forms.form import Field, Form
from portal.forms.typed import texts
from portal.forms.wording import Fact, Words
from portal.usecases.cases import OfficialView
from portal.web.files import THUMB
from portal.web.here import here


@dataclass(frozen=True)
class Deadline:
    """By when the SOP's ``time`` for the present step is over; ``at`` is None where the SOP does not say.

    ``spare`` is the working time until then, or since; None where ``at`` is.
    """

    time: str
    at: datetime | None
    late: bool
    spare: Time | None = None


@dataclass(frozen=True)
class Happening:
    """An event in words.

    Attributes:
        by: office of who did it, as printed then; empty for the portal itself.
        said: what an official decided, by field.
        items: labels of what the applicant mended or brought; ``slot``: the visit he picked.
        onward: role that got the case by it; empty when it stayed.
        filler: name of whoever mended it for the applicant; empty if that was the applicant himself.
        taken_back: from which Plh., where an official on leave decided himself; ``taken_over``: from whom a clerk
            had given it to.
    """

    event: Event
    done: str
    by: str
    said: Mapping[str, Fact]
    items: tuple[str, ...]
    slot: datetime | None
    onward: str
    filler: str = ""
    taken_back: str = ""
    taken_over: str = ""


def shown(view: OfficialView, calendar: Calendar, now: datetime) -> dict[str, Any]:
    """What ``official/case.html`` shows of a case; all but the choices."""
    application, words, sop = view.application, view.words, view.sop
    happenings = history(application, words)
    step, status = sop.step(application.step), sop.status(application.step, application.state)
    return {
        "application": application,
        "edition": sop,
        "step": step,
        "place": sop.number(step.key),
        "status": status,
        "task": status.task or (step.task if view.actions else ""),
        "awaited": words.awaited(application.step, application.state),
        "office": view.official.as_actor(sop).office,
        "sender": sender(application, words),
        "deadline": deadline(application, sop, calendar, now),
        "brought": _brought_by(happenings, application),
        "latest": _latest(happenings, application),
        "mended": _last_of(happenings, "resubmit"),
        "returned": _last_of(happenings, "return"),
        "happenings": happenings,
        "documents": documents(application, sop),
        "answers": words.form.shown(application.form),
        "asked": _asked(application, words.form),
    }


def deadline(application: Application, sop: Sop, calendar: Calendar, now: datetime) -> Deadline | None:
    """None while the SOP's clock stands still."""
    clock = present(application, sop, calendar, now)
    if clock is None:
        return None
    time = sop.time(sop.step(application.step))
    return Deadline(time, clock.due, clock.is_late, spare(clock.due, calendar, now))


def spare(due: datetime | None, calendar: Calendar, now: datetime) -> Time | None:
    """The working time until a moment or since (``clocks.in_office``); None where none is promised."""
    return in_office(min(due, now), max(due, now), calendar) if due else None


def history(application: Application, words: Words) -> list[Happening]:
    """All that happened, oldest first."""
    return [_told(application, event, words) for event in application.events]


def sender(application: Application, words: Words) -> dict[str, str]:
    """Who asks, in words: ``name``, ``position`` and ``office``, empty where the form does not say."""
    return {meaning: _answer(application, words, meaning) for meaning in ("name", "position", "office")}


def telephones(application: Application, words: Words) -> list[tuple[str, str]]:
    """Whom to call about it, as the form says: what a number is called, and how it is written here."""
    shown = (each for _, answers in words.form.shown(application.form) for each in answers)
    return [(field.label, number) for field, number in shown if field.widget == "tel"]


def documents(application: Application, sop: Sop) -> list[dict[str, Any]]:
    """The documents in the SOP's order, as the macro ``thumbs`` takes them."""
    checked = _is_checked(application.events)
    return [
        _document(application.ticket, label, document, checked, sop)
        for label, document in sop.brought(application.documents)
    ]


def _told(application: Application, event: Event, words: Words) -> Happening:
    sop, before = words.sop, application.step_before(event)
    slot = None if event.action == "walk_in" else event.data.get("slot")  # he came without it
    mended = () if event.action in words.decisions else event.data.get("items", ())
    return Happening(
        event=event,
        done=sop.action(before, event.action).done or event.action,
        by=sop.applying.label if event.actor.role == APPLICANT else event.actor.office,
        said=words.said(application, event),
        items=tuple(words.items.get(item, item) for item in mended),
        slot=datetime.fromisoformat(slot) if slot else None,
        onward=sop.role(sop.step(event.step).role).label if event.step != before else "",
        filler=str(event.data.get("filler", "")),
        taken_back=str(event.data.get("taken_back", "")),
        taken_over=str(event.data.get("taken_over", "")),
    )


def _brought_by(happenings: Sequence[Happening], application: Application) -> Happening | None:
    """What brought the case to its present step: a decision, if it says something, or the applicant's task."""
    for happening in reversed(happenings):
        if happening.event.step == application.step and application.step_before(happening.event) != application.step:
            return happening if happening.said or happening.event.action == "report" else None
    return None


def _latest(happenings: Sequence[Happening], application: Application) -> Happening | None:
    """The newest event, where it is a decision that says something and left the case at its step."""
    newest = [each for each in happenings if each.event.action not in UNNOTICED][-1]
    stayed = application.step_before(newest.event) == application.step
    return newest if stayed and newest.said.keys() - {"checklist"} else None


def _last_of(happenings: Sequence[Happening], action: str) -> Happening | None:
    return next((happening for happening in reversed(happenings) if happening.event.action == action), None)


def _asked(application: Application, form: Form) -> frozenset[str]:
    """Names of the fields this applicant was asked."""

    def applies(field: Field) -> bool:
        return field.show_if is None or application.form.get(field.show_if[0]) in texts(field.show_if[1])

    return frozenset(name for name, field in form.fields.items() if applies(field))


def _answer(application: Application, words: Words, meaning: str) -> str:
    """The answer in words; of "other" what was typed for it."""
    sop, form = words.sop, words.form
    name, value = sop.applicant.get(meaning, ""), application.value(meaning, sop)
    for field in form.fields.values():
        if field.show_if and field.show_if[0] == name and value in texts(field.show_if[1]):
            return str(application.form.get(field.name, "")) or form.label(name, value)
    return form.label(name, value) if name in form.fields else value


def doubts(document: Document, sop: Sop) -> list[str]:
    """What was measured in a document that may be wrong with it, in words."""
    words, asked = here().messages["warnings"], sop.data.get("documents", ())
    sheets = {each["key"] for each in asked if each.get("shape") == "sheet"}
    return [words[each] for each in document.warnings if each in words and (each != "card" or document.kind in sheets)]


def _document(ticket: str, label: str, document: Document, checked: bool, sop: Sop) -> dict[str, Any]:
    view = f"/telaah/{ticket}/berkas/{document.kind}"
    # The content's mark is part of the address: a mended document must not be shown from a browser's cache.
    mark = document.sha256[:8]
    return {
        "kind": document.kind,
        "label": label,
        "view": view,
        "thumb": f"{view}/1.jpg?lebar={THUMB}&v={mark}",
        "pages": [f"{view}/{page}.jpg?v={mark}" for page in range(1, document.pages + 1)],
        "checked": checked,
        "warnings": doubts(document, sop),
        "document": document,
    }


def _is_checked(events: Sequence[Event]) -> bool:
    """Has somebody ticked the checklist since these documents were brought?"""
    for event in reversed(events):
        if event.data.get("checklist"):
            return True
        if "documents" in event.data:
            return False
    return False
