"""What only one engine can do: it does it, the other is not taken for it, and nobody asks the wrong one unheard."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import mailer
from portal.bootstrap_aws import RunFailed
from portal.engines.aws.records import DynamoRecords
from portal.engines.local.records import SqliteRecords
from portal.engines.ports import BacksUp, Records, Streamed
from tests.support.builders import AT, a_notice


@pytest.fixture
def local(tmp_path: Any) -> Iterator[SqliteRecords]:
    with closing(SqliteRecords(tmp_path / "portal.sqlite", ["penerbitan"])) as records:
        yield records


@pytest.fixture
def aws() -> DynamoRecords:
    client: Any = None  # nothing of it is called here
    return DynamoRecords(client, "portal", ["penerbitan"])


def test_each_engine_can_do_what_only_it_is_asked_for(local: SqliteRecords, aws: DynamoRecords) -> None:
    engines: tuple[Records, ...] = (local, aws)
    streamed: Streamed = aws
    backs_up: BacksUp = local
    assert [engine for engine in engines if isinstance(engine, Streamed)] == [streamed]
    assert [engine for engine in engines if isinstance(engine, BacksUp)] == [backs_up]


def test_a_handler_whose_records_cannot_do_what_it_is_for_fails(local: SqliteRecords) -> None:
    office = SimpleNamespace(records=local, clock=lambda: AT)
    local.owe([a_notice()])
    house: Any = SimpleNamespace(office=office, outbox=office)
    with pytest.raises(RunFailed, match="TypeError"):
        mailer.handler({"Records": []}, None, house)
    assert local.claim_notice(AT, timedelta(minutes=2)) is not None
