"""What is written to the tables, in SQL: each on a connection whose transaction is open."""

from sqlite3 import Connection

from portal.core.application import Application
from portal.core.draft import Draft
from portal.core.errors import Conflict
from portal.core.listing import Line
from portal.engines.local import rows


def write_application(connection: Connection, application: Application, waiting: str) -> None:
    """Raises Conflict (``event_taken``)."""
    connection.execute(
        """INSERT INTO application VALUES (:ticket, :waiting_role, :waiting_since, :body) ON CONFLICT (ticket) DO UPDATE
        SET waiting_role = excluded.waiting_role, waiting_since = excluded.waiting_since, body = excluded.body""",
        rows.application_row(application, waiting),
    )
    written = connection.execute(
        "INSERT INTO event VALUES (:ticket, :number, :entry) ON CONFLICT DO NOTHING",
        rows.event_row(application.ticket, application.events[-1]),
    )
    if not written.rowcount:
        raise Conflict("event_taken")


def write_draft(connection: Connection, draft: Draft) -> None:
    """Raises Conflict (``draft_changed``)."""
    if draft.version == 1:
        statement = "INSERT INTO draft VALUES (:id, :version, :created_at, :body) ON CONFLICT DO NOTHING"
    else:
        statement = "UPDATE draft SET version = :version, body = :body WHERE id = :id AND version = :version - 1"
    if not connection.execute(statement, rows.draft_row(draft)).rowcount:
        raise Conflict("draft_changed")


def write_line(connection: Connection, line: Line) -> None:
    connection.execute("INSERT OR REPLACE INTO line VALUES (:service, :ticket, :body)", rows.line_row(line))


def claim(connection: Connection, name: str, ticket: str) -> None:
    """Raises Conflict (``claim_taken``)."""
    # A claim of one's own is written over itself, so that it counts as written.
    written = connection.execute(
        """INSERT INTO claim VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET ticket = excluded.ticket WHERE claim.ticket = excluded.ticket""",
        (name, ticket),
    )
    if not written.rowcount:
        raise Conflict("claim_taken")
