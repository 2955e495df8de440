"""What ``make drill`` does, in little: installed into a root of its own, killed, backed up, lost and restored.

Packages are those of the tests, as nobody waits for pip; the upgrade and the moves are tried elsewhere.
"""

import sys
import sysconfig
from pathlib import Path

import pytest

from tests.support.drill import WITHOUT_PAUSE, Drill
from tests.support.processes import run, said

PIP = """#!/bin/sh
while [ "$1" != --target ]; do shift; done
ln -s "{packages}" "$2"
"""
PYTHON = """#!/bin/sh
[ "$2" = compileall ] || exec "{python}" "$@"
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """What the installation calls: packages are not fetched, and nothing is compiled."""
    tools = tmp_path / "bin"
    tools.mkdir()
    said = {"packages": sysconfig.get_path("purelib"), "python": sys.executable}
    for name, script in (("pip", PIP), ("python", PYTHON)):
        (tools / name).write_text(script.format_map(said))
        (tools / name).chmod(0o755)
    return tools


def test_what_is_installed_is_killed_and_restored_and_has_lost_nothing(tmp_path: Path, tools: Path) -> None:
    drill = Drill(tmp_path, old="", applications=1, tools=tools, kills=1)
    drill.install()
    assert "/sehat 200, ended by SIGTERM with 0" in drill.serve()
    assert "acknowledged writes are there" in drill.kill()
    drill.back_up()
    assert drill.restore() == drill.verified(drill.data)
    assert "1 permohonan" in drill.verified(drill.data)


def test_a_move_without_pause_is_the_command_line_that_there_is() -> None:
    assert said(run(WITHOUT_PAUSE, "move", "--help"))[0].startswith("Usage: ")
