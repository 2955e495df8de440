"""How long uploaded files are kept once their case is closed, and forgetting them after that.

The case itself stays, with the fingerprints of its files in the ledger; only the files go.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from portal.core.application import Application
from portal.core.errors import NotFound, PortalError
from portal.core.recap import is_of_a_case
from portal.core.sop import Sop
from portal.core.worktime import Calendar
from portal.engines.ports import Fact
from portal.office import Office


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
    work of a day depends on what is due then. A first sweep takes all that was ever due, so that neither a long outage
    nor a shortened term leaves anything behind; forgetting twice is forgetting once.

    Args:
        swept: the day up to which all has been forgotten already, where that is known.
    """

    def __init__(self, office: Office, swept: date | None = None) -> None:
        self._office = office
        self._swept = swept

    def forget_documents(self) -> int:
        """Delete the files of cases closed ``retention.documents_days`` ago; returns how many cases' were due.

        Raises:
            PortalError: the store did not forget some of them; the others are gone, and the next round tries again.
        """
        today = self._office.today()
        if self._swept == today:
            return 0
        due = list(self._due(today))
        problems = [problem for fact in due if (problem := self._forget(fact["ticket"]))]
        if problems:
            raise problems[0]
        self._swept = today
        return len(due)

    def _due(self, today: date) -> Iterator[Fact]:
        for sop in self._office.services:
            yield from self._due_of(sop, today)

    def _due_of(self, sop: Sop, today: date) -> Iterator[Fact]:
        kept_for, facts = _kept_for(sop), self._office.records.facts
        if self._swept is None:
            closed = filter(is_of_a_case, facts(sop.service))
            return (fact for fact in closed if date.fromisoformat(fact["closed"]) + kept_for <= today)
        since = [self._swept + timedelta(days=n) for n in range(1, (today - self._swept).days + 1)]
        return (fact for day in since for fact in facts(sop.service, str(day - kept_for)) if is_of_a_case(fact))

    def _forget(self, ticket: str) -> PortalError | None:
        try:
            if not self._is_open_again(ticket):
                self._office.files.delete(f"applications/{ticket}/")
        except PortalError as problem:
            return problem
        return None

    def _is_open_again(self, ticket: str) -> bool:
        """May be of a case that was brought back from a copy of the records, whatever its fact says."""
        try:
            return not self._office.records.load(ticket).is_closed
        except NotFound:
            return False


def _kept_for(sop: Sop) -> timedelta:
    return timedelta(days=sop.data["retention"]["documents_days"])
