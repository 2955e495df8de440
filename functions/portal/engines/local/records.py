"""The records in one SQLite file: what ``ports.Records`` promises, in SQL. Decides nothing about a case."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from portal.core.application import Application
from portal.core.draft import Draft
from portal.core.errors import NotFound, Unavailable, Unreadable
from portal.core.listing import Unread, passed_over
from portal.core.notices import Identity, Notice, Shares, alone
from portal.core.officials import Official
from portal.core.recap import Tally
from portal.core.register import Certificate, about
from portal.engines import entries
from portal.engines.local import owed, rows, statements
from portal.engines.local.accounts import SqliteAccounts
from portal.engines.local.certificates import LAST, SqliteCertificates, write_certificate
from portal.engines.local.database import Database
from portal.engines.local.lines import SqliteLines
from portal.engines.local.moving import SqliteMoving, admits
from portal.engines.local.standings import SqliteStandings, write_standing
from portal.engines.local.sweeps import SqliteSweeps
from portal.engines.ports import CameBack, Change, Compiled, Fact

# As in the index, word by word.
_CLOSED: Final = "coalesce(json_extract(body, '$.closed'), '')"


class SqliteRecords(SqliteCertificates, SqliteAccounts, SqliteLines, SqliteStandings, SqliteSweeps, SqliteMoving):
    """``ports.Records`` on one machine, for any number of threads and processes; also ``BacksUp``.

    Args:
        path: the file; made when missing, brought to the present shape when older.
        services: keys of those that the portal serves; a new file begins with the first.
        busy_seconds: how long to wait for another writer before ``Unavailable``.

    Raises:
        Unavailable: the file cannot be used (``store_unavailable``), is of a newer portal (``store_newer``), or of one
            that serves other services (``store_foreign``).
    """

    def __init__(self, path: Path, services: Sequence[str], busy_seconds: float = 5) -> None:
        self._database = Database(path, rows.MIGRATIONS, busy_seconds, admits)
        try:
            self._founder = self._found(services)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def backup(self, target: Path) -> None:
        self._database.backup(target)

    @property
    def founder(self) -> str:
        """The service that the file began with."""
        return self._founder

    def tickets(self) -> Sequence[str]:
        return [ticket for (ticket,) in self._all("SELECT ticket FROM application ORDER BY ticket")]

    # --- applications --------------------------------------------------------------------------------------------

    def load(self, ticket: str) -> Application:
        query = "SELECT body, entry FROM application JOIN event USING (ticket) WHERE ticket = ? ORDER BY number"
        found = self._all(query, ticket)
        if not found:
            raise NotFound("ticket_unknown")
        return rows.application(ticket, found[0][0], [entry for _, entry in found])

    def waiting_on(
        self, service: str, role: str, unread: Callable[[Unread], object] = passed_over
    ) -> Iterator[Application]:
        return self._waiting(service, role, unread)

    def waiting_among(
        self, service: str, role: str, tickets: Collection[str], unread: Callable[[Unread], object]
    ) -> Iterator[Application]:
        # Handed over as one text: a statement takes only so many values.
        return self._waiting(service, role, unread, "AND ticket IN (SELECT value FROM json_each(?))", tickets)

    def _waiting(
        self, service: str, role: str, unread: Callable[[Unread], object], only: str = "", tickets: Iterable[str] = ()
    ) -> Iterator[Application]:
        # The second condition lets SQLite use the index, which leaves closed applications out. Applications and their
        # events come from one query, hence from one moment.
        query = f"""SELECT ticket, body, waiting_since, entry FROM application JOIN event USING (ticket)
            WHERE waiting_role = ? AND waiting_role <> '' {only} ORDER BY waiting_since, ticket, number"""  # noqa: S608
        found = self._all(query, self._filed(service, role), *([json.dumps([*tickets])] if only else []))
        for (ticket, body, since), events in groupby(found, key=itemgetter(0, 1, 2)):
            try:
                yield rows.application(ticket, body, [entry for *_, entry in events])
            except Unreadable as damage:
                unread(Unread(ticket, service, datetime.fromisoformat(since), str(damage.facts["problem"])))

    def count_waiting(self, service: str, role: str) -> int:
        # The second condition as above.
        query = "SELECT COUNT(*) FROM application WHERE waiting_role = ? AND waiting_role <> ''"
        return int(self._all(query, self._filed(service, role))[0][0])

    def commit(self, change: Change) -> None:
        ticket, service = change.application.ticket, change.application.service
        waiting = self._filed(service, change.waits_on) if change.waits_on else ""
        with self._database.writing() as connection:
            statements.write_application(connection, change.application, waiting)
            owed.queue(connection, change.notices)
            if change.draft:
                statements.write_draft(connection, change.draft)
            for name in change.releases:
                connection.execute("DELETE FROM claim WHERE name = ? AND ticket = ?", (name, ticket))
            for name in change.claims:
                statements.claim(connection, name, ticket)
            if change.reopened:
                connection.execute("DELETE FROM fact WHERE ticket = ?", (ticket,))
            if change.fact is not None:
                self._write_fact(connection, service, ticket, change.fact)
            self._write_certificates(connection, change.certificates, change.corrections)
            if change.line:
                statements.write_line(connection, change.line)
            if change.standing:
                write_standing(connection, waiting, change.standing)

    def taken(self, prefix: str) -> Sequence[str]:
        query = "SELECT name FROM claim WHERE name >= ? AND name < ? ORDER BY name"
        return [name for (name,) in self._all(query, prefix, f"{prefix}{LAST}")]

    def facts(self, service: str, closed: str = "") -> Iterator[Fact]:
        query = f"""SELECT body FROM fact WHERE book = ? AND {_CLOSED} >= ? AND {_CLOSED} < ?
            ORDER BY {_CLOSED}, rowid"""  # noqa: S608
        return (json.loads(body) for (body,) in self._all(query, self._filed(service, ""), closed, f"{closed}{LAST}"))

    def facts_after(self, service: str, day: str) -> Iterator[Fact]:
        query = f"SELECT body FROM fact WHERE book = ? AND {_CLOSED} > ? ORDER BY {_CLOSED}, rowid"  # noqa: S608
        return (json.loads(body) for (body,) in self._all(query, self._filed(service, ""), day))

    # --- the register --------------------------------------------------------------------------------------------

    def keep_certificates(
        self, certificates: Sequence[Certificate], corrections: Sequence[Fact] = (), notices: Sequence[Notice] = ()
    ) -> None:
        with self._database.writing() as connection:
            self._write_certificates(connection, certificates, corrections)
            owed.queue(connection, notices)

    def forget_certificate(self, service: str, id: str) -> None:
        with self._database.writing() as connection:
            connection.execute("DELETE FROM certificate WHERE service = ? AND id = ?", (service, id))
            owed.forget_all(connection, about(service, id))

    # --- the recap's sums ----------------------------------------------------------------------------------------

    def keep_tally(self, service: str, compiled: Compiled, tally: Tally) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO tally VALUES (:book, :month, :through, :cases, :body)",
                {**vars(compiled), "book": self._filed(service, ""), "body": entries.text(tally)},
            )

    def compiled(self, service: str) -> Sequence[Compiled]:
        query = "SELECT month, through, cases FROM tally WHERE book = ? ORDER BY month"
        return [Compiled(*row) for row in self._all(query, self._filed(service, ""))]

    def tallies(self, service: str, after: str = "") -> Iterator[tuple[Compiled, Tally]]:
        query = "SELECT month, through, cases, body FROM tally WHERE book = ? AND month > ? ORDER BY month"
        found = self._all(query, self._filed(service, ""), after)
        return ((Compiled(*head), json.loads(body)) for *head, body in found)

    # --- drafts --------------------------------------------------------------------------------------------------

    def load_draft(self, id: str) -> Draft:
        for (body,) in self._all("SELECT body FROM draft WHERE id = ?", id):
            return rows.draft(body)
        raise NotFound("draft_unknown")

    def save_draft(self, draft: Draft, notices: Sequence[Notice] = ()) -> None:
        with self._database.writing() as connection:
            statements.write_draft(connection, draft)
            owed.queue(connection, notices)

    def drafts_before(self, created_before: datetime) -> Iterator[Draft]:
        query = "SELECT body FROM draft WHERE created_at < ? ORDER BY created_at, id"
        found = self._all(query, entries.moment(created_before))
        return entries.readable(rows.draft, (body for (body,) in found))

    def delete_draft(self, id: str) -> None:
        with self._database.writing() as connection:
            connection.execute("DELETE FROM draft WHERE id = ?", (id,))
            owed.forget_all(connection, id)

    # --- owed emails ---------------------------------------------------------------------------------------------

    def owe(self, notices: Sequence[Notice]) -> None:
        with self._database.writing() as connection:
            owed.queue(connection, notices)

    def claim_notice(self, now: datetime, lease: timedelta, shares: Shares = alone) -> Notice | None:
        with self._database.writing() as connection:
            return owed.claim(connection, now, lease, shares)

    def claim_also(
        self, held: Notice, wanted: Callable[[Notice], bool], now: datetime, lease: timedelta
    ) -> Sequence[Notice]:
        with self._database.writing() as connection:
            return owed.claim_also(connection, held, wanted, now, lease)

    def goes_first(self, held: Notice, since: datetime, now: datetime) -> bool:
        with self._database.writing() as connection:
            return owed.goes_first(connection, held, since, now)

    def settle_notice(self, notice: Notice) -> None:
        with self._database.writing() as connection:
            owed.settle(connection, notice)

    def sent_in(self, email: str) -> Sequence[Identity]:
        """What went in an email (``Notice.email``); nothing of one that was never sent."""
        with self._database.reading() as connection:
            return owed.sent_in(connection, email)

    def came_back(self, word: CameBack, at: datetime) -> None:
        with self._database.writing() as connection:
            owed.came_back(connection, word, at)

    def unsent(self) -> Iterator[Notice]:
        with self._database.reading() as connection:
            return iter(owed.unsent(connection))

    def notices(self, about: str) -> Sequence[Notice]:
        with self._database.reading() as connection:
            return owed.about(connection, about)

    # --- officials, editions of the SOP, numbers -----------------------------------------------------------------

    def officials(self, service: str = "") -> Sequence[Official]:
        # What stands of a role up to its slash: nothing for the service with which the file began (``entries.filed``).
        book = self._filed(service, "")
        query = "SELECT body FROM official WHERE ? = '' OR rtrim(role, replace(role, '/', '')) = ? ORDER BY rowid"
        found = self._all(query, service, book)
        return [rows.official(body, self._founder) for (body,) in found]

    def appoint(self, official: Official, notices: Sequence[Notice] = ()) -> None:
        with self._database.writing() as connection:
            owed.queue(connection, notices)
            connection.execute(
                """INSERT INTO official VALUES (:role, :email, :since, :body)
                ON CONFLICT (role, email, since) DO UPDATE SET body = excluded.body""",
                rows.official_row(official, self._founder),
            )

    def keep_sop(self, version: str, snapshot: str) -> None:
        with self._database.writing() as connection:
            connection.execute("INSERT INTO sop VALUES (?, ?) ON CONFLICT DO NOTHING", (version, snapshot))

    def sop(self, version: str) -> str:
        for (snapshot,) in self._all("SELECT snapshot FROM sop WHERE version = ?", version):
            return str(snapshot)
        raise NotFound("sop_unknown")

    def next_number(self, service: str, series: str) -> int:
        name = self._filed(service, series)
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO counter VALUES (?, 1) ON CONFLICT (series) DO UPDATE SET number = number + 1", (name,)
            )
            row = connection.execute("SELECT number FROM counter WHERE series = ?", (name,)).fetchone()
        return int(row[0])

    def use(self, link: str, device: str, now: datetime, until: datetime) -> None:
        with self._database.writing() as connection:
            connection.execute("DELETE FROM used WHERE until <= ?", (entries.moment(now),))
            connection.execute("INSERT OR REPLACE INTO used VALUES (?, ?, ?)", (link, device, entries.moment(until)))

    def used(self, link: str, now: datetime) -> Sequence[str]:
        found = self._all("SELECT device FROM used WHERE link = ? AND until > ?", link, entries.moment(now))
        return [device for (device,) in found]

    def hold(self, turn: str, who: str, now: datetime, until: datetime) -> str:
        with self._database.writing() as connection:
            connection.execute("DELETE FROM used WHERE until <= ?", (entries.moment(now),))
            held = connection.execute("SELECT device FROM used WHERE link = ?", (turn,)).fetchone()
            if held is None:
                connection.execute("INSERT INTO used VALUES (?, ?, ?)", (turn, who, entries.moment(until)))
        return str(held[0]) if held else who

    # --- within --------------------------------------------------------------------------------------------------

    def _write_certificates(
        self, connection: Connection, certificates: Iterable[Certificate], corrections: Iterable[Fact]
    ) -> None:
        for certificate in certificates:
            write_certificate(connection, certificate)
        for fact in corrections:
            self._write_fact(connection, fact["service"], fact["ticket"], fact)

    def _write_fact(self, connection: Connection, service: str, key: str, fact: Fact) -> None:
        connection.execute(
            """INSERT INTO fact (ticket, body, book) VALUES (?, ?, ?)
            ON CONFLICT (ticket) DO UPDATE SET body = excluded.body""",
            (key, entries.text(fact), self._filed(service, "")),
        )

    def _found(self, services: Sequence[str]) -> str:
        """The service that the file began with; it begins now if it is new."""
        founded = self._all("SELECT service FROM founder")
        if not founded:
            with self._database.writing() as connection:
                # Another process may have been faster.
                begun = "INSERT INTO founder SELECT ? WHERE NOT EXISTS (SELECT 1 FROM founder)"
                connection.execute(begun, (services[0],))
            founded = self._all("SELECT service FROM founder")
        founder = str(founded[0][0])
        if founder not in services:
            raise Unavailable("store_foreign", founder=founder, services=", ".join(services))
        return founder

    def _filed(self, service: str, name: str) -> str:
        return entries.filed(service, name, self._founder)
