"""The register in a file of before, and in one that has grown long."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from portal.engines.local import rows
from portal.engines.local.database import Database
from portal.engines.local.records import SqliteRecords
from tests.support.contract_certificates import BEFORE, ENDED, TODAY, by_end


def test_a_file_of_before_finds_its_entries_by_end_and_by_holder(tmp_path: Path) -> None:
    path = tmp_path / "portal.db"
    with closing(Database(path, rows.MIGRATIONS[:8])) as before, before.writing() as connection:
        for each in BEFORE:
            row = rows.certificate_row(each)
            connection.execute("INSERT INTO certificate VALUES (:service, :id, :version, :body)", row)
    with closing(SqliteRecords(path, ["contoh"])) as records:
        assert by_end(records) == ENDED
        assert [each.id for each in records.certificates_of("contoh", "", "siti.baru@x.go.id")] == ["D"]


def test_what_is_looked_for_is_found_without_going_through_the_register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, tuple[Any, ...]]] = []

    def note(self: SqliteRecords, query: str, *values: Any) -> list[Any]:
        asked.append((query, values))
        return []

    path = tmp_path / "portal.db"
    with closing(SqliteRecords(path, ["contoh"])) as records:
        monkeypatch.setattr(SqliteRecords, "_all", note)
        records.certificates_by_end("contoh", after="2026-08-03", until=TODAY, most=25)
        records.certificates_of("contoh", "1", "a@x.go.id")
    with closing(sqlite3.connect(path)) as connection:
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall() for query, values in asked]
    read = [detail for plan in plans for *_, detail in plan if "INDEX certificate_" in detail]
    assert [detail.split("INDEX ")[1].split()[0] for detail in read] == [
        "certificate_ends",
        "certificate_number",
        "certificate_email",
    ]
