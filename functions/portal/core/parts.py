"""What a SOP is made of: its roles, its steps with their visits and words, and the lists that officials pick from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.core.requirements import Requirement
from portal.core.times import Time, time_of
from portal.core.worktime import WEEKDAYS


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
    """Where and when to come: ``capacity`` at once, ``each`` to one official (0: all); ``windows`` by weekday."""

    place: str
    length_minutes: int
    days_ahead: int
    capacity: int
    bring: tuple[str, ...]
    windows: Mapping[str, Sequence[str]]
    each: int = 0

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


def read_step(step: Mapping[str, Any]) -> Step:
    """What an entry of ``[[steps]]`` says."""
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
        checklist=read_choices(step.get("checklist", ())),
        visit=Visit(**{**visit, "bring": tuple(visit["bring"])}) if visit else None,
        turns_page=step.get("turns_page", False),
        also=tuple(step.get("also", ())),
        documents=read_documents(step.get("documents", ())),
        verifier=step.get("verifier", ""),
        marks=step["text"].get("marks", {}),
        above=step["text"].get("above", ()),
    )


def read_documents(entries: Iterable[Mapping[str, Any]]) -> tuple[Requirement, ...]:
    """What ``[[documents]]`` say, of a service or of one of its steps."""
    return tuple(map(Requirement.from_entry, entries))


def read_choices(entries: Iterable[Mapping[str, Any]]) -> tuple[Choice, ...]:
    """What a list of instructions, reasons or points to check says."""
    return tuple(
        Choice(entry["key"], entry["label"], tuple(entry.get("for", ())), entry.get("needs_note", False))
        for entry in entries
    )
