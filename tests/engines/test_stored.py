"""What lies in stores by now, as an early portal wrote it: read for ever, and written so still.

``stored.sql`` is a whole file of SQLite, in the third version of its tables; ``stored.jsonl`` the items of a table of
DynamoDB, one a line as they travel. Both hold the nouns below, and neither is ever made anew to please the code: what a
noun gains later is for the tests of writing to name.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import dynamodb_local
import pytest
import stack
from moto import mock_aws

from portal.engines.aws.records import DynamoRecords
from portal.engines.local.records import SqliteRecords
from portal.engines.ports import Records
from tests.support.stored_nouns import (
    DEFERRED,
    DELIVERED,
    DRAFT,
    DROPPED,
    HOLDER,
    LATER,
    LEASE,
    OWED,
    REFUSED,
    everything_is_read,
    write_everything,
)

SUPPORT = Path(__file__).resolve().parents[1] / "support"
ROWS = (SUPPORT / "stored.sql").read_text("utf-8")
ITEMS = [json.loads(line) for line in (SUPPORT / "stored.jsonl").read_text("utf-8").splitlines()]

ENDPOINT = f"https://dynamodb.{stack.REGION}.amazonaws.com"


def everything_moves_on(records: Records) -> None:
    """What was stored is also found by the conditions under which it is written anew."""
    held = [records.claim_notice(LATER, LEASE) for _ in range(3)]
    assert held == [OWED.held(LATER + LEASE), DEFERRED.held(LATER + LEASE), None]
    records.settle_notice(OWED.held(LATER + LEASE).delivered(LATER))
    records.owe([OWED, DELIVERED, DROPPED])
    assert {notice.identity for notice in records.unsent()} == {DEFERRED.identity, REFUSED.identity}
    records.save_draft(DRAFT.with_form({}))
    assert records.load_draft("a1").form == {}
    records.appoint(replace(HOLDER, until=date(2026, 8, 31)))
    assert [official.name for official in records.officials()] == ["Dra. Ani", "Drs. Arif"]


# --- SQLite ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def stored_file(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "stored.sqlite")) as connection:
        connection.executescript(ROWS)
    return tmp_path / "stored.sqlite"


def rows_of(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names.fetchall()}


def test_rows_are_written_as_they_always_were(tmp_path: Path, stored_file: Path) -> None:
    with closing(SqliteRecords(tmp_path / "new.sqlite", ["penerbitan"])) as records:
        write_everything(records)
    SqliteRecords(stored_file, ["penerbitan"]).close()  # brings its tables to the present shape
    assert rows_of(tmp_path / "new.sqlite") == rows_of(stored_file)


def test_a_file_of_an_earlier_portal_is_read_and_goes_on(stored_file: Path) -> None:
    with closing(SqliteRecords(stored_file, ["penerbitan"])) as records:
        everything_is_read(records)
        everything_moves_on(records)


# --- DynamoDB --------------------------------------------------------------------------------------------------------


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    """A client, with the template's own table in it, named ``portal``."""
    with mock_aws():
        dynamodb_local.create_table(ENDPOINT, "portal")
        yield dynamodb_local.client(ENDPOINT)


def stored_table(dynamodb: Any, *without: str) -> DynamoRecords:
    for item in ITEMS:
        dynamodb.put_item(TableName="portal", Item={name: item[name] for name in item.keys() - set(without)})
    return DynamoRecords(dynamodb, "portal", ["penerbitan"])


def test_items_are_written_as_they_always_were(dynamodb: Any) -> None:
    write_everything(DynamoRecords(dynamodb, "portal", ["penerbitan"]))
    written = [item for item in dynamodb.scan(TableName="portal")["Items"] if item["PK"] != {"S": "FOUNDER"}]
    # A draft lives longer by now than it did then.
    drafts = [item for item in written if item["PK"] == {"S": "DRAFT#a1"}]
    for draft in drafts:
        draft["expires_at"] = {"N": str(int(draft["expires_at"]["N"]) - 30 * 24 * 3600)}
    assert len(drafts) == 1
    assert sorted(written, key=lambda item: (item["PK"]["S"], item["SK"]["S"])) == ITEMS


def test_a_table_of_an_earlier_portal_is_read_and_goes_on(dynamodb: Any) -> None:
    records = stored_table(dynamodb)
    everything_is_read(records)
    everything_moves_on(records)


def test_an_email_owed_before_any_could_be_dropped_is_one_that_was_not(dynamodb: Any) -> None:
    everything_is_read(stored_table(dynamodb, "dropped_at"))
