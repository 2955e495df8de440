"""Measures, prints, and writes build/bench.md.

    make bench                            # a few minutes
    make bench BENCH="--applications 10000 --rounds 5"

What is compared takes turns in one run, so that the ratios hold on a busy machine too; the times are this machine's.
"""

import argparse
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import dynamodb_local
import stack
from package import ROOT

from bench import acts, bill, cold_start, cost, growth, many, walk
from bench.meter import MINUTE, NIGHT, REMINDER, Act
from bench.units import item_size

INTO: Final = ROOT / "build" / "bench.md"
WORK: Final = ROOT / "build" / "bench"


def main() -> None:
    options = argparse.ArgumentParser(description="What the portal costs on AWS, in time, calls and money.")
    options.add_argument("--rounds", type=int, default=21, help="cold starts of each contender")
    options.add_argument("--applications", type=int, default=100_000, help="the most that are stored")
    options.add_argument("--dynamodb", default="", help="folder of DynamoDB Local; moto keeps the table without it")
    options.add_argument("--work", type=Path, default=WORK)
    options.add_argument("--into", type=Path, default=INTO)
    given = options.parse_args()
    folder = str(Path(given.dynamodb).resolve()) if dynamodb_local.is_there(given.dynamodb) else ""
    text = measured(given.rounds, _sizes(given.applications), folder, given.work)
    given.into.parent.mkdir(parents=True, exist_ok=True)
    given.into.write_text(text, "utf-8")
    print(text)


def measured(rounds: int, sizes: Sequence[int], dynamodb: str, work: Path) -> str:
    """The whole report."""
    contenders = cold_start.prepared(work)
    with walk.city() as city:
        ticket = city.cases().case("confirm")
        starts = cold_start.measured(contenders, work, _environment(city), ticket, rounds)
    with walk.city(dynamodb) as city:
        one, ticket = _one_application(city)
        grown = growth.measured(city, sizes)
        money = _money(city, one, ticket, _seconds(starts[cold_start.PORTAL]))
    crowded = many.report(many.measured(work, dynamodb))
    engine = "DynamoDB Local (AWS's own engine), as it reports them" if dynamodb else "AWS's published rule, on moto"
    return (
        "\n\n".join(
            [
                "# Measured",
                f"On {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}. "
                f"Units: {engine}; a transaction's by AWS's rule of two a kilobyte.",
                "## Cold start",
                "From the start of the process to the first answer, on AWS's own runtime client, against moto; "
                f"{rounds} rounds in turn.",
                cold_start.report(starts),
                "## Calls and units",
                acts.report(one),
                "The first application that a process takes in also reads the SOP, once (one GetItem).",
                "## With more applications stored",
                growth.report(grown),
                "## With more services",
                crowded,
                "## Cost",
                money,
            ]
        )
        + "\n"
    )


def _one_application(city: walk.City) -> tuple[list[Act], str]:
    """The acts of one on its way through the SOP and of everybody's schedules with nothing to do, and its ticket."""
    city.cases().case("lapse")  # the process has taken one in
    city.deliver()
    before = len(city.meter.acts)
    ticket = walk.through_the_sop(city)
    city.minute()
    city.hour()
    city.night()
    city.public().get("/rekap")
    return city.meter.acts[before:], ticket


def _money(city: walk.City, one: Sequence[Act], ticket: str, cold: float) -> str:
    template, at = stack.translated(), cost.prices()
    schedules = (MINUTE, REMINDER, NIGHT)
    minute, hour, night = (next(act for act in one if act.name == name) for name in schedules)
    own = [act for act in one if act.name not in schedules]
    sop, visits = city.house.office.services.first, bill.visits(own)
    days = sop.data["retention"]["documents_days"]
    used = bill.applications(
        own, template, documents=len(sop.requirements), visits=visits, cold_start=cold, kept_days=days,
        table_bytes=_stored(city, ticket),
    )  # fmt: skip
    monthly = bill.month(minute, hour, night, template, stack.at_the_edge())
    return "\n\n".join(
        [
            f"US$ for **1,000 complete applications** in ap-southeast-3 (Jakarta): **{cost.total(used, at):.2f}**; and "
            f"**{cost.total(monthly, at):.2f} a month** whatever comes in. No free tier is counted.",
            cost.bill(used, at),
            "Counted: calls, units, emails, pages and their bytes, and processor time of the functions "
            f"({bill.memory('ApiFunction', template):.2f} GB; mailer and schedules "
            f"{bill.memory('MailerFunction', template):.0f} GB). Assumed: {bill.ROUND_TRIP * 1000:.0f} ms for an "
            f"answer of AWS, {visits} visits each with a cold start of {cold:.2f} s, documents of "
            f"{bill.DOCUMENT_BYTES / 1000:.0f} KB kept for {days} days and opened once, {bill.LOG_BYTES} bytes of log "
            f"a run, a year in the table; GuardDuty looks at each document {bill.LOOKED_AT} times. Without `Malware` "
            "or `WebAclArn` their lines fall away; one web ACL may serve several stacks.",
            "A month with nothing to do:",
            cost.bill(monthly, at),
            "Where the prices are from (`infra/bench/prices.toml`):",
            cost.sources(at),
        ]
    )


def _stored(city: walk.City, ticket: str) -> int:
    """Bytes that an application left in the table, each item with DynamoDB's 100 bytes on top."""
    table, tables = city.aws.stack.resources["Table"], dynamodb_local.client(city.tables)
    found: list[Any] = []
    for partition in (f"APPLICATION#{ticket}", f"NOTICE#{ticket}"):
        values = {":name": {"S": partition}}
        found += tables.query(TableName=table, KeyConditionExpression="PK = :name", ExpressionAttributeValues=values)[
            "Items"
        ]
    return sum(item_size(item) + 100 for item in found)


def _environment(city: walk.City) -> dict[str, str]:
    return {
        **city.aws.stack.environment["ApiFunction"],
        "AWS_ENDPOINT_URL": city.aws.endpoint,
        "AWS_DEFAULT_REGION": stack.REGION,
        "AWS_ACCESS_KEY_ID": "rehearsal",
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
    }


def _seconds(starts: Sequence[cold_start.Start]) -> float:
    """Of processor time in the median, which no other work on this machine lengthens."""
    return sorted(start.cpu for start in starts)[len(starts) // 2] / 1000


def _sizes(most: int) -> list[int]:
    """1,000, 10,000 ... up to there."""
    sizes = [most]
    while sizes[0] > 1000:
        sizes.insert(0, max(1000, sizes[0] // 10))
    return sizes


if __name__ == "__main__":
    main()
