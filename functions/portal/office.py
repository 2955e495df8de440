"""The office: the services it runs, what it keeps, and what time it is there; and the one way a case is written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar

from portal.core import batch, listing, register, ticket
from portal.core.application import BOOKINGS, Application
from portal.core.draft import Draft
from portal.core.errors import Conflict, NotFound, Unavailable, Unreadable, traced
from portal.core.listing import Unread, passed_over
from portal.core.notices import Notice
from portal.core.officials import Official
from portal.core.register import Certificate
from portal.core.resending import owed_by_any
from portal.core.services import Services
from portal.core.sop import APPLICANT, Sop, restore
from portal.core.standing import Case, Standing, standing
from portal.core.worktime import Calendar
from portal.engines.ports import Change, Fact, Files, Records
from portal.forms.wording import Words
from portal.links import Links

Found = TypeVar("Found")
Some = TypeVar("Some", bound=Case)

TRIES: Final = 3
"""How often a write that met another one at the register is tried on fresh data."""


@dataclass(frozen=True)
class Office:
    """What the use cases have at hand.

    Attributes:
        services: the present editions; running applications keep theirs (``sop_of``).
        decisions: one JSON Schema per action (``decision.schema.json``, ``$defs``).
        clock: the time now, aware.
    """

    services: Services
    decisions: Mapping[str, Mapping[str, Any]]
    records: Records
    files: Files
    links: Links
    calendar: Calendar
    clock: Callable[[], datetime]
    _editions: dict[str, Words] = field(default_factory=dict, init=False, repr=False, compare=False)

    def today(self) -> date:
        """The day at the office."""
        return self.clock().astimezone(self.calendar.zone).date()

    def words(self, service: str) -> Words:
        """The present edition of a service, in words."""
        return self._edition(service, self.services[service].version)

    def words_of(self, application: Case) -> Words:
        """The edition that the application runs under, in words."""
        return self._edition(application.service, application.sop_version)

    def sop_of(self, application: Case) -> Sop:
        """The edition that the application runs under."""
        return self.words_of(application).sop

    def find(self, typed: str) -> Application:
        """The application of a ticket as people type it. Raises NotFound (``ticket_unknown``), malformed or not."""
        return self.records.load(ticket.parse(typed))

    def waiting_on(self, service: str, role: str) -> Iterator[Application]:
        """Open applications that whoever holds this role may have to act on, also as one of several.

        Those that cannot be read are passed over: nobody else is to wait for them.
        """
        for key in self.lists(service, role):
            yield from self.listed(service, key)

    def lists(self, service: str, role: str) -> tuple[str, ...]:
        """Keys under which cases wait for whoever holds this role."""
        return self.services[service].waiting_lists(role) if service in self.services else (role,)

    def listed(self, service: str, key: str, unread: Callable[[Unread], object] = passed_over) -> Iterator[Application]:
        """Open applications on one of the lists that the records keep, whose edition is there too.

        Args:
            unread: told of each that cannot be read; the others go on.
        """
        return self._with_edition(self.records.waiting_on(service, key, unread), unread)

    def standings(
        self, service: str, roles: Iterable[str], unread: Callable[[Unread], object] = passed_over
    ) -> Iterator[Standing]:
        """How those on lists of a service stand, each list longest waiting first; ``listed`` would find the same cases.

        Args:
            unread: as for ``listed``.
        """
        lists = list(roles)
        kept = self.records.standings(service, lists)
        found = [*self._with_edition(kept.standings, unread), *self._unkept(service, kept.others, unread)]
        place = {key: number for number, key in enumerate(lists)}
        yield from sorted(found, key=lambda each: (place.get(each.line.waits_on, 0), each.since, each.ticket))

    def keep_standings(self) -> int:
        """Keep how those open cases stand of which it is not kept; returns how many there were.

        Every move keeps it; the others are from before that was so, or were touched by something else.
        """
        made = list[Standing]()
        for sop in self.services:
            roles = self.roles(sop, self.records.officials(sop.service))
            kept = self.records.standings(sop.service, [*roles, APPLICANT])
            made += self._unkept(sop.service, kept.others, passed_over)
        self.records.keep_standings(made)
        return len(made)

    @staticmethod
    def roles(sop: Sop, appointed: Iterable[Official]) -> list[str]:
        """All that open cases of a service may wait for of the office, also what only earlier editions knew."""
        keys = [role.key for role in (*sop.roles, *sop.either)]
        return list(dict.fromkeys([*keys, *(each.role for each in appointed if each.service == sop.service)]))

    def each(self, tickets: Iterable[str]) -> Iterator[Application]:
        """The applications of tickets, as far as they are there and can be read."""
        for number in tickets:
            with suppress(NotFound, Unreadable):
                yield self.records.load(number)

    def officials(self, service: str = "") -> Iterator[Official]:
        """Everybody ever appointed, or to one service, read when the first of them is asked for."""
        yield from self.records.officials(service)

    def commit(
        self,
        application: Application,
        *,
        draft: Draft | None = None,
        claims: Sequence[str] = (),
        officials: Iterable[Official] | None = None,
        notices: Sequence[Notice] = (),
    ) -> Application:
        """Keep the newest event with all that follows from it: one write.

        Args:
            draft: the one it came from, in its new version.
            claims: names that nobody else may hold from now on (a seat of a visit).
            officials: everybody ever appointed to its service, where they have just been read.
            notices: what is owed beside what the event itself owes.

        Raises:
            Conflict: as for ``Records.commit``.
        """
        for _ in range(TRIES - 1):
            try:
                return self._commit(application, draft, claims, officials, notices)
            except Conflict as conflict:
                if conflict.code != "certificate_changed":
                    raise  # else the entry that a newer one replaces was written meanwhile, and is read anew
        return self._commit(application, draft, claims, officials, notices)

    def _commit(
        self,
        application: Application,
        draft: Draft | None,
        claims: Sequence[str],
        officials: Iterable[Official] | None,
        notices: Sequence[Notice],
    ) -> Application:
        from portal.core import recap

        sop = self.sop_of(application)
        closes = application.events[-1] is application.closing
        entered, corrections = self._entered(application, sop) if closes else ([], [])
        earlier = replace(application, events=application.events[:-1])
        held = application.booking.data["seat"] if application.booking else ""
        change = Change(
            application=application,
            notices=(
                *owed_by_any(application, officials or self.officials(sop.service), sop, self.today()),
                *self._owed_to_filler(application),
                *notices,
            ),
            draft=draft,
            claims=claims,
            releases=[seat for seat in _seats_ever(earlier) if seat not in (*claims, held)],
            fact=recap.fact(application, sop, self.calendar) if closes else None,
            waits_on=application.waits_on(sop),
            certificates=entered,
            corrections=corrections,
            line=listing.line(application, sop),
            standing=None if application.is_closed else standing(application, sop),
            reopened=self._reopened(application),
        )
        self.records.commit(change)
        return application

    def _owed_to_filler(self, application: Application) -> Iterator[Notice]:
        """What whoever filled it in with others has to hear, as long as his batch is kept, and the service has any."""
        if batch.is_news(application) and self.takes_batches(application.service):
            with suppress(NotFound):
                kept = self.records.load_draft(application.batch)
                yield batch.owed(application, kept, self.services[application.service])

    def takes_batches(self, service: str) -> bool:
        """Is it offered, and may one person fill in for several there?"""
        return service in self.services and bool(self.services[service].batch)

    def _reopened(self, application: Application) -> str:
        """The day on which it was closed, if its newest event has opened it again."""
        closing = None if application.is_closed else replace(application, events=application.events[:-1]).closing
        return str(self.calendar.local(closing.at).date()) if closing else ""

    def _entered(self, application: Application, sop: Sop) -> tuple[list[Certificate], list[Fact]]:
        """The register's entries of what has just been handed over, and what the recap hears of them.

        The case itself counts the newer one; of the one it replaces the recap has to hear.
        """
        newer = register.handed_over(application, sop, self.calendar)
        older = self._renewed(application) if newer else None
        if newer is None or older is None:
            return [newer] if newer else [], []
        event, today = application.events[-1], self.today()
        replaced = older.renew(newer, by=event.actor, at=event.at, today=today)
        return [newer, replaced], register.corrections(older, replaced, today)

    def _renewed(self, application: Application) -> Certificate | None:
        """The entry in whose place it was applied for, if that still stands."""
        if application.renews:
            with suppress(NotFound):
                found = self.records.certificate(application.service, application.renews)
                return found if found.standing(self.today()).is_running else None
        return None

    def _with_edition(self, cases: Iterable[Some], unread: Callable[[Unread], object]) -> Iterator[Some]:
        return sound(cases, lambda case: [case] if self.sop_of(case).step(case.step) else [], unread)

    def _unkept(
        self, service: str, tickets: Mapping[str, Sequence[str]], unread: Callable[[Unread], object]
    ) -> Iterator[Standing]:
        for role, some in tickets.items():
            cases = self._with_edition(self.records.waiting_among(service, role, some, unread), unread)
            yield from sound(cases, lambda case: [standing(case, self.sop_of(case))], unread)

    def _edition(self, service: str, version: str) -> Words:
        if version not in self._editions:
            present = self.services[service]
            sop = present if version == present.version else restore(self.records.sop(version), present)
            self._editions[version] = Words(sop, self.decisions)
        return self._editions[version]


def sound(
    cases: Iterable[Some],
    ask: Callable[[Some], Iterable[Found]],
    unread: Callable[[Unread], object] = passed_over,
) -> Iterator[Found]:
    """What there is to say of each case in turn; of one whose record makes no sense ``unread`` is told instead."""
    for case in cases:
        try:
            found = list(ask(case))
        except Unavailable:
            raise
        except Exception as problem:
            unread(Unread(case.ticket, case.service, case.since, traced(problem)))
        else:
            yield from found


def _seats_ever(application: Application) -> Iterator[str]:
    return (event.data["seat"] for event in application.events if event.action in BOOKINGS)
