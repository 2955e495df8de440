"""Cases verified, data backed up; what cannot be is told in words."""

import re
import sqlite3
import stat
from pathlib import Path

import pytest

from portal.engines.local.records import SqliteRecords
from tests.support.command_line import Run
from tests.support.stage import Stage
from tests.support.ways import WAYS


def tamper(data: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(data / "portal.sqlite") as database:
        assert database.execute(statement, values).rowcount == 1
    database.close()


@pytest.fixture
def finished(tmp_path: Path) -> str:
    """The ticket of a case from start to end, with a return."""
    stage = Stage(tmp_path / "data")
    number = stage.case("confirm", "return", "resubmit", *WAYS["done"][1:])
    stage.close()
    return number


def test_a_case_as_it_was_written_holds(run: Run, finished: str) -> None:
    for typed in (finished, finished.lower().replace("-", "")):
        result = run("verify", typed)
        assert (result.exit_code, result.output) == (0, f"{finished}: 14 peristiwa, utuh.\n")


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("UPDATE event SET entry = replace(entry, 'Foto terpotong.', 'Lengkap.') WHERE number = 3", 3),
        ("UPDATE event SET entry = replace(entry, '2026-11-23', '2026-11-22') WHERE number = 1", 1),
        ("DELETE FROM event WHERE number = 5", 5),
        ("UPDATE application SET body = replace(body, 'SITI', 'BUDI')", 4),
    ],
)
def test_a_case_that_was_bent_says_from_where(
    run: Run, tmp_path: Path, finished: str, statement: str, first: int
) -> None:
    tamper(tmp_path / "data", statement)
    result = run("verify", finished)
    assert result.exit_code == 1
    assert re.fullmatch(rf"{finished}: rusak mulai peristiwa nomor {first}\.\n", result.output), result.output


def test_a_file_that_was_exchanged_is_named(run: Run, tmp_path: Path, finished: str) -> None:
    (letter,) = (
        path for path in (tmp_path / "data" / "berkas" / "applications" / finished / "surat_permohonan").rglob("*@*")
    )
    letter.write_bytes(letter.read_bytes() + b" ")
    result = run("verify", finished)
    assert result.exit_code == 1
    assert f"{finished}: berkas surat_permohonan " in result.output


@pytest.mark.parametrize("entry", ["", "{}", "[]", "null", '{"number": 1}', "\x00"])
def test_a_case_bent_beyond_reading_is_told_too(run: Run, tmp_path: Path, finished: str, entry: str) -> None:
    tamper(tmp_path / "data", "UPDATE event SET entry = ? WHERE number = 4", entry)
    result = run("verify", finished)
    assert (result.exit_code, result.output) == (1, f"{finished}: rusak dan tidak dapat dibaca.\n")


def test_a_ticket_that_nobody_has_is_told_in_words(run: Run) -> None:
    result = run("verify", "TTE-26-4F7K-9QXM")
    assert (result.exit_code, result.stderr.split(":")[0]) == (2, "Nomor tiket tidak ditemukan")


def test_a_backup_made_while_the_portal_runs_can_be_started_from(run: Run, tmp_path: Path) -> None:
    stage = Stage(tmp_path / "data")
    number = stage.case(*WAYS["booked"])
    copy = tmp_path / "salinan.zip"
    assert f"Salinan cadangan disimpan di {copy}: basis data dan " in run("backup", copy).output
    stage.act(number, "miss")
    stage.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600

    restored, keys = tmp_path / "restored", tmp_path / "data" / "kunci"
    assert run("restore", copy, "--keys", keys, data=restored).exit_code == 0
    records = SqliteRecords(restored / "portal.sqlite", ["penerbitan"])
    case = records.load(number)
    assert (case.state, case.first_damage()) == ("booked", None)
    assert records.taken("visit/")
    records.close()
    result = run("verify", number, data=restored)
    assert result.exit_code == 0


@pytest.mark.parametrize("asked", [(), ("TTE-26-4F7K-9QXM", "--all")])
def test_verify_is_told_of_what(run: Run, asked: tuple[str, ...]) -> None:
    assert run("verify", *asked).exit_code == 2


def test_a_backup_to_nowhere_is_told_in_words(run: Run, tmp_path: Path) -> None:
    result = run("backup", tmp_path / "tidak" / "ada" / "salinan.sqlite")
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


def test_a_database_of_a_newer_portal_is_told_in_words(run: Run, tmp_path: Path) -> None:
    run("official", "list")
    with sqlite3.connect(tmp_path / "data" / "portal.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    result = run("official", "list")
    assert result.exit_code == 2
    assert "versi 99" in result.stderr


def test_a_data_folder_that_cannot_be_is_told_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    new = ("--role", "kadis", "--name", "Dewi", "--email", "dewi@tarakankota.go.id")
    result = run("official", "appoint", *new, data=tmp_path / "berkas" / "data")
    assert result.exit_code == 2
    assert result.stderr.startswith("Setelan belum sesuai: DATA berisi ")
