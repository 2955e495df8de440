"""The records on AWS's own DynamoDB engine (DynamoDB Local): real transactions, real conditions, real concurrency.

``make test-dynamodb`` fetches it and runs these; without it they are skipped.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import boto3
import dynamodb_local
import pytest
import stack
from botocore.config import Config

from portal.core.errors import Unavailable
from portal.engines.aws.records import DynamoRecords
from tests.support.builders import AT, a_notice, after, application
from tests.support.commits import LEASE, SERVICE, at_once, change, write
from tests.support.contract_records import RecordsContract
from tests.support.server import free_port


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[str]:
    folder = os.environ.get("DYNAMODB_LOCAL", "")
    if not dynamodb_local.is_there(folder):
        pytest.skip("make test-dynamodb runs these, with Java and npm")
    with dynamodb_local.running(folder) as endpoint:
        yield endpoint


@pytest.fixture
def open_records(dynamodb: str) -> Callable[..., DynamoRecords]:
    """The template's own table, empty."""
    name = f"portal-{uuid.uuid4()}"
    dynamodb_local.create_table(dynamodb, name)
    client = dynamodb_local.client(dynamodb)
    return lambda services=SERVICE: DynamoRecords(client, name, services)


class TestRecordsOnDynamoDbLocal(RecordsContract):
    @pytest.fixture
    def open_records(self, open_records: Callable[[], DynamoRecords]) -> Callable[[], DynamoRecords]:
        return open_records


@pytest.mark.parametrize("_", range(5))
def test_of_many_decisions_at_once_one_is_written(open_records: Callable[[], DynamoRecords], _: int) -> None:
    case = write(open_records(), application("confirm"))
    moves = [after(case, action) for action in ("forward", "return", "reject", "withdraw") * 4]
    said = at_once(len(moves), lambda number: open_records().commit(change(moves[number])))
    assert sorted(map(str, said)) == ["None"] + ["event_taken"] * (len(moves) - 1)
    assert open_records().load(case.ticket).first_damage() is None


def test_many_senders_share_the_outbox_and_none_sends_twice(open_records: Callable[[], DynamoRecords]) -> None:
    records = open_records()
    records.owe([a_notice(f"T{number:03}") for number in range(80)])

    def send(_: int) -> list[str]:
        sent = []
        while held := records.claim_notice(AT, LEASE):
            records.settle_notice(held.delivered(AT))
            sent.append(held.about)
        return sent

    with ThreadPoolExecutor(8) as pool:
        sent = [about for one in pool.map(send, range(8)) for about in one]
    assert sorted(sent) == [f"T{number:03}" for number in range(80)]
    assert list(records.unsent()) == []


def test_numbers_given_at_once_are_all_different(open_records: Callable[[], DynamoRecords]) -> None:
    given = at_once(16, lambda _: [open_records().next_number("penerbitan", "agenda-2026") for _ in range(10)])
    assert sorted(number for some in given for number in some) == list(range(1, 161))


def test_a_store_that_is_gone_is_unavailable(open_records: Callable[[], DynamoRecords]) -> None:
    client = boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{free_port()}",
        region_name=stack.REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
    )
    with pytest.raises(Unavailable):
        DynamoRecords(client, "portal", ["penerbitan"]).claim_notice(AT, timedelta(minutes=1))
