"""A whole AWS in this process: moto with the template's resources, and what AWS itself does between its parts.

The stream's records are matched against the template's own filter and handed to the real handlers, as are the calls of
the schedules. Only API Gateway and CloudFront are missing: the same pages are served by whoever wants them.
"""

import email
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.policy import default
from functools import partial
from http.server import HTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import dynamodb_local
import stack
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from ses_mailbox import SesMailbox
from werkzeug.serving import BaseWSGIServer, make_server

import compilation
import deletion
import expiry
import feedback
import mailer
import reminder
from portal.bootstrap_aws import AwsConfig, Clients, build_aws
from portal.config import chosen
from portal.house import House
from portal.web.here import TimeMachine

ROOT: Final = Path(__file__).resolve().parents[1]
ACCOUNT: Final = "123456789012"
FUNCTIONS: Final = ("api", "mailer", "reminder", "expiry", "deletion", "compilation", "feedback")

MakeClients = Callable[[str, Mapping[str, Any]], Clients]


@dataclass(frozen=True)
class Context:
    """What a function is told about its own run."""

    function_name: str = "portal-mailer"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


EICAR: Final = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


def verdict(content: bytes) -> str:
    """What GuardDuty would say of it, as far as a rehearsal goes."""
    return "THREATS_FOUND" if EICAR in content else "NO_THREATS_FOUND"


class Judged(Clients):
    """Clients of a function, behind which GuardDuty looks at once at what is put into the bucket."""

    def __init__(self, clients: Clients, judge: Callable[[str, str, bytes], None]) -> None:
        self._clients, self._judge = clients, judge

    def made(self, service: str) -> Any:
        client = self._clients.made(service)
        return _Judged(client, self._judge) if service == "s3" else client


@dataclass(frozen=True)
class _Judged:
    client: Any
    judge: Callable[[str, str, bytes], None]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def put_object(self, **given: Any) -> Any:
        written = self.client.put_object(**given)
        self.judge(given["Key"], written["VersionId"], given["Body"])
        return written


class Cloud:
    """The stack, its functions' houses, and hands that carry events from one to another.

    Args:
        address: public address of the portal.
        server: a running one of moto's, with nothing in it.
        make_clients: the clients of one function, by its name (``api``, ``mailer`` ...), given botocore's settings.
        table_endpoint: of a DynamoDB Local that is to keep the table; moto itself if empty.
    """

    def __init__(
        self, address: str, server: BaseWSGIServer, make_clients: MakeClients, table_endpoint: str = ""
    ) -> None:
        self.server = server
        self.endpoint = endpoint = f"http://127.0.0.1:{server.server_port}"
        self._settings: dict[str, Any] = {
            "endpoint_url": endpoint,
            "region_name": stack.REGION,
            "aws_access_key_id": "rehearsal",
            "aws_secret_access_key": "rehearsal",
        }
        self._make_clients = make_clients
        self.verdict = verdict
        self.clients = Clients(**self._settings)
        self.stack = stack.create(self.clients.made, address)
        self.bucket = self.stack.resources["DocumentBucket"]
        mappings = self.clients.made("lambda").list_event_source_mappings()["EventSourceMappings"]
        self._mappings = {each["FunctionArn"].rpartition("-")[2]: each for each in mappings}
        _take_over(self.stack.resources["Table"])
        if table_endpoint:
            dynamodb_local.create_table(table_endpoint, self.stack.resources["Table"])
        self._tables = Clients(**{**self._settings, "endpoint_url": table_endpoint or endpoint})
        self._streamed = self._records()

    def furnish(
        self,
        clock: Callable[[], datetime],
        environ: Mapping[str, str] | None = None,
        time_machine: TimeMachine | None = None,
    ) -> House:
        """Build the house of every function, each from its own variables; returns the one with the pages.

        It rehearses: sample officials are appointed, and what SES was given is in its mailbox.
        """
        box = SesMailbox(self.sent)

        def house(function: str) -> House:
            variables = self.stack.environment[f"{function.capitalize()}Function"]
            given = chosen(environ or {})
            config = AwsConfig.from_environment(variables, **given, rehearsal=function == "api")
            clients = Judged(self._make_clients(function, self._settings), self._judge)
            return build_aws(config, clock, clients, box, time_machine, owing=True)

        self.houses = {function: house(function) for function in FUNCTIONS}
        return self.houses["api"]

    def everything(self, clock: Callable[[], datetime], make: Callable[..., House]) -> House:
        """One house that may do what any function may, as ``make`` builds it (``bootstrap_aws.build_aws``)."""
        variables = {name: value for each in self.stack.environment.values() for name, value in each.items()}
        config = AwsConfig.from_environment(variables, **chosen({}), rehearsal=True)
        return make(config, clock, Judged(self.clients, self._judge), SesMailbox(self.sent))

    def _judge(self, key: str, version: str, content: bytes) -> None:
        """What GuardDuty does once it has looked; ``verdict`` says nothing while it has not."""
        if said := self.verdict(content):
            self._tag(key, version, said)

    def judge_all(self, said: str) -> None:
        """Of everything that came in from a browser or a function, GuardDuty says this."""
        for prefix in ("drafts/", "mending/"):
            found = self.clients.made("s3").list_object_versions(Bucket=self.bucket, Prefix=prefix)
            for each in found.get("Versions", ()):
                self._tag(each["Key"], each["VersionId"], said)

    def _tag(self, key: str, version: str, said: str) -> None:
        tags = {"TagSet": [{"Key": "GuardDutyMalwareScanStatus", "Value": said}]}
        self.clients.made("s3").put_object_tagging(Bucket=self.bucket, Key=key, VersionId=version, Tagging=tags)

    def sent(self) -> list[str]:
        """The emails that SES took, oldest first."""
        from moto.ses.models import ses_backends

        return [message.raw_data for message in ses_backends[ACCOUNT][stack.REGION].sent_messages]

    def stored(self, prefix: str) -> list[str]:
        """Keys of documents, whatever their version."""
        found = self.clients.made("s3").list_object_versions(Bucket=self.bucket, Prefix=prefix)
        return [version["Key"] for version in found.get("Versions", ())]

    def settled(self, prefix: str) -> list[str]:
        """The same once all that is owed to be deleted has been."""
        deletion.handler({}, Context(), self.houses["deletion"])
        return self.stored(prefix)

    # --- what AWS does -------------------------------------------------------------------------------------------

    def batches(self) -> list[list[dict[str, Any]]]:
        """What the stream has for the mailer since last time, by the template's own filter and batch size."""
        return self._batches("mailer", next(self._streamed))

    def stream(self) -> None:
        """Hand each function what the stream has for it."""
        records = next(self._streamed)
        for batch in self._batches("mailer", records):
            answer = mailer.handler({"Records": batch}, Context(), self.houses["mailer"])
            if answer["batchItemFailures"]:
                raise RuntimeError(f"the mailer could not read its records: {answer}")
        for batch in self._batches("deletion", records):
            deletion.handler({"Records": batch}, Context(), self.houses["deletion"])

    def _batches(self, function: str, records: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
        mapping = self._mappings[function]
        filters = [json.loads(one["Pattern"]) for one in mapping["FilterCriteria"]["Filters"]]
        wanted = [record for record in records if any(_matches(one, record) for one in filters)]
        # As JSON, in which they reach a function.
        plain, size = json.loads(json.dumps(wanted, default=str)), mapping["BatchSize"]
        return [plain[start : start + size] for start in range(0, len(plain), size)]

    def overlook(self) -> None:
        """Whatever the stream has by now is none of the mailer's business."""
        while next(self._streamed):
            pass

    def minute(self) -> None:
        """The schedules of every minute, and of every five."""
        mailer.handler({}, Context(), self.houses["mailer"])
        deletion.handler({}, Context(), self.houses["deletion"])

    def day(self) -> None:
        """The schedules of every day."""
        compilation.handler({}, Context(), self.houses["compilation"])
        reminder.handler({}, Context(), self.houses["reminder"])
        expiry.handler({}, Context(), self.houses["expiry"])
        deletion.handler({}, Context(), self.houses["deletion"])

    def bounce(self, raw: str) -> None:
        """Tell the portal that an email which SES took came back: there is no such mailbox."""
        mail = email.message_from_string(raw, policy=default)
        answer = {"bouncedRecipients": [{"emailAddress": mail["To"], "diagnosticCode": "550 5.1.1 unknown"}]}
        detail = {
            "eventType": "Bounce",
            "bounce": {"bounceType": "Permanent", "bounceSubType": "General", **answer},
            "mail": {"headers": [{"name": name, "value": value} for name, value in mail.items()]},
        }
        feedback.handler({"source": "aws.ses", "detail": detail}, Context(), self.houses["feedback"])

    def _records(self) -> Iterator[list[dict[str, Any]]]:
        """The table's changes since last time, again and again."""
        table = self._tables.made("dynamodb").describe_table(TableName=self.stack.resources["Table"])["Table"]
        streams = self._tables.made("dynamodbstreams")
        arn = table["LatestStreamArn"]
        (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        place: dict[str, str] = {"ShardIteratorType": "TRIM_HORIZON"}
        while True:
            # Asked for by number each time: an iterator of moto's is lost once a transaction was taken back.
            at = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], **place)
            found = streams.get_records(ShardIterator=at["ShardIterator"])["Records"]
            if found:
                last = found[-1]["dynamodb"]["SequenceNumber"]
                place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": last}
            yield found


def _clients(function: str, settings: Mapping[str, Any]) -> Clients:
    return Clients(**settings)


@contextmanager
def cloud(address: str, make_clients: MakeClients = _clients, table_endpoint: str = "") -> Iterator[Cloud]:
    """A fresh one; all that it held is gone afterwards."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, _one_at_a_time(DomainDispatcherApplication(create_backend_app)), threaded=True)
    _answer(server)
    try:
        yield Cloud(address, server, make_clients, table_endpoint)
    finally:
        server.shutdown()  # returns once it has stopped
        server.server_close()
        _forget()


def _answer(server: BaseWSGIServer) -> None:
    # Its own ``serve_forever`` closes the socket when it is told to stop.
    forever = partial(HTTPServer.serve_forever, server, poll_interval=0.05)
    threading.Thread(target=forever, daemon=True).start()


def _one_at_a_time(app: Any) -> Any:
    """What moto leaves out of transactions.

    They are not atomic to other threads: moto puts back a copy of the table when one is cancelled. And one that is
    sent again, since the first answer came too late, is answered as the first was; moto would do it twice.
    """
    turn = threading.Lock()
    answered: dict[str, tuple[Sequence[Any], list[bytes]]] = {}

    def answer(request: dict[str, Any], start_response: Any) -> list[bytes]:
        with turn:
            token = _transaction(request)
            if token in answered:
                begun, body = answered[token]
                start_response(*begun)
                return body
            begins: list[Sequence[Any]] = []

            def start(*begun: Any) -> Any:
                begins.append(begun)
                return start_response(*begun)

            body = list(app(request, start))
            if token:
                answered[token] = (begins[-1], body)
            return body

    return answer


def _transaction(request: dict[str, Any]) -> str:
    """The token of a transaction that writes; empty of all else."""
    if not request.get("HTTP_X_AMZ_TARGET", "").endswith(".TransactWriteItems"):
        return ""
    sent = request["wsgi.input"].read(int(request.get("CONTENT_LENGTH") or 0))
    request["wsgi.input"] = BytesIO(sent)
    return str(json.loads(sent).get("ClientRequestToken", ""))


def _take_over(table: str) -> None:
    """Keep moto from running the mailer in Docker at every write; ``Cloud.stream`` calls it."""
    from moto.dynamodb.models import dynamodb_backends

    dynamodb_backends[ACCOUNT][stack.REGION].get_table(table).lambda_event_source_mappings.clear()


def _forget() -> None:
    from moto.moto_api._internal.models import moto_api_backend

    moto_api_backend.reset()


def _matches(pattern: Any, value: Any) -> bool:
    """Event patterns of AWS, as far as the template uses them: equality and prefixes."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(_matches(rule, value.get(key)) for key, rule in pattern.items())
    return any(
        isinstance(value, str) and value.startswith(rule["prefix"]) if isinstance(rule, dict) else rule == value
        for rule in pattern
    )
