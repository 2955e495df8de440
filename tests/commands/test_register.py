"""The clerk's register: listed, taken in from a table and written to one."""

import re
from pathlib import Path

import pytest

from portal import importing
from portal.engines.local import certificates, records
from tests.support.command_line import Run
from tests.support.cut_short import cut_short
from tests.support.sessions import BEFORE_THE_PORTAL, long_table

RAHMAT = "2027-06-01  Berlaku  Rahmat Contoh  198001012005011001  BKPSDM  9C:01:AA  impor-"


def test_what_was_issued_before_is_imported_once_and_listed(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "lama.csv"
    table.write_text(BEFORE_THE_PORTAL, "utf-8")
    assert run("register", "list").output == "Register tidak memuat yang dicari.\n"
    assert run("register", "import", table).output == "Diimpor: 2. Sudah ada dan dilewati: 0.\n"
    assert run("register", "import", table).output == "Diimpor: 0. Sudah ada dan dilewati: 2.\n"
    assert RAHMAT in run("register", "list").output
    assert "Rahmat" not in run("register", "list", "--standing", "expired").output


def test_a_wrong_line_keeps_all_out(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "lama.csv"
    table.write_text(BEFORE_THE_PORTAL.replace("2026-02-28", "lusa"), "utf-8")
    result = run("register", "import", table)
    assert result.exit_code == 1
    assert "Baris 3, kolom Berlaku sampai: lusa – seharusnya: Tanggal" in result.output
    assert "Rahmat" not in run("register", "list").output


def test_what_was_written_can_be_read_again_and_by_its_owner_only(run: Run, tmp_path: Path) -> None:
    table, target = tmp_path / "lama.csv", tmp_path / "register.csv"
    table.write_text(BEFORE_THE_PORTAL, "utf-8")
    run("register", "import", table)
    assert run("register", "export", target).exit_code == 0
    assert target.stat().st_mode & 0o777 == 0o600
    assert '"Rahmat Contoh"' in target.read_text("utf-8-sig")
    assert run("register", "import", target, data=tmp_path / "other").output.startswith("Diimpor: 2.")


def test_what_is_no_table_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "leer.csv"
    table.write_text("")
    assert run("register", "import", table).exit_code == 2


@pytest.mark.parametrize("step", [89, 233])
def test_killed_again_and_again_an_import_is_finished_at_last_with_nothing_twice(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Each time a little later than the time before; what is there is never less, and said by the next one."""
    monkeypatch.setattr(importing, "AT_A_TIME", 20)
    table, before, lines = tmp_path / "lama.csv", 7, 45
    table.write_text(long_table(lines), "utf-8")
    (tmp_path / "sebagian.csv").write_text(long_table(before), "utf-8")
    run("register", "import", tmp_path / "sebagian.csv")
    kills, there, seen, last = 0, before, set[int](), tmp_path / "dikatakan"

    def imports() -> None:
        last.write_text(run("register", "import", table).output)

    while cut_short(imports, kills * step, importing, certificates, records):
        kills += 1
        listed = run("register", "list").output.count("9C:")
        assert listed >= there
        there = listed
        seen.add(listed)
    assert kills > 5
    assert {before, before + 20} <= seen <= {before, before + 20, lines}
    resumed = f"Sudah diimpor sebelum terputus: {there - before}.\n" if there > before else ""
    assert last.read_text() == f"{resumed}Diimpor: {lines - there}. Sudah ada dan dilewati: {before}.\n"
    serials = re.findall(r"9C:\w+", run("register", "list").output)
    assert (len(serials), len(set(serials))) == (lines, lines)
    assert run("register", "import", table).output == f"Diimpor: 0. Sudah ada dan dilewati: {lines}.\n"


def test_what_is_there_already_is_said_and_the_rest_taken_in(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sebagian.csv").write_text(long_table(200), "utf-8")
    (tmp_path / "lama.csv").write_text(long_table(450), "utf-8")
    run("register", "import", tmp_path / "sebagian.csv")
    assert run("register", "import", tmp_path / "lama.csv").output == "Diimpor: 250. Sudah ada dan dilewati: 200.\n"
