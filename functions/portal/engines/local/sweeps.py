"""The rows of how far each sweep came."""

from portal.engines.local.database import Database


class SqliteSweeps:
    """What ``sweeps.Sweeps`` promises."""

    _database: Database

    def reached(self, sweep: str) -> str:
        with self._database.reading() as connection:
            found = connection.execute("SELECT place FROM sweep WHERE name = ?", (sweep,)).fetchone()
        return str(found[0]) if found else ""

    def keep_reached(self, sweep: str, place: str) -> None:
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO sweep VALUES (?, ?)", (sweep, place))
