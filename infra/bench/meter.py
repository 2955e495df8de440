"""Counts what is asked of AWS, by what somebody did: every call as botocore sends it, with the units it consumed."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import thread_time
from typing import Any, Final
from urllib.parse import urlsplit

from bench import units
from portal.bootstrap_aws import Clients

MAILER: Final = "mailer, told by the stream"
MINUTE: Final = "mailer, every minute"
REMINDER: Final = "reminder, every hour"
NIGHT: Final = "recap, every night"

S3_WRITES: Final = frozenset({"PutObject", "CopyObject", "PostObject", "ListObjectVersions"})
S3_READS: Final = frozenset({"GetObject", "HeadObject"})
"""S3's two classes of requests with a price; deleting is free."""


_TICKET: Final = re.compile(r"[A-Z]{2,5}-\d\d-[0-9A-Z]{4}-[0-9A-Z]{4}")
_DRAFT: Final = re.compile(r"(?<=/)[0-9a-f]{32}(?=/|$)")
_TOKEN: Final = re.compile(r"(?<=/)[\w.-]{60,}")


@dataclass(frozen=True)
class Call:
    """``service.operation``, with the units of a call to DynamoDB and the bytes of an object."""

    service: str
    operation: str
    reads: float = 0
    writes: float = 0


@dataclass
class Act:
    """One thing that somebody or a schedule did.

    Attributes:
        name: ``POST /konfirmasi/<ticket>``, ``mailer``.
        seconds: of processor time in the function itself; waiting for AWS is not in it.
        sent: bytes of the answer.
    """

    name: str
    calls: list[Call] = field(default_factory=list)
    seconds: float = 0
    sent: int = 0

    def units(self) -> tuple[float, float]:
        return sum(call.reads for call in self.calls), sum(call.writes for call in self.calls)

    def counted(self, service: str) -> Counter[str]:
        """How often each operation of a service was called."""
        return Counter(call.operation for call in self.calls if call.service == service)

    def count(self, service: str, operations: frozenset[str]) -> int:
        return sum(call.service == service and call.operation in operations for call in self.calls)


class Meter:
    """Everything done so far, one after the other.

    Args:
        transaction: what the engine reports for a transaction of one small item, by AWS's rule 2 units; 0 if it reports
            nothing, and all is to be reckoned by the rule.
    """

    def __init__(self, transaction: float) -> None:
        self.transaction = transaction
        self.acts: list[Act] = []
        self._current = Act("")

    @contextmanager
    def act(self, name: str) -> Iterator[Act]:
        self._current = act = Act(name)
        began = thread_time()
        yield act
        act.seconds = thread_time() - began
        self.acts.append(act)
        self._current = Act("")

    def note(self, call: Call) -> None:
        self._current.calls.append(call)

    def named(self, name: str) -> Sequence[Act]:
        return [act for act in self.acts if act.name == name]


class MeteredClients(Clients):
    """A function's clients, of which every call is noted.

    Args:
        table_endpoint: of whoever keeps the table, if that is not ``given["endpoint_url"]``.
    """

    def __init__(self, meter: Meter, table_endpoint: str = "", **given: Any) -> None:
        super().__init__(**given)
        self._meter = meter
        self._tables = Clients(**{**given, "endpoint_url": table_endpoint}) if table_endpoint else None
        self._watched = set[str]()

    def made(self, service: str) -> Any:
        client = self._tables.made(service) if self._tables and service == "dynamodb" else super().made(service)
        if service not in self._watched:
            self._watched.add(service)
            client.meta.events.register("before-parameter-build.*.*", self._ask_for_units)
            client.meta.events.register("after-call.*.*", self._note)
        return client

    def _ask_for_units(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params["ReturnConsumedCapacity"] = "TOTAL"
        context["asked"] = params

    def _note(self, parsed: Mapping[str, Any], model: Any, context: Mapping[str, Any], **_: Any) -> None:
        service = model.service_model.service_name
        reads, writes = self._units(model.name, context["asked"], parsed) if service == "dynamodb" else (0, 0)
        self._meter.note(Call(service, model.name, reads, writes))

    def _units(self, operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[float, float]:
        if not self._meter.transaction or "Error" in answer:
            return units.by_rule(operation, asked, answer)
        consumed = answer.get("ConsumedCapacity", [])
        total = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
        if operation in ("GetItem", "Query", "BatchGetItem"):
            return units.least(operation, total, consistent=asked.get("ConsistentRead", False)), 0
        # DynamoDB Local 1.25 says four units where AWS publishes two.
        return 0, total * 2 / self._meter.transaction if operation == "TransactWriteItems" else total


def route(path: str, kinds: Iterable[str]) -> str:
    """``/telaah/<ticket>/berkas/<kind>/1.png``: an address without what is different in every case."""
    for pattern, name in ((_TICKET, "<ticket>"), (_DRAFT, "<draft>"), (_TOKEN, "<token>")):
        path = pattern.sub(name, path)
    return "/".join("<kind>" if part in set(kinds) else part for part in urlsplit(path).path.split("/"))
