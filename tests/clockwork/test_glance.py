"""What the pages say of all open cases, by how each stands, is what is said of them when each is read in full."""

import random
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from portal.core.clerks import Clerk
from portal.core.errors import NotAllowed
from portal.core.officials import Official
from portal.core.sop import APPLICANT
from portal.core.standing import Standing
from portal.core.steps import applicant_actions, official_actions
from portal.engines.local import rows
from portal.engines.local.database import Database
from portal.engines.local.records import SqliteRecords
from portal.usecases.desks import Desks
from portal.usecases.watch import Look, Watch
from portal.web.app import LIMITS
from tests.support.office_days import at, chores
from tests.support.stage import KABID, KADIS, OTHER_VERIFIKATOR, STATISTISI, VERIFIKATOR, Stage, StillClock
from tests.support.ways import EMAIL, WAYS

EVERYBODY = (KADIS, KABID, STATISTISI, VERIFIKATOR, OTHER_VERIFIKATOR)
CLERK = Clerk("Rina Contoh", "petugas@tarakankota.go.id")


def says_the_same(stage: Stage) -> None:
    """Of the clerk's list and of every desk, by standings and by cases read in full."""
    full, glance = stage.watch.look(), stage.watch.glance()
    assert [(case.ticket, how) for case, how in glance.waits] == [(case.ticket, how) for case, how in full.waits]
    assert glance.unread == full.unread
    assert stage.watch.attention(glance) == stage.watch.attention(full)
    assert stage.watch.cases_stuck(glance) == stage.watch.cases_stuck(full)
    officials, desks = stage.records.officials(), Desks(stage.office)
    for email in EVERYBODY:
        try:
            in_full = stage.cases.desk_and_others(email, officials)
        except NotAllowed:
            with pytest.raises(NotAllowed):
                desks.of(email, officials)
            continue
        for by_standing, read in zip(desks.of(email, officials), in_full, strict=True):
            assert [(c.ticket, by) for c, by in by_standing] == [(c.ticket, by) for c, by in read]


def counting(monkeypatch: pytest.MonkeyPatch) -> list[Watch]:
    """One more for each look at all open cases."""
    counted, glance = list[Watch](), Watch.glance

    def noted(watch: Watch) -> Look[Standing]:
        counted.append(watch)
        return glance(watch)

    monkeypatch.setattr(Watch, "glance", noted)
    return counted


def something_happens(stage: Stage, chance: random.Random) -> None:
    """To some case, or to who is appointed."""
    open_cases = list(stage.watch.open())
    if not open_cases or chance.random() < 0.4:
        stage.case(*chance.choice([WAYS["waiting"], WAYS["dispatch"], WAYS["invited"], ()]))
        return
    if chance.random() < 0.15:
        official: Official = chance.choice(stage.records.officials())
        away = ((stage.office.today(), stage.office.today() + timedelta(days=2)),)
        stage.records.appoint(replace(official, away=() if official.away else away))
        return
    case = chance.choice(open_cases)
    sop = stage.office.sop_of(case)
    ways = [*official_actions(sop, case.step, case.state), *applicant_actions(sop, case.step, case.state)]
    action = chance.choice([way for way in ways if way in (*WAYS["done"], "return", "resubmit", "miss")])
    people = stage.house.corrections.assignable(case)
    if people and chance.random() < 0.4:
        to = chance.choice(people).email
        stage.house.corrections.assign(case.ticket, case.version, to, "Cuti.", CLERK)
    else:
        stage.act(case.ticket, action)


@pytest.mark.parametrize("seed", range(3))
def test_on_histories_drawn_at_random(tmp_path: Path, seed: int) -> None:
    stage, chance, most = Stage(tmp_path, StillClock()), random.Random(seed), 0
    for number in range(24):
        with suppress(NotAllowed, IndexError):  # whoever could is away, or has it already
            something_happens(stage, chance)
        stage.clock.forward(minutes=chance.choice([1, 30, 600, 1440, 4000]))
        if number % 4 == 3:
            says_the_same(stage)
            most = max(most, len(list(stage.watch.open())))
    assert most > 3
    stage.close()


def test_in_a_file_of_before_cases_are_read_until_their_standing_is_kept(stage: Stage) -> None:
    waiting, returned = stage.case("confirm"), stage.case(*WAYS["returned"])
    path = stage.data / "portal.sqlite"
    stage.close()
    with closing(sqlite3.connect(path)) as file, file:  # as it was before there were any
        for name in ("of_changed", "of_more", "of_other", "of_less"):
            file.execute(f"DROP TRIGGER standing_{name}")
        file.execute("DROP TABLE standing")
        file.execute("DROP TABLE sweep")  # which came later still, as did
        file.execute("DROP INDEX line_place")
        before = next(number for number, step in enumerate(rows.MIGRATIONS) if "CREATE TABLE standing" in step[0])
        file.execute(f"PRAGMA user_version = {before}")
    again = Stage(stage.data, stage.clock)
    try:
        kept = again.records.standings("penerbitan", ["kadis", APPLICANT])
        assert (kept.standings, kept.others) == ([], {"kadis": [waiting], APPLICANT: [returned]})
        says_the_same(again)
        chores(again)
        assert again.records.standings("penerbitan", ["kadis", APPLICANT]).others == {}
        says_the_same(again)
    finally:
        again.close()


def test_what_touches_a_case_behind_the_portal_has_it_read_again(stage: Stage) -> None:
    number, other = stage.case("confirm"), stage.case("confirm")
    with closing(sqlite3.connect(stage.data / "portal.sqlite")) as file, file:
        file.execute("UPDATE event SET entry = json_set(entry, '$.step', 'lain') WHERE ticket = ?", (number,))
    assert stage.records.standings("penerbitan", ["kadis"]).others == {"kadis": [number]}
    assert stage.watch.glance().unread.keys() == {number}
    says_the_same(stage)
    with closing(sqlite3.connect(stage.data / "portal.sqlite")) as file, file:
        file.execute("DELETE FROM event WHERE ticket = ?", (other,))
    assert other not in {case.ticket for case, _ in stage.watch.glance().waits}


def test_a_standing_that_makes_no_sense_is_none(stage: Stage) -> None:
    number = stage.case("confirm")
    with closing(sqlite3.connect(stage.data / "portal.sqlite")) as file, file:
        file.execute("UPDATE standing SET entry = '{}'")
    assert stage.records.standings("penerbitan", ["kadis"]).others == {"kadis": [number]}
    says_the_same(stage)


def test_what_the_desks_ask_reads_no_case(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        stage.case("confirm")
    at(stage, 4)

    def refuse(*_: object) -> None:
        raise AssertionError("a case was read")

    monkeypatch.setattr(SqliteRecords, "load", refuse)
    monkeypatch.setattr(SqliteRecords, "_waiting", refuse)
    assert len(stage.watch.attention()) == 3
    assert len(Desks(stage.office).of(KADIS, stage.records.officials())[0]) == 3


def test_health_is_counted_again_only_when_something_was_written_or_a_minute_is_over(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.mail()
    counted = counting(monkeypatch)
    at(stage, 0, 10)
    for _ in range(3):
        stage.browser().get("/sehat")
    assert len(counted) == 1
    stage.clock.forward(minutes=1)
    stage.browser().get("/sehat")
    assert len(counted) == 2
    stage.case(email=EMAIL)
    assert stage.browser().get("/sehat").get_json()["unsent"] > 0
    assert len(counted) == 3


def test_strangers_cannot_have_it_counted_as_often_as_they_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, StillClock())
    monkeypatch.setattr(Database, "changes", lambda _: None)  # as where nobody can tell whether something was written
    counted = counting(monkeypatch)
    for number in range(20):
        assert stage.browser(f"203.0.113.{number}").get("/sehat").status_code == 200
    assert len(counted) == LIMITS["health"][0]
    stage.browser().get("/sehat")
    assert len(counted) == LIMITS["health"][0] + 1
    stage.close()
