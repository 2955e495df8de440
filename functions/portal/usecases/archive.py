"""All cases of an office as a list, open and closed: looked through by ticket, name or number, and by how they stand.

A page reads the lines beside its place, and no case: the newest first, or those of open cases by how these stand. What
few cases are, and words of a name, are looked for among so many at a time, and whoever reads it goes on from there.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from heapq import merge
from itertools import islice, takewhile
from operator import attrgetter
from typing import Final

from portal.core.application import Application
from portal.core.errors import NotFound, Unreadable
from portal.core.listing import Line, Unread, Wanted, line, moment_place, newest_first, typed_ticket
from portal.core.recap import is_of_a_case
from portal.office import Office, sound
from portal.usecases.watch import Watch

MOST: Final = 10_000
"""Lines that one look goes through at most: a quarter of a second in SQLite, some 400 read units in DynamoDB."""

FEW: Final = 32
MANY: Final = 1024
"""Lines that are read at a time: a page at first."""

LAST: Final = "A"
"""Behind all places, which begin with a digit."""


@dataclass(frozen=True)
class Page:
    """Some of what is looked for.

    Attributes:
        newer, older: places before and after it where there is more, or may be; empty where there is not.
        looked: the last line that was looked at, where that was given up before all of them had been.
    """

    lines: Sequence[Line]
    newer: str = ""
    older: str = ""
    looked: Line | None = None


class Archive:
    """The list, over one office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._is_complete = False

    def page(self, wanted: Wanted, size: int, before: str = "", after: str = "") -> Page:
        """Those that are looked for, newest first, so many at most.

        Args:
            before: only those sent before this place (``Line.place``); ``after``: those that come right after it, or
                the first of all where these are not enough for a page.
        """
        if after:
            back = self._pass(wanted, size, after, newer=True)
            if back.older:
                return Page(back.lines[::-1], newer=back.lines[-1].place, older=back.lines[0].place)
        found = self._pass(wanted, size, "" if after else before)
        return replace(found, newer=found.lines[0].place if before and not after and found.lines else "")

    def every(self, wanted: Wanted) -> Iterator[Line]:
        """All that are looked for, newest first, one after the other."""
        return (each for each in self._walk(wanted) if wanted.is_met_by(each, self.month(each)))

    def case(self, text: str) -> str:
        """The ticket that somebody has typed, if there is such a case, also one that cannot be read; else empty."""
        number = typed_ticket(text)
        try:
            return self.office.records.load(number).ticket if number else ""
        except NotFound:
            return ""
        except Unreadable:
            return number

    def among_newest(self, tickets: Collection[str]) -> list[Line]:
        """Their lines, as far as they are among the ``MOST`` newest."""
        return [each for each in islice(self._walk(Wanted()), MOST) if each.ticket in tickets] if tickets else []

    def month(self, found: Line) -> str:
        """``2026-11``: in which a case was sent, at the office."""
        return f"{self.office.calendar.local(found.opened):%Y-%m}"

    def months(self) -> list[str]:
        """From this one back to that of the first case that was sent."""
        read, services = self.office.records.lines_by_age, self.office.services
        last = min((self.month(each) for sop in services for each in read(sop.service, 1, newer=True)), default="")
        begins, months = self.office.today().replace(day=1), list[str]()
        while last and (month := f"{begins:%Y-%m}") >= last:
            months.append(month)
            begins = (begins - timedelta(days=1)).replace(day=1)
        return months

    # --- within ------------------------------------------------------------------------------------------------------

    def _pass(self, wanted: Wanted, size: int, place: str, *, newer: bool = False) -> Page:
        """As many as fit on a page, in the order in which they are walked by; ``older``: where to go on."""
        found = list[Line]()
        for number, each in enumerate(self._walk(wanted, place, newer=newer), 1):
            if wanted.is_met_by(each, self.month(each)):
                if len(found) == size:
                    return Page(found, older=found[-1].place)
                found.append(each)
            if number == MOST:
                return Page(found) if newer else Page(found, older=each.place, looked=each)
        return Page(found)

    def _walk(self, wanted: Wanted, place: str = "", *, newer: bool = False) -> Iterator[Line]:
        """Lines on one side of a place, among them all that are looked for there."""
        begins, ends = self._bounds(wanted.month)
        found: Iterable[Line]
        if wanted.is_open:
            found = self._open(place or ("" if newer else LAST), newer=newer)
        else:
            near = max(place, begins) if newer else min(place or LAST, ends)
            services = [wanted.service] if wanted.service else [sop.service for sop in self.office.services]
            walks = [self._walk_one(service, near, newer=newer) for service in services]
            found = merge(*walks, key=attrgetter("place"), reverse=not newer)
        return takewhile(lambda each: each.place < ends if newer else each.place > begins, found)

    def _walk_one(self, service: str, place: str, *, newer: bool) -> Iterator[Line]:
        """Some at first, more and more as they are asked for."""
        some = FEW
        while found := self.office.records.lines_by_age(service, some, place, newer=newer):
            yield from found
            if found[-1].place == place:  # kept as nobody writes it, so that nothing comes after it
                return
            place, some = found[-1].place, min(2 * some, MANY)

    def _open(self, place: str, *, newer: bool) -> list[Line]:
        unread = dict[str, Unread]()
        lines = [each.line for each in Watch(self.office).standings(unread=unread)] + self.among_newest(unread)
        found = newest_first(each for each in lines if (each.place > place if newer else each.place < place))
        return found[::-1] if newer else found

    def _bounds(self, month: str) -> tuple[str, str]:
        """Between which places the cases of a month are; of none in particular, or none that can be reckoned, all."""
        zone = self.office.calendar.zone
        try:
            first = date.fromisoformat(f"{month}-01")
            beginnings = (first, (first + timedelta(days=31)).replace(day=1))
            begins, ends = (moment_place(datetime.combine(day, time(), zone)) for day in beginnings)
        except (ValueError, OverflowError):
            return "", LAST
        return begins, ends

    def complete(self) -> int:
        """Give their lines to cases of before there was a list; returns how many it were.

        Since then every move writes its case's own line, so it is enough to look once; the records tell whether
        that was done.
        """
        if self._is_complete:
            return 0
        self.place()
        found = 0 if self._are_listed() else self._list()
        self.office.keep_standings()
        self._is_complete = True
        return found

    def place(self) -> None:
        """Put the lines that an older portal kept where they are found without the others."""
        for sop in self.office.services:
            self.office.records.place_lines(sop.service)

    def _are_listed(self) -> bool:
        return all(self.office.records.reached(f"lines/{sop.service}") for sop in self.office.services)

    def _list(self) -> int:
        records, services = self.office.records, [sop.service for sop in self.office.services]
        closed = {fact["ticket"] for service in services for fact in records.facts(service) if is_of_a_case(fact)}
        still_open = {case.ticket for case in Watch(self.office).open()}
        missing = (closed | still_open) - {each.ticket for service in services for each in records.lines(service)}
        found = [*self._lines(self.office.each(sorted(missing)))]
        records.keep_lines(found)
        for service in services:
            records.keep_reached(f"lines/{service}", "all")
        return len(found)

    def _lines(self, cases: Iterable[Application]) -> Iterator[Line]:
        # A case whose edition cannot be found again must not keep the others off the list.
        return sound(cases, lambda case: [line(case, self.office.sop_of(case))])
