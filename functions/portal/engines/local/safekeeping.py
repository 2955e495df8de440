"""Backups: what a data folder holds in one ZIP, and back into a fresh place.

A ZIP holds the whole database and the documents that no earlier one beside it holds; ``isi.json`` says of every
document where it lies and what it has to be, under a seal by the key of the portal that made it. The keys themselves
are not in it: whoever finds a backup is not to be able to act in anybody's name. Documents never change once they are
kept, so that one which an earlier backup names is not read again.
"""

import hmac
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from errno import EDQUOT, ENOSPC
from hashlib import file_digest
from pathlib import Path
from typing import IO, Final

from portal.core.errors import NotRestored, Unavailable
from portal.engines.local.condition import DATABASE, DOCUMENTS, examine_database
from portal.engines.local.database import private
from portal.engines.local.unfinished import Part, Told, Unfinished, lies_in, lying

CONTENTS: Final = "isi.json"
FORMAT: Final = 1
_CHUNK: Final = 1024**2


@dataclass(frozen=True)
class Item:
    """A file in a backup: how many bytes, what they are, and in which ZIP beside this one they lie."""

    size: int
    sha256: str
    archive: str


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself.

    Attributes:
        made: when, as ISO text.
        founder: the service that the records began with.
        documents: by name below the folder of documents.
    """

    made: str
    founder: str
    database: Item
    documents: Mapping[str, Item]


def documents(data: Path) -> Iterator[str]:
    """Names of all that lie there whole, in order."""
    root = data / DOCUMENTS
    for folder, _, names in sorted(os.walk(root)):
        yield from (Path(folder, name).relative_to(root).as_posix() for name in sorted(names) if name[0] != ".")


def back_up(
    data: Path,
    copy: Callable[[Path], None],
    target: Path,
    *,
    made: datetime,
    founder: str,
    keys: Sequence[str],
    earlier: Contents | None,
    told: Told,
    resumed: Callable[[int], object],
) -> Contents:
    """Write a backup under its name once it is whole; until then nothing has that name.

    Cut short, the next one in the same folder goes on with the documents that it has written.

    Args:
        copy: makes a consistent copy of the database in a file, while the portal works.
        earlier: a backup in the same folder, whose documents are not written again.
        resumed: hears how many documents one that was cut short has written.

    Raises:
        Unavailable: ``store_damaged``: a damaged database is in nobody's place a backup; ``store_unavailable``.
    """
    unfinished = lying(target.parent, keys[-1])
    copied, *_ = copies = _copies(unfinished)
    try:
        _forget(copies)  # a half one of a backup that was cut short
        for before in {lying(target.parent, key) for key in keys} - {unfinished}:  # before there was the newest key
            _forget([*_copies(before), *lies_in(before)])
        copy(copied)  # before the documents, as files are written before the case that names them
        examine_database(copied)
        archive = Unfinished(unfinished, keys[-1])
        try:
            done = archive.resume({f"{DOCUMENTS}/{name}" for name in documents(data)}, told)
            if done:
                resumed(len(done))
            known = earlier.documents if earlier else {}
            kept = dict(_documents(archive, data, done, known, target.name, told))
            database = _item(archive.put(copied, DATABASE, told, zipfile.ZIP_DEFLATED), target.name)
            contents = Contents(made.isoformat(timespec="seconds"), founder, database, kept)
            said = {"format": FORMAT, **asdict(contents), "seal": _seal(contents, keys[-1])}
            archive.finish(CONTENTS, json.dumps(said), target)
        except OSError as problem:
            if problem.errno in (ENOSPC, EDQUOT):
                archive.forget()  # the portal itself may need the room
            raise
        finally:
            archive.close()
    except OSError as problem:
        raise Unavailable("store_unavailable") from problem
    finally:
        _forget(copies)
    return contents


def contents_of(backup: Path, keys: Sequence[str] | None) -> Contents:
    """What a backup says it holds.

    Args:
        keys: one of them has to have sealed it; None: nobody has the keys any more, and it is taken at its word.

    Raises:
        NotRestored: ``backup_unreadable``; ``backup_foreign``: by another portal's keys, or changed.
    """
    with _readable(backup), zipfile.ZipFile(backup) as archive:
        said = json.loads(archive.read(CONTENTS))
        seal = said.pop("seal")
        if said.pop("format") != FORMAT:
            raise NotRestored("backup_unreadable", value=str(backup))
        named = {name: Item(**item) for name, item in said.pop("documents").items()}
        contents = Contents(database=Item(**said.pop("database")), documents=named, **said)
    if keys is not None and not any(hmac.compare_digest(seal, _seal(contents, key)) for key in keys):
        raise NotRestored("backup_foreign", value=str(backup))
    return contents


def unpack(backup: Path, contents: Contents, fresh: Path, told: Told) -> None:
    """Everything into a fresh place, each file proven; what lies there whole from a try that was cut short stays.

    Raises:
        NotRestored: ``backup_missing`` (a ZIP beside it that holds earlier documents), ``backup_unreadable``,
            ``backup_incomplete`` (``name`` of the file that is not in it or not what it was), ``backup_no_room``.
    """
    if any(".." in Path(name).parts or Path(name).is_absolute() for name in contents.documents):
        raise NotRestored("backup_unreadable", value=str(backup))
    wanted = {DATABASE: contents.database, **{f"{DOCUMENTS}/{name}": it for name, it in contents.documents.items()}}
    (fresh / DOCUMENTS).mkdir(mode=0o700, exist_ok=True)
    for name in [name for name in documents(fresh) if name not in contents.documents]:
        (fresh / DOCUMENTS / name).unlink()
    open_zips: dict[str, zipfile.ZipFile] = {}
    try:
        for name, item in wanted.items():
            target = fresh / name
            if not (target.is_file() and _is(target, item)):
                _room_for(item, fresh)
                with _readable(backup):
                    source = _zip(backup.with_name(item.archive), open_zips)
                    _take(source, name, item, target)
            told(item.size)
    finally:
        for each in open_zips.values():
            each.close()


def _documents(
    archive: Unfinished, data: Path, done: Mapping[str, Part], known: Mapping[str, Item], here: str, told: Told
) -> Iterator[tuple[str, Item]]:
    for name in documents(data):
        path, entry = data / DOCUMENTS / name, f"{DOCUMENTS}/{name}"
        try:
            size = path.stat().st_size
            if entry in done:
                yield name, _item(done[entry], here)
            elif name in known and known[name].size == size:
                told(size)
                yield name, known[name]
            else:
                yield name, _item(archive.put(path, entry, told), here)
        except FileNotFoundError:
            continue  # deleted a moment ago


def _item(part: Part, here: str) -> Item:
    return Item(part.size, part.sha256, here)


def _copies(unfinished: Path) -> Sequence[Path]:
    """Of the database, with what SQLite may lay beside it."""
    copied = unfinished.with_suffix(".sqlite")
    return [copied, *(copied.with_name(f"{copied.name}-{end}") for end in ("wal", "shm", "journal"))]


def _forget(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _zip(path: Path, opened: dict[str, zipfile.ZipFile]) -> zipfile.ZipFile:
    if path.name not in opened:
        if not path.is_file():
            raise NotRestored("backup_missing", value=str(path))
        opened[path.name] = zipfile.ZipFile(path)
    return opened[path.name]


def _take(source: zipfile.ZipFile, name: str, item: Item, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        found: IO[bytes] = source.open(name)
    except KeyError as problem:
        raise NotRestored("backup_incomplete", name=name, value=str(source.filename)) from problem
    with found, private(target).open("wb") as written:
        while chunk := found.read(_CHUNK):
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
    if not _is(target, item):
        raise NotRestored("backup_incomplete", name=name, value=str(source.filename))


def _is(path: Path, item: Item) -> bool:
    if path.stat().st_size != item.size:
        return False
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest() == item.sha256


def _room_for(item: Item, fresh: Path) -> None:
    disk = os.statvfs(fresh)
    if disk.f_bavail * disk.f_frsize < 2 * item.size:
        raise NotRestored("backup_no_room", value=str(fresh))


def _seal(contents: Contents, key: str) -> str:
    said = json.dumps(asdict(contents), sort_keys=True, separators=(",", ":"))
    return hmac.new(f"backup:{key}".encode(), said.encode(), "sha256").hexdigest()


@contextmanager
def _readable(backup: Path) -> Iterator[None]:
    """What a file that is no backup, or half of one, makes the libraries raise."""
    try:
        yield
    except (zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError, OSError, NotImplementedError) as problem:
        raise NotRestored("backup_unreadable", value=str(backup)) from problem
