"""The thread that does all this on one machine."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from portal.background import Background
from portal.core.errors import NotFound
from tests.support.office_days import Relay, at
from tests.support.stage import (
    Stage,
)


@pytest.fixture
def background(stage: Stage) -> Iterator[Background]:
    thread = Background(stage.outbox, stage.clockwork)
    yield thread
    thread.stop()


def wait_for(condition: Any) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def running() -> bool:
    return any(thread.name == "clockwork" and thread.is_alive() for thread in threading.enumerate())


def test_owed_emails_go_out_by_themselves_and_chores_are_done(stage: Stage, background: Background) -> None:
    stage.case("confirm")
    at(stage, 1, 9)
    background.start()
    wait_for(lambda: len(stage.mailbox.messages()) == 5)
    assert sum("Pengingat: " in mail["subject"] for mail in stage.mailbox.messages()) == 1


def test_a_failing_round_is_logged_without_personal_data_and_the_next_one_works(
    stage: Stage, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    stage.case("confirm")
    stage.records.close()
    (stage.data / "portal.sqlite").rename(stage.data / "away.sqlite")
    (stage.data / "portal.sqlite").mkdir()
    with caplog.at_level(logging.WARNING):
        background.start()
        wait_for(lambda: len(caplog.records) >= 5)
    assert {record.getMessage().split(" failed: ")[1] for record in caplog.records} == {"Unavailable"}
    (stage.data / "portal.sqlite").rmdir()
    (stage.data / "away.sqlite").rename(stage.data / "portal.sqlite")
    wait_for(stage.mailbox.messages)


def test_one_chore_that_fails_keeps_no_other_from_its_turn(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """The desk of a bent role makes the reminders fail; expiry and mail go on."""
    stage.case("confirm")
    draft = stage.draft()
    with sqlite3.connect(stage.data / "portal.sqlite") as database:
        database.execute("""UPDATE official SET body = '[]' WHERE role = 'kadis'""")
    database.close()
    at(stage, 36, 9)
    with caplog.at_level(logging.WARNING):
        Background(stage.outbox, stage.clockwork).round(chores=True)
    assert {record.getMessage().split(" ")[0] for record in caplog.records} >= {"look_after_cases"}
    with pytest.raises(NotFound):
        stage.records.load_draft(draft.id)


def test_it_ends_promptly_also_with_much_to_send(stage: Stage) -> None:
    for _ in range(10):
        stage.case("confirm")
    slow = Relay(stage)
    slow.send = lambda message, at: time.sleep(0.2)  # type: ignore[method-assign]
    thread = Background(slow.outbox, slow.clockwork)
    thread.start()
    wait_for(running)
    time.sleep(0.3)
    thread.stop()
    assert not running()
    assert len(list(stage.records.unsent())) > 30


def test_a_relay_that_is_out_is_told_of_once_and_so_is_its_return(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    called: list[bool] = []
    background = Background(stage.outbox, stage.clockwork, lambda outage, now: called.append(outage is not None))
    stage.case("confirm")
    stage.mailbox.failing = True
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            background.round(chores=True)
        health: Any = stage.browser().get("/sehat").json
        assert (health["ok"], health["relay"]) == (False, False)
        assert [(stuck.ticket, stuck.reason) for stuck in stage.watch.stuck()] == [("", "relay")]
        stage.mailbox.failing = False
        stage.clock.forward(minutes=6)
        for _ in range(2):
            background.round(chores=True)
    assert [record.getMessage().split(" since ")[0] for record in caplog.records] == [
        "the mail relay takes nothing",
        "the mail relay is back",
    ]
    assert called == [True, True, True, False, False]
    health = stage.browser().get("/sehat").json
    assert (health["ok"], health["relay"]) == (True, True)
    assert stage.watch.stuck() == []
