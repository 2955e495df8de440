"""Appointments to an office: what may be said of one, and what becomes of it. Decides; keeps nothing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from portal.core import identity
from portal.core.errors import NotAllowed, PortalError
from portal.core.officials import Official

FOREVER: Final = date.max

A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Amendment:
    """One appointment as it is to be.

    Attributes:
        what: ``appoint``, ``correct``, ``readdress``, ``end``, ``cancel``, ``absent``, ``present`` or ``capacity``.
        before: as it is kept; None for a new one.
        day: from which day on it matters who serves.
        back: the day on which that is over by itself; None if it is for good.
    """

    what: str
    before: Official | None
    after: Official
    day: date
    back: date | None = None

    @property
    def changes_nothing(self) -> bool:
        return self.before == self.after

    @property
    def removes(self) -> bool:
        """Does it take somebody away from cases that somebody has to have?"""
        return self.what in ("end", "cancel", "absent")


def faults(official: Official, appointed: Iterable[Official], today: date) -> Iterator[PortalError]:
    """Why somebody cannot be appointed so; nothing if all is well."""
    if not official.name.strip():
        yield NotAllowed("appointment_nameless")
    if official.number and identity.nip(official.number) is None:
        yield NotAllowed("appointment_number", value=official.number)
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", official.email):
        yield NotAllowed("appointment_email", value=official.email)
    if official.capacity and not official.decree.strip():
        yield NotAllowed("appointment_decree", capacity=official.capacity)
    if official.capacity == "Plh." and official.until is None:
        yield NotAllowed("appointment_endless")
    if official.until and official.until < max(official.since or date.min, today):
        yield NotAllowed("appointment_past", last=official.until)
    yield from _overlapping(official, appointed)


def appointment(official: Official, appointed: Iterable[Official], today: date) -> Amendment:
    """Of somebody new, or of one of the same first day, which it corrects."""
    tidy = replace(official, name=official.name.strip(), number=identity.digits(official.number))
    before = next((o for o in appointed if o.post == tidy.post and o.since == tidy.since), None)
    if before:
        tidy = replace(tidy, away=tidy.away or before.away, each=before.each if tidy.each is None else tidy.each)
    kept = replace(tidy, deeds=before.deeds) if before else tidy
    back = kept.until + A_DAY if kept.until else None
    return Amendment("correct" if before else "appoint", before, kept, max(kept.since or today, today), back)


def correction(official: Official, name: str, number: str, today: date) -> Amendment:
    """Of how somebody is written.

    Raises:
        NotAllowed: as ``faults`` says of a name and a number.
    """
    after = replace(official, name=name.strip(), number=identity.digits(number))
    for fault in faults(after, (), min(today, after.until or today)):
        if fault.code in ("appointment_nameless", "appointment_number"):
            raise fault
    return Amendment("correct", official, after, today)


def readdressing(email: str, new: str, appointed: Sequence[Official], today: date) -> list[Amendment]:
    """Of all that somebody is appointed to from today on, at the address that is his: each goes on there as it was.

    Whoever stands in for him does so for the new address. Nothing where it is the same, however it is written.

    Raises:
        NotAllowed: no address (``appointment_email``), or another's in the same office (``appointment_overlaps``);
            fact ``field``: ``email``.
    """
    new, former = new.strip(), email.lower()
    if new.lower() == former:
        return []
    going = [each for each in appointed if each.email.lower() == former and (each.until or FOREVER) >= today]
    going = [each for each in going if not each.is_cancelled]
    others, made = [each for each in appointed if each not in going], list[Amendment]()
    for each in going:
        first = max(each.since or today, today)
        fresh = replace(each, email=new, since=first, formerly=(*each.formerly, former))
        for fault in faults(fresh, others, today):
            if fault.code in ("appointment_email", "appointment_overlaps"):
                raise NotAllowed(fault.code, **{**fault.facts, "field": "email"})
        made += [Amendment("readdress", None, fresh, first)]
        made += [Amendment("readdress", each, replace(each, until=first - A_DAY), first)]
    deputies = [each for each in others if each.replaces.lower() == former and (each.until or FOREVER) >= today]
    return [*made, *(Amendment("correct", each, replace(each, replaces=new), today) for each in deputies)]


def capacity(official: Official, each: int | None, today: date) -> Amendment:
    """How many visitors somebody receives at one time; None: as the SOP says. Visits that are agreed stay."""
    return Amendment("capacity", official, replace(official, each=each), today)


def ending(official: Official, last: date, appointed: Iterable[Official], today: date) -> Amendment:
    """With that day, yesterday at the earliest: who had the office before has had it.

    Raises:
        NotAllowed: it is earlier, or more than a day before the appointment begins (``appointment_past``); somebody
            else has the office then (``appointment_overlaps``).
    """
    if last < max(today, official.since or today) - A_DAY:
        raise NotAllowed("appointment_past", last=last)
    after = replace(official, until=last)
    for fault in _overlapping(after, (other for other in appointed if other != official)):
        raise fault
    return Amendment("end", official, after, max(last + A_DAY, today))


def cancelling(official: Official, today: date) -> Amendment:
    """Of one that has not begun. Raises NotAllowed: it has, and is ended rather (``appointment_begun``)."""
    if official.since is None or official.since <= today:
        raise NotAllowed("appointment_begun")
    if official.is_cancelled:
        return Amendment("cancel", official, official, official.since)
    return Amendment("cancel", official, replace(official, until=official.since - A_DAY), official.since)


def absence(official: Official, first: date, last: date, today: date) -> Amendment:
    """Raises NotAllowed: it is over, or ends before it begins (``appointment_past``)."""
    if last < max(first, today):
        raise NotAllowed("appointment_past", last=last)
    known = (first, last) in official.away
    after = official if known else replace(official, away=(*official.away, (first, last)))
    return Amendment("absent", official, after, max(first, today), last + A_DAY)


def presence(official: Official, first: date, today: date) -> Amendment:
    """An absence that began, or was to begin, on that day is over: from now on, or as if it had never been noted."""
    kept = [(begun, last) for begun, last in official.away if begun != first or last < today]
    if first < today:
        kept += [(begun, today - A_DAY) for begun, last in official.away if begun == first and last >= today]
    return Amendment("present", official, replace(official, away=tuple(kept)), max(first, today))


def amended(appointed: Sequence[Official], amendments: Sequence[Amendment]) -> list[Official]:
    """Everybody, as it will be."""
    new = [amendment.after for amendment in amendments if amendment.before is None]
    instead = {(a.before.post, a.before.since): a.after for a in amendments if a.before}
    return [*(instead.get((each.post, each.since), each) for each in appointed), *new]


def _overlapping(official: Official, appointed: Iterable[Official]) -> Iterator[PortalError]:
    for other in appointed:
        if _overlaps(official, other):
            since, until = other.since or "…", other.until or "…"
            yield NotAllowed("appointment_overlaps", name=other.name, since=since, until=until)


def _overlaps(official: Official, other: Official) -> bool:
    """Would two appointments hold at once that cannot? The same person's, or two who act for the same."""
    if (other.service, other.role) != (official.service, official.role) or other.is_cancelled:
        return False
    same = other.post == official.post
    if same and other.since == official.since:
        return False  # a correction
    both_act = bool(official.capacity and other.capacity) and official.replaces.lower() == other.replaces.lower()
    return (same or both_act) and not (_is_before(other, official) or _is_before(official, other))


def _is_before(one: Official, other: Official) -> bool:
    """Is it over when the other one begins?"""
    return (one.until or FOREVER) < (other.since or date.min)
