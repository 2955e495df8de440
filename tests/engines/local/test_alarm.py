"""Somebody is called once for each outage, by a command that is no more than its words."""

import logging
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from portal.core.outage import Outage
from portal.engines.local.alarm import Alarm
from tests.support.builders import AT

OUT, LATER = Outage(AT, 3), AT + timedelta(minutes=3)

Called = Callable[[], list[str]]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Writes down, a line each, with what it was called."""
    path = tmp_path / "panggil $HOME;.py"
    path.write_text(
        "import sys, pathlib\n"
        "with pathlib.Path(__file__).with_name('called').open('a') as file:\n"
        "    print(sys.argv[1:], repr(sys.stdin.read()), file=file)\n"
    )
    return path


@pytest.fixture
def called(tmp_path: Path) -> Called:
    kept = tmp_path / "called"
    return lambda: kept.read_text().splitlines() if kept.exists() else []


def alarm(script: Path, tmp_path: Path, words: str = "") -> Alarm:
    command = f"{sys.executable} '{script}' {words}"
    return Alarm(command, tmp_path / "noted", lambda out: f"tertahan: {out.held_up}\nsejak {out.since:%H.%M}")


def test_somebody_is_called_once_for_each_outage_and_after_a_hiccup_not_at_all(
    script: Path, tmp_path: Path, called: Called
) -> None:
    look = alarm(script, tmp_path)
    look(None, AT)
    look(OUT, AT + timedelta(seconds=90))
    assert called() == []
    for _ in range(3):
        look(OUT, LATER)
    alarm(script, tmp_path)(OUT, LATER)  # the portal was started again
    assert called() == ["[] 'tertahan: 3 sejak 08.00\\n'"]
    look(None, LATER)
    look(Outage(LATER, 1), LATER + timedelta(minutes=3))
    assert len(called()) == 2


def test_words_are_words_and_no_shell_reads_them(script: Path, tmp_path: Path, called: Called) -> None:
    alarm(script, tmp_path, "'$HOME `id`' {} '; rm x' x{}")(OUT, LATER)
    (line,) = called()
    assert line.startswith("['$HOME `id`', 'tertahan: 3 sejak 08.00', '; rm x', 'x{}'] ")


@pytest.mark.parametrize("command", ["/tidak/ada", f"{sys.executable} -c 'raise SystemExit(3)'"])
def test_a_command_that_fails_stops_nothing_and_is_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    with caplog.at_level(logging.ERROR):
        Alarm(command, tmp_path / "noted", lambda out: "RAHASIA")(OUT, LATER)
    assert [record.getMessage().split(" ")[0] for record in caplog.records] == ["ALERT"]
    assert "RAHASIA" not in caplog.text
