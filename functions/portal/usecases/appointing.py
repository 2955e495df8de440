"""Who serves in which office: appointed, standing in, absent, ended or cancelled, and what is not in order.

What waits goes with the office: whoever takes it over is told of all of it in one email.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from portal.core import appointments
from portal.core.application import Actor, Application
from portal.core.appointments import FOREVER, Amendment
from portal.core.clerks import Clerk
from portal.core.errors import NotAllowed, NotFound, PortalError
from portal.core.notices import Notice, notice
from portal.core.officials import Deed, Official, able, eligible, on_duty
from portal.office import Office
from portal.usecases.addresses import leaving
from portal.usecases.cases import Cases

LOOK_BACK: Final = 7
"""Days for which the beginning of somebody's duty is made up for, should the clockwork have stood still."""


@dataclass(frozen=True)
class Trouble:
    """What is not in order about an office: ``code`` says what, ``official`` of whom, if of anybody.

    Codes: ``nobody`` (nobody serves), ``nobody_soon`` (from ``day`` on), ``faulty`` (the appointment would be refused
    today; ``problem`` says why).
    """

    code: str
    service: str
    role: str
    official: Official | None = None
    day: date | None = None
    problem: PortalError | None = None


@dataclass(frozen=True)
class Outlook:
    """What comes of an amendment.

    Attributes:
        holders: names of all to whom cases of this office go from ``amendment.day`` on; ``losing``: to whom no more.
        cases: how many of those that wait now change hands; ``told``: who gets one email of all of them.
    """

    amendment: Amendment
    holders: Sequence[str]
    losing: Sequence[str]
    cases: int
    told: Sequence[str]


@dataclass(frozen=True)
class Appointing:
    """The use cases of appointments, over one office; ``by``: which clerk, or None on the command line."""

    office: Office
    cases: Cases

    def appoint(self, official: Official, by: Clerk | None = None) -> int:
        """Appoint somebody, for good or for a time, or correct an appointment of the same first day.

        Returns:
            How many cases wait that somebody is told of who has not had them before; a correction tells nobody.

        Raises:
            PortalError: the first of ``faults``.
        """
        return self.carry_out([self.appointment(official)], by)

    def end(self, official: Official, last: date, by: Clerk | None = None) -> Official:
        """Let an appointment end with that day; returns it.

        Raises:
            NotFound: there is no such appointment (``appointment_unknown``).
            NotAllowed: as ``appointments.ending``, or as ``carry_out``.
        """
        return self._one(self.ending(official, last), by)

    def cancel(self, official: Official, by: Clerk | None = None) -> Official:
        """Take back an appointment that has not begun; nobody hears of it. Raises as for ``end``."""
        return self._one(appointments.cancelling(official, self.office.today()), by)

    def absent(self, official: Official, first: date, last: date, by: Clerk | None = None) -> Official:
        """Somebody is away on these days: others who hold the office have the cases. Raises as for ``end``."""
        return self._one(appointments.absence(official, first, last, self.office.today()), by)

    def present(self, official: Official, first: date, by: Clerk | None = None) -> Official:
        """An absence from that day on is over, or does not come to be. Raises as for ``end``."""
        return self._one(appointments.presence(official, first, self.office.today()), by)

    def receive(self, official: Official, each: int | None, by: Clerk | None = None) -> Official:
        """Somebody receives so many visitors at one time; None: as the SOP says. Raises as for ``end``."""
        return self._one(appointments.capacity(official, each, self.office.today()), by)

    def readdress(self, official: Official, email: str, by: Clerk | None = None) -> int:
        """The same person at another address, in all his offices; returns as ``carry_out``.

        What waits goes there with fresh links, and those of before end; the former address is told, without any case.

        Raises:
            NotAllowed: as ``appointments.readdressing``.
        """
        return self.carry_out(self.readdressing(official, email), by)

    # --- seen before it is done ------------------------------------------------------------------------------------

    def appointment(self, official: Official) -> Amendment:
        """Raises PortalError: the first of ``faults``."""
        for fault in self.faults(official):
            raise fault
        return appointments.appointment(official, self.office.officials(), self.office.today())

    def ending(self, official: Official, last: date) -> Amendment:
        return appointments.ending(official, last, self.office.officials(), self.office.today())

    def readdressing(self, official: Official, email: str) -> list[Amendment]:
        return appointments.readdressing(official.email, email, list(self.office.officials()), self.office.today())

    def outlook(self, amendments: Sequence[Amendment]) -> list[Outlook]:
        """What would come of them, office by office. Raises as ``carry_out``."""
        appointed = self._present(amendments)
        after = appointments.amended(appointed, amendments)
        return [self._outlook(amendment, appointed, after) for amendment in amendments]

    def carry_out(self, amendments: Sequence[Amendment], by: Clerk | None = None) -> int:
        """All of them, or none; returns how many waiting cases somebody is told of who has not had them before.

        Raises:
            NotFound: what is to be amended is not there any more as it was (``appointment_unknown``).
            NotAllowed: cases wait, and nobody would be left to have them (``successor_wanted``).
        """
        self._present(amendments)
        new = {former: each.after.email for each in reversed(amendments) for former in each.after.formerly}
        left = {former.email.lower(): former for former in _left(amendments)}
        partings = [leaving(self.office, former, new[address]) for address, former in left.items()]
        owed = [notice for parting in partings for notice in parting.owed]
        changes, told = [each for each in amendments if not each.changes_nothing], 0
        for number, amendment in enumerate(changes, 1):
            # With the last of them: until then, whoever tries again leaves the address as well.
            told += self._keep(amendment, by, owed if number == len(changes) else [])
        for parting in partings:
            parting.settle(self.office)
        return told

    def find(self, service: str, role: str, email: str, since: date | None = None) -> Official:
        """The newest appointment of a person that is not over, or the one of that first day.

        Raises:
            NotFound: there is none (``appointment_unknown``).
        """
        post, today = (service, role, email.lower()), self.office.today()
        found = [o for o in self.office.officials() if o.post == post and (o.until or FOREVER) >= today]
        for official in reversed(found):
            if since is None or official.since == since:
                return official
        raise NotFound("appointment_unknown", email=email, role=role)

    def anywhere(self, email: str) -> Official:
        """Any appointment of a person that is not over. Raises NotFound (``official_unknown``)."""
        today = self.office.today()
        for official in self.office.officials():
            if official.email.lower() == email.lower() and (official.until or FOREVER) >= today:
                return official
        raise NotFound("official_unknown")

    def faults(self, official: Official) -> Iterator[PortalError]:
        """Why somebody cannot be appointed so; nothing if all is well."""
        return appointments.faults(official, self.office.officials(), self.office.today())

    def check(self, ahead: int = 14) -> list[Trouble]:
        """What is not in order today, or will not be within so many days."""
        appointed, today = list(self.office.officials()), self.office.today()
        found = []
        for service, role in self._posts():
            held = [o for o in appointed if (o.service, o.role) == (service, role)]
            days = (today + timedelta(days=n) for n in range(ahead + 1))
            vacant = next((day for day in days if not on_duty(held, day)), None)
            if vacant:
                code = "nobody" if vacant == today else "nobody_soon"
                found.append(Trouble(code, service, role, day=vacant))
            for official in held:
                if (official.until or FOREVER) >= max(today, official.since or today):
                    faults = self.faults(official)
                    found += [Trouble("faulty", service, role, official, problem=problem) for problem in faults]
        return found

    def announce(self) -> int:
        """Owe whoever's duty has begun these days one email of all that waits; returns how many are owed, if new."""
        appointed, today = list(self.office.officials()), self.office.today()
        owed = 0
        for official in on_duty(appointed, today):
            first = self._began(official, appointed, today)
            if first is not None and any(True for _ in self._inherited(official, first, appointed)):
                self.office.records.owe([self._duty(official, first)])
                owed += 1
        return owed

    def handed_over(self) -> frozenset[tuple[str, str, str]]:
        """The posts whose duty has begun since the last working day: today they are told of all that waits anyway."""
        appointed, today = list(self.office.officials()), self.office.today()
        before = self.office.calendar.add_working_days(today, -1)
        began = {official.post: self._began(official, appointed, today) for official in on_duty(appointed, today)}
        return frozenset(post for post, first in began.items() if first and first > before)

    # --- within --------------------------------------------------------------------------------------------------

    def _one(self, amendment: Amendment, by: Clerk | None) -> Official:
        self.carry_out([amendment], by)
        return amendment.after

    def _keep(self, amendment: Amendment, by: Clerk | None, owed: Sequence[Notice]) -> int:
        """One write: the appointment, and the emails to whoever has cases by it; ``owed``: what else goes with it."""
        today, before = self.office.today(), list(self.office.officials())
        had = {held.post for held in on_duty(before, today)}
        deed = Deed(amendment.what, self.office.clock(), *((by.name, by.email) if by else ()))
        kept = replace(amendment, after=replace(amendment.after, deeds=(*amendment.after.deeds, deed)))
        after, told, duties = appointments.amended(before, [kept]), 0, list[Notice]()
        for fresh in on_duty(after, today):
            waiting = [] if fresh.post in had else list(self._inherited(fresh, today + timedelta(days=1), after))
            if waiting:
                duties.append(self._duty(fresh, self._began(fresh, after, today) or today))
                told += len(waiting)
        self.office.records.appoint(kept.after, [*owed, *duties])
        return told

    def _present(self, amendments: Sequence[Amendment]) -> list[Official]:
        """Everybody as appointed now, if the amendments fit to that."""
        appointed = list(self.office.officials())
        for amendment in amendments:
            if amendment.before and amendment.before not in appointed:
                raise NotFound("appointment_unknown", email=amendment.before.email, role=amendment.before.role)
        after = appointments.amended(appointed, amendments)
        for amendment in amendments:
            if amendment.removes and not amendment.changes_nothing:
                self._refuse_vacancy(amendment, appointed, after)
        return appointed

    def _refuse_vacancy(self, amendment: Amendment, appointed: Sequence[Official], after: Sequence[Official]) -> None:
        """Nobody goes without whom nobody would be left to have what waits."""
        official = amendment.after
        had = {held.post for held in on_duty(appointed, amendment.day)}
        left = [held for held in on_duty(after, amendment.day) if held.post[:2] == official.post[:2]]
        if official.post in had and not left and (waiting := sum(1 for _ in self._possible(official))):
            raise NotAllowed("successor_wanted", number=waiting)

    def _outlook(self, amendment: Amendment, appointed: Sequence[Official], after: Sequence[Official]) -> Outlook:
        office, day = amendment.after.post[:2], amendment.day
        # What begins later takes over from whoever has the cases on the day before.
        before = (appointed, day) if day <= self.office.today() else (after, day - timedelta(days=1))
        had = {held.post: held for held in on_duty(*before) if held.post[:2] == office}
        have = {held.post: held for held in on_duty(after, day) if held.post[:2] == office}
        gaining = [have[post] for post in have if post not in had]
        losing = [had[post] for post in had if post not in have]
        waiting = {
            **{each.post: {case.ticket for case in self._waiting(each, *before)} for each in losing},
            **{each.post: {case.ticket for case in self._waiting(each, after, day)} for each in gaining},
        }
        return Outlook(
            amendment,
            holders=[held.name for held in have.values()],
            losing=[held.name for held in losing],
            cases=len(set().union(*waiting.values())),
            told=[held.name for held in gaining if waiting[held.post]],
        )

    def _began(self, official: Official, appointed: list[Official], today: date) -> date | None:
        """The first day of somebody's present duty; None if that is longer ago than is looked back."""
        for number in range(1, LOOK_BACK + 1):
            day = today - timedelta(days=number)
            if official.post not in {other.post for other in on_duty(appointed, day)}:
                return day + timedelta(days=1)
        return None

    def _inherited(self, official: Official, day: date, appointed: Sequence[Official]) -> Iterator[Application]:
        """What waits for him since before that day began, so that somebody else was told of it."""
        start, today = datetime.combine(day, time.min, self.office.calendar.zone), self.office.today()
        return (case for case in self._waiting(official, appointed, today) if case.turn.at < start)

    def _waiting(self, official: Official, appointed: Sequence[Official], day: date) -> Iterator[Application]:
        """What he has on that day, should these be appointed."""
        for case in self.office.waiting_on(official.service, official.role):
            if any(each.post == official.post for each in eligible(case, appointed, self.office.sop_of(case), day)):
                yield case

    def _possible(self, official: Official) -> Iterator[Application]:
        """What he could act on, whoever else could, and whenever he serves."""
        alone = replace(official, since=None, until=None, away=())
        for case in self.office.waiting_on(official.service, official.role):
            if able(case, [alone], self.office.sop_of(case), self.office.today()):
                yield case

    def _duty(self, official: Official, first: date) -> Notice:
        """Word of all that waits, to whoever has it from that day on."""
        actor = Actor(official.role, official.name, email=official.email.lower())
        return notice("duty", actor, about="meja", event=0, at=self.office.clock(), occasion=f"duty-{first}")

    def _posts(self) -> list[tuple[str, str]]:
        posts: dict[tuple[str, str], None] = {}
        for sop in self.office.services:
            acting = (role for step in sop.steps for role in sop.acting(step.role))
            posts |= {(sop.service, role): None for role in acting if role != sop.applying.key}
        return list(posts)


def _left(amendments: Sequence[Amendment]) -> Iterator[Official]:
    """Those whose address is theirs no more."""
    return (each.before for each in amendments if each.what == "readdress" and each.before)
