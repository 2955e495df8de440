"""The child's end of ``inspection``: judges or draws one file, under bounds of its own, and ends.

One line of JSON and the file come in; one line of JSON and what to keep of the file, or its picture, go out.
"""

import json
import os
import socket
import sys
from importlib import import_module
from typing import IO, Any

from portal.core.errors import DocumentRefused, NotFound
from portal.documents.inspection import HEIC, PDF, WALL_SECONDS, Limits
from portal.documents.nursery import bear
from portal.documents.rebuilding import rebuilt
from portal.documents.signatures import signatures

_MEMORY = 1024 * 1024 * 1024  # bytes of address space
_SHEETS = 270 * 1024 * 1024  # bytes of its own while a PDF is checked
_YIELDS = 5  # steps by which whoever answers a page goes before whoever looks at a file, where both want a processor
_LIBRARIES = {  # by task and what it is about: what each child has to load, and no more
    ("inspect", PDF): ("pikepdf", "pypdfium2", "PIL.Image"),
    ("inspect", HEIC): ("PIL.Image", "pi_heif"),
    ("inspect", ""): ("PIL.Image",),
    ("join", PDF): ("pikepdf", "PIL.Image"),
    ("rebuild", PDF): ("pikepdf", "pypdfium2"),
    ("signatures", PDF): ("pyhanko.pdf_utils.reader", "pyhanko.sign.validation.generic_cms"),
    ("page", PDF): ("pypdfium2", "PIL.Image"),
    ("page", ""): ("PIL.Image",),
}

_ALWAYS = (  # by the time that a child is born; what few files need, and what is large, each loads for itself
    *("PIL.ImageChops", "PIL.ImageDraw", "PIL.ImageFilter", "PIL.ImageFont", "PIL.ImageOps"),
    *("portal.documents.cards", "portal.documents.mending", "portal.documents.pdf", "portal.documents.pictures"),
    *("portal.documents.quality", "portal.documents.straightening"),
)


def answer(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Carry out one request; whatever a library throws over the file means that the file is damaged."""
    try:
        if request["task"] == "inspect":
            return judge(data, request["media_type"], Limits(**request["limits"]))
        if request["task"] == "join":
            return join(data, request["sizes"], Limits(**request["limits"]))
        if request["task"] == "signatures":
            return {"signatures": signatures(data)}, b""
        if request["task"] == "rebuild":
            return {}, rebuilt(data)
        return {}, _picture(data, request)
    except DocumentRefused as refusal:
        return {"refused": refusal.code, "facts": refusal.facts}, b""
    except NotFound as error:
        return {"missing": error.code}, b""
    except MemoryError:
        return {"refused": "document_too_heavy", "facts": {}}, b""
    except Exception:
        return {"refused": "document_damaged", "facts": {}}, b""


def judge(data: bytes, media_type: str, limits: Limits) -> tuple[dict[str, Any], bytes]:
    from portal.documents import cards, mending, pdf, pictures, quality, straightening

    if media_type == PDF:
        content = mending.mended(data)
        return {"media_type": PDF, "pages": pdf.check(content, max_pages=limits.max_pages)}, content
    image = pictures.opened(
        data, media_type, min_pixels=limits.min_pixels, max_pixels=limits.max_pixels, side=pictures.SIDE
    )
    grey = image.convert("L")
    corners = straightening.sheet(grey)
    found = [*quality.warnings(grey), *([cards.CARD] if cards.is_card(image, corners) else ())]
    image = straightening.straightened(image, corners, limits.min_pixels)
    content, kept_as = pictures.saved_anew(image, media_type, len(data), max_bytes=limits.photo_bytes)
    return {"media_type": kept_as, "pages": 1, "warnings": found}, content


def join(data: bytes, sizes: list[int], limits: Limits) -> tuple[dict[str, Any], bytes]:
    """``data``: pictures one behind the other, of these sizes in bytes."""
    from portal.documents.joining import joined

    photos = []
    for size in sizes:
        photos.append(data[:size])
        data = data[size:]
    content = joined(photos, max_bytes=limits.photo_bytes)
    if len(content) > limits.max_bytes:
        raise DocumentRefused("document_too_large", max_mb=f"{limits.max_bytes / 2**20:g}")
    return {"media_type": PDF, "pages": len(photos)}, content


def _picture(data: bytes, request: dict[str, Any]) -> bytes:
    from portal.documents import pdf, pictures

    if request["media_type"] == PDF:
        image = pdf.page(data, request["page"], request["width"])
    elif request["page"] == 1:
        image = pictures.opened(data, request["media_type"], width=request["width"])
    else:
        raise NotFound("page_unknown")
    return pictures.stamped(image, request["width"], request["stamp"])


def _limit_child(seconds: int, memory: int) -> None:
    """``memory``: bytes of its own, besides what it shares with its libraries."""
    try:
        import resource
    except ImportError:  # not a Unix: the clock on the wall is the only bound
        return
    os.nice(_YIELDS)
    bounds = (resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)
    for bound, value in bounds:
        resource.setrlimit(bound, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # first a signal of its own, which tells why


def _child() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak in our place
    _work(sys.stdin.buffer, answers)


def _born(child: socket.socket) -> None:
    with child.makefile("rb") as request, child.makefile("wb") as answers:
        _work(request, answers)


def _work(request_in: IO[bytes], answers: IO[bytes]) -> None:
    request, data = json.loads(request_in.readline()), request_in.read()
    task, about = request["task"], request["media_type"]
    for library in _LIBRARIES.get((task, about)) or _LIBRARIES[task, ""]:
        import_module(library)  # a missing library must end the child here, not be blamed on the file later
    allowed = request["megabytes"] * 1024 * 1024 if "megabytes" in request else _MEMORY
    _limit_child(request["seconds"], _SHEETS if (task, about) == ("inspect", PDF) else allowed)
    found, content = answer(request, data)
    answers.write(json.dumps(found).encode() + b"\n" + content)
    answers.flush()
    os._exit(0)  # a library that stumbles over the file while tidying up must not undo the answer


def _nursery() -> None:
    for library in (*_LIBRARIES["inspect", PDF], *_ALWAYS):
        import_module(library)
    import_module("PIL.Image").preinit()  # its readers of JPEG, PNG and a few more
    bear(socket.socket(fileno=0), _born, WALL_SECONDS)


if __name__ == "__main__":
    _nursery() if "--nursery" in sys.argv else _child()
