"""The rows of the list of all cases: read all of a service, or some beside a place."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from portal.core.listing import Line
from portal.engines import entries
from portal.engines.local import rows
from portal.engines.local.database import Database

# As in the index, word by word.
_PLACE: Final = "CASE WHEN json_valid(body) THEN json_extract(body, '$.opened') || '#' || ticket END"

# Every place begins with a digit.
_LAST: Final = "A"


class SqliteLines:
    """What ``ports.Records`` promises of the list of all cases."""

    _database: Database

    def lines(self, service: str) -> Iterator[Line]:
        with self._database.reading() as connection:
            found = connection.execute("SELECT body FROM line WHERE service = ?", (service,)).fetchall()
        return entries.readable(rows.line, (body for (body,) in found))

    def lines_by_age(self, service: str, most: int, place: str = "", *, newer: bool = False) -> Sequence[Line]:
        beside, order = (">", "ASC") if newer else ("<", "DESC")
        query = f"SELECT body FROM line WHERE service = ? AND {_PLACE} {beside} ? ORDER BY {_PLACE} {order}"  # noqa: S608
        with self._database.reading() as connection:  # row by row, as one that cannot be read is none
            bodies = (body for (body,) in connection.execute(query, (service, place or ("" if newer else _LAST))))
            return list(islice(entries.readable(rows.line, bodies), most))

    def place_lines(self, service: str) -> int:
        return 0  # the tables' newest version has done so

    def keep_lines(self, lines: Sequence[Line]) -> None:
        with self._database.writing() as connection:
            kept = "INSERT INTO line VALUES (:service, :ticket, :body) ON CONFLICT DO NOTHING"
            connection.executemany(kept, map(rows.line_row, lines))
