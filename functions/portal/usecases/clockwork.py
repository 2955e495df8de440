"""What happens without anybody asking: whoever has something is reminded of it, the clerk is told of what is stuck,
drafts and unconfirmed cases expire, files past their days and records past their years go, the recap is added up, the
register is looked after.

The same functions run in the background thread of one machine and in scheduled handlers.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property, partial
from typing import Any

from portal.core.application import Actor, Application
from portal.core.errors import NotFound
from portal.core.foreseen import eve
from portal.core.history import assignment, holder
from portal.core.notices import SHARED, Notice, about_draft, notice
from portal.core.officials import Official, able, given, gone_since, on_duty
from portal.core.patience import DRAFT, Reason, Wait, patience
from portal.core.resending import turn_again
from portal.core.standing import Case
from portal.core.steps import State
from portal.office import Office
from portal.usecases.appointing import Appointing
from portal.usecases.archive import Archive
from portal.usecases.cases import Cases
from portal.usecases.compilation import Compilation
from portal.usecases.erasing import Erasing
from portal.usecases.expiring import Expiring
from portal.usecases.forgetting import Forgetting
from portal.usecases.handouts import Handouts
from portal.usecases.retention import Retention
from portal.usecases.upkeep import Upkeep
from portal.usecases.watch import Look, Watch


@dataclass(frozen=True)
class Clockwork:
    office: Office
    cases: Cases
    watch: Watch

    @cached_property
    def retention(self) -> Retention:
        """The sweep of files past their days, which remembers when it last swept."""
        return Retention(self.office)

    @cached_property
    def compilation(self) -> Compilation:
        """The recap's sums, which remember when they were last brought up to date."""
        return Compilation(self.office)

    @cached_property
    def upkeep(self) -> Upkeep:
        """The daily look at the register, which remembers when it last looked."""
        return Upkeep(self.office)

    @cached_property
    def archive(self) -> Archive:
        """The list of all cases, which remembers whether it is complete."""
        return Archive(self.office)

    @cached_property
    def forgetting(self) -> Forgetting:
        """The sweep of records past their term, which remembers when it last swept."""
        return Forgetting(Erasing(self.office, Handouts(self.office)))

    def chores(self) -> tuple[Callable[[], int], ...]:
        """What is to be looked at now and then, one independent of the other."""
        swept, summed = self.retention.forget_documents, self.compilation.compile_recap
        looked, listed = self.upkeep.look_after_register, self.archive.complete
        forgot = self.forgetting.forget_records  # before the register forgets, by which a case is held
        kept = swept, summed, listed, forgot, looked, self.scrub
        return self.look_after_cases, self.remind_drafts, self.expire, *kept

    def scrub(self) -> int:
        """Clear the store's files of what was erased, where that could not be done at once; nothing is owed by it."""
        self.office.records.scrub(if_owed=True)
        return 0

    def announce(self) -> int:
        """Owe whoever's duty has begun one email of all that waits since before; returns how many began so."""
        return Appointing(self.office, self.cases).announce() if self._office_has_opened() else 0

    def look_after_cases(self) -> int:
        """All that is owed about open cases, from one look at how all of them stand; returns how much that is.

        A case is read only where there may be something to say of it.
        """
        look = self.watch.glance()
        told = (
            *(self.tell_others, self.tell_overdue, self.remind),
            *(self.tell_clerk, self.remind_applicants, self.remind_visits, self.escalate),
        )
        return self.announce() + sum(tell(look) for tell in told)

    def remind(self, look: Look[Any] | None = None) -> int:
        """Owe every official one digest a working day while a case has waited too long; returns how many are owed.

        Whoever is above a post that nobody can fill hears of it too, from the next morning on; and of a case that
        others have had for some working days on the day on which it has become so many. Of what was handed over to
        somebody just now he hears by that letter (``announce``), and from the next working day on by digests.
        """
        if not self._office_has_opened():
            return 0
        today, look = self.office.today(), look or self.watch.glance()
        due = [(case, how) for case, how in look.waits if self.watch.is_due(how)]
        new = Appointing(self.office, self.cases).handed_over() if due else frozenset()
        whom = {(case.service, actor.role, actor.email.lower()) for case, how in due for actor in how.whom}
        late = {email for *_, email in whom - new}
        vacant = {post for _, _, above in self.watch.vacancies(look) for post in above}
        held_up = self.watch.held_up(look)
        vacant |= {post for *_, above, heard in held_up if heard.date() == today for post in above}
        serving = {o.email.lower(): o for o in on_duty(self.office.officials(), today)}
        told = late | {o.email.lower() for o in serving.values() if (o.service, o.role) in vacant}
        digests = [
            self._digest("reminder", Actor(official.role, official.name, email=email))
            for email, official in serving.items()
            if email in told
        ]
        self.office.records.owe(digests)
        return len(digests)

    def tell_overdue(self, look: Look[Any] | None = None) -> int:
        """Owe whoever has a case a word once the SOP's time for its step has passed; returns how many are owed.

        Once for each turn of the case; from the day of the first digest on, that tells of it.
        """
        owed = list((look or self.watch.glance()).each(self._overdue)) if self._office_has_opened() else []
        self.office.records.owe(owed)
        return len(owed)

    def tell_others(self, look: Look[Any] | None = None) -> int:
        """Owe the others a word of cases that were given to one of them who is not there; returns how many are owed."""
        officials = cache(lambda: list(self.office.officials()))  # read for the first case that matters
        owed = list((look or self.watch.glance()).each(partial(self._others_turn, officials)))
        self.office.records.owe(owed)
        return len(owed)

    def escalate(self, look: Look[Any] | None = None) -> int:
        """Owe the office's own mailbox the clerk's list once a working day; returns how many are on it."""
        stuck = self.watch.cases_stuck(look) if self._office_has_opened() else []
        if stuck:
            self.office.records.owe([self._digest("escalation", self._clerk)])
        return len(stuck)

    def tell_clerk(self, look: Look[Any] | None = None) -> int:
        """Owe the office's own mailbox word of what cannot wait for the morning; returns of how many cases.

        Of a post that nobody fills once a day, however many cases wait for it; of one case, once.
        """
        look = look or self.watch.glance()
        urgent = [*look.each(self._urgent)]
        urgent += [self._to_clerk(ticket, Reason.UNREADABLE) for ticket in look.unread]
        self.office.records.owe(list({owed.identity: owed for owed in urgent}.values()))
        return len(urgent)

    def remind_applicants(self, look: Look[Any] | None = None) -> int:
        """Owe applicants a word about cases that wait for them (``[patience]``); returns how many are owed."""
        owed = list((look or self.watch.glance()).each(self._applicants_reminder))
        self.office.records.owe(owed)
        return len(owed)

    def remind_drafts(self) -> int:
        """Owe whoever has begun an application and not sent it a word about it; returns how many are owed."""
        now, services = self.office.clock(), self.office.services
        said = {sop.service: patience(sop, DRAFT).remind for sop in services}
        first = min((days for remind in said.values() for days in remind), default=0)
        owed: list[Notice] = []
        for draft in self.office.records.drafts_before(now - timedelta(days=first)) if first else ():
            due = max((days for days in said.get(draft.service, ()) if draft.expires_at(days) <= now), default=0)
            if due and not draft.ticket and now <= draft.expires_at(services[draft.service].data["draft_days"]):
                owed += about_draft("draft_waiting", draft, services[draft.service], now, occasion=f"day-{due}")
        self.office.records.owe(owed)
        return len(owed)

    def remind_visits(self, look: Look[Any] | None = None) -> int:
        """Owe applicants a word on the working day before their visit, unless it was agreed since; returns how many."""
        owed = list((look or self.watch.glance()).each(self._visit_reminders))
        self.office.records.owe(owed)
        return len(owed)

    def expire(self) -> int:
        """Close and forget what has waited past its days (``expiring``); returns how much."""
        return Expiring(self.office).expire()

    def _office_has_opened(self) -> bool:
        """Is it a working day, and not before its first hour?"""
        intervals = self.office.calendar.intervals(self.office.today())
        return bool(intervals) and intervals[0][0] <= self.office.clock()

    def _digest(self, letter: str, actor: Actor) -> Notice:
        """About no one case, so that it stays the same digest when the cases in it change during the day."""
        occasion = f"{letter}-{self.office.today()}"
        return notice(letter, actor, about="meja", event=0, at=self.office.clock(), occasion=occasion)

    @property
    def _clerk(self) -> Actor:
        office = self.office.services.office
        return Actor("", office["short"], email=office["email"])

    def _as_it_stands(self, standing: Case) -> Iterator[Application]:
        """The case itself; nothing where it has moved on since the look."""
        with suppress(NotFound):
            case = self.office.records.load(standing.ticket)
            if case.version == standing.version:
                yield case

    def _others_turn(self, officials: Callable[[], Sequence[Official]], standing: Case, how: Wait) -> Iterator[Notice]:
        if standing.held_by and how.is_with_officials:
            for case in self._as_it_stands(standing):
                yield from self._turns_of_others(officials, case)

    def _turns_of_others(self, officials: Callable[[], Sequence[Official]], case: Application) -> Iterator[Notice]:
        held = assignment(case.events)
        if held is None:
            return
        sop, today, everybody = self.office.sop_of(case), self.office.today(), officials()
        if not given(case, everybody, sop, today):
            gone = gone_since(holder(held), everybody, today)
            for official in able(case, everybody, sop, today):
                yield turn_again(case, official.as_actor(sop), held, gone, at=self.office.clock())

    def _overdue(self, standing: Case, how: Wait) -> Iterator[Notice]:
        for case in self._as_it_stands(standing) if self.watch.is_overdue(standing, how) else ():
            brought = case.turn.actor.email.lower()  # who brought it here himself knows that he has it
            about, event, at = case.ticket, case.turn.number, self.office.clock()
            for actor in (each for each in how.whom if each.email.lower() != brought):
                yield notice(
                    "overdue", actor, about=about, event=event, at=at, occasion=SHARED if len(how.whom) > 1 else ""
                )

    def _urgent(self, standing: Case, how: Wait) -> Iterator[Notice]:
        if how.reason in (Reason.NOBODY, Reason.ENDED):
            role = standing.waits_on(self.office.sop_of(standing))
            yield self._to_clerk(f"peran/{standing.service}/{role}", str(self.office.today()))
        elif how.reason and how.reason.is_urgent:
            for case in self._as_it_stands(standing):
                yield self._to_clerk(case.ticket, f"{how.reason}-{case.entered.number}")

    def _to_clerk(self, about: str, occasion: str) -> Notice:
        return notice("unattended", self._clerk, about=about, event=0, at=self.office.clock(), occasion=occasion)

    def _applicants_reminder(self, standing: Case, how: Wait) -> Iterator[Notice]:
        """The newest that is due; an address is confirmed by the letter that asks for it."""
        now = self.office.clock()
        if how.is_with_officials or how.reason is Reason.UNREACHABLE or not (due := how.reminded(now)):
            return
        letter = "confirm_address" if standing.state is State.UNCONFIRMED else "still_waiting"
        occasion = f"day-{(due - how.since).days}"
        for case in self._as_it_stands(standing):
            actor, event = case.applicant(self.office.sop_of(case)), case.entered.number
            yield notice(letter, actor, about=case.ticket, event=event, at=now, occasion=occasion)

    def _visit_is_near(self, application: Application) -> bool:
        """Has the working day before the visit (or as many as the service has) begun, and was it agreed before that?"""
        ahead, slot = self.watch.policy(application.service)["visit_days_before"], application.slot
        begun = eve(application, ahead, self.office.calendar)
        return begun is not None and slot is not None and begun <= self.office.clock() < slot

    def _visit_reminders(self, standing: Case, _: Wait) -> Iterator[Notice]:
        is_to_come = standing.slot is not None and self.office.clock() < standing.slot
        for application in filter(self._visit_is_near, self._as_it_stands(standing) if is_to_come else ()):
            actor, slot = application.applicant(self.office.sop_of(application)), application.slot
            about, event, at = application.ticket, application.moved.number, self.office.clock()
            yield notice("visit_tomorrow", actor, about=about, event=event, at=at, occasion=f"visit-{slot}")
