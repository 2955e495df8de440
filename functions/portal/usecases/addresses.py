"""An official's former address: told that it is left, and what had not arrived there goes to the new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portal.core.application import Actor
from portal.core.notices import Notice, notice
from portal.core.officials import Official
from portal.core.sop import APPLICANT
from portal.office import Office
from portal.usecases.corrections import SETTLED

FORWARDED: Final = frozenset({"decided", "assigned", "visit_booked", "visit_off"})
"""Letters that go on to the new address; of all that waits for him he is told in one there."""


@dataclass(frozen=True)
class Leaving:
    """What it owes that somebody leaves an address, and what has not arrived there and is not to be sent any more."""

    owed: Sequence[Notice]
    unsent: Sequence[Notice]
    at: datetime

    def settle(self, office: Office) -> None:
        for each in self.unsent:
            office.records.settle_notice(each.dropped(self.at, SETTLED))


def leaving(office: Office, former: Official, new: str) -> Leaving:
    """Nobody's address is taken from him in silence, unless it is one at which nothing arrives.

    Args:
        former: as he was appointed at the address that is left.
    """
    at, address = office.clock(), former.email.lower()
    unsent = [each for each in office.records.unsent() if each.recipient.lower() == address and each.role != APPLICANT]
    owed = [each.readdressed(new.lower(), at) for each in unsent if each.letter in FORWARDED]
    if not any(each.problem for each in unsent):
        actor = Actor(former.role, former.name, email=address)
        owed.append(notice("address_moved", actor, about="pejabat", event=0, at=at, occasion=at.isoformat()))
    return Leaving(owed, unsent, at)
