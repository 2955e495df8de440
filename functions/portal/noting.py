"""What is noted of an office that is played: emails that were owed and that arrived, whom nobody knew of, and forecasts
that were wrong."""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from portal.core.application import Application
from portal.core.notices import PATIENCE, Identity, Notice
from portal.core.officials import eligible
from portal.core.sop import APPLICANT
from portal.office import Office

LONGEST: Final = timedelta(days=14)
"""Between two emails about a case to whoever has it, at most; after that it is on the clerk's list."""


class Noting:
    """Stands before records, and notes every email that is ever owed."""

    def __init__(self, records: Any) -> None:
        self._records = records
        self.owed: dict[Identity, Notice] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def owe(self, notices: Sequence[Notice]) -> None:
        self._note(notices)
        self._records.owe(notices)

    def commit(self, change: Any) -> None:
        self._records.commit(change)
        self._note(change.notices)

    def save_draft(self, draft: Any, notices: Sequence[Notice] = ()) -> None:
        self._records.save_draft(draft, notices)
        self._note(notices)

    def _note(self, notices: Sequence[Notice]) -> None:
        for each in notices:
            self.owed.setdefault(each.identity, each)


@dataclass(frozen=True)
class Taken:
    """An email that the relay took: to whom, what of, and the tickets that it names."""

    at: datetime
    to: str
    notices: Sequence[Notice]
    tickets: frozenset[str]


@dataclass(frozen=True)
class Missed:
    """By how much a step's end was foretold wrongly: ``minutes`` of work, later than told if above 0."""

    ticket: str
    step: str
    minutes: int


@dataclass
class Diary:
    """What happened in an office that is played, and what of it nobody knew.

    Attributes:
        office: with ``Noting`` for its records.
        tickets: of all cases; ``taken``: emails that arrived, oldest first.
        forgotten: day and ticket of each case that nobody knew of.
        missed: how wrong forecasts were, of each step as told when it began, and of the end (no step) as told first.
    """

    office: Office
    tickets: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    forgotten: list[tuple[date, str]] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)

    def delivered(self, *, officials: bool) -> list[Taken]:
        """Emails that arrived, with officials or with applicants."""
        return [each for each in self.taken if _is(officials, each.notices[0])]

    def owed(self, *, officials: bool) -> list[Notice]:
        """All that was ever owed to them: so many emails it would have been, had each gone by itself."""
        noting: Any = self.office.records
        return [each for each in noting.owed.values() if _is(officials, each)]

    def twice(self) -> list[Identity]:
        """What was told to the same person in more than one email."""
        told = Counter(owed.identity for each in self.taken for owed in each.notices)
        return sorted(identity for identity, times in told.items() if times > 1)

    def open_cases(self) -> list[Application]:
        return [case for case in map(self.office.records.load, self.tickets) if not case.is_closed]

    def look_back(self, listed: Container[str]) -> None:
        """At a working day's end: which open cases does nobody know of who could act?

        Whoever's duty begins on a day off hears of it when the office opens.

        Args:
            listed: tickets on the clerk's list.
        """
        today = self.office.today()
        if self.office.calendar.is_working_day(today):
            unknown = (case for case in self.open_cases() if case.ticket not in listed and not self._is_known(case))
            self.forgotten += [(today, case.ticket) for case in unknown]

    def _is_known(self, case: Application) -> bool:
        """Told from the emails themselves, and not from the rule that sends them."""
        now, able = self.office.clock(), set(self._able(case))
        if case.slot and case.slot > now:
            return True
        if any(e.at > now - LONGEST and e.to in able and case.ticket in e.tickets for e in reversed(self.taken)):
            return True
        about = (case.ticket, "meja")
        unsent = [owed for owed in self.office.records.unsent() if owed.about in about and owed.recipient in able]
        return any(not owed.hopeless and (owed.queued_at > now - PATIENCE or owed.relay_out_since) for owed in unsent)

    def _able(self, case: Application) -> Iterator[str]:
        sop = self.office.sop_of(case)
        if case.waits_on(sop) == APPLICANT:
            yield case.applicant(sop).email.lower()
        else:
            yield from (o.email.lower() for o in eligible(case, self.office.officials(), sop, self.office.today()))


def _is(officials: bool, owed: Notice) -> bool:
    return owed.role != APPLICANT and bool(owed.role) if officials else owed.role == APPLICANT
