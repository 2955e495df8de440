"""One person's data on the command line."""

import sqlite3
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

from tests.support.command_line import Run
from tests.support.server import Clock
from tests.support.stage import Stage
from tests.support.ways import FORM, WAYS


def test_a_person_s_data_is_written_for_its_owner_only(run: Run, tmp_path: Path, clock: Clock) -> None:
    stage = Stage(tmp_path / "data", clock)
    stage.case("confirm")
    stage.close()
    target = tmp_path / "siti.zip"
    target.touch(mode=0o644)  # one that is there already, for everybody to read
    written = run("person", "export", FORM["nik"], target)
    assert f"ke {target}: permohonan 1, draf 0, berkas " in written.output
    assert target.stat().st_mode & 0o777 == 0o600
    with ZipFile(target) as archive:
        assert {"BACA-DULU.txt", "data.json"} < set(archive.namelist())
    assert run("person", "export", "siapa@x.id", target).output == "Tidak ada data yang tersimpan atas siapa@x.id.\n"
    (taken,) = run("person", "log", USER="rina").output.splitlines()
    assert ("Data satu orang" in taken, "TTE-26-" in taken, FORM["nik"] in taken) == (True, True, False)
    refused = run("person", "export", "Siti", target)
    assert (refused.exit_code, "Tulis nomor tiket, NIK" in refused.stderr) == (2, True)


def test_who_took_what_is_listed_newest_first_and_by_the_machines_account(run: Run, tmp_path: Path) -> None:
    assert run("person", "log").output == "Belum ada data pribadi yang diunduh.\n"
    run("register", "export", tmp_path / "a.csv", SUDO_USER="rina")
    run("register", "export", tmp_path / "b.csv", SUDO_USER="", USER="", LOGNAME="budi")
    newest, oldest = run("person", "log").output.splitlines()
    assert "  budi (Pengelola server)  Register  0 baris" in newest
    assert "  rina (Pengelola server)  Register  0 baris" in oldest


def staged(tmp_path: Path, clock: Clock, *ways: str) -> list[str]:
    stage = Stage(tmp_path / "data", clock)
    numbers = [stage.case(*WAYS[way]) for way in ways]
    stage.close()
    return numbers


def test_a_person_s_data_is_erased_after_being_told_what_goes_and_the_chain_is_accounted_for(
    run: Run, tmp_path: Path, clock: Clock
) -> None:
    rejected, running = staged(tmp_path, clock, "rejected", "waiting")
    asked = ("person", "erase", FORM["nik"], "--reason", "Surat 800/12")
    early = run(*asked)
    assert (early.exit_code, "Belum ada yang dapat dihapus" in early.output) == (1, True)
    assert f"kecuali dengan dasar (--ground) foreign, decree: {rejected}" in early.output
    unsure = run(*asked, "--ground", "decree")
    assert (f"Dihapus: {rejected}" in unsure.output, unsure.exit_code) == (True, 1)
    assert run("verify", rejected).output == f"{rejected}: 3 peristiwa, utuh.\n"
    done = run(*asked, "--ground", "decree", "--yes", USER="rina")
    assert "Dihapus: 1." in done.output
    assert f"Tetap disimpan: {running}. Masih berjalan." in done.output
    assert run("verify", rejected).output == f"{rejected}: 4 peristiwa, utuh.\n"
    assert f"rina (Pengelola server)  Dihapus atas permintaan pemiliknya  {rejected}" in run("person", "log").output
    refused = run("person", "erase", running, "--reason", f"Surat {FORM['nip']}", "--ground", "decree", "--yes")
    assert refused.exit_code == 1


def test_a_reason_that_says_who_it_was_is_refused_and_what_is_erased_is_not_found(
    run: Run, tmp_path: Path, clock: Clock
) -> None:
    (number,) = staged(tmp_path, clock, "withdrawn")
    refused = run("person", "erase", number, "--reason", f"Surat {FORM['nip']}", "--ground", "unused", "--yes")
    assert (refused.exit_code, "Jangan menulis nama" in refused.stderr) == (2, True)
    assert run("person", "erase", number, "--reason", "Surat 1", "--ground", "unused", "--yes").exit_code == 0
    assert "Tidak ada data" in run("person", "erase", FORM["nik"], "--reason", "Surat 1", "--yes").output
    assert "sudah dihapus" in run("person", "export", number, tmp_path / "x.zip").stderr


def test_a_tombstone_that_was_made_up_is_not_taken_for_one(run: Run, tmp_path: Path, clock: Clock) -> None:
    (number,) = staged(tmp_path, clock, "withdrawn")
    run("person", "erase", number, "--reason", "Surat 1", "--ground", "unused", "--yes")
    with closing(sqlite3.connect(tmp_path / "data" / "portal.sqlite", isolation_level=None)) as database:
        database.execute("UPDATE handout SET body = json_set(body, '$.proof', 'lain')")
    told = run("verify", number)
    assert (told.exit_code, "tidak tercatat" in told.output) == (1, True)
    with closing(sqlite3.connect(tmp_path / "data" / "portal.sqlite", isolation_level=None)) as database:
        database.execute(
            "UPDATE event SET entry = json_set(entry, '$.at', '2026-01-01T00:00:00+00:00') WHERE number = 2"
        )
    assert f"{number}: rusak mulai peristiwa nomor 2." in run("verify", number).output
