"""``python -m portal rehearse``: fills a rehearsal with the last weeks of a lively office, to learn with.

Everything goes the way that people's own clicks go, at times that have passed: nothing in it could not have happened.
"""

import os
from bisect import insort
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Final

import click

from portal.bootstrap import CLOCK, DATABASE, MAILBOX, TimeMachine, build
from portal.config import Config
from portal.core.application import Application
from portal.core.notices import eligible
from portal.editions import read_messages
from portal.house import House
from portal.players import Passing, Players

MOST: Final = 500

DAYS: Final = 15
"""Working days that the office has been at it."""

DETOURS: Final[Mapping[str, int]] = {"return": 12, "reject": 5, "send_back": 3, "refuse": 20, "miss": 20, "withdraw": 1}
"""How often, beside 100 of what leads on, something else happens."""

PAUSES: Final = (5, 10, 20, 40, 90, 200, 450, 900)
"""Working minutes from one thing to the next, each as likely as the other."""

LEFT: Final = 0.07
"""Share of moments after which nobody does anything about a case any more."""


@dataclass
class Lively:
    """An office as it fills.

    Attributes:
        chance: every choice is its, so that the same seed fills the same office.
    """

    house: House
    clock: Passing
    chance: Random
    coming: list[tuple[datetime, int, str]] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)

    @cached_property
    def players(self) -> Players:
        return Players(self.house, self.chance)

    def fill(self, number: int, until: datetime) -> Counter[str]:
        """So many applications, from ``DAYS`` working days before ``until`` on; returns how many stand where."""
        office = self.house.office
        first = office.calendar.add_working_days(office.calendar.local(until).date(), -DAYS)
        self.clock.at = began = office.calendar.intervals(first)[0][0]
        self._appoint_deputies(until)
        minutes = office.calendar.minutes_between(began, until)
        for n in range(1, number + 1):
            self.coming.append((office.calendar.add_minutes(began, self.chance.randrange(minutes)), n, ""))
        self.coming.sort()
        day = first
        while self.coming and self.coming[0][0] <= until:
            self.clock.at, n, ticket = self.coming.pop(0)
            if office.today() != day:
                day = office.today()
                for chore in self.house.clockwork.chores():
                    chore()
            going = self._go_on(office.records.load(ticket)) if ticket else self._begin(n)
            self.house.outbox.send_due()
            if going and self.chance.random() > LEFT:
                when = office.calendar.add_minutes(self.clock.at, self.chance.choice(PAUSES))
                insort(self.coming, (max(when, self._possible_from(going)), n, going.ticket))
        self.clock.at = until
        return Counter(self._standing(office.records.load(each)) for each in self.tickets)

    def _begin(self, n: int) -> Application | None:
        """A draft with its documents, and mostly sent."""
        draft = self.players.draft(n)
        if self.chance.random() < 0.08:
            return None
        sent = self.players.intake.submit(draft.id)
        self.tickets.append(sent.ticket)
        return sent

    def _go_on(self, case: Application) -> Application | None:
        """One thing of those that can be done now; nothing, if there is none."""
        office = self.house.office
        able = [] if case.is_closed else list(eligible(case, office.officials(), office.sop_of(case), office.today()))
        ways = self.players.ways(case, able)
        if not ways:
            return None
        return self.players.do(case, self.chance.choices(ways, [DETOURS.get(way, 100) for way in ways])[0], able)

    def _possible_from(self, case: Application) -> datetime:
        """A visit has its own time."""
        return max(case.slot or self.clock.at, self.clock.at)

    def _appoint_deputies(self, until: datetime) -> None:
        """Of each service one official has been away for the last days, and is for the next."""
        today = self.house.office.calendar.local(until).date()
        for sop in self.house.office.services:
            deputy = self.players.deputy(sop)
            if deputy:
                away = replace(deputy, since=today - timedelta(days=2), until=today + timedelta(days=4))
                self.house.appointing.appoint(away)

    def _standing(self, case: Application) -> str:
        return self.house.office.sop_of(case).status(case.step, case.state).label


@click.command()
@click.option("--applications", default=40, show_default=True, help="1 to 500.")
@click.option("--seed", default=1, show_default=True, help="Another number fills another office.")
@click.pass_context
def rehearse(context: click.Context, applications: int, seed: int) -> None:
    """Fill a rehearsal with a lively office: late, returned, stuck, a deputy, visits, and what is done already."""
    config = Config.from_environment(os.environ, data=context.obj["data"], rehearsal=True)
    words = read_messages()["cli"]
    if not 1 <= applications <= MOST:
        raise click.BadParameter(f"1-{MOST}", param_hint="--applications")
    if (config.data / DATABASE).exists() and not (config.data / MAILBOX).exists():
        raise click.ClickException(words["not_rehearsed"].format(data=config.data))
    now = (context.obj["clock"] or TimeMachine(config.data / CLOCK).now)()
    clock = Passing(now)
    lively = Lively(build(config, clock), clock, Random(seed))  # noqa: S311  # nothing here is a secret
    states = lively.fill(applications, now)
    told = "\n".join(words["rehearsed_state"].format(label=label, number=n) for label, n in states.most_common())
    click.echo(words["rehearsed"].format(data=config.data, number=applications, states=told))
