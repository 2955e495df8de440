"""The owed emails among the tables: queued, held, settled, and unsent again when they come back.

Each function is one part of a transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from sqlite3 import Connection
from typing import Final

from portal.core.notices import SLOWEST_RETRY, Identity, Notice, Shares, alone
from portal.core.sop import APPLICANT
from portal.engines import entries
from portal.engines.local import rows
from portal.engines.ports import MOST_IN_ONE, CameBack

_PARTS: Final = ("about", "event", "letter", "recipient", "occasion")
_THIS: Final = """about = :about AND event = :event AND letter = :letter AND recipient = :recipient
    AND occasion = :occasion"""
_UNSENT: Final = "sent_at IS NULL AND dropped_at IS NULL"

# Within SQLite, as there may be thousands of somebody who is being written to before the first other one.
_WRITTEN_TO: Final = """'email/' || recipient IN (
    SELECT link FROM used WHERE link >= 'email/' AND link < 'email0' AND until > ?)"""


def queue(connection: Connection, notices: Iterable[Notice]) -> None:
    connection.executemany(
        """INSERT INTO notice (about, event, letter, recipient, occasion, role, name, queued_at, due_at, attempts,
        problem, hopeless, sent_at, dropped_at) VALUES (:about, :event, :letter, :recipient, :occasion, :role, :name,
        :queued_at, :due_at, :attempts, :problem, :hopeless, :sent_at, :dropped_at) ON CONFLICT DO NOTHING""",
        [rows.notice_row(notice) for notice in notices],
    )


def claim(connection: Connection, now: datetime, lease: timedelta, shares: Shares) -> Notice | None:
    """As ``Records.claim_notice``."""
    due = f"{_UNSENT} AND hopeless = 0 AND due_at <= ?"
    if shares is not alone:
        due += f" AND NOT ({_WRITTEN_TO} AND shares(letter, occasion, role))"
        alike = cache(lambda letter, occasion, role: shares(Notice("", 0, letter, "", occasion, role, "", now, now)))
        connection.create_function("shares", 3, alike)
    first = f"SELECT * FROM notice WHERE {due} ORDER BY due_at, queued_at LIMIT 1"  # noqa: S608
    for owed in _notices(connection, first, *[entries.moment(now)] * due.count("?")):
        held = owed.held(now + lease)
        if shares(owed):
            _take_turn(connection, held, now)
        return _hold(connection, held)
    return None


def claim_also(
    connection: Connection, held: Notice, wanted: Callable[[Notice], bool], now: datetime, lease: timedelta
) -> Sequence[Notice]:
    """As ``Records.claim_also``."""
    free = f"""SELECT * FROM notice WHERE recipient = ? AND {_UNSENT} AND hopeless = 0 AND (due_at <= ? OR due_at > ?)
        ORDER BY queued_at, about, event, letter"""  # noqa: S608
    found = _notices(connection, free, held.recipient, entries.moment(now), entries.moment(now + 2 * lease))
    taken = [other for other in found if other.identity != held.identity and wanted(other)]
    return [_hold(connection, other.held(now + lease), held.email) for other in taken[: MOST_IN_ONE - 1]]


def goes_first(connection: Connection, held: Notice, since: datetime, now: datetime) -> bool:
    """As ``Records.goes_first``."""
    written = connection.execute(
        """INSERT INTO told VALUES (:recipient, :at, :by) ON CONFLICT (recipient) DO UPDATE
        SET at = excluded.at, by = excluded.by WHERE told.at < :since OR told.by = excluded.by""",
        rows.told_row(held, now, since),
    )
    return bool(written.rowcount)


def settle(connection: Connection, notice: Notice) -> None:
    """As ``Records.settle_notice``."""
    connection.execute(
        f"""UPDATE notice SET due_at = :due_at, problem = :problem, hopeless = :hopeless, sent_at = :sent_at,
        dropped_at = :dropped_at WHERE {_THIS} AND {_UNSENT}
        AND (attempts = :attempts AND :sent_at IS NULL OR came_back < :attempts AND :sent_at IS NOT NULL)""",  # noqa: S608
        rows.notice_row(notice),
    )
    if notice.role != APPLICANT:
        connection.execute("DELETE FROM used WHERE link = ? AND device = ?", (notice.turn, notice.email))


def unsent(connection: Connection) -> Sequence[Notice]:
    """As ``Records.unsent``."""
    return _notices(connection, f"SELECT * FROM notice WHERE {_UNSENT} ORDER BY queued_at")  # noqa: S608


def about(connection: Connection, about: str) -> Sequence[Notice]:
    """As ``Records.notices``."""
    found = _notices(connection, "SELECT * FROM notice WHERE about = ?", about)
    return sorted(found, key=lambda notice: (notice.queued_at, notice.identity))


def sent_in(connection: Connection, email: str) -> Sequence[Identity]:
    """Identities of the notices that went in an email at their last attempt; nothing of one that was never sent."""
    return [notice.identity for notice in _notices(connection, "SELECT * FROM notice WHERE email = ?", email)]


def came_back(connection: Connection, word: CameBack, at: datetime) -> None:
    """As ``Records.came_back``."""
    # The relay itself has tried for hours, so there is no hurry.
    became = {"problem": word.problem, "final": word.final, "again": entries.moment(at + SLOWEST_RETRY)}
    connection.executemany(
        f"""UPDATE notice SET sent_at = NULL, dropped_at = NULL, problem = :problem, hopeless = :final,
        due_at = :again, came_back = attempts WHERE {_THIS} AND came_back < attempts""",  # noqa: S608
        [became | dict(zip(_PARTS, identity, strict=True)) for identity in word.identities],
    )


def forget(connection: Connection, notices: Iterable[Notice]) -> None:
    """As ``Accounts.forget_notices``."""
    these = [dict(zip(_PARTS, notice.identity, strict=True)) for notice in notices]
    connection.executemany(f"DELETE FROM notice WHERE {_THIS}", these)  # noqa: S608


def forget_all(connection: Connection, about: str) -> None:
    """All emails about a ticket, a draft or an entry."""
    connection.execute("DELETE FROM notice WHERE about = ?", (about,))


def _hold(connection: Connection, held: Notice, email: str = "") -> Notice:
    """A notice in the hands of a sender; in an email of its own, or in that of another one."""
    # Before it is sent, as word that the email came back may be faster than word that it was sent.
    connection.execute(
        f"UPDATE notice SET due_at = :due_at, attempts = :attempts, email = :email WHERE {_THIS}",  # noqa: S608
        {**rows.notice_row(held), "email": email or held.email},
    )
    return held


def _take_turn(connection: Connection, held: Notice, now: datetime) -> None:
    """To write to its recipient what others may go with, for as long as it is held; nobody else has it."""
    # One that is over may be of the same attempt, where the notice was forgotten meanwhile and is owed anew.
    connection.execute("DELETE FROM used WHERE link = ? AND until <= ?", (held.turn, entries.moment(now)))
    connection.execute("INSERT INTO used VALUES (?, ?, ?)", (held.turn, held.email, entries.moment(held.due_at)))


def _notices(connection: Connection, query: str, *values: object) -> list[Notice]:
    found = connection.execute(query, values)
    columns = [column for column, *_ in found.description]
    return [rows.notice(dict(zip(columns, row, strict=True))) for row in found.fetchall()]
