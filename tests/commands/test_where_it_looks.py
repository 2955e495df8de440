"""Which portal the command line looks at, and at what time."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.bootstrap import TimeMachine
from portal.commands.cli import main
from tests.support.command_line import Run
from tests.support.server import Clock
from tests.support.stage import Stage

REPORTS = (("late",), ("red-list",), ("official", "list"), ("verify", "TTE-26-4F7K-9QXM"), ("register", "list"))

SERVE = ("serve", "--address", "https://tte.example.go.id")
KADIS = ("--role", "kadis", "--name", "Dewi Contoh", "--email", "dewi@tarakankota.go.id")


@pytest.mark.parametrize("command", REPORTS, ids=lambda command: command[0])
@pytest.mark.parametrize("there", ["nothing", "an empty folder", "another file"])
def test_where_there_is_no_portal_nothing_is_reported_and_nothing_made(
    run: Run, tmp_path: Path, command: tuple[str, ...], there: str
) -> None:
    wrong = tmp_path / "salah"
    if there != "nothing":
        wrong.mkdir()
    if there == "another file":
        (wrong / "catatan.txt").touch()
    before = sorted(tmp_path.rglob("*"))
    answer = run(*command, data=wrong)
    assert answer.exit_code == 2
    assert "Tidak ada portal di folder data" in answer.output
    assert str(wrong) in answer.output
    assert sorted(tmp_path.rglob("*")) == before


def test_a_backup_of_nothing_is_refused(run: Run, tmp_path: Path) -> None:
    assert run("backup", tmp_path / "salinan", data=tmp_path / "salah").exit_code == 2
    assert not (tmp_path / "salinan").exists()


def test_the_first_official_may_be_appointed_before_the_portal_ever_ran(run: Run, tmp_path: Path) -> None:
    assert run("official", "appoint", *KADIS, data=tmp_path / "baru").exit_code == 0
    assert "Dewi Contoh" in run("official", "list", data=tmp_path / "baru").output


def test_a_portal_is_begun_in_no_folder_that_holds_something_else(run: Run, tmp_path: Path) -> None:
    """As where DATA names the folder above, or another program's."""
    (tmp_path / "salah").mkdir()
    (tmp_path / "salah" / "catatan.txt").touch()
    new = ("--role", "kadis", "--name", "Dewi Contoh", "--email", "dewi@tarakankota.go.id")
    refused = run("official", "appoint", *new, data=tmp_path / "salah")
    assert (refused.exit_code, "Tidak ada portal di folder data" in refused.stderr) == (2, True)
    assert [path.name for path in (tmp_path / "salah").iterdir()] == ["catatan.txt"]


def test_that_a_portal_begins_is_never_silent(run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "baru" / "lost+found").mkdir(parents=True)
    new = ("--role", "kadis", "--name", "Dewi Contoh", "--email", "dewi@tarakankota.go.id")
    assert run("official", "appoint", *new, data=tmp_path / "baru").exit_code == 0
    assert f"a new portal begins in {tmp_path / 'baru'}" in caplog.text


def test_a_folder_of_somebody_else_is_refused_in_words(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", forbidden)
    answer = run("late")
    assert (answer.exit_code, answer.stderr.split(":")[0]) == (2, "Folder data tidak boleh dibuka")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
@pytest.mark.parametrize(
    "command", [*REPORTS, ("official", "appoint", *KADIS), ("restore", "x.zip"), SERVE], ids=lambda command: command[0]
)
def test_data_of_another_user_is_left_alone(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    """What root writes there, the portal could not write again."""
    os.chown(tmp_path / "data", 12345, -1)
    before = sorted(tmp_path.rglob("*"))
    answer = run(*command, SENDER="tte@example.go.id")
    assert (answer.exit_code, "milik 12345" in answer.stderr) == (2, True)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
def test_a_rehearsal_is_anybodys(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Clock())
    stage.close()
    os.chown(tmp_path, 12345, -1)
    answer = CliRunner().invoke(main, ["--data", str(tmp_path), "late"], env={"REHEARSAL": None, "SENDER": None})
    assert answer.exit_code == 0


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(days=9)])
def test_what_a_rehearsal_keeps_is_looked_at_at_the_rehearsals_time(tmp_path: Path, ahead: timedelta) -> None:
    stage = Stage(tmp_path, Clock())
    stage.clock.at = datetime.now(UTC)
    stage.case("confirm")
    stage.close()
    TimeMachine(tmp_path / "jam").forward(ahead)
    answer = CliRunner().invoke(main, ["--data", str(tmp_path), "late"], env={"REHEARSAL": None, "SENDER": None})
    assert answer.exit_code == bool(ahead)
    assert ("TTE-" in answer.output) is bool(ahead), answer.output
