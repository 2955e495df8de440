"""A case as an official reads it: the time left, what was said before, what happened, the documents, the choices.

Turns values into what templates show; decides nothing and has no words of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from portal.core.application import Application, Event
from portal.core.errors import Finding
from portal.core.notices import Official
from portal.core.progress import standard
from portal.core.sop import APPLICANT, ActionText, Sop
from portal.core.worktime import Calendar
from portal.forms.form import Field, Form
from portal.forms.typed import texts
from portal.forms.wording import Fact, awaited, choices, described
from portal.service import OfficialView, Portal
from portal.web import fields

THUMB: Final = 320
PAGE: Final = 1000
"""Widths of page images, pixels."""


@dataclass(frozen=True)
class Deadline:
    """By when the SOP's ``minutes`` for the present step are over."""

    minutes: int
    at: datetime
    late: bool


@dataclass(frozen=True)
class Happening:
    """An event in words.

    Attributes:
        by: office of who did it, as printed then; empty for the portal itself.
        said: what an official decided, by field.
        items: labels of what the applicant mended; ``slot``: the visit he picked.
        onward: role that got the case by it; empty when it stayed.
    """

    event: Event
    done: str
    by: str
    said: Mapping[str, Fact]
    items: tuple[str, ...]
    slot: datetime | None
    onward: str


@dataclass(frozen=True)
class Choice:
    """One decision on offer, with its own fields; what came back with findings is ``open`` and keeps what was typed."""

    action: str
    text: ActionText
    title: str
    fields: tuple[Field, ...]
    values: Mapping[str, Any]
    errors: Mapping[str, str]
    open: bool


@dataclass(frozen=True)
class Later:
    """A decision that is not on offer yet: its ``label``, and from when on it is; ``all_day``: from that day on."""

    label: str
    at: datetime
    all_day: bool


@dataclass(frozen=True)
class Card:
    """A case among all that waits for one person, who acts on it as ``office``."""

    application: Application
    sender: Mapping[str, str]
    step: str
    task: str
    office: str
    since: datetime
    deadline: Deadline | None

    @property
    def urgency(self) -> tuple[bool, datetime]:
        """Sorts by the time that is left; where the clock stands still, a visit's time, and last who waits longest."""
        if self.deadline:
            return False, self.deadline.at
        return True, self.application.slot or self.since


def shown(portal: Portal, view: OfficialView, now: datetime) -> dict[str, Any]:
    """What ``official/case.html`` shows of a case; all but the choices."""
    application, sop = view.application, view.sop
    form, happenings = portal.application_form(sop), history(application, sop, portal.decisions)
    step, status = sop.step(application.step), sop.status(application.step, application.state)
    return {
        "application": application,
        "edition": sop,
        "step": step,
        "place": sop.steps.index(step) + 1,
        "status": status,
        "task": status.task or (step.task if view.actions else ""),
        "awaited": awaited(sop, application.step, application.state),
        "office": view.official.as_actor(sop).office,
        "sender": sender(application, sop, form),
        "deadline": deadline(application, sop, portal.calendar, now),
        "brought": _brought_by(happenings, application),
        "latest": _latest(happenings, application),
        "mended": _last_of(happenings, "resubmit"),
        "returned": _last_of(happenings, "return"),
        "happenings": happenings,
        "documents": documents(application, sop),
        "answers": form.shown(application.form),
        "asked": _asked(application, form),
    }


def deadline(application: Application, sop: Sop, calendar: Calendar, now: datetime) -> Deadline | None:
    """None while the SOP's clock stands still."""
    found = standard(application, sop, calendar, now)
    return Deadline(found["minutes"], datetime.fromisoformat(found["until"]), found["late"]) if found else None


def history(application: Application, sop: Sop, decisions: Mapping[str, Mapping[str, Any]]) -> list[Happening]:
    """All that happened, oldest first."""
    labels = {entry["key"]: entry["label"] for entry in choices(sop, application.step, "")["items"]}

    def told(event: Event) -> Happening:
        before = application.step_before(event)
        slot = event.data.get("slot")
        mended = () if event.action in decisions else event.data.get("items", ())
        return Happening(
            event=event,
            done=sop.action(before, event.action).done or event.action,
            by=sop.role(sop.first.role).label if event.actor.role == APPLICANT else event.actor.office,
            said=described(application, event, sop, decisions),
            items=tuple(labels.get(item, item) for item in mended),
            slot=datetime.fromisoformat(slot) if slot else None,
            onward=sop.role(sop.step(event.step).role).label if event.step != before else "",
        )

    return [told(event) for event in application.events]


def sender(application: Application, sop: Sop, form: Form) -> dict[str, str]:
    """Who asks, in words: ``name``, ``position`` and ``office``, empty where the form does not say."""
    return {meaning: _answer(application, sop, form, meaning) for meaning in ("name", "position", "office")}


def card(portal: Portal, application: Application, official: Official, now: datetime) -> Card:
    sop = portal.sop_of(application)
    step = sop.step(application.step)
    status = sop.status(application.step, application.state)
    return Card(
        application=application,
        sender=sender(application, sop, portal.application_form(sop)),
        step=step.name,
        task=status.task or step.task,
        office=official.as_actor(sop).office,
        since=application.events[-1].at,
        deadline=deadline(application, sop, portal.calendar, now),
    )


def documents(application: Application, sop: Sop) -> list[dict[str, Any]]:
    """The documents in the SOP's order, as the macro ``thumbs`` takes them."""
    kinds = {document.kind: document for document in application.documents}
    checked = _is_checked(application.events)
    return [
        _document(application.ticket, requirement.key, requirement.label, kinds[requirement.key], checked)
        for requirement in sop.requirements
        if requirement.key in kinds
    ]


def to_come(view: OfficialView, now: datetime) -> list[Later]:
    """What will be on offer once the visit's time has come, soonest first."""
    application = view.application
    found = []
    for key in view.actions:
        opens = application.opens_at(key, view.sop)
        if opens and now < opens:
            label = view.sop.action(application.step, key).label
            found.append(Later(label, opens, opens != application.slot))
    return sorted(found, key=lambda later: later.at)


def offered(
    portal: Portal,
    view: OfficialView,
    action: str,
    raw: Mapping[str, Any],
    findings: Iterable[Finding],
    now: datetime,
) -> list[Choice]:
    """The choices of a page; what is a matter of time only once it has come (see ``to_come``).

    Args:
        action: the one that was tried; ``raw`` what was typed for it, and ``findings`` what was wrong. Empty at first.
    """
    found = []
    open_now = [key for key in view.actions if now >= (view.application.opens_at(key, view.sop) or now)]
    for key in open_now:
        form = portal.decision_form(view, key)
        tried = key == action
        found.append(
            Choice(
                action=key,
                text=view.sop.action(view.application.step, key),
                title=form.sections[0].title,
                fields=tuple(field for field in form.fields.values() if field.widget != "hidden"),
                values=fields.as_typed(form, raw, form.clean(raw)) if tried else {},
                errors={finding.field: finding.message for finding in findings} if tried else {},
                # A way out that stands alone is there for the rare case: nobody is to be led to it.
                open=tried or (len(open_now) == 1 and key != "reject"),
            )
        )
    return found


def _brought_by(happenings: Sequence[Happening], application: Application) -> Happening | None:
    """The decision that brought the case to its present step, if it says something."""
    for happening in reversed(happenings):
        if happening.event.step == application.step and application.step_before(happening.event) != application.step:
            return happening if happening.said else None
    return None


def _latest(happenings: Sequence[Happening], application: Application) -> Happening | None:
    """The newest event, where it is a decision that says something and left the case at its step."""
    newest = happenings[-1]
    return (
        newest
        if newest.said.keys() - {"checklist"} and application.step_before(newest.event) == application.step
        else None
    )


def _last_of(happenings: Sequence[Happening], action: str) -> Happening | None:
    return next((happening for happening in reversed(happenings) if happening.event.action == action), None)


def _asked(application: Application, form: Form) -> frozenset[str]:
    """Names of the fields this applicant was asked."""

    def applies(field: Field) -> bool:
        return field.show_if is None or application.form.get(field.show_if[0]) in texts(field.show_if[1])

    return frozenset(name for name, field in form.fields.items() if applies(field))


def _answer(application: Application, sop: Sop, form: Form, meaning: str) -> str:
    """The answer in words; of "other" what was typed for it."""
    name, value = sop.applicant.get(meaning, ""), application.value(meaning, sop)
    for field in form.fields.values():
        if field.show_if and field.show_if[0] == name and value in texts(field.show_if[1]):
            return str(application.form.get(field.name, "")) or form.label(name, value)
    return form.label(name, value) if name in form.fields else value


def _document(ticket: str, kind: str, label: str, document: Any, checked: bool) -> dict[str, Any]:
    view = f"/telaah/{ticket}/berkas/{kind}"
    # The content's mark is part of the address: a mended document must not be shown from a browser's cache.
    mark = document.sha256[:8]
    return {
        "kind": kind,
        "label": label,
        "view": view,
        "thumb": f"{view}/1.jpg?lebar={THUMB}&v={mark}",
        "pages": [f"{view}/{page}.jpg?v={mark}" for page in range(1, document.pages + 1)],
        "checked": checked,
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
