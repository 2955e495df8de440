"""The SOP as typed data: which steps there are, who acts, and what each of them is called.

Knows nothing of files, clocks or applications; the folder it came from is read by ``bootstrap``.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, TypeVar

from portal.core.draft import Document
from portal.core.errors import NotFound
from portal.core.parts import ActionText, Choice, Role, StatusText, Step, read_choices, read_documents, read_step
from portal.core.requirements import Requirement, brought
from portal.core.times import added, in_words

OF_THE_OFFICE = (
    "afterwards", "batch", "calendar", "chart", "corrections", "desk", "lacking", "notes", "office", "pages",
    "paper", "patience", "register", "reminders", "retention",
)  # fmt: skip
"""Tables that belong to the office of today and not to a case: a new holiday or telephone reaches running cases too."""

ROW = "row"  # kind of a row that is printed with the others, and that the portal passes over

APPLICANT = "applicant"
"""The audience that is not an official, whatever the SOP calls the role of its first step."""

FILLER = "filler"
"""The audience that fills in for several people (``[batch]``)."""


_Keyed = TypeVar("_Keyed", Role, Step)


@dataclass(frozen=True)
class Sop:
    """A whole service.

    Attributes:
        version: SHA-256 of the text and the form an application runs under (``OF_THE_OFFICE`` is not part of it).
        rows: all that the table prints; ``steps`` those of them that the portal operates.
        either: roles that stand for several; ``roles`` are the table's columns.
        applicant: which field of the form means name, email, number, position and office.
        data: the parsed file, for pages and letters.
        form: the application's JSON Schema.
    """

    service: str
    version: str
    ticket_prefix: str
    roles: tuple[Role, ...]
    steps: tuple[Step, ...]
    requirements: tuple[Requirement, ...]
    instructions: tuple[Choice, ...]
    reasons: tuple[Choice, ...]
    status_texts: Mapping[str, StatusText]
    action_texts: Mapping[str, ActionText]
    applicant: Mapping[str, str]
    data: Mapping[str, Any] = field(repr=False)
    form: Mapping[str, Any] = field(repr=False)
    rows: tuple[Step, ...] = ()
    either: tuple[Role, ...] = ()

    @property
    def first(self) -> Step:
        return self.steps[0]

    @property
    def applying(self) -> Role:
        """The applicant's role: the one marked so, or that of the first step."""
        return next((role for role in self.roles if role.applies), None) or self.role(self.first.role)

    @property
    def documents(self) -> tuple[Requirement, ...]:
        """All that is ever uploaded: with the application, then step by step."""
        return (*self.requirements, *(document for step in self.steps for document in step.documents))

    @property
    def letters(self) -> tuple[str, ...]:
        """Keys of the documents that officials bring, signed."""
        return tuple(document.key for step in self.steps if step.kind == "sign" for document in step.documents)

    @property
    def minutes(self) -> int:
        """Handling time of all rows that say minutes or hours (SOP: the column Waktu, added up)."""
        return sum(row.minutes or 0 for row in self.rows)

    @property
    def untimed(self) -> tuple[Step, ...]:
        """The rows of which the SOP does not say how long they take."""
        return tuple(row for row in self.rows if row.time is None)

    def time(self, step: Step) -> str:
        """A step's time in words (``[chart]``), or as the SOP wrote it where there are none; or that it says none."""
        words: Mapping[str, str] = self.data.get("chart", {})
        return in_words(step.time, words) or step.text.get("time", "") if step.time else words.get("unsaid", "")

    @property
    def total_time(self) -> str:
        """The times of all rows added up, days apart from minutes; empty if the SOP says none at all."""
        return ", ".join(in_words(each, self.data["chart"]) for each in added([row.time for row in self.rows]))

    def step(self, key: str) -> Step:
        return _find(self.steps, key, "step_unknown")

    def role(self, key: str) -> Role:
        return _find((*self.roles, *self.either), key, "role_unknown")

    def acting(self, role: str) -> tuple[str, ...]:
        """Keys of the roles whose officials may act as this one: itself, or those it stands for."""
        return self.role(role).any_of or (role,)

    def waiting_lists(self, role: str) -> tuple[str, ...]:
        """Keys under which cases wait for whoever holds this role: its own, and those that stand for it too."""
        return (role, *(several.key for several in self.either if role in several.any_of))

    def number(self, step: str) -> int:
        """Which row of the table it is: 1 for the first."""
        return 1 + next(place for place, row in enumerate(self.rows) if row.key == step)

    def after(self, key: str) -> Step | None:
        """The step that follows, or None after the last."""
        position = self.steps.index(self.step(key))
        return self.steps[position + 1] if position + 1 < len(self.steps) else None

    def status(self, step: str, state: str) -> StatusText:
        """The words for a state, the step's own before the general ones."""
        texts = self.step(step).status
        return texts[state] if state in texts else self.status_texts[state]

    def action(self, step: str, action: str) -> ActionText:
        """The words for an action, the step's own before the general ones."""
        if corrected := self.data.get("corrections", {}).get(action):
            return ActionText(done=corrected["done"])
        return self.step(step).actions.get(action) or self.action_texts.get(action, ActionText())

    @property
    def together(self) -> tuple[str, ...]:
        """What an official may decide on several cases at once (``[desk]``); nothing where the office does not say."""
        return tuple(self.data.get("desk", {}).get("together", ()))

    @property
    def batch(self) -> Mapping[str, Any]:
        """How one person fills in for several (``[batch]``, with its ``form``); empty where nobody can."""
        found: Mapping[str, Any] = self.data.get("batch", {})
        return found

    def reasons_for(self, action: str) -> tuple[Choice, ...]:
        return tuple(reason for reason in self.reasons if action in reason.actions)

    def brought(self, documents: Sequence[Document]) -> list[tuple[str, Document]]:
        """Every file with its label, in the order of the SOP."""
        return list(brought(self.documents, documents))

    def snapshot(self) -> str:
        """All that a running application depends on, as JSON; ``restore`` reads it back."""
        return json.dumps({"sop": _operated(self.data), "form": self.form}, ensure_ascii=False, sort_keys=True)


def parse(data: Mapping[str, Any], form: Mapping[str, Any]) -> Sop:
    """The parsed ``sop.toml`` and ``application.schema.json`` as one value.

    Judges nothing: the shape is the business of ``sop.schema.json``, and what one part says of another that of
    ``soundness``. So a case goes on under an edition that today's rules would not let in.
    """
    rows = tuple(read_step(step) for step in data["steps"])
    return Sop(
        service=data["service"],
        version=_version(data, form),
        ticket_prefix=data["ticket_prefix"],
        roles=tuple(
            Role(role["key"], role["label"], role["column"], applies=role.get("applies", False))
            for role in data["roles"]
        ),
        steps=tuple(row for row in rows if row.kind != ROW),
        requirements=read_documents(data["documents"]),
        instructions=read_choices(data.get("instructions", ())),
        reasons=read_choices(data.get("reasons", ())),
        status_texts={state: StatusText(**text) for state, text in data["status"].items()},
        action_texts={action: ActionText(**text) for action, text in data["actions"].items()},
        applicant=data["applicant"],
        data=data,
        form=form,
        rows=rows,
        either=tuple(Role(e["key"], e["label"], e["label"], any_of=tuple(e["roles"])) for e in data.get("either", ())),
    )


@lru_cache(maxsize=8)
def _kept(snapshot: str) -> Mapping[str, Any]:
    return dict(json.loads(snapshot))


def restore(snapshot: str, present: Sop) -> Sop:
    """The SOP an older application runs under, from ``Sop.snapshot``, in the present office, with its newer actions."""
    read, office = _kept(snapshot), {key: present.data[key] for key in OF_THE_OFFICE if key in present.data}
    kept = parse({**read["sop"], **office}, read["form"])
    return replace(kept, action_texts={**present.action_texts, **kept.action_texts})


def _operated(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in OF_THE_OFFICE}


def _version(data: Mapping[str, Any], form: Mapping[str, Any]) -> str:
    text = json.dumps([_operated(data), form], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _find(entries: Iterable[_Keyed], key: str, code: str) -> _Keyed:
    for entry in entries:
        if entry.key == key:
            return entry
    raise NotFound(code, key=key)
