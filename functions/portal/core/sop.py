"""The SOP as typed data: which steps there are, who acts, and what each of them is called.

Knows nothing of files, clocks or applications; the folder it came from is read by ``bootstrap``.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from portal.core.draft import Document
from portal.core.errors import NotFound
from portal.core.requirements import Requirement, brought
from portal.core.times import Time, added, in_words, time_of
from portal.core.worktime import WEEKDAYS

OF_THE_OFFICE = (
    "calendar", "chart", "corrections", "notes", "office", "pages", "paper", "patience", "register", "reminders",
    "retention",
)  # fmt: skip
"""Tables that belong to the office of today and not to a case: a new holiday or telephone reaches running cases too."""

ROW = "row"  # kind of a row that is printed with the others, and that the portal passes over

APPLICANT = "applicant"
"""The audience that is not an official, whatever the SOP calls the role of its first step."""


@dataclass(frozen=True)
class Role:
    """Who acts: one column of the SOP's table, or several of which whoever is first acts.

    Attributes:
        label: the office's title of today; ``column`` the verbatim heading, or the title of several.
        any_of: keys of the roles that this one stands for ("A or B"); empty for a column.
        applies: is it the applicant's, where an official begins the service?
    """

    key: str
    label: str
    column: str
    any_of: tuple[str, ...] = ()
    applies: bool = False


@dataclass(frozen=True)
class Choice:
    """An entry of a list officials pick from: an instruction, a reason, a point of a checklist."""

    key: str
    label: str
    actions: tuple[str, ...] = ()
    needs_note: bool = False


@dataclass(frozen=True)
class StatusText:
    """What people read while an application is in a state.

    Attributes:
        sentence: for everybody who has the ticket number.
        own: for the applicant, on the page that has the buttons and the history; empty where ``sentence`` does.
        next: what the applicant does next, where it is the applicant's turn.
        task: for the official.
    """

    label: str
    sentence: str
    own: str = ""
    next: str = ""
    task: str = ""


@dataclass(frozen=True)
class ActionText:
    """The words of one action: on the choice, on the button, and in the history once it is done."""

    label: str = ""
    button: str = ""
    done: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Visit:
    """Where and when applicants come; ``windows`` maps mon..sun to ranges such as ``08.00-11.30``."""

    place: str
    length_minutes: int
    days_ahead: int
    capacity: int
    bring: tuple[str, ...]
    windows: Mapping[str, Sequence[str]]

    def windows_on(self, day: date) -> Sequence[str]:
        """The ranges of a day, as ``worktime.Calendar.slots`` takes them; none on a weekday that is not named."""
        return self.windows.get(WEEKDAYS[day.weekday()], ())


@dataclass(frozen=True)
class Step:
    """One step of the SOP: its operational layer, and its verbatim text under ``text``.

    Attributes:
        also: what may be decided besides what every step of its kind permits (``steps.Kind.optional``).
        documents: what is uploaded at this step, not with the application.
        time: what the SOP allows for it; None where it does not say.
        verifier: with what a signed letter's certificate is checked; turns_page: the office's own paper does after it.
        marks: what its table shows in a role's column.
        above: rows of that table above the step's that are no steps, as they are written in the file.
    """

    key: str
    kind: str
    role: str
    time: Time | None
    name: str
    summary: str
    task: str
    subject: str
    text: Mapping[str, str]
    status: Mapping[str, StatusText]
    actions: Mapping[str, ActionText]
    checklist: tuple[Choice, ...] = ()
    visit: Visit | None = None
    turns_page: bool = False
    also: tuple[str, ...] = ()
    documents: tuple[Requirement, ...] = ()
    verifier: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    above: Sequence[Mapping[str, Any]] = ()

    @property
    def minutes(self) -> int | None:
        """Minutes that the SOP allows; None where it says working days, or nothing."""
        return self.time.minutes if self.time else None


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
        """A step's time in words (``[chart]``): of the SOP, or that it says none."""
        words: Mapping[str, str] = self.data.get("chart", {})
        # An edition of before may say what the office's words of today have no word for: then as the SOP wrote it.
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
    rows = tuple(_step(step) for step in data["steps"])
    return Sop(
        service=data["service"],
        version=_version(data, form),
        ticket_prefix=data["ticket_prefix"],
        roles=tuple(
            Role(role["key"], role["label"], role["column"], applies=role.get("applies", False))
            for role in data["roles"]
        ),
        steps=tuple(row for row in rows if row.kind != ROW),
        requirements=_documents(data["documents"]),
        instructions=_choices(data.get("instructions", ())),
        reasons=_choices(data.get("reasons", ())),
        status_texts={state: StatusText(**text) for state, text in data["status"].items()},
        action_texts={action: ActionText(**text) for action, text in data["actions"].items()},
        applicant=data["applicant"],
        data=data,
        form=form,
        rows=rows,
        either=tuple(Role(e["key"], e["label"], e["label"], any_of=tuple(e["roles"])) for e in data.get("either", ())),
    )


@lru_cache(maxsize=8)
def _kept(snapshot: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    kept = json.loads(snapshot)
    return kept["sop"], kept["form"]


def restore(snapshot: str, present: Sop) -> Sop:
    """The SOP an older application runs under, from ``Sop.snapshot``, in the office of the present one."""
    data, form = _kept(snapshot)
    return parse({**data, **{key: present.data[key] for key in OF_THE_OFFICE if key in present.data}}, form)


def _step(step: Mapping[str, Any]) -> Step:
    visit = step.get("visit")
    return Step(
        key=step["key"],
        kind=step["kind"],
        role=step["role"],
        time=time_of(step),
        name=step["name"],
        summary=step.get("summary", ""),
        task=step.get("task", ""),
        subject=step.get("subject", ""),
        text={part: said for part, said in step["text"].items() if part not in ("marks", "above")},
        status={state: StatusText(**text) for state, text in step.get("status", {}).items()},
        actions={action: ActionText(**text) for action, text in step.get("actions", {}).items()},
        checklist=_choices(step.get("checklist", ())),
        visit=Visit(**{**visit, "bring": tuple(visit["bring"])}) if visit else None,
        turns_page=step.get("turns_page", False),
        also=tuple(step.get("also", ())),
        documents=_documents(step.get("documents", ())),
        verifier=step.get("verifier", ""),
        marks=step["text"].get("marks", {}),
        above=step["text"].get("above", ()),
    )


def _documents(entries: Iterable[Mapping[str, Any]]) -> tuple[Requirement, ...]:
    return tuple(map(Requirement.from_entry, entries))


def _choices(entries: Iterable[Mapping[str, Any]]) -> tuple[Choice, ...]:
    return tuple(
        Choice(entry["key"], entry["label"], tuple(entry.get("for", ())), entry.get("needs_note", False))
        for entry in entries
    )


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
