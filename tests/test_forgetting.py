"""The record of a case goes when the privacy page says so: by itself, with a tombstone, and nothing else goes."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.core.application import Actor
from portal.core.erasing import Ground
from portal.core.errors import Conflict, PortalError, Unavailable
from portal.core.handouts import OVER
from portal.usecases.forgetting import Forgetting
from portal.usecases.upkeep import Upkeep
from tests.support.stage import Stage, StillClock
from tests.support.ways import FORM, WAYS

HIS = ("RAHASIA", "siti.rahasia", FORM["nik"], FORM["nip"])
"""What only the case says."""

CLOSED = date(2026, 11, 23)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path, StillClock())
    yield stage
    stage.close()


def on(stage: Stage, day: date) -> int:
    """How many go on that day's first round."""
    stage.clock.at = datetime(day.year, day.month, day.day, 1, tzinfo=stage.office.calendar.zone)
    return stage.clockwork.forgetting.forget_records()


def chores(stage: Stage) -> None:
    for chore in stage.clockwork.chores():
        chore()


def traces(stage: Stage) -> list[tuple[str, str]]:
    """In every byte that the portal keeps; not in what its people have in their mailboxes."""
    kept = [path for path in stage.data.rglob("*") if path.is_file() and not path.name.startswith("kotak-surat")]
    return [(path.name, secret) for path in kept for secret in HIS if secret.encode() in path.read_bytes()]


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "lapsed"])
def test_a_record_is_kept_for_its_years_and_then_goes_from_every_byte(stage: Stage, state: str) -> None:
    number = stage.case(*WAYS[state])
    closed = stage.office.calendar.local(stage.load(number).events[-1].at).date()
    facts = list(stage.records.facts("penerbitan"))
    day = closed.replace(year=closed.year + 5)
    assert on(stage, day - timedelta(days=1)) == 0
    assert stage.load(number).form
    assert on(stage, day) == 1
    chores(stage)
    case = stage.load(number)
    assert (case.erased is not None, case.form, case.first_damage()) == (True, {}, None)
    assert traces(stage) == []
    assert list(stage.records.facts("penerbitan")) == facts, "the recap stays"
    assert stage.house.erasing.is_accounted_for(case)
    assert on(stage, day + timedelta(days=1)) == 0


def test_whoever_looks_reads_that_its_term_was_over_and_that_nobody_asked_for_it(stage: Stage) -> None:
    number = stage.case(*WAYS["rejected"])
    assert on(stage, date(2031, 11, 23)) == 1
    page = stage.browser().get(f"/status/{number}")
    assert page.status_code == 410
    assert "karena masa simpannya berakhir" in page.text
    answer: Any = stage.browser().get(f"/status/{number}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (410, "data_over")
    (taken,) = stage.house.handouts.newest()
    assert (taken.what, taken.name, taken.office, taken.tickets) == (OVER, "", "", (number,))


def test_what_was_issued_holds_its_case_for_as_long_as_the_register_knows_of_it(stage: Stage) -> None:
    number = stage.case(*WAYS["done"])
    entry = stage.records.certificate("penerbitan", number)
    until = entry.forgotten_on(5)
    assert until
    assert until > date(2031, 11, 30)
    assert on(stage, until - timedelta(days=1)) == 0
    stage.clock.at += timedelta(days=1)
    chores(stage)
    assert stage.load(number).erased
    assert list(stage.records.certificates("penerbitan")) == []
    assert traces(stage) == []


@pytest.mark.parametrize("state", ["waiting", "returned", "sent", "missed", "ready"])
def test_an_open_case_stays_however_long_it_takes(stage: Stage, state: str) -> None:
    number = stage.case(*WAYS[state])
    assert on(stage, date(2046, 11, 23)) == 0
    assert stage.load(number).form


def test_many_go_a_round_at_a_time_the_oldest_first(stage: Stage) -> None:
    numbers = []
    for _ in range(5):
        numbers.append(stage.case(*WAYS["rejected"]))
        stage.clock.forward(minutes=1)
    stage.clock.at = datetime(2031, 11, 24, 1, tzinfo=stage.office.calendar.zone)
    sweep = Forgetting(stage.house.erasing, most=2)
    assert [sweep.forget_records() for _ in range(2)] == [2, 2]
    assert [bool(stage.load(number).erased) for number in numbers] == [True] * 4 + [False]
    assert [sweep.forget_records() for _ in range(2)] == [1, 0]


def test_what_was_erased_on_request_is_not_erased_again(stage: Stage) -> None:
    number = stage.case(*WAYS["withdrawn"])
    dossier = stage.house.dossiers.find(number)
    by = Actor("clerk", "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
    stage.house.erasing.erase(dossier, Ground.UNUSED, "Surat 1.", by)
    before = stage.load(number)
    assert on(stage, date(2031, 11, 24)) == 0
    assert stage.load(number) == before


def test_a_store_that_fails_halfway_is_gone_on_with_at_the_next_round(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = stage.case(*WAYS["rejected"])

    def refuse(*_: object) -> None:
        raise Unavailable("store_unavailable")

    monkeypatch.setattr(stage.office.records, "erase", refuse)
    with pytest.raises(Unavailable):
        on(stage, date(2031, 11, 23))
    monkeypatch.undo()
    assert stage.load(number).erased is None
    assert on(stage, date(2031, 11, 23)) == 1
    assert stage.load(number).erased


@pytest.mark.parametrize("problem", [Conflict("event_taken"), Unavailable("store_unavailable")])
def test_one_that_did_not_go_when_the_register_let_go_of_it_goes_the_day_after(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, problem: PortalError
) -> None:
    number = stage.case(*WAYS["done"])
    day = stage.records.certificate("penerbitan", number).forgotten_on(5)
    assert day
    assert 1 < day.day < 28, "the first look of a month is at everything"
    assert on(stage, day - timedelta(days=1)) == 0

    def refuse(*_: object) -> None:
        raise problem

    with monkeypatch.context() as patched:
        patched.setattr(stage.office.records, "erase", refuse)
        with suppress(Unavailable):
            assert on(stage, day) == 0
    Upkeep(stage.office).look_after_register()
    assert list(stage.records.certificates("penerbitan")) == []
    assert on(stage, day + timedelta(days=1)) == 1
    assert stage.load(number).erased


def test_one_that_cannot_be_read_keeps_no_other_from_going(stage: Stage) -> None:
    bad, good = stage.case(*WAYS["rejected"]), stage.case(*WAYS["rejected"])
    with stage.records._database.writing() as connection:
        connection.execute("UPDATE application SET body = '{' WHERE ticket = ?", (bad,))
    assert on(stage, date(2031, 11, 23)) == 1
    assert stage.load(good).erased


def test_one_whose_files_cannot_go_keeps_no_other_from_going_and_is_not_accounted_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad = stage.case(*WAYS["rejected"])
    stage.clock.forward(minutes=1)
    good = stage.case(*WAYS["rejected"])
    delete = stage.office.files.delete

    def refuse(prefix: str) -> None:
        if bad in prefix:
            raise OSError("/berkas/siti.rahasia")
        delete(prefix)

    monkeypatch.setattr(stage.office.files, "delete", refuse)
    for _ in range(2):
        with pytest.raises(OSError, match="rahasia"):
            on(stage, date(2031, 11, 23))
    assert (stage.load(bad).erased, stage.load(good).erased is not None) == (None, True)
    assert [each.tickets for each in stage.house.handouts.newest()] == [(good,)]
    assert "rahasia" not in caplog.text
    monkeypatch.undo()
    assert on(stage, date(2031, 11, 23)) == 1
    assert stage.load(bad).erased
