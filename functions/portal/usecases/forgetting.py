"""Erasing the record of cases whose term is over: nobody asks for it; a tombstone is left, as of what is asked for."""

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from portal.core.erasing import years_after
from portal.core.errors import Conflict, NotFound, Unreadable
from portal.core.handouts import GONE
from portal.core.listing import Line
from portal.core.sop import Sop
from portal.usecases.erasing import Erasing
from portal.usecases.retention import closed_between
from portal.usecases.upkeep import past

log = logging.getLogger(__name__)

MOST: Final = 50
"""Cases in one round, so that a first night after years is not one that never ends; the next round goes on."""

MONTH: Final = timedelta(days=31)


class Forgetting:
    """The daily sweep of records.

    It reads only cases whose term may be over: each month all of those on the list of cases, so that none is left that
    something kept from going, and each other day those whose term is over since the last sweep, by whomever, and those
    that were held by what they issued, which stands in the way for as long as the register is to know of it.

    Args:
        most: cases in one round.
    """

    def __init__(self, erasing: Erasing, most: int = MOST) -> None:
        self._erasing, self._most = erasing, most
        self._office = erasing.office
        self._swept: date | None = None
        self._left = date.min, list[tuple[Sop, str]]()

    def forget_records(self) -> int:
        """Erase what was closed ``retention.record_years`` ago, so many cases at a time; returns how many went.

        Raises:
            Exception: the first that kept one of them from going; the others are gone, and the next round tries again.
        """
        today = self._office.today()
        if self._swept == today:
            return 0
        gone, left, problems = 0, list[tuple[Sop, str]](), list[Exception]()
        for sop, ticket in self._left_on(today) or self._over(today):
            try:
                gone += self._forget(ticket)
            except Conflict:  # written meanwhile: the next round says more
                left.append((sop, ticket))
            except Exception as problem:  # one that cannot go keeps no other from going
                log.error("%s cannot be erased: %s", ticket, type(problem).__name__)
                left.append((sop, ticket))
                problems.append(problem)
            if gone == self._most:
                break
        is_done = gone < self._most
        self._left = today, left if is_done else []
        # Of what is left the register may know nothing more by then, so that another day looks at all of them.
        for sop in self._office.services:
            is_left = not is_done or sop.service in {each.service for each, _ in left}
            self._office.records.keep_reached(_place(sop), "" if is_left else f"{today:%Y-%m} {_last(today, sop)}")
        if problems:
            raise problems[0]
        self._swept = today if is_done and not left else None
        return gone

    def _left_on(self, today: date) -> list[tuple[Sop, str]]:
        """What the round before has left of today's."""
        day, left = self._left
        return left if day == today else []

    def _over(self, today: date) -> Iterator[tuple[Sop, str]]:
        for sop in self._office.services:
            month, _, reached = self._office.records.reached(_place(sop)).partition(" ")
            after, last = date.fromisoformat(reached) if reached else date.min, _last(today, sop)
            is_of_this_month = month == f"{today:%Y-%m}" and last - MONTH <= after <= last
            found = self._since(after, last, sop, today) if is_of_this_month else self._all(sop, today)
            yield from ((sop, ticket) for ticket in found)

    def _since(self, after: date, last: date, sop: Sop, today: date) -> Iterator[str]:
        records = self._office.records
        yield from [fact["ticket"] for fact in closed_between(records, sop.service, after, last)]
        yield from [entry.ticket for entry in past(records, sop, today) if entry.ticket]

    def _all(self, sop: Sop, today: date) -> Iterator[str]:
        old = [line for line in self._office.records.lines(sop.service) if self._is_old(line, sop, today)]
        if old:
            yield from self._not_held(sorted(old, key=lambda line: line.since), sop, today)

    def _is_old(self, line: Line, sop: Sop, today: date) -> bool:
        return line.state.is_closed and years_after(self._office.calendar.local(line.since).date(), sop) <= today

    def _not_held(self, old: list[Line], sop: Sop, today: date) -> Iterator[str]:
        """Those neither erased already nor held by what was issued, the oldest first."""
        records, years = self._office.records, sop.data["retention"]["record_years"]
        told = {ticket for each in records.handouts() if each.what in GONE for ticket in each.tickets}
        ends = {entry.id: entry.forgotten_on(years) for entry in records.certificates(sop.service)}
        for line in old:
            is_bare = not (line.name or line.number or line.office) and line.ticket in told
            if not is_bare and (ends.get(line.ticket, today) or date.max) <= today:
                yield line.ticket

    def _forget(self, ticket: str) -> bool:
        try:
            return self._erasing.erase_over(ticket)
        except NotFound:  # gone meanwhile
            return False
        except Unreadable as problem:
            log.error("%s cannot be erased: %s", ticket, type(problem).__name__)
            return False


def _place(sop: Sop) -> str:
    return f"records/{sop.service}"


def _last(today: date, sop: Sop) -> date:
    """The last day of closing whose term is over."""
    year = today.year - sop.data["retention"]["record_years"]
    try:
        return today.replace(year=year)
    except ValueError:  # the 29th of February
        return date(year, 2, 28)
