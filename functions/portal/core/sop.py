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

from portal.core.errors import NotFound
from portal.core.worktime import WEEKDAYS

OF_THE_OFFICE = ("calendar", "chart", "notes", "office", "pages", "paper", "reminders", "retention")
"""Tables that belong to the office of today and not to a case: a new holiday or telephone reaches running cases too."""

APPLICANT = "applicant"
"""The audience that is not an official, whatever the SOP calls the role of its first step."""


@dataclass(frozen=True)
class Role:
    """One column of the SOP's table; ``label`` is the office's title of today, ``column`` the verbatim heading."""

    key: str
    label: str
    column: str


@dataclass(frozen=True)
class Choice:
    """An entry of a list officials pick from: an instruction, a reason, a point of a checklist."""

    key: str
    label: str
    actions: tuple[str, ...] = ()
    needs_note: bool = False


@dataclass(frozen=True)
class Requirement:
    """A document the applicant brings."""

    key: str
    label: str
    hint: str
    tip: str


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

    ``turns_page``: the office's own paper turns the page after it. ``marks``: what its table shows in a role's column.
    ``above``: rows of that table above the step's that are no steps, as they are written in the file.
    """

    key: str
    kind: str
    role: str
    minutes: int
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
    marks: Mapping[str, str] = field(default_factory=dict)
    above: Sequence[Mapping[str, Any]] = ()


_Keyed = TypeVar("_Keyed", Role, Step)


@dataclass(frozen=True)
class Sop:
    """A whole service.

    Attributes:
        version: SHA-256 of the text and the form an application runs under (``OF_THE_OFFICE`` is not part of it).
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

    @property
    def first(self) -> Step:
        return self.steps[0]

    @property
    def minutes(self) -> int:
        """Handling time of all steps (SOP: the column Waktu, added up)."""
        return sum(step.minutes for step in self.steps)

    def step(self, key: str) -> Step:
        return _find(self.steps, key, "step_unknown")

    def role(self, key: str) -> Role:
        return _find(self.roles, key, "role_unknown")

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
        texts = self.step(step).actions
        return texts[action] if action in texts else self.action_texts.get(action, ActionText())

    def reasons_for(self, action: str) -> tuple[Choice, ...]:
        return tuple(reason for reason in self.reasons if action in reason.actions)

    def snapshot(self) -> str:
        """All that a running application depends on, as JSON; ``restore`` reads it back."""
        return json.dumps({"sop": _operated(self.data), "form": self.form}, ensure_ascii=False, sort_keys=True)


def parse(data: Mapping[str, Any], form: Mapping[str, Any]) -> Sop:
    """The parsed ``sop.toml`` and ``application.schema.json`` as one value.

    Judges nothing: the shape is the business of ``sop.schema.json``, and what one part says of another that of
    ``soundness``. So a case goes on under an edition that today's rules would not let in.
    """
    roles = tuple(Role(role["key"], role["label"], role["column"]) for role in data["roles"])
    return Sop(
        service=data["service"],
        version=_version(data, form),
        ticket_prefix=data["ticket_prefix"],
        roles=roles,
        steps=tuple(_step(step) for step in data["steps"]),
        requirements=tuple(Requirement(d["key"], d["label"], d["hint"], d.get("tip", "")) for d in data["documents"]),
        instructions=_choices(data.get("instructions", ())),
        reasons=_choices(data.get("reasons", ())),
        status_texts={state: StatusText(**text) for state, text in data["status"].items()},
        action_texts={action: ActionText(**text) for action, text in data["actions"].items()},
        applicant=data["applicant"],
        data=data,
        form=form,
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
        minutes=step["minutes"],
        name=step["name"],
        summary=step["summary"],
        task=step.get("task", ""),
        subject=step.get("subject", ""),
        text={part: said for part, said in step["text"].items() if part not in ("marks", "above")},
        status={state: StatusText(**text) for state, text in step["status"].items()},
        actions={action: ActionText(**text) for action, text in step.get("actions", {}).items()},
        checklist=_choices(step.get("checklist", ())),
        visit=Visit(**{**visit, "bring": tuple(visit["bring"])}) if visit else None,
        turns_page=step.get("turns_page", False),
        marks=step["text"].get("marks", {}),
        above=step["text"].get("above", ()),
    )


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
