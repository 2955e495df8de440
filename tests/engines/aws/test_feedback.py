"""Emails that came back: what SES says of them."""

from typing import Any

import pytest

from portal.engines.aws.feedback import came_back, reference
from portal.engines.aws.records import DynamoRecords
from portal.engines.ports import MOST_IN_ONE, CameBack
from tests.support.aws_wire import TABLE, client, event
from tests.support.builders import AT, a_notice
from tests.support.contract_came_back import BOUNCED

pytestmark = pytest.mark.cloud


def test_word_of_what_was_never_owed_writes_nothing(records: DynamoRecords) -> None:
    records.came_back(BOUNCED, AT)
    assert client("dynamodb").scan(TableName=TABLE)["Items"] == []


def bounce(kind: str, answer: str) -> dict[str, Any]:
    recipients = [{"emailAddress": "siti@tarakankota.go.id", "status": "5.1.1", "diagnosticCode": answer}]
    return event("Bounce", {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": recipients})


@pytest.mark.parametrize(("kind", "final"), [("Permanent", True), ("Transient", False), ("Undetermined", True)])
def test_a_bounce_says_of_which_email_why_and_whether_for_good(kind: str, final: bool) -> None:
    word = came_back(bounce(kind, "smtp; 550 5.1.1\r\n user unknown"))
    assert word == CameBack([a_notice().identity], f"Bounce {kind} General: smtp; 550 5.1.1 user unknown", final)
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
    assert came_back(event(kind, said)) == CameBack([a_notice().identity], problem, True)


@pytest.mark.parametrize("kind", ["Send", "Delivery", "Open", "DeliveryDelay"])
def test_other_events_are_no_news(kind: str) -> None:
    assert came_back(event(kind, {})) is None


@pytest.mark.parametrize(
    "header", ["", "x", "[]", '["T",1]', "{}", "7", '["T","x","l","r","o"]', "null", '["T",1,"l","r","o",["T"]]']
)
def test_an_email_that_does_not_say_which_it_is_is_passed_over(header: str) -> None:
    assert came_back(event("Reject", {}, header)) is None
    assert came_back({**event("Reject", {}), "mail": {}}) is None


def test_an_email_of_several_notices_says_which_they_are_within_what_ses_hands_back() -> None:
    whom = "kepala.bidang.layanan.informatika@tarakankota.go.id"
    owed = [a_notice(f"TTE-26-7777-{n:04}", letter="visit_booked", recipient=whom) for n in range(MOST_IN_ONE)]
    header = reference([each.identity for each in owed])
    assert len(header) < 6000, "SES cuts off what is longer than 10 kB, all headers together"
    word = came_back(event("Reject", {}, header))
    assert word is not None
    assert word.identities == [each.identity for each in owed]
