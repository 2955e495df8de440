"""The files in a folder: what ``ports.Files`` promises, and the receiving end of the signed upload form.

Never looks into a file and never changes one: content under a key is added as a new version beside the older ones.
"""

import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from portal.core.draft import Document
from portal.core.errors import DocumentRefused, LinkExpired, LinkForged, NotFound, Unavailable
from portal.engines.ports import Stored, UploadForm
from portal.links import Links

# A segment never begins with a dot (files being written do) and holds no "@" (it parts the key from the version).
_SEGMENT: Final = r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}"
_KEY: Final = re.compile(rf"{_SEGMENT}(/{_SEGMENT})*")
_VERSION: Final = re.compile(r"(\d{6,})\.[A-Za-z0-9_-]+")

_LONGEST: Final = 1024  # as on S3

MOST_FILES: Final = 300
MOST_BYTES: Final = 256 * 1024**2
"""Of one draft or case: all its documents as photos twice over, and what is just being looked at."""

_CHUNK: Final = 64 * 1024

# What is said where a file can have no second name: by file systems that know no links, by some over a network or in a
# program, between two mounts, or once it has as many names as it can have.
_NO_LINK: Final = frozenset({errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK})


class FolderFiles:
    """``ports.Files`` in a folder: ``drafts/a1/ktp`` lies in ``drafts/a1/ktp@000001.<random>``, a later one in 000002.

    Args:
        root: the folder; made when something is written.
        links: signs the upload forms and reads them back.
        version_maker: a short random text of letters, digits, "-" and "_", such as ``secrets.token_hex(8)``: keeps two
            simultaneous writers, and two lives of one key, apart.
        receive_url: where the portal takes uploads in, by ``receive``.
        must_have_room: raises Unavailable where no more uploads are to be taken in.
    """

    def __init__(
        self,
        root: Path,
        links: Links,
        version_maker: Callable[[], str],
        receive_url: str = "/unggah",
        must_have_room: Callable[[], None] = lambda: None,
    ) -> None:
        self._root = root
        self._links = links
        self._version_maker = version_maker
        self._receive_url = receive_url
        self._must_have_room = must_have_room

    # --- uploads -------------------------------------------------------------------------------------------------

    def upload_form(self, key: str, max_bytes: int, expires: datetime, redirect: str) -> UploadForm:
        """Fields ``key`` and ``policy``; the file itself is posted after them, in a field named ``file`` (as on S3)."""
        self._place(key)
        policy = self._links.sign("upload", {"key": key, "max": max_bytes, "redirect": redirect}, expires)
        return UploadForm(self._receive_url, {"key": key, "policy": policy})

    def receive(self, fields: Mapping[str, str], stream: BinaryIO, now: datetime) -> tuple[Stored, str]:
        """Keep an upload in the place of what came by the same form before, and say where the browser goes next.

        Args:
            fields: the form's hidden fields as they came back.
            stream: the file; read no further than one byte past the limit.

        Raises:
            LinkForged: not our form, or not for this key (``upload_form_forged``).
            LinkExpired: our form, but too old (``upload_form_expired``).
            DocumentRefused: ``document_too_large``, ``document_empty``; nothing of it is kept.
                ``draft_full``: what lies beside it is more than one application can need.
            Unavailable: ``store_unavailable``, ``store_full``; nothing of it is kept.
        """
        policy = self._policy(fields, now)
        self._must_have_room()
        self._must_fit(policy["key"])
        stored = self._keep(policy["key"], _limited(stream, policy["max"]))
        self._forget_others(stored)
        return stored, str(policy["redirect"])

    # --- files ---------------------------------------------------------------------------------------------------

    def stat(self, key: str) -> Stored:
        place = self._place(key)
        with _translated():
            versions = self._versions(place)
            if not versions:
                raise NotFound("file_unknown")
            newest = max(versions, key=_number)
            with _missing_is_unknown():
                return Stored(key, newest, _file(place, newest).stat().st_size)

    def read(self, key: str, version: str) -> bytes:
        place = self._place(key)
        if not _VERSION.fullmatch(version):
            raise NotFound("file_unknown")
        with _translated(), _missing_is_unknown():
            return _file(place, version).read_bytes()

    def write(self, key: str, content: bytes, media_type: str) -> Stored:
        """Durable when it returns. A folder keeps no media type; the portal has it in the document's description."""
        return self._keep(key, [content])

    def copy(self, key: str, version: str, target: str) -> str:
        """The same bytes under both keys until either is deleted: no file is ever written to again."""
        place = self._place(key)
        with _translated():
            if not (_VERSION.fullmatch(version) and _file(place, version).is_file()):
                raise NotFound("file_unknown")
        source = _file(place, version)
        return self._put(target, lambda path: _linked(source, path)).version

    def delete(self, prefix: str) -> None:
        place = self._place(prefix.removesuffix("/"))
        with _translated():
            if not prefix.endswith("/"):
                for version in self._versions(place):
                    _file(place, version).unlink(missing_ok=True)
            _remove(place)
            if place.parent.is_dir():
                synced(place.parent)

    def must_be_judged(self, document: Document) -> None:
        """The scanner has looked at all before it was kept."""

    def is_leaving(self, prefix: str) -> bool:
        return False

    def every(self) -> Iterator[Stored]:
        """As ``moving.MovableFiles``."""
        with _translated():
            for folder, folders, names in os.walk(self._root):
                folders.sort()
                found = (name.rpartition("@") for name in names if not name.startswith("."))
                mine = [(name, version) for name, _, version in found if name and _VERSION.fullmatch(version)]
                for name, version in sorted(mine, key=lambda each: (each[0], _number(each[1]))):
                    place = Path(folder, name)
                    size = _file(place, version).stat().st_size
                    yield Stored(place.relative_to(self._root).as_posix(), version, size)

    def forget_everything(self) -> None:
        with _translated():
            _remove(self._root)

    # --- within --------------------------------------------------------------------------------------------------

    def _must_fit(self, key: str) -> None:
        with _translated():
            sizes = list(_sizes(self._root.joinpath(*key.split("/")[:2])))
        if len(sizes) >= MOST_FILES or sum(sizes) >= MOST_BYTES:
            raise DocumentRefused("draft_full")

    def _forget_others(self, stored: Stored) -> None:
        """One form is for one file, however often it is sent; the one before may just be looked at."""
        place = self._place(stored.key)
        with _translated():
            for version in self._versions(place):
                if _number(version) < _number(stored.version) - 1:
                    _file(place, version).unlink(missing_ok=True)

    def _policy(self, fields: Mapping[str, str], now: datetime) -> dict[str, Any]:
        try:
            policy = self._links.read("upload", fields.get("policy", ""), now)
        except LinkForged as problem:
            raise LinkForged("upload_form_forged") from problem
        except LinkExpired as problem:
            raise LinkExpired("upload_form_expired", **problem.facts) from problem
        if policy["key"] != fields.get("key"):
            raise LinkForged("upload_form_forged")
        return policy

    def _place(self, key: str) -> Path:
        """Where the key's versions lie: always strictly below the root, as no segment begins with a dot."""
        if len(key) > _LONGEST or not _KEY.fullmatch(key):
            raise NotFound("file_unknown")
        return self._root / key

    def _versions(self, place: Path) -> list[str]:
        try:
            names = os.listdir(place.parent)
        except (FileNotFoundError, NotADirectoryError):
            return []
        mine = (name.removeprefix(f"{place.name}@") for name in names if name.startswith(f"{place.name}@"))
        return [version for version in mine if _VERSION.fullmatch(version)]

    def _keep(self, key: str, chunks: Iterable[bytes]) -> Stored:
        return self._put(key, lambda path: _write(path, chunks))

    def _put(self, key: str, put: Callable[[Path], int]) -> Stored:
        """Args: ``put``: lays the content down at a path, and returns its bytes."""
        place = self._place(key)
        with _translated():
            folder = _make(place.parent)
            number = 1 + max(map(_number, self._versions(place)), default=0)
            version = f"{number:06d}.{self._version_maker()}"
            unfinished = folder / f".{place.name}@{version}"
            try:
                size = put(unfinished)
                os.rename(unfinished, _file(place, version))
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
            synced(folder)
        return Stored(key, version, size)


def _sizes(folder: Path) -> Iterator[int]:
    """Bytes of each file below it; one that somebody removes at this moment counts for nothing."""
    for path, _folders, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                yield Path(path, name).stat().st_size


def _limited(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    left = limit + 1
    while left and (chunk := stream.read(min(_CHUNK, left))):
        left -= len(chunk)
        yield chunk
    if not left:
        raise DocumentRefused("document_too_large", max_mb=f"{limit / 2**20:g}")
    if left == limit + 1:
        raise DocumentRefused("document_empty")


def _file(place: Path, version: str) -> Path:
    return place.with_name(f"{place.name}@{version}")


def _number(version: str) -> int:
    return int(version.partition(".")[0])


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    """The number of bytes, which are on the disk when this returns."""
    # Personal documents: for the owner's eyes only.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        size = sum(file.write(chunk) for chunk in chunks)
        file.flush()
        os.fsync(descriptor)
    return size


def _linked(source: Path, path: Path) -> int:
    """The number of bytes; where a file can have no second name, they are copied."""
    with _missing_is_unknown():
        try:
            os.link(source, path)
        except OSError as problem:
            if problem.errno not in _NO_LINK:  # trouble for a copy too
                raise
            return _write(path, [source.read_bytes()])
        return path.stat().st_size


def _make(folder: Path) -> Path:
    """The folder, with those above it; a new one is as durable as what will lie in it."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        synced(folder.parent)
    return folder


def synced(folder: Path) -> None:
    """Make what was added to, renamed in or removed from a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    """The folder and all below it; what somebody else removes at this moment is as good as removed."""
    for path, _folders, names in os.walk(folder, topdown=False):
        for name in names:
            Path(path, name).unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            os.rmdir(path)


@contextmanager
def _missing_is_unknown() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as problem:
        raise NotFound("file_unknown") from problem


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise Unavailable("store_unavailable") from problem
