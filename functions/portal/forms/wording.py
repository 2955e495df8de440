"""What an event of a case says, in the words of the SOP and of the form it was decided with: for letters and pages.

Holds no sentence of its own, and never formats: dates stay as they are kept, marked as dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.application import Application, Event
from portal.core.sop import APPLICANT, Choice, Sop
from portal.core.steps import State, waits_on
from portal.forms.form import Form

Lists = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Fact:
    """One thing that was said: the question's label, and the answers in words.

    Attributes:
        is_date: the one answer is an ISO date, to be written out by whoever shows it.
    """

    label: str
    texts: tuple[str, ...]
    is_date: bool = False

    @property
    def text(self) -> str:
        return ", ".join(self.texts)


def described(
    application: Application, event: Event, sop: Sop, decisions: Mapping[str, Mapping[str, Any]]
) -> dict[str, Fact]:
    """What an official said with a decision, by field and in the order of its form; empty for other events.

    A reason that says nothing without its note ("Lainnya") is left out where the note is there.

    Args:
        sop: the edition the application runs under.
        decisions: one schema per action (``decision.schema.json``, ``$defs``).
    """
    if event.action not in decisions:
        return {}
    before = application.events[event.number - 2]
    lists = choices(sop, before.step, event.action)
    schema = decisions[event.action]
    form = Form(schema, lists)
    facts = {}
    for name, field in form.fields.items():
        said = _texts(event.data.get(name))
        if said and field.widget != "hidden" and not _says_nothing(schema["properties"][name], said, lists, event):
            facts[name] = Fact(field.label, tuple(form.label(name, text) for text in said), field.widget == "date")
    return facts


def awaited(sop: Sop, step: str, state: State) -> str:
    """Who has to act there, as the SOP calls the role; empty when nobody has to."""
    role = waits_on(sop, step, state)
    return sop.role(sop.first.role if role == APPLICANT else role).label if role else ""


def choices(sop: Sop, step: str, action: str) -> Lists:
    """The lists an official picks from at a step, under the names that ``x-options`` of a decision's schema uses."""
    fields = Form(sop.form).fields.values()
    items = [{"key": requirement.key, "label": requirement.label} for requirement in sop.requirements]
    items += [{"key": field.name, "label": field.label} for field in fields if field.widget != "hidden"]
    return {
        "items": items,
        "reasons": _entries(sop.reasons_for(action)),
        "instructions": _entries(sop.instructions),
        "checklist": _entries(sop.step(step).checklist),
    }


def _entries(among: Sequence[Choice]) -> list[dict[str, Any]]:
    return [vars(choice) for choice in among]


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(str(entry) for entry in value) if isinstance(value, Sequence) else ()


def _says_nothing(field: Mapping[str, Any], said: Sequence[str], lists: Lists, event: Event) -> bool:
    if not event.data.get(field.get("note_field", "")):
        return False
    flagged = {entry["key"] for entry in lists[field["x-options"]] if entry.get("needs_note")}
    return set(said) <= flagged
