"""The rows as pieces and back, and the mark that lets nobody else write."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from sqlite3 import Connection
from typing import Any, Final

from portal.core.errors import Unavailable
from portal.core.notices import Notice
from portal.engines import entries
from portal.engines.local import rows
from portal.engines.local.database import Database
from portal.engines.moving import ARRIVING, LEAVING, LEFT, REFUSALS, Making, Piece

PAGE: Final = 500
"""Pieces at a time."""

_MARKS: Final = ("", LEAVING, ARRIVING, LEFT)
"""As the number in the file's head that is for its owner to choose: part of each transaction, and read in no time."""

Row = Any

# In whatever order, but the same each time, so that a place in it is a number.
_QUERIES: Final[Mapping[str, str]] = {
    "founder": "SELECT service FROM founder",
    "sop": "SELECT version, snapshot FROM sop ORDER BY version",
    "official": "SELECT role, since, email, rowid, body FROM official ORDER BY rowid",
    "counter": "SELECT series, number FROM counter ORDER BY series",
    "claim": "SELECT name, ticket FROM claim ORDER BY name",
    "case": """SELECT ticket, waiting_role, waiting_since, body,
        (SELECT max(number) FROM event WHERE event.ticket = application.ticket) FROM application ORDER BY ticket""",
    "event": "SELECT ticket, number, entry FROM event ORDER BY ticket, number",
    "notice": """SELECT about, event, letter, recipient, occasion, role, name, queued_at, due_at, attempts, problem,
        hopeless, sent_at, dropped_at, email, came_back FROM notice ORDER BY 1, 2, 3, 4, 5""",
    "draft": "SELECT id, body FROM draft ORDER BY id",
    "certificate": "SELECT service, id, body FROM certificate ORDER BY service, id",
    "line": "SELECT service, ticket, body FROM line ORDER BY service, ticket",
    "fact": "SELECT book, ticket, body FROM fact ORDER BY ticket",
    "tally": "SELECT book, month, through, cases, body FROM tally ORDER BY book, month",
    "told": "SELECT recipient, at, by FROM told ORDER BY recipient",
    "used": "SELECT link, device, until FROM used WHERE until > ? ORDER BY link, device",
    "handout": "SELECT number, body FROM handout ORDER BY number",
}

_TABLES: Final = (
    *("standing", "event", "application", "notice", "draft", "official", "claim", "sop", "counter", "fact", "tally"),
    *("founder", "certificate", "told", "line", "used", "handout", "sweep"),
)
"""In an order in which they can be emptied."""


class SqliteMoving:
    """What ``moving.MovableRecords`` promises."""

    _database: Database

    def move_mark(self) -> str:
        with self._database.reading() as connection:
            return _mark(connection)

    def must_be_open(self) -> None:
        """Raises Unavailable, by the code of the mark."""
        with self._database.reading() as connection:
            admits(connection)

    def mark_move(self, mark: str) -> None:
        with self._database.writing(anyway=True) as connection:
            connection.execute(f"PRAGMA application_id = {_MARKS.index(mark)}")

    def pages(self, after: str, now: datetime) -> Iterator[tuple[Sequence[Piece], str]]:
        begun, _, skipped = after.partition(":")
        kinds = list(_QUERIES)
        for kind in kinds[kinds.index(begun) if begun else 0 :]:
            done = int(skipped) if kind == begun else 0
            given = (entries.moment(now),) if kind == "used" else ()
            with self._database.reading() as connection:
                found = connection.execute(f"{_QUERIES[kind]} LIMIT -1 OFFSET {done}", given)
                while page := list(islice(found, PAGE)):
                    done += len(page)
                    yield [_piece(kind, row) for row in page], f"{kind}:{done}"

    def take_in(self, pieces: Iterable[Piece]) -> None:
        with self._database.writing(anyway=True) as connection:
            for piece in pieces:
                _keep(connection, piece)

    def forget_everything(self) -> None:
        with self._database.writing(anyway=True) as connection:
            for table in _TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608


def admits(connection: Connection) -> None:
    """Raises Unavailable, by the code of the mark."""
    if mark := _mark(connection):
        raise Unavailable(REFUSALS[mark])


def _mark(connection: Connection) -> str:
    return _MARKS[connection.execute("PRAGMA application_id").fetchone()[0]]


# --- rows to pieces --------------------------------------------------------------------------------------------------


def _piece(kind: str, row: Row) -> Piece:
    with Making(kind, str(row[0])):
        return Piece(kind, *_MAKE[kind](row))


def _case(row: Row) -> tuple[tuple[str, ...], dict[str, Any]]:
    ticket, waits_on, since, body, version = row
    entry = {"waits_on": waits_on, "since": since if waits_on else "", "application": json.loads(body)}
    return (ticket,), {**entry, "version": version}


def _notice(row: Row) -> tuple[tuple[str | int, ...], dict[str, Any]]:
    names = [*Notice.__dataclass_fields__, "email", "came_back"]
    *_, email, came_back = row
    noun = rows.notice(dict(zip(names, row, strict=True)))
    return noun.identity, {**entries.notice_entry(noun), "email": email, "came_back": came_back}


def _used(row: Row) -> tuple[tuple[str, ...], dict[str, Any]]:
    link, device, until = row
    return (link, device), {"until": int(datetime.fromisoformat(until).timestamp())}


_MAKE: Final[Mapping[str, Callable[[Row], tuple[tuple[str | int, ...], Mapping[str, Any]]]]] = {
    "founder": lambda row: ((), {"service": row[0]}),
    "sop": lambda row: (row[:1], {"text": row[1]}),
    "official": lambda row: (row[:3], {"place": row[3], "official": json.loads(row[4])}),
    "counter": lambda row: (row[:1], {"number": row[1]}),
    "claim": lambda row: (row[:1], {"ticket": row[1]}),
    "case": _case,
    "event": lambda row: (row[:2], json.loads(row[2])),
    "notice": _notice,
    "draft": lambda row: (row[:1], entries.draft_entry(rows.draft(row[1]))),
    "certificate": lambda row: (row[:2], entries.certificate_entry(rows.certificate(row[2]))),
    "line": lambda row: (row[:2], json.loads(row[2])),
    "fact": lambda row: (row[:2], json.loads(row[2])),
    "tally": lambda row: (row[:2], {"through": row[2], "cases": row[3], "text": row[4]}),
    "told": lambda row: (row[:1], {"at": row[1], "by": json.loads(row[2])}),
    "used": _used,
    "handout": lambda row: (row[:1], entries.handout_entry(entries.handout(json.loads(row[1])))),
}

# --- and back --------------------------------------------------------------------------------------------------------

Key = tuple[str | int, ...]
Entry = Mapping[str, Any]


def _keep_founder(connection: Connection, key: Key, entry: Entry) -> None:
    connection.execute("DELETE FROM founder")
    connection.execute("INSERT INTO founder VALUES (?)", (entry["service"],))


def _keep_case(connection: Connection, key: Key, entry: Entry) -> None:
    connection.execute(
        """INSERT INTO application VALUES (?, ?, ?, ?) ON CONFLICT (ticket) DO UPDATE SET
        waiting_role = excluded.waiting_role, waiting_since = excluded.waiting_since, body = excluded.body""",
        (*key, entry["waits_on"], entry["since"], entries.text(entry["application"])),
    )


def _keep_event(connection: Connection, key: Key, entry: Entry) -> None:
    # Its case may be told of later, and must be there.
    connection.execute("INSERT OR IGNORE INTO application VALUES (?, '', '', '')", key[:1])
    connection.execute("INSERT OR REPLACE INTO event VALUES (?, ?, ?)", (*key, entries.text(entry)))


def _keep_notice(connection: Connection, key: Key, entry: Entry) -> None:
    names = ", ".join(entry)
    values = ", ".join(f":{name}" for name in entry)
    connection.execute(f"INSERT OR REPLACE INTO notice ({names}) VALUES ({values})", entry)  # noqa: S608


def _keep_draft(connection: Connection, key: Key, entry: Entry) -> None:
    row = rows.draft_row(entries.draft(entry))
    connection.execute("INSERT OR REPLACE INTO draft VALUES (:id, :version, :created_at, :body)", row)


def _keep_certificate(connection: Connection, key: Key, entry: Entry) -> None:
    row = rows.certificate_row(entries.certificate(entry))
    connection.execute(
        """INSERT OR REPLACE INTO certificate (service, id, version, body, ended_by, place)
        VALUES (:service, :id, :version, :body, :ended_by, :place)""",
        row,
    )


_KEEP: Final[Mapping[str, Callable[[Connection, Key, Entry], None]]] = {
    "founder": _keep_founder,
    "case": _keep_case,
    "event": _keep_event,
    "notice": _keep_notice,
    "draft": _keep_draft,
    "certificate": _keep_certificate,
}
"""What more than one statement, or a noun's own row, is needed for."""

_STATEMENTS: Final[Mapping[str, tuple[str, Callable[[Entry], Sequence[Any]]]]] = {
    "sop": ("INSERT OR REPLACE INTO sop VALUES (?, ?)", lambda e: [e["text"]]),
    "official": (
        "INSERT OR REPLACE INTO official (role, since, email, rowid, body) VALUES (?, ?, ?, ?, ?)",
        lambda e: [e["place"], entries.text(e["official"])],
    ),
    "counter": ("INSERT OR REPLACE INTO counter VALUES (?, ?)", lambda e: [e["number"]]),
    "claim": ("INSERT OR REPLACE INTO claim VALUES (?, ?)", lambda e: [e["ticket"]]),
    "line": ("INSERT OR REPLACE INTO line VALUES (?, ?, ?)", lambda e: [entries.text(e)]),
    "fact": ("INSERT OR REPLACE INTO fact (book, ticket, body) VALUES (?, ?, ?)", lambda e: [entries.text(e)]),
    "tally": (
        "INSERT OR REPLACE INTO tally (book, month, through, cases, body) VALUES (?, ?, ?, ?, ?)",
        lambda e: [e["through"], e["cases"], e["text"]],
    ),
    "told": ("INSERT OR REPLACE INTO told VALUES (?, ?, ?)", lambda e: [e["at"], json.dumps(e["by"])]),
    "used": (
        "INSERT OR REPLACE INTO used VALUES (?, ?, ?)",
        lambda e: [entries.moment(datetime.fromtimestamp(e["until"], UTC))],
    ),
    # What was erased before is in none of this store's files.
    "handout": ("INSERT OR REPLACE INTO handout VALUES (?, ?, 0)", lambda e: [entries.text(e)]),
}
"""Takes the parts of the key, and then these of the entry."""


def _keep(connection: Connection, piece: Piece) -> None:
    if piece.kind in _KEEP:
        _KEEP[piece.kind](connection, piece.key, piece.entry)
    else:
        statement, values = _STATEMENTS[piece.kind]
        connection.execute(statement, (*piece.key, *values(piece.entry)))
