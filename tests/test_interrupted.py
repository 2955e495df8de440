"""Whatever moment a call of the records, the files or the relay fails at, and however: nothing that was acknowledged is
lost, nothing happens twice, and nothing is left that nobody clears away."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.support.interrupted import Fuse, Harm, Left, Point, Step, interrupt
from tests.support.interrupted_story import OnAws, OneMachine, Story
from tests.support.stage import Stage

SHORT = ("sends", "a deputy is appointed")
"""Steps in which something is written that something else has to follow."""

FEWEST_CALLS = 700
"""Of the whole story, on either engine; fewer mean that something is not interrupted any more."""


def every(step: int) -> Callable[[int], bool]:
    return lambda number: number % step == 0


def wrong(points: Iterator[Point]) -> Sequence[str]:
    return [f"{p.step}, {p.call}, {p.harm.value}: {p.wrong}" for p in points if p.wrong]


def test_what_is_cut_short_at_any_call_is_done_in_the_end_and_once(tmp_path: Path) -> None:
    world = OneMachine(tmp_path / "data")
    assert wrong(interrupt(world, Story(world).steps(SHORT), every(7))) == []


@pytest.mark.long
def test_the_whole_story_is_cut_short_in_more_than_seven_hundred_places(tmp_path: Path) -> None:
    """One point in eleven; ``make proof`` goes through all."""
    world = OneMachine(tmp_path / "data")
    tried = list(interrupt(world, Story(world).steps(), every(11)))
    assert wrong(iter(tried)) == []
    assert {point.harm for point in tried} == set(Harm)
    assert len(tried) * 11 >= FEWEST_CALLS * len(Harm)


@pytest.mark.long
@pytest.mark.cloud
def test_on_aws_what_is_cut_short_is_done_in_the_end_and_once() -> None:
    import cloud

    with cloud.cloud("http://localhost") as aws:
        world = OnAws(aws)
        assert wrong(interrupt(world, Story(world).steps(SHORT), every(7))) == []


@pytest.mark.long
@pytest.mark.cloud
def test_on_aws_the_whole_story_is_cut_short_in_as_many_places() -> None:
    """One point in 61; ``make proof`` goes through one in three."""
    import cloud

    with cloud.cloud("http://localhost") as aws:
        world = OnAws(aws)
        tried = list(interrupt(world, Story(world).steps(), every(61)))
    assert wrong(iter(tried)) == []
    assert {point.harm for point in tried} == set(Harm)
    assert len(tried) * 61 >= FEWEST_CALLS * len(Harm)


def _all(writes: Sequence[Callable[[], None]]) -> None:
    for write in writes:
        write()


class Toy:
    """A world of one decision: kept and told of in one call, or in two."""

    def __init__(self, calls: int) -> None:
        self.calls, self.fuse = calls, Fuse()
        self.kept: list[str] = []
        self.told: dict[str, int] = {}

    def decide(self) -> None:
        writes = [partial(self.kept.append, "forward"), partial(self.told.update, {"the next": 1})]
        if not self.kept:
            for number in range(self.calls):
                share = writes[number :: self.calls]
                self.fuse.call("records.write", partial(_all, share))

    def start(self, fuse: Fuse) -> None:
        self.fuse = fuse
        fuse.light()

    copied = start

    def deliver(self) -> None: ...
    def chores(self) -> None: ...
    def wait(self, span: timedelta) -> None: ...

    def left(self) -> Left:
        return Left([self.kept], self.told)


def test_a_decision_that_is_told_of_in_a_call_of_its_own_is_seen_to_be_lost() -> None:
    whole, parted = Toy(1), Toy(2)
    assert wrong(interrupt(whole, [Step("decides", whole.decide)], every(1))) == []
    found = wrong(interrupt(parted, [Step("decides", parted.decide)], every(1)))
    assert found == [
        "decides, records.write, the process ends after it: lost: the next",
        "decides, records.write, it is done, and the answer is lost: lost: the next",
        "decides, records.write, the process ends before it: lost: the next",
        "decides, records.write, it is refused, and nothing is done: lost: the next",
    ]


def test_a_sending_that_was_cut_short_for_good_leaves_no_picture_of_anybodys_card(stage: Stage) -> None:
    """The copies lie under a ticket that nobody ever got; they go with the draft, and a case's own stay."""
    sent = stage.case()
    draft, files = stage.draft(), stage.office.files
    assert draft.number != sent
    for document in draft.documents:
        files.copy(document.key, document.version, f"applications/{draft.number}/{document.kind}/0")
    stage.clock.forward(days=31)
    stage.clockwork.expire()
    kept = {document.key for document in stage.load(sent).documents}
    _, left = stage.dump()
    assert {path.split("berkas/")[1].partition("@")[0] for path, _ in left if "berkas/" in path} == kept


def test_a_ticket_that_was_drawn_in_another_year_is_drawn_anew(stage: Stage) -> None:
    draft = stage.draft()
    assert stage.intake.submit(draft.id).ticket == draft.number
    stage.clock.at += timedelta(days=30)
    older = stage.draft()
    stage.clock.at += timedelta(days=10)
    assert stage.intake.submit(older.id).ticket.startswith("TTE-27-")
