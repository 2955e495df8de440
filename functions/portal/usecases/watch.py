"""Which open cases need somebody's attention, and whose: asked of the rule (``core.patience``) for all of them.

Looks and counts; owes no email and changes nothing. A case that cannot be read is named, and keeps no other from its
turn.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Generic, TypeVar

from portal.core.application import Application
from portal.core.clocks import due, is_over
from portal.core.listing import Unread, passed_over
from portal.core.officials import Official
from portal.core.outage import Outage, outage
from portal.core.patience import Posts, Reason, Stuck, Wait, superior, superior_hears, wait_on
from portal.core.progress import Waiting
from portal.core.sop import APPLICANT
from portal.core.standing import Case, Standing
from portal.office import Office, sound

log = logging.getLogger(__name__)

Found = TypeVar("Found")
Some = TypeVar("Some", bound=Case)


@dataclass
class Look(Generic[Some]):
    """Open cases, or their standings, as one look finds them.

    Attributes:
        waits: each with how it stands.
        unread: by ticket, those of which nothing can be said; it grows as more is asked of the others.
    """

    waits: Sequence[tuple[Some, Wait]]
    unread: dict[str, Unread]

    def each(self, ask: Callable[[Some, Wait], Iterable[Found]]) -> Iterator[Found]:
        """What there is to say of each case in turn."""
        how = {case.ticket: stands for case, stands in self.waits}
        cases = [case for case, _ in self.waits]
        return sound(cases, lambda case: ask(case, how[case.ticket]), _noting(self.unread))


@dataclass(frozen=True)
class Health:
    """How many emails and cases there is something to say of.

    Attributes:
        nobody: cases that nobody can act on; ``unread`` cases that cannot be read; ``stuck`` cases on the clerk's list,
            those included.
        red: emails on the red list; ``unsent`` those that the relay has still to take, ``oldest`` when the first of
            them was owed; ``relay`` since when it is out.
    """

    nobody: int
    unread: int
    stuck: int
    red: int
    unsent: int
    oldest: datetime | None
    relay: Outage | None


@dataclass
class _Counted:
    """What was counted last, and of which moment it was."""

    mark: tuple[object, ...] = ()
    health: Health | None = None


@dataclass(frozen=True)
class Watch:
    """The open cases of one office, as they stand now."""

    office: Office
    _logged: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    _counted: _Counted = field(default_factory=_Counted, init=False, repr=False, compare=False)

    def policy(self, service: str) -> Mapping[str, int]:
        """When officials and their office are told (``[reminders]`` of the SOP file)."""
        policy: Mapping[str, int] = self.office.services[service].data["reminders"]
        return policy

    # --- how cases stand -----------------------------------------------------------------------------------------

    def look(self) -> Look[Application]:
        """Every open case, longest waiting first, each read in full: for whoever writes letters about them."""
        officials, unread = self.office.records.officials(), dict[str, Unread]()
        found = self.look_at(self.open(officials, unread), officials, unread)
        return Look(sorted(found.waits, key=lambda pair: pair[1].since), found.unread)

    def glance(self) -> Look[Standing]:
        """The same, by how each stands: no case is read for it."""
        officials, unread = self.office.records.officials(), dict[str, Unread]()
        found = self.look_at(self.standings(officials, unread), officials, unread)
        return Look(sorted(found.waits, key=lambda pair: pair[1].since), found.unread)

    def look_at(
        self,
        cases: Iterable[Some],
        officials: Sequence[Official] | None = None,
        unread: dict[str, Unread] | None = None,
    ) -> Look[Some]:
        """These open cases, in their order.

        Args:
            officials: everybody ever appointed, where they have been read already.
            unread: where those are named that cannot be read, as the cases are gone through.
        """
        appointed = self.office.records.officials() if officials is None else officials
        dead, unread = self.failing(), {} if unread is None else unread
        posts, calendar, now = Posts(appointed, self.office.today()), self.office.calendar, self.office.clock()

        def stand(case: Some) -> Iterator[tuple[Some, Wait]]:
            sop = self.office.sop_of(case)
            yield case, wait_on(case, sop, posts, dead, calendar, now)

        found = list(sound(cases, stand, _noting(unread)))
        self._log(unread.values())
        return Look(found, unread)

    def failing(self) -> set[str]:
        """Addresses, in lower case, at which emails do not arrive: tried, and on the red list."""
        now = self.office.clock()
        red = (owed for owed in self.office.records.unsent() if owed.problem and owed.is_red(now))
        return {owed.recipient.lower() for owed in red if not owed.is_unwritten}

    def open(
        self, officials: Sequence[Official] | None = None, unread: dict[str, Unread] | None = None
    ) -> Iterator[Application]:
        """Every open case that can be read; ``unread`` as for ``look_at``."""
        yield from self.with_officials(officials, unread)
        for sop in self.office.services:
            yield from self.office.listed(sop.service, APPLICANT, _noting(unread))

    def with_officials(
        self, officials: Sequence[Official] | None = None, unread: dict[str, Unread] | None = None
    ) -> Iterator[Application]:
        """Every open case that some official has to act on, also in a role that only earlier editions knew."""
        appointed = self.office.records.officials() if officials is None else officials
        for sop in self.office.services:
            for role in self.office.roles(sop, appointed):
                yield from self.office.listed(sop.service, role, _noting(unread))

    def standings(
        self, officials: Sequence[Official] | None = None, unread: dict[str, Unread] | None = None
    ) -> Iterator[Standing]:
        """How every open case stands, in the order of ``open``."""
        appointed = self.office.records.officials() if officials is None else officials
        with_applicants = list[Standing]()
        for sop in self.office.services:
            for each in self.office.standings(
                sop.service, [*self.office.roles(sop, appointed), APPLICANT], _noting(unread)
            ):
                if each.line.waits_on == APPLICANT:
                    with_applicants.append(each)
                else:
                    yield each
        yield from with_applicants

    # --- lists ---------------------------------------------------------------------------------------------------

    def stuck(self) -> list[Stuck]:
        """The clerk's list: a relay that is out, and what nobody would see to otherwise, each with its reason."""
        out = outage(self.office.records.unsent())
        relay = [Stuck("", "", "", "", "", "", out.since, Reason.RELAY)] if out else []
        return [*relay, *self.cases_stuck()]

    def cases_stuck(self, look: Look[Any] | None = None) -> list[Stuck]:
        """The cases on the clerk's list, longest waiting first, and before all those that cannot be read.

        Args:
            look: at all open cases, where that has been had already.
        """
        look = look or self.glance()
        found = list(look.each(lambda case, how: [self.listed(case, how)] if how.reason else []))
        return [*map(self._unread, look.unread.values()), *found]

    def listed(self, application: Case, how: Wait) -> Stuck:
        """A case as the clerk's list shows it."""
        sop = self.office.sop_of(application)
        role = application.waits_on(sop)
        return Stuck(
            ticket=application.ticket,
            service=application.service,
            product=self.office.services[application.service].data["product"],
            step=sop.step(application.step).name,
            office=(sop.applying if role == APPLICANT else sop.role(role)).label,
            role=role,
            since=how.since,
            reason=how.reason or "",
            whom=how.whom,
        )

    def is_due(self, how: Wait) -> bool:
        """Are the officials who have it to be reminded of it?"""
        return how.is_with_officials and how.reminded(self.office.clock()) is not None

    def is_overdue(self, case: Case, how: Wait) -> bool:
        """Has the SOP's time for its step passed, with officials who can act, and before they are reminded of it?"""
        if how.reason is not None or not how.is_with_officials or self.is_due(how):
            return False
        runs_out = due(case, self.office.sop_of(case), self.office.calendar)
        return runs_out is not None and runs_out <= self.office.clock()

    def health(self, *, anew: bool = True) -> Health:
        """Counted again only if something was written since, or another minute has begun.

        Args:
            anew: whether it may be counted again; if not, what was counted last will do, however old.
        """
        counted, minute = self._counted, self.office.clock().replace(second=0, microsecond=0)
        if not anew and (last := counted.health):
            return last
        changes = self.office.records.changes()  # asked first: what is written while it counts is counted again
        if counted.health is None or changes is None or counted.mark != (changes, minute):
            counted.health = self._count()
            counted.mark = (changes, minute)
        return counted.health

    def _count(self) -> Health:
        look, owed, now = self.glance(), list(self.office.records.unsent()), self.office.clock()
        reasons, waiting = [how.reason for _, how in look.waits if how.reason], [n for n in owed if not n.hopeless]
        return Health(
            nobody=sum(reason.is_vacancy for reason in reasons),
            unread=len(look.unread),
            stuck=len(reasons) + len(look.unread),
            red=sum(notice.is_red(now) for notice in owed),
            unsent=len(waiting),
            oldest=min((notice.queued_at for notice in waiting), default=None),
            relay=outage(owed),
        )

    def attention(self, look: Look[Any] | None = None) -> list[Waiting]:
        """Past the SOP's minutes, with officials who are being reminded, with a visit of a day that is over, or on the
        clerk's list; longest first.

        Before all, those that cannot be read. ``look`` as above.
        """
        look = look or self.glance()
        found = list(look.each(lambda case, how: [self.told(case, how)] if self._needs(case, how) else []))
        return [*map(self._unread_waiting, look.unread.values()), *found]

    def told(self, application: Case, how: Wait) -> Waiting:
        sop, now = self.office.sop_of(application), self.office.clock()
        step, role = sop.step(application.step), application.waits_on(sop)
        since = how.since if how.since <= now else application.since
        return Waiting(
            ticket=application.ticket,
            product=self.office.services[application.service].data["product"],
            step=step.name,
            office=(sop.applying if role == APPLICANT else sop.role(role)).label,
            since=since,
            minutes=self.office.calendar.minutes_between(since, now),
            unattended=how.reason is not None and how.reason.is_vacancy,
            reason=how.reason or (Reason.UNRECORDED if self.is_unrecorded(application) else ""),
        )

    def is_unrecorded(self, application: Case) -> bool:
        """Was its visit agreed for a day that is over, and nobody has said how it went?"""
        slot = application.slot
        return slot is not None and self.office.calendar.local(slot).date() < self.office.today()

    def vacancies(self, look: Look[Any] | None = None) -> Iterator[tuple[Case, Wait, frozenset[tuple[str, str]]]]:
        """Cases that nobody can act on since yesterday or longer, and the posts (service and role) right above."""
        morning = datetime.combine(self.office.today(), time.min, self.office.calendar.zone)

        def vacant(case: Case, how: Wait) -> Iterator[tuple[Case, Wait, frozenset[tuple[str, str]]]]:
            if how.reason and how.reason.is_vacancy and how.since < morning:
                yield case, how, self._above(case)

        return (look or self.glance()).each(vacant)

    def held_up(
        self, look: Look[Any] | None = None
    ) -> Iterator[tuple[Case, Wait, frozenset[tuple[str, str]], datetime]]:
        """Cases that officials have had for working days, the posts right above, and from when on those hear of it."""
        calendar, now = self.office.calendar, self.office.clock()

        def late(case: Case, how: Wait) -> Iterator[tuple[Case, Wait, frozenset[tuple[str, str]], datetime]]:
            heard = superior_hears(case, how, self.office.sop_of(case), calendar)
            if heard and heard <= now and not (how.reason and how.reason.is_vacancy):
                yield case, how, self._above(case), heard

        return (look or self.glance()).each(late)

    def _above(self, case: Case) -> frozenset[tuple[str, str]]:
        sop = self.office.sop_of(case)
        above = superior(sop, case.step)
        return frozenset((case.service, role) for role in (sop.acting(above.role) if above else ()))

    def _needs(self, application: Case, how: Wait) -> bool:
        sop, now = self.office.sop_of(application), self.office.clock()
        late = is_over(application, sop, self.office.calendar, now)
        return late or how.reason is not None or self.is_due(how) or self.is_unrecorded(application)

    def _unread(self, unread: Unread) -> Stuck:
        product = self.office.services[unread.service].data["product"]
        return Stuck(unread.ticket, unread.service, product, "", "", "", unread.since, Reason.UNREADABLE)

    def _unread_waiting(self, unread: Unread) -> Waiting:
        minutes = self.office.calendar.minutes_between(unread.since, self.office.clock())
        product = self.office.services[unread.service].data["product"]
        return Waiting(unread.ticket, product, "", "", unread.since, minutes, False, Reason.UNREADABLE)

    def _log(self, unread: Iterable[Unread]) -> None:
        """Once for each, as looks are frequent."""
        for each in unread:
            if each.ticket not in self._logged:
                self._logged.add(each.ticket)
                log.error("%s cannot be read: %s", each.ticket, each.problem)


def _noting(unread: dict[str, Unread] | None) -> Callable[[Unread], object]:
    return passed_over if unread is None else lambda each: unread.setdefault(each.ticket, each)
