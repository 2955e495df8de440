"""What a clerk does to a case, in his name and with a reason: one read, one move, one write, as for everybody else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.core import amending, corrections
from portal.core.application import Application
from portal.core.clerks import Clerk
from portal.core.draft import Answers
from portal.core.errors import Conflict, Finding, NotAllowed
from portal.core.history import again, overtaking
from portal.core.notices import Notice
from portal.core.sop import APPLICANT, Sop
from portal.forms.form import Form
from portal.office import Office

SETTLED = "address_corrected"
"""Why an email is dropped that waited for an address which has been set right; another one goes in its place."""


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
            anew = [replace(_anew(owed), recipient=address, queued_at=at, due_at=at) for owed in waiting]
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


def _anew(owed: Notice) -> Notice:
    """As if nobody had tried it yet."""
    return replace(owed, attempts=0, problem="", hopeless=False)
