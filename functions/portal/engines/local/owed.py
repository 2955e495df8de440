"""The owed emails among the tables: queued, held, settled, and unsent again when they come back.

Each function is one part of a transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Final

from portal.core.notices import SLOWEST_RETRY, Identity, Notice, Shares
from portal.core.sop import APPLICANT
from portal.engines import entries
from portal.engines.local import rows
from portal.engines.ports import MOST_IN_ONE, CameBack

_PARTS: Final = ("about", "event", "letter", "recipient", "occasion")
_THIS: Final = """about = :about AND event = :event AND letter = :letter AND recipient = :recipient
    AND occasion = :occasion"""
_UNSENT: Final = "sent_at IS NULL AND dropped_at IS NULL"


def queue(connection: Connection, notices: Iterable[Notice]) -> None:
    connection.executemany(
        """INSERT INTO notice (about, event, letter, recipient, occasion, role, name, queued_at, due_at, attempts,
        problem, hopeless, sent_at, dropped_at) VALUES (:about, :event, :letter, :recipient, :occasion, :role, :name,
        :queued_at, :due_at, :attempts, :problem, :hopeless, :sent_at, :dropped_at) ON CONFLICT DO NOTHING""",
        [rows.notice_row(notice) for notice in notices],
    )


def claim(connection: Connection, now: datetime, lease: timedelta, shares: Shares) -> Notice | None:
    """As ``Records.claim_notice``."""
    due = f"""SELECT * FROM notice WHERE {_UNSENT} AND hopeless = 0 AND due_at <= ?
        ORDER BY due_at, queued_at LIMIT ?"""  # noqa: S608
    for most in (1, 50, -1):  # nearly always the first one, of which no others need be put in order
        for owed in _notices(connection, due, entries.moment(now), most):
            held = owed.held(now + lease)
            if not shares(owed) or _takes_turn(connection, held, now):
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


def _takes_turn(connection: Connection, held: Notice, now: datetime) -> bool:
    """To write to its recipient what others may go with, for as long as it is held."""
    written = connection.execute(
        """INSERT INTO used SELECT :turn, :by, :until
        WHERE NOT EXISTS (SELECT 1 FROM used WHERE link = :turn AND until > :now)""",
        {"turn": held.turn, "by": held.email, "until": entries.moment(held.due_at), "now": entries.moment(now)},
    )
    return bool(written.rowcount)


def _notices(connection: Connection, query: str, *values: object) -> list[Notice]:
    found = connection.execute(query, values)
    columns = [column for column, *_ in found.description]
    return [rows.notice(dict(zip(columns, row, strict=True))) for row in found.fetchall()]
