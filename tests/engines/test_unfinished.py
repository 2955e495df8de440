"""What a ZIP that was cut short is gone on with from, whatever became of it and of its list meanwhile."""

import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from errno import EIO
from pathlib import Path

import pytest

from portal.engines.local.unfinished import Unfinished

KEY = "kunci"


@pytest.fixture
def lying(tmp_path: Path) -> Path:
    """With nothing in it so far."""
    (tmp_path / "zip").mkdir()
    return tmp_path / "zip" / ".x.tmp"


@contextmanager
def gone_on(lying: Path, still: str) -> Iterator[tuple[Unfinished, str]]:
    """One more run, and the names of what it need not put in again."""
    with closing(Unfinished(lying, KEY)) as archive:
        yield archive, "".join(archive.resume(still, lambda _: None))


def put(archive: Unfinished, folder: Path, names: str) -> None:
    for name in names:
        source = folder / name
        source.write_bytes(name.encode() * 500)
        archive.put(source, name, lambda _: None)


def listed(lying: Path) -> Path:
    return lying.with_name(f"{lying.name}.jsonl")


def test_what_takes_the_place_of_what_was_forgotten_stays(lying: Path, tmp_path: Path) -> None:
    with gone_on(lying, "ax") as (archive, _):
        put(archive, tmp_path, "ax")
    with gone_on(lying, "ab") as (archive, kept):
        assert kept == "a"
        put(archive, tmp_path, "b")
    for _ in range(2):
        with gone_on(lying, "abc") as (archive, kept):
            assert kept == "ab"
    with gone_on(lying, "abc") as (archive, _):
        put(archive, tmp_path, "c")
        archive.finish("isi.json", "{}", tmp_path / "whole.zip")
    with zipfile.ZipFile(tmp_path / "whole.zip") as whole:
        assert whole.testzip() is None
        assert whole.namelist() == ["a", "b", "c", "isi.json"]


@pytest.mark.parametrize("garbled", [b"\xff", b"\x00\xff\xfe", b"\r\x85\xc3"])
def test_a_line_that_cannot_be_read_is_not_believed(lying: Path, tmp_path: Path, garbled: bytes) -> None:
    with gone_on(lying, "abc") as (archive, _):
        put(archive, tmp_path, "abc")
    content = listed(lying).read_bytes()
    place = content.index(b'"b"')
    listed(lying).write_bytes(content[:place] + garbled + content[place + len(garbled) :])
    with gone_on(lying, "abc") as (_, kept):
        assert kept == "ac"
    with gone_on(lying, "abc") as (_, kept):
        assert kept == "ac"


def test_what_the_disk_does_not_give_back_is_not_in_it(
    lying: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gone_on(lying, "ab") as (archive, _):
        put(archive, tmp_path, "ab")
    read = zipfile.ZipExtFile.read

    def failing(found: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        if found.name == "b":
            raise OSError(EIO, "Input/output error")
        return read(found, n)

    monkeypatch.setattr(zipfile.ZipExtFile, "read", failing)
    with gone_on(lying, "ab") as (_, kept):
        assert kept == "a"
