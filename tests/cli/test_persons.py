"""One person's data on the command line."""

from pathlib import Path
from zipfile import ZipFile

from tests.support.command_line import Run
from tests.support.server import Clock
from tests.support.stage import Stage
from tests.support.ways import FORM


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
