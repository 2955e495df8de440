"""A backup that is cut short anywhere leaves nothing that looks whole, and the next one goes on with what it wrote; nor
does a portal start on half of what is put back.
"""

import os
import shutil
import signal
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.bootstrap import build_to_serve
from portal.commands import keeping
from portal.core.errors import Unavailable
from portal.engines.local import exchange, safekeeping, unfinished
from portal.engines.local.condition import alone
from tests.support.command_line import Run
from tests.support.cut_short import cut_short
from tests.support.harm import WHOLE, config, contents, sound

DOCUMENTS = 17
"""Of the office that is backed up."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of backups, with none so far."""
    made = tmp_path / "cadangan"
    made.mkdir()
    return made


def lying(folder: Path) -> Path:
    """The unfinished one."""
    (found,) = folder.glob(".*.tmp")
    return found


def is_whole(backup: Path, documents: int = DOCUMENTS) -> None:
    with zipfile.ZipFile(backup) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(set(archive.namelist())) == documents + 2


def stopped_after(monkeypatch: pytest.MonkeyPatch, number: int, stop: Callable[[], object]) -> None:
    """While the next document is put in."""
    put, putting = unfinished.Unfinished.put, list[str]()

    def counted(archive: unfinished.Unfinished, path: Path, name: str, told: unfinished.Told, how: int = 0) -> object:
        putting.append(name)
        return put(archive, path, name, (lambda _: stop()) if len(putting) == number + 1 else told, how)

    monkeypatch.setattr(unfinished.Unfinished, "put", counted)


def told_to_end(by: signal.Signals = signal.SIGTERM) -> None:
    os.kill(os.getpid(), by)


@pytest.mark.parametrize("step", [43, 83])
def test_killed_again_and_again_it_is_finished_at_last_and_holds_everything(
    run: Run, data: Path, folder: Path, tmp_path: Path, step: int
) -> None:
    """Each time a little later than the time before, so that all of it is met."""
    kills = 0
    while cut_short(lambda: run("backup", folder, data=data), kills * step, unfinished, safekeeping):
        kills += 1
        for path in filter(zipfile.is_zipfile, folder.iterdir()):
            is_whole(path)
    assert kills > 10
    whole = max(folder.glob("*.zip"))
    is_whole(whole)
    assert not list(folder.glob(".*"))
    restored = tmp_path / "pulih"
    assert run("restore", whole, "--keys", data / "kunci", data=restored).exit_code == 0
    assert run("verify", "--all", data=restored).output == WHOLE
    documents = {name: content for name, content in contents(data).items() if name.startswith("berkas/")}
    assert {name: content for name, content in contents(restored).items() if name.startswith("berkas/")} == documents


@pytest.mark.parametrize("told_by", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_leaves_what_is_written_and_the_next_one_says_so(
    run: Run, data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, told_by: signal.Signals
) -> None:
    with monkeypatch.context() as patched:
        stopped_after(patched, 5, lambda: told_to_end(told_by))
        ended = run("backup", folder, data=data)
    assert (ended.exit_code, ended.output.strip().partition(".")[0]) == (128 + told_by, "Terputus")
    assert not zipfile.is_zipfile(lying(folder))
    assert not list(folder.glob("*.sqlite*"))
    told = run("backup", folder / "lain.zip", "--whole", data=data).output
    assert "dilanjutkan: 5 berkas sudah tersalin." in told
    assert "17 berkas, 17 di antaranya baru" in told
    assert [path.name for path in folder.iterdir()] == ["lain.zip"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


@pytest.mark.parametrize("place", [0, 2, 4])
def test_what_was_erased_meanwhile_is_wiped_out_of_it(
    run: Run, data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    gone = data / "berkas" / list(safekeeping.documents(data))[place]
    content = b"Milik seorang saja"
    gone.write_bytes(content)
    with monkeypatch.context() as patched:
        stopped_after(patched, 5, told_to_end)
        run("backup", folder, data=data)
    assert content in lying(folder).read_bytes()
    gone.unlink()
    assert "dilanjutkan: 4 berkas" in run("backup", folder, data=data).output
    (whole,) = folder.iterdir()
    assert content not in whole.read_bytes()
    assert str(gone.relative_to(data / "berkas")).encode() not in whole.read_bytes()
    is_whole(whole, DOCUMENTS - 1)


def bent(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b"%PDF") + 8] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "left"),
    [
        (lambda lying: os.truncate(lying, 0), 0),
        (lambda lying: os.truncate(lying, lying.stat().st_size // 3), None),
        (bent, 4),
        (lambda lying: lying.with_name(f"{lying.name}.jsonl").write_text(""), 0),
        (lambda lying: _reworded(lying.with_name(f"{lying.name}.jsonl")), 0),
        (lambda lying: _cut_off(lying.with_name(f"{lying.name}.jsonl")), 4),
    ],
    ids=["emptied", "cut off", "a bit", "its list emptied", "its list reworded", "its list cut off"],
)
def test_what_is_not_proven_is_written_again(
    run: Run,
    data: Path,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    harm: Callable[[Path], object],
    left: int | None,
) -> None:
    with monkeypatch.context() as patched:
        stopped_after(patched, 5, told_to_end)
        run("backup", folder, data=data)
    harm(lying(folder))
    told = run("backup", folder, data=data).output
    assert left is None or (f"dilanjutkan: {left} berkas" in told) == bool(left)
    (whole,) = folder.iterdir()
    restored = tmp_path / "pulih"
    assert run("restore", whole, "--keys", data / "kunci", data=restored).exit_code == 0
    assert run("verify", "--all", data=restored).output == WHOLE


def _reworded(listed: Path) -> None:
    listed.write_text(listed.read_text().replace('"size": ', '"size": 1'))


def _cut_off(listed: Path) -> None:
    os.truncate(listed, listed.stat().st_size - 9)


def test_another_portals_unfinished_one_is_left_alone(
    run: Run, data: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        stopped_after(patched, 5, told_to_end)
        run("backup", folder, data=data)
    before = lying(folder).read_bytes()
    other = Path(shutil.copytree(data, tmp_path / "lain"))
    (other / "kunci").write_text("kunci-portal-yang-lain\n")
    assert "dilanjutkan" not in run("backup", folder, data=other).output
    assert lying(folder).read_bytes() == before


def test_of_one_under_a_former_key_nothing_is_left(
    run: Run, data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        stopped_after(patched, 5, told_to_end)
        run("backup", folder, data=data)
    before = lying(folder)
    before.with_suffix(".sqlite").touch()
    kept = (data / "kunci").read_text()
    (data / "kunci").write_text(f"{kept}kunci-yang-baru-sesudah-diganti\n")
    assert run("backup", folder, data=data).exit_code == 0
    (whole,) = folder.iterdir()
    is_whole(whole)


def test_where_the_disk_is_full_nothing_of_it_is_left(
    run: Run, data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    stopped_after(monkeypatch, 5, full)
    assert run("backup", folder, data=data).exit_code == 2
    assert list(folder.iterdir()) == []


def test_who_backs_up_the_same_folder_waits_for_the_other(data: Path) -> None:
    told = list[str]()
    with alone(data, lambda: told.append("waits")):
        child = os.fork()
        if not child:
            with alone(data, lambda: os._exit(7)):
                os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    with alone(data, lambda: told.append("waits")):
        assert told == []


def test_a_restore_killed_again_and_again_shows_nothing_half_and_is_finished_at_last(
    run: Run, data: Path, newest: Path
) -> None:
    kills, pending = 0, 0
    while cut_short(lambda: run("restore", newest, data=data), kills * 43, safekeeping, exchange, keeping):
        kills += 1
        if exchange.is_pending(data):
            pending += 1
            with pytest.raises(Unavailable, match="store_restoring"):
                build_to_serve(config(data))
        else:
            assert run("verify", "--all", data=data).output == WHOLE
    assert kills > 10
    assert pending or list(data.glob("rusak-*"))
    sound(run, data)
