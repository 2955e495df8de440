"""Which open cases need somebody's attention: late by the SOP, waiting too long, or with nobody to act on them.

Looks and counts; owes no email and changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.application import Application
from portal.core.notices import Official, eligible
from portal.core.progress import standard
from portal.service import Portal


@dataclass(frozen=True)
class Waiting:
    """A case in a list for the clerk.

    Attributes:
        step, office: name of the step, and title of the role that has to act.
        since: when that turn began, or the visit that was agreed for it.
        minutes: working minutes since then.
        unattended: nobody appointed today can act on it.
    """

    ticket: str
    step: str
    office: str
    since: datetime
    minutes: int
    unattended: bool


@dataclass(frozen=True)
class Watch:
    """The open cases of one portal, as they stand now."""

    portal: Portal

    def with_officials(self, officials: Sequence[Official] | None = None) -> Iterator[Application]:
        """Every open case that some official has to act on, also in a role that only earlier editions knew."""
        appointed = self.portal.records.officials() if officials is None else officials
        roles = [role.key for role in self.portal.sop.roles] + [official.role for official in appointed]
        for role in dict.fromkeys(roles):
            yield from self.portal.records.waiting_on(role)

    def has_waited(self, application: Application, working_days: int) -> bool:
        """Has the office had it for so long? From the time of a visit on, nobody else has what was agreed for it."""
        since = application.events[-1].at if application.state.clock_runs else application.slot
        day = since and self.portal.calendar.local(since).date()
        return day is not None and self.portal.calendar.add_working_days(day, working_days) <= self.portal.today()

    def is_unattended(self, application: Application, officials: Sequence[Official] | None = None) -> bool:
        """Can nobody act on it: nobody is appointed today, or only the applicant himself?

        Args:
            officials: everybody ever appointed, where that has been read already.
        """
        appointed = self.portal.records.officials() if officials is None else officials
        able = eligible(application, appointed, self.portal.sop_of(application), self.portal.today())
        return next(able, None) is None

    def nobody(self) -> int:
        """How many cases nobody can act on."""
        officials = self.portal.records.officials()
        return sum(self.is_unattended(application, officials) for application in self.with_officials(officials))

    def attention(self) -> list[Waiting]:
        """Past the SOP's minutes, waiting past the day of the reminder, or unattended; longest waiting first."""
        patience = self.portal.sop.data["reminders"]["after_working_days"]
        found = (self.told(application) for application in self.with_officials() if self._needs(application, patience))
        return sorted(found, key=lambda waiting: waiting.since)

    def told(self, application: Application) -> Waiting:
        sop, slot, now = self.portal.sop_of(application), application.slot, self.portal.clock()
        step = sop.step(application.step)
        since = slot if slot and slot <= now else application.events[-1].at
        return Waiting(
            ticket=application.ticket,
            step=step.name,
            office=sop.role(step.role).label,
            since=since,
            minutes=self.portal.calendar.minutes_between(since, now),
            unattended=self.is_unattended(application),
        )

    def _needs(self, application: Application, patience: int) -> bool:
        sop, now = self.portal.sop_of(application), self.portal.clock()
        found = standard(application, sop, self.portal.calendar, now)
        late = found is not None and found["late"]
        return late or self.has_waited(application, patience) or self.is_unattended(application)
