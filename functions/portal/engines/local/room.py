"""How much room is left where documents lie, so that none are taken in that would leave none for what was begun."""

import shutil
from collections.abc import Callable
from pathlib import Path

from portal.core.errors import Unavailable


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class Room:
    """Args:
    least: bytes that stay free for records, emails and decisions, which are small and go on.
    """

    def __init__(self, folder: Path, least: int, free: Callable[[Path], int] = free_bytes) -> None:
        self._folder, self._least, self._free = folder, least, free

    @property
    def is_scarce(self) -> bool:
        return self._free(self._folder) < self._least

    def must_suffice(self) -> None:
        """Raises Unavailable (``store_full``)."""
        if self.is_scarce:
            raise Unavailable("store_full")
