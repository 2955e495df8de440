"""The register: what has been issued, to whom, from when until when, and whether it still stands.

An entry holds what was recorded and nothing that follows from it: whether it stands is asked of it with the day.
Everything an entry names a person by is in four of its fields (``HOLDER``), and goes with the entry.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, Self

from portal.core.application import Actor, Application
from portal.core.errors import NotAllowed
from portal.core.officials import Official
from portal.core.sop import Sop
from portal.core.steps import State
from portal.core.worktime import Calendar

HOLDER: Final = ("name", "number", "email", "office")
"""The fields that say whose it is; the only ones that a change may change."""

DAYS_BEFORE: Final = (60, 30, 7)
"""How many days before the end its holder hears of it, where ``[reminders]`` says nothing."""


class Standing(StrEnum):
    """Whether an entry stands on a day."""

    VALID = "valid"
    EXPIRING = "expiring"  # valid, and its end is near
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"  # a newer one was handed over in its place

    @property
    def is_running(self) -> bool:
        return self in (Standing.VALID, Standing.EXPIRING)


@dataclass(frozen=True)
class Recorded:
    """One thing that was recorded of an entry.

    Attributes:
        action: ``revoke``, ``replace`` or ``change``.
        on: from which day it counts; ``at`` when it was written down, ``by`` whom.
        data: the reason and note; of a replacement the id of the newer one; of a change what was there ``before``.
    """

    action: str
    on: date
    at: datetime
    by: Actor
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Certificate:
    """An entry.

    Attributes:
        id: the ticket of the case by which it was handed over, or ``imported_id`` of one from before the portal.
        serial: as the issuer gave it; empty where the product has none.
        name, number, email, office: its holder, as stated in the case; ``number`` is the staff number.
        valid_until: the last day; None where it never ends.
        issued: the day of the hand-over, or ``valid_from`` of one from before the portal.
        ticket: empty if it was not handed over by a case.
        version: 1, 2, 3 ...; a store keeps version n only over n - 1.
    """

    service: str
    id: str
    serial: str
    name: str
    number: str
    email: str
    office: str
    valid_from: date | None
    valid_until: date | None
    issued: date
    ticket: str = ""
    recorded: tuple[Recorded, ...] = field(default=(), repr=False)
    version: int = 1

    # --- moves ---------------------------------------------------------------------------------------------------

    def revoke(self, data: Mapping[str, Any], *, on: date, by: Actor, at: datetime, today: date) -> Self:
        """It does not stand any more from ``on``.

        Raises:
            NotAllowed: it stands no more as it is (``certificate_ended``), or it is one's own (``own_certificate``).
        """
        return self._of_another(by)._running(today)._with(Recorded("revoke", on, at, by, dict(data)))

    def renew(self, newer: "Certificate", *, by: Actor, at: datetime, today: date) -> Self:
        """A newer one was handed over in its place. Raises NotAllowed (``certificate_ended``): it stands no more."""
        return self._running(today)._with(Recorded("replace", newer.issued, at, by, {"id": newer.id}))

    def change(
        self, holder: Mapping[str, str], data: Mapping[str, Any], *, on: date, by: Actor, at: datetime, today: date
    ) -> Self:
        """Its holder is called otherwise, or works elsewhere, from ``on``; it goes on standing.

        Args:
            holder: the fields of ``HOLDER`` that are to change, and what they become.

        Raises:
            NotAllowed: ``certificate_ended`` or ``own_certificate``.
        """
        self._of_another(by)
        was = {name: getattr(self, name) for name in HOLDER}
        before = {name: value for name, value in was.items() if holder.get(name, value) != value}
        kept = self._running(today)._with(Recorded("change", on, at, by, {**data, "before": before}))
        changed: dict[str, Any] = {name: holder[name] for name in before}
        return replace(kept, **changed)

    # --- questions -----------------------------------------------------------------------------------------------

    def standing(self, today: date, soon: int = 60) -> Standing:
        """``soon``: so many days before its end it is said to be about to end."""
        ended = self.ended
        if ended:
            return Standing.REVOKED if ended.action == "revoke" else Standing.REPLACED
        if self.valid_until is None:
            return Standing.VALID
        left = (self.valid_until - today).days
        return Standing.EXPIRED if left < 0 else Standing.EXPIRING if left <= soon else Standing.VALID

    @property
    def ended(self) -> Recorded | None:
        """By what it was ended before its time."""
        return next((each for each in self.recorded if each.action in ("revoke", "replace")), None)

    @property
    def ended_on(self) -> date | None:
        """The day on which it ended or will end; None where it never does."""
        return min(self.ended.on, self.valid_until or date.max) if self.ended else self.valid_until

    @property
    def ended_by(self) -> str:
        """``revoke`` or ``replace``; empty where nothing ended it before its time."""
        return self.ended.action if self.ended else ""

    @property
    def place(self) -> str:
        """``2028-08-03#TTE-26-4F7K-9QXM``: where it stands among those that ended alike; what never ends comes last."""
        return f"{self.ended_on or date.max}#{self.id}"

    @property
    def about(self) -> str:
        """What emails about it are about (``Notice.about``)."""
        return about(self.service, self.id)

    def is_of(self, other: "Certificate") -> bool:
        """Have both the same holder: the same staff number, or where one has none the same address?"""
        if self.number and other.number:
            return self.number == other.number
        return bool(self.email) and self.email.lower() == other.email.lower()

    def concerns(self, email: str, number: str) -> bool:
        """Is its holder the person with this address or staff number?"""
        same_email = bool(email) and email.lower() == self.email.lower()
        return same_email or (bool(number) and number == self.number)

    def has_newer(self, others: Iterable["Certificate"]) -> bool:
        """Has its holder another one, not ended before its time, that ends later?"""
        end = self.valid_until or date.max
        return any(
            other.id != self.id and other.ended is None and (other.valid_until or date.max) > end and self.is_of(other)
            for other in others
        )

    def letter_due(self, today: date, days_before: Sequence[int]) -> int | None:
        """Which of the letters before its end is due: one of ``days_before``; None if none is.

        Whoever missed the earlier ones gets one letter, the latest that is due, and not all of them.
        """
        if self.valid_until is None or not self.standing(today).is_running:
            return None
        left = (self.valid_until - today).days
        return min((days for days in days_before if days >= left), default=None)

    def forgotten_on(self, years: int) -> date | None:
        """The day from which the register knows nothing of it: so many years after it ended."""
        ended = self.ended_on
        if ended is None:
            return None
        try:
            return ended.replace(year=ended.year + years)
        except ValueError:  # the 29th of February
            return date(ended.year + years, 3, 1)

    def _of_another(self, by: Actor) -> Self:
        if self.concerns(by.email, by.number):
            raise NotAllowed("own_certificate")
        return self

    def _running(self, today: date) -> Self:
        if not self.standing(today).is_running:
            raise NotAllowed("certificate_ended")
        return self

    def _with(self, recorded: Recorded) -> Self:
        return replace(self, recorded=(*self.recorded, recorded), version=self.version + 1)


def about(service: str, id: str) -> str:
    """``register/penerbitan/TTE-26-4F7K-9QXM``: what emails about an entry are about."""
    return f"register/{service}/{id}"


def handed_over(application: Application, sop: Sop, calendar: Calendar) -> Certificate | None:
    """The entry of a case that has come to its end and by which something was issued; None of any other case."""
    if application.erased:
        return None
    closing, issued_by = application.closing, {each.action for each in application.events} & {"record", "hand_over"}
    if closing is None or application.state is not State.DONE or not issued_by:
        return None
    said, issued = application.certificate, calendar.local(closing.at).date()
    return Certificate(
        service=application.service,
        id=application.ticket,
        serial=str(said.get("serial", "")),
        name=application.value("name", sop),
        number=application.value("number", sop),
        email=application.address(sop).lower(),
        office=application.value("office", sop),
        valid_from=_day(said.get("valid_from")),
        valid_until=_day(said.get("valid_until")),
        issued=issued,
        ticket=application.ticket,
    )


def from_before(service: str, said: Mapping[str, str]) -> Certificate:
    """The entry of what was issued before the portal: ``HOLDER``'s fields, ``serial``, and two ISO days."""
    valid_from = date.fromisoformat(said["valid_from"])
    holder: dict[str, Any] = {name: said.get(name, "") for name in HOLDER}
    return Certificate(
        service=service,
        id=imported_id(said["serial"]),
        serial=said["serial"],
        valid_from=valid_from,
        valid_until=_day(said.get("valid_until")),
        issued=valid_from,
        **{**holder, "email": holder["email"].lower()},
    )


def imported_id(serial: str) -> str:
    """``impor-9f86d081884c7d65``: the same for the same serial, however it is spaced, so it is imported once."""
    return f"impor-{sha256(plain_serial(serial).encode()).hexdigest()[:16]}"


def plain_serial(serial: str) -> str:
    """A serial to compare by: without colons, hyphens and spaces, in capitals."""
    return "".join(character for character in serial if character.isalnum()).upper()


def keeps_register(official: Official, sop: Sop) -> bool:
    """Does this official keep the service's register: appointed to the role of its last step?"""
    return official.service == sop.service and official.role in sop.acting(sop.steps[-1].role)


def days_before(sop: Sop) -> tuple[int, ...]:
    """How many days before the end the holder hears of it."""
    return tuple(sop.data.get("reminders", {}).get("expiry_days", DAYS_BEFORE))


def soon(sop: Sop) -> int:
    """So many days before its end an entry is said to be about to end."""
    return max(days_before(sop), default=0)


# --- what the recap hears of it ---------------------------------------------------------------------------------------


def correction(key: str, counts: Iterable[Mapping[str, Any]], *, service: str, today: date) -> dict[str, Any]:
    """A fact that corrects the recap's count of holders, without anybody's name (``recap.tally``).

    Args:
        key: told twice under the same key is told once.
        counts: of ``count``.
        today: from which day the recap knows of it.
    """
    return {"ticket": key, "service": service, "closed": today.isoformat(), "outcome": "register", "counts": [*counts]}


def count(certificate: Certificate, holders: int, outcome: str = "") -> dict[str, Any]:
    """``holders`` more (or fewer) of this office, month of issue and last day; and one more ``outcome``, if any."""
    return {
        "month": certificate.issued.isoformat()[:7],
        "office": certificate.office,
        "until": certificate.valid_until.isoformat() if certificate.valid_until else "",
        "holders": holders,
        "outcome": outcome,
    }


def corrections(before: Certificate | None, after: Certificate, today: date) -> list[Mapping[str, Any]]:
    """What the recap has to hear of a move, or of an entry from before the portal (``before`` is None)."""
    counts: list[dict[str, Any]] = []
    if before is None:
        counts = [count(after, 1)]
    elif after.ended:
        counts = [count(before, -1, after.standing(today).value)]
    elif before.office != after.office:
        counts = [count(before, -1), count(after, 1)]
    key = f"{after.id}/{after.version}"
    return [correction(key, counts, service=after.service, today=today)] if counts else []


def ends_within(ends: Mapping[str, int], today: date, days: int) -> int:
    """How many of these end in so many days; ``ends``: last day, or nothing, and how many."""
    until = today + timedelta(days=days)
    return sum(number for day, number in ends.items() if day and today <= date.fromisoformat(day) <= until)


def _day(said: object) -> date | None:
    return date.fromisoformat(str(said)) if said else None
