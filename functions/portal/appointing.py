"""Who serves in which office: appointed, standing in, absent, ended or cancelled, and what is not in order.

What waits goes with the office: whoever takes it over is told of all of it in one email.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from portal.cases import Cases
from portal.core import identity
from portal.core.application import Actor, Application
from portal.core.errors import NotAllowed, NotFound, PortalError
from portal.core.notices import Official, eligible, notice, on_duty
from portal.office import Office

LOOK_BACK: Final = 7
"""Days for which the beginning of somebody's duty is made up for, should the clockwork have stood still."""

FOREVER: Final = date.max


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
class Appointing:
    """The use cases of appointments, over one office."""

    office: Office
    cases: Cases

    def appoint(self, official: Official) -> int:
        """Appoint somebody, for good or for a time, or correct an appointment of the same first day.

        Returns:
            How many cases wait that somebody is told of who has not had them before; a correction tells nobody.

        Raises:
            PortalError: the first of ``faults``.
        """
        official = replace(official, name=official.name.strip(), number=identity.digits(official.number))
        for fault in self.faults(official):
            raise fault
        return self._keep(official)

    def end(self, official: Official, last: date) -> Official:
        """Let an appointment end with that day; returns it.

        Raises:
            NotFound: there is no such appointment (``appointment_unknown``).
            NotAllowed: cases wait, and nobody would be left to have them (``successor_wanted``).
        """
        return self._change(official, replace(official, until=last), last + timedelta(days=1))

    def cancel(self, official: Official) -> Official:
        """Take back an appointment that has not begun; nobody hears of it.

        Raises:
            NotFound: as for ``end``. NotAllowed: it has begun, and is ended rather (``appointment_begun``).
        """
        if official.since is None or official.since <= self.office.today():
            raise NotAllowed("appointment_begun")
        return self._change(official, replace(official, until=official.since - timedelta(days=1)), official.since)

    def absent(self, official: Official, first: date, last: date) -> Official:
        """Somebody is away on these days: others who hold the office have the cases.

        Raises:
            NotFound: as for ``end``.
            NotAllowed: it is over or ends before it begins (``appointment_past``), or nobody would be left
                (``successor_wanted``).
        """
        if last < max(first, self.office.today()):
            raise NotAllowed("appointment_past", last=last)
        changed = replace(official, away=(*official.away, (first, last)))
        return self._change(official, changed, max(first, self.office.today()))

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

    def faults(self, official: Official) -> Iterator[PortalError]:
        """Why somebody cannot be appointed so; nothing if all is well."""
        if not official.name.strip():
            yield NotAllowed("appointment_nameless")
        if official.number and identity.nip(official.number) is None:
            yield NotAllowed("appointment_number", value=official.number)
        if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", official.email):
            yield NotAllowed("appointment_email", value=official.email)
        if official.capacity and not official.decree.strip():
            yield NotAllowed("appointment_decree", capacity=official.capacity)
        if official.capacity == "Plh." and official.until is None:
            yield NotAllowed("appointment_endless")
        if official.until and official.until < max(official.since or date.min, self.office.today()):
            yield NotAllowed("appointment_past", last=official.until)
        for other in self.office.officials():
            if _overlaps(official, other):
                yield NotAllowed("appointment_overlaps", name=other.name, since=other.since, until=other.until)

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
            if first is not None and any(True for _ in self._inherited(official, first)):
                self._owe(official, first)
                owed += 1
        return owed

    # --- within --------------------------------------------------------------------------------------------------

    def _keep(self, official: Official) -> int:
        today, before = self.office.today(), list(self.office.officials())
        had = {held.post for held in on_duty(before, today)}
        self.office.records.appoint(official)
        told = 0
        after = list(self.office.records.officials())
        for fresh in on_duty(after, today):
            waiting = [] if fresh.post in had else list(self._inherited(fresh, today + timedelta(days=1)))
            if waiting:
                self._owe(fresh, self._began(fresh, after, today) or today)
                told += len(waiting)
        return told

    def _change(self, official: Official, changed: Official, day: date) -> Official:
        """Keep it, unless nobody would be left from a day on to whom what waits can go."""
        appointed = list(self.office.officials())
        if official not in appointed:
            raise NotFound("appointment_unknown", email=official.email, role=official.role)
        left = on_duty([changed if each == official else each for each in appointed], max(day, self.office.today()))
        had = on_duty(appointed, max(day, self.office.today()))
        if official in had and not any((o.service, o.role) == (official.service, official.role) for o in left):
            waiting = sum(1 for _ in self._waiting(official))
            if waiting:
                raise NotAllowed("successor_wanted", number=waiting)
        self._keep(changed)
        return changed

    def _began(self, official: Official, appointed: list[Official], today: date) -> date | None:
        """The first day of somebody's present duty; None if that is longer ago than is looked back."""
        for number in range(1, LOOK_BACK + 1):
            day = today - timedelta(days=number)
            if official.post not in {other.post for other in on_duty(appointed, day)}:
                return day + timedelta(days=1)
        return None

    def _inherited(self, official: Official, day: date) -> Iterator[Application]:
        """What waits for him since before that day began, so that somebody else was told of it."""
        start = datetime.combine(day, time.min, self.office.calendar.zone)
        return (case for case in self._waiting(official) if case.turn.at < start)

    def _waiting(self, official: Official) -> Iterator[Application]:
        for case in self.office.waiting_on(official.service, official.role):
            able = replace(official, since=None, until=None, away=())
            if able in eligible(case, [able], self.office.sop_of(case), self.office.today()):
                yield case

    def _owe(self, official: Official, first: date) -> None:
        actor = Actor(official.role, official.name, email=official.email.lower())
        owed = notice("duty", actor, about="meja", event=0, at=self.office.clock(), occasion=f"duty-{first}")
        self.office.records.owe([owed])

    def _posts(self) -> list[tuple[str, str]]:
        posts: dict[tuple[str, str], None] = {}
        for sop in self.office.services:
            acting = (role for step in sop.steps for role in sop.acting(step.role))
            posts |= {(sop.service, role): None for role in acting if role != sop.applying.key}
        return list(posts)


def _overlaps(official: Official, other: Official) -> bool:
    """Would two appointments hold at once that cannot? The same person's, or two who act for the same."""
    if (other.service, other.role) != (official.service, official.role) or (other.until or FOREVER) < (
        other.since or date.min
    ):
        return False
    same = other.post == official.post
    if same and other.since == official.since:
        return False  # a correction
    both_act = bool(official.capacity and other.capacity) and official.replaces.lower() == other.replaces.lower()
    apart = (other.until or FOREVER) < (official.since or date.min) or (official.until or FOREVER) < (
        other.since or date.min
    )
    return (same or both_act) and not apart
