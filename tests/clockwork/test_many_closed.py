"""However many cases are closed, a look that finds nothing to do costs the same: what is due counts, and what is open.

Counted in SQLite's own instructions, as time says little on a busy machine.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from portal.core.application import Application
from tests.support.many_cases import Worked, fill, watched
from tests.support.stage import Stage, StillClock
from tests.support.ways import WAYS

FEW, MANY = 40, 2000
SLACK = 100
"""Instructions: a tree of pages that is a storey higher, a day that is longer in a text."""

Costs = dict[str, int]


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Costs, Costs]]:
    data = tmp_path_factory.mktemp("many")
    with watched() as worked:
        with closing(Stage(data, StillClock())) as stage:
            closed, done = stage.case(*WAYS["withdrawn"]), stage.case(*WAYS["done"])
            stage.case("confirm")
            stage.outbox.send_due(200)
        fill(data, closed, done, range(FEW))
        few = _costs(data, worked, days=35)
        fill(data, closed, done, range(FEW, MANY))
        yield few, _costs(data, worked, days=42)


def _costs(data: Path, worked: Worked, days: int) -> Costs:
    """Of each chore, in a new process on the morning after all has been looked at once."""
    clock = StillClock()
    clock.forward(days=days)
    with closing(Stage(data, clock)) as stage:
        for chore in stage.clockwork.chores():
            chore()
    found = {}
    for name in ("the same day", "the next day"):
        with closing(Stage(data, clock)) as stage:
            for chore in stage.clockwork.chores():
                found[f"{chore.__name__}, {name}"] = worked.during(chore)
            stage.outbox.send_due(200)
            found[f"mail, {name}"] = worked.during(stage.outbox.send_due)
        clock.forward(days=1)
    return found


def test_a_look_that_finds_nothing_to_do_costs_the_same(costs: tuple[Costs, Costs]) -> None:
    few, many = costs
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name] * 1.2 + SLACK} == {}


def test_a_look_reads_no_case_of_which_there_is_nothing_to_say(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for way in ("waiting", "waiting_kabid", "returned", "sent", "booked"):
        stage.case(*WAYS[way])
    read, load = list[str](), stage.records.load

    def noted(ticket: str) -> Application:
        read.append(ticket)
        found: Application = load(ticket)
        return found

    monkeypatch.setattr(stage.records, "load", noted)
    monkeypatch.setattr(stage.records, "_waiting", lambda *_: pytest.fail("a list of whole cases was read"))
    stage.clockwork.look_after_cases()
    booked = [standing.ticket for standing, _ in stage.watch.glance().waits if standing.slot]
    assert read == booked, "whether it is told of a visit is asked of the case itself"
