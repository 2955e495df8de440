"""The clockwork by itself: of several processes on one data folder one is at it, and it ends when it is told to."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal import background
from portal.background import Background
from portal.commands import cli
from portal.engines.local.condition import Turn, held
from portal.house import House
from tests.support.command_line import Run
from tests.support.harm import truncate
from tests.support.stage import Stage


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """As they were."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def test_one_process_has_the_turn_until_it_ends(tmp_path: Path) -> None:
    one, other = Turn(tmp_path), Turn(tmp_path)
    assert [one(), other(), one(), other()] == [True, False, True, False]
    one.over()
    assert other()
    other.over()


def test_whoever_has_no_turn_does_nothing_and_asks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "MAIL_EVERY", 0)
    stage, mails = Stage(tmp_path), list[int]()
    stage.case("confirm")

    def turn() -> bool:
        mails.append(len(stage.mailbox.messages()))
        if len(mails) == 4:
            thread._stopped.set()
        return len(mails) == 3

    thread = Background(stage.outbox, stage.clockwork, turn=turn)
    thread._run()
    assert mails[:3] == [0, 0, 0]
    assert mails[3] > 0
    stage.close()


def test_who_joins_sends_emails_and_leaves_the_rest_to_whoever_has_the_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "MAIL_EVERY", 0)
    stage, done = Stage(tmp_path), list[str]()
    stage.case("confirm")
    chores = [lambda: done.append("chore") or 0]  # type: ignore[func-returns-value]
    clockwork = SimpleNamespace(chores=lambda: chores)

    def joins() -> bool:
        done.append(f"{len(stage.mailbox.messages())} emails")
        thread._stopped.set() if len(done) == 3 else None
        return len(done) == 2

    thread = Background(stage.outbox, clockwork, turn=lambda: False, joins=joins)  # type: ignore[arg-type]
    thread._run()
    assert done[:2] == ["0 emails", "0 emails"]
    assert done[2] != "0 emails"
    assert "chore" not in done
    stage.close()


def test_the_clockwork_alone_runs_until_it_is_told_to_end(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    @contextmanager
    def working(house: House) -> Iterator[None]:
        with pytest.raises(Exception, match="store_in_use"), held(data, alone=True):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        seen.append("begun")
        yield
        seen.append("settled")

    monkeypatch.setattr(cli, "working", working)
    told = run("work", data=data, SENDER="portal@example.go.id")
    assert (told.exit_code, seen) == (0, ["begun", "settled"])
    with held(data, alone=True):
        pass  # nobody is at work any more


def test_the_clockwork_does_not_begin_on_what_is_damaged_or_not_there(run: Run, data: Path, tmp_path: Path) -> None:
    truncate(data)
    for folder, words in ((data, "Basis data rusak"), (tmp_path / "salah", "Tidak ada portal")):
        told = run("work", data=folder, SENDER="portal@example.go.id")
        assert (told.exit_code, told.stderr.startswith(words)) == (2, True), told.stderr
