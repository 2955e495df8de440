"""The register's rows: entries found by key, by end and by holder, and each kept over its version before."""

from collections.abc import Iterator
from datetime import date
from sqlite3 import Connection
from typing import Any, Final

from portal.core.errors import Conflict, NotFound
from portal.core.register import Certificate
from portal.engines.local import rows
from portal.engines.local.database import Database

# Nothing sorts after the last code point: a text and the text with it behind are the range of all that begin so.
LAST: Final = "\U0010ffff"


class SqliteCertificates:
    """What ``ports.Records`` promises to find in the register."""

    _database: Database

    def certificates(self, service: str) -> Iterator[Certificate]:
        query = "SELECT body FROM certificate WHERE service = ? ORDER BY id"
        return self._certificates(query, service)

    def certificate(self, service: str, id: str) -> Certificate:
        for found in self._certificates("SELECT body FROM certificate WHERE service = ? AND id = ?", service, id):
            return found
        raise NotFound("certificate_unknown")

    def certificates_by_end(
        self,
        service: str,
        ended_by: str = "",
        after: str = "",
        until: date | None = None,
        most: int = 0,
        before: str = "",
    ) -> Iterator[Certificate]:
        last = min(f"{until}#{LAST}" if until else LAST, before or LAST)
        query = f"""SELECT body FROM certificate WHERE service = ? AND ended_by = ? AND place > ? AND place < ?
            ORDER BY place {"DESC" if before else "ASC"} LIMIT ?"""  # noqa: S608
        found = [*self._certificates(query, service, ended_by, after, last, most or -1)]
        return iter(found[::-1] if before else found)

    def certificates_of(self, service: str, number: str, email: str) -> Iterator[Certificate]:
        # A union of two, each by its index; SQLite would rather go through the whole service by its key.
        query = """SELECT id, body FROM certificate INDEXED BY certificate_number
            WHERE service = ? AND json_extract(body, '$.number') = ? AND ? <> ''
            UNION SELECT id, body FROM certificate INDEXED BY certificate_email
            WHERE service = ? AND lower(json_extract(body, '$.email')) = ? AND ? <> ''"""
        address = email.lower()
        found = self._all(query, service, number, number, service, address, address)
        return (rows.certificate(body) for _, body in found)

    def refile_certificates(self, service: str) -> int:
        return 0  # the tables' newest version has done so

    def _certificates(self, query: str, *values: object) -> Iterator[Certificate]:
        return (rows.certificate(body) for (body,) in self._all(query, *values))

    def _all(self, query: str, *values: object) -> list[Any]:
        # All at once: a reader dawdling over its rows would keep the write-ahead log from being folded back.
        with self._database.reading() as connection:
            return connection.execute(query, values).fetchall()


def write_certificate(connection: Connection, certificate: Certificate) -> None:
    """Raises Conflict (``certificate_changed``): its version is not the next one."""
    if certificate.version == 1:
        statement = """INSERT INTO certificate (service, id, version, body, ended_by, place)
            VALUES (:service, :id, :version, :body, :ended_by, :place) ON CONFLICT DO NOTHING"""
    else:
        statement = """UPDATE certificate SET version = :version, body = :body, ended_by = :ended_by, place = :place
            WHERE service = :service AND id = :id AND version = :version - 1"""
    if not connection.execute(statement, rows.certificate_row(certificate)).rowcount:
        raise Conflict("certificate_changed")
