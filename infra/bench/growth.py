"""Does what a call consumes grow with the number of applications stored? Fills the table and asks again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from http.client import HTTPConnection
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import dynamodb_local

from bench.meter import MINUTE, NIGHT, REMINDER, Act
from bench.tables import amount, table
from portal.bootstrap_aws import RunFailed
from portal.core import recap
from portal.core.application import Application
from portal.engines.aws import items
from portal.engines.aws.dynamodb import _wired

if TYPE_CHECKING:
    from bench.walk import City

WAITING: Final = 5
"""Cases for which an official is reminded each time."""

TRIES: Final = 5

BATCH: Final = 25
"""Items in a BatchWriteItem: the service's own limit."""

_HEADERS: Final = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    "Authorization": "AWS4-HMAC-SHA256 Credential=rehearsal/20260101/ap-southeast-3/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=0",
}


@dataclass(frozen=True)
class Consumed:
    """What some acts consumed together."""

    calls: int
    reads: float
    writes: float

    @classmethod
    def by(cls, acts: Sequence[Act]) -> "Consumed":
        calls = sum(call.service == "dynamodb" for act in acts for call in act.calls)
        return cls(calls, sum(act.units()[0] for act in acts), sum(act.units()[1] for act in acts))

    def __str__(self) -> str:
        return f"{amount(self.reads)} / {amount(self.writes)}"


def measured(city: "City", sizes: Sequence[int]) -> dict[int, dict[str, Consumed]]:
    """What each act consumes with so many applications stored; the same few are due each time.

    They were closed long ago, and the nights since have added them up.
    """
    cases = city.cases()
    for _ in range(WAITING):
        cases.case("confirm")
    city.deliver()
    city.clock.forward(days=14)  # so that they are far too late each time
    pattern = cases.load(cases.case("lapse"))
    found: dict[int, dict[str, Consumed]] = {}
    stored = 0
    for size in sizes:
        _fill(city, pattern, range(stored, size))
        stored = size
        _forget_sums(city)
        _add_up(city)
        city.clock.forward(days=1)
        found[size] = _once(city)
        city.clock.forward(days=6)  # the same day of the week each time: on some nobody is reminded
    return found


def _once(city: "City") -> dict[str, Consumed]:
    from tests.support.stage import KADIS

    from bench.walk import said

    cases, public, kadis = city.cases(), city.public(), city.official(KADIS)
    ticket = cases.case("confirm")
    page = kadis.open(ticket)
    city.minute()  # nothing else is owed
    found: dict[str, Consumed] = {}

    def note(name: str, only: str) -> None:
        acts = [act for act in city.meter.acts[seen:] if act.name == only]
        found[name] = Consumed.by(acts)

    seen = len(city.meter.acts)
    public.get(f"/status/{ticket}")
    note("status lookup", "GET /status/<ticket>")
    kadis.press(page, "forward", **said("forward"))
    note("decision", "POST /telaah/<ticket>/putuskan")
    seen = len(city.meter.acts)
    city.minute()
    note("mail sweep, two due", MINUTE)
    seen = len(city.meter.acts)
    city.minute()
    note("mail sweep, nothing due", MINUTE)
    city.hour()
    note(f"reminder, {WAITING} cases late", REMINDER)
    city.night()
    note("sums of a night", NIGHT)
    public.get("/rekap")
    note("recap page", "GET /rekap")
    cases.act(ticket, "withdraw")  # so that as many wait next time
    city.deliver()
    return found


def report(found: Mapping[int, Mapping[str, Consumed]]) -> str:
    """Read and write units of each act by number of applications, and whether they grow."""
    sizes = list(found)
    rows = []
    for name in found[sizes[0]]:
        some = [found[size][name] for size in sizes]
        rows.append([name, *map(str, some), "**grows**" if grows(some) else "stays"])
    return table(["RRU / WRU", *(f"{size:,} stored" for size in sizes), ""], rows)


def grows(some: Sequence[Consumed]) -> bool:
    """By more than a case that is a little longer makes."""
    return any(max(values) > min(values) * 1.2 + 1 for values in ([s.reads for s in some], [s.writes for s in some]))


# --- filling ---------------------------------------------------------------------------------------------------------


def _fill(city: "City", pattern: Application, numbers: range) -> None:
    """Closed applications with their events and facts, straight into the table, as fast as it takes them."""
    texts = _texts(city, pattern)
    written = (
        text.replace(pattern.ticket, f"TTE-25-{number:08d}").replace("2000-01-01", str(_day(number)))
        for number in numbers
        for text in texts
    )
    table = city.aws.stack.resources["Table"]
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda batch: _write(city.tables, table, batch), _batches(written)):
            pass
    city.aws.overlook()


def _forget_sums(city: "City") -> None:
    """As if they had never been made; what is filled in closed on days that are in them."""
    table, tables = city.aws.stack.resources["Table"], dynamodb_local.client(city.tables)
    for name in (items.TALLIES, items.COMPILED):
        kept = tables.query(
            TableName=table,
            KeyConditionExpression="PK = :name",
            ProjectionExpression="PK, SK",
            ExpressionAttributeValues={":name": {"S": name}},
        )
        for key in kept["Items"]:
            tables.delete_item(TableName=table, Key=key)


def _add_up(city: "City") -> None:
    """What many nights did; a store that has just been filled may ask for patience, and what is added up is kept."""
    for _ in range(TRIES - 1):
        with suppress(RunFailed):
            return city.night()
    return city.night()


def _texts(city: "City", pattern: Application) -> list[str]:
    """The items of one application as JSON on the wire."""
    office = city.house.office
    fact = {**recap.fact(pattern, office.sop_of(pattern), office.calendar), "closed": "2000-01-01"}
    made = [
        items.application_item(pattern, ""),
        *(items.event_item(pattern.ticket, event) for event in pattern.events),
        items.fact_item(items.FACTS, pattern.ticket, fact),
    ]
    return [json.dumps({"PutRequest": {"Item": _wired(item)}}, ensure_ascii=False) for item in made]


def _day(number: int) -> date:
    return date(2024, 1, 2) + timedelta(days=number % 700)


def _batches(texts: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(texts, BATCH)):
        yield batch


def _write(endpoint: str, table: str, batch: Sequence[str]) -> None:
    """By hand, as botocore takes longer over a batch than the table does."""
    body = f'{{"RequestItems": {{"{table}": [{",".join(batch)}]}}}}'.encode()
    connection = HTTPConnection(urlsplit(endpoint).netloc, timeout=60)
    try:
        connection.request("POST", "/", body, _HEADERS)
        answer: Any = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if answer.get("UnprocessedItems") != {}:
        raise RuntimeError(f"not written: {answer}")
