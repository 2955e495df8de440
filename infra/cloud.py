"""A whole AWS in this process: moto with the template's resources, and what AWS itself does between its parts.

The stream's records are matched against the template's own filter and handed to the real handlers, as are the calls of
the schedules. Only API Gateway and CloudFront are missing: the same pages are served by whoever wants them.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import stack
from moto.server import ThreadedMotoServer
from ses_mailbox import SesMailbox

import mailer
import reminder
import retention
from portal.bootstrap_aws import AwsConfig, Clients, build_aws, keep_edition
from portal.engines.aws.mail import SesMail
from portal.house import House

ROOT: Final = Path(__file__).resolve().parents[1]
ACCOUNT: Final = "123456789012"


@dataclass(frozen=True)
class Context:
    """What a function is told about its own run."""

    function_name: str = "portal-mailer"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Cloud:
    """The stack, and hands that carry events from one part to another.

    Args:
        address: public address of the portal.
        endpoint: of a running moto server with nothing in it.
    """

    def __init__(self, address: str, endpoint: str) -> None:
        self.endpoint = endpoint
        self.clients = Clients(
            endpoint_url=endpoint,
            region_name=stack.REGION,
            aws_access_key_id="rehearsal",
            aws_secret_access_key="rehearsal",  # noqa: S106
        )
        self.stack = stack.create(self.clients.made, address)
        self.environment = dict(part for variables in self.stack.environment.values() for part in variables.items())
        self._mapping = self.clients.made("lambda").list_event_source_mappings()["EventSourceMappings"][0]
        _take_over(self.environment["TABLE"])
        self._streamed = self._records()

    def house(
        self, clock: Callable[[], datetime], service: Path | None = None, extra: Mapping[str, Any] | None = None
    ) -> House:
        """A rehearsing portal on the stack, with what SES was given in its mailbox."""
        config = AwsConfig.from_environment(
            self.environment, service=service or ROOT / "schemas" / "penerbitan", rehearsal=True
        )
        ses = SesMail(self.clients.lazily("sesv2"), config.sender, config.configuration_set)
        box = SesMailbox(ses, self.sent)
        house = build_aws(config, clock, self.clients, box, {"mailbox": box, **(extra or {})})
        keep_edition(house)
        return house

    def sent(self) -> list[str]:
        """The emails that SES took, oldest first."""
        from moto.ses.models import ses_backends

        return [message.raw_data for message in ses_backends[ACCOUNT][stack.REGION].sent_messages]

    def stored(self, prefix: str) -> list[str]:
        """Keys of documents, whatever their version."""
        found = self.clients.made("s3").list_object_versions(Bucket=self.environment["DOCUMENT_BUCKET"], Prefix=prefix)
        return [version["Key"] for version in found.get("Versions", ())]

    # --- what AWS does -------------------------------------------------------------------------------------------

    def batches(self) -> list[list[dict[str, Any]]]:
        """What the stream has for the mailer since last time, by the template's own filter and batch size."""
        filters = [json.loads(one["Pattern"]) for one in self._mapping["FilterCriteria"]["Filters"]]
        records = [record for record in next(self._streamed) if any(_matches(one, record) for one in filters)]
        size = self._mapping["BatchSize"]
        # As JSON, in which they reach a function.
        plain = json.loads(json.dumps(records, default=str))
        return [plain[start : start + size] for start in range(0, len(plain), size)]

    def stream(self, house: House) -> None:
        """Hand the mailer what the stream has for it."""
        for batch in self.batches():
            answer = mailer.handler({"Records": batch}, Context(), house)
            if answer["batchItemFailures"]:
                raise RuntimeError(f"the mailer could not read its records: {answer}")

    def minute(self, house: House) -> None:
        """The schedule of every minute."""
        mailer.handler({}, Context(), house)

    def day(self, house: House) -> None:
        """The schedules of every day."""
        reminder.handler({}, Context("portal-reminder"), house)
        retention.handler({}, Context("portal-retention"), house)

    def _records(self) -> Iterator[list[dict[str, Any]]]:
        """The table's changes since last time, again and again."""
        table = self.clients.made("dynamodb").describe_table(TableName=self.environment["TABLE"])["Table"]
        streams = self.clients.made("dynamodbstreams")
        arn = table["LatestStreamArn"]
        (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        place = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        iterator = place["ShardIterator"]
        while True:
            found = streams.get_records(ShardIterator=iterator)
            iterator = found["NextShardIterator"]
            yield found["Records"]


@contextmanager
def cloud(address: str) -> Iterator[Cloud]:
    """A fresh one; all that it held is gone afterwards."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield Cloud(address, f"http://{host}:{port}")
    finally:
        server.stop()
        _forget()


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
