"""AWS as moto plays it, and the wire to it: what is asked goes past, and may be answered otherwise."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any, cast

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber
from werkzeug.test import Client

from portal.engines.aws.feedback import HEADER, reference
from tests.support.builders import a_notice
from tests.support.contract_mail import SENDER

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

    def _send(self, event_name: str, request: Any, **rest: Any) -> AWSResponse | None:
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


def without_network(client: Any, app: Any) -> None:
    """What the client asks is answered by moto's server application in this process: no socket, and no other thread."""

    def send(request: Any, **_: Any) -> AWSResponse:
        body = request.body.read() if hasattr(request.body, "read") else request.body
        headers = {name: said.decode() if isinstance(said, bytes) else said for name, said in request.headers.items()}
        answer = Client(app).open(request.url, method=request.method, headers=headers, data=body)
        said = MockRawResponse(answer.get_data())
        return AWSResponse(request.url, answer.status_code, cast(Any, answer.headers), said)

    client.meta.events.register("before-send", send)


def says(content: bytes | dict[str, Any], status: int = 200, **headers: str) -> Answer:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda request: AWSResponse(request.url, status, cast(Any, headers), MockRawResponse(raw))


def refuses(code: str, message: str = "", status: int = 400, **more: Any) -> Answer:
    return says({"__type": f"com.amazonaws#{code}", "message": message, **more}, status)


def refuses_in_xml(code: str, status: int) -> Answer:
    return says(f"<Error><Code>{code}</Code><Message>-</Message></Error>".encode(), status)


ON_THE_WAY: list[Answer | Exception] = [
    EndpointConnectionError(endpoint_url=NOWHERE),
    ConnectTimeoutError(endpoint_url=NOWHERE),
    ReadTimeoutError(endpoint_url=NOWHERE),
    ConnectionClosedError(endpoint_url=NOWHERE),
]

# One for all tests, as it reads the descriptions of the services only once.
SESSION: Any = boto3.session.Session("testing", "testing", region_name=REGION)


def client(service: str, **settings: Any) -> Any:
    return SESSION.client(service, config=Config(retries={"total_max_attempts": 1}, **settings))


def make_table(dynamodb: Any, name: str) -> None:
    """As the template describes it."""
    dynamodb.create_table(
        TableName=name,
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


def event(kind: str, said: dict[str, Any], header: str = reference([a_notice().identity])) -> dict[str, Any]:
    """As SES publishes it, cut to what is looked at and some of what is not."""
    headers = [{"name": "From", "value": SENDER}, {"name": HEADER, "value": header}]
    mail = {"messageId": "0100017", "destination": ["siti@tarakankota.go.id"], "headers": headers}
    return {"eventType": kind, kind.lower(): said, "mail": mail}
