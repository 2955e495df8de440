"""The rows of who took personal data out: added one after the other."""

import json
from collections.abc import Sequence
from sqlite3 import Connection

from portal.core.handouts import Handout
from portal.engines import entries
from portal.engines.local.database import Database


class SqliteAccounts:
    """What ``accounts.Accounts`` promises."""

    _database: Database

    def keep_handout(self, handout: Handout) -> None:
        with self._database.writing() as connection:
            write_handout(connection, handout)

    def handouts(self) -> Sequence[Handout]:
        with self._database.reading() as connection:
            found = connection.execute("SELECT body FROM handout ORDER BY number").fetchall()
        return [entries.handout(json.loads(body)) for (body,) in found]


def write_handout(connection: Connection, handout: Handout) -> None:
    body = entries.text(entries.handout_entry(handout))
    connection.execute("INSERT INTO handout (body) VALUES (?)", (body,))
