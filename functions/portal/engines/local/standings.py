"""The rows of how open cases stand.

Whatever else changes a case's own rows takes its row here away, by a trigger of the tables: then the case is read in
full until its next move, or until its standing is kept anew.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from sqlite3 import Connection
from typing import Final

from portal.core.standing import Standing
from portal.engines import entries
from portal.engines.local.database import Database
from portal.engines.standings import Kept

REMEMBERED: Final = 16_384
"""Standings that are at hand without being read again, of some 2 KB each: those that have not changed since."""


class SqliteStandings:
    """What ``standings.Standings`` promises."""

    _database: Database

    def standings(self, service: str, roles: Sequence[str]) -> Kept:
        found, others = list[Standing](), dict[str, list[str]]()
        with self._database.reading() as connection:
            connection.execute("BEGIN")  # both questions are about one moment
            try:
                for role in roles:
                    filed = self._filed(service, role)
                    kept, rest = _kept(connection, filed), _number(connection, filed)
                    found += kept
                    if len(kept) < rest:
                        known = {standing.ticket for standing in kept}
                        others[role] = [each for each in _tickets(connection, filed) if each not in known]
            finally:
                connection.execute("COMMIT")
        return Kept(found, others)

    def changes(self) -> int | None:
        return self._database.changes()

    def keep_standings(self, standings: Sequence[Standing]) -> None:
        with self._database.writing() as connection:
            for standing in standings:
                filed = self._filed(standing.service, standing.line.waits_on)
                write_standing(connection, filed, standing, "INSERT OR IGNORE")

    def _filed(self, service: str, name: str) -> str:
        raise NotImplementedError


def write_standing(connection: Connection, filed: str, standing: Standing, how: str = "INSERT OR REPLACE") -> None:
    """Args: filed: the list of who has to act on it. Nothing is written of a case that has moved on."""
    row = filed, standing.ticket, entries.text(entries.standing_entry(standing))
    connection.execute(
        f"""{how} INTO standing SELECT ?1, ?2, ?3 FROM application WHERE ticket = ?2 AND waiting_role = ?1
        AND (SELECT max(number) FROM event WHERE event.ticket = ?2) = ?4""",  # noqa: S608
        (*row, standing.version),
    )


def _kept(connection: Connection, filed: str) -> list[Standing]:
    kept = []
    for (entry,) in connection.execute("SELECT entry FROM standing WHERE role = ?", (filed,)):
        with suppress(Exception):  # one that cannot be read is none: its case is read
            kept.append(_read(entry))
    return kept


@lru_cache(REMEMBERED)
def _read(entry: str) -> Standing:
    return entries.standing(json.loads(entry))


def _number(connection: Connection, filed: str) -> int:
    # The second condition lets SQLite use the index.
    query = "SELECT count(*) FROM application WHERE waiting_role = ? AND waiting_role <> ''"
    return int(connection.execute(query, (filed,)).fetchone()[0])


def _tickets(connection: Connection, filed: str) -> list[str]:
    query = "SELECT ticket FROM application WHERE waiting_role = ? AND waiting_role <> ''"
    return [ticket for (ticket,) in connection.execute(query, (filed,))]
