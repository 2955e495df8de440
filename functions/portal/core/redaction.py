"""What is left of a case whose personal data was erased, and how its chain still proves that nothing else was changed.

An event that is left bare keeps its number, action, time, step, state, whoever acted for the office, and both of its
links; so the chain goes through it, though its own hash covers what is there no more. The last event, the tombstone,
holds the SHA-256 of every bare one. Whatever is bare without it, or otherwise than it says, is damage.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final, Self

from portal.core import ledger
from portal.core.errors import NotAllowed
from portal.core.events import Actor, Event

ERASE: Final = "erase"
"""The action of a tombstone; nothing ever follows it."""


def bare(event: Event) -> Event:
    """The event without what it says, and without whoever acted for himself; again changes nothing."""
    actor = event.actor if event.actor.office else Actor(event.actor.role)
    return replace(event, actor=actor, data={})


def left(events: Iterable[Event]) -> dict[str, str]:
    """By number, as text, the SHA-256 of what is left of each: what a tombstone says of them."""
    return {str(event.number): sha256(ledger.canonical(event.entry())).hexdigest() for event in events}


class Chained:
    """What a case can say of its chain."""

    ticket: str
    events: tuple[Event, ...]

    @property
    def erased(self) -> Event | None:
        """The tombstone, by which its personal data was erased; None while it is there."""
        return self.events[-1] if self.events and self.events[-1].action == ERASE else None

    def must_be_there(self) -> Self:
        """Raises NotAllowed: there is nothing to be shown, or done. Somebody has asked for that (``data_erased``), or
        its term was over (``data_over``); facts ``ticket``, ``at``.
        """
        if stone := self.erased:
            raise NotAllowed("data_erased" if stone.actor.office else "data_over", ticket=self.ticket, at=stone.at)
        return self

    def first_damage(self) -> int | None:
        """Number of the first event that does not fit: a link of the chain, or the form and documents it fingerprints.

        None if the whole case is as it was written, or erased as its tombstone says.
        """
        stone = self.erased
        bare_ones = self.events[:-1] if stone else ()
        broken = ledger.verify(self.ticket, (event.entry() for event in self.events), bare=len(bare_ones))
        odd = _odd(bare_ones, stone) if stone else None
        if damage := [number for number in (broken, odd) if number is not None]:
            return min(damage)
        sent = next(event for event in reversed(self.events) if "form" in event.data)
        return None if self._basis().items() <= sent.data.items() else sent.number

    def _basis(self) -> dict[str, Any]:
        """Fingerprints of the form and the documents that are kept (``draft.fingerprints``)."""
        raise NotImplementedError


def _odd(erased: Sequence[Event], stone: Event) -> int | None:
    """The first that is not bare, or not as the tombstone says; or the tombstone, if it says more or moves the case."""
    said = stone.data.get("left")
    expected = said if isinstance(said, Mapping) else {}
    for event, (number, digest) in zip(erased, left(erased).items(), strict=True):
        if event != bare(event) or expected.get(number) != digest:
            return event.number
    stays = bool(erased) and (stone.step, stone.state) == (erased[-1].step, erased[-1].state) and stone.state.is_closed
    return None if stays and len(expected) == len(erased) else stone.number
