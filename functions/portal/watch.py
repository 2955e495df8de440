"""Which open cases need somebody's attention: late by the SOP, waiting too long, or with nobody to act on them.

Looks and counts; owes no email and changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.core.application import Application
from portal.core.notices import Official, eligible
from portal.core.progress import Waiting, standard
from portal.office import Office


@dataclass(frozen=True)
class Watch:
    """The open cases of one office, as they stand now."""

    office: Office

    def policy(self, service: str) -> Mapping[str, int]:
        """When officials and their office are told (``[reminders]`` of the SOP file)."""
        policy: Mapping[str, int] = self.office.services[service].data["reminders"]
        return policy

    def is_late(self, application: Application) -> bool:
        """Has it waited past the day of the first reminder?"""
        return self.has_waited(application, self.policy(application.service)["after_working_days"])

    def overdue(self) -> list[Application]:
        """What has waited so long that the office itself is told, longest waiting first."""
        found = [application for application in self.with_officials() if self._is_overdue(application)]
        return sorted(found, key=lambda application: application.events[-1].at)

    def with_officials(self, officials: Sequence[Official] | None = None) -> Iterator[Application]:
        """Every open case that some official has to act on, also in a role that only earlier editions knew."""
        appointed = self.office.records.officials() if officials is None else officials
        for sop in self.office.services:
            keys = [role.key for role in (*sop.roles, *sop.either)]
            for role in dict.fromkeys([*keys, *(o.role for o in appointed if o.service == sop.service)]):
                yield from self.office.records.waiting_on(sop.service, role)

    def has_waited(self, application: Application, working_days: int) -> bool:
        """Has the office had it for so long? From the time of a visit on, nobody else has what was agreed for it."""
        since = application.events[-1].at if application.state.clock_runs else application.slot
        day = since and self.office.calendar.local(since).date()
        return day is not None and self.office.calendar.add_working_days(day, working_days) <= self.office.today()

    def is_unattended(self, application: Application, officials: Sequence[Official] | None = None) -> bool:
        """Can nobody act on it: nobody is appointed today, or only the applicant himself?

        Args:
            officials: everybody ever appointed, where that has been read already.
        """
        appointed = self.office.records.officials() if officials is None else officials
        able = eligible(application, appointed, self.office.sop_of(application), self.office.today())
        return next(able, None) is None

    def nobody(self) -> int:
        """How many cases nobody can act on."""
        officials = self.office.records.officials()
        return sum(self.is_unattended(application, officials) for application in self.with_officials(officials))

    def attention(self) -> list[Waiting]:
        """Past the SOP's minutes, waiting past the day of the reminder, or unattended; longest waiting first."""
        found = (self.told(application) for application in self.with_officials() if self._needs(application))
        return sorted(found, key=lambda waiting: waiting.since)

    def told(self, application: Application) -> Waiting:
        sop, slot, now = self.office.sop_of(application), application.slot, self.office.clock()
        step = sop.step(application.step)
        since = slot if slot and slot <= now else application.events[-1].at
        return Waiting(
            ticket=application.ticket,
            product=self.office.services[application.service].data["product"],
            step=step.name,
            office=sop.role(step.role).label,
            since=since,
            minutes=self.office.calendar.minutes_between(since, now),
            unattended=self.is_unattended(application),
        )

    def _is_overdue(self, application: Application) -> bool:
        return self.has_waited(application, self.policy(application.service)["escalate_after_working_days"])

    def _needs(self, application: Application) -> bool:
        sop, now = self.office.sop_of(application), self.office.clock()
        found = standard(application, sop, self.office.calendar, now)
        late = found is not None and found["late"]
        return late or self.is_late(application) or self.is_unattended(application)
