"""Keys and logs that are lost alone: no new ones are made in silence, and nobody begins anew beside old documents."""

import shutil
from pathlib import Path

import pytest

from portal.bootstrap import build_to_serve
from portal.core.errors import SettingInvalid
from tests.support.command_line import Run
from tests.support.harm import config, lose_log
from tests.support.stage import Stage


def test_without_keys_nothing_starts_where_there_are_records(run: Run, data: Path) -> None:
    (data / "kunci").unlink()
    with pytest.raises(SettingInvalid, match="keys_lost"):
        build_to_serve(config(data))
    told = run("late", data=data)
    assert (told.exit_code, "Kunci tautan hilang" in told.stderr, "portal keys --new" in told.stderr) == (2, True, True)
    assert not (data / "kunci").exists()


def test_their_copy_is_put_back_and_the_portal_goes_on(run: Run, office: Path, data: Path) -> None:
    (data / "kunci").unlink()
    shutil.copy(office / "kunci", data / "kunci")
    assert run("verify", "--all", data=data).exit_code == 0


def test_new_ones_are_made_when_somebody_says_so(run: Run, office: Path, data: Path) -> None:
    assert "tidak ada kunci yang dibuat" in run("keys", "--new", data=data).stderr
    (data / "kunci").unlink()
    told = run("keys", "--new", data=data)
    assert (told.exit_code, "tidak berlaku lagi" in told.output) == (0, True)
    assert (data / "kunci").read_text() != (office / "kunci").read_text()
    assert ((data / "kunci").stat().st_mode & 0o777) == 0o600
    assert run("verify", "--all", data=data).exit_code == 0


def test_new_keys_are_for_a_portal(run: Run, tmp_path: Path) -> None:
    told = run("keys", "--new", data=tmp_path / "nowhere")
    assert (told.exit_code, (tmp_path / "nowhere").exists()) == (2, False)


def test_a_log_lost_before_its_first_case_was_in_the_database_is_noticed(run: Run, tmp_path: Path) -> None:
    stage = Stage(tmp_path / "data")
    stage.case("confirm")
    killed = Path(shutil.copytree(tmp_path / "data", tmp_path / "killed"))
    stage.close()
    lose_log(killed)
    assert build_to_serve(config(killed)).equipment.closed == "store_missing"
    assert run("verify", "--all", data=killed).exit_code == 1


def test_whoever_was_killed_at_his_very_first_case_goes_on(tmp_path: Path) -> None:
    """Its documents are there a moment before it is; its draft is there already."""
    stage = Stage(tmp_path / "data")
    stage.draft()
    stage.close()
    (tmp_path / "data" / "berkas" / "applications" / "TTE-26-4F7K-9QXM").mkdir(parents=True)
    assert not build_to_serve(config(tmp_path / "data")).equipment.closed
