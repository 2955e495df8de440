"""``python -m portal rehearse``: fills a rehearsal with the last weeks of a lively office, to learn with.

Everything goes the way that people's own clicks go, at times that have passed: nothing in it could not have happened.
"""

import os
from bisect import insort
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from random import Random
from typing import Any, Final

import click

from portal.bootstrap import CLOCK, DATABASE, MAILBOX, TimeMachine, build
from portal.config import Config
from portal.core.application import Application
from portal.core.draft import Document, Draft
from portal.core.notices import Official, eligible
from portal.core.requirements import Requirement
from portal.core.sop import Sop
from portal.core.steps import State
from portal.documents.samples import sample
from portal.editions import read_messages, read_toml
from portal.house import House
from portal.trial import answer, decision

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
class Passing:
    """The time in an office that fills; its house has to have it as its clock."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


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

    # --- what happens ------------------------------------------------------------------------------------------------

    def _begin(self, n: int) -> Application | None:
        """A draft with its documents, and mostly sent."""
        sop, intake = self.chance.choice([*self.house.office.services]), self.house.intake
        opener = self._opener(sop)
        draft = intake.start(sop.service, self._answers(sop, n), opener)
        for requirement in sop.requirements:
            if requirement.is_needed(draft.form):
                draft = self._bring(draft, requirement)
        if self.chance.random() < 0.08:
            return None
        sent = intake.submit(draft.id)
        self.tickets.append(sent.ticket)
        return sent

    def _go_on(self, case: Application) -> Application | None:
        """One thing of those that can be done now; nothing, if there is none."""
        sop = self.house.office.sop_of(case)
        able = [] if case.is_closed else list(eligible(case, self.house.office.officials(), sop, self._today))
        ways = list(case.official_actions(sop)) if able else []
        ways += [each for each in ("resubmit", "book", "report", "withdraw") if case.may(each, sop)]
        ways += ["confirm"] if case.state is State.UNCONFIRMED else []
        ways = [way for way in ways if (case.opens_at(way, sop) or self.clock.at) <= self.clock.at and way != "sign"]
        if not ways:
            return None
        way = self.chance.choices(ways, [DETOURS.get(way, 100) for way in ways])[0]
        return self._do(case, way, able, sop)

    def _do(self, case: Application, way: str, able: Sequence[Official], sop: Sop) -> Application | None:
        cases, intake = self.house.cases, self.house.intake
        if way == "confirm":
            return cases.confirm(case.ticket)
        if way == "withdraw":
            return cases.withdraw(case)
        if way == "book":
            slots = self.house.visits.slots(case)
            return self.house.visits.book(case, self.chance.choice(slots[:12])) if slots else None
        if way in ("resubmit", "report"):
            draft = intake.begin_mending(case)
            for requirement in intake.asked(draft):
                draft = self._bring(draft, requirement)
            return intake.resubmit(case) if way == "resubmit" else intake.report(case, case.version)
        claims = cases.case_claims(case, self.chance.choice(able).email)
        said = decision(self.house.office, case.service, read_messages()["preview"], case.step, way)
        return cases.decide(claims, way, said, case.version)

    def _possible_from(self, case: Application) -> datetime:
        """A visit has its own time."""
        return max(case.slot or self.clock.at, self.clock.at)

    # --- who they are and what they bring ----------------------------------------------------------------------------

    def _appoint_deputies(self, until: datetime) -> None:
        """Of each service one official has been away for the last days, and is for the next."""
        words, today = read_messages()["rehearse"], self.house.office.calendar.local(until).date()
        for sop in self.house.office.services:
            roles = [official.role for official in self.house.office.officials() if official.service == sop.service]
            if roles:
                name = f"{self.chance.choice(words['given'])} {words['family']}"
                email = f"{words['deputy'].lower()}@{sop.data['office'].get('email_domain', 'contoh.example')}"
                deputy = Official(sop.service, roles[0], name, email, capacity="Plh.", decree=words["decree"])
                away = replace(deputy, since=today - timedelta(days=2), until=today + timedelta(days=4))
                self.house.appointing.appoint(away)

    def _opener(self, sop: Sop) -> str:
        roles = sop.acting(sop.first.role) if sop.first.kind == "opening" else ()
        opening = (o for o in self.house.office.officials() if o.service == sop.service and o.role in roles)
        return next((official.email.lower() for official in opening), "")

    def _answers(self, sop: Sop, n: int) -> dict[str, Any]:
        """The form's own examples, and what the service's ``[applicant]`` says; what fits no better is left out."""
        words, form = read_messages()["rehearse"], self.house.office.words(sop.service).form
        name = f"{words['given'][n % len(words['given'])]} {words['family']}"
        raw = {key: answer(each, words["family"], self._today) for key, each in form.fields.items()}
        raw[sop.applicant["name"]] = name.upper()
        raw |= {key: said.format(name=name, n=n) for key, said in self._props(sop).get("applicant", {}).items()}
        typed = form.clean(raw)
        wrong = {finding.field for finding in form.check(typed, self._today) if not finding.passable}
        return {key: value for key, value in typed.items() if key not in wrong}

    def _bring(self, draft: Draft, requirement: Requirement) -> Draft:
        """The service's sample of it, as it would lie there once it has been checked."""
        entries = (each for each in self._props_of[draft.service]["samples"] if each["document"] == requirement.key)
        content, media_type, pages = self._drawn(
            draft.service, next(entry for entry in entries if "refused" not in entry)
        )
        key = f"{draft.folder}{requirement.key}/{self.house.intake.token()}/checked"
        kept = self.house.office.files.write(key, content, media_type)
        mark, at = sha256(content).hexdigest(), self.clock.at.isoformat()
        document = Document(requirement.key, key, kept.version, mark, kept.size, media_type, pages, at)
        changed = draft.with_document(document)
        self.house.office.records.save_draft(changed)
        return changed

    def _drawn(self, service: str, entry: Mapping[str, Any]) -> tuple[bytes, str, int]:
        if (service, entry["name"]) not in self._drawings:
            drawing = (*sample(entry["name"], self._props_of[service]), len(entry.get("pages", ("",))))
            self._drawings[service, entry["name"]] = drawing
        return self._drawings[service, entry["name"]]

    @cached_property
    def _drawings(self) -> dict[tuple[str, str], tuple[bytes, str, int]]:
        return {}

    @cached_property
    def _props_of(self) -> Mapping[str, Mapping[str, Any]]:
        folder = self.house.config.schemas
        return {sop.service: read_toml(folder / sop.service / "rehearsal.toml") for sop in self.house.office.services}

    def _props(self, sop: Sop) -> Mapping[str, Any]:
        return self._props_of[sop.service]

    @property
    def _today(self) -> Any:
        return self.house.office.today()

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
