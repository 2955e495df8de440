"""An edition of the SOP in words: its forms, made once, and what an event says in them, for letters and pages.

Holds no sentence of its own, and never formats: dates stay as they are kept, marked as dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from portal.core.application import Application, Event
from portal.core.parts import Choice
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import State, waits_on
from portal.forms.form import Form
from portal.forms.product import recorded
from portal.forms.typed import texts

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


@dataclass(frozen=True)
class Words:
    """What is asked and said under one edition.

    Attributes:
        decisions: one JSON Schema per action (``decision.schema.json``, ``$defs``).
    """

    sop: Sop
    decisions: Mapping[str, Mapping[str, Any]]
    _decision_forms: dict[tuple[str, str], Form] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def form(self) -> Form:
        """What an applicant fills in."""
        return Form(self.sop.form)

    def decision_form(self, step: str, action: str) -> Form:
        """What an official fills in with an action at a step, with the SOP's own lists in it."""
        key = step, action
        if key not in self._decision_forms:
            schema = self.decisions[action]
            asked = recorded(schema, self.sop.data) if action == "record" else schema
            self._decision_forms[key] = Form(asked, self.choices(step, action))
        return self._decision_forms[key]

    def choices(self, step: str, action: str) -> Lists:
        """The lists an official picks from, under the names that ``x-options`` of a decision's schema uses."""
        return {
            "items": [{"key": key, "label": self.items[key]} for key in self._to_mend(step)],
            "reasons": _entries(self.sop.reasons_for(action)),
            "instructions": _entries(self.sop.instructions),
            "checklist": _entries(self.sop.step(step).checklist),
        }

    @cached_property
    def items(self) -> Mapping[str, str]:
        """Label of everything that an applicant brings or says, by key: documents first, then answers."""
        documents = {document.key: document.label for document in self.sop.documents}
        asked = (answer for answer in self.form.fields.values() if answer.widget != "hidden")
        return documents | {answer.name: answer.label for answer in asked}

    def _to_mend(self, step: str) -> list[str]:
        """What officials of a step can return for mending: all but what is only brought there or later."""
        steps = self.sop.steps
        later = [document for each in steps[steps.index(self.sop.step(step)) :] for document in each.documents]
        not_yet = {document.key for document in later}
        return [key for key in self.items if key not in not_yet]

    def said(self, application: Application, event: Event) -> dict[str, Fact]:
        """What an official said with a decision, by field and in the order of its form; empty for other events.

        A reason that says nothing without its note ("Lainnya") is left out where the note is there.
        """
        if corrected := self.sop.data.get("corrections", {}).get(event.action):
            changes = event.data.get("changes", {})
            amended = {name: self._amended(name, change, corrected) for name, change in changes.items()}
            whom = (
                {"whom": Fact(corrected["whom"], (event.data["name"] or corrected["all"],))}
                if "whom" in corrected
                else {}
            )
            return {**amended, **whom, "reason": Fact(corrected["reason"], (str(event.data["reason"]),))}
        if event.action not in self.decisions:
            return {}
        step = application.step_before(event)
        form = self.decision_form(step, event.action)
        facts = {}
        for name, asked in form.fields.items():
            answers = texts(event.data.get(name))
            if any(answers) and asked.widget != "hidden" and not self._says_nothing(name, answers, event, step):
                facts[name] = Fact(
                    asked.label, tuple(form.label(name, each) for each in answers), asked.widget == "date"
                )
        schema = self.decisions[event.action]
        for name, label in schema.get("says", {}).items():  # what the portal found out, and nobody typed
            if found := tuple(texts(event.data.get(name))):
                facts[name] = Fact(label, found, name in schema.get("dates", ()))
        return facts

    def _amended(self, name: str, change: Mapping[str, Any], corrected: Mapping[str, str]) -> Fact:
        """What an answer was and is."""
        before, after = (
            ", ".join(self.form.words(name, each) for each in texts(change[when])) or corrected["nothing"]
            for when in ("from", "to")
        )
        changed = corrected["changed"].replace("{from}", before).replace("{to}", after)
        return Fact(self.form.fields[name].label, (changed,))

    def product(self, application: Application) -> list[Fact]:
        """What was recorded of the product, in the order of its form; empty before."""
        record = next((event for event in reversed(application.events) if event.action == "record"), None)
        return list(self.said(application, record).values()) if record else []

    def awaited(self, step: str, state: State) -> str:
        """Who has to act there, as the SOP calls the role; empty when nobody has to."""
        role = waits_on(self.sop, step, state)
        if role == APPLICANT:
            return self.sop.applying.label
        return self.sop.role(role).label if role else ""

    def _says_nothing(self, name: str, answers: Sequence[str], event: Event, step: str) -> bool:
        schema = self.decisions[event.action]["properties"][name]
        if not event.data.get(schema.get("note_field", "")):
            return False
        listed = self.choices(step, event.action)[schema["x-options"]]
        return set(answers) <= {entry["key"] for entry in listed if entry.get("needs_note")}


def _entries(among: Sequence[Choice]) -> list[dict[str, Any]]:
    return [vars(choice) for choice in among]
