"""One case that cannot be read is on the clerk's list, and every other goes its way."""

import logging
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.support.clerk import ClerkInPerson
from tests.support.office_days import OFFICE, at, chores, mail_to
from tests.support.stage import KADIS, Stage
from tests.support.ways import EMAIL, SECRETS, WAYS

DAMAGES = {
    "an edition that nobody has": "UPDATE application SET body = json_set(body, '$.sop_version', 'x') WHERE ticket = ?",
    "a record without its form": "UPDATE application SET body = json_remove(body, '$.form') WHERE ticket = ?",
    "a record that is no record": "UPDATE application SET body = 'RAHASIA' WHERE ticket = ?",
    "a step that there is not": "UPDATE event SET entry = json_set(entry, '$.step', 'lain') WHERE ticket = ?",
    "a state that there is not": "UPDATE event SET entry = json_set(entry, '$.state', 'lain') WHERE ticket = ?",
    "a visit without its time": "UPDATE event SET entry = json_remove(entry, '$.data.slot') WHERE ticket = ?",
}


def damage(stage: Stage, number: str, how: str) -> None:
    with closing(sqlite3.connect(stage.data / "portal.sqlite")) as database, database:
        database.execute(DAMAGES[how], (number,))


@pytest.fixture(params=DAMAGES)
def damaged(stage: Stage, request: pytest.FixtureRequest) -> str:
    """The ticket of a case that nobody can read any more, among others that are sound."""
    number = stage.case(*WAYS["booked"])
    damage(stage, number, request.param)
    return number


def test_the_others_are_looked_after_and_the_clerk_hears_of_it_at_once_and_once(stage: Stage, damaged: str) -> None:
    sound, returned = stage.case("confirm"), stage.case(*WAYS["returned"])
    stage.mail()
    at(stage, 3, 12)
    chores(stage)
    chores(stage)
    (mail,) = mail_to(stage, OFFICE, "Perlu segera")
    assert damaged in mail["text"]
    assert "tidak terbaca" in mail["text"]
    assert "pengelola portal" in mail["text"]
    assert damaged in mail_to(stage, OFFICE, "Perlu perhatian")[0]["text"]
    assert sound in mail_to(stage, KADIS, "Pengingat")[0]["text"]
    assert returned in mail_to(stage, EMAIL, "Pengingat")[0]["text"]
    stuck = {each.ticket: each.reason for each in stage.watch.stuck()}
    assert (stuck[damaged], "unreachable" in stuck.values()) == ("unreadable", False)


def test_it_is_on_the_desk_and_on_the_monitor_and_in_the_log_once_without_what_it_says(
    stage: Stage, damaged: str, caplog: pytest.LogCaptureFixture
) -> None:
    stage.case("confirm")
    with caplog.at_level(logging.ERROR):
        health: Any = stage.browser().get("/sehat").json
        stage.browser().get("/sehat")
    assert (health["ok"], health["unread"], health["stuck"]) == (False, 1, 1)
    assert [message.partition(": ")[0] for message in caplog.messages] == [f"{damaged} cannot be read"]
    assert not any(secret in caplog.text for secret in SECRETS)


def test_the_desks_of_officials_and_of_the_clerk_show_the_others(stage: Stage, damaged: str) -> None:
    sound = stage.case("confirm")
    assert [case.ticket for case, _ in stage.cases.desk(KADIS)] == [sound]
    desk = ClerkInPerson.at_the_desk(stage).get()
    assert (desk.status, desk.text.count(damaged)) == (200, 1)
    assert "Catatan permohonan ini tidak terbaca." in desk.text


def test_whoever_asks_for_a_damaged_case_is_told_what_to_do(stage: Stage) -> None:
    number = stage.case("confirm")
    damage(stage, number, "a record without its form")
    page = stage.browser().get(f"/status/{number}")
    assert page.status_code == 500
    assert f"Catatan permohonan {number} tersimpan, tetapi tidak dapat dibaca portal." in page.text


def test_a_damaged_draft_keeps_no_other_from_its_reminder(stage: Stage) -> None:
    bent = stage.draft()
    stage.draft(email="wati@tarakankota.go.id")
    with closing(sqlite3.connect(stage.data / "portal.sqlite")) as database, database:
        database.execute("UPDATE draft SET body = json_remove(body, '$.version', '$.form') WHERE id = ?", (bent.id,))
    at(stage, 3, 12)
    chores(stage)
    assert len(mail_to(stage, "wati@tarakankota.go.id", "Pengingat")) == 1
