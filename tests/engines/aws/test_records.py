"""The records on DynamoDB keep the contract, also when the index lags behind."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.engines.aws.records import DynamoRecords
from tests.support.aws_wire import TABLE, Answer, Wire, client, says
from tests.support.builders import AT, a_notice, after, application, draft
from tests.support.commits import LEASE, change, claimed, tickets, write
from tests.support.contract_records import RecordsContract

pytestmark = pytest.mark.cloud

# === records =========================================================================================================


class TestDynamoRecords(RecordsContract):
    @pytest.fixture
    def open_records(self, open_records: Callable[[], DynamoRecords]) -> Callable[[], DynamoRecords]:
        return open_records


# --- an index that lags, a read that meets a transaction -------------------------------------------------------------


def listed_now(dynamodb: Any, name: str) -> Answer:
    """What the index says now, to be said again when it is no longer true."""
    condition = {"KeyConditionExpression": "GSI1PK = :name", "ExpressionAttributeValues": {":name": {"S": name}}}
    found = dynamodb.query(TableName=TABLE, IndexName="GSI1", **condition)
    return says({"Items": found["Items"], "Count": found["Count"], "ScannedCount": found["Count"]})


def test_an_email_that_the_index_still_lists_is_not_sent_again(
    records: DynamoRecords, wire: Wire, dynamodb: Any
) -> None:
    records.owe([a_notice("first", due_at=AT - LEASE), a_notice("held"), a_notice("next")])
    outdated = listed_now(dynamodb, "OUTBOX")
    records.settle_notice(claimed(records, AT).delivered(AT))
    held = claimed(records, AT)
    wire.answers["Query"] = [outdated]
    assert {claimed(records, AT).about, held.about} == {"held", "next"}
    wire.answers["Query"] = [outdated, listed_now(dynamodb, "HOPELESS")]
    assert [n.about for n in records.unsent()] == ["held", "next"]


def test_what_the_index_lists_twice_while_it_changes_is_there_once(
    records: DynamoRecords, wire: Wire, dynamodb: Any
) -> None:
    records.owe([a_notice("a"), a_notice("b")])
    wire.answers["Query"] = [listed_now(dynamodb, "OUTBOX"), listed_now(dynamodb, "OUTBOX")]
    assert [n.about for n in records.unsent()] == ["a", "b"]


def test_the_register_is_not_asked_for_what_comes_after_its_own_end(records: DynamoRecords, wire: Wire) -> None:
    """Which DynamoDB refuses, and moto does not."""
    wire.asked.clear()
    assert list(records.certificates_by_end("contoh", after="2028-08-04", before="2027-01-01#A")) == []
    assert list(records.certificates_by_end("contoh", after="2028-08-04#A", before="2028-08-04#A")) == []
    assert "Query" not in wire.asked


def test_when_all_that_the_index_lists_is_done_nothing_is_due(
    records: DynamoRecords, wire: Wire, dynamodb: Any
) -> None:
    records.owe([a_notice()])
    outdated = listed_now(dynamodb, "OUTBOX")
    records.settle_notice(claimed(records, AT).failed("550", AT, hopeless=True))
    wire.answers["Query"] = [outdated]
    assert records.claim_notice(AT + timedelta(days=1), LEASE) is None


def test_a_sender_reads_on_past_what_others_hold(records: DynamoRecords, wire: Wire, dynamodb: Any) -> None:
    records.owe([a_notice(f"T{number:02d}", due_at=AT + timedelta(seconds=number)) for number in range(30)])
    later = AT + timedelta(minutes=1)
    outdated = dynamodb.query(
        TableName=TABLE,
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :name",
        ExpressionAttributeValues={":name": {"S": "OUTBOX"}},
        Limit=25,
    )
    for _ in range(25):
        records.claim_notice(later, LEASE)
    wire.answers["Query"] = [says({name: outdated[name] for name in ("Items", "Count", "LastEvaluatedKey")})]
    assert claimed(records, later).about == "T25"


def test_a_case_that_has_moved_on_is_not_listed_though_the_index_lists_it(
    records: DynamoRecords, wire: Wire, dynamodb: Any
) -> None:
    cases = [write(records, application("confirm", number=number)) for number in (1, 2)]
    outdated = listed_now(dynamodb, "WAITING#kadis")
    records.commit(change(after(cases[0], "forward")))
    wire.answers["Query"] = [outdated]
    assert tickets(records.waiting_on("penerbitan", "kadis")) == [cases[1].ticket]


def test_a_case_that_moves_on_while_the_list_is_gone_through_is_left_out(records: DynamoRecords) -> None:
    cases = [write(records, application("confirm", number=number, at=AT + number * LEASE)) for number in (1, 2)]
    listed = records.waiting_on("penerbitan", "kadis")
    assert next(listed) == cases[0]
    records.commit(change(after(cases[1], "forward")))
    assert list(listed) == []


def test_a_draft_forgotten_though_the_index_lists_it_is_not_found(
    records: DynamoRecords, wire: Wire, dynamodb: Any
) -> None:
    records.save_draft(draft())
    outdated = listed_now(dynamodb, "DRAFTS")
    records.delete_draft("a1")
    wire.answers["Query"] = [outdated]
    assert list(records.drafts_before(AT)) == []


def items_of(dynamodb: Any, ticket: str) -> list[Any]:
    question = {"KeyConditionExpression": "PK = :name", "ConsistentRead": True}
    name = {":name": {"S": f"APPLICATION#{ticket}"}}
    found: list[Any] = dynamodb.query(TableName=TABLE, ExpressionAttributeValues=name, **question)["Items"]
    return found


def test_a_case_read_while_it_is_being_mended_is_read_again(records: DynamoRecords, wire: Wire, dynamodb: Any) -> None:
    case = write(records, application("confirm", "return"))
    before = items_of(dynamodb, case.ticket)
    mended = after(case, "resubmit")
    records.commit(change(mended))
    half = [before[0], *items_of(dynamodb, case.ticket)[1:]]
    wire.answers["Query"] = [says({"Items": half, "Count": len(half)})]
    assert records.load(case.ticket) == mended


TAMPERING = [
    (3, "SET entry.#data.note = :x", {":x": {"S": "Jangan."}}, 3),
    (3, "SET entry.actor.#role = :x", {":x": {"S": "kabid"}}, 3),
    (2, "SET entry.#at = :x", {":x": {"S": "2026-08-03T07:00:00+08:00"}}, 2),
]


@pytest.mark.parametrize(("number", "expression", "values", "damage"), TAMPERING)
def test_an_event_changed_behind_the_portal_shows_in_the_chain(
    records: DynamoRecords, dynamodb: Any, number: int, expression: str, values: dict[str, Any], damage: int
) -> None:
    case = write(records, application("confirm", "forward", "forward"))
    key = {"PK": {"S": f"APPLICATION#{case.ticket}"}, "SK": {"S": f"EVENT#{number:04d}"}}
    names = {name: name[1:] for name in ("#data", "#role", "#at") if name in expression}
    request = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    boto3_client = client("dynamodb")
    boto3_client.update_item(TableName=TABLE, Key=key, UpdateExpression=expression, **request)
    assert records.load(case.ticket).first_damage() == damage


@pytest.mark.parametrize(("number", "damage"), [(1, 1), (3, 3), (4, None)])
def test_a_case_with_an_event_removed_behind_the_portal_can_still_be_read(
    records: DynamoRecords, number: int, damage: int | None
) -> None:
    case = write(records, application("confirm", "forward", "forward"))
    key = {"PK": {"S": f"APPLICATION#{case.ticket}"}, "SK": {"S": f"EVENT#{number:04d}"}}
    client("dynamodb").delete_item(TableName=TABLE, Key=key)
    found = records.load(case.ticket)
    assert len(found.events) == 3
    assert found.first_damage() == damage


# --- values ----------------------------------------------------------------------------------------------------------


def test_whole_numbers_truth_and_nothing_come_back_as_they_were(records: DynamoRecords) -> None:
    form = {"n": 2**70, "minus": -1, "yes": True, "no": False, "none": None, "empty": "", "list": [1, "", {"x": []}]}
    records.save_draft(draft(form=form))
    kept = records.load_draft("a1").form
    assert kept == form
    assert {name: type(value) for name, value in kept.items()} == {name: type(value) for name, value in form.items()}


@pytest.mark.parametrize("value", [0.5, b"x", {1, 2}, AT])
def test_what_no_hash_could_cover_is_not_stored(records: DynamoRecords, value: Any) -> None:
    with pytest.raises(TypeError):
        records.save_draft(draft(form={"x": value}), [a_notice()])
    assert list(records.unsent()) == []


def test_facts_can_be_had_by_month(records: DynamoRecords) -> None:
    for number, closed in ((1, "2026-08-31"), (2, "2026-09-01"), (3, "2027-08-01")):
        case = application("withdraw", number=number)
        records.commit(change(case, fact={"ticket": case.ticket, "closed": closed}))
    assert [fact["closed"] for fact in records.facts("penerbitan", "2026-08")] == ["2026-08-31"]
    assert [fact["closed"] for fact in records.facts("penerbitan", "2026")] == ["2026-08-31", "2026-09-01"]
    assert len(list(records.facts("penerbitan"))) == 3
