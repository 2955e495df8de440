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
    refused = run("person", "export", "Siti", target)
    assert (refused.exit_code, "Tulis nomor tiket, NIK" in refused.stderr) == (2, True)
