"""What an engine must do so that all open cases are listed without being read: how each stands, kept beside it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from portal.core.application import Application
from portal.core.listing import Unread
from portal.core.standing import Standing


@dataclass(frozen=True)
class Kept:
    """How the open cases of a service stand.

    Attributes:
        standings: those that are kept, in no order.
        others: by who has to act, tickets of the open cases of which none is kept, or none that can be read: they are
            from before any was, or something other than a move has touched them.
    """

    standings: Sequence[Standing]
    others: Mapping[str, Sequence[str]]


class Standings(Protocol):
    """A case's own move writes how it stands (``Change.standing``), in its own transaction."""

    def standings(self, service: str, roles: Sequence[str]) -> Kept:
        """Of the open cases that these roles (or ``sop.APPLICANT``) have to act on."""

    def waiting_among(
        self, service: str, role: str, tickets: Collection[str], unread: Callable[[Unread], object]
    ) -> Iterator[Application]:
        """What ``Records.waiting_on`` yields of these, and tells of them."""

    def changes(self) -> int | None:
        """Another number than before once anything was written, by whomever; None where that cannot be told at once."""

    def keep_standings(self, standings: Sequence[Standing]) -> None:
        """Keep those of open cases that have none, as far as each is of its case as it is now."""
