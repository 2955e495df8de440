"""What a clerk does to a case, in his name and with a reason: one read, one move, one write, as for everybody else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.core import amending, corrections
from portal.core.application import Actor, Application
from portal.core.clerks import Clerk
from portal.core.draft import Answers
from portal.core.errors import Conflict, Finding, NotAllowed
from portal.core.history import again, assignment, overtaking
from portal.core.notices import Notice
from portal.core.officials import able
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import State
from portal.forms.form import Form
from portal.office import Office

SETTLED: Final = "address_corrected"
"""Why an email is dropped that waited for an address which has been set right; another one goes in its place."""

EVERYBODY: Final = "all"
"""Stands for all who may act, where it is said who is to have a case."""


@dataclass(frozen=True)
class Amended:
    """What a clerk would set right.

    Attributes:
        form: all answers then; ``changes`` what was and is said, by field.
        findings: what is wrong with it that was not wrong before.
    """

    form: Answers
    changes: Mapping[str, Mapping[str, object]]
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Corrections:
    """Attributes:
    title: what a clerk is called in a case's history.
    """

    office: Office
    title: str

    # --- a decision undone -----------------------------------------------------------------------------------------

    def may_undo(self, application: Application) -> bool:
        return corrections.may_undo(application, *self._days(application))

    def undo(self, number: str, seen: int, reason: str, by: Clerk) -> Application:
        """Undo the newest decision, which is event ``seen``; undoing it twice is undoing it once.

        Raises:
            NotAllowed: not to be undone (``nothing_to_undo``), no reason (``reason_missing``), or the clerk's own case.
            Conflict: something has happened since it was seen (``event_taken``).
        """
        application = self.office.records.load(number)
        if again(application.events, seen, "undo"):
            return application
        if overtaking(application.events, seen):
            raise Conflict("event_taken")
        if application.concerns(by.email, "", self.office.sop_of(application)):
            raise NotAllowed("own_application")
        if not reason:
            raise NotAllowed("reason_missing")
        closed, today = self._days(application)
        undone = corrections.undo(
            application, reason, by=by.as_actor(self.title), closed=closed, today=today, at=self.office.clock()
        )
        return self.office.commit(undone)

    # --- a link sent again ---------------------------------------------------------------------------------------

    def resend(self, number: str, seen: int, to: str, reason: str, by: Clerk) -> Application:
        """A fresh link for the applicant, or for whoever has the case (``amending.HOLDER``); twice is once.

        Raises:
            NotAllowed: nobody to send it to (``action_not_now``), no reason, or the clerk's own case.
            Conflict: something has happened since the case was seen (``event_taken``).
        """

        def act(application: Application, sop: Sop) -> Application:
            actor, at = by.as_actor(self.title), self.office.clock()
            return self.office.commit(amending.resend(application, to, reason, by=actor, sop=sop, at=at))

        return self._once(number, seen, "resend", reason, by, act)

    # --- in one person's hands -----------------------------------------------------------------------------------

    def assignable(self, application: Application) -> list[Actor]:
        """To whom it may be given: those who could act on it today, if they are several; nobody else."""
        sop = self.office.sop_of(application)
        if not amending.may_resend(application, amending.HOLDER, sop):
            return []
        found = able(application, self.office.officials(sop.service), sop, self.office.today())
        people = {official.email.lower(): official.as_actor(sop) for official in found}
        return list(people.values()) if len(people) > 1 or assignment(application.events) else []

    def assign(self, number: str, seen: int, to: str, reason: str, by: Clerk) -> Application:
        """Give the case to one of those who may act, or with ``EVERYBODY`` back to all of them; twice is once.

        Raises:
            NotAllowed: none of them (``assign_unchosen``), it is so already (``nothing_assigned``), no reason, no
                official has it (``action_not_now``), or the clerk's own case.
            Conflict: something has happened since the case was seen (``event_taken``).
        """

        def act(application: Application, sop: Sop) -> Application:
            chosen = [each for each in self.assignable(application) if each.email == to.lower()]
            if not chosen and to != EVERYBODY:
                raise NotAllowed("assign_unchosen")
            actor, at = by.as_actor(self.title), self.office.clock()
            whom = chosen[0] if chosen else None
            return self.office.commit(amending.assign(application, whom, reason, by=actor, sop=sop, at=at))

        return self._once(number, seen, "assign", reason, by, act)

    # --- a typing error set right --------------------------------------------------------------------------------

    def amendable(self, application: Application) -> Form:
        """What of the form may be set right now; without any field, nothing."""
        form = self.office.words_of(application).form
        asked = (each for each in form.fields.values() if each.amendable and form.asks(each, application.form))
        return form.only([each.name for each in asked if amending.may_amend(application, each.name)])

    def amended(self, application: Application, raw: Mapping[str, Sequence[str] | str]) -> Amended:
        """What would be said then, judged as the form judges it; what was odd before needs no mending now."""
        form, today = self.amendable(application), self.office.today()
        kept = {name: value for name, value in application.form.items() if name not in form.fields}
        after = {**kept, **form.clean(raw)}
        known = form.check(application.form, today)
        changes = amending.changed(application.form, after)
        found = [each for each in form.check(after, today) if each not in known or each.field in changes]
        return Amended(after, changes, found)

    def amend(self, number: str, seen: int, amended: Amended, reason: str, by: Clerk) -> Application:
        """Set answers right; twice is once. What waited for a former address is owed to the new one instead.

        Raises:
            NotAllowed: nothing is changed (``nothing_amended``), or as for ``resend``.
            Conflict: something has happened since the case was seen (``event_taken``).
        """

        def act(application: Application, sop: Sop) -> Application:
            actor, at = by.as_actor(self.title), self.office.clock()
            kept = amending.amend(application, amended.form, reason, by=actor, sop=sop, at=at)
            address = kept.address(sop)
            waiting = self._waiting_for(application, sop) if address != application.address(sop) else []
            # Of an unconfirmed application the event itself owes that letter, with the one link that counts.
            is_owed_anyway = {"confirm_address"} if application.state is State.UNCONFIRMED else set[str]()
            anew = [owed.readdressed(address, at) for owed in waiting if owed.letter not in is_owed_anyway]
            done = self.office.commit(kept, notices=anew)
            for owed in waiting:
                self.office.records.settle_notice(owed.dropped(at, SETTLED))
            return done

        return self._once(number, seen, "amend", reason, by, act)

    # --- within ----------------------------------------------------------------------------------------------------

    def _once(
        self,
        number: str,
        seen: int,
        action: str,
        reason: str,
        by: Clerk,
        act: Callable[[Application, Sop], Application],
    ) -> Application:
        """Something done about a case as it was seen; the same click again changes nothing more."""
        application = self.office.records.load(number)
        if application.version == seen:
            if not reason:
                raise NotAllowed("reason_missing")
            try:
                return act(application, self.office.sop_of(application))
            except Conflict:
                application = self.office.records.load(number)
        followed = application.events[seen] if 0 < seen < application.version else None
        if followed and (followed.action, followed.actor.email) == (action, by.email):
            return application
        raise Conflict("event_taken")

    def _waiting_for(self, application: Application, sop: Sop) -> list[Notice]:
        """Emails that have not reached the applicant."""
        address = application.address(sop).lower()
        owed = (each for each in self.office.records.unsent() if each.about == application.ticket)
        return [each for each in owed if each.role == APPLICANT and each.recipient.lower() == address]

    def _days(self, application: Application) -> tuple[date, date]:
        """Of its newest move, and today."""
        return self.office.calendar.local(application.moved.at).date(), self.office.today()
