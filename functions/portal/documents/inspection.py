"""Judges what was uploaded by its content alone, and shows its pages as stamped pictures; it never stores anything.

Files come from strangers and the libraries that open them are large, so each is opened in a short-lived child process
of its own that has little time, little memory and none of the portal's secrets (``python -m portal.documents``).
"""

import atexit
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from portal.core.errors import DocumentRefused, NotFound, Unavailable
from portal.documents import passes
from portal.documents.nursery import Nursery, command
from portal.documents.waiting import Places

PDF, JPEG, PNG, WEBP, HEIC = "application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"
MIN_WIDTH, MAX_WIDTH = 16, 2000  # pixels of a page image

_HEADER_WITHIN = 1024  # bytes: where a PDF reader looks for the header (ISO 32000-1, implementation note 13)
_BLANK = b"\xef\xbb\xbf\0\t\n\x0c\r "
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"))
_CHECKING, _SHOWING = 6, 10  # seconds of processor; what was checked within the former can be shown within the latter
_MEGABYTES, _HEAVY_MEGABYTES = 300, 480  # of a child's own, while it checks
_MUCH = 30_000_000  # pixels of a HEIC beyond which it is heavy: no decoder here gives it at less than its full size
_SIZE_IN_HEIC = re.compile(rb"ispe\0{4}(.{4})(.{4})", re.DOTALL)
WALL_SECONDS = 25  # below the 29 s that a gateway in front may wait
_OUT_OF_TIME, _OUT_OF_MEMORY = 24, 6  # SIGXCPU, where there is such a signal; SIGABRT, as libraries end then
_FIRST = ("page", "rebuild", "signatures")  # what somebody looks at, before what is checked for somebody who sends
_AT_ONCE = 2
_BEGINNING = threading.Lock()


@dataclass(frozen=True)
class Limits:
    """What an upload may measure (domain.md 1.3).

    Attributes:
        max_bytes: size of a PDF, and of whatever is kept.
        max_photo: size of a picture as it comes.
        photo_bytes: size of what is kept of pictures (AMS, where it goes next, takes 1 MB a file).
        max_pages: pages of a PDF.
        min_pixels: an image's shorter side; 400 over the 54 mm of a KTP-el is 188 dots an inch, enough to read the NIK.
        max_pixels: width times height of an image as it is decoded; more is refused before that. 48 megapixels of a
            telephone are 8192 × 6144.
    """

    max_bytes: int = 5 * 1024 * 1024
    max_photo: int = 40 * 1024 * 1024
    photo_bytes: int = 1_000_000
    max_pages: int = 20
    min_pixels: int = 400
    max_pixels: int = 51_000_000


@dataclass(frozen=True)
class Inspected:
    """An accepted document.

    Attributes:
        content: what to keep: a PDF's own bytes (a signature in it stays valid), or what ``mending`` made of them; an
            image saved anew, upright, without
            metadata, and no larger than the office after next takes.
        sha256: of ``content``, hexadecimal; ``size`` likewise, in bytes.
        warnings: what may make it hard to read (``quality``).
    """

    content: bytes
    media_type: str
    pages: int
    sha256: str
    size: int
    warnings: tuple[str, ...] = ()


def inspect(data: bytes, limits: Limits) -> Inspected:
    """Accept or refuse an uploaded file.

    Raises:
        DocumentRefused: the code says why; whatever a library makes of a hostile file ends here too.
        Unavailable: ``documents_unavailable``: this machine could not look at the file now; it says nothing about it.
    """
    if not data:
        raise DocumentRefused("document_empty")
    media_type = _media_type(data)
    largest = limits.max_bytes if media_type == PDF else limits.max_photo
    if len(data) > largest:
        raise DocumentRefused("document_too_large", max_mb=f"{largest / 2**20:g}")
    return _inspected(*_ask_child(_checking(data, media_type, limits), data))


def join(photos: Sequence[bytes], limits: Limits) -> Inspected:
    """One PDF of pictures that were accepted and kept, in this order, and as small as they are kept singly.

    Raises:
        DocumentRefused, Unavailable: as for ``inspect``.
    """
    sizes = [len(photo) for photo in photos]
    request = {"task": "join", "media_type": PDF, "sizes": sizes, "limits": asdict(limits)}
    return _inspected(*_ask_child(request, b"".join(photos)))


def signatures(data: bytes) -> list[dict[str, str]]:
    """Who signed an accepted document, and when (``signatures.signatures``); asked of a child like all else.

    Raises:
        DocumentRefused: unsigned, or changed after it was signed; an image is unsigned.
        Unavailable: as for ``inspect``.
    """
    if _media_type(data) != PDF:
        raise DocumentRefused("document_unsigned")
    found: list[dict[str, str]] = _ask_child({"task": "signatures", "media_type": PDF}, data)[0]["signatures"]
    return found


def rebuilt(data: bytes) -> bytes:
    """The pages of an accepted PDF in a file of their own, with nothing else of it (``rebuilding.rebuilt``).

    Raises:
        DocumentRefused, Unavailable: as for ``inspect``.
    """
    return _ask_child({"task": "rebuild", "media_type": PDF}, data)[1]


def page_image(data: bytes, media_type: str, page: int, width: int, stamp: str) -> bytes:
    """One page of an accepted document as a JPEG, with the stamp's text across it.

    Args:
        page: 1 for the first.
        width: pixels, brought within MIN_WIDTH and MAX_WIDTH; the height follows the page.
        stamp: repeated diagonally; an empty one leaves the page clean.

    Raises:
        NotFound: ``page_unknown``.
        DocumentRefused, Unavailable: as for ``inspect``.
    """
    width = max(MIN_WIDTH, min(width, MAX_WIDTH))
    request = {"task": "page", "media_type": media_type, "page": page, "width": width, "stamp": stamp}
    return _ask_child(request, data)[1]


def _inspected(found: dict[str, Any], content: bytes) -> Inspected:
    mark, warnings = sha256(content).hexdigest(), tuple(found.get("warnings", ()))
    return Inspected(content, found["media_type"], found["pages"], mark, len(content), warnings)


def _media_type(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return HEIC
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    # Only blanks may come before a PDF's header: anything else is another kind of file with a PDF inside.
    if data[:_HEADER_WITHIN].lstrip(_BLANK).startswith(b"%PDF-"):
        return PDF
    raise DocumentRefused("document_type_unknown")


def _checking(data: bytes, media_type: str, limits: Limits) -> dict[str, Any]:
    """What a child is asked for that judges a file. A heavy one may take more, and no other is judged beside it."""
    sizes = _SIZE_IN_HEIC.findall(data) if media_type == HEIC else ()
    heavy = any(int.from_bytes(width) * int.from_bytes(height) > _MUCH for width, height in sizes)
    heavy |= media_type == JPEG and passes.heavy(data)
    request = {"task": "inspect", "media_type": media_type, "limits": asdict(limits), "alone": heavy}
    bounds = (_SHOWING, _HEAVY_MEGABYTES) if heavy else (_CHECKING, _MEGABYTES)
    return request | dict(zip(("seconds", "megabytes"), bounds, strict=True))


def _ask_child(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    first, alone = request["task"] in _FIRST, request.get("alone", False)
    asked = {"seconds": _SHOWING, **request}
    try:
        with _children()[0].place(first=first, alone=alone, patience=WALL_SECONDS):
            ended, said = _ask(json.dumps(asked).encode() + b"\n" + data)
    except OSError as error:
        raise Unavailable("documents_unavailable") from error
    if ended in (-_OUT_OF_TIME, -_OUT_OF_MEMORY):
        raise DocumentRefused("document_too_heavy")
    if ended < 0:  # another signal ended it: a library crashed over the file
        raise DocumentRefused("document_damaged")
    if ended > 0:
        raise Unavailable("documents_unavailable")
    head, _, content = said.partition(b"\n")
    answer: dict[str, Any] = json.loads(head)
    if "refused" in answer:
        raise DocumentRefused(answer["refused"], **answer["facts"])
    if "missing" in answer:
        raise NotFound(answer["missing"])
    return answer, content


def _ask(request: bytes) -> tuple[int, bytes]:
    """How a child ended that was handed this, and what it said. Raises OSError."""
    if hasattr(os, "fork"):
        return _children()[1].ask(request)
    command = [sys.executable, "-P", "-m", "portal.documents"]
    try:
        child = subprocess.run(  # noqa: S603
            command, input=request, capture_output=True, timeout=WALL_SECONDS, env=_child_environment(), check=False
        )
    except subprocess.TimeoutExpired as late:
        raise TimeoutError from late
    return child.returncode, child.stdout


def _children() -> tuple[Places, Nursery]:
    """How many at one time, and where they come from."""
    with _BEGINNING:
        return _begun()


@cache
def _begun() -> tuple[Places, Nursery]:
    """The process that forks is started when the first file is to be opened."""
    nursery = Nursery(command("portal.documents"), _child_environment, WALL_SECONDS)
    atexit.register(nursery.close)
    return Places(_AT_ONCE), nursery


def _child_environment() -> dict[str, str]:
    """Where to find the code and, on some systems, Python's own libraries: nothing else, so no key can leak.

    Memory comes in large pages where the system has them: of small ones a picture takes thousands, each with a fault.
    """
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    path = os.pathsep.join(path for path in sys.path if path)
    return {**kept, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "PYTHONPATH": path}
