"""A disk of a few megabytes, a real one in memory, that can be full to the last page and empty again."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

MEGABYTES: Final = 8
PAGE: Final = 4096


class SmallDisk:
    """
    Attributes:
        data: a folder on it.
    """

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"
        self.folder, self.data = folder, folder / "data"

    def fill(self, leave: int = 0) -> None:
        """Nothing more can be written, or so many bytes; SQLite has nothing left over that it could write upon."""
        if (self.data / "portal.sqlite").exists():
            with closing(sqlite3.connect(self.data / "portal.sqlite")) as database:
                busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                assert not busy
        with suppress(OSError), self._ballast.open("ab", buffering=0) as ballast:
            while self.free_bytes > leave:
                ballast.write(bytes(PAGE))
        assert self.free_bytes <= leave

    def free(self) -> None:
        self._ballast.unlink()

    @property
    def free_bytes(self) -> int:
        return shutil.disk_usage(self.folder).free

    @contextmanager
    def full(self, leave: int = 0) -> Iterator[None]:
        self.fill(leave)
        try:
            yield
        finally:
            self.free()


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Mounted on this folder; skips the test where this user may not mount anything."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    told = subprocess.run(mount, capture_output=True, text=True, check=False) if shutil.which("mount") else None
    if told is None or told.returncode:
        pytest.skip(f"no disk can be mounted here: {told.stderr.strip() if told else 'there is no mount'}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
