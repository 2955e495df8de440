"""How much one client may lay down with the portal, and to how many it writes for him, whichever process he meets.

A client is kept under a seal instead of an address, no longer than an hour. The limits are wide enough for a course of
people behind one address, each with all documents, photographed twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portal.engines.ports import Records

DRAFTS: Final = 200
"""Begun in an ``HOUR``."""

ADDRESSES: Final = 400
"""Written to in an ``HOUR``, each of them however often."""

FILES: Final = 600
BYTES: Final = 4 * 1024**3
"""Sent in an ``HOUR``."""

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Allowance:
    """Attributes:
    seal: what stands for a client, so that it cannot be read back (``Links.seal``).
    """

    records: Records
    seal: Callable[[str], str]

    def may_begin(self, client: str, draft: str, now: datetime) -> bool:
        """Another draft, or the same once more; ``client`` empty: nobody who is held back."""
        begun = self.records.used(self._of("begun", client), now) if client else ()
        return len(begun) < DRAFTS or draft in begun

    def has_begun(self, client: str, draft: str, now: datetime) -> None:
        """Again is once."""
        if client:
            self.records.use(self._of("begun", client), draft, now, now + HOUR)

    def may_write_to(self, client: str, addresses: Iterable[str], now: datetime) -> bool:
        """Emails to these addresses too, or to the same once more."""
        written = set(self.records.used(self._of("addresses", client), now)) if client else set()
        return len(written | set(map(self._address, addresses))) <= ADDRESSES or not client

    def writes_to(self, client: str, addresses: Iterable[str], now: datetime) -> None:
        """Again is once."""
        for address in addresses if client else ():
            self.records.use(self._of("addresses", client), self._address(address), now, now + HOUR)

    def may_send(self, client: str, now: datetime) -> bool:
        """Another file."""
        if not client:
            return True
        sizes = [int(mark.partition(" ")[0]) for mark in self.records.used(self._of("files", client), now)]
        return len(sizes) < FILES and sum(sizes) < BYTES

    def has_sent(self, client: str, key: str, size: int, now: datetime) -> None:
        if client:
            self.records.use(self._of("files", client), f"{size} {self.seal(key)}", now, now + HOUR)

    def _address(self, address: str) -> str:
        return self.seal(f"address {address.lower()}")

    def _of(self, what: str, client: str) -> str:
        return f"{what}-{self.seal(f'{what} {client}')}"
