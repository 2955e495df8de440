"""What is deployed, run as it is deployed: the archive unpacked, nothing else on the path, AWS's own runtime client."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cloud
import package
import pytest

from portal.editions import read_toml
from tests.support.lambda_runtime import Function, event, gateway, runtime_client
from tests.support.people import Applicant, Mailbox
from tests.support.server import free_port, mailbox_of, rehearsal_of

pytestmark = pytest.mark.cloud

KADIS = "kepala.dinas@tarakankota.go.id"


class SesBox(Mailbox):
    """What SES was given, after the functions have sent what they owe."""

    def __init__(self, messages: Callable[[], Sequence[Mapping[str, Any]]], deliver: Callable[[], object]) -> None:
        self._messages, self._deliver = messages, deliver

    def all(self) -> list[dict[str, Any]]:
        self._deliver()
        return [dict(mail) for mail in self._messages()]


class Deployed:
    """The stack in moto, and its functions from the package, each started when it is first wanted."""

    def __init__(self, unpacked: Path, client: Path, aws: cloud.Cloud) -> None:
        self._unpacked, self._client, self._aws = unpacked, client, aws
        self.endpoint = aws.endpoint
        self._running: dict[str, Function] = {}
        self.house = aws.furnish(lambda: datetime.now(UTC))
        self.mailbox = SesBox(mailbox_of(self.house).messages, self.deliver)

    def function(self, name: str) -> Function:
        if name not in self._running:
            environment = {
                **self._aws.stack.environment[f"{name.capitalize()}Function"],
                "SERVICE": str(self._unpacked / "schemas" / "penerbitan"),
                "AWS_ENDPOINT_URL": self.endpoint,
                "AWS_DEFAULT_REGION": "ap-southeast-3",
                "AWS_ACCESS_KEY_ID": "rehearsal",
                "AWS_SECRET_ACCESS_KEY": "rehearsal",
            }
            self._running[name] = Function(self._unpacked, self._client, name, environment)
        return self._running[name]

    def deliver(self) -> None:
        for batch in self._aws.batches():
            assert self.function("mailer").invoke({"Records": batch}) == {"batchItemFailures": []}

    def judge(self) -> None:
        self._aws.judge_all("NO_THREATS_FOUND")

    def close(self) -> None:
        for function in self._running.values():
            function.close()


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package for this machine, out of its archive."""
    folder = tmp_path_factory.mktemp("package")
    package.build(folder / "built", platform=())
    package.pack(folder / "built", folder / "package.zip")
    with zipfile.ZipFile(folder / "package.zip") as archive:
        archive.extractall(folder / "task")
    return folder / "task"


@pytest.fixture(scope="module")
def deployed(unpacked: Path) -> Iterator[Deployed]:
    port = free_port()
    client = runtime_client(unpacked.parent / "client")
    with cloud.cloud(f"http://127.0.0.1:{port}") as aws:
        stack = Deployed(unpacked, client, aws)
        try:
            with gateway(stack.function("api"), port):
                yield stack
        finally:
            stack.close()


def test_an_applicant_applies_and_the_first_official_hears_of_it(deployed: Deployed) -> None:
    """Pages by ``api``, files straight to the bucket, emails by ``mailer`` from the stream."""
    samples = rehearsal_of(deployed.house).props["penerbitan"]
    siti = Applicant(deployed.house.config.address, deployed.mailbox, samples)
    page = siti.upload_all(siti.fill_in())
    deployed.judge()
    siti.send(page)
    assert "sudah dikonfirmasi" in siti.confirm().text
    # By night at the office the email itself waits for the morning's round; the functions have the clock on the wall.
    owed = deployed.house.office.records.notices(siti.ticket)
    assert [each.letter for each in owed if each.recipient == KADIS] == ["turn"]
    letter = siti.browser.get(siti.open().href("/berkas/"))
    assert letter.url.startswith(deployed.endpoint)
    assert letter.body.startswith((b"%PDF", b"\xff\xd8", b"\x89PNG"))


def test_papers_come_filled_in(deployed: Deployed) -> None:
    samples = rehearsal_of(deployed.house).props["penerbitan"]
    siti = Applicant(deployed.house.config.address, deployed.mailbox, samples, email="susi@tarakankota.go.id")
    page = siti.fill_in()
    papers = set(re.findall(r'href="(/ajukan/[^"]+/unduh/[^"]+)"', page.body.decode()))
    begin = {path.rpartition(".")[2]: siti.browser.get(path).body[:4] for path in papers}
    assert begin == {"pdf": b"%PDF", "docx": b"PK\x03\x04"}


def test_an_answer_says_the_public_address_and_no_other(deployed: Deployed) -> None:
    address = deployed.house.config.address
    foreign = deployed.function("api").invoke(event("POST", "/ajukan", {"Origin": "https://elsewhere.example"}))
    assert foreign["statusCode"] == 403
    own = deployed.function("api").invoke(event("POST", "/ajukan", {"Origin": address}))
    assert own["statusCode"] == 422
    assert "execute-api" not in own["body"]


def test_a_page_may_post_files_to_the_bucket_where_it_has_a_form_for_them(deployed: Deployed) -> None:
    siti = Applicant(deployed.house.config.address, deployed.mailbox, rehearsal_of(deployed.house).props["penerbitan"])
    assert deployed.endpoint in siti.fill_in().headers["content-security-policy"]
    assert deployed.endpoint not in siti.browser.get("/status").headers["content-security-policy"]


def test_a_cookie_and_a_page_come_back_as_api_gateway_wants_them(deployed: Deployed) -> None:
    answer = deployed.function("api").invoke(event("GET", "/status", {}))
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, False)
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    missing = deployed.function("api").invoke(event("GET", "/status/TTE-26-7777-777M", {"Accept": "application/json"}))
    assert (missing["statusCode"], json.loads(missing["body"])) == (404, {"error": "ticket_unknown"})


def test_whoever_calls_the_gateway_itself_gets_nothing(deployed: Deployed) -> None:
    direct = event("GET", "/status", {"X-Origin-Word": "guessed"})
    assert deployed.function("api").invoke(direct)["statusCode"] == 403


def test_the_schedules_and_what_came_back_are_answered(deployed: Deployed) -> None:
    measured = deployed.function("mailer").invoke({"source": "aws.events", "detail-type": "Scheduled Event"})
    assert measured.keys() == {"OldestUnsentSeconds", "RedEmails"}
    assert '"Namespace": "Portal"' in deployed.function("mailer").log.read_text("utf-8")
    assert deployed.function("reminder").invoke({"source": "aws.events"}).keys() == {"cases", "drafts"}
    assert deployed.function("deletion").invoke({"source": "aws.events"}).keys() == {"settled"}
    assert deployed.function("expiry").invoke({"source": "aws.events"}) == {
        "expired": 0,
        "forgotten": 0,
        "erased": 0,
        "register": 0,
        "listed": 0,
    }
    assert deployed.function("compilation").invoke({"source": "aws.events"}) == {"compiled": 1}
    assert deployed.function("feedback").invoke({"detail": {"eventType": "Delivery", "mail": {"headers": []}}}) is None


def test_nothing_that_is_not_run_there_is_packed(unpacked: Path) -> None:
    with zipfile.ZipFile(unpacked.parent / "package.zip") as archive:
        names = set(archive.namelist())
    assert {"api.py", "portal/messages.toml", "schemas/penerbitan/sop.toml"} <= names
    assert any(name.startswith("portal/web/templates-compiled/") for name in names)
    unwanted = ("waitress/", "whitenoise/", "__pycache__", "moto/", "pytest/", "boto3/", ".git")
    assert [name for name in names if any(part in name for part in unwanted)] == []


def test_the_same_content_makes_the_same_archive(unpacked: Path, tmp_path: Path) -> None:
    built = unpacked.parent / "built"
    for path in built.rglob("*"):
        path.touch()
    package.pack(built, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (unpacked.parent / "package.zip").read_bytes()


DESCRIBED = """
import json, sys
from botocore.config import Config
from botocore.session import get_session

found = {}
for service, region in [(service, region) for service in sys.argv[1].split(",") for region in sys.argv[2].split(",")]:
    session = get_session()
    given = {"aws_access_key_id": "AKID", "aws_secret_access_key": "secret"}
    client = session.create_client(service, region, **given)
    model = client.meta.service_model
    found[f"{service} {region}"] = {
        "endpoint": client.meta.endpoint_url,
        "signed": [client._request_signer.signing_name, client._request_signer.region_name],
        "shapes": {name: model.shape_for(name).type_name for name in model.shape_names},
        "operations": {
            name: [sorted(model.operation_model(name).input_shape.members), model.operation_model(name).http]
            for name in model.operation_names if model.operation_model(name).input_shape
        },
        "parameters": [parameter.name for parameter in model.client_context_parameters],
        "prose": "".join(model.shape_for(name).documentation for name in model.shape_names),
        "hosts": session.get_available_regions(service),
    }
print(json.dumps(found))
"""


def test_what_botocore_knows_of_our_services_is_all_there_but_its_prose(unpacked: Path) -> None:
    """Shorter descriptions change neither whom a client calls, nor how, in the region of the portal or in any other."""

    def described(path: str) -> Any:
        python, asked = sys.executable, [",".join(package.SERVICES), "ap-southeast-3,us-east-1,cn-north-1"]
        command = [python, "-c", DESCRIBED, *asked]
        return json.loads(subprocess.run(command, env={"PYTHONPATH": path}, check=True, capture_output=True).stdout)

    packed, installed = described(str(unpacked)), described("")
    prose = [entry.pop("prose") for entry in packed.values()], [entry.pop("prose") for entry in installed.values()]
    assert (any(prose[0]), all(prose[1])) == (False, True)
    assert packed == installed


def test_what_is_parsed_beforehand_is_what_is_written(unpacked: Path) -> None:
    parsed = list(unpacked.rglob("*.parsed"))
    assert {path.stem for path in parsed} == {"messages.toml", "holidays.toml", "office.toml", "sop.toml", "words.toml"}
    for path in parsed:
        assert read_toml(path.with_suffix("")) == tomllib.loads(path.with_suffix("").read_text("utf-8"))
