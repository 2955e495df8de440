"""A month of an office, played: who applies, forgets, decides, is away; and what it tells of the portal afterwards.

Everybody acts on what is in his mailbox and at the hours at which people do. The portal is as it is in service: emails
go out in rounds, and its clockwork looks around now and then.
"""

import re
from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from itertools import count
from random import Random
from typing import Any, Final

from portal.core.application import Application
from portal.core.errors import MailDeferred, NotAllowed
from portal.core.forecast import expect
from portal.core.officials import Official, on_duty
from portal.core.sop import APPLICANT
from portal.core.steps import State
from portal.engines.ports import Message
from portal.house import House
from portal.noting import Diary, Missed, Noting, Taken
from portal.players import Passing, Players
from portal.usecases.outbox import Outbox, Written

SITS_DOWN: Final = ((8.5, 13.75), (9.5, 14.25), (10.75, 15))
"""When officials look at their desks, in hours of the day; each has one of these ways."""

WAKES: Final = (0.1, 7.51, 10.01, 13.01, 16.01)
"""When the clockwork looks around, on days off twice; a real one does every half minute."""

TOGETHER: Final = (1, 2, 3, 4)
"""How many people of one office apply at about the same time, by one letter."""

DRAFTED: Final = (timedelta(minutes=20), timedelta(hours=5), timedelta(days=4), timedelta(days=8))
"""How long drafts lie before they are sent: a letter number and a wet signature take their time."""

ACTS: Final = (timedelta(minutes=15), timedelta(hours=3), timedelta(hours=20), timedelta(days=2))
"""How long applicants take to do what an email asks for."""

FORGETS: Final = 0.2
"""Share of emails after which an applicant does nothing."""

LEAVES: Final = 0.1
"""Share of cases that an official leaves for the next time he sits down."""

DETOURS: Final = {"return": 12, "reject": 4, "send_back": 3, "refuse": 15, "miss": 25, "withdraw": 0}
"""How often, beside 100 of what leads on, something else happens."""

ANSWERS: Final = (1, 2, 2, 3, 5)
"""Working days that an outside authority takes."""

_TICKET: Final = re.compile(r"[A-Z]{2,5}-\d\d-[0-9A-Z]{4}-[0-9A-Z]{4}")


@dataclass
class Month:
    """Played on a house; afterwards it tells what happened.

    Attributes:
        house: a rehearsal's, nothing of which is anybody's; ``clock``: the one that it has.
        first, last: days of the month.
        outage: from when until when the relay takes nothing.
        diary: what happened.
    """

    house: House
    clock: Passing
    chance: Random
    first: date
    last: date

    def __post_init__(self) -> None:
        kept: Any = Noting(self.house.office.records)
        self.house = house = replace(self.house, office=replace(self.house.office, records=kept))
        self.office, self.players, self.diary = house.office, Players(house, self.chance), Diary(house.office)
        self.outbox: Outbox = replace(house.outbox, mail=self, join=self._join, rounds=lambda: house.rounds)
        self._order, self._agenda = count(), list[tuple[datetime, int, Callable[[], object]]]()
        self._written: Sequence[Written] = ()
        self._read: dict[str, datetime] = {}
        self._left: set[str] = set()
        self._told: dict[tuple[str, str], datetime] = {}
        self.outage = (self._on(14, 9), self._on(17, 9))

    # --- the month -------------------------------------------------------------------------------------------------

    def play(self, applications: int) -> None:
        """So many people begin to apply in the first half of the month."""
        self.clock.at = self._on(0, 0)
        n = 0
        while n < applications:
            begun = self._on(self.chance.randrange(18), 7 + 14 * self.chance.random())
            lies = self.chance.choice(DRAFTED)
            for _ in range(min(applications - n, self.chance.choice(TOGETHER))):
                n += 1
                self._plan(begun + timedelta(minutes=n % 4), partial(self._begin, n, lies))
        for day in range((self.last - self.first).days + 1):
            is_off = not self.office.calendar.is_working_day(self.first + timedelta(days=day))
            for hour in WAKES[:2] if is_off else WAKES:
                self._plan(self._on(day, hour), self._wake)
            for number, email in enumerate(sorted({o.email for o in self.office.officials()} | {self._deputy.email})):
                for hour in SITS_DOWN[number % len(SITS_DOWN)]:
                    self._plan(self._on(day, hour), partial(self._sit_down, email))
            self._plan(self._on(day, 23.9), self._close_the_day)
        self._plan(self._on(3, 9), self._leave)
        while self._agenda and self._agenda[0][0] < self._on((self.last - self.first).days + 1, 0):
            self.clock.at, _, deed = self._agenda.pop(0)
            deed()
            # While the relay is out, emails are tried again when the clockwork looks around, and not at every turn.
            if not self._is_out() or deed == self._wake:
                while self.outbox.send_due():
                    pass

    @cached_property
    def _deputy(self) -> Official:
        """Has the first office from the first Monday to its Friday."""
        monday = self.first + timedelta(days=(7 - self.first.weekday()) % 7)
        found = self.players.deputy(self.office.services.first)
        if found is None:
            raise NotAllowed("not_appointed")
        return replace(found, since=monday, until=monday + timedelta(days=4))

    def _leave(self) -> None:
        """The head is away for a week, with somebody in his place; and one of those who are several, without."""
        self.house.appointing.appoint(self._deputy)
        several = [o for o in self.office.officials() if self._colleagues(o) > 1 and not o.capacity]
        if several:
            first = (self._deputy.since or self.first) + timedelta(days=7)
            self.house.appointing.absent(several[0], first, first + timedelta(days=4))

    def _colleagues(self, official: Official) -> int:
        post = official.service, official.role
        return sum((o.service, o.role) == post and not o.capacity for o in self.office.officials())

    def _wake(self) -> None:
        for chore in self.house.clockwork.chores():
            chore()

    def _close_the_day(self) -> None:
        self.diary.look_back({stuck.ticket for stuck in self.house.watch.stuck()})

    # --- applicants --------------------------------------------------------------------------------------------------

    def _begin(self, n: int, lies: timedelta) -> None:
        draft = self.players.draft(n)
        if self.chance.random() > FORGETS / 2:
            self._plan(self.clock.at + lies, partial(self._send, draft.id))

    def _send(self, id: str) -> None:
        self.diary.tickets.append(self.players.intake.submit(id).ticket)

    def _asked(self, ticket: str) -> None:
        """An email has come about a case: its applicant does what it asks for, some time later, or forgets it."""
        if self.chance.random() > FORGETS:
            self._plan(self.clock.at + self.chance.choice(ACTS), partial(self._applicant, ticket))

    def _applicant(self, ticket: str) -> None:
        case = self.office.records.load(ticket)
        ways = [way for way in self.players.ways(case, ()) if way != "withdraw"]
        if ways and case.state is not State.BOOKED:
            self._do(case, ways[0])

    # --- officials ---------------------------------------------------------------------------------------------------

    def _sit_down(self, email: str) -> None:
        """On a working day, if there is news or something was left, everything on the desk."""
        today = self.office.today()
        if not self.office.calendar.is_working_day(today) or not self._has_news(email):
            return
        if email not in {o.email for o in on_duty(self.office.officials(), today)}:
            return
        self._read[email] = self.clock.at
        self._left.discard(email)
        for case, official in self.house.cases.desk(email):
            if self.chance.random() < LEAVES or not self._decide(case, official):
                self._left.add(email)

    def _has_news(self, email: str) -> bool:
        since = self._read.get(email)
        came = (each.at for each in self.diary.taken if each.to == email.lower())
        return email in self._left or any(since is None or at > since for at in came)

    def _decide(self, case: Application, official: Official) -> bool:
        ways = [way for way in self.players.ways(case, [official]) if way in case.official_actions(self._sop(case))]
        if case.state is State.SENT:
            days = ANSWERS[sum(map(ord, case.ticket)) % len(ANSWERS)]
            answered = self.office.calendar.add_working_days(self.day_of(case.since), days)
            ways = ways if answered <= self.office.today() else []
        if not ways:
            return False
        self._do(case, self.chance.choices(ways, [DETOURS.get(way, 100) for way in ways])[0], [official])
        return True

    # --- forecasts ---------------------------------------------------------------------------------------------------

    def _do(self, case: Application, way: str, able: Sequence[Official] = ()) -> None:
        moved = self.players.do(case, way, able)
        if moved is None:
            return
        if moved.step != case.step or moved.is_closed:
            self._compare(case.ticket, case.step)
            if moved.state is State.DONE:
                self._compare(case.ticket, "")
            self._told.pop((case.ticket, case.step), None)
        sop = self._sop(moved)
        usual = self.house.experience.of(moved)
        at = expect(moved, sop, self.office.calendar, self.clock.at, usual).at
        if moved.step in at:
            self._told.setdefault((moved.ticket, moved.step), at[moved.step])
        if sop.steps[-1].key in at:
            self._told.setdefault((moved.ticket, ""), at[sop.steps[-1].key])

    def _compare(self, ticket: str, step: str) -> None:
        told, calendar = self._told.get((ticket, step)), self.office.calendar
        if told:
            early, late = calendar.minutes_between(self.clock.at, told), calendar.minutes_between(told, self.clock.at)
            self.diary.missed.append(Missed(ticket, step, late - early))

    # --- mail --------------------------------------------------------------------------------------------------------

    def _join(self, written: Sequence[Written]) -> Message:
        self._written = written
        return self.house.outbox.join(written)

    def send(self, message: Message, at: datetime) -> None:
        """As a relay does that is out for some days (``ports.Mail``)."""
        if self._is_out():
            raise MailDeferred("mail_deferred", answer="timed out", relay=True)
        notices = [owed for owed, _ in self._written]
        self.diary.taken.append(Taken(at, message.to.lower(), notices, frozenset(_TICKET.findall(message.text))))
        for owed in notices:
            if owed.role == APPLICANT and owed.about in self.diary.tickets:
                self._asked(owed.about)

    def _is_out(self) -> bool:
        return self.outage[0] <= self.clock.at < self.outage[1]

    def working_days(self) -> list[date]:
        days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        return [day for day in days if self.office.calendar.is_working_day(day)]

    def day_of(self, at: datetime) -> date:
        return self.office.calendar.local(at).date()

    # --- within ------------------------------------------------------------------------------------------------------

    def _plan(self, at: datetime, deed: Callable[[], object]) -> None:
        insort(self._agenda, (at, next(self._order), deed))

    def _on(self, day: int, hour: float) -> datetime:
        midnight = datetime.combine(self.first + timedelta(days=day), time.min, self.house.office.calendar.zone)
        return midnight + timedelta(hours=hour)

    def _sop(self, case: Application) -> Any:
        return self.office.sop_of(case)
