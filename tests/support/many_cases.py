"""A portal with as many closed cases as somebody asks for, copied row by row, and what SQLite does for a question."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from portal.engines.local import database

STEP: Final = 20
"""SQLite's own instructions are counted in so many."""

_NUMBERS: Final = "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1) "
_TICKET: Final = "printf('TTE-25-%04d-%04d', n.i / 10000, n.i % 10000)"
_DAY: Final = "date('2024-01-02', '+' || (n.i % 700) || ' days')"

COPIES: Final = (
    f"""INSERT INTO application SELECT {_TICKET}, '', waiting_since, replace(body, ?3, {_TICKET})
    FROM application CROSS JOIN n WHERE ticket = ?3""",
    f"""INSERT INTO event SELECT {_TICKET}, number, entry FROM event CROSS JOIN n WHERE ticket = ?3""",
    f"""INSERT INTO line SELECT service, {_TICKET}, json_set(body, '$.ticket', {_TICKET},
    '$.since', {_DAY} || 'T02:00:00.000000+00:00', '$.opened', {_DAY} || 'T00:00:00.000000+00:00')
    FROM line CROSS JOIN n WHERE ticket = ?3""",
    f"""INSERT INTO fact (ticket, body, book) SELECT {_TICKET}, json_set(body, '$.ticket', {_TICKET},
    '$.closed', {_DAY}, '$.received', {_DAY}), book FROM fact CROSS JOIN n WHERE ticket = ?3""",
    f"""INSERT INTO notice SELECT {_TICKET}, event, letter, printf('orang%d@tarakankota.go.id', n.i), occasion, role,
    name, queued_at, due_at, attempts, problem, hopeless, sent_at, dropped_at, email || n.i, came_back
    FROM notice CROSS JOIN n WHERE about = ?3 AND sent_at IS NOT NULL""",
    f"""INSERT INTO certificate (service, id, version, body, ended_by, place) SELECT service, {_TICKET}, version,
    json_set(body, '$.id', {_TICKET}, '$.number', printf('1990%014d', n.i),
    '$.email', printf('orang%d@tarakankota.go.id', n.i)), ended_by, '2031-05-01#' || {_TICKET}
    FROM certificate CROSS JOIN n WHERE n.i % 4 = 0 AND id = ?4""",
)
"""Of one case, and every fourth one with an entry in the register such as that of another; closed day by day within
two years, so that nothing of it is over or ends soon. ``CROSS JOIN``: it is looked for once, not for each number."""


def fill(data: Path, closed: str, done: str, numbers: range) -> None:
    """Copies of a closed case, and of the register's entry of one that is done."""
    file = sqlite3.connect(data / "portal.sqlite", isolation_level=None)
    try:
        file.execute("PRAGMA synchronous = OFF")
        file.execute("PRAGMA cache_size = -400000")
        file.execute("BEGIN IMMEDIATE")
        for copy in COPIES:
            given = (numbers.start, numbers.stop, closed, done)
            file.execute(_numbered(copy), given[: 4 if "?4" in copy else 3])
        file.execute("COMMIT")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        file.close()


def _numbered(copy: str) -> str:
    """SQLite takes the numbers before the statement's first SELECT."""
    into, _, select = copy.partition(" SELECT ")
    return f"{into} {_NUMBERS} SELECT {select}"


class Worked:
    """What SQLite did: its own instructions, which are the same each time, whatever else the machine is at."""

    def __init__(self) -> None:
        self.instructions = 0

    def count(self) -> int:
        self.instructions += STEP
        return 0

    def during(self, deed: Callable[[], object]) -> int:
        before = self.instructions
        deed()
        return self.instructions - before


@contextmanager
def watched() -> Iterator[Worked]:
    """Of every connection that the portal opens from now on."""
    worked, connect = Worked(), sqlite3.connect

    def counting(*given: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*given, **named)
        connection.set_progress_handler(worked.count, STEP)
        return connection

    database.sqlite3.connect = counting  # type: ignore[attr-defined]
    try:
        yield worked
    finally:
        database.sqlite3.connect = connect  # type: ignore[attr-defined]
