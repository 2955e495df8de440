"""Transactions that are cancelled, faults on the way, and what becomes of them."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ClientError,
)

from portal.core.errors import Conflict, Unavailable
from portal.core.steps import State
from portal.engines.aws import items
from portal.engines.aws.records import DynamoRecords
from portal.engines.owed_deletions import Deletion
from portal.engines.ports import Compiled
from tests.support.aws_wire import ON_THE_WAY, TABLE, Answer, Wire, client, refuses, says
from tests.support.builders import AT, a_notice, after, application, application_in, draft
from tests.support.commits import LEASE, change, claimed, write

pytestmark = pytest.mark.cloud

# --- transactions that are cancelled ---------------------------------------------------------------------------------


def cancels(*reasons: str) -> Answer:
    return refuses("TransactionCanceledException", CancellationReasons=[{"Code": reason} for reason in reasons])


def test_each_reason_of_a_cancelled_transaction_becomes_its_own_refusal(records: DynamoRecords, wire: Wire) -> None:
    case = application()
    whole = change(case, draft=draft().sent_as(case.ticket), claims=["visit/1", "visit/2"])
    unmet = "ConditionalCheckFailed"
    outcomes = {
        (unmet, "None", "None", "None", "None"): "event_taken",
        ("None", "None", unmet, "None", "None"): "draft_changed",
        ("None", "None", "None", "None", unmet): "claim_taken",
        (unmet, "None", unmet, unmet, "None"): "event_taken",
        ("None", "None", unmet, unmet, "None"): "draft_changed",
    }
    for reasons, outcome in outcomes.items():
        wire.answers["TransactWriteItems"] = [cancels(*reasons)]
        with pytest.raises(Conflict) as caught:
            records.commit(whole)
        assert caught.value.code == outcome


def test_a_write_that_meets_another_transaction_waits_and_tries_again(
    records: DynamoRecords, wire: Wire, paused: list[float]
) -> None:
    case = application()
    wire.answers["TransactWriteItems"] = [cancels("TransactionConflict", "None"), cancels("None", "ThrottlingError")]
    records.commit(change(case))
    assert records.load(case.ticket) == case
    assert paused == [0.05, 0.1]


def test_a_write_that_always_meets_another_transaction_is_unavailable(
    records: DynamoRecords, wire: Wire, paused: list[float]
) -> None:
    wire.always = cancels("TransactionConflict", "None")
    with pytest.raises(Unavailable) as caught:
        records.commit(change(application()))
    assert caught.value.code == "store_unavailable"
    assert len(paused) < 10


def test_a_change_of_one_item_that_meets_a_transaction_waits_and_tries_again(
    records: DynamoRecords, wire: Wire, paused: list[float]
) -> None:
    records.owe([a_notice()])
    wire.answers["UpdateItem"] = [refuses("TransactionConflictException")] * 2
    wire.answers["DeleteItem"] = [refuses("TransactionConflictException")]
    assert records.claim_notice(AT, LEASE) is not None
    records.deletion_done(Deletion("drafts/a1/"))
    assert paused == [0.05, 0.1, 0.05]


def test_a_fault_of_the_program_is_not_taken_for_bad_weather(records: DynamoRecords, wire: Wire) -> None:
    wire.answers["TransactWriteItems"] = [cancels("None", "ValidationError"), refuses("ValidationException", "too big")]
    for _ in range(2):
        with pytest.raises(ClientError):
            records.commit(change(application()))


def test_a_draft_saved_anew_owes_its_email_once(records: DynamoRecords) -> None:
    records.save_draft(draft(), [a_notice("a1", event=0)])
    held = claimed(records, AT)
    changed = draft().with_form({"opd": "lain"})
    records.save_draft(changed, [a_notice("a1", event=0), a_notice("a1", event=0, recipient="baru@tarakankota.go.id")])
    assert records.load_draft("a1") == changed
    assert sorted(n.attempts for n in records.unsent()) == [0, 1]
    assert held in list(records.unsent())


def test_a_case_may_have_given_up_more_seats_than_fit_into_a_transaction(records: DynamoRecords) -> None:
    case = write(records, application_in("kunjungan", State.INVITED))
    seats = [f"visit/{number:03d}/0" for number in range(150)]
    records.commit(change(after(case, "book"), claims=[seats[-1]]))
    records.commit(change(after(after(case, "book"), "book"), claims=["visit/new/0"], releases=seats))
    assert records.taken("visit/") == ["visit/new/0"]


def test_a_seat_both_taken_and_given_up_is_taken(records: DynamoRecords) -> None:
    case = application()
    records.commit(change(case, claims=["visit/1"]))
    records.commit(change(after(case, "confirm"), claims=["visit/1", "visit/1"], releases=["visit/1"]))
    assert records.taken("visit/") == ["visit/1"]


def test_settling_what_was_never_owed_leaves_nothing(records: DynamoRecords) -> None:
    held = a_notice().held(AT)
    for outcome in (held.delivered(AT), held.failed("451", AT)):
        records.settle_notice(outcome)
    assert client("dynamodb").scan(TableName=TABLE)["Items"] == []


def test_an_email_can_be_claimed_by_its_key_before_the_index_lists_it(records: DynamoRecords) -> None:
    records.owe([a_notice("a"), a_notice("b")])
    key = items.notice_key(a_notice("b").identity)
    assert records.claim_under(key, AT - LEASE, LEASE) is None
    held = records.claim_under(key, AT, LEASE)
    assert held is not None
    assert (held.about, held.attempts, held.due_at) == ("b", 1, AT + LEASE)
    assert records.claim_under(key, AT, LEASE) is None
    assert records.claim_under(items.notice_key(a_notice("c").identity), AT, LEASE) is None


def test_more_emails_may_be_owed_than_fit_into_a_transaction_and_all_are_listed(records: DynamoRecords) -> None:
    owed = [a_notice(f"T{number:03d}", queued_at=AT + timedelta(seconds=number)) for number in range(120)]
    records.owe(owed[:90])
    records.owe(owed)
    assert list(records.unsent()) == owed


def test_what_a_batch_leaves_over_is_asked_for_again(records: DynamoRecords, wire: Wire, paused: list[float]) -> None:
    records.owe([a_notice("a"), a_notice("b")])

    def only_one(request: Any) -> AWSResponse:
        asked = json.loads(request.body)["RequestItems"]
        left = {TABLE: {**asked[TABLE], "Keys": asked[TABLE]["Keys"]}}
        return says({"Responses": {TABLE: []}, "UnprocessedKeys": left})(request)

    wire.answers["BatchGetItem"] = [only_one, only_one]
    assert [n.about for n in records.unsent()] == ["a", "b"]
    assert paused == [0.05, 0.1]
    wire.answers["BatchGetItem"] = [only_one] * 20
    with pytest.raises(Unavailable):
        records.unsent()


# --- faults ----------------------------------------------------------------------------------------------------------


NOT_NOW: list[Answer | Exception] = [
    *ON_THE_WAY,
    refuses("ThrottlingException"),
    refuses("ProvisionedThroughputExceededException"),
    refuses("RequestLimitExceeded"),
    refuses("InternalServerError", status=500),
    refuses("ServiceUnavailable", status=503),
]

CALLS: dict[str, Callable[[DynamoRecords], object]] = {
    "load": lambda records: records.load("TTE-26-7777-777M"),
    "commit": lambda records: records.commit(change(application(), notices=[a_notice()], claims=["visit/1"])),
    "waiting_on": lambda records: list(records.waiting_on("penerbitan", "kadis")),
    "load_draft": lambda records: records.load_draft("a1"),
    "save_draft": lambda records: records.save_draft(draft(), [a_notice()]),
    "drafts_before": lambda records: list(records.drafts_before(AT)),
    "delete_draft": lambda records: records.delete_draft("a1"),
    "owe": lambda records: records.owe([a_notice()]),
    "claim_notice": lambda records: records.claim_notice(AT, LEASE),
    "settle_notice": lambda records: records.settle_notice(a_notice().held(AT).delivered(AT)),
    "unsent": lambda records: list(records.unsent()),
    "officials": lambda records: records.officials(),
    "keep_sop": lambda records: records.keep_sop("9f", "{}"),
    "sop": lambda records: records.sop("9f"),
    "next_number": lambda records: records.next_number("penerbitan", "agenda"),
    "taken": lambda records: records.taken("visit/"),
    "facts": lambda records: list(records.facts("penerbitan")),
    "facts_after": lambda records: list(records.facts_after("penerbitan", "2026-08-03")),
    "keep_tally": lambda records: records.keep_tally("penerbitan", Compiled("2026-08", "2026-08-31", 0), {}),
    "compiled": lambda records: records.compiled("penerbitan"),
    "tallies": lambda records: list(records.tallies("penerbitan")),
}


@pytest.mark.parametrize("call", CALLS)
def test_whatever_may_pass_is_unavailable_and_nothing_is_written(
    records: DynamoRecords, wire: Wire, dynamodb: Any, call: str
) -> None:
    for fault in NOT_NOW:
        wire.always = fault
        with pytest.raises(Unavailable) as caught:
            CALLS[call](records)
        assert caught.value.code == "store_unavailable"
    assert client("dynamodb").scan(TableName=TABLE)["Items"] == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"])
def test_a_fault_of_the_setting_up_is_seen_as_such(records: DynamoRecords, wire: Wire, call: str, code: str) -> None:
    wire.always = refuses(code)
    with pytest.raises(ClientError) as caught:
        CALLS[call](records)
    assert caught.value.response["Error"]["Code"] == code
