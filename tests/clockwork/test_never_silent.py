"""Whatever happens in whatever order, no case waits in silence: random histories, looked at from outside."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from portal.core.application import Application
from portal.core.clerks import Clerk
from portal.core.errors import MailDeferred, MailRefused, PortalError
from portal.core.notices import PATIENCE, Notice
from portal.core.officials import Official
from portal.core.steps import State, applicant_actions
from portal.editions import read_messages
from portal.engines.ports import Message
from portal.usecases.corrections import EVERYBODY
from tests.support.stage import KADIS, OTHER_VERIFIKATOR, VERIFIKATOR, Stage, StillClock
from tests.support.ways import SAYS, WAYS

pytestmark = pytest.mark.long

LONGEST = timedelta(days=14)
"""Between two emails about a case to whoever has it, at most; after that it is on the clerk's list."""

APPLICANTS = ("siti@tarakankota.go.id", "wati@tarakankota.go.id", KADIS)
SUBSTITUTES = ("plh.satu@tarakankota.go.id", "plh.dua@tarakankota.go.id")
ROLES = ("kadis", "kabid", "pelaksana_bidang", "verifikator")
APPLICANTS_DO = ("confirm", "withdraw", "book", "resubmit")
CLERK = Clerk("Rina Contoh", "rina@tarakankota.go.id")
STEP = timedelta(hours=6)
"""The portal is awake at least so often; a real one is every half minute."""


class Relay:
    """Takes emails, remembers to whom about what and when, and refuses whom it is told to."""

    def __init__(self) -> None:
        self.out, self.dead, self.full = False, set[str](), set[str]()
        self.taken: list[tuple[datetime, str, str]] = []

    def send(self, message: Message, at: datetime) -> None:
        if self.out:
            raise MailDeferred("mail_deferred", answer="timed out", relay=True)
        if message.to in self.dead:
            raise MailRefused("mail_refused", answer="550 no such user")
        if message.to in self.full:
            raise MailDeferred("mail_deferred", answer="452 mailbox full", relay=False)
        self.taken.append((at, message.to, message.subject + message.text))


class Histories(RuleBasedStateMachine):
    """Applicants, officials, the clerk, the relay and time do what they can, each whenever it can."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.relay, self.tickets = Relay(), list[str]()

    @contextmanager
    def furnished(self) -> Iterator[Stage]:
        with tempfile.TemporaryDirectory() as folder:
            stage = Stage(Path(folder), StillClock())
            yield stage
            stage.close()

    @initialize(states=st.lists(st.sampled_from(("returned", "sent", "invited", "waiting")), min_size=2, max_size=2))
    def begin(self, states: list[str]) -> None:
        self.stage = self.open.enter_context(self.furnished())
        self.outbox = replace(self.stage.outbox, mail=self.relay)
        self.tickets += [self.stage.case(*WAYS[state], email=APPLICANTS[0]) for state in states]

    def teardown(self) -> None:
        """In the end everybody but the portal does nothing for a month."""
        try:
            self.relay.out = False
            for _ in range(30 if self.tickets else 0):
                self.stage.clock.at += timedelta(days=1)
                self.wake()
            self.nothing_waits_in_silence()
        finally:
            self.open.close()

    # --- what may happen ---------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.tickets) < 4)
    @rule(email=st.sampled_from(APPLICANTS))
    def apply(self, email: str) -> None:
        self.tickets.append(self.stage.case(email=email))

    @precondition(lambda self: self.tickets)
    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        """Whoever has a case does one of the things that are possible."""
        case = self.stage.load(data.draw(st.sampled_from(self.tickets)))
        sop = self.stage.office.sop_of(case)
        possible = [a for a in applicant_actions(sop, case.step, case.state) if a in APPLICANTS_DO]
        if "book" in possible and not self.stage.visits.slots(case):
            possible.remove("book")
        if self.deciding(case):
            now = self.stage.clock.at
            possible += [a for a in case.official_actions(sop) if (case.opens_at(a, sop) or now) <= now]
        if possible:
            self.do(case.ticket, data.draw(st.sampled_from(possible)))
            self.wake()

    @rule(role=st.sampled_from(ROLES))
    def post_falls_vacant(self, role: str) -> None:
        yesterday = self.stage.office.today() - timedelta(days=1)
        for official in [o for o in self.serving() if o.role == role]:
            self.stage.records.appoint(replace(official, until=yesterday))

    @rule(role=st.sampled_from(ROLES), email=st.sampled_from(SUBSTITUTES), days=st.sampled_from([None, 1, 9]))
    def substitute_is_appointed(self, role: str, email: str, days: int | None) -> None:
        today = self.stage.office.today()
        until = today + timedelta(days=days) if days else None
        official = Official("penerbitan", role, f"Plh. {email}", email, "", "Plh.", "800/1", today, until)
        with suppress(PortalError):  # a period that overlaps, say
            self.stage.house.appointing.appoint(official)

    @precondition(lambda self: self.tickets)
    @rule(data=st.data())
    def clerk_gives_a_case_to_one(self, data: st.DataObject) -> None:
        corrections = self.stage.house.corrections
        case = self.stage.load(data.draw(st.sampled_from(self.tickets)))
        if able := corrections.assignable(case):
            to = data.draw(st.sampled_from([EVERYBODY, *(actor.email for actor in able)]))
            with suppress(PortalError):  # it has him already
                corrections.assign(case.ticket, case.version, to, "Agar jelas.", CLERK)

    @rule(email=st.sampled_from((VERIFIKATOR, OTHER_VERIFIKATOR)), days=st.sampled_from([1, 9]))
    def one_of_several_is_away(self, email: str, days: int) -> None:
        today, appointing = self.stage.office.today(), self.stage.house.appointing
        with suppress(PortalError):  # nobody else would be there
            away = appointing.find("penerbitan", "verifikator", email)
            appointing.absent(away, today, today + timedelta(days=days))

    @rule(email=st.sampled_from((*APPLICANTS, *SUBSTITUTES)), how=st.sampled_from(["dead", "full", "well"]))
    def mailbox_changes(self, email: str, how: str) -> None:
        self.relay.dead.discard(email)
        self.relay.full.discard(email)
        if how != "well":
            (self.relay.dead if how == "dead" else self.relay.full).add(email)

    @rule()
    def relay_goes_out_or_comes_back(self) -> None:
        self.relay.out = not self.relay.out

    @rule(days=st.sampled_from([0.25, 1, 3, 8, 20]))
    def time_passes(self, days: float) -> None:
        for _ in range(int(days / (STEP / timedelta(days=1)))):
            self.stage.clock.at += STEP
            self.wake()

    # --- what must be ------------------------------------------------------------------------------------------------

    @invariant()
    def nothing_waits_in_silence(self) -> None:
        if not self.tickets:
            return
        self.wake()
        now, listed = self.stage.clock.at, {stuck.ticket: stuck for stuck in self.stage.watch.stuck()}
        words = read_messages()["stuck"]
        assert ("" in listed) is any(owed.relay_out_since for owed in self.stage.records.unsent())
        assert all(words[stuck.reason]["said"] and words[stuck.reason]["do"] for stuck in listed.values())
        for case in map(self.stage.load, self.tickets):
            if case.is_closed or case.ticket in listed or (case.slot and case.slot > now):
                continue
            if on_its_way := self.on_its_way(case, now):
                assert not any(owed.due_at <= now for owed in on_its_way), "everything that is due has been tried"
                continue
            assert self.heard(case, now), (case.state, case.events[-1].at, now)

    def heard(self, case: Application, now: datetime) -> bool:
        """Has somebody who can act been told of it, not too long ago?"""
        able = self.able(case)
        return any(
            at > now - LONGEST and to in able and case.ticket in said for at, to, said in reversed(self.relay.taken)
        )

    def on_its_way(self, case: Application, now: datetime) -> list[Notice]:
        """Emails about it, to who can act, that the relay has not put off for too long."""
        able, about = self.able(case), (case.ticket, "meja")
        unsent = [owed for owed in self.stage.records.unsent() if owed.about in about and owed.recipient in able]
        return [owed for owed in unsent if not owed.hopeless and owed.queued_at > now - PATIENCE]

    def able(self, case: Application) -> set[str]:
        """Addresses of those who can act on it, told from the appointments themselves."""
        if case.state in (State.UNCONFIRMED, State.RETURNED, State.INVITED, State.MISSED):
            return {case.form["email"]}
        return self.deciding(case)

    def deciding(self, case: Application) -> set[str]:
        """Those of the officials who may decide at its step; only whom the clerk gave it to, while he is there."""
        role = self.stage.office.sop_of(case).step(case.step).role
        able = {o.email for o in self.serving() if o.role == role and o.email != case.form["email"]}
        here = [event for event in reversed(case.events) if event.step == case.step]
        left = next((event.number for event in reversed(case.events) if event.step != case.step), 0)
        whom = next((event.data["to"] for event in here if event.action == "assign" and event.number > left), "")
        return able & {whom} or able

    # --- how ---------------------------------------------------------------------------------------------------------

    def serving(self) -> list[Official]:
        today = self.stage.office.today()
        return [official for official in self.stage.records.officials() if official.is_present(today)]

    def do(self, number: str, action: str) -> None:
        """As ``Stage.act``, by whoever is there today and without going to another time."""
        if action in APPLICANTS_DO:
            self.stage.act(number, action)
            return
        case = self.stage.load(number)
        claims = self.stage.cases.case_claims(case, sorted(self.deciding(case))[0])
        self.stage.cases.decide(claims, action, SAYS.get(action, {}), case.version)

    def wake(self) -> None:
        """What the portal does by itself every half minute."""
        self.outbox.send_due()
        for chore in self.stage.clockwork.chores():
            chore()
        self.outbox.send_due()


class OnAws(Histories):
    """The same on the table of the template."""

    @contextmanager
    def furnished(self) -> Iterator[Any]:
        import cloud
        from bench.walk import Cases

        clock = StillClock()
        with cloud.cloud("http://127.0.0.1:1") as aws:
            yield Cases(aws.furnish(clock), clock)


SAME = settings(phases=(Phase.generate,), derandomize=True, database=None)
"""The same histories each time, and none made shorter, which takes minutes; HISTORIES= plays so many others."""

TestHistories = Histories.TestCase
TestHistories.settings = settings(SAME, max_examples=6, stateful_step_count=15)
if MANY := int(os.environ.get("HISTORIES", "0")):
    TestHistories.settings = settings(max_examples=MANY, stateful_step_count=30, report_multiple_bugs=False)

TestOnAws = pytest.mark.cloud(OnAws.TestCase)
TestOnAws.settings = settings(SAME, max_examples=1, stateful_step_count=8)
