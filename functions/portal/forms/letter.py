"""What the letters' files may say: the contract between whoever composes an email and ``letters/texts``.

A letter's file may name the attributes of its class and nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.core.application import Application, Event
from portal.core.parts import ActionText, Step
from portal.core.patience import Stuck
from portal.core.progress import Waiting
from portal.core.register import Certificate, Recorded
from portal.core.sop import Sop
from portal.forms.form import Form
from portal.forms.wording import Fact


@dataclass(frozen=True)
class Letter:
    """What every letter may say; ``_foot.txt`` and ``base.html`` know no more than this.

    Attributes:
        sop: the parsed SOP file.
        name: of whom it is addressed to.
        link: where its button leads; empty if it has none.
    """

    sop: Mapping[str, Any]
    name: str
    link: str


@dataclass(frozen=True)
class CaseLetter(Letter):
    """About an event of a case, as it stood with that event.

    Attributes:
        edition: the SOP that the case runs under; ``sop`` is its parsed file.
        event: what happened; ``before`` the event before it, or the same one if it is the first.
        step: where the event led; ``at_step`` where it happened, and ``action`` what it is called there.
        facts: what an official said with an event, by field; empty for events of others.
        waits_on: title of who has to act after the event; empty if nobody has to.
        form: what the applicant was asked, to name answers by their labels.
        office: title under which the reader acts today; empty for applicants.
        due: by when the SOP's minutes will have passed; None while they do not run, or once they have.
        until: until when what the letter asks for is possible: confirming, or opening its link.
        expected: when all of it is usually over, told to applicants, and ``why`` (``progress.reasons``); None where
            nobody can say how long others usually take, as a letter is kept, and no earliest day is to be taken for it.
        status_link: public page of the ticket.
    """

    application: Application
    edition: Sop
    event: Event
    before: Event
    step: Step
    at_step: Step
    action: ActionText
    facts: Callable[[Event], Mapping[str, Fact]]
    waits_on: str
    form: Form
    office: str
    due: datetime | None
    until: datetime
    expected: datetime | None
    why: Sequence[Mapping[str, Any]]
    status_link: str


@dataclass(frozen=True)
class DraftLetter(Letter):
    """About a draft that has been kept, or has not been sent yet; ``expires`` is when it is forgotten."""

    expires: datetime


@dataclass(frozen=True)
class ColleagueLetter(DraftLetter):
    """The same, of a draft that ``filler`` fills in for the reader and for others."""

    filler: str


@dataclass(frozen=True)
class BatchLetter(Letter):
    """To whoever fills in for several people; ``until`` is when its link ends."""

    until: datetime


@dataclass(frozen=True)
class DeskLetter(Letter):
    """About all that waits for an official.

    Attributes:
        cases: all of it; ``late`` what has waited past the policy's patience.
        vacant: what waits where nobody can act on it, right below the reader; ``below`` what others there have had for
            long.
        until: when the link ends.
    """

    cases: Sequence[Waiting]
    late: Sequence[Waiting]
    vacant: Sequence[Waiting]
    below: Sequence[Waiting]
    until: datetime


@dataclass(frozen=True)
class DigestLetter(Letter):
    """Several letters to an official in one; its link leads to the desk.

    Attributes:
        turns: cases that have come; ``visits`` booked; ``receipts`` of what the reader decided.
        overdue: cases of which the SOP's time has passed, and that have not just come.
        late, vacant, below: as in ``DeskLetter``.
        until: when the links end.
    """

    turns: Sequence[CaseLetter]
    visits: Sequence[CaseLetter]
    receipts: Sequence[CaseLetter]
    overdue: Sequence[CaseLetter]
    late: Sequence[Waiting]
    vacant: Sequence[Waiting]
    below: Sequence[Waiting]
    until: datetime


@dataclass(frozen=True)
class DutyLetter(Letter):
    """About what waits, to whoever has it from now on as ``office``; the link leads to the desk.

    Attributes:
        turns: the cases.
        last: the last day of the appointment, if it has one.
        until: when the links end.
    """

    office: str
    turns: Sequence[CaseLetter]
    last: date | None
    until: datetime


@dataclass(frozen=True)
class EscalationLetter(Letter):
    """About ``cases`` on the clerk's list; the link is empty."""

    cases: Sequence[Stuck]


@dataclass(frozen=True)
class EntranceLetter(Letter):
    """To a clerk who comes in; ``until`` is when the link ends."""

    until: datetime


@dataclass(frozen=True)
class CertificateLetter(Letter):
    """About an entry of the register, to its holder.

    Attributes:
        certificate: as it stands now; ``facts`` is what it says, by field.
        days: how many are left until its last day, today not counted.
        recorded: what was recorded of it; None where the letter is of its end.
        reason: why, in words; ``changes`` what was there before, by field.
        until: when the link ends.
    """

    certificate: Certificate
    facts: Mapping[str, Fact]
    days: int
    recorded: Recorded | None
    reason: str
    changes: Mapping[str, Fact]
    until: datetime


@dataclass(frozen=True)
class EndingLetter(Letter):
    """About all entries of the register that end within so many ``days``; ``until`` is when the link ends, if any."""

    entries: Sequence[Certificate]
    days: int
    until: datetime


@dataclass(frozen=True)
class OwnCase:
    """One of somebody's open cases: its ticket, how it stands, and his link to it."""

    ticket: str
    product: str
    label: str
    link: str


@dataclass(frozen=True)
class OwnBatch:
    """What somebody fills in for several: for how many so far, and his link to it."""

    product: str
    people: int
    link: str


@dataclass(frozen=True)
class TicketsLetter(Letter):
    """To whoever has lost a ticket's number or a link: all open ``cases`` of his, and those he fills in for together.

    Attributes:
        until: when their links end.
    """

    cases: Sequence[OwnCase]
    batches: Sequence[OwnBatch]
    until: datetime


@dataclass(frozen=True)
class CodeLetter(Letter):
    """A six-digit ``code``, good ``until`` then; the link is empty."""

    code: str
    until: datetime
