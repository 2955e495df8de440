"""What an engine may put before documents, so that they are not taken in: no room, or malware."""

from datetime import datetime
from typing import Protocol


class Room(Protocol):
    """How much is free where documents lie, where it can end."""

    @property
    def is_scarce(self) -> bool: ...
    def must_suffice(self) -> None:
        """Raises Unavailable (``store_full``)."""


class Scanner(Protocol):
    """Knows malware."""

    def must_be_clean(self, content: bytes) -> None:
        """Raises DocumentRefused (``document_infected``), or Unavailable (``scanner_unavailable``)."""

    def answers(self, now: datetime) -> bool: ...
