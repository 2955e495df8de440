"""The story cut short at every call that it makes, as a table: what was tried, and what came of it."""

import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Final

from tests.support.interrupted import Harm, Point, interrupt
from tests.support.interrupted_story import OnAws, OneMachine, Story, World
from tests.support.once import worked_out_once

AWS_EVERY: Final = 3
"""One point in so many is tried on AWS as moto plays it, which takes six times as long: each call at least once."""


def table() -> Iterator[str]:
    """On one machine, all of them."""
    return lines(_tried("one machine", 1))


def aws_table(every: int = AWS_EVERY) -> Iterator[str]:
    yield from lines(_tried("AWS", every))
    yield f"\nOne point in {every}, so that each call is cut short in one way or two, and each way equally often."


@contextmanager
def _one_machine() -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder:
        yield OneMachine(Path(folder) / "data")


@contextmanager
def _on_aws() -> Iterator[World]:
    import cloud

    with cloud.cloud("http://localhost") as aws:
        yield OnAws(aws)


def _world(where: str) -> AbstractContextManager[World]:
    return _on_aws() if where == "AWS" else _one_machine()


def _tried(where: str, every: int) -> Iterator[Point]:
    """A process for each processor plays the story for itself, and tries its share of the points."""
    processes = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for points in pool.map(partial(_share, where, every, processes), range(processes)):
            yield from points


def _share(where: str, every: int, processes: int, share: int) -> list[Point]:
    found: list[Point] = []
    with worked_out_once():
        with _world(where) as world:  # whatever is compiled at its first use is there for every copy then
            for step in Story(world).steps():
                step.act()
        with _world(where) as world:
            found += _interrupted(world, where, every, processes, share)
    return found


def _interrupted(world: World, where: str, every: int, processes: int, share: int) -> Iterator[Point]:
    chosen = lambda number: number % every == 0 and number // every % processes == share  # noqa: E731
    begun, whoever_asked = time.monotonic(), parent_process()
    for tried, point in enumerate(interrupt(world, Story(world).steps(), chosen)):
        if tried % 50 == 0:
            minutes = (time.monotonic() - begun) / 60
            said = f"{where}, {share + 1} of {processes}: {tried} in {minutes:.0f} minutes, {point.step}"
            print(said, file=sys.stderr)
        yield point
        if whoever_asked and not whoever_asked.is_alive():
            return


def lines(points: Iterable[Point]) -> Iterator[str]:
    """A line for each port's call, and what was wrong below."""
    tried: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        tried[point.call].append(point)
    yield f"| Call | {' | '.join(harm.value for harm in Harm)} | Emails sent twice | Wrong |"
    yield f"|---|{'---:|' * (len(Harm) + 2)}"
    for call, those in sorted(tried.items()):
        counts = [sum(point.harm is harm for point in those) for harm in Harm]
        last = sum(point.twice for point in those), sum(bool(point.wrong) for point in those)
        yield f"| `{call}` | {' | '.join(map(str, (*counts, *last)))} |"
    everything = [point for those in tried.values() for point in those]
    wrong = [point for point in everything if point.wrong]
    twice = sum(point.twice for point in everything)
    yield ""
    yield f"{len(everything)} interruptions, {len(wrong)} that left something wrong, {twice} emails sent twice."
    yield from (f"- {point.step}, `{point.call}`, {point.harm.value}: **{point.wrong}**" for point in wrong)
