"""A lively office for a rehearsal: everything in it could have happened."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from portal.bootstrap import build
from portal.config import Config
from portal.house import House
from tests.support.command_line import Run
from tests.support.server import Clock
from tests.support.stage import Stage

pytestmark = pytest.mark.long

NUMBER = 12


@pytest.fixture
def filled(run: Run, tmp_path: Path, clock: Clock) -> Iterator[tuple[House, str]]:
    """The office, and what was said of it."""
    data = tmp_path / "latihan"
    told = run("rehearse", "--applications", NUMBER, data=data)
    assert told.exit_code == 0, told.output
    house = build(Config.from_environment({"SITE": str(data / "none")}, data=data, rehearsal=True), clock)
    yield house, told.output
    kept: tuple[Any, Any] = house.office.records, house.engine.mailbox
    for each in kept:
        each.close()


def test_it_is_full_of_cases_that_hold_and_of_mail_that_was_sent(filled: tuple[House, str], clock: Clock) -> None:
    house, told = filled
    assert f"terisi: {NUMBER} permohonan" in told
    with closing(sqlite3.connect(house.config.data / "portal.sqlite")) as database:
        tickets = [ticket for (ticket,) in database.execute("SELECT ticket FROM application")]
    assert NUMBER // 2 < len(tickets) <= NUMBER
    cases = [house.office.records.load(ticket) for ticket in tickets]
    assert {case.first_damage() for case in cases} == {None}
    assert len({case.state for case in cases}) >= 4
    calendar = house.office.calendar
    moments = [event.at for case in cases for event in case.events]
    assert max(moments) <= clock.at
    assert all(calendar.intervals(calendar.local(at).date()) for at in moments), "on a day off"
    assert house.engine.mailbox is not None
    mails = house.engine.mailbox.messages()
    assert len(mails) > NUMBER
    assert not [owed for owed in house.office.records.unsent() if owed.hopeless]
    capacities = [official.capacity for official in house.office.officials() if official.serves(house.office.today())]
    assert "Plh." in capacities
    for case in cases:
        for document in case.documents:
            assert house.office.files.read(document.key, document.version)


def test_the_same_seed_fills_the_same_office_and_another_one_another(run: Run, tmp_path: Path) -> None:
    def told(name: str, seed: int) -> str:
        data = tmp_path / name
        return str(run("rehearse", "--applications", 4, "--seed", seed, data=data).output).replace(str(data), "")

    assert told("satu", 3) == told("dua", 3) != told("tiga", 4)


def test_a_portal_that_is_no_rehearsal_is_left_alone(run: Run, tmp_path: Path) -> None:
    stage = Stage(tmp_path / "sungguhan", rehearsal=False, sender="dkisp@tarakankota.go.id")
    before = stage.records.officials()
    told = run("rehearse", data=stage.data)
    assert told.exit_code == 1
    assert "bukan latihan" in told.output
    assert stage.records.officials() == before
    stage.records.close()
