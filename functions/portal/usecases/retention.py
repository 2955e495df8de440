"""How long uploaded files are kept once their case is closed, and forgetting them after that.

The case itself stays, with the fingerprints of its files in the ledger; only the files go.
"""

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from portal.core.application import Application
from portal.core.errors import NotFound, PortalError, Unreadable
from portal.core.recap import is_of_a_case
from portal.core.sop import Sop
from portal.core.worktime import Calendar
from portal.engines.ports import Fact, Records
from portal.office import Office

log = logging.getLogger(__name__)

MANY_DAYS: Final = 100
"""More than so many are asked for at once, with whatever was closed since."""


def forgotten_on(application: Application, sop: Sop, calendar: Calendar) -> date | None:
    """The day from which the files of a closed case are there no more; None while the case is open.

    Args:
        sop: the present edition of its service, as the term is the office's of today.
    """
    if application.closing is None:
        return None
    return calendar.local(application.closing.at).date() + _kept_for(sop)


class Retention:
    """The daily sweep.

    It looks at facts and not at cases, and after the first sweep only at those that fell due since the last one, so the
    work of a day depends on what is due then. The records keep up to which day of closing all has been forgotten, so
    that neither a restart nor a long outage nor a shortened term makes it begin from the start or leaves anything
    behind; forgetting twice is forgetting once. The files of a case that cannot be read stay, as nobody can say whether
    it is open again; the records keep its number, so that each sweep asks once more and goes on all the same.

    Args:
        swept: the day up to which all has been forgotten already, where the records do not tell and it is known.
    """

    def __init__(self, office: Office, swept: date | None = None) -> None:
        self._office = office
        self._before = swept
        self._swept: date | None = None

    def begin_anew(self) -> None:
        """The next sweep looks at all that was ever due."""
        self._before = self._swept = None
        for sop in self._office.services:
            self._office.records.keep_reached(_place(sop), "")

    def forget_documents(self) -> int:
        """Delete the files of cases closed ``retention.documents_days`` ago; returns how many cases' were due.

        Raises:
            PortalError: the store did not forget some of them; the others are gone, and the next round tries again.
        """
        today = self._office.today()
        if self._swept == today:
            return 0
        due = [(sop.service, ticket) for sop in self._office.services for ticket in self._due(sop, today)]
        unread, problems = list[tuple[str, str]](), list[PortalError]()
        for service, ticket in due:
            try:
                self._forget(ticket)
            except Unreadable as problem:
                log.error("the files of %s are kept: %s", ticket, type(problem).__name__)
                unread.append((service, ticket))
            except PortalError as problem:
                problems.append(problem)
        if problems:
            raise problems[0]
        for sop in self._office.services:
            self._keep_unread(sop, [ticket for service, ticket in unread if service == sop.service])
            self._office.records.keep_reached(_place(sop), str(today - _kept_for(sop)))
        self._swept = today
        return len(due) - len(unread)

    def _due(self, sop: Sop, today: date) -> Iterator[str]:
        fallen = [fact["ticket"] for fact in self._fallen_due(sop, today)]
        yield from dict.fromkeys([*self._unread(sop), *fallen])

    def _fallen_due(self, sop: Sop, today: date) -> Iterator[Fact]:
        last, reached = today - _kept_for(sop), self._office.records.reached(_place(sop))
        if reached:
            return closed_between(self._office.records, sop.service, date.fromisoformat(reached), last)
        if self._before:
            return closed_between(self._office.records, sop.service, self._before - _kept_for(sop), last)
        closed = filter(is_of_a_case, self._office.records.facts(sop.service))
        return (fact for fact in closed if date.fromisoformat(fact["closed"]) <= last)

    def _unread(self, sop: Sop) -> list[str]:
        return self._office.records.reached(f"unread/{sop.service}").split()

    def _keep_unread(self, sop: Sop, tickets: list[str]) -> None:
        if tickets != self._unread(sop):
            self._office.records.keep_reached(f"unread/{sop.service}", " ".join(tickets))

    def _forget(self, ticket: str) -> None:
        if not self._is_open_again(ticket):
            self._office.files.delete(f"applications/{ticket}/")

    def _is_open_again(self, ticket: str) -> bool:
        """May be of a case that was brought back from a copy of the records, whatever its fact says."""
        try:
            return not self._office.records.load(ticket).is_closed
        except NotFound:
            return False


def closed_between(records: Records, service: str, after: date, last: date) -> Iterator[Fact]:
    """Facts of cases closed after a day, up to another one; no others are read, unless they are many days."""
    days = (last - after).days
    if days > MANY_DAYS:
        facts = records.facts_after(service, str(after))
        return (fact for fact in facts if is_of_a_case(fact) and fact["closed"] <= str(last))
    each = (str(after + timedelta(days=n)) for n in range(1, days + 1))
    return (fact for day in each for fact in records.facts(service, day) if is_of_a_case(fact))


def _place(sop: Sop) -> str:
    return f"documents/{sop.service}"


def _kept_for(sop: Sop) -> timedelta:
    return timedelta(days=sop.data["retention"]["documents_days"])
