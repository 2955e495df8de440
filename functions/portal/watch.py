"""Which open cases need somebody's attention, and whose: asked of the rule (``core.patience``) for all of them.

Looks and counts; owes no email and changes nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from portal.core.application import Application
from portal.core.notices import Official
from portal.core.outage import outage
from portal.core.patience import Reason, Stuck, Wait, superior, wait
from portal.core.progress import Waiting, standard
from portal.core.sop import APPLICANT
from portal.office import Office

Waits = Sequence[tuple[Application, Wait]]
"""Open cases, each with how it stands."""


@dataclass(frozen=True)
class Watch:
    """The open cases of one office, as they stand now."""

    office: Office

    def policy(self, service: str) -> Mapping[str, int]:
        """When officials and their office are told (``[reminders]`` of the SOP file)."""
        policy: Mapping[str, int] = self.office.services[service].data["reminders"]
        return policy

    # --- how cases stand -----------------------------------------------------------------------------------------

    def waits(self) -> list[tuple[Application, Wait]]:
        """Every open case and how it stands, longest waiting first."""
        officials = self.office.records.officials()
        return sorted(self.stand(self.open(officials), officials), key=lambda pair: pair[1].since)

    def stand(
        self,
        cases: Iterable[Application],
        officials: Sequence[Official] | None = None,
        failing: Collection[str] | None = None,
    ) -> Iterator[tuple[Application, Wait]]:
        """Open cases, each with how it stands.

        Args:
            officials: everybody ever appointed, and ``failing`` as below, where they have been read already.
        """
        appointed = self.office.records.officials() if officials is None else officials
        dead = self.failing() if failing is None else failing
        for case in cases:
            sop = self.office.sop_of(case)
            yield case, wait(case, sop, appointed, dead, self.office.calendar, self.office.clock())

    def failing(self) -> set[str]:
        """Addresses, in lower case, at which emails do not arrive: tried, and on the red list."""
        now = self.office.clock()
        red = (owed for owed in self.office.records.unsent() if owed.problem and owed.is_red(now))
        return {owed.recipient.lower() for owed in red}

    def open(self, officials: Sequence[Official] | None = None) -> Iterator[Application]:
        """Every open case."""
        yield from self.with_officials(officials)
        for sop in self.office.services:
            yield from self.office.records.waiting_on(sop.service, APPLICANT)

    def with_officials(self, officials: Sequence[Official] | None = None) -> Iterator[Application]:
        """Every open case that some official has to act on, also in a role that only earlier editions knew."""
        appointed = self.office.records.officials() if officials is None else officials
        for sop in self.office.services:
            keys = [role.key for role in (*sop.roles, *sop.either)]
            for role in dict.fromkeys([*keys, *(o.role for o in appointed if o.service == sop.service)]):
                yield from self.office.records.waiting_on(sop.service, role)

    # --- lists ---------------------------------------------------------------------------------------------------

    def stuck(self) -> list[Stuck]:
        """The clerk's list: a relay that is out, and what nobody would see to otherwise, each with its reason."""
        out = outage(self.office.records.unsent())
        relay = [Stuck("", "", "", "", "", "", out.since, Reason.RELAY)] if out else []
        return [*relay, *self.cases_stuck()]

    def cases_stuck(self, waits: Waits | None = None) -> list[Stuck]:
        """The cases on the clerk's list, longest waiting first.

        Args:
            waits: all open cases, where they have been looked at already.
        """
        return [self.listed(case, how) for case, how in (self.waits() if waits is None else waits) if how.reason]

    def listed(self, application: Application, how: Wait) -> Stuck:
        """A case as the clerk's list shows it."""
        sop = self.office.sop_of(application)
        role = application.waits_on(sop)
        return Stuck(
            ticket=application.ticket,
            service=application.service,
            product=self.office.services[application.service].data["product"],
            step=sop.step(application.step).name,
            office=(sop.applying if role == APPLICANT else sop.role(role)).label,
            role=role,
            since=how.since,
            reason=how.reason or "",
            whom=how.whom,
        )

    def is_due(self, how: Wait) -> bool:
        """Are the officials who have it to be reminded of it?"""
        return how.is_with_officials and how.reminded(self.office.clock()) is not None

    def counts(self) -> tuple[int, int]:
        """How many cases nobody can act on, and how many are on the clerk's list, those included."""
        reasons = [how.reason for _, how in self.waits() if how.reason]
        return sum(reason.is_vacancy for reason in reasons), len(reasons)

    def attention(self) -> list[Waiting]:
        """Past the SOP's minutes, with officials who are being reminded, or on the clerk's list; longest first."""
        return [self.told(case, how) for case, how in self.waits() if self._needs(case, how)]

    def told(self, application: Application, how: Wait) -> Waiting:
        sop, now = self.office.sop_of(application), self.office.clock()
        step, role = sop.step(application.step), application.waits_on(sop)
        since = how.since if how.since <= now else application.since
        return Waiting(
            ticket=application.ticket,
            product=self.office.services[application.service].data["product"],
            step=step.name,
            office=(sop.applying if role == APPLICANT else sop.role(role)).label,
            since=since,
            minutes=self.office.calendar.minutes_between(since, now),
            unattended=how.reason is not None and how.reason.is_vacancy,
            reason=how.reason or "",
        )

    def vacancies(self, waits: Waits | None = None) -> Iterator[tuple[Application, Wait, frozenset[tuple[str, str]]]]:
        """Cases that nobody can act on since yesterday or longer, and the posts (service and role) right above."""
        morning = datetime.combine(self.office.today(), time.min, self.office.calendar.zone)
        for case, how in self.waits() if waits is None else waits:
            if how.reason and how.reason.is_vacancy and how.since < morning:
                sop = self.office.sop_of(case)
                above = superior(sop, case.step)
                yield case, how, frozenset((case.service, role) for role in (sop.acting(above.role) if above else ()))

    def _needs(self, application: Application, how: Wait) -> bool:
        sop, now = self.office.sop_of(application), self.office.clock()
        found = standard(application, sop, self.office.calendar, now)
        late = found is not None and found["late"]
        return late or how.reason is not None or self.is_due(how)
