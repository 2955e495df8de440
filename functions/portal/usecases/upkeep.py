"""What the register needs without anybody asking: cases from before it entered, holders told before the end, and what
is past its years forgotten.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from portal.core.application import Actor, Application
from portal.core.errors import Conflict, NotFound
from portal.core.notices import Notice, notice
from portal.core.officials import on_duty
from portal.core.recap import is_of_a_case
from portal.core.register import Certificate, days_before, handed_over, keeps_register, soon
from portal.core.sop import APPLICANT, Sop
from portal.engines.ports import Fact, Records
from portal.office import Office, sound

NIGHTS: Final = 31
"""In so many looks cases that are not entered are looked for, in the first all ever closed; then none is left."""

OVERLAP: Final = timedelta(days=7)
"""What was closed so long before the look before is looked at once more: another portal may have been slow to write."""


class Upkeep:
    """The daily look at the register: only what ends soon and what is past its years is read, nothing is done twice.

    Args:
        looked: the day on which it was looked at last, where that is known.
    """

    def __init__(self, office: Office, looked: date | None = None) -> None:
        self._office = office
        self._looked = looked

    def look_after_register(self) -> int:
        """Returns how many entries were made or forgotten, and how many emails are owed now."""
        today = self._office.today()
        if self._looked == today:
            return 0
        done = sum(self._look_after(sop, today) for sop in self._office.services)
        self._looked = today
        return done

    def _look_after(self, sop: Sop, today: date) -> int:
        records = self._office.records
        made = self._entered(sop, today)
        gone = list(past(records, sop, today))
        for entry in gone:
            records.forget_certificate(entry.service, entry.id)
        ending = ending_soon(records, sop, today)
        owed = [*self._letters(sop, ending, today), *self._lists(sop, ending, today)]
        records.owe(owed)
        return made + len(gone) + len(owed)

    # --- cases from before the register ------------------------------------------------------------------------------

    def _entered(self, sop: Sop, today: date) -> int:
        """Enter what was handed over before there was a register, in the first nights; returns how many.

        The recap counts them already.
        """
        records, years = self._office.records, sop.data["retention"]["record_years"]
        if records.next_number(sop.service, "register") > NIGHTS:
            return 0
        records.refile_certificates(sop.service)
        made = 0
        for entry in self._handed_over(sop):
            if not _is_past(entry, years, today):
                with suppress(Conflict):  # the other portal of the same moment was faster
                    records.keep_certificates([entry])
                made += 1
        records.keep_reached(f"register/{sop.service}", str(today - OVERLAP))
        return made

    def _handed_over(self, sop: Sop) -> Iterator[Certificate]:
        for fact in self._unlooked_at(sop):
            if is_of_a_case(fact) and fact.get("outcome") == "done":
                # The case itself may be gone, or its edition.
                yield from sound(self._office.each([fact["ticket"]]), self._entry)

    def _unlooked_at(self, sop: Sop) -> list[Fact]:
        """Facts of cases that may not be entered: all of them once, and since then the newest."""
        records = self._office.records
        reached = records.reached(f"register/{sop.service}")
        if not reached:
            known = {entry.id for entry in records.certificates(sop.service)}
            return [fact for fact in records.facts(sop.service) if fact["ticket"] not in known]
        newest = list(records.facts_after(sop.service, reached))
        return [fact for fact in newest if not self._is_known(sop.service, fact["ticket"])]

    def _is_known(self, service: str, id: str) -> bool:
        try:
            self._office.records.certificate(service, id)
        except NotFound:
            return False
        return True

    def _entry(self, application: Application) -> list[Certificate]:
        entry = handed_over(application, self._office.sop_of(application), self._office.calendar)
        return [entry] if entry else []

    # --- before the end --------------------------------------------------------------------------------------------

    def _letters(self, sop: Sop, ending: Sequence[Certificate], today: date) -> Iterator[Notice]:
        """Word to each holder; owed again it stays the same letter."""
        for entry in ending:
            days = entry.letter_due(today, days_before(sop))
            if days is not None and entry.email:
                holder = Actor(APPLICANT, entry.name, email=entry.email)
                occasion = f"{entry.valid_until}-{days}"
                yield self._in_office_hours(
                    notice("expiring", holder, about=entry.about, event=0, at=self._office.clock(), occasion=occasion)
                )

    def _lists(self, sop: Sop, ending: Sequence[Certificate], today: date) -> Iterator[Notice]:
        """Once a month what ends soon, to the keepers of the register and to whoever watches over an office."""
        if not ending:
            return
        keepers = [o for o in on_duty(self._office.officials(sop.service), today) if keeps_register(o, sop)]
        readers = {o.email.lower(): Actor(o.role, o.name, email=o.email.lower()) for o in keepers}
        offices = {entry.office for entry in ending}
        for office, email in contacts(sop).items():
            if office in offices:
                readers.setdefault(email.lower(), Actor("", office, email=email.lower()))
        for reader in readers.values():
            yield self._in_office_hours(
                notice(
                    "expiring_list",
                    reader,
                    about=f"register/{sop.service}",
                    event=0,
                    at=self._office.clock(),
                    occasion=f"{today:%Y-%m}",
                )
            )

    def _in_office_hours(self, owed: Notice) -> Notice:
        """Nobody is written to at one in the morning about what ends in a month."""
        return replace(owed, due_at=self._office.calendar.next_opening(owed.queued_at))


def past(records: Records, sop: Sop, today: date) -> Iterator[Certificate]:
    """Entries of which the register is to know nothing any more."""
    years = sop.data["retention"]["record_years"]
    latest = date(today.year - years, today.month, 28) + timedelta(days=4)  # at least that day; some days more
    for ended_by in ("", "revoke", "replace"):
        for entry in records.certificates_by_end(sop.service, ended_by, until=latest):
            if _is_past(entry, years, today):
                yield entry


def ending_soon(records: Records, sop: Sop, today: date) -> list[Certificate]:
    """Those about to end whose holders have nothing newer, the next to end first."""
    until = today + timedelta(days=soon(sop))
    near = records.certificates_by_end(sop.service, after=today.isoformat(), until=until)
    found = [each for each in near if not each.has_newer(records.certificates_of(sop.service, each.number, each.email))]
    return sorted(found, key=lambda entry: (entry.valid_until or date.max, entry.name))


def contacts(sop: Sop) -> dict[str, str]:
    """Who watches over an office, by its name in the register: an address, where it is known."""
    listed: dict[str, Any] = sop.data["reminders"].get("contacts", {})
    return dict(listed)


def _is_past(entry: Certificate, years: int, today: date) -> bool:
    forgotten = entry.forgotten_on(years)
    return forgotten is not None and forgotten <= today
