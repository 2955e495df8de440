"""Emails that came back: what SES says of them, and what the records make of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.engines.aws.feedback import came_back
from portal.engines.aws.records import DynamoRecords
from portal.engines.ports import CameBack
from tests.support.aws_wire import TABLE, client, event
from tests.support.builders import AT, a_notice
from tests.support.commits import LEASE, claimed

BOUNCED = CameBack(a_notice().identity, "Bounce Permanent General: smtp; 550 5.1.1 user unknown", True)


def sent(records: DynamoRecords) -> None:
    records.owe([a_notice()])
    records.settle_notice(claimed(records, AT).delivered(AT))


def test_an_email_that_came_back_for_good_is_unsent_and_hopeless(records: DynamoRecords) -> None:
    sent(records)
    records.came_back(BOUNCED, AT + LEASE)
    (unsent,) = records.unsent()
    assert (unsent.problem, unsent.hopeless, unsent.sent_at) == (BOUNCED.problem, True, None)
    assert unsent.is_red(AT + LEASE)
    assert records.claim_notice(AT + timedelta(days=30), LEASE) is None


def test_an_email_that_came_back_for_now_is_sent_again_some_hours_later(records: DynamoRecords) -> None:
    sent(records)
    records.came_back(replace(BOUNCED, final=False), AT + LEASE)
    assert records.claim_notice(AT + timedelta(hours=6), LEASE) is None
    again = claimed(records, AT + timedelta(hours=7))
    assert again.attempts == 2
    records.settle_notice(again.delivered(AT + timedelta(hours=7)))
    assert list(records.unsent()) == []


def test_word_that_comes_twice_counts_once(records: DynamoRecords) -> None:
    sent(records)
    word = replace(BOUNCED, final=False)
    records.came_back(word, AT)
    again = claimed(records, AT + timedelta(hours=7))
    records.settle_notice(again.delivered(AT + timedelta(hours=7)))
    records.came_back(replace(word, final=True), AT + timedelta(hours=8))
    (unsent,) = records.unsent()
    assert unsent.hopeless
    records.came_back(word, AT + timedelta(hours=9))
    assert list(records.unsent()) == [unsent]


def test_word_that_is_faster_than_the_sender_is_not_lost(records: DynamoRecords) -> None:
    records.owe([a_notice()])
    held = claimed(records, AT)
    records.came_back(BOUNCED, AT)
    records.settle_notice(held.delivered(AT))
    assert [n.problem for n in records.unsent()] == [BOUNCED.problem]


def test_word_of_what_was_never_owed_changes_nothing(records: DynamoRecords) -> None:
    records.came_back(BOUNCED, AT)
    assert list(records.unsent()) == []
    assert client("dynamodb").scan(TableName=TABLE)["Items"] == []


def bounce(kind: str, answer: str) -> dict[str, Any]:
    recipients = [{"emailAddress": "siti@tarakankota.go.id", "status": "5.1.1", "diagnosticCode": answer}]
    return event("Bounce", {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": recipients})


@pytest.mark.parametrize(("kind", "final"), [("Permanent", True), ("Transient", False), ("Undetermined", True)])
def test_a_bounce_says_of_which_email_why_and_whether_for_good(kind: str, final: bool) -> None:
    word = came_back(bounce(kind, "smtp; 550 5.1.1\r\n user unknown"))
    assert word == CameBack(a_notice().identity, f"Bounce {kind} General: smtp; 550 5.1.1 user unknown", final)
    longer = came_back(bounce(kind, "x" * 999))
    assert longer is not None
    assert len(longer.problem) == 300


def test_a_bounce_without_an_answer_of_the_relay_is_one_too() -> None:
    said = {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList", "bouncedRecipients": [{}]}
    word = came_back(event("Bounce", said))
    assert word is not None
    assert word.problem == "Bounce Permanent OnAccountSuppressionList:"


@pytest.mark.parametrize(
    ("kind", "said", "problem"),
    [
        ("Complaint", {"complaintFeedbackType": "abuse"}, "Complaint abuse"),
        ("Complaint", {"complaintFeedbackType": None, "complaintSubType": None}, "Complaint"),
        ("Complaint", {}, "Complaint"),
        ("Reject", {"reason": "Bad content"}, "Reject Bad content"),
    ],
)
def test_a_complaint_or_a_rejection_is_for_good(kind: str, said: dict[str, Any], problem: str) -> None:
    assert came_back(event(kind, said)) == CameBack(a_notice().identity, problem, True)


@pytest.mark.parametrize("kind", ["Send", "Delivery", "Open", "DeliveryDelay"])
def test_other_events_are_no_news(kind: str) -> None:
    assert came_back(event(kind, {})) is None


@pytest.mark.parametrize("header", ["", "x", "[]", '["T",1]', "{}", "7", '["T","x","l","r","o"]', "null"])
def test_an_email_that_does_not_say_which_it_is_is_passed_over(header: str) -> None:
    assert came_back(event("Reject", {}, header)) is None
    assert came_back({**event("Reject", {}), "mail": {}}) is None
