"""Cold starts on AWS's own runtime client: from the start of the process to its first answer.

The portal's package and three small handlers that only look one item up take turns, so that whatever else the machine
is doing troubles all of them alike; what counts are their ratios.
"""

import resource
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from tests.support.lambda_runtime import Function, event, runtime_client

from bench.tables import table

HERE: Final = Path(__file__).parent
LOCKED: Final = HERE.parent / "requirements" / "bench.txt"
BARE: Final = "bare handler, one get_item"
PORTAL: Final = "**the portal**, the page"
SHORT: Final = "bare handler, botocore's descriptions shortened as the portal's"

BOUND: Final = 1.25
"""At most so many times the bare handler."""


@dataclass(frozen=True)
class Contender:
    """One way to answer ``GET /status/<ticket>``: a function in a folder, and what a browser or program asks for."""

    name: str
    folder: Path
    function: str
    accepts: str


@dataclass(frozen=True)
class Start:
    """Milliseconds of one cold start, on the clock and of processor time, and its answer."""

    wall: float
    cpu: float
    answer: Mapping[str, Any]


def prepared(build: Path) -> list[Contender]:
    """Everything compared, compiled beforehand.

    The portal is as it is deployed; the others are as pip installs them. What the package's shortening of botocore's
    descriptions does is seen on the bare handler too, and on a portal without it.
    """
    import package

    portal, others = build / "portal", build / "alternatives"
    package.build(portal, platform=())
    package.install(others, LOCKED.read_text("utf-8"), platform=())
    shutil.copytree(HERE / "alternatives", others, dirs_exist_ok=True)
    not_compiled = _copy(portal, build / "portal-not-compiled")
    for folder in (portal, others):
        package.compile_in_place(folder, sys.executable)
    short = _copy(others, build / "alternatives-short")
    package.shorten(short / "botocore" / "data")
    long = _copy(portal, build / "portal-long")
    shutil.copytree(others / "botocore" / "data", long / "botocore" / "data", dirs_exist_ok=True)
    page, data = "text/html", "application/json"
    return [
        Contender(BARE, others, "bare", data),
        Contender(SHORT, short, "bare", data),
        Contender(PORTAL, portal, "api", page),
        Contender("the portal, JSON", portal, "api", data),
        Contender("the portal, the page, botocore's descriptions as installed", long, "api", page),
        Contender("the portal, the page, not compiled", not_compiled, "api", page),
        Contender("Powertools + pydantic", others, "powertools_pydantic", data),
        Contender("FastAPI + Mangum", others, "fastapi_mangum", data),
    ]


def _copy(folder: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    return shutil.copytree(folder, to)


def measured(
    contenders: Sequence[Contender], build: Path, environment: Mapping[str, str], ticket: str, rounds: int
) -> dict[str, list[Start]]:
    """Each contender's starts, one a round; every other round goes backwards."""
    client = build / "client"
    shutil.rmtree(client, ignore_errors=True)
    runtime_client(client)
    starts: dict[str, list[Start]] = {contender.name: [] for contender in contenders}
    for number in range(-1, rounds):  # the first of them only warms the machine's caches of files
        for contender in contenders if number % 2 else reversed(contenders):
            start = _start(contender, client, environment, ticket)
            if number >= 0:
                starts[contender.name].append(start)
    return starts


def _start(contender: Contender, client: Path, environment: Mapping[str, str], ticket: str) -> Start:
    given = {**environment, "SCHEMAS": str(contender.folder / "schemas")}
    asked = event("GET", f"/status/{ticket}", {"Accept": contender.accepts})
    before, began = _cpu_of_children(), time.perf_counter()
    with closing(Function(contender.folder, client, contender.function, given)) as function:
        answer = function.invoke(asked)
        wall = time.perf_counter() - began
    if answer["statusCode"] != 200 or ticket not in answer["body"]:
        raise RuntimeError(f"{contender.name} did not answer: {answer}")
    return Start(wall * 1000, (_cpu_of_children() - before) * 1000, answer)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(starts: Mapping[str, Sequence[Start]]) -> str:
    """A table of medians with their ratios to the bare handler, and whether the portal keeps within its bound."""
    walls = {name: [start.wall for start in some] for name, some in starts.items()}
    cpus = {name: [start.cpu for start in some] for name, some in starts.items()}
    rows = [
        [
            name,
            f"{median(walls[name]):.0f} ms",
            f"{ratio(walls[name], walls[BARE]):.2f}",
            "-".join(f"{quarter:.2f}" for quarter in spread(walls[name], walls[BARE])),
            f"{median(cpus[name]):.0f} ms",
            f"{ratio(cpus[name], cpus[BARE]):.2f}",
        ]
        for name in starts
    ]
    columns = ["GET /status/&lt;ticket&gt;", "median", "ratio", "middle half of the rounds", "processor", "ratio"]
    reached = ratio(walls[PORTAL], walls[BARE])
    verdict = f"The page takes {reached:.2f} times the bare handler; wanted is at most {BOUND}."
    return f"{table(columns, rows)}\n\n{verdict}"


def ratio(some: Sequence[float], bare: Sequence[float]) -> float:
    """Of the medians."""
    return median(some) / median(bare)


def spread(some: Sequence[float], bare: Sequence[float]) -> tuple[float, float]:
    """The quartiles of the ratios of single rounds: a busy moment of the machine is in both of its numbers."""
    low, _, high = quantiles([one / other for one, other in zip(some, bare, strict=True)], n=4)
    return low, high
