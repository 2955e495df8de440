"""What is kept, gone through from end to end: every chain, every document against it, every name to its end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Protocol, runtime_checkable

from portal.core.application import Application
from portal.core.draft import Document
from portal.core.errors import NotFound, SopInvalid, Unreadable
from portal.office import Office
from portal.usecases.erasing import Erasing
from portal.usecases.retention import forgotten_on


@dataclass(frozen=True)
class Amiss:
    """One thing that is not as it was written.

    Attributes:
        what: key of its sentence: ``chain_broken`` (``number`` of the first event that does not fit),
            ``chain_unreadable``, ``chain_unaccounted``, ``edition_missing`` (of the SOP that it runs under),
            ``file_changed``, ``file_missing`` (``kind`` of document).
    """

    what: str
    ticket: str
    number: int = 0
    kind: str = ""


@dataclass
class Tally:
    """How much was looked at."""

    cases: int = 0
    events: int = 0
    documents: int = 0
    amiss: list[Amiss] = field(default_factory=list)


@runtime_checkable
class Enumerates(Protocol):
    """Records that know their cases also where these are not in the list of all yet."""

    def tickets(self) -> Iterable[str]: ...


class Stocktaking:
    def __init__(self, office: Office, erasing: Erasing) -> None:
        self._office = office
        self._erasing = erasing

    def tickets(self) -> list[str]:
        """Of all cases, in order."""
        records = self._office.records
        listed = {line.ticket for service in self._office.services for line in records.lines(service.service)}
        return sorted(listed | set(records.tickets() if isinstance(records, Enumerates) else ()))

    def of_all(self, tickets: Iterable[str]) -> Tally:
        """Also the documents of whoever has not sent his application yet."""
        tally = Tally()
        for ticket in tickets:
            try:
                self.of(ticket, tally)
            except NotFound:  # its line is left of it
                tally.amiss.append(Amiss("chain_unreadable", ticket))
        # A minute on, so that the newest is among them.
        for draft in self._office.records.drafts_before(self._office.clock() + timedelta(minutes=1)):
            for document in (file for each in draft.documents for file in each.files):
                tally.amiss.extend(self._changed(draft.id, document, tally, may_be_gone=True))
        return tally

    def of(self, ticket: str, tally: Tally) -> None:
        """Count a case into the tally, with all that is amiss about it. Raises NotFound (``ticket_unknown``)."""
        try:
            tally.amiss.extend(self._case(self._office.records.load(ticket), tally))
        except (Unreadable, LookupError, TypeError, ValueError, AttributeError):
            # Bent so far that it is no case any more.
            tally.amiss.append(Amiss("chain_unreadable", ticket))
        tally.cases += 1

    def _case(self, case: Application, tally: Tally) -> Iterator[Amiss]:
        if damage := case.first_damage():
            yield Amiss("chain_broken", case.ticket, number=damage)
            return
        tally.events += case.version
        if not self._has_edition(case):
            yield Amiss("edition_missing", case.ticket)
        gone = forgotten_on(case, self._office.services[case.service], self._office.calendar)
        may_be_gone = gone is not None and gone <= self._office.today()
        for document in case.documents:
            yield from self._changed(case.ticket, document, tally, may_be_gone=may_be_gone)
        if case.erased and not self._erasing.is_accounted_for(case):
            yield Amiss("chain_unaccounted", case.ticket)

    def _has_edition(self, case: Application) -> bool:
        try:
            self._office.sop_of(case)
        except (NotFound, SopInvalid):
            return False
        return True

    def _changed(self, name: str, document: Document, tally: Tally, *, may_be_gone: bool) -> Iterator[Amiss]:
        """A document that is not the one the ledger fingerprints, or not there although its time has not come."""
        try:
            content = self._office.files.read(document.key, document.version)
        except NotFound:
            if not may_be_gone:
                yield Amiss("file_missing", name, kind=document.kind)
            return
        tally.documents += 1
        if sha256(content).hexdigest() != document.sha256:
            yield Amiss("file_changed", name, kind=document.kind)
