"""What the register needs without anybody asking: cases from before it entered, holders told before the end, and what
is past its years forgotten.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any, Final

from portal.core.application import Actor
from portal.core.errors import Conflict, NotFound
from portal.core.notices import Notice, notice
from portal.core.recap import is_of_a_case
from portal.core.register import Certificate, days_before, handed_over, keeps_register, soon
from portal.core.sop import APPLICANT, Sop
from portal.office import Office

NIGHTS: Final = 31
"""In so many looks all cases ever closed are gone through for those that are not entered; then none is left."""


class Upkeep:
    """The daily look at the register: all of it is read once a day, and nothing of it is done twice.

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
        records, years = self._office.records, sop.data["retention"]["record_years"]
        entries = list(records.certificates(sop.service))
        made = [entry for entry in self._unentered(sop, entries) if not _is_past(entry, years, today)]
        for entry in made:
            with suppress(Conflict):  # the other portal of the same moment was faster
                records.keep_certificates([entry])
        gone = [entry for entry in entries if _is_past(entry, years, today)]
        for entry in gone:
            records.forget_certificate(entry.service, entry.id)
        kept = [entry for entry in (*entries, *made) if entry not in gone]
        owed = [*self._letters(sop, kept, today), *self._lists(sop, kept, today)]
        records.owe(owed)
        return len(made) + len(gone) + len(owed)

    # --- cases from before the register ------------------------------------------------------------------------------

    def _unentered(self, sop: Sop, entries: Sequence[Certificate]) -> Iterator[Certificate]:
        """The entries of what was handed over before there was a register; the recap counts them already."""
        records, known = self._office.records, {entry.id for entry in entries}
        if records.next_number(sop.service, "register") > NIGHTS:
            return
        for fact in list(records.facts(sop.service)):
            if is_of_a_case(fact) and fact.get("outcome") == "done" and fact["ticket"] not in known:
                with suppress(NotFound):  # the case itself is gone
                    application = records.load(fact["ticket"])
                    entry = handed_over(application, self._office.sop_of(application), self._office.calendar)
                    if entry:
                        yield entry

    # --- before the end --------------------------------------------------------------------------------------------

    def _letters(self, sop: Sop, entries: Sequence[Certificate], today: date) -> Iterator[Notice]:
        """Word to each holder whose end is near and who has nothing newer; owed again it stays the same letter."""
        for entry in entries:
            days = entry.letter_due(today, days_before(sop))
            if days is not None and entry.email and not entry.has_newer(entries):
                holder = Actor(APPLICANT, entry.name, email=entry.email)
                occasion = f"{entry.valid_until}-{days}"
                yield self._in_office_hours(
                    notice("expiring", holder, about=entry.about, event=0, at=self._office.clock(), occasion=occasion)
                )

    def _lists(self, sop: Sop, entries: Sequence[Certificate], today: date) -> Iterator[Notice]:
        """Once a month what ends soon, to the keepers of the register and to whoever watches over an office."""
        ending = ending_soon(entries, sop, today)
        if not ending:
            return
        keepers = [o for o in self._office.officials() if keeps_register(o, sop) and o.serves(today)]
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


def ending_soon(entries: Sequence[Certificate], sop: Sop, today: date) -> list[Certificate]:
    """Those about to end whose holders have nothing newer, the next to end first."""
    latest = soon(sop)
    near = [entry for entry in entries if entry.standing(today).is_running and entry.valid_until]
    found = [entry for entry in near if _left(entry, today) <= latest and not entry.has_newer(entries)]
    return sorted(found, key=lambda entry: (_left(entry, today), entry.name))


def contacts(sop: Sop) -> dict[str, str]:
    """Who watches over an office, by its name in the register: an address, where it is known."""
    listed: dict[str, Any] = sop.data["reminders"].get("contacts", {})
    return dict(listed)


def _left(entry: Certificate, today: date) -> int:
    return ((entry.valid_until or date.max) - today).days


def _is_past(entry: Certificate, years: int, today: date) -> bool:
    forgotten = entry.forgotten_on(years)
    return forgotten is not None and forgotten <= today
