"""A case as one line of the list of all cases: what is shown and looked for there without reading the case itself.

And one that cannot be read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from portal.core.application import Application
from portal.core.errors import NotFound
from portal.core.sop import Sop
from portal.core.steps import State
from portal.core.ticket import parse

OPEN: Final = "open"
"""Stands for every state that is not closed, where a list is asked for one."""

FEWEST_DIGITS: Final = 4
"""Of a number, that it may be found by a part of it."""


@dataclass(frozen=True)
class Line:
    """One case in the list.

    Attributes:
        name, number, office: the applicant's, as the form says them; empty where it does not ask.
        agenda: the office's running number; empty before the case was opened.
        waits_on: who has to act, a role or ``APPLICANT``; empty once closed.
        opened: when it was sent; ``since`` when it came to its present step and state.
    """

    ticket: str
    service: str
    name: str
    number: str
    office: str
    agenda: str
    step: str
    state: State
    waits_on: str
    opened: datetime
    since: datetime

    @property
    def place(self) -> str:
        """Sorts by when cases were sent: ``2026-08-03T00:00:00.000000+00:00#TTE-26-4F7K-9QXM``; never another one."""
        return f"{moment_place(self.opened)}#{self.ticket}"


@dataclass(frozen=True)
class Unread:
    """An open case that cannot be read: what is kept of it is damaged, or its edition of the SOP is not to be found.

    Attributes:
        since: since when it waits where it is.
        problem: kind of mistake and lines of code (``errors.traced``); nothing of what the case says.
    """

    ticket: str
    service: str
    since: datetime
    problem: str


def passed_over(_: Unread) -> None:
    """For whoever has no use for what cannot be read; the clerk's list names it."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; an empty attribute asks for nothing.

    Attributes:
        text: a ticket, words of a name, a staff number or at least four digits of it, or a running number.
        state: a state's value, or ``OPEN``.
        month: of the sending, at the office: ``2026-11``.
    """

    text: str = ""
    service: str = ""
    state: str = ""
    waits_on: str = ""
    month: str = ""

    @property
    def is_open(self) -> bool:
        """Are only cases meant that are open?"""
        return bool(self.waits_on) or self.state in (OPEN, *(state for state in State if not state.is_closed))

    def is_met_by(self, line: Line, month: str) -> bool:
        """Args: month: in which the line's case was sent, at the office."""
        return (
            self.service in ("", line.service)
            and (self.state in ("", line.state.value) or (self.state == OPEN and not line.state.is_closed))
            and self.waits_on in ("", line.waits_on)
            and self.month in ("", month)
            and _is_meant(line, self.text)
        )


def line(application: Application, sop: Sop) -> Line:
    """The line of a case as it stands; ``sop`` is the edition that it runs under."""
    return Line(
        ticket=application.ticket,
        service=application.service,
        name=application.value("name", sop),
        number=application.value("number", sop),
        office=application.value("office", sop),
        agenda=application.agenda,
        step=application.step,
        state=application.state,
        waits_on=application.waits_on(sop),
        opened=application.events[0].at,
        since=application.since,
    )


def newest_first(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.place, reverse=True)


def moment_place(at: datetime) -> str:
    """Before the places of all cases sent from then on, and behind those of the others."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def typed_ticket(text: str) -> str:
    """The ticket that somebody has typed; empty if it is none."""
    try:
        return parse(text)
    except NotFound:
        return ""


def _is_meant(line: Line, text: str) -> bool:
    words = text.casefold().split()
    name, digits = line.name.casefold(), "".join(filter(str.isdecimal, text))
    if all(word in name for word in words) or text.strip() == line.agenda or typed_ticket(text) == line.ticket:
        return True
    return len(digits) >= FEWEST_DIGITS and digits in line.number and not any(map(str.isalpha, text))
