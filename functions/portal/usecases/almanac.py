"""What the portal will do by itself in the days ahead, told before it does it; looks, and changes nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from portal.core.application import Application
from portal.core.draft import Draft
from portal.core.erasing import years_after
from portal.core.foreseen import Foreseen, Kind, eve, of_case, opening
from portal.core.notices import about_draft
from portal.core.officials import Official
from portal.core.patience import DRAFT, Wait, patience
from portal.core.register import days_before
from portal.core.sop import Sop
from portal.core.standing import Standing
from portal.office import Office, sound
from portal.usecases.outbox import Outbox
from portal.usecases.watch import Look, Watch

DAYS: Final = 14
"""So far it looks ahead."""

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Almanac:
    office: Office
    watch: Watch
    outbox: Outbox

    def ahead(self, look: Look[Standing] | None = None, days: int = DAYS) -> list[Foreseen]:
        """All of it, the next first.

        Args:
            look: at all open cases, where that has been had already.
        """
        look, now = look or self.watch.glance(), self.office.clock()
        until = now + days * DAY
        found = [*look.each(self._of_case), *self._visits(look), *self._of_the_list(look), *self._mail(now)]
        found += [*self._appointments(days), *self._drafts(now, until), *self._forgotten(days), *self._endings(days)]
        return sorted((each for each in found if each.at <= until), key=lambda each: (each.at, each.kind, each.ticket))

    # --- open cases --------------------------------------------------------------------------------------------------

    def _of_case(self, case: Standing, how: Wait) -> Iterator[Foreseen]:
        yield from of_case(case, how, self.office.sop_of(case), self.office.calendar, self.office.clock())

    def _visits(self, look: Look[Standing]) -> Iterator[Foreseen]:
        """Reminders of visits; only cases with one are read."""
        now = self.office.clock()
        booked = self.office.each(case.ticket for case, _ in look.waits if case.slot and case.slot > now)
        yield from sound(booked, self._visit)

    def _visit(self, case: Application) -> Iterator[Foreseen]:
        at = eve(case, self.watch.policy(case.service)["visit_days_before"], self.office.calendar)
        if at and at > self.office.clock():
            yield Foreseen(at, Kind.VISIT_REMINDED, case.ticket, (case.applicant(self.office.sop_of(case)).name,))

    def _of_the_list(self, look: Look[Standing]) -> Iterator[Foreseen]:
        """The clerk's list goes to the office at its next opening, if somebody is on it by then."""
        now, calendar = self.office.clock(), self.office.calendar
        today = calendar.local(now).date()
        early = calendar.is_working_day(today) and opening(today, calendar) > now
        at = opening(today if early else calendar.add_working_days(today, 1), calendar)
        stuck = [how for _, how in look.waits if how.reason or (how.listed and how.listed <= at)]
        if number := len(stuck) + len(look.unread):
            yield Foreseen(at, Kind.TOLD, whom=(self.office.services.office["email"],), number=number)

    def _mail(self, now: datetime) -> Iterator[Foreseen]:
        """Emails that wait for a round; not those that wait for another try, of which the red list tells."""
        if (rounds := self.outbox.rounds()) is None:
            return
        unsent = (n for n in self.office.records.unsent() if n.due_at > now and not n.problem and not n.hopeless)
        put_off = [n for n in unsent if rounds.collects(n)]
        for (at, name), number in Counter((n.due_at, n.name) for n in put_off).items():
            yield Foreseen(at, Kind.MAIL, whom=(name,), number=number)

    # --- people ------------------------------------------------------------------------------------------------------

    def _appointments(self, days: int) -> Iterator[Foreseen]:
        today = self.office.today()
        ahead = range(1, days + 1)
        for official in self.office.records.officials():
            if official.is_cancelled or official.service not in self.office.services:
                continue
            for day, kind in self._days_of(official):
                if (day - today).days in ahead or (day == today and kind is Kind.ENDS):
                    yield self._on(day, kind, official.name)

    @staticmethod
    def _days_of(official: Official) -> Iterator[tuple[date, Kind]]:
        if official.since:
            yield official.since, Kind.BEGINS
        if official.until:
            yield official.until, Kind.ENDS
        yield from ((first, Kind.AWAY) for first, _ in official.away)

    # --- what is forgotten -------------------------------------------------------------------------------------------

    def _drafts(self, now: datetime, until: datetime) -> Iterator[Foreseen]:
        """How many people are reminded of a draft on a day, and how many drafts go; never whose."""
        counts = Counter[tuple[date, Kind]]()
        for draft in self.office.records.drafts_before(now + DAY):
            if draft.service in self.office.services and not (draft.ticket or draft.mends or draft.is_batch):
                counts.update((self._day(at), kind) for at, kind in self._of_draft(draft) if now < at <= until)
        yield from (self._on(day, kind, number=number) for (day, kind), number in counts.items())

    def _of_draft(self, draft: Draft) -> Iterator[tuple[datetime, Kind]]:
        sop = self.office.services[draft.service]
        if about_draft("draft_waiting", draft, sop, draft.created_at):
            yield from ((draft.expires_at(days), Kind.DRAFTS_ASKED) for days in patience(sop, DRAFT).remind)
        yield draft.expires_at(sop.data["draft_days"]), Kind.DRAFTS_GONE

    def _forgotten(self, days: int) -> Iterator[Foreseen]:
        """Files and records of closed cases, told from the list of all cases."""
        counts, today = Counter[tuple[date, Kind]](), self.office.today()
        for sop in self.office.services:
            kept, last = timedelta(days=sop.data["retention"]["documents_days"]), today + days * DAY
            over = list[tuple[str, date]]()
            for line in self.office.records.lines(sop.service):
                closed = self._day(line.since)
                if not line.state.is_closed:
                    continue
                if today < closed + kept <= last:
                    counts[closed + kept, Kind.FILES_GONE] += 1
                if years_after(closed, sop) <= last and (line.name or line.number or line.office):
                    over.append((line.ticket, years_after(closed, sop)))
            counts.update((day, Kind.RECORDS_GONE) for day in self._held(over, sop) if today < day <= last)
        yield from (self._on(day, kind, number=number) for (day, kind), number in counts.items())

    def _held(self, over: Sequence[tuple[str, date]], sop: Sop) -> Iterator[date]:
        """When each goes: what was issued by it holds it as long as the register knows of it."""
        years = sop.data["retention"]["record_years"]
        ends = {e.id: e.forgotten_on(years) for e in self.office.records.certificates(sop.service)} if over else {}
        for ticket, day in over:
            yield max(day, ends.get(ticket, day) or date.max)

    def _endings(self, days: int) -> Iterator[Foreseen]:
        """To how many holders a letter before the end goes on a day."""
        counts, today = Counter[date](), self.office.today()
        for sop in self.office.services:
            told = days_before(sop)
            last = today + timedelta(days=max(told, default=0) + days)
            near = self.office.records.certificates_by_end(sop.service, after=today.isoformat(), until=last)
            for entry in near if told else ():
                if entry.valid_until and entry.email:
                    letters = (entry.valid_until - timedelta(days=before) for before in told)
                    counts.update(day for day in letters if today < day <= today + days * DAY)
        yield from (self._on(day, Kind.EXPIRING, number=number) for day, number in counts.items())

    # --- within ------------------------------------------------------------------------------------------------------

    def _day(self, at: datetime) -> date:
        return self.office.calendar.local(at).date()

    def _on(self, day: date, kind: Kind, *whom: str, number: int = 1) -> Foreseen:
        at = datetime.combine(day, time.min, self.office.calendar.zone)
        return Foreseen(at, kind, whom=whom, number=number, is_of_a_day=True)
