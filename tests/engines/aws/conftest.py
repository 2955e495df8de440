"""An empty AWS for each test, with the portal's table, bucket and sender."""

import json
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from moto import mock_aws
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_api._internal.models import moto_api_backend

from portal.engines.aws.files import S3Files
from portal.engines.aws.records import DynamoRecords
from tests.support.aws_wire import BUCKET, REGION, TABLE, Wire, client, make_table
from tests.support.builders import AT
from tests.support.commits import SERVICE


@pytest.fixture(scope="module", autouse=True)
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture(autouse=True)
def _empty(aws: None) -> Iterator[None]:
    """Every test leaves as little on AWS as it found; to play all of it anew would take longer than most of them."""
    yield
    moto_api_backend.reset()


@pytest.fixture
def dynamodb() -> Any:
    made = client("dynamodb")
    make_table(made, TABLE)
    return made


@pytest.fixture
def wire(dynamodb: Any) -> Iterator[Wire]:
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
def open_records(dynamodb: Any, wire: Wire, paused: list[float]) -> Callable[..., DynamoRecords]:
    return lambda services=SERVICE: DynamoRecords(dynamodb, TABLE, services, pause=paused.append)


@pytest.fixture
def records(open_records: Callable[[], DynamoRecords]) -> DynamoRecords:
    return open_records()


@pytest.fixture
def s3() -> Any:
    made = client("s3", signature_version="s3v4")
    made.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    made.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return made


@pytest.fixture
def files(s3: Any) -> S3Files:
    return S3Files(s3, BUCKET, lambda: AT)


@pytest.fixture
def ses() -> Any:
    made = client("sesv2")
    made.create_email_identity(EmailIdentity="tarakankota.go.id")
    return made


@pytest.fixture
def received() -> Callable[[], list[Any]]:
    messages = get_backend("ses")[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    return lambda: [message_from_bytes(m.raw_data.encode(), policy=policy.default) for m in messages]
