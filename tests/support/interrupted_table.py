"""The story cut short at every call that it makes, as a table: what was tried, and what came of it."""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.support.interrupted import Harm, Point, interrupt
from tests.support.interrupted_story import OneMachine, Story


def table(every: int = 1) -> Iterator[str]:
    """Lines of a Markdown table; ``every``: one point in so many."""
    with tempfile.TemporaryDirectory() as folder:
        world = OneMachine(Path(folder) / "data")
        yield from lines(interrupt(world, Story(world).steps(), lambda number: number % every == 0))


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
