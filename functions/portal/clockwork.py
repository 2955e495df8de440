"""What happens without anybody asking: officials are reminded, drafts and unconfirmed cases expire, files past their
days go, the recap is added up, the register is looked after.

The same functions run in the background thread of one machine and in scheduled handlers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from portal.archive import Archive
from portal.cases import Cases
from portal.compilation import Compilation
from portal.core.application import Actor, Application
from portal.core.draft import Draft
from portal.core.errors import Conflict, NotFound
from portal.core.notices import Notice, notice
from portal.core.progress import deadline
from portal.core.sop import APPLICANT
from portal.office import Office
from portal.retention import Retention
from portal.upkeep import Upkeep
from portal.watch import Watch


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

    def chores(self) -> tuple[Callable[[], int], ...]:
        """What is to be looked at now and then, one independent of the other."""
        swept, summed = self.retention.forget_documents, self.compilation.compile_recap
        looked, listed = self.upkeep.look_after_register, self.archive.complete
        return self.remind, self.escalate, self.remind_visits, self.expire, swept, summed, looked, listed

    def remind(self) -> int:
        """Owe every official one digest a working day while a case has waited too long; returns how many are owed."""
        if not self._office_has_opened():
            return 0
        today = self.office.today()
        serving = {o.email.lower(): o for o in self.office.officials() if o.serves(today)}
        digests = [
            self._digest("reminder", Actor(official.role, official.name, email=email))
            for email, official in serving.items()
            if any(self.watch.is_late(case) for case, _ in self.cases.desk(email))
        ]
        self.office.records.owe(digests)
        return len(digests)

    def escalate(self) -> int:
        """Owe the office's own mailbox one list a working day of what has waited far too long; returns how many cases.

        Also of cases that nobody is appointed for, of whom therefore nobody is reminded.
        """
        overdue = self.watch.overdue() if self._office_has_opened() else []
        if overdue:
            office = self.office.services.office
            self.office.records.owe([self._digest("escalation", Actor("", office["short"], email=office["email"]))])
        return len(overdue)

    def remind_visits(self) -> int:
        """Owe applicants a word on the working day before their visit, unless it was agreed since; returns how many."""
        booked = (application for application in self.watch.with_officials() if application.slot)
        owed = [self._visit_reminder(application) for application in booked if self._visit_is_near(application)]
        self.office.records.owe(owed)
        return len(owed)

    def expire(self) -> int:
        """Forget drafts past their days with their files, and close applications never confirmed; returns how many."""
        now, life = self.office.clock(), {sop.service: sop.data["draft_days"] for sop in self.office.services}
        gone = 0
        for service in life:
            for application in self.office.records.waiting_on(service, APPLICANT):
                gone += self._lapse(application, now)
        shortest = timedelta(days=min(life.values()))
        for draft in self.office.records.drafts_before(now - shortest):
            # Of a service that is not offered any more, nobody can send it.
            if now > draft.expires_at(life.get(draft.service, 0)) and self._is_over(draft):
                self.office.files.delete(draft.folder)
                self.office.records.delete_draft(draft.id)
                gone += 1
        return gone

    def _office_has_opened(self) -> bool:
        """Is it a working day, and not before its first hour?"""
        intervals = self.office.calendar.intervals(self.office.today())
        return bool(intervals) and intervals[0][0] <= self.office.clock()

    def _digest(self, letter: str, actor: Actor) -> Notice:
        """About no one case, so that it stays the same digest when the cases in it change during the day."""
        occasion = f"{letter}-{self.office.today()}"
        return notice(letter, actor, about="meja", event=0, at=self.office.clock(), occasion=occasion)

    def _visit_is_near(self, application: Application) -> bool:
        """Has the working day before the visit (or as many as the service has) begun, and was it agreed before that?"""
        if application.slot is None:
            return False
        calendar, ahead = self.office.calendar, self.watch.policy(application.service)["visit_days_before"]
        eve = calendar.add_working_days(calendar.local(application.slot).date(), -ahead)
        agreed = calendar.local(application.events[-1].at).date()
        return agreed < eve and calendar.intervals(eve)[0][0] <= self.office.clock() < application.slot

    def _visit_reminder(self, application: Application) -> Notice:
        actor, slot = application.applicant(self.office.sop_of(application)), application.slot
        about, event, at = application.ticket, application.version, self.office.clock()
        return notice("visit_tomorrow", actor, about=about, event=event, at=at, occasion=f"visit-{slot}")

    def _lapse(self, application: Application, now: datetime) -> bool:
        """Close a case whose address was not confirmed in time; False if there is time yet."""
        sop = self.office.sop_of(application)
        until = deadline(application, sop)
        if until is None or now <= until:
            return False
        try:
            self.office.commit(application.lapse(sop=sop, at=now))
        except Conflict:
            return False  # confirmed at the last moment
        return True

    def _is_over(self, draft: Draft) -> bool:
        """May it be forgotten once its days are over? One that mends, only when its case has been mended."""
        if not draft.mends:
            return True
        try:
            application = self.office.records.load(draft.mends)
        except NotFound:
            return True  # the case itself is gone
        return draft.id != f"{draft.mends}-{application.version}"
