"""What each function does to AWS in the whole story, held against what its own role allows: all of it, and no more."""

import shutil
from ast import literal_eval
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import cloud
import pytest

from portal import bootstrap_aws
from portal.bootstrap_aws import Clients
from tests.support.city import KADIS, City
from tests.support.people import Applicant
from tests.support.server import Clock, Served, free_port, listening
from tests.support.story import all_seven_steps

pytestmark = pytest.mark.cloud

Call = tuple[str, str, str]
"""Action, resource, and the prefix that a list was asked for."""

TAKEN_BY_LAMBDA = {
    "dynamodb:DescribeStream": "reads the stream for the mailer",
    "dynamodb:GetRecords": "reads the stream for the mailer",
    "dynamodb:GetShardIterator": "reads the stream for the mailer",
    "dynamodb:ListStreams": "reads the stream for the mailer",
    "logs:CreateLogStream": "keeps what a function writes",
    "logs:PutLogEvents": "keeps what a function writes",
    "sqs:SendMessage": "keeps events that were given up",
}
"""Allowed to a role, but used in its name by Lambda itself."""

ASKED_OF_IT_TOO = {
    "ses:SendRawEmail": "SES wants it for a raw message, whatever the call's name",
    "s3:ListBucket": "without it S3 calls forbidden what is only missing",
}
"""Allowed because AWS wants it for another call of the same story."""


class Recorded(Clients):
    """Clients that note every call before it is made."""

    def __init__(self, calls: set[Call], **given: Any) -> None:
        super().__init__(**given)
        self._calls, self._noted = calls, set[str]()

    def made(self, service: str) -> Any:
        client = super().made(service)
        if service not in self._noted:
            self._noted.add(service)
            client.meta.events.register("before-parameter-build.*.*", self._note)
        return client

    def _note(self, params: Mapping[str, Any], model: Any, context: Mapping[str, Any], **_: Any) -> None:
        service = model.service_model.service_name
        # The form of an upload is signed for a bucket; what it permits its bearer is to put an object.
        name = "UploadForm" if model.name == "CreateBucket" and context.get("is_presign_request") else model.name
        self._calls |= set(needed(f"{service}.{name}", params))


def needed(call: str, params: Mapping[str, Any]) -> Iterator[Call]:
    """What IAM wants for a call (https://docs.aws.amazon.com/service-authorization/latest/reference/)."""
    match call.split("."):
        case ["dynamodb", "TransactWriteItems"]:
            for operation in params["TransactItems"]:
                ((kind, item),) = operation.items()
                yield f"dynamodb:{kind}Item", table(item["TableName"]), ""
        case ["dynamodb", "BatchGetItem"]:
            for name in params["RequestItems"]:
                yield "dynamodb:BatchGetItem", table(name), ""
        case ["dynamodb", name]:
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            yield f"dynamodb:{name}", table(params["TableName"]) + index, ""
        case ["s3", "UploadForm"]:
            yield "s3:PutObject", f"arn:aws:s3:::{params['Bucket']}/drafts/some/file", ""
        case ["s3", "ListObjectVersions"]:
            yield "s3:ListBucketVersions", f"arn:aws:s3:::{params['Bucket']}", params["Prefix"]
        case ["s3", "DeleteObjects"]:
            for entry in params["Delete"]["Objects"]:
                action = "s3:DeleteObjectVersion" if "VersionId" in entry else "s3:DeleteObject"
                yield action, f"arn:aws:s3:::{params['Bucket']}/{entry['Key']}", ""
        case ["s3", "CopyObject"]:
            source = params["CopySource"]
            source = source if isinstance(source, str) else f"{source['Bucket']}/{source['Key']}"
            yield "s3:GetObjectVersion", f"arn:aws:s3:::{source.partition('?')[0]}", ""
            yield "s3:PutObject", f"arn:aws:s3:::{params['Bucket']}/{params['Key']}", ""
        case ["s3", "GetObject" | "HeadObject"]:
            action = "s3:GetObjectVersion" if "VersionId" in params else "s3:GetObject"
            yield action, f"arn:aws:s3:::{params['Bucket']}/{params['Key']}", ""
        case ["s3", "GetObjectTagging"]:
            yield "s3:GetObjectVersionTagging", f"arn:aws:s3:::{params['Bucket']}/{params['Key']}", ""
        case ["s3", "PutObject"]:
            yield "s3:PutObject", f"arn:aws:s3:::{params['Bucket']}/{params['Key']}", ""
        case ["ssm", "GetParameter"]:
            yield "ssm:GetParameter", regional("ssm", f"parameter{params['Name']}"), ""
        case ["sesv2", "SendEmail"]:
            yield "ses:SendEmail", regional("ses", "identity/example.go.id"), ""
            yield "ses:SendEmail", regional("ses", f"configuration-set/{params['ConfigurationSetName']}"), ""
        case _:
            raise AssertionError(f"which permission does {call} need?")


def table(name: str) -> str:
    return regional("dynamodb", f"table/{name}")


def regional(service: str, resource: str) -> str:
    return f"arn:aws:{service}:ap-southeast-3:{cloud.ACCOUNT}:{resource}"


def allows(statement: Mapping[str, Any], call: Call) -> bool:
    action, resource, prefix = call
    prefixes = listed(statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix", "*"))
    return (
        action in listed(statement["Action"])
        and any(fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"]))
        and any(fnmatchcase(prefix, pattern) for pattern in prefixes)
    )


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Played:
    """Each function's calls in the whole story, and its role's statements as they were created."""

    calls: Mapping[str, set[Call]]
    allowed: Mapping[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    calls: dict[str, set[Call]] = {function: set() for function in cloud.FUNCTIONS}
    port = free_port()
    with cloud.cloud(f"http://127.0.0.1:{port}", lambda function, given: Recorded(calls[function], **given)) as aws:
        play(aws, port, another_edition(tmp_path_factory.mktemp("schemas")))
        roles = {function: aws.stack.resources[f"{function.capitalize()}Role"] for function in cloud.FUNCTIONS}
        allowed = {function: statements_of(aws.clients.made("iam"), role) for function, role in roles.items()}
    return Played(calls, allowed)


def play(aws: cloud.Cloud, port: int, next_edition: Path) -> None:
    clock = Clock()
    house = aws.furnish(clock)

    def deliver() -> None:
        aws.stream()
        aws.minute()

    with listening(bootstrap_aws.wsgi(house), port):
        city = City(Served(house, deliver, aws.stored), clock)
        all_seven_steps(city)
        change_documents(city.applicant(email="susi@tarakankota.go.id"))
        waiting = city.applicant(email="wati@tarakankota.go.id").apply()
        waiting.confirm()
        kadis = city.official(KADIS)
        case = kadis.open(waiting.ticket)
        kadis.browser.get(case.html.xpath("//main//img/@src")[0])
        waiting.withdraw()
        city.applicant(email="tono@tarakankota.go.id").apply().fill_in()
        city.applicant(email="budi@tarakankota.go.id").apply().confirm()
        city.public.get("/sehat")
    aws.furnish(clock, {"SERVICE": str(next_edition)})
    clock.forward(days=2)
    aws.day()
    clock.forward(days=31)
    aws.day()
    deliver()
    clock.forward(days=house.office.services.first.data["retention"]["documents_days"] - 33)
    aws.day()
    aws.bounce(aws.sent()[-1])
    aws.minute()


def change_documents(applicant: Applicant) -> None:
    """Sends what is no document, then one, then another in its place."""
    page = applicant.fill_in()
    assert applicant.upload(page, "ktp", "formulir_palsu").status == 422
    applicant.upload(applicant.upload(page, "ktp"), "ktp")


def another_edition(folder: Path) -> Path:
    """The SOP with another sentence in it: running cases keep theirs."""
    shutil.copytree(cloud.ROOT / "schemas", folder, dirs_exist_ok=True)
    sop = folder / "penerbitan" / "sop.toml"
    sop.write_text(sop.read_text("utf-8").replace("draft_days = 30 ", "draft_days = 29 "), "utf-8")
    return sop.parent


def statements_of(iam: Any, role: str) -> list[dict[str, Any]]:
    assert not iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    found = []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        # moto keeps what CloudFormation made as Python writes it.
        policy = literal_eval(str(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]))
        found += policy["Statement"]
    return found


@pytest.mark.parametrize("function", cloud.FUNCTIONS)
def test_a_role_allows_all_that_its_function_does(played: Played, function: str) -> None:
    calls = played.calls[function]
    assert calls
    assert {call for call in calls if not any(allows(s, call) for s in played.allowed[function])} == set()


@pytest.mark.parametrize("function", cloud.FUNCTIONS)
def test_a_role_allows_nothing_that_its_function_does_not_do(played: Played, function: str) -> None:
    idle = {
        (action, resource)
        for statement in played.allowed[function]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
        if action not in TAKEN_BY_LAMBDA
        and action not in ASKED_OF_IT_TOO
        and not any(c[0] == action and fnmatchcase(c[1], resource) for c in played.calls[function])
    }
    assert idle == set()
