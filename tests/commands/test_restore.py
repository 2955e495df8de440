"""Backups made, and put back; what is no good backup changes nothing."""

import contextlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from portal.bootstrap import build_to_serve
from portal.core.errors import Unavailable
from portal.engines.local import exchange, safekeeping
from portal.engines.local.condition import held
from tests.support.command_line import Run
from tests.support.harm import DATABASE, config, contents, settle, sound, sql, write, zero_pages
from tests.support.server import MONDAY
from tests.support.stage import Stage

# --- backups that are no good ---


def half(backups: Path) -> None:
    whole = (backups / "dua.zip").read_bytes()
    (backups / "dua.zip").write_bytes(whole[: len(whole) // 2])


def bit(backups: Path) -> None:
    content = bytearray((backups / "satu.zip").read_bytes())
    at = content.index(b"%PDF")
    content[at + 8] ^= 1
    (backups / "satu.zip").write_bytes(content)


def reworded(backups: Path) -> None:
    with zipfile.ZipFile(backups / "dua.zip") as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    said = json.loads(kept["isi.json"])
    said["documents"].popitem()
    with zipfile.ZipFile(backups / "dua.zip", "w") as archive:
        for name, content in {**kept, "isi.json": json.dumps(said).encode()}.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (half, "tidak dapat dibaca"),
        (lambda backups: (backups / "dua.zip").unlink(), "tidak dapat dibaca"),
        (lambda backups: (backups / "dua.zip").write_bytes(b""), "tidak dapat dibaca"),
        (lambda backups: (backups / "satu.zip").unlink(), "sebelumnya tidak ada"),
        (bit, "rusak|tidak dapat dibaca"),
        (reworded, "milik pemasangan lain"),
    ],
    ids=["half copied", "gone", "empty", "an earlier one gone", "a bit", "reworded"],
)
def test_a_backup_that_is_no_good_changes_nothing(
    run: Run, office: Path, data: Path, tmp_path: Path, harm: Callable[[Path], object], words: str
) -> None:
    backups = Path(shutil.copytree(office / "backups", tmp_path / "cadangan"))
    harm(backups)
    before = contents(data)
    told = run("restore", backups / "dua.zip", data=data)
    assert (told.exit_code, any(each in told.stderr for each in words.split("|")) or told.stderr) == (2, True)
    assert contents(data) == before


def test_another_portals_backup_is_refused(run: Run, data: Path, newest: Path) -> None:
    (data / "kunci").write_text("bukan-kunci-yang-benar\n")
    assert "milik pemasangan lain" in run("restore", newest, data=data).stderr


def test_without_keys_their_copy_is_asked_for(run: Run, office: Path, data: Path, newest: Path) -> None:
    (data / "kunci").unlink()
    assert "--keys" not in run("restore", newest, data=data).stdout
    assert not (data / "kunci").exists()
    assert run("restore", newest, "--keys", office / "kunci", data=data).exit_code == 0
    assert (data / "kunci").read_bytes() == (office / "kunci").read_bytes()
    sound(run, data)


def test_where_nobody_has_the_keys_new_ones_are_made_when_asked_for(
    run: Run, office: Path, tmp_path: Path, newest: Path
) -> None:
    """And the folder may be a new one, on another machine."""
    assert run("restore", newest, data=tmp_path / "baru").exit_code == 2
    assert run("restore", newest, "--new-keys", data=tmp_path / "baru").exit_code == 0
    assert (tmp_path / "baru" / "kunci").read_bytes() != (office / "kunci").read_bytes()
    assert run("verify", "--all", data=tmp_path / "baru").exit_code == 0


def test_a_backup_whose_cases_do_not_hold_is_refused(run: Run, data: Path, tmp_path: Path) -> None:
    sql(data, "UPDATE event SET entry = replace(entry, '2026-11-23', '2026-11-22') WHERE number = 1")
    assert run("backup", tmp_path / "bengkok.zip", data=data).exit_code == 0
    before = contents(data)
    told = run("restore", tmp_path / "bengkok.zip", data=data)
    assert (told.exit_code, "rusak mulai peristiwa" in told.stdout) == (2, True)
    assert contents(data) == before


def test_a_backup_of_a_newer_portal_is_refused(run: Run, data: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(data, tmp_path / "lain"))
    run("backup", tmp_path / "baru.zip", data=other)
    with zipfile.ZipFile(tmp_path / "baru.zip") as archive:
        archive.extract(DATABASE, other)
    sql(other, "PRAGMA user_version = 99")
    settle(other)
    records = SimpleNamespace(backup=lambda to: shutil.copyfile(other / DATABASE, to))
    write(cast(Stage, SimpleNamespace(data=other, records=records, clock=lambda: MONDAY)), tmp_path / "baru.zip")
    told = run("restore", tmp_path / "baru.zip", data=data)
    assert (told.exit_code, "versi 99" in told.stderr) == (2, True)


# --- while it is done ---


def test_nothing_is_put_over_a_portal_at_work(run: Run, data: Path, newest: Path) -> None:
    with held(data):
        told = run("restore", newest, data=data)
    assert (told.exit_code, told.stderr.split(":")[0]) == (2, "Portal masih berjalan")


def test_no_portal_starts_while_something_is_put_back(run: Run, data: Path) -> None:
    with held(data, alone=True):
        told = run("serve", "--address", "https://tte.example", data=data, SENDER="portal@example.go.id")
    assert (told.exit_code, "Pemulihan belum selesai" in told.stderr) == (2, True)


@pytest.mark.parametrize("moves", range(8))
def test_a_restore_cut_short_while_exchanging_is_taken_up_again(
    run: Run, data: Path, newest: Path, moves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Path] = []
    rename = Path.rename

    def cut_short(path: Path, target: Path) -> Path:
        if not exchange.is_pending(data):
            return rename(path, target)
        if len(done) == moves:
            raise KeyboardInterrupt
        done.append(path)
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", cut_short)
        with contextlib.suppress(KeyboardInterrupt, AssertionError, SystemExit):
            run("restore", newest, data=data)
    with pytest.raises(Unavailable, match="store_restoring"):
        build_to_serve(config(data))
    assert run("restore", newest, data=data).exit_code == 0
    sound(run, data)


def test_what_was_unpacked_before_it_was_cut_short_is_not_unpacked_again(
    run: Run, data: Path, newest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    take, patience = safekeeping._take, 6

    def cut_short(source: zipfile.ZipFile, name: str, *rest: Any) -> None:
        if len(taken) == patience:
            raise Unavailable("store_unavailable")
        taken.append(name)
        take(source, name, *rest)

    monkeypatch.setattr(safekeeping, "_take", cut_short)
    assert run("restore", newest, data=data).exit_code == 2
    first, taken[:] = set(taken), []
    patience = 99
    assert run("restore", newest, data=data).exit_code == 0
    assert first & set(taken) == {DATABASE}


def test_where_there_is_no_room_it_is_said(run: Run, data: Path, newest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = os.statvfs_result((4096, 4096, 9, 0, 0, 9, 9, 9, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: full)
    told = run("restore", newest, data=data)
    assert (told.exit_code, told.stderr.split(":")[0]) == (2, "Ruang penyimpanan tidak cukup")


# --- making one ---


def test_documents_are_written_once(run: Run, data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cadangan"
    folder.mkdir()
    assert "17 berkas, 17 di antaranya baru" in run("backup", folder, data=data).output
    assert "17 berkas, 0 di antaranya baru" in run("backup", folder, data=data).output
    again = run("backup", folder / "utuh.zip", "--whole", "--keys", tmp_path / "kunci", data=data)
    assert "17 berkas, 17 di antaranya baru" in again.output
    assert (tmp_path / "kunci").read_bytes() == (data / "kunci").read_bytes()
    assert all(path.stat().st_mode & 0o077 == 0 for path in (*folder.iterdir(), tmp_path / "kunci"))
    assert len([path for path in folder.iterdir() if path.name[0] != "."]) == 3 == len(list(folder.iterdir()))


def test_a_damaged_database_is_no_backup_and_the_last_good_one_stays(run: Run, data: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "salinan.zip", data=data)
    good = (tmp_path / "salinan.zip").read_bytes()
    zero_pages(data)
    assert run("backup", tmp_path / "salinan.zip", data=data).exit_code == 2
    assert (tmp_path / "salinan.zip").read_bytes() == good


def test_where_the_folder_of_backups_is_not_there_none_is_written(run: Run, data: Path, tmp_path: Path) -> None:
    """As where a disk is not mounted."""
    told = run("backup", tmp_path / "cakram" / "cadangan", data=data)
    assert (told.exit_code, "Tidak ada folder" in told.stderr) == (2, True)
    assert not (tmp_path / "cakram").exists()


def test_nothing_is_put_back_into_a_folder_of_something_else(run: Run, newest: Path, tmp_path: Path) -> None:
    (tmp_path / "salah").mkdir()
    (tmp_path / "salah" / "catatan.txt").touch()
    told = run("restore", newest, "--new-keys", data=tmp_path / "salah")
    assert (told.exit_code, [path.name for path in (tmp_path / "salah").iterdir()]) == (2, ["catatan.txt"])
