"""All cases of an office as a list, open and closed: looked through by ticket, name or number, and by how they stand.

A look reads one short line a case and no case itself. That is a pass over all lines of a service, which is honest at a
city's size: some thousand cases are a few hundredths of a second in SQLite and a few hundred read units in DynamoDB.
"""

from collections.abc import Iterable, Iterator

from portal.core.application import Application
from portal.core.listing import Line, Wanted, line, newest_first
from portal.core.recap import is_of_a_case
from portal.office import Office, sound
from portal.usecases.watch import Watch


class Archive:
    """The list, over one office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._is_complete = False

    def lines(self) -> list[Line]:
        """All cases of all services, newest first."""
        return newest_first(each for sop in self.office.services for each in self.office.records.lines(sop.service))

    def find(self, wanted: Wanted, lines: Iterable[Line]) -> list[Line]:
        """Those that are looked for."""
        return [each for each in lines if wanted.is_met_by(each, self.month(each))]

    def month(self, found: Line) -> str:
        """``2026-11``: in which a case was sent, at the office."""
        return f"{self.office.calendar.local(found.opened):%Y-%m}"

    def complete(self) -> int:
        """Give their lines to cases of before there was a list; returns how many it were.

        Since then every move writes its case's own line, so it is enough to look once; the records tell whether
        that was done.
        """
        if self._is_complete:
            return 0
        found = 0 if self._are_listed() else self._list()
        self.office.keep_standings()
        self._is_complete = True
        return found

    def _are_listed(self) -> bool:
        return all(self.office.records.reached(f"lines/{sop.service}") for sop in self.office.services)

    def _list(self) -> int:
        records, services = self.office.records, [sop.service for sop in self.office.services]
        closed = {fact["ticket"] for service in services for fact in records.facts(service) if is_of_a_case(fact)}
        still_open = {case.ticket for case in Watch(self.office).open()}
        missing = (closed | still_open) - {each.ticket for each in self.lines()}
        found = [*self._lines(self.office.each(sorted(missing)))]
        records.keep_lines(found)
        for service in services:
            records.keep_reached(f"lines/{service}", "all")
        return len(found)

    def _lines(self, cases: Iterable[Application]) -> Iterator[Line]:
        # A case whose edition cannot be found again must not keep the others off the list.
        return sound(cases, lambda case: [line(case, self.office.sop_of(case))])
