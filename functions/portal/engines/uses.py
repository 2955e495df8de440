"""What the portal asks of an engine for a while: which browsers use a link, who has a turn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Uses(Protocol):
    """Part of ``ports.Records``; every method may raise ``errors.Unavailable``."""

    def use(self, link: str, device: str, now: datetime, until: datetime) -> None:
        """Keep until then that a link is used in this browser; again is once, with the new end."""

    def used(self, link: str, now: datetime) -> Sequence[str]:
        """Marks of the browsers in which it is used."""

    def hold(self, turn: str, who: str, now: datetime, until: datetime) -> str:
        """Who has this turn: whoever asked first, until the end he was given; of several at once, one."""
