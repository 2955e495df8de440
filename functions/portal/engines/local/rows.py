"""The shapes of the rows: tables by version, and nouns to rows and back. Never touches a file.

Columns of their own are what is searched for or compared; the rest is the noun's entry as one JSON body. Of a notice
every value is a column.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from portal.core.application import Application, Event
from portal.core.draft import Draft
from portal.core.listing import Line
from portal.core.notices import Notice
from portal.core.officials import Official
from portal.core.register import Certificate
from portal.engines import entries

Row = Mapping[str, Any]

MIGRATIONS: Final = (
    (
        """CREATE TABLE application (
            ticket TEXT PRIMARY KEY, waiting_role TEXT NOT NULL, waiting_since TEXT NOT NULL, body TEXT NOT NULL)""",
        "CREATE INDEX waiting ON application (waiting_role, waiting_since) WHERE waiting_role <> ''",
        """CREATE TABLE event (
            ticket TEXT NOT NULL REFERENCES application, number INTEGER NOT NULL, entry TEXT NOT NULL,
            PRIMARY KEY (ticket, number)) WITHOUT ROWID""",
        """CREATE TABLE draft (
            id TEXT PRIMARY KEY, version INTEGER NOT NULL, created_at TEXT NOT NULL, body TEXT NOT NULL)""",
        "CREATE INDEX draft_age ON draft (created_at)",
        """CREATE TABLE notice (
            about TEXT NOT NULL, event INTEGER NOT NULL, letter TEXT NOT NULL, recipient TEXT NOT NULL,
            occasion TEXT NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, queued_at TEXT NOT NULL,
            due_at TEXT NOT NULL, attempts INTEGER NOT NULL, problem TEXT NOT NULL, hopeless INTEGER NOT NULL,
            sent_at TEXT, PRIMARY KEY (about, event, letter, recipient, occasion)) WITHOUT ROWID""",
        "CREATE INDEX notice_due ON notice (due_at, queued_at) WHERE sent_at IS NULL AND hopeless = 0",
        "CREATE INDEX notice_unsent ON notice (queued_at) WHERE sent_at IS NULL",
        """CREATE TABLE official (
            role TEXT NOT NULL, email TEXT NOT NULL, since TEXT NOT NULL, body TEXT NOT NULL,
            UNIQUE (role, email, since))""",
        "CREATE TABLE claim (name TEXT PRIMARY KEY, ticket TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE sop (version TEXT PRIMARY KEY, snapshot TEXT NOT NULL)",
        "CREATE TABLE counter (series TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE fact (ticket TEXT PRIMARY KEY, body TEXT NOT NULL)",
    ),
    (
        """CREATE TABLE tally (
            month TEXT PRIMARY KEY, through TEXT NOT NULL, cases INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX fact_closed ON fact (coalesce(json_extract(body, '$.closed'), ''))",
    ),
    (
        "ALTER TABLE notice ADD COLUMN dropped_at TEXT",
        "DROP INDEX notice_unsent",
        "CREATE INDEX notice_unsent ON notice (queued_at) WHERE sent_at IS NULL AND dropped_at IS NULL",
    ),
    (
        "DROP INDEX notice_due",
        """CREATE INDEX notice_due ON notice (due_at, queued_at)
            WHERE sent_at IS NULL AND dropped_at IS NULL AND hopeless = 0""",
    ),
    (
        "CREATE TABLE founder (service TEXT NOT NULL)",
        "INSERT INTO founder SELECT json_extract(body, '$.service') FROM application LIMIT 1",
        "ALTER TABLE fact ADD COLUMN book TEXT NOT NULL DEFAULT ''",
        "DROP INDEX fact_closed",
        "CREATE INDEX fact_closed ON fact (book, coalesce(json_extract(body, '$.closed'), ''))",
        "ALTER TABLE tally RENAME TO tally_before",
        """CREATE TABLE tally (
            book TEXT NOT NULL, month TEXT NOT NULL, through TEXT NOT NULL, cases INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (book, month)) WITHOUT ROWID""",
        "INSERT INTO tally SELECT '', month, through, cases, body FROM tally_before",
        "DROP TABLE tally_before",
    ),
    (
        """CREATE TABLE certificate (
            service TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (service, id)) WITHOUT ROWID""",
    ),
    (
        "CREATE TABLE told (recipient TEXT PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL) WITHOUT ROWID",
        """CREATE INDEX notice_recipient ON notice (recipient, queued_at)
            WHERE sent_at IS NULL AND dropped_at IS NULL AND hopeless = 0""",
    ),
    (
        """CREATE TABLE line (
            service TEXT NOT NULL, ticket TEXT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (service, ticket)) WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE certificate ADD COLUMN ended_by TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE certificate ADD COLUMN place TEXT NOT NULL DEFAULT ''",
        """UPDATE certificate SET ended_by = coalesce((
            SELECT json_extract(value, '$.action') FROM json_each(body, '$.recorded')
            WHERE json_extract(value, '$.action') IN ('revoke', 'replace') ORDER BY key LIMIT 1), '')""",
        """UPDATE certificate SET place = min(
            coalesce(nullif(json_extract(body, '$.valid_until'), ''), '9999-12-31'),
            coalesce((SELECT json_extract(value, '$.on') FROM json_each(body, '$.recorded')
            WHERE json_extract(value, '$.action') = ended_by ORDER BY key LIMIT 1), '9999-12-31')) || '#' || id""",
        "CREATE INDEX certificate_ends ON certificate (service, ended_by, place)",
        "CREATE INDEX certificate_number ON certificate (service, json_extract(body, '$.number'))",
        "CREATE INDEX certificate_email ON certificate (service, lower(json_extract(body, '$.email')))",
    ),
    (
        "ALTER TABLE notice ADD COLUMN email TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE notice ADD COLUMN came_back INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX notice_email ON notice (email) WHERE email <> ''",
    ),
    (
        """CREATE TABLE used (
            link TEXT NOT NULL, device TEXT NOT NULL, until TEXT NOT NULL, PRIMARY KEY (link, device)) WITHOUT ROWID""",
    ),
    ("CREATE TABLE handout (number INTEGER PRIMARY KEY, body TEXT NOT NULL, scrub INTEGER NOT NULL)",),
    (
        """CREATE TABLE standing (
            role TEXT NOT NULL, ticket TEXT NOT NULL UNIQUE, entry TEXT NOT NULL,
            PRIMARY KEY (role, ticket)) WITHOUT ROWID""",
        """CREATE TRIGGER standing_of_changed AFTER UPDATE ON application
            BEGIN DELETE FROM standing WHERE ticket IN (old.ticket, new.ticket); END""",
        """CREATE TRIGGER standing_of_more AFTER INSERT ON event
            BEGIN DELETE FROM standing WHERE ticket = new.ticket; END""",
        """CREATE TRIGGER standing_of_other AFTER UPDATE ON event
            BEGIN DELETE FROM standing WHERE ticket IN (old.ticket, new.ticket); END""",
        """CREATE TRIGGER standing_of_less AFTER DELETE ON event
            BEGIN DELETE FROM standing WHERE ticket = old.ticket; END""",
    ),
    ("CREATE TABLE sweep (name TEXT PRIMARY KEY, place TEXT NOT NULL) WITHOUT ROWID",),
    (
        """CREATE INDEX line_place ON line (service,
            CASE WHEN json_valid(body) THEN json_extract(body, '$.opened') || '#' || ticket END)""",
    ),
)
"""The statements that lead from one version of the tables to the next; a released one is never changed."""


def application_row(application: Application, waiting: str) -> Row:
    """``waiting``: the list of who has to act on it, empty once closed."""
    return {
        "ticket": application.ticket,
        "waiting_role": waiting,
        "waiting_since": entries.moment(application.since),
        "body": entries.text(entries.application_entry(application)),
    }


def event_row(ticket: str, event: Event) -> Row:
    return {"ticket": ticket, "number": event.number, "entry": entries.text(event.entry())}


def application(ticket: str, body: str, events: Iterable[str]) -> Application:
    """The application of an ``application_row`` and the entries of its events, oldest first.

    Raises:
        Unreadable: as ``entries.reading``.
    """
    with entries.reading(ticket):
        return entries.application(ticket, json.loads(body), map(json.loads, events))


def draft_row(draft: Draft) -> Row:
    return {
        "id": draft.id,
        "version": draft.version,
        "created_at": entries.moment(draft.created_at),
        "body": entries.text(entries.draft_entry(draft)),
    }


def draft(body: str) -> Draft:
    return entries.draft(json.loads(body))


def notice_row(notice: Notice) -> Row:
    return entries.notice_entry(notice)


def notice(row: Row) -> Notice:
    # SQLite has no truth, only 0 and 1.
    return entries.notice({**row, "hopeless": bool(row["hopeless"])})


def told_row(notice: Notice, at: datetime, since: datetime) -> Row:
    """That its recipient is sent this notice now, unless another one was sent to the same since then."""
    by = json.dumps(notice.identity)
    return {"recipient": notice.recipient, "at": entries.moment(at), "by": by, "since": entries.moment(since)}


def official_row(official: Official, founder: str) -> Row:
    return {
        "role": entries.filed(official.service, official.role, founder),
        "email": official.email.lower(),
        "since": entries.day(official.since),
        "body": entries.text(entries.official_entry(official, founder)),
    }


def official(body: str, founder: str) -> Official:
    return entries.official(json.loads(body), founder)


def certificate_row(certificate: Certificate) -> Row:
    return {
        "service": certificate.service,
        "id": certificate.id,
        "version": certificate.version,
        "ended_by": certificate.ended_by,
        "place": certificate.place,
        "body": entries.text(entries.certificate_entry(certificate)),
    }


def certificate(body: str) -> Certificate:
    return entries.certificate(json.loads(body))


def line_row(line: Line) -> Row:
    return {"service": line.service, "ticket": line.ticket, "body": entries.text(entries.line_entry(line))}


def line(body: str) -> Line:
    return entries.line(json.loads(body))
