import base64
import json
import threading
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from itertools import count
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from moto import mock_aws
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber
from moto.moto_api._internal.models import moto_api_backend

from portal.compilation import Compilation, read_sums
from portal.core.errors import Conflict, MailDeferred, MailRefused, NotFound, Unavailable
from portal.core.recap import summarise
from portal.core.steps import State
from portal.engines.aws import items
from portal.engines.aws.feedback import HEADER, came_back, reference
from portal.engines.aws.files import S3Files
from portal.engines.aws.mail import SesMail
from portal.engines.aws.records import DynamoRecords
from portal.engines.ports import CameBack, Compiled
from tests.support.builders import AT, a_notice, a_sop, after, application, application_in, draft, owed_by
from tests.support.contract_files import KEY, PDF, FilesContract
from tests.support.contract_mail import CALENDAR, MESSAGE, SENDER, MailContract
from tests.support.contract_records import LEASE, RecordsContract, change, tickets, write

REGION = "ap-southeast-3"
TABLE = "portal"
BUCKET = "portal-documents"
NOWHERE = "https://nowhere.invalid"

Answer = Callable[[Any], AWSResponse]


class Wire:
    """Between a client and moto, where the network would be: keeps what was asked, and answers otherwise when told to.

    One request at a time, as moto's transactions are not atomic to other threads (it puts back a copy of the table when
    one is cancelled). What the races of the contract are about, the order of requests, stays as it falls.

    Attributes:
        asked: names of the operations so far; ``bodies`` what was sent with each.
        answers: in place of moto's, by operation and in order; an exception is what happens on the way there.
        always: the answer to whatever is asked.
    """

    def __init__(self, client: Any) -> None:
        self.asked: list[str] = []
        self.bodies: list[Any] = []
        self.answers: defaultdict[str, list[Answer | Exception]] = defaultdict(list)
        self.always: Answer | Exception | None = None
        self._lock = threading.Lock()
        client.meta.events.unregister("before-send", botocore_stubber)
        client.meta.events.register("before-send", self._send)

    def _send(self, event_name: str, request: Any, **rest: Any) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        with self._lock:
            self.asked.append(operation)
            self.bodies.append(request.body)
            if not self.always and not self.answers[operation]:
                return botocore_stubber(event_name, request, **rest)
            answer = self.always or self.answers[operation].pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(request)


def says(content: bytes | dict[str, Any], status: int = 200, **headers: str) -> Answer:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda request: AWSResponse(request.url, status, headers, MockRawResponse(raw))


def refuses(code: str, message: str = "", status: int = 400, **more: Any) -> Answer:
    return says({"__type": f"com.amazonaws#{code}", "message": message, **more}, status)


def refuses_in_xml(code: str, status: int) -> Answer:
    return says(f"<Error><Code>{code}</Code><Message>-</Message></Error>".encode(), status)


ON_THE_WAY = [
    EndpointConnectionError(endpoint_url=NOWHERE),
    ConnectTimeoutError(endpoint_url=NOWHERE),
    ReadTimeoutError(endpoint_url=NOWHERE),
    ConnectionClosedError(endpoint_url=NOWHERE),
]

# One for all tests, as it reads the descriptions of the services only once.
SESSION = boto3.session.Session("testing", "testing", region_name=REGION)


def client(service: str, **settings: Any) -> Any:
    return SESSION.client(service, config=Config(retries={"total_max_attempts": 1}, **settings))


@pytest.fixture(scope="module", autouse=True)
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture(autouse=True)
def _empty(aws) -> Iterator[None]:
    """Every test leaves as little on AWS as it found; to play all of it anew would take longer than most of them."""
    yield
    moto_api_backend.reset()


# === records =========================================================================================================


@pytest.fixture
def dynamodb() -> Any:
    made = client("dynamodb")
    made.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("PK", "SK", "GSI1PK", "GSI1SK")],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "GSI1",
                "KeySchema": [
                    {"AttributeName": "GSI1PK", "KeyType": "HASH"},
                    {"AttributeName": "GSI1SK", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    return made


@pytest.fixture
def wire(dynamodb) -> Iterator[Wire]:
    wire = Wire(dynamodb)
    yield wire
    # What DynamoRecords says it needs permission for; in particular nothing is ever scanned.
    writing = {"TransactWriteItems", "UpdateItem", "DeleteItem"}
    assert set(wire.asked) <= {"Query", "GetItem", "BatchGetItem"} | writing
    for operation, body in zip(wire.asked, map(json.loads, wire.bodies), strict=True):
        # Whatever is read from the table itself is read as it was last written.
        if operation not in writing and "IndexName" not in body:
            assert body.get("RequestItems", {TABLE: body})[TABLE]["ConsistentRead"] is True


@pytest.fixture
def paused() -> list[float]:
    """The pauses made, in seconds."""
    return []


@pytest.fixture
def open_records(dynamodb, wire, paused) -> Callable[[], DynamoRecords]:
    return lambda: DynamoRecords(dynamodb, TABLE, pause=paused.append)


@pytest.fixture
def records(open_records) -> DynamoRecords:
    return open_records()


class TestDynamoRecords(RecordsContract):
    @pytest.fixture
    def open_records(self, open_records):
        return open_records


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_looking_a_case_up_is_one_read(records, wire):
    case = write(records, application("confirm", "forward"))
    asked = len(wire.asked)
    records.load(case.ticket)
    assert wire.asked[asked:] == ["Query"]


def test_a_decision_is_one_read_and_one_transaction(records, wire):
    case = write(records, application("confirm"))
    asked = len(wire.asked)
    decided = after(records.load(case.ticket), "forward")
    records.commit(change(decided, notices=owed_by(decided)))
    assert wire.asked[asked:] == ["Query", "TransactWriteItems"]


def test_sending_an_application_is_one_read_and_one_transaction(records, wire):
    records.save_draft(draft())
    asked = len(wire.asked)
    kept = records.load_draft("a1")
    case = application()
    records.commit(change(case, draft=kept.sent_as(case.ticket), notices=owed_by(case)))
    assert wire.asked[asked:] == ["GetItem", "TransactWriteItems"]


def test_picking_another_visit_is_one_transaction(records, wire):
    case = write(records, application_in("kunjungan", State.BOOKED))
    records.commit(change(after(case, "book"), claims=["visit/0800/0"]))
    asked = len(wire.asked)
    again = after(after(case, "book"), "book")
    records.commit(change(again, claims=["visit/0900/0"], releases=["visit/0700/0", "visit/0800/0"]))
    assert wire.asked[asked:] == ["TransactWriteItems"]
    assert records.taken("visit/") == ["visit/0900/0"]


def test_sending_an_email_is_one_look_and_two_changes(records, wire):
    records.owe([a_notice(f"T{number}", due_at=AT + timedelta(seconds=number)) for number in range(60)])
    asked = len(wire.asked)
    records.settle_notice(records.claim_notice(AT, LEASE).delivered(AT))
    assert wire.asked[asked:] == ["Query", "UpdateItem", "UpdateItem"]
    assert json.loads(wire.bodies[asked])["Limit"] < 60


def test_what_is_looked_at_does_not_grow_with_what_is_stored(records, dynamodb):
    looked_at: list[int] = []
    days = count()
    dynamodb.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: looked_at.append(parsed["ScannedCount"])
    )
    open_case = write(records, application("confirm"))
    store_closed_case(records, 2, at=AT)

    def a_day() -> list[int]:
        """Lookup, reminders, mail sweep, red list and the month's recap."""
        looked_at.clear()
        records.load(open_case.ticket)
        list(records.waiting_on("kadis"))
        records.owe([a_notice(occasion=f"again-{next(days)}")])
        records.settle_notice(records.claim_notice(AT, LEASE).delivered(AT))
        list(records.unsent())
        list(records.facts("2026-08"))
        list(records.facts_after("2026-08-02"))
        return list(looked_at)

    a_day()
    before = a_day()
    for number in range(3, 13):
        store_closed_case(records, number, at=AT - timedelta(days=40))
        records.save_draft(draft(id=f"d{number}"))
    assert a_day() == before


def test_the_recap_of_a_month_reads_neither_other_months_nor_what_is_in_a_tally(records, wire, dynamodb):
    looked_at: list[int] = []
    dynamodb.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: looked_at.append(parsed["ScannedCount"])
    )
    for number in range(1, 6):
        store_closed_case(records, number, at=AT - timedelta(days=40 - number))
    for month in ("2026-05", "2026-06", "2026-07"):
        records.keep_tally(Compiled(month, f"{month}-30", 5), {})
    store_closed_case(records, 6, at=AT)
    asked = len(wire.asked)
    looked_at.clear()
    records.compiled()
    list(records.tallies("2026-06"))
    list(records.facts_after("2026-07-30"))
    assert wire.asked[asked:] == ["Query"] * 3
    assert looked_at == [3, 1, 1]


@pytest.mark.parametrize("stored", [2, 12])
def test_the_recap_looks_at_as_much_however_many_applications_are_stored(records, dynamodb, stored):
    office: Any = SimpleNamespace(records=records, today=AT.date)
    for number in range(1, stored + 1):
        store_closed_case(records, number, at=AT - timedelta(days=5 + number % 2))
    Compilation(office).compile_recap()
    looked_at: list[int] = []
    dynamodb.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: looked_at.append(parsed["ScannedCount"])
    )
    for asked in ("", "2026-07"):
        sums = read_sums(office, asked)
        assert summarise(sums.tallies, a_sop(), AT.date()).outcomes == {"withdrawn": stored}
    # The heads of July and August, no fact, and the tallies of both, or July's.
    assert looked_at == [2, 0, 2, 2, 0, 1]


def store_closed_case(records: DynamoRecords, number: int, at: datetime) -> None:
    case = write(records, application(number=number, at=at))
    closed = after(case, "withdraw")
    said = {"outcome": "withdrawn", "office": "Dinas Sosial", "returns": 0, "minutes": {}, "valid_until": ""}
    fact = {"ticket": case.ticket, "closed": f"{at:%Y-%m-%d}", **said}
    records.commit(change(closed, notices=[a_notice(case.ticket, due_at=at)], fact=fact))
    records.settle_notice(records.claim_notice(at, LEASE).delivered(at))


# --- an index that lags, a read that meets a transaction -------------------------------------------------------------


def listed_now(dynamodb: Any, name: str) -> Answer:
    """What the index says now, to be said again when it is no longer true."""
    condition = {"KeyConditionExpression": "GSI1PK = :name", "ExpressionAttributeValues": {":name": {"S": name}}}
    found = dynamodb.query(TableName=TABLE, IndexName="GSI1", **condition)
    return says({"Items": found["Items"], "Count": found["Count"], "ScannedCount": found["Count"]})


def test_an_email_that_the_index_still_lists_is_not_sent_again(records, wire, dynamodb):
    records.owe([a_notice("first", due_at=AT - LEASE), a_notice("held"), a_notice("next")])
    outdated = listed_now(dynamodb, "OUTBOX")
    records.settle_notice(records.claim_notice(AT, LEASE).delivered(AT))
    held = records.claim_notice(AT, LEASE)
    wire.answers["Query"] = [outdated]
    assert {records.claim_notice(AT, LEASE).about, held.about} == {"held", "next"}
    wire.answers["Query"] = [outdated, listed_now(dynamodb, "HOPELESS")]
    assert [n.about for n in records.unsent()] == ["held", "next"]


def test_what_the_index_lists_twice_while_it_changes_is_there_once(records, wire, dynamodb):
    records.owe([a_notice("a"), a_notice("b")])
    wire.answers["Query"] = [listed_now(dynamodb, "OUTBOX"), listed_now(dynamodb, "OUTBOX")]
    assert [n.about for n in records.unsent()] == ["a", "b"]


def test_when_all_that_the_index_lists_is_done_nothing_is_due(records, wire, dynamodb):
    records.owe([a_notice()])
    outdated = listed_now(dynamodb, "OUTBOX")
    records.settle_notice(records.claim_notice(AT, LEASE).failed("550", AT, hopeless=True))
    wire.answers["Query"] = [outdated]
    assert records.claim_notice(AT + timedelta(days=1), LEASE) is None


def test_a_sender_reads_on_past_what_others_hold(records, wire, dynamodb):
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
    assert records.claim_notice(later, LEASE).about == "T25"


def test_a_case_that_has_moved_on_is_not_listed_though_the_index_lists_it(records, wire, dynamodb):
    cases = [write(records, application("confirm", number=number)) for number in (1, 2)]
    outdated = listed_now(dynamodb, "WAITING#kadis")
    records.commit(change(after(cases[0], "forward")))
    wire.answers["Query"] = [outdated]
    assert tickets(records.waiting_on("kadis")) == [cases[1].ticket]


def test_a_case_that_moves_on_while_the_list_is_gone_through_is_left_out(records):
    cases = [write(records, application("confirm", number=number, at=AT + number * LEASE)) for number in (1, 2)]
    listed = records.waiting_on("kadis")
    assert next(listed) == cases[0]
    records.commit(change(after(cases[1], "forward")))
    assert list(listed) == []


def test_a_draft_forgotten_though_the_index_lists_it_is_not_found(records, wire, dynamodb):
    records.save_draft(draft())
    outdated = listed_now(dynamodb, "DRAFTS")
    records.delete_draft("a1")
    wire.answers["Query"] = [outdated]
    assert list(records.drafts_before(AT)) == []


def items_of(dynamodb: Any, ticket: str) -> list[Any]:
    question = {"KeyConditionExpression": "PK = :name", "ConsistentRead": True}
    name = {":name": {"S": f"APPLICATION#{ticket}"}}
    return dynamodb.query(TableName=TABLE, ExpressionAttributeValues=name, **question)["Items"]


def test_a_case_read_while_it_is_being_mended_is_read_again(records, wire, dynamodb):
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
def test_an_event_changed_behind_the_portal_shows_in_the_chain(records, dynamodb, number, expression, values, damage):
    case = write(records, application("confirm", "forward", "forward"))
    key = {"PK": {"S": f"APPLICATION#{case.ticket}"}, "SK": {"S": f"EVENT#{number:04d}"}}
    names = {name: name[1:] for name in ("#data", "#role", "#at") if name in expression}
    request = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    boto3_client = client("dynamodb")
    boto3_client.update_item(TableName=TABLE, Key=key, UpdateExpression=expression, **request)
    assert records.load(case.ticket).first_damage() == damage


@pytest.mark.parametrize(("number", "damage"), [(1, 1), (3, 3), (4, None)])
def test_a_case_with_an_event_removed_behind_the_portal_can_still_be_read(records, number, damage):
    case = write(records, application("confirm", "forward", "forward"))
    key = {"PK": {"S": f"APPLICATION#{case.ticket}"}, "SK": {"S": f"EVENT#{number:04d}"}}
    client("dynamodb").delete_item(TableName=TABLE, Key=key)
    found = records.load(case.ticket)
    assert len(found.events) == 3
    assert found.first_damage() == damage


# --- transactions that are cancelled ---------------------------------------------------------------------------------


def cancels(*reasons: str) -> Answer:
    return refuses("TransactionCanceledException", CancellationReasons=[{"Code": reason} for reason in reasons])


def test_each_reason_of_a_cancelled_transaction_becomes_its_own_refusal(records, wire):
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


def test_a_write_that_meets_another_transaction_waits_and_tries_again(records, wire, paused):
    case = application()
    wire.answers["TransactWriteItems"] = [cancels("TransactionConflict", "None"), cancels("None", "ThrottlingError")]
    records.commit(change(case))
    assert records.load(case.ticket) == case
    assert paused == [0.05, 0.1]


def test_a_write_that_always_meets_another_transaction_is_unavailable(records, wire, paused):
    wire.always = cancels("TransactionConflict", "None")
    with pytest.raises(Unavailable) as caught:
        records.commit(change(application()))
    assert caught.value.code == "store_unavailable"
    assert len(paused) < 10


def test_a_change_of_one_item_that_meets_a_transaction_waits_and_tries_again(records, wire, paused):
    records.owe([a_notice()])
    wire.answers["UpdateItem"] = [refuses("TransactionConflictException")] * 2
    wire.answers["DeleteItem"] = [refuses("TransactionConflictException")]
    assert records.claim_notice(AT, LEASE) is not None
    records.delete_draft("a1")
    assert paused == [0.05, 0.1, 0.05]


def test_a_fault_of_the_program_is_not_taken_for_bad_weather(records, wire):
    wire.answers["TransactWriteItems"] = [cancels("None", "ValidationError"), refuses("ValidationException", "too big")]
    for _ in range(2):
        with pytest.raises(ClientError):
            records.commit(change(application()))


def test_a_draft_saved_anew_owes_its_email_once(records):
    records.save_draft(draft(), [a_notice("a1", event=0)])
    held = records.claim_notice(AT, LEASE)
    changed = draft().with_form({"opd": "lain"})
    records.save_draft(changed, [a_notice("a1", event=0), a_notice("a1", event=0, recipient="baru@tarakankota.go.id")])
    assert records.load_draft("a1") == changed
    assert sorted(n.attempts for n in records.unsent()) == [0, 1]
    assert held in list(records.unsent())


def test_a_case_may_have_given_up_more_seats_than_fit_into_a_transaction(records):
    case = write(records, application_in("kunjungan", State.INVITED))
    seats = [f"visit/{number:03d}/0" for number in range(150)]
    records.commit(change(after(case, "book"), claims=[seats[-1]]))
    records.commit(change(after(after(case, "book"), "book"), claims=["visit/new/0"], releases=seats))
    assert records.taken("visit/") == ["visit/new/0"]


def test_a_seat_both_taken_and_given_up_is_taken(records):
    case = application()
    records.commit(change(case, claims=["visit/1"]))
    records.commit(change(after(case, "confirm"), claims=["visit/1", "visit/1"], releases=["visit/1"]))
    assert records.taken("visit/") == ["visit/1"]


def test_settling_what_was_never_owed_leaves_nothing(records):
    held = a_notice().held(AT)
    for outcome in (held.delivered(AT), held.failed("451", AT)):
        records.settle_notice(outcome)
    assert client("dynamodb").scan(TableName=TABLE)["Items"] == []


def test_an_email_can_be_claimed_by_its_key_before_the_index_lists_it(records):
    records.owe([a_notice("a"), a_notice("b")])
    key = items.notice_key(a_notice("b").identity)
    assert records.claim_under(key, AT - LEASE, LEASE) is None
    held = records.claim_under(key, AT, LEASE)
    assert (held.about, held.attempts, held.due_at) == ("b", 1, AT + LEASE)
    assert records.claim_under(key, AT, LEASE) is None
    assert records.claim_under(items.notice_key(a_notice("c").identity), AT, LEASE) is None


def test_more_emails_may_be_owed_than_fit_into_a_transaction_and_all_are_listed(records):
    owed = [a_notice(f"T{number:03d}", queued_at=AT + timedelta(seconds=number)) for number in range(120)]
    records.owe(owed[:90])
    records.owe(owed)
    assert list(records.unsent()) == owed


def test_what_a_batch_leaves_over_is_asked_for_again(records, wire, paused):
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

NOT_NOW = [
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
    "waiting_on": lambda records: list(records.waiting_on("kadis")),
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
    "next_number": lambda records: records.next_number("agenda"),
    "taken": lambda records: records.taken("visit/"),
    "facts": lambda records: list(records.facts()),
    "facts_after": lambda records: list(records.facts_after("2026-08-03")),
    "keep_tally": lambda records: records.keep_tally(Compiled("2026-08", "2026-08-31", 0), {}),
    "compiled": lambda records: records.compiled(),
    "tallies": lambda records: list(records.tallies()),
}


@pytest.mark.parametrize("call", CALLS)
def test_whatever_may_pass_is_unavailable_and_nothing_is_written(records, wire, dynamodb, call):
    for fault in NOT_NOW:
        wire.always = fault
        with pytest.raises(Unavailable) as caught:
            CALLS[call](records)
        assert caught.value.code == "store_unavailable"
    assert client("dynamodb").scan(TableName=TABLE)["Items"] == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"])
def test_a_fault_of_the_setting_up_is_seen_as_such(records, wire, call, code):
    wire.always = refuses(code)
    with pytest.raises(ClientError) as caught:
        CALLS[call](records)
    assert caught.value.response["Error"]["Code"] == code


# --- values ----------------------------------------------------------------------------------------------------------


def test_whole_numbers_truth_and_nothing_come_back_as_they_were(records):
    form = {"n": 2**70, "minus": -1, "yes": True, "no": False, "none": None, "empty": "", "list": [1, "", {"x": []}]}
    records.save_draft(draft(form=form))
    kept = records.load_draft("a1").form
    assert kept == form
    assert {name: type(value) for name, value in kept.items()} == {name: type(value) for name, value in form.items()}


@pytest.mark.parametrize("value", [0.5, b"x", {1, 2}, AT])
def test_what_no_hash_could_cover_is_not_stored(records, value):
    with pytest.raises(TypeError):
        records.save_draft(draft(form={"x": value}), [a_notice()])
    assert list(records.unsent()) == []


def test_facts_can_be_had_by_month(records):
    for number, closed in ((1, "2026-08-31"), (2, "2026-09-01"), (3, "2027-08-01")):
        case = application("withdraw", number=number)
        records.commit(change(case, fact={"ticket": case.ticket, "closed": closed}))
    assert [fact["closed"] for fact in records.facts("2026-08")] == ["2026-08-31"]
    assert [fact["closed"] for fact in records.facts("2026")] == ["2026-08-31", "2026-09-01"]
    assert len(list(records.facts())) == 3


# --- emails that came back -------------------------------------------------------------------------------------------

BOUNCED = CameBack(a_notice().identity, "Bounce Permanent General: smtp; 550 5.1.1 user unknown", True)


def sent(records: DynamoRecords) -> None:
    records.owe([a_notice()])
    records.settle_notice(records.claim_notice(AT, LEASE).delivered(AT))


def test_an_email_that_came_back_for_good_is_unsent_and_hopeless(records):
    sent(records)
    records.came_back(BOUNCED, AT + LEASE)
    (unsent,) = records.unsent()
    assert (unsent.problem, unsent.hopeless, unsent.sent_at) == (BOUNCED.problem, True, None)
    assert unsent.is_red(AT + LEASE)
    assert records.claim_notice(AT + timedelta(days=30), LEASE) is None


def test_an_email_that_came_back_for_now_is_sent_again_some_hours_later(records):
    sent(records)
    records.came_back(replace(BOUNCED, final=False), AT + LEASE)
    assert records.claim_notice(AT + timedelta(hours=6), LEASE) is None
    again = records.claim_notice(AT + timedelta(hours=7), LEASE)
    assert again.attempts == 2
    records.settle_notice(again.delivered(AT + timedelta(hours=7)))
    assert list(records.unsent()) == []


def test_word_that_comes_twice_counts_once(records):
    sent(records)
    word = replace(BOUNCED, final=False)
    records.came_back(word, AT)
    again = records.claim_notice(AT + timedelta(hours=7), LEASE)
    records.settle_notice(again.delivered(AT + timedelta(hours=7)))
    records.came_back(replace(word, final=True), AT + timedelta(hours=8))
    (unsent,) = records.unsent()
    assert unsent.hopeless
    records.came_back(word, AT + timedelta(hours=9))
    assert list(records.unsent()) == [unsent]


def test_word_that_is_faster_than_the_sender_is_not_lost(records):
    records.owe([a_notice()])
    held = records.claim_notice(AT, LEASE)
    records.came_back(BOUNCED, AT)
    records.settle_notice(held.delivered(AT))
    assert [n.problem for n in records.unsent()] == [BOUNCED.problem]


def test_word_of_what_was_never_owed_changes_nothing(records):
    records.came_back(BOUNCED, AT)
    assert list(records.unsent()) == []
    assert client("dynamodb").scan(TableName=TABLE)["Items"] == []


def event(kind: str, said: dict[str, Any], header: str = reference(a_notice().identity)) -> dict[str, Any]:
    """As SES publishes it, cut to what is looked at and some of what is not."""
    headers = [{"name": "From", "value": SENDER}, {"name": HEADER, "value": header}]
    mail = {"messageId": "0100017", "destination": ["siti@tarakankota.go.id"], "headers": headers}
    return {"eventType": kind, kind.lower(): said, "mail": mail}


def bounce(kind: str, answer: str) -> dict[str, Any]:
    recipients = [{"emailAddress": "siti@tarakankota.go.id", "status": "5.1.1", "diagnosticCode": answer}]
    return event("Bounce", {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": recipients})


@pytest.mark.parametrize(("kind", "final"), [("Permanent", True), ("Transient", False), ("Undetermined", True)])
def test_a_bounce_says_of_which_email_why_and_whether_for_good(kind, final):
    word = came_back(bounce(kind, "smtp; 550 5.1.1\r\n user unknown"))
    assert word == CameBack(a_notice().identity, f"Bounce {kind} General: smtp; 550 5.1.1 user unknown", final)
    assert len(came_back(bounce(kind, "x" * 999)).problem) == 300


def test_a_bounce_without_an_answer_of_the_relay_is_one_too():
    said = {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList", "bouncedRecipients": [{}]}
    assert came_back(event("Bounce", said)).problem == "Bounce Permanent OnAccountSuppressionList:"


@pytest.mark.parametrize(
    ("kind", "said", "problem"),
    [
        ("Complaint", {"complaintFeedbackType": "abuse"}, "Complaint abuse"),
        ("Complaint", {"complaintFeedbackType": None, "complaintSubType": None}, "Complaint"),
        ("Complaint", {}, "Complaint"),
        ("Reject", {"reason": "Bad content"}, "Reject Bad content"),
    ],
)
def test_a_complaint_or_a_rejection_is_for_good(kind, said, problem):
    assert came_back(event(kind, said)) == CameBack(a_notice().identity, problem, True)


@pytest.mark.parametrize("kind", ["Send", "Delivery", "Open", "DeliveryDelay"])
def test_other_events_are_no_news(kind):
    assert came_back(event(kind, {})) is None


@pytest.mark.parametrize("header", ["", "x", "[]", '["T",1]', "{}", "7", '["T","x","l","r","o"]', "null"])
def test_an_email_that_does_not_say_which_it_is_is_passed_over(header):
    assert came_back(event("Reject", {}, header)) is None
    assert came_back({**event("Reject", {}), "mail": {}}) is None


# === files ===========================================================================================================


@pytest.fixture
def s3() -> Any:
    made = client("s3", signature_version="s3v4")
    made.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    made.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return made


@pytest.fixture
def files(s3) -> S3Files:
    return S3Files(s3, BUCKET, lambda: AT)


def post(form: Any, content: bytes) -> str:
    file = {"file": ("ktp.pdf", content, "text/html")}
    return requests.post(form.url, data=form.fields, files=file, allow_redirects=False).headers["Location"]


class TestS3Files(FilesContract):
    @pytest.fixture
    def files(self, files):
        return files

    @pytest.fixture
    def upload(self):
        return post


def signed_policy(form: Any) -> dict[str, Any]:
    return json.loads(base64.b64decode(form.fields["policy"]))


def test_the_form_is_good_for_this_key_this_size_and_this_type_only_and_not_for_long(files):
    form = files.upload_form(KEY, 5_000, AT + timedelta(minutes=15), "https://tte.example/ajukan/a1?f=1")
    signed = signed_policy(form)
    conditions = [c if isinstance(c, list) else next(iter(c.items())) for c in signed["conditions"]]
    assert conditions[:3] == [
        ["content-length-range", 1, 5_000],
        ("success_action_redirect", "https://tte.example/ajukan/a1?f=1"),
        ("Content-Type", "application/octet-stream"),
    ]
    assert {("bucket", BUCKET), ("key", KEY)} <= {c for c in conditions if isinstance(c, tuple)}
    assert {name for name, _ in conditions[1:]} == {"bucket", *form.fields} - {"policy", "x-amz-signature"}
    made = datetime.strptime(form.fields["x-amz-date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
    expires = datetime.fromisoformat(signed["expiration"])
    assert timedelta(minutes=15) - timedelta(seconds=5) < expires - made <= timedelta(minutes=15, seconds=5)


def test_what_the_form_says_is_what_the_browser_must_send(files):
    form = files.upload_form(KEY, 5_000, AT + timedelta(minutes=15), "https://tte.example/")
    assert form.url.startswith("https://")
    assert form.fields["key"] == KEY
    assert form.fields["Content-Type"] == "application/octet-stream"


def test_a_form_that_would_be_past_its_time_already_is_good_for_a_moment_only(files):
    signed = signed_policy(files.upload_form(KEY, 5_000, AT - timedelta(days=1), "https://tte.example/"))
    assert datetime.fromisoformat(signed["expiration"]) - datetime.now().astimezone() < timedelta(seconds=3)


def test_what_is_uploaded_cannot_pose_as_a_page(files, s3):
    post(files.upload_form(KEY, 5_000, AT + timedelta(minutes=15), "https://tte.example/"), b"<script>")
    assert s3.head_object(Bucket=BUCKET, Key=KEY)["ContentType"] == "application/octet-stream"


def test_what_was_checked_keeps_its_type_also_as_a_copy(files, s3):
    pinned = files.write(KEY, b"%PDF", PDF)
    files.copy(KEY, pinned.version, "applications/T/ktp/y")
    for key in (KEY, "applications/T/ktp/y"):
        assert s3.head_object(Bucket=BUCKET, Key=key)["ContentType"] == PDF


def test_everything_is_encrypted_as_told(s3):
    files = S3Files(s3, BUCKET, lambda: AT, encryption="aws:kms")
    pinned = files.write(KEY, b"%PDF", PDF)
    files.copy(KEY, pinned.version, "applications/T/ktp/y")
    for key in (KEY, "applications/T/ktp/y"):
        assert s3.head_object(Bucket=BUCKET, Key=key)["ServerSideEncryption"] == "aws:kms"
    form = files.upload_form(KEY, 5_000, AT + timedelta(minutes=15), "https://tte.example/")
    assert form.fields["x-amz-server-side-encryption"] == "aws:kms"
    assert {"x-amz-server-side-encryption": "aws:kms"} in signed_policy(form)["conditions"]


def test_an_official_s_browser_gets_the_pinned_content_by_an_address_that_is_soon_worthless(files):
    pinned = files.write(KEY, b"checked", PDF)
    files.write(KEY, b"swapped", PDF)
    address = files.address(KEY, pinned.version, AT + timedelta(minutes=2), media_type=PDF)
    asked = parse_qs(urlsplit(address).query)
    assert asked["X-Amz-Expires"] == ["120"]
    assert asked["versionId"] == [pinned.version]
    got = requests.get(address)
    assert got.content == b"checked"
    assert (got.headers["content-type"], got.headers["content-disposition"]) == (PDF, "inline")
    assert got.headers["cache-control"] == "private, no-store"


def test_an_address_may_ask_the_browser_to_save(files):
    pinned = files.write(KEY, b"checked", PDF)
    address = files.address(KEY, pinned.version, AT + LEASE, media_type=PDF, filename="TTE-26-4F7K-9QXM-ktp.pdf")
    assert requests.get(address).headers["content-disposition"] == 'inline; filename="TTE-26-4F7K-9QXM-ktp.pdf"'


@pytest.mark.parametrize("prefix", ["", "/"])
def test_no_prefix_can_take_everything(files, prefix):
    stored = files.write(KEY, b"a", PDF)
    with pytest.raises(NotFound):
        files.delete(prefix)
    assert files.stat(KEY) == stored


def test_forgetting_takes_also_what_a_deletion_by_hand_left_behind(files, s3):
    files.write(KEY, b"a", PDF)
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    with pytest.raises(NotFound):
        files.stat(KEY)
    files.delete("drafts/a1/")
    left = s3.list_object_versions(Bucket=BUCKET)
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")


def test_a_version_id_that_s3_cannot_read_is_unknown(files, s3):
    Wire(s3).always = refuses_in_xml("InvalidArgument", 400)
    with pytest.raises(NotFound):
        files.read(KEY, "nonsense")


def test_no_version_does_not_stand_for_the_newest(files, s3):
    files.write(KEY, b"a", PDF)
    wire = Wire(s3)
    for attempt in (lambda: files.read(KEY, ""), lambda: files.copy(KEY, "", "applications/T/ktp/y")):
        with pytest.raises(NotFound):
            attempt()
    assert wire.asked == []


FILE_CALLS: dict[str, Callable[[S3Files], object]] = {
    "stat": lambda files: files.stat(KEY),
    "read": lambda files: files.read(KEY, "v"),
    "write": lambda files: files.write(KEY, b"a", PDF),
    "copy": lambda files: files.copy(KEY, "v", "applications/T/ktp/y"),
    "delete": lambda files: files.delete("drafts/a1/"),
}


@pytest.mark.parametrize("call", FILE_CALLS)
def test_a_bucket_that_cannot_answer_now_is_unavailable(files, s3, call):
    wire = Wire(s3)
    for fault in (*ON_THE_WAY, refuses_in_xml("SlowDown", 503), refuses_in_xml("InternalError", 500)):
        wire.always = fault
        with pytest.raises(Unavailable) as caught:
            FILE_CALLS[call](files)
        assert caught.value.code == "store_unavailable"


@pytest.mark.parametrize("call", FILE_CALLS)
def test_a_bucket_that_was_set_up_wrongly_is_seen_as_such(files, s3, call):
    Wire(s3).always = refuses_in_xml("AccessDenied", 403)
    with pytest.raises(ClientError):
        FILE_CALLS[call](files)


def test_a_file_whose_transfer_breaks_off_is_unavailable_not_cut_short(files, s3):
    Wire(s3).answers["GetObject"] = [says(b"half", **{"Content-Length": "8"})]
    with pytest.raises(Unavailable):
        files.read(KEY, "v")


def test_a_file_that_could_not_be_deleted_is_not_taken_for_deleted(files, s3):
    files.write(KEY, b"a", PDF)
    left = b"<DeleteResult><Error><Key>k</Key><Code>InternalError</Code></Error></DeleteResult>"
    Wire(s3).answers["DeleteObjects"] = [says(left)]
    with pytest.raises(Unavailable) as caught:
        files.delete("drafts/a1/")
    assert caught.value.facts["answer"] == "InternalError"


# === mail ============================================================================================================


@pytest.fixture
def ses() -> Any:
    made = client("sesv2")
    made.create_email_identity(EmailIdentity="tarakankota.go.id")
    return made


@pytest.fixture
def received() -> Callable[[], list[Any]]:
    messages = get_backend("ses")[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    return lambda: [message_from_bytes(m.raw_data.encode(), policy=policy.default) for m in messages]


class TestSesMail(MailContract):
    @pytest.fixture
    def mail(self, ses):
        return SesMail(ses, SENDER)

    @pytest.fixture
    def received(self, received):
        return received

    @pytest.fixture
    def relay_down(self, ses):
        return lambda: Wire(ses).answers["SendEmail"].append(ON_THE_WAY[0])


@pytest.mark.parametrize(
    "answer",
    [refuses("MessageRejected", "Email contains a virus"), refuses("BadRequestException", "Local address is none")],
)
def test_what_ses_will_never_send_is_given_up(ses, answer):
    Wire(ses).always = answer
    with pytest.raises(MailRefused) as caught:
        SesMail(ses, SENDER).send(MESSAGE, AT)
    assert caught.value.code == "mail_refused"
    assert caught.value.facts["answer"].split()[0] in ("MessageRejected", "BadRequestException")


@pytest.mark.parametrize(
    ("answer", "slow_down"),
    [
        (refuses("TooManyRequestsException", "Maximum sending rate exceeded.", 429), True),
        (refuses("LimitExceededException", "Daily message quota exceeded."), True),
        (refuses("ThrottlingException", "Rate exceeded"), True),
        (refuses("SendingPausedException"), False),
        (refuses("AccountSuspendedException"), False),
        (refuses("MailFromDomainNotVerifiedException"), False),
        (refuses("MessageRejected", "Email address is not verified. The following identities failed"), False),
        (refuses("NotFoundException", "Configuration set <portal> does not exist.", 404), False),
        (refuses("AccessDeniedException", status=403), False),
        (refuses("InternalServiceError", status=500), False),
        (says(b"<html>Bad gateway</html>", 502), False),
        *((fault, False) for fault in ON_THE_WAY),
    ],
)
def test_what_may_pass_is_deferred_and_says_whether_to_slow_down(ses, answer, slow_down):
    Wire(ses).always = answer
    with pytest.raises(MailDeferred) as caught:
        SesMail(ses, SENDER).send(MESSAGE, AT)
    assert caught.value.code == "mail_deferred"
    assert caught.value.facts["answer"]
    assert caught.value.facts["slow_down"] is slow_down


@pytest.mark.parametrize("code", ["MessageRejected", "TooManyRequestsException"])
def test_the_answer_does_not_come_with_a_traceback_that_names_the_recipient_and_is_not_kept_at_length(ses, code):
    Wire(ses).always = refuses(code, "no\r\n siti@tarakankota.go.id" + "y" * 400)
    with pytest.raises((MailRefused, MailDeferred)) as caught:
        SesMail(ses, SENDER).send(MESSAGE, AT)
    assert caught.value.facts["answer"].startswith(f"{code} no siti@tarakankota.go.idyyy")
    assert len(caught.value.facts["answer"]) == 300
    assert "siti" not in "".join(traceback.format_exception(caught.value))


def test_an_email_goes_to_one_recipient_through_the_configuration_set(ses):
    wire = Wire(ses)
    SesMail(ses, SENDER, "portal-events").send(replace(MESSAGE, calendar=CALENDAR), AT)
    (asked,) = map(json.loads, wire.bodies)
    assert asked["Destination"] == {"ToAddresses": ["siti@tarakankota.go.id"]}
    assert asked["ConfigurationSetName"] == "portal-events"
    assert list(asked["Content"]) == ["Raw"]


@pytest.mark.parametrize(
    "notice",
    [
        a_notice(),
        a_notice(recipient="sité@tarakankota.go.id", occasion="again-2026-08-03T08"),
        a_notice(about="5b0c61" * 8, event=0, letter="visit_tomorrow", recipient="a" * 60 + "@" + "b" * 60 + ".go.id"),
        a_notice(recipient='"odd\\"@tarakankota.go.id'),
    ],
)
def test_an_email_carries_which_notice_it_is_to_where_ses_hands_it_back(ses, received, notice):
    SesMail(ses, SENDER).send(replace(MESSAGE, headers={HEADER: reference(notice.identity)}), AT)
    (arrived,) = received()
    raw = next(value for name, value in arrived.raw_items() if name == HEADER)
    for value in (arrived[HEADER], raw):
        assert came_back(event("Reject", {}, value)).identity == notice.identity
