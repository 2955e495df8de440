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
from botocore.exceptions import EndpointConnectionError
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
    """

    def __init__(self, client: Any) -> None:
        self.asked: list[str] = []
        self.answers: defaultdict[str, list[Answer | Exception]] = defaultdict(list)
        self._lock = threading.Lock()
        client.meta.events.unregister("before-send", botocore_stubber)
        client.meta.events.register("before-send", self._send)

    def _send(self, event_name: str, request: Any, **rest: Any) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        with self._lock:
            self.asked.append(operation)
            if not self.answers[operation]:
                return botocore_stubber(event_name, request, **rest)
            answer = self.answers[operation].pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(request)


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
def wire(dynamodb) -> Wire:
    return Wire(dynamodb)


class TestDynamoRecords(RecordsContract):
    @pytest.fixture
    def open_records(self, dynamodb, wire):
        return lambda: DynamoRecords(dynamodb, TABLE)


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
