"""What a clerk does to a case, in his name and with a reason: one read, one move, one write, as for everybody else."""

from dataclasses import dataclass
from datetime import date

from portal.core import corrections
from portal.core.application import Application
from portal.core.clerks import Clerk
from portal.core.errors import Conflict, NotAllowed
from portal.core.history import overtaking
from portal.office import Office


@dataclass(frozen=True)
class Corrections:
    """Attributes:
    title: what a clerk is called in a case's history.
    """

    office: Office
    title: str

    def may_undo(self, application: Application) -> bool:
        return corrections.may_undo(application, *self._days(application))

    def undo(self, number: str, seen: int, reason: str, by: Clerk) -> Application:
        """Undo the newest decision, which is event ``seen``; undoing it twice is undoing it once.

        Raises:
            NotAllowed: not to be undone (``nothing_to_undo``), no reason (``reason_missing``), or the clerk's own case.
            Conflict: something has happened since it was seen (``event_taken``).
        """
        application = self.office.records.load(number)
        since = overtaking(application.events, seen)
        if since and since.action == "undo" and since.number > seen > 0:
            return application
        if since:
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

    def _days(self, application: Application) -> tuple[date, date]:
        """Of its newest move, and today."""
        return self.office.calendar.local(application.moved.at).date(), self.office.today()
