"""What people and schedules do, what each of it asks of AWS, and what the plan of the house allows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.meter import MAILER, MINUTE, NIGHT, REMINDER, S3_READS, S3_WRITES, Act
from bench.tables import amount, table

UPLOAD: Final = "browser, POST to the bucket"
DOCUMENT: Final = "/ajukan/<draft>/berkas/<kind>"

DEEDS: Final[Mapping[str, Sequence[str]]] = {
    "status lookup": ("GET /status/<ticket>",),
    "draft saved": ("POST /ajukan",),
    "document uploaded and checked": (UPLOAD, f"GET {DOCUMENT}/terunggah", f"POST {DOCUMENT}"),
    "application sent": ("POST /ajukan/<draft>/periksa",),
    "address confirmed": ("POST /konfirmasi/<ticket>",),
    "decision page opened": ("GET /telaah/<token>", "GET /telaah/<ticket>"),
    "page of a document looked at": ("GET /telaah/<ticket>/berkas/<kind>/1.jpg",),
    "decision": ("POST /telaah/<ticket>/putuskan",),
    "visit picked": ("POST /permohonan/<ticket>/jadwal",),
    "email": (MAILER,),
    "look every minute, nothing due": (MINUTE,),
    "reminder of an hour, nothing late": (REMINDER,),
    "sums of a night, nothing closed": (NIGHT,),
    "recap page": ("GET /rekap",),
}
"""What somebody does, by the acts of the meter that it takes; the last of these happens once each time."""


@dataclass(frozen=True)
class Bound:
    """At most so many reads, transactions and requests with a price to the bucket; ``reason`` why it is not kept."""

    reads: int
    transactions: int
    bucket: int
    reason: str = ""


BOUNDS: Final[Mapping[str, Bound]] = {
    "status lookup": Bound(1, 0, 0),
    "decision": Bound(
        1,
        1,
        0,
        "the second read is who is appointed, so that an appointment ended a second ago counts as ended; to have the "
        "transaction check it instead takes 2 WRU for 1 RRU, some ten times as much",
    ),
    "application sent": Bound(1, 1, 4),
}


@dataclass(frozen=True)
class Deed:
    """One kind of deed, on average.

    Attributes:
        calls: operations of DynamoDB.
    """

    name: str
    times: int
    calls: Counter[str]
    reads: float
    writes: float
    s3_writes: int
    s3_reads: int
    s3_deletes: int
    emails: int

    def each(self, much: float) -> float:
        return much / self.times

    def row(self) -> list[str]:
        said = ", ".join(f"{amount(self.each(count))} {name}" for name, count in sorted(self.calls.items()))
        numbers = (self.reads, self.writes, self.s3_writes, self.s3_reads, self.s3_deletes, self.emails)
        return [self.name, said or "none", *(amount(self.each(number)) for number in numbers)]

    def verdict(self, bound: Bound) -> str:
        reads = self.each(sum(self.calls[name] for name in ("GetItem", "Query", "BatchGetItem")))
        transactions = self.each(self.calls["TransactWriteItems"])
        bucket = self.each(self.s3_writes + self.s3_reads)
        keeps = reads <= bound.reads and transactions <= bound.transactions and bucket <= bound.bucket
        found = f"{amount(reads)} reads, {amount(transactions)} transactions, {amount(bucket)} requests to the bucket"
        wanted = f"{bound.reads}, {bound.transactions}, {bound.bucket}"
        verdict = "kept" if keeps else "**not kept**" + (f": {bound.reason}" if bound.reason else "")
        return f"- {self.name}: {found}; wanted are at most {wanted}: {verdict}"


def deed(name: str, acts: Iterable[Act]) -> Deed:
    """All that was done under this name."""
    names = DEEDS[name]
    found = [act for act in acts if act.name in names]
    emails = sum(act.count("sesv2", frozenset({"SendEmail"})) for act in found)
    return Deed(
        name,
        emails if name == "email" else max(1, sum(act.name == names[-1] for act in found)),
        sum((act.counted("dynamodb") for act in found), Counter[str]()),
        sum(act.units()[0] for act in found),
        sum(act.units()[1] for act in found),
        sum(act.count("s3", S3_WRITES) for act in found),
        sum(act.count("s3", S3_READS) for act in found),
        sum(act.count("s3", frozenset({"DeleteObjects"})) for act in found),
        emails,
    )


def report(acts: Sequence[Act]) -> str:
    """A row per kind of deed, and which bounds are kept."""
    deeds = {name: deed(name, acts) for name in DEEDS}
    columns = ["", "calls to DynamoDB", "RRU", "WRU", "S3 PUT, COPY, POST, LIST", "S3 GET, HEAD", "S3 DELETE", "emails"]
    verdicts = "\n".join(deeds[name].verdict(bound) for name, bound in BOUNDS.items())
    return f"{table(columns, [deeds[name].row() for name in DEEDS])}\n\n{verdicts}"
