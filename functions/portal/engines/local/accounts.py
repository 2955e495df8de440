"""The rows of who took personal data out or erased it, and erasing: rows without it, and a file without its traces."""

import json
from collections.abc import Sequence

from portal.core.application import Application
from portal.core.handouts import GONE, Handout
from portal.core.listing import Line
from portal.core.notices import Notice
from portal.engines import entries
from portal.engines.local import owed, rows, statements
from portal.engines.local.database import Database


class SqliteAccounts:
    """What ``accounts.Accounts`` promises."""

    _database: Database

    def keep_handout(self, handout: Handout) -> None:
        with self._database.writing() as connection:
            body = entries.text(entries.handout_entry(handout))
            connection.execute("INSERT INTO handout (body, scrub) VALUES (?, ?)", (body, handout.what in GONE))

    def handouts(self) -> Sequence[Handout]:
        with self._database.reading() as connection:
            found = connection.execute("SELECT body FROM handout ORDER BY number").fetchall()
        return [entries.handout(json.loads(body)) for (body,) in found]

    def erase(self, application: Application, line: Line) -> None:
        ticket = application.ticket
        with self._database.writing() as connection:
            statements.write_application(connection, application, "")
            bare = [rows.event_row(ticket, event) for event in application.events[:-1]]
            connection.executemany("UPDATE event SET entry = :entry WHERE ticket = :ticket AND number = :number", bare)
            owed.forget_all(connection, ticket)
            statements.write_line(connection, line)

    def forget_notices(self, notices: Sequence[Notice]) -> None:
        with self._database.writing() as connection:
            owed.forget(connection, notices)

    def scrub(self, *, if_owed: bool = False) -> None:
        with self._database.reading() as connection:
            (newest,) = connection.execute("SELECT max(number) FROM handout WHERE scrub").fetchone()
        if newest is not None or not if_owed:
            self._database.rewrite()
            with self._database.writing() as connection:
                connection.execute("UPDATE handout SET scrub = 0 WHERE number <= ?", (newest,))
