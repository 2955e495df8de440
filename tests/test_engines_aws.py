import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

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
from builders import AT
from contract_files import FilesContract
from contract_mail import SENDER, MailContract
from contract_records import RecordsContract
from moto import mock_aws
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.models import botocore_stubber

from portal.engines.aws.files import S3Files
from portal.engines.aws.mail import SesMail
from portal.engines.aws.records import DynamoRecords

REGION = "ap-southeast-3"
TABLE = "portal"
BUCKET = "portal-documents"

Answer = Callable[[Any], AWSResponse]


class Wire:
    """Between a client and moto, where the network would be: keeps what was asked, and answers otherwise when told to.

    One request at a time, as moto's transactions are not atomic to other threads (it puts back a copy of the table when
    one is cancelled). What the races of the contract are about, the order of requests, stays as it falls.

    Attributes:
        asked: names of the operations so far.
        bodies: what was sent with each.
        answers: in place of moto's, by operation and in order; an exception is what happens on the way there.
        always: the answer to whatever is asked.
    """

    def __init__(self, client: Any) -> None:
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
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


def says(content: Any, status: int = 200, **headers: str) -> Answer:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda request: AWSResponse(request.url, status, headers, MockRawResponse(raw))


def refuses(code: str, message: str = "", status: int = 400, **more: Any) -> Answer:
    return says({"__type": f"com.amazonaws#{code}", "message": message, **more}, status)


def refuses_in_xml(code: str, status: int) -> Answer:
    return says(f"<Error><Code>{code}</Code><Message>.</Message></Error>".encode(), status)


NOWHERE = "https://nowhere.invalid"
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


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    with mock_aws():
        yield


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
    # The permissions that DynamoRecords says it needs; in particular nothing is ever scanned.
    writing = {"TransactWriteItems", "UpdateItem", "DeleteItem"}
    assert set(wire.asked) <= {"Query", "GetItem", "BatchGetItem"} | writing


@pytest.fixture
def paused() -> list[float]:
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
    wire.asked.clear()
    records.load(case.ticket)
    assert wire.asked == ["Query"]


def test_a_decision_is_one_read_and_one_transaction(records, wire):
    case = write(records, application("confirm"))
    wire.asked.clear()
    decided = after(records.load(case.ticket), "forward")
    records.commit(change(decided, notices=owed_by(decided)))
    assert wire.asked == ["Query", "TransactWriteItems"]


def test_sending_an_application_is_one_read_and_one_transaction(records, wire):
    records.save_draft(draft())
    wire.asked.clear()
    kept = records.load_draft("a1")
    case = application()
    records.commit(change(case, draft=kept.sent_as(case.ticket), notices=owed_by(case)))
    assert wire.asked == ["GetItem", "TransactWriteItems"]


def test_picking_another_visit_is_one_transaction(records, wire):
    case = write(records, application_in("kunjungan", State.INVITED))
    booked = after(case, "book")
    records.commit(change(booked, claims=["visit/0800/0"]))
    wire.asked.clear()
    records.commit(change(after(booked, "book"), claims=["visit/0900/0"], releases=["visit/0700/0", "visit/0800/0"]))
    assert wire.asked == ["TransactWriteItems"]
    assert records.taken("visit/") == ["visit/0900/0"]


def test_sending_an_email_is_one_look_and_two_changes(records, wire):
    records.owe([a_notice(f"T{number}", due_at=AT + timedelta(seconds=number)) for number in range(60)])
    wire.asked.clear()
    records.settle_notice(records.claim_notice(AT, LEASE).delivered(AT))
    assert wire.asked == ["Query", "UpdateItem", "UpdateItem"]


def test_what_is_read_does_not_grow_with_what_is_stored(records, dynamodb):
    """Items looked at by lookup, decision, sweep, reminder and the month's recap, as the table counts them."""
    looked_at: list[int] = []
    dynamodb.meta.events.register("after-call.dynamodb.Query", lambda parsed, **_: looked_at.append(parsed["ScannedCount"]))
    july = AT - timedelta(days=30)
    cases = [write(records, application("confirm", number=number)) for number in (1, 2)]
    records.commit(change(cases[1], fact=None) if False else change(after(cases[1], "withdraw"), fact=fact("2026-08")))
    records.owe([a_notice()])

    def work() -> list[int]:
        looked_at.clear()
        records.load(cases[0].ticket)
        list(records.waiting_on("kadis"))
        list(records.facts("2026-08"))
        list(records.unsent())
        records.settle_notice(records.claim_notice(AT, LEASE).failed("451", AT - LEASE))
        return list(looked_at)

    before = work()
    for number in range(3, 33):
        closed = write(records, application("withdraw", number=number, at=july))
        notice = a_notice(closed.ticket, due_at=july)
        records.owe([notice])
        records.settle_notice(records.claim_notice(july, LEASE).delivered(july))
        records.save_draft(draft(id=f"d{number}"))
    assert work() == before
    assert sum(before) < 12


@pytest.fixture
def s3() -> Any:
    made = client("s3", signature_version="s3v4")
    made.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    made.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return made


class TestS3Files(FilesContract):
    @pytest.fixture
    def files(self, s3):
        return S3Files(s3, BUCKET, lambda: AT)

    @pytest.fixture
    def upload(self):
        def post(form, content):
            answer = requests.post(
                form.url, data=form.fields, files={"file": ("ktp.pdf", content)}, allow_redirects=False
            )
            return answer.headers["Location"]

        return post


@pytest.fixture
def ses():
    made = client("sesv2")
    made.create_email_identity(EmailIdentity="tarakankota.go.id")
    return made


class TestSesMail(MailContract):
    @pytest.fixture
    def mail(self, ses):
        return SesMail(ses, SENDER)

    @pytest.fixture
    def received(self):
        sent = get_backend("ses")[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        return lambda: [message_from_bytes(m.raw_data.encode(), policy=policy.default) for m in sent]

    @pytest.fixture
    def relay_down(self, ses):
        unreachable = EndpointConnectionError(endpoint_url="https://email.ap-southeast-3.amazonaws.com")
        return lambda: Wire(ses).answers["SendEmail"].append(unreachable)
