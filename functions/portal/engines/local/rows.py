"""The shapes of the rows: tables by version, and nouns to rows and back. Never touches a file.

Columns of their own are what is searched for or compared; the rest is one JSON body. An event is stored as its entry,
the very values its hash covers; step and state of an application are those of its newest event and stored nowhere else.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from portal.core.application import Application, Event
from portal.core.draft import Document, Draft
from portal.core.notices import Notice, Official

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
)
"""The statements that lead from one version of the tables to the next; a released one is never changed."""


def application_row(application: Application, waits_on: str) -> Row:
    body = {
        "service": application.service,
        "sop_version": application.sop_version,
        "form": application.form,
        "documents": [vars(document) for document in application.documents],
    }
    return {
        "ticket": application.ticket,
        "waiting_role": waits_on,
        "waiting_since": utc(application.since),
        "body": as_json(body),
    }


def event_row(ticket: str, event: Event) -> Row:
    return {"ticket": ticket, "number": event.number, "entry": as_json(event.entry())}


def application(ticket: str, body: str, entries: Iterable[str]) -> Application:
    """The application of an ``application_row`` and the entries of its events, oldest first."""
    kept = json.loads(body)
    events = tuple(Event.from_entry(json.loads(entry)) for entry in entries)
    return Application(
        ticket=ticket,
        service=kept["service"],
        sop_version=kept["sop_version"],
        form=kept["form"],
        documents=tuple(Document(**document) for document in kept["documents"]),
        step=events[-1].step,
        state=events[-1].state,
        events=events,
    )


def draft_row(draft: Draft) -> Row:
    body = {
        **vars(draft),
        "created_at": draft.created_at.isoformat(),
        "documents": [vars(document) for document in draft.documents],
    }
    return {
        "id": draft.id,
        "version": draft.version,
        "created_at": utc(draft.created_at),
        "body": as_json(body),
    }


def draft(body: str) -> Draft:
    kept = json.loads(body)
    kept["created_at"] = datetime.fromisoformat(kept["created_at"])
    kept["documents"] = tuple(Document(**document) for document in kept["documents"])
    kept["items"] = tuple(kept["items"])
    return Draft(**kept)


def notice_row(notice: Notice) -> Row:
    return {
        **vars(notice),
        "queued_at": utc(notice.queued_at),
        "due_at": utc(notice.due_at),
        "sent_at": utc(notice.sent_at) if notice.sent_at else None,
        "dropped_at": utc(notice.dropped_at) if notice.dropped_at else None,
    }


def notice(row: Row) -> Notice:
    return Notice(
        **{
            **row,
            "queued_at": datetime.fromisoformat(row["queued_at"]),
            "due_at": datetime.fromisoformat(row["due_at"]),
            "sent_at": datetime.fromisoformat(row["sent_at"]) if row["sent_at"] else None,
            "dropped_at": datetime.fromisoformat(row["dropped_at"]) if row["dropped_at"] else None,
            "hopeless": bool(row["hopeless"]),
        }
    )


def official_row(official: Official) -> Row:
    days = {"since": _day(official.since), "until": _day(official.until)}
    return {
        "role": official.role,
        "email": official.email.lower(),
        "since": days["since"],
        "body": as_json({**vars(official), **days}),
    }


def official(body: str) -> Official:
    kept = json.loads(body)
    days = {key: date.fromisoformat(kept[key]) if kept[key] else None for key in ("since", "until")}
    return Official(**{**kept, **days})


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def utc(at: datetime) -> str:
    # Always to the microsecond, so that texts sort as the times they stand for.
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
