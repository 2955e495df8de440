"""Who serves in which office, on which days, and whose turn a case is there. Decides; keeps nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from portal.core.application import Actor
from portal.core.sop import Sop
from portal.core.standing import Case


@dataclass(frozen=True)
class Deed:
    """Something that was done about an appointment, as ``appointments.Amendment.what`` says; when, and which clerk did.

    No name: whoever keeps the machine, on its command line.
    """

    what: str
    at: datetime
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Official:
    """Somebody appointed to a role of a service.

    Attributes:
        capacity: empty for the holder of the office, else "Plt." or "Plh.".
        decree: number of the surat perintah, for acting officials.
        since, until: first and last day of the appointment; open-ended if None. One that was cancelled before it began
            ends before it begins.
        replaces: address of whom an acting official stands in for, where several hold the office.
        away: first and last day of each absence.
        each: how many visitors at one time; as the SOP says if None.
        formerly: addresses, in lower case, that were this person's until they were set right.
        deeds: what was done about it, oldest first; no part of what it says.
    """

    service: str
    role: str
    name: str
    email: str
    number: str = ""
    capacity: str = ""
    decree: str = ""
    since: date | None = None
    until: date | None = None
    replaces: str = ""
    away: tuple[tuple[date, date], ...] = ()
    each: int | None = None
    formerly: tuple[str, ...] = ()
    deeds: tuple[Deed, ...] = field(default=(), compare=False, repr=False)

    def serves(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def is_present(self, day: date) -> bool:
        """Does he serve, and is he there?"""
        return self.serves(day) and not any(first <= day <= last for first, last in self.away)

    @property
    def is_cancelled(self) -> bool:
        return self.since is not None and self.until is not None and self.until < self.since

    @property
    def post(self) -> tuple[str, str, str]:
        """Service, role and whose: what an appointment is of."""
        return self.service, self.role, self.email.lower()

    def as_actor(self, sop: Sop) -> Actor:
        office = f"{self.capacity} {sop.role(self.role).label}".strip()
        return Actor(role=self.role, name=self.name, office=office, email=self.email.lower(), number=self.number)


def stand_in(official: Official, officials: Iterable[Official], day: date) -> Official | None:
    """The Plh. who has the cases of a definitive official that day: of the one he was named for, or of the only one."""
    if official.capacity:
        return None
    same = [o for o in officials if (o.service, o.role) == (official.service, official.role) and o.is_present(day)]
    holders = {o.email.lower() for o in same if not o.capacity}
    for other in same:
        replaced = other.replaces.lower() or (min(holders) if len(holders) == 1 else "")
        if other.capacity == "Plh." and official.email.lower() == replaced and other.post != official.post:
            return other
    return None


def on_duty(officials: Iterable[Official], day: date) -> list[Official]:
    """To whom cases go that day: whoever is present, and nobody stands in for."""
    present = [official for official in officials if official.is_present(day)]
    return [official for official in present if stand_in(official, present, day) is None]


def able(application: Case, officials: Iterable[Official], sop: Sop, day: date) -> list[Official]:
    """Who could act at the present step on this day; never the person whose application it is."""
    roles = sop.acting(sop.step(application.step).role)
    posts = [each for each in officials if each.service == application.service and each.role in roles]
    return [each for each in on_duty(posts, day) if not application.concerns(each.email, each.number, sop)]


def given(application: Case, officials: Sequence[Official], sop: Sop, day: date) -> list[Official]:
    """Those of them who alone have it, as it is in one person's hands: he, or on that day his Plh.

    Nobody, where it is in nobody's, or where he is away, serves no more, or cannot act on it.

    Args:
        officials: everybody ever appointed to its service. Of fewer it cannot be told whether he is there.
    """
    if not (address := application.held_by):
        return []
    named = [each for each in officials if address in (each.email.lower(), *each.formerly)]
    instead = [deputy.post for each in named if (deputy := stand_in(each, officials, day))]
    return [each for each in able(application, officials, sop, day) if each in named or each.post in instead]


def gone_since(address: str, officials: Iterable[Official], day: date) -> date | None:
    """The first day of the absence that somebody with this address is on; None if he is on none."""
    spans = (span for each in officials if address in (each.email.lower(), *each.formerly) for span in each.away)
    return max((first for first, last in spans if first <= day <= last), default=None)


def eligible(application: Case, officials: Iterable[Official], sop: Sop, day: date) -> list[Official]:
    """Whose turn the present step is on this day: to whom it was given, or else all who could act.

    Args:
        officials: everybody ever appointed to its service; read only if it matters.
    """
    appointed = list(officials)
    return given(application, appointed, sop, day) or able(application, appointed, sop, day)
