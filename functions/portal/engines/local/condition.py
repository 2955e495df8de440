"""In what condition a data folder is, before anything is done in it; and what stands there if in a bad one."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Never

from portal.core.errors import Unavailable
from portal.engines.local.database import private

DATABASE: Final = "portal.sqlite"
DOCUMENTS: Final = "berkas"
RESTORED: Final = "pemulihan"
AT_WORK: Final = "dipakai"
CLOCKWORK: Final = "penggerak"
MOVING: Final = "pindahan"
"""Names in the data folder; below the third lies what is being put back, the next two are locked by whoever is at work,
or at the clockwork, and below the last lies how far a move to or from AWS is."""

LARGEST_LOOKED_AT: Final = 2 * 1024**3
"""Bytes of a database that is looked through at every start (a second or two for one of 1 GB); a larger one is by every
backup."""

# What keeps SQLite from looking, and says nothing of the file: it needs a page of its own beside it to read a log.
_IN_THE_WAY: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMMAP,
    }
)


def examine(data: Path, *, wholly: bool = False) -> None:
    """Look without changing anything, not even the log of a database that was cut short.

    Args:
        wholly: whatever its size, and its indexes against its tables.

    Raises:
        Unavailable: ``store_damaged``, ``store_missing`` (there are documents of cases and no cases),
            ``store_restoring`` (a restore was cut short between the old data and the new), or ``store_unavailable``.
    """
    database = data / DATABASE
    if (data / RESTORED / "siap").exists():
        raise Unavailable("store_restoring")
    if not database.exists() or not database.stat().st_size:
        if _has_any(data / DOCUMENTS / "applications") or database.with_name(f"{DATABASE}-wal").exists():
            raise Unavailable("store_missing", value=str(database))
    elif _has_any(data / DOCUMENTS / "applications") and _is_blank(database):
        raise Unavailable("store_missing", value=str(database))  # what was written lay in a log that is gone
    elif wholly or database.stat().st_size <= LARGEST_LOOKED_AT:
        examine_database(database, "integrity_check" if wholly else "quick_check")


def has_records(data: Path) -> bool:
    """Was anything ever kept there, as far as the file can tell without being read?"""
    database = data / DATABASE
    return database.exists() and database.stat().st_size > 0


def examine_database(path: Path, check: str = "integrity_check") -> None:
    """Raises Unavailable: ``store_damaged``; or ``store_unavailable``, where only the looking failed (a full disk)."""
    try:
        # Read only, so that closing it writes nothing of a log that is not its own into it.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as looked_at:
            said = looked_at.execute(f"PRAGMA {check}(1)").fetchone()[0]
    except sqlite3.DatabaseError as problem:
        in_the_way = problem.sqlite_errorcode in _IN_THE_WAY or problem.sqlite_errorcode & 0xFF in _IN_THE_WAY
        raise Unavailable("store_unavailable" if in_the_way else "store_damaged") from problem
    if said != "ok":
        raise Unavailable("store_damaged")


@contextmanager
def held(data: Path, *, alone: bool = False) -> Iterator[None]:
    """A portal is at work in the folder; ``alone``: nobody else may be.

    Raises:
        Unavailable: ``store_in_use`` or, for a portal, ``store_restoring``: somebody is.
    """
    path = private(data / AT_WORK)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise Unavailable("store_in_use" if alone else "store_restoring", value=str(data)) from problem
        yield


@contextmanager
def alone(data: Path, waits: Callable[[], object]) -> Iterator[None]:
    """One after the other where several back up the same folder; ``waits`` hears that somebody else is at it."""
    folder = os.open(data, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


class Turn:
    """Of several processes on one data folder one is at the clockwork; when it ends, however it ends, another one is.

    Called, it says whether that is this one.
    """

    def __init__(self, data: Path) -> None:
        self._lock = private(data / CLOCKWORK).open("a")
        self._mine = False

    def __call__(self) -> bool:
        if not self._mine:
            with suppress(BlockingIOError):
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._mine = True
        return self._mine

    def over(self) -> None:
        """Somebody else's turn."""
        self._lock.close()


class Closed:
    """Stands in the place of records or files that are in no condition to be used: whatever is asked is refused."""

    def __init__(self, code: str) -> None:
        self._code = code

    def close(self) -> None:
        """There is nothing to let go of."""

    def __getattr__(self, name: str) -> Any:
        def refuse(*_: Any, **__: Any) -> Never:
            raise Unavailable(self._code, value="")

        return refuse


def _is_blank(database: Path) -> bool:
    """Has it neither a case nor a draft? Whoever is just sending the very first case has a draft."""
    with (
        suppress(sqlite3.DatabaseError),
        closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db,
    ):
        if not db.execute("PRAGMA user_version").fetchone()[0]:
            return True
        return not db.execute("SELECT EXISTS (SELECT 1 FROM application) OR EXISTS (SELECT 1 FROM draft)").fetchone()[0]
    return False  # what it is will be seen


def _has_any(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
