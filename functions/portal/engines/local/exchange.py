"""Puts what was restored in the place of what was there: all of it or, cut short, the rest the next time.

Everything happens inside the data folder, which may be a disk of its own. Once ``pemulihan/siap`` is there, what lies
beside it is whole and proven; until it is gone no portal starts in the folder (``condition.examine``).
"""

import shutil
from pathlib import Path
from typing import Final

from portal.engines.local.condition import DATABASE, DOCUMENTS, RESTORED
from portal.engines.local.files import synced

READY: Final = "siap"
ASIDE: Final = "rusak"
KEYS: Final = "kunci"

_OLD: Final = (f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", DATABASE, DOCUMENTS, KEYS, "email-kembali")
"""What goes aside. The log of a database first: beside another database it would be taken for that one's."""

_NEW: Final = (DOCUMENTS, KEYS, DATABASE)


def is_pending(data: Path) -> bool:
    return (data / RESTORED / READY).exists()


def ready(data: Path, stamp: str) -> None:
    """What lies in the fresh place is whole; ``stamp`` names where the old data goes, such as ``20261127-020000``."""
    fresh = data / RESTORED
    for name in (*(entry.name for entry in fresh.iterdir()),):
        if name not in _NEW:
            _forget(fresh / name)
    (fresh / DOCUMENTS).mkdir(mode=0o700, exist_ok=True)
    (fresh / f".{READY}").write_text(stamp, "utf-8")
    synced(fresh)
    (fresh / f".{READY}").rename(fresh / READY)
    synced(fresh)


def exchange(data: Path) -> Path | None:
    """Once it is ``ready``; returns where what was there lies now, or None if there was nothing."""
    fresh = data / RESTORED
    aside = data / f"{ASIDE}-{(fresh / READY).read_text('utf-8')}"
    aside.mkdir(mode=0o700, exist_ok=True)
    # A name that is in the old place and not aside yet is old, as nothing new is moved before all of it is gone.
    begun = fresh / "berganti"
    if not begun.exists():
        for name in _OLD:
            if (data / name).exists():
                (data / name).rename(aside / name)
        begun.touch()
        synced(aside)
        synced(data)
    for name in _NEW:
        if (fresh / name).exists():
            (fresh / name).rename(data / name)
    synced(data)
    (fresh / READY).unlink()
    shutil.rmtree(fresh)
    if any(aside.iterdir()):
        return aside
    aside.rmdir()
    return None


def _forget(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
