"""Bringing back what was lost from a table restored to an earlier moment."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import restore
from moto import mock_aws

from portal.core.errors import Conflict, NotFound
from portal.engines.aws.records import DynamoRecords
from tests.support.builders import AT, a_notice, application, draft
from tests.support.commits import change, write

pytestmark = pytest.mark.cloud

ROOT = Path(__file__).resolve().parents[2]
KEYS = ("PK", "SK", "GSI1PK", "GSI1SK")
LEASE = timedelta(minutes=2)


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        made = boto3.client(
            "dynamodb", "ap-southeast-3", aws_access_key_id="rehearsal", aws_secret_access_key="rehearsal"
        )
        for table in ("earlier", "now"):
            made.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in KEYS],
                KeySchema=_key("PK", "SK"),
                GlobalSecondaryIndexes=[
                    {
                        "IndexName": "GSI1",
                        "KeySchema": _key("GSI1PK", "GSI1SK"),
                        "Projection": {"ProjectionType": "KEYS_ONLY"},
                    }
                ],
            )
        yield made


def _key(partition: str, sort: str) -> Any:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def test_it_runs_where_boto3_is_not_installed() -> None:
    """``make aws`` brings botocore, its core, as the functions have it."""
    without = (
        "import sys; sys.modules['boto3'] = None; sys.argv = ['restore.py', '--help']; import restore; restore.main()"
    )
    paths = {"PYTHONPATH": f"{ROOT / 'functions'}:{ROOT / 'infra'}"}
    done = subprocess.run([sys.executable, "-c", without], env=paths, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--source" in done.stdout


def test_what_is_missing_comes_back_and_what_is_there_stays(client: Any) -> None:
    earlier, now = DynamoRecords(client, "earlier", ["penerbitan"]), DynamoRecords(client, "now", ["penerbitan"])
    lost = write(earlier, application("confirm", number=1))
    write(earlier, application("confirm", number=2))
    moved_on = write(now, application("confirm", "forward", number=2))
    earlier.save_draft(draft())
    earlier.owe([a_notice()])
    assert restore.bring_back(client, "earlier", "now") == 5  # of a case its item and two events, a draft, an email
    assert restore.bring_back(client, "earlier", "now") == 0
    assert now.load(lost.ticket) == lost
    assert now.load(moved_on.ticket) == moved_on
    assert now.load_draft(draft().id) == draft()
    assert [case.ticket for case in now.waiting_on("penerbitan", "kadis")] == [lost.ticket]


def test_a_case_becomes_what_it_was(client: Any) -> None:
    earlier, now = DynamoRecords(client, "earlier", ["penerbitan"]), DynamoRecords(client, "now", ["penerbitan"])
    case = write(earlier, application("confirm"))
    other = write(now, application("confirm", "forward", number=2))
    write(now, application("confirm", "forward", "return"))
    restore.bring_back_case(client, "earlier", "now", case.ticket)
    assert now.load(case.ticket) == case
    assert now.load(other.ticket) == other
    assert [case.ticket for case in now.waiting_on("penerbitan", "kadis")] == [case.ticket]


def test_a_case_that_was_closed_since_has_no_line_in_the_recap_any_more(client: Any) -> None:
    earlier, now = DynamoRecords(client, "earlier", ["penerbitan"]), DynamoRecords(client, "now", ["penerbitan"])
    case = write(earlier, application("confirm"))
    write(now, application("confirm"))
    closed = application("confirm", "reject")
    now.commit(change(closed, fact={"ticket": closed.ticket, "closed": "2026-11-23"}))
    restore.bring_back_case(client, "earlier", "now", case.ticket)
    assert not now.load(case.ticket).is_closed
    assert list(now.facts("penerbitan")) == []


def test_a_visit_is_held_again_unless_the_time_is_somebody_elses(client: Any) -> None:
    earlier, now = DynamoRecords(client, "earlier", ["penerbitan"]), DynamoRecords(client, "now", ["penerbitan"])
    case, other = application("confirm"), application("confirm", number=2)
    earlier.commit(change(application(), claims=["visit/a/1", "visit/a/2"]))
    write(now, application())
    now.commit(change(application(number=2), claims=["visit/a/2"]))
    restore.bring_back(client, "earlier", "now")
    assert now.taken("visit/") == ["visit/a/2"]
    restore.bring_back_case(client, "earlier", "now", case.ticket)
    assert now.taken("visit/") == ["visit/a/1", "visit/a/2"]
    with pytest.raises(Conflict):
        now.commit(change(other, claims=["visit/a/1"]))


def test_an_email_that_was_sent_is_not_sent_again(client: Any) -> None:
    earlier, now = DynamoRecords(client, "earlier", ["penerbitan"]), DynamoRecords(client, "now", ["penerbitan"])
    case = application("confirm")
    write(earlier, case)
    earlier.owe([a_notice(about=case.ticket)])
    held = earlier.claim_notice(AT + timedelta(days=1), LEASE)
    assert held is not None
    earlier.settle_notice(held.delivered(AT + timedelta(days=1)))
    restore.bring_back_case(client, "earlier", "now", case.ticket)
    assert now.claim_notice(AT + timedelta(days=9), LEASE) is None


def test_a_ticket_that_the_earlier_table_does_not_know_changes_nothing(client: Any) -> None:
    now = DynamoRecords(client, "now", ["penerbitan"])
    case = write(now, application("confirm"))
    with pytest.raises(LookupError, match=case.ticket):
        restore.bring_back_case(client, "earlier", "now", case.ticket)
    assert now.load(case.ticket) == case
    with pytest.raises(NotFound):
        DynamoRecords(client, "earlier", ["penerbitan"]).load(case.ticket)
    now.commit(change(application("confirm", "forward")))
