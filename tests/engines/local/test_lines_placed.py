"""A folder in which the list of all cases has no places yet, and a line that cannot be read."""

from contextlib import closing
from pathlib import Path

from portal.core.listing import line
from portal.engines.local import rows
from portal.engines.local.database import Database
from portal.engines.local.records import SqliteRecords
from tests.support.builders import a_sop, application


def test_a_line_that_cannot_be_read_keeps_no_folder_shut_and_no_other_off_the_list(tmp_path: Path) -> None:
    sound = line(application(number=1), a_sop())
    before = next(number for number, step in enumerate(rows.MIGRATIONS) if "INDEX line_place" in step[0])
    with closing(Database(tmp_path / "records.sqlite3", rows.MIGRATIONS[:before])) as old, old.writing() as connection:
        kept = "INSERT INTO line VALUES (:service, :ticket, :body)"
        connection.execute(kept, rows.line_row(sound))
        connection.execute(kept, {"service": sound.service, "ticket": "TTE-B", "body": '{"opened": "2026-'})
    with closing(SqliteRecords(tmp_path / "records.sqlite3", [sound.service])) as records:
        assert list(records.lines(sound.service)) == [sound]
        assert list(records.lines_by_age(sound.service, 9)) == [sound]
        assert list(records.lines_by_age(sound.service, 9, newer=True)) == [sound]
