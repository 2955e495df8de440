"""Visits: which times are free, and taking one of them.

A seat is a claim that only one application can hold, so that two people never get the same place at one time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.application import Application
from portal.core.errors import Conflict, NotAllowed
from portal.office import Office


@dataclass(frozen=True)
class Visits:
    office: Office

    def slots(self, application: Application) -> list[datetime]:
        """Free times to come, soonest first; from the next working day on."""
        visit = self.office.sop_of(application).step(application.step).visit
        if visit is None:
            return []
        seats = _seats(application)
        taken = self.office.records.taken(seats)
        calendar, day, free = self.office.calendar, self.office.today(), []
        for _ in range(visit.days_ahead):
            day = calendar.add_working_days(day, 1)
            starts = calendar.slots(day, visit.windows_on(day), visit.length_minutes)
            free += [start for start in starts if _seats_taken(taken, self._seat(seats, start)) < visit.capacity]
        return free

    def book(self, application: Application, slot: datetime) -> Application:
        """Take a time to come (or another one); taking the same one twice is taking it once.

        Raises:
            NotAllowed: not one of the free times (``slot_taken``): somebody may have been faster.
        """
        try:
            return self._book(application, slot)
        except (Conflict, NotAllowed):
            kept = self.office.records.load(application.ticket)
            if kept.slot != slot:
                raise
            return kept

    def _book(self, application: Application, slot: datetime) -> Application:
        sop = self.office.sop_of(application)
        visit = sop.step(application.step).visit
        if visit is None or not application.may("book", sop) or slot not in self.slots(application):
            raise NotAllowed("slot_taken")
        slot = self.office.calendar.local(slot)
        for number in range(visit.capacity):
            seat = f"{self._seat(_seats(application), slot)}/{number}"
            try:
                return self.office.commit(application.book(slot, seat, sop=sop, at=self.office.clock()), claims=[seat])
            except Conflict as conflict:
                if conflict.code != "claim_taken":
                    raise
        raise NotAllowed("slot_taken")

    def _seat(self, seats: str, slot: datetime) -> str:
        return f"{seats}{slot.astimezone(self.office.calendar.zone):%Y-%m-%dT%H:%M}"


def _seats(application: Application) -> str:
    """How the names of all seats of its service begin."""
    return f"visit/{application.service}/"


def _seats_taken(taken: Sequence[str], seat: str) -> int:
    return sum(claim.startswith(f"{seat}/") for claim in taken)
