"""One SQLite file: connections, transactions, the shape of its tables by version. Never knows what a row means."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from portal.core.errors import PortalError, Unavailable

Migration = Sequence[str]
"""Statements that lead from one version of the tables to the next; once released, never changed."""

# Primary result codes (https://sqlite.org/rescode.html) of a store that cannot work now. Everything else, but
# for a damaged file, is a fault of the program and must be seen as such.
_UNAVAILABLE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_PERM,
    }
)

# Of a file that is not what we wrote. Whoever meets it is told so, and nothing is written to it any more.
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

# Of these, what only keeps a connection from writing: it goes on reading, which a new one on a full disk could not.
_ONLY_WRITING: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})


def private(path: Path) -> Path:
    """The file, made or there already, for its owner only: personal data goes into it."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path


class Database:
    """A file that many threads and processes may read and write; durable once a transaction ends.

    Args:
        busy_seconds: how long to wait while another writer is at it.
        admits: looks, once a transaction is the only one that writes, whether it may; raises what it is told otherwise.

    Raises:
        Unavailable: the file cannot be opened (``store_unavailable``), or a newer portal has written it
            (``store_newer``; ``facts`` name its version and ours), or it is damaged (``store_damaged``). Damage that
            is met later closes it for everybody: what is built on half of the truth would have to be taken back.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration],
        busy_seconds: float = 5,
        admits: Callable[[sqlite3.Connection], object] = lambda _: None,
    ) -> None:
        self._path = path
        self._admits = admits
        self._busy_seconds = busy_seconds
        self._idle: list[sqlite3.Connection] = []
        self._one_writer = threading.Lock()
        self._one_looker = threading.Lock()
        self._looker: sqlite3.Connection | None = None
        self._damaged = False
        with _translated():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite does not wait for another process that is just making the file.
            with _alone(path.with_name(f"{path.name}.lock")):
                if not path.exists():
                    private(path)  # SQLite gives its side files the same rights
                try:
                    self._migrate(migrations)
                except BaseException:
                    self.close()
                    raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one query, which sees one moment. Raises Unavailable."""
        with self._lent() as connection:
            yield connection

    @contextmanager
    def writing(self, *, anyway: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is kept when the block ends, nothing of it when the block raises.

        Args:
            anyway: whether it is admitted or not.

        Raises:
            Unavailable: ``store_unavailable``; nothing was kept.
        """
        with self._turn(), self._lent() as connection:
            # Taking the write lock first, so that what is read inside the block cannot be outdated when it writes.
            connection.execute("BEGIN IMMEDIATE")
            if not anyway:
                self._admits(connection)
            yield connection
            connection.execute("COMMIT")

    def changes(self) -> int:
        """Another number than before, once anybody has written; costs some microseconds. Raises Unavailable."""
        if self._damaged:
            raise Unavailable("store_damaged")
        with self._one_looker, _translated():
            if self._looker is None:
                self._looker = self._open()  # it never writes, so that every write is another connection's to it
            return int(self._looker.execute("PRAGMA data_version").fetchone()[0])

    def backup(self, target: Path) -> None:
        """A whole, consistent copy in another file, while the portal goes on writing. Raises Unavailable."""
        with self._lent() as connection:
            copy = sqlite3.connect(private(target))
            try:
                connection.backup(copy)
            finally:
                copy.close()

    def rewrite(self) -> None:
        """Write the whole file anew, so that its free pages and its log hold nothing of what was deleted.

        ``secure_delete`` alone leaves some of it where pages were split or joined. The copies of before its tables got
        their newest shape go too. It takes as much memory as the file is large, and whoever wants to write waits.

        Raises:
            Unavailable: somebody is at it, or there is no room; the next time does it.
        """
        with self._turn(), self._lent() as connection:
            connection.execute("PRAGMA temp_store = MEMORY")  # nothing of it outside of the data folder
            connection.execute("VACUUM")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise Unavailable("store_unavailable")
            for earlier in range(_version(connection)):  # no others: somebody may keep backups of his own there
                self._before(earlier).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file, as far as no other thread is using it."""
        while self._idle:
            self._idle.pop().close()
        with self._one_looker:
            if self._looker is not None:
                self._looker.close()
            self._looker = None

    def _before(self, version: int) -> Path:
        """The copy of the file as it was in a former version of its tables."""
        return self._path.with_name(f"{self._path.name}.{version}")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # SQLite lets writers sleep and try again, and the unlucky ones long; threads of one process queue here instead.
        if not self._one_writer.acquire(timeout=self._busy_seconds):
            raise Unavailable("store_unavailable")
        try:
            yield
        finally:
            self._one_writer.release()

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        # Kept between calls: opening a file anew costs more than a whole transaction on it (about 1 ms against 0.3).
        if self._damaged:
            raise Unavailable("store_damaged")
        with _translated():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._open()
            try:
                yield connection
            except BaseException as problem:
                self._damaged = self._damaged or _code(problem) in _DAMAGED
                if isinstance(problem, PortalError) or getattr(problem, "sqlite_errorcode", 0) in _ONLY_WRITING:
                    connection.rollback()
                    self._idle.append(connection)
                else:
                    connection.close()  # rolls back, and whatever went wrong with it is gone
                raise
            self._idle.append(connection)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            # FULL: a commit is on the disk when it returns, power cut included. What is deleted is overwritten.
            for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                connection.execute(f"PRAGMA {setting}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _migrate(self, migrations: Sequence[Migration]) -> None:
        with self.reading() as connection:
            version = _version(connection)
        if version > len(migrations):
            raise Unavailable("store_newer", version=version, known=len(migrations))
        if version < len(migrations):
            if version:  # as it was, should the new shape or the new portal turn out not to be wanted
                self.backup(self._before(version))
            with self.writing(anyway=True) as connection:
                for migration in migrations[version:]:
                    for statement in migration:
                        connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {len(migrations)}")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one thread of one process at a time is inside."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _code(problem: BaseException) -> int:
    """SQLite's primary result code; 0 of what is not its own."""
    return int(getattr(problem, "sqlite_errorcode", 0)) & 0xFF


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as problem:
        if _code(problem) in _UNAVAILABLE:
            raise Unavailable("store_unavailable") from problem
        if _code(problem) in _DAMAGED:
            raise Unavailable("store_damaged") from problem
        raise
    except OSError as problem:
        raise Unavailable("store_unavailable") from problem
