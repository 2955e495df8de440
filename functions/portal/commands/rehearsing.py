"""``python -m portal rehearse``: fills a rehearsal with the last weeks of a lively office, to learn with; and
``month``, which plays one and tells how it went.

Everything goes the way that people's own clicks go, at times that have passed: nothing in it could not have happened.
"""

import os
import sys
from bisect import insort
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

import click

from portal.bootstrap import CLOCK, MAILBOX, TimeMachine, build
from portal.config import Config
from portal.core.application import Application
from portal.core.officials import eligible
from portal.core.patience import Wait
from portal.editions import read_language, read_messages
from portal.engines.local.condition import DATABASE
from portal.house import House
from portal.month import Month
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


@click.command()
@click.option(
    "--month", "named", default="2026-12", show_default=True, metavar="YYYY-MM", help="With its real holidays."
)
@click.option("--applications", default=40, show_default=True, help="1 to 500.")
@click.option("--seed", default=1, show_default=True, help="Another number plays another month.")
def month(named: str, applications: int, seed: int) -> None:
    """Play a month of an office in memory, and tell how it went; nothing is kept.

    Somebody is away with a deputy and somebody without, mail is out for three days, applicants forget and miss visits.
    """
    if not 1 <= applications <= MOST:
        raise click.BadParameter(f"1-{MOST}", param_hint="--applications")
    try:
        first = date.fromisoformat(f"{named}-01")
    except ValueError:
        raise click.BadParameter("YYYY-MM", param_hint="--month") from None
    with played(first, applications, seed) as month:
        click.echo(told(month, seed))
        if month.diary.forgotten or month.diary.twice():
            sys.exit(1)


@contextmanager
def played(first: date, applications: int, seed: int) -> Iterator[Month]:
    """A month that has been played, for as long as somebody looks at it."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # a folder of its own within
    last = date(first.year, first.month, monthrange(first.year, first.month)[1])
    with TemporaryDirectory(dir=memory) as folder:
        given = {"data": Path(folder), "address": "https://portal.contoh.example", "rehearsal": True}
        clock = Passing(datetime.combine(first, time(), UTC))
        house = build(Config.from_environment({**os.environ, "SITE": f"{folder}/none"}, **given), clock)
        month = Month(house, clock, Random(seed), first, last)  # noqa: S311  # nothing here is a secret
        month.play(applications)
        yield month
        kept: tuple[Any, Any] = house.office.records, house.engine.mailbox
        for each in kept:
            each.close()


def told(month: Month, seed: int) -> str:
    """How it went, in lines."""
    words, office = read_messages()["month"], month.office
    days = month.working_days()
    off = office.calendar.holidays
    names = ", ".join(dict.fromkeys(off[day] for day in sorted(off) if month.first <= day <= month.last))
    lines = [words["head"].format(first=month.first, last=month.last, seed=seed, days=len(days), off=names or "-")]
    standing = Counter(_label(month, office.records.load(each)) for each in month.diary.tickets)
    lines += [words["state"].format(label=label, number=n) for label, n in standing.most_common()]
    lines += [words["open"], *(_explained(month, each, words) for each in month.house.watch.look().waits)]
    lines += [words["forgotten"].format(number=len(month.diary.forgotten))]
    lines += [words["forgotten_one"].format(day=day, ticket=ticket) for day, ticket in month.diary.forgotten]
    for key, officials in (("officials", True), ("applicants", False)):
        lines.append(_mailed(month, words[key], officials, len(days)))
    lines += [words["twice"].format(number=len(month.diary.twice())), words["forecast"]]
    sop = office.services.first
    steps = [*(step.key for step in sop.steps), ""]
    for step in steps:
        if missed := sorted(abs(each.minutes) for each in month.diary.missed if each.step == step):
            name = sop.step(step).name if step else words["end"]
            middle, worst = (
                f"{minutes / 60:.1f}".replace(".", ",") for minutes in (missed[len(missed) // 2], missed[-1])
            )
            lines.append(words["missed"].format(name=name, number=len(missed), median=middle, worst=worst))
    return "\n".join(lines)


def _label(month: Month, case: Application) -> str:
    return month.office.sop_of(case).status(case.step, case.state).label


def _explained(month: Month, pair: tuple[Application, Wait], words: Mapping[str, str]) -> str:
    """Why a case is still open: what is agreed, why it is on the clerk's list, or with whom it is."""
    case, how = pair
    moment = read_language(month.office.calendar).moment
    if how.reason:
        why = str(read_messages()["stuck"][how.reason]["said"])
    elif how.ends:
        why = words["until"].format(at=moment(how.ends))
    else:
        why = words["with"].format(who=", ".join(actor.name for actor in how.whom), since=moment(how.since))
    return words["open_one"].format(ticket=case.ticket, label=_label(month, case), why=why)


def _mailed(month: Month, line: str, officials: bool, days: int) -> str:
    got, owed = month.diary.delivered(officials=officials), month.diary.owed(officials=officials)
    people = {each.to for each in got}
    a_day = Counter((each.to, month.day_of(each.at)) for each in got)
    alone = Counter((owed.recipient.lower(), month.day_of(owed.queued_at)) for owed in owed)
    mean = f"{len(got) / max(1, len(people) * days):.1f}".replace(".", ",")
    worst, otherwise = max(a_day.values(), default=0), max(alone.values(), default=0)
    share = round(100 * len(got) / max(1, len(owed)))
    return line.format(number=len(got), owed=len(owed), share=share, mean=mean, worst=worst, alone=otherwise)
