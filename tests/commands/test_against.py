"""What a new edition changes for cases that are under way, told on the command line."""

from pathlib import Path

import pytest

from portal.editions import read_sop
from tests.support.command_line import Run
from tests.support.derived import derived, step
from tests.support.places import SCHEMAS

OLD = SCHEMAS / "penerbitan"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new edition in which another role has the third step."""
    return derived(tmp_path, (step("telaah_kabid", 'role = "kabid"'), r'\1role = "kadis"'))


def test_the_same_edition_changes_nothing(run: Run) -> None:
    result = run("check", "--against", OLD)
    assert result.exit_code == 0
    assert "Tidak ada yang berubah." in result.output


def test_a_changed_role_is_told_with_what_it_means_for_running_cases(run: Run, folder: Path) -> None:
    result = run("check", folder, "--against", OLD)
    assert result.exit_code == 0
    assert "pelaksananya Kepala Bidang Statistik dan Persandian, sekarang Kepala Dinas." in result.output
    assert "Permohonan lama tetap menunggu Kepala Bidang Statistik dan Persandian." in result.output
    assert "Jangan akhiri penunjukannya" in result.output


def test_an_edition_of_before_may_be_its_snapshot(run: Run, folder: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "edisi.json"
    snapshot.write_text(read_sop(OLD).snapshot(), "utf-8")
    assert "sekarang Kepala Dinas" in run("check", folder, "--against", snapshot).output


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"sop": {}, "form": {}}'])
def test_what_is_no_edition_is_refused_in_words(run: Run, folder: Path, tmp_path: Path, content: str) -> None:
    broken = tmp_path / "edisi.json"
    broken.write_text(content, "utf-8")
    result = run("check", folder, "--against", broken)
    assert result.exit_code == 2
    assert "edisi.json" in result.stderr


def test_a_version_that_no_record_knows_is_refused_in_words(run: Run) -> None:
    result = run("check", "--against", "0" * 64)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


def test_a_broken_folder_is_told_first(run: Run, tmp_path: Path) -> None:
    folder = derived(tmp_path, (step("telaah_kabid", 'role = "kabid"'), r'\1role = "bupati"'))
    result = run("check", folder, "--against", OLD)
    assert result.exit_code == 1
    assert "bupati" in result.stderr
    assert "dibandingkan" not in result.output
