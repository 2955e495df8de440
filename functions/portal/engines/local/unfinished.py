"""A ZIP that may be cut short anywhere, and gone on with: what was put into it whole stays.

Until it is finished it lies under a hidden name, without the list at its end that would make a ZIP of it. Beside it,
one line a file, lies what is in it already, each under a seal by the portal's key; it is believed only once the file's
content is proven.
"""

import hmac
import json
import os
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from portal.engines.local.database import private

_CHUNK: Final = 1024**2

Told = Callable[[int], object]
"""Hears how many bytes are done, again and again."""


def lying(folder: Path, key: str) -> Path:
    """Where the one of this key lies in a folder, whatever its name will be."""
    return folder / f".{_sealed('name', key)[:16]}.tmp"


def lies_in(path: Path) -> tuple[Path, Path]:
    """The files of one that lies there: itself and its list."""
    return path, path.with_name(f"{path.name}.jsonl")


@dataclass(frozen=True)
class Part:
    """A file in it: its name there, its bytes and what they are, and where it begins and ends."""

    name: str
    size: int
    sha256: str
    crc: int
    offset: int
    end: int


class Unfinished:
    """Args:
    path: where it lies until it is whole; its list lies beside it.
    key: seals the list, so that nobody else's file is taken for a document of this portal.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._list = lies_in(path)
        self._key = key
        self._file = private(path).open("r+b")
        # What is garbled in it is not what was sealed, and so is not believed.
        self._said = private(self._list).open("r+", encoding="utf-8", errors="replace")
        self._archive = ZipFile(self._file, "w")

    def resume(self, still: Container[str], told: Told) -> dict[str, Part]:
        """What is in it already, of what is ``still`` wanted; the rest is wiped out of it."""
        there, kept = self._file.seek(0, os.SEEK_END), dict[str, Part]()
        for part in self._lying():
            if part.end > there:
                continue
            if part.name in still and self._holds(part):
                kept[part.name] = part
                told(part.size)
            else:  # forgotten meanwhile, perhaps because somebody asked for it
                self._file.seek(part.offset)
                self._file.write(bytes(part.end - part.offset))
        self._archive.start_dir = max((part.end for part in kept.values()), default=0)
        self._archive.filelist[:] = map(_entry, kept.values())
        self._archive.NameToInfo.update((entry.filename, entry) for entry in self._archive.filelist)
        self._file.truncate(self._archive.start_dir)
        if not kept:
            self._said.truncate(0)
        self._said.seek(0, os.SEEK_END)
        return kept

    def put(self, path: Path, name: str, told: Told, how: int = ZIP_STORED) -> Part:
        """A file as it is; once this returns, it need not be put again. Raises FileNotFoundError."""
        entry, proof, size = _named(name), sha256(), 0
        entry.compress_type = how
        with path.open("rb") as source, self._archive.open(entry, "w", force_zip64=True) as written:
            while chunk := source.read(_CHUNK):
                proof.update(chunk)
                size += len(chunk)
                written.write(chunk)
                told(len(chunk))
        self._file.flush()
        part = Part(name, size, proof.hexdigest(), entry.CRC, entry.header_offset, self._archive.start_dir)
        if how == ZIP_STORED:
            said = json.dumps(asdict(part))
            self._said.write(f"\n{self._seal(said)} {said}")  # so that a line that was cut short ends where it does
            self._said.flush()
        return part

    def finish(self, name: str, said: str, target: Path) -> None:
        """With this text as its last file it gets the name of the target; until then nothing has that name."""
        self._archive.writestr(name, said, ZIP_DEFLATED)
        self._archive.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._path.replace(target)
        self._list.unlink()

    def close(self) -> None:
        """As it is, to be gone on with."""
        self._archive.fp = None  # it would put its list at the end, and half of a backup would look like one
        self._file.close()
        self._said.close()

    def forget(self) -> None:
        """Nothing of it is there any more."""
        for path in lies_in(self._path):
            path.unlink(missing_ok=True)

    # --- within ----------------------------------------------------------------------------------------------------

    def _lying(self) -> list[Part]:
        """Of what is listed, what nothing else was written in the place of later: the file ended where that begins."""
        parts: list[Part] = []
        for part in self._listed():
            while parts and parts[-1].end > part.offset:
                parts.pop()
            parts.append(part)
        return parts

    def _listed(self) -> Iterator[Part]:
        self._said.seek(0)
        for line in self._said:
            seal, _, said = line.strip().partition(" ")
            if hmac.compare_digest(seal.encode(), self._seal(said).encode()):
                with suppress(ValueError, TypeError):
                    yield Part(**json.loads(said))

    def _holds(self, part: Part) -> bool:
        try:
            with self._archive.open(_entry(part)) as found:
                return file_digest(found, "sha256").hexdigest() == part.sha256  # type: ignore[arg-type]
        except (BadZipFile, EOFError, OSError, ValueError):  # also what the disk does not give back
            return False

    def _seal(self, said: str) -> str:
        return _sealed(said, self._key)


def _sealed(said: str, key: str) -> str:
    return hmac.new(f"unfinished:{key}".encode(), said.encode(), "sha256").hexdigest()


def _named(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.external_attr = 0o600 << 16
    return entry


def _entry(part: Part) -> ZipInfo:
    entry = _named(part.name)
    entry.compress_type, entry.CRC, entry.header_offset = ZIP_STORED, part.crc, part.offset
    entry.file_size = entry.compress_size = part.size
    return entry
