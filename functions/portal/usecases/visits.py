"""Visits: which times are free, taking one of them, and what the applicant or the office changes of it afterwards.

A seat is a claim that only one application can hold, so that two people never get the same place at one time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.core.application import Actor, Application
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.history import overtaking
from portal.core.officials import Official, able
from portal.core.parts import Visit
from portal.core.steps import office_actions
from portal.office import Office
from portal.usecases.cases import moved_on


@dataclass(frozen=True)
class Visits:
    office: Office

    def slots(self, application: Application, officials: Sequence[Official] | None = None) -> list[datetime]:
        """Free times to come, soonest first; from the next working day on, and only where somebody is there."""
        visit = self.office.sop_of(application).step(application.step).visit
        if visit is None:
            return []
        officials = officials or [*self.office.officials(application.service)]
        seats = _seats(application)
        taken = self.office.records.taken(seats)
        calendar, day, free = self.office.calendar, self.office.today(), []
        for _ in range(visit.days_ahead):
            day = calendar.add_working_days(day, 1)
            places = self._places(application, visit, day, officials)
            starts = calendar.slots(day, visit.windows_on(day), visit.length_minutes)
            free += [start for start in starts if _seats_taken(taken, self._seat(seats, start)) < places]
        return free

    def book(self, application: Application, slot: datetime) -> Application:
        """The applicant takes a time to come (or another one); taking the same one twice is taking it once.

        Raises:
            NotAllowed: not one of the free times (``slot_taken``): somebody may have been faster.
        """
        sop = self.office.sop_of(application)
        allowed = application.may("book", sop)
        take = lambda slot, seat: application.book(slot, seat, sop=sop, at=self.office.clock())  # noqa: E731
        try:
            return self._take(application, slot, allowed, take)
        except (Conflict, NotAllowed):
            kept = self.office.records.load(application.ticket)
            if kept.slot != slot:
                raise
            return kept

    def call_off(self, application: Application) -> Application:
        """The applicant does not come, and may pick again; calling off twice is calling off once."""
        sop = self.office.sop_of(application)
        try:
            return self.office.commit(application.cancel_visit({}, sop=sop, at=self.office.clock()))
        except (Conflict, NotAllowed):
            kept = self.office.records.load(application.ticket)
            if kept.moved.action != "cancel_visit":
                raise
            return kept

    # --- the office ------------------------------------------------------------------------------------------------

    def may_arrange(self, application: Application) -> bool:
        """Is a visit agreed that the office may move or cancel?"""
        return "move_visit" in office_actions(self.office.sop_of(application), application.step, application.state)

    def move(self, application: Application, slot: datetime, *, by: Actor, note: str, seen: int) -> Application:
        """Somebody of the office has the applicant come at another time; the applicant is told, with the reason.

        Args:
            by: an official, or whoever the clerk's desk is open to.
            note: the reason, as ``decision.schema.json`` asks for it; ``seen`` the version that this was decided on.

        Raises:
            NotAllowed: not one of the free times (``slot_taken``), no visit is agreed (``action_not_now``), or one's
                own application (``own_application``).
            Invalid: no reason; Conflict: somebody acted meanwhile (``case_moved_on``).
        """
        sop, said = self.office.sop_of(application), self._said(application, "move_visit", note)
        take = lambda slot, seat: application.move_visit(  # noqa: E731
            slot, seat, said, by=by, sop=sop, at=self.office.clock()
        )
        moving = lambda: self._take(application, slot, self.may_arrange(application), take)  # noqa: E731
        return self._arranged(application, "move_visit", by, seen, moving)

    def cancel(self, application: Application, *, by: Actor, note: str, seen: int) -> Application:
        """Somebody of the office calls a visit off; the applicant is told why, and picks again. As for ``move``."""
        sop, said = self.office.sop_of(application), self._said(application, "cancel_visit", note)
        off = lambda: self.office.commit(  # noqa: E731
            application.cancel_visit(said, by=by, sop=sop, at=self.office.clock())
        )
        return self._arranged(application, "cancel_visit", by, seen, off)

    # --- at the desk -----------------------------------------------------------------------------------------------

    def may_come(self, application: Application) -> str:
        """What can be recorded of an applicant who is here now: ``attend`` as agreed, ``walk_in``, or nothing."""
        sop, at = self.office.sop_of(application), self.office.clock()
        actions = application.official_actions(sop)
        if "attend" in actions and at >= (application.opens_at("attend", sop) or at):
            return "attend"
        return "walk_in" if "walk_in" in office_actions(sop, application.step, application.state) else ""

    def come(self, application: Application, action: str, *, by: Actor, note: str, seen: int) -> Application:
        """The applicant is here, and has done what the visit is for; a time that was agreed for later is free again.

        Args:
            action: ``attend`` or ``walk_in``; ``note`` the reason of what was not agreed.

        Raises:
            NotAllowed: not now (``action_not_now``, ``visit_to_come``), no reason (``reason_missing``), or own case.
            Conflict: somebody acted meanwhile (``case_moved_on``).
        """
        if action == "walk_in" and not note:
            raise NotAllowed("reason_missing")
        said = {"reason": note} if action == "walk_in" else {"note": note} if note else {}
        if action == "walk_in" and application.slot:  # of no use any more, and still in calendars
            said["slot"] = application.slot.isoformat()
        sop = self.office.sop_of(application)
        here = lambda: self.office.commit(  # noqa: E731
            application.come(action, said, by=by, sop=sop, at=self.office.clock())
        )
        return self._arranged(application, action, by, seen, here)

    # --- within ----------------------------------------------------------------------------------------------------

    def _arranged(
        self, application: Application, action: str, by: Actor, seen: int, act: Callable[[], Application]
    ) -> Application:
        """What comes of it; the same click again changes nothing more."""
        if overtaking(application.events, seen) is None:
            try:
                return act()
            except Conflict:
                application = self.office.records.load(application.ticket)
        happened = overtaking(application.events, seen) or application.events[-1]
        if (happened.action, happened.actor.email) == (action, by.email):
            return application
        raise moved_on(application, self.office.sop_of(application), happened)

    def _said(self, application: Application, action: str, note: str) -> dict[str, Any]:
        form = self.office.words_of(application).decision_form(application.step, action)
        values = form.clean({"action": action, "note": note})
        if findings := [finding for finding in form.check(values, self.office.today()) if not finding.passable]:
            raise Invalid(findings)
        return {"note": values["note"]}

    def _take(
        self,
        application: Application,
        slot: datetime,
        allowed: bool,
        take: Callable[[datetime, str], Application],
    ) -> Application:
        visit = self.office.sop_of(application).step(application.step).visit
        officials = [*self.office.officials(application.service)]
        if visit is None or not allowed or slot not in self.slots(application, officials):
            raise NotAllowed("slot_taken")
        slot = self.office.calendar.local(slot)
        for number in range(self._places(application, visit, slot.date(), officials)):
            seat = f"{self._seat(_seats(application), slot)}/{number}"
            try:
                return self.office.commit(take(slot, seat), claims=[seat], officials=officials)
            except Conflict as conflict:
                if conflict.code != "claim_taken":
                    raise
        raise NotAllowed("slot_taken")

    def _places(self, application: Application, visit: Visit, day: date, officials: Sequence[Official]) -> int:
        """How many may come at one time of a day: as many as there are places, and as those serve who are there.

        Whoever's case it is: the places are the office's, so that every booking is counted against the same ones.
        """
        usual, there = visit.each or visit.capacity, dict[str, int]()
        for official in able(application, officials, self.office.sop_of(application), day):
            own = usual if official.each is None else official.each
            there[official.email.lower()] = max(own, there.get(official.email.lower(), 0))
        return min(visit.capacity, sum(there.values()))

    def _seat(self, seats: str, slot: datetime) -> str:
        return f"{seats}{slot.astimezone(self.office.calendar.zone):%Y-%m-%dT%H:%M}"


def _seats(application: Application) -> str:
    """How the names of all seats of its service begin."""
    return f"visit/{application.service}/"


def _seats_taken(taken: Sequence[str], seat: str) -> int:
    return sum(claim.startswith(f"{seat}/") for claim in taken)
