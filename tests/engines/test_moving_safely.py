"""Whatever cuts a move short or turns it down, what the target held is there after, and it is gone on with."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from portal.core.errors import NotMoved, PortalError, Unavailable, Unreadable
from portal.engines.local.files import FolderFiles
from portal.engines.local.journal import FolderJournal
from portal.engines.local.records import SqliteRecords
from portal.engines.moving import ARRIVING, LEAVING
from portal.links import Links
from portal.relocation import End, Relocation
from tests.support.builders import application
from tests.support.commits import write
from tests.support.stored_nouns import AT

SERVICES = ["penerbitan", "surel"]


@dataclass
class Found:
    cases: int = 0
    documents: int = 0
    amiss: list[Any] = field(default_factory=list)


class Place:
    """One end of a move, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        versions = count()
        self.folder, self.found = folder, Found()
        self.records = SqliteRecords(folder / "portal.sqlite", SERVICES)
        self.files = FolderFiles(folder / "berkas", Links(["k" * 64]), lambda: f"{next(versions)}")

    def hold(self) -> None:
        write(self.records, application("confirm"))
        self.files.write("applications/a/ktp", b"content", "")

    @property
    def is_whole(self) -> bool:
        return self.records.load(application().ticket) == application("confirm") and any(self.files.every())

    def end(self, settle: Callable[[], object]) -> End:
        return End(self.records, self.files, lambda: self.found, settle)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[tuple[Place, Place]]:
    made = Place(tmp_path / "one"), Place(tmp_path / "two")
    made[0].hold()
    yield made
    for place in made:
        place.records.close()


def moving(places: tuple[Place, Place], settle: Callable[[], object] = lambda: None) -> Relocation:
    """As a process that begins now, and finds what the one before has noted."""
    source, target = places
    journal = FolderJournal(source.folder, {"to": "there"}, AT)
    return Relocation(
        source.end(lambda: None), target.end(settle), journal, lambda *_: nullcontext(lambda _: None), lambda: None
    )


def cut_short() -> None:
    raise KeyboardInterrupt


def marks(places: tuple[Place, Place]) -> tuple[str, ...]:
    return tuple(place.records.move_mark() for place in places)


def test_a_target_in_use_is_neither_closed_nor_emptied(places: tuple[Place, Place]) -> None:
    places[1].hold()
    for _ in range(2):
        with pytest.raises(NotMoved) as refusal:
            moving(places, cut_short).run()
        assert (refusal.value.code, marks(places), places[1].is_whole) == ("move_target_full", ("", ""), True)
    moving(places).give_up()
    assert (marks(places), places[1].is_whole) == (("", ""), True)


@pytest.mark.parametrize("again", ["run", "give_up"])
def test_what_came_to_the_target_while_it_was_being_closed_stays(places: tuple[Place, Place], again: str) -> None:
    def used_and_cut_short() -> None:
        places[1].records.mark_move("")
        places[1].hold()
        places[1].records.mark_move(ARRIVING)
        cut_short()

    with pytest.raises(KeyboardInterrupt):
        moving(places, used_and_cut_short).run()
    assert marks(places) == (LEAVING, ARRIVING)
    if again == "run":
        with pytest.raises(NotMoved):
            moving(places).run()
    else:
        moving(places).give_up()
    assert (marks(places), places[1].is_whole) == (("", ""), True)


@pytest.mark.parametrize("again", ["run", "give_up"])
def test_what_somebody_else_is_filling_is_left_to_him(places: tuple[Place, Place], again: str) -> None:
    places[1].hold()
    places[1].records.mark_move(ARRIVING)
    if again == "run":
        with pytest.raises(NotMoved) as refusal:
            moving(places).run()
        assert refusal.value.code == "move_target_full"
    else:
        moving(places).give_up()
    assert (marks(places), places[1].is_whole) == (("", ARRIVING), True)


def test_cut_short_before_anything_was_looked_at_it_is_gone_on_with(places: tuple[Place, Place]) -> None:
    with pytest.raises(KeyboardInterrupt):
        moving(places, cut_short).run()
    moving(places).run()
    assert (marks(places)[1], places[1].is_whole) == ("", True)


@pytest.mark.parametrize("problem", [Unavailable("store_unavailable"), Unreadable("case_unreadable")])
def test_when_what_is_owed_cannot_be_done_first_both_ends_are_open_again(
    places: tuple[Place, Place], problem: PortalError
) -> None:
    def fail() -> None:
        assert marks(places) == (LEAVING, ARRIVING)
        raise problem

    with pytest.raises(NotMoved) as refusal:
        moving(places, fail).run()
    assert (refusal.value.code, marks(places)) == ("move_unsettled", ("", ""))
    moving(places).run()
    assert places[1].is_whole


def test_turned_down_it_is_open_again_at_both_ends_and_can_be_asked_for_again(places: tuple[Place, Place]) -> None:
    places[0].found.amiss.append("a case")
    with pytest.raises(NotMoved) as refusal:
        moving(places).run()
    assert (refusal.value.code, marks(places)) == ("move_amiss", ("", ""))
    places[0].found.amiss.clear()
    moving(places).run()
    assert places[1].is_whole
