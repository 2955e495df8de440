"""A document as it is kept, to be looked at by whoever a page has found entitled to: from here, or straight from the
store where an engine has the browser fetch it there."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from flask import Response, abort, redirect, request

from portal.core.draft import Document
from portal.core.errors import DocumentRefused, NotFound
from portal.web.here import here

SEALED: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""Policy for an applicant's own file: shown, but with no power over the portal's pages."""

THUMB: Final = 320
WIDE: Final = 1000
"""Widths of page images, pixels."""

_PDF: Final = "application/pdf"
_ANSWER: Final = 4 * 2**20
"""Bytes of one answer of a function: it may have 6 MB, and has a third more in Base64."""
_EXTENSIONS: Final[Mapping[str, str]] = {_PDF: "pdf", "image/jpeg": "jpg", "image/png": "png"}


def page(document: Document, number: int, width: int, stamp: str = "") -> Response:
    """One of its pages as a picture of that many pixels; 1 for the first.

    Raises:
        NotFound: it has no such page (``page_unknown``).
    """
    if not 1 <= number <= document.pages:
        raise NotFound("page_unknown")
    mark = f"{document.sha256[:32]}-{number}-{width}"
    if mark in request.if_none_match:
        response = Response(status=304)
    else:
        read = partial(here().office.files.read, document.key, document.version)
        images = here().equipment.page_images
        image = images.page(read, document.sha256, document.media_type, number, width, stamp)
        response = Response(image, mimetype="image/jpeg")
    response.set_etag(mark)
    response.headers["Cache-Control"] = "private, no-cache"  # kept, and asked for again: not shown after leaving
    return response


def page_as_asked(document: Document, number: int, stamp: str = "") -> Response:
    """One of its pages, as wide as the address says: ``?lebar=`` 320 or 1000 pixels. Raises as for ``page``."""
    width = request.args.get("lebar", str(WIDE))
    if width not in (str(THUMB), str(WIDE)):
        abort(404)
    return page(document, number, int(width), stamp)


def rebuilt(document: Document, name: str) -> Response:
    """The document to look at for somebody who did not bring it: of a PDF the pages in a file of their own.

    A picture was made by the portal already.

    Raises:
        DocumentRefused: its pages are more than an answer may have (``document_too_large_to_open``).
        NotFound, DocumentRefused, Unavailable: as for ``serve`` and ``inspection.rebuilt``.
    """
    if document.media_type != _PDF:
        return serve(document, name)
    equipment, files = here().equipment, here().office.files
    content = equipment.page_images.in_turn(lambda: equipment.rebuilt(files.read(document.key, document.version)))
    if len(content) > _ANSWER and equipment.original is not None:
        raise DocumentRefused("document_too_large_to_open")
    return _answer(content, document, name, shown=True)


def serve(document: Document, name: str = "", *, shown: bool = True) -> Response:
    """The document to look at, or else to be saved; under ``name``, without its ending, when it is saved.

    Raises:
        NotFound: it is not there any more (``file_unknown``); of one in another store, that says so itself.
    """
    filename = _filename(document, name) if name else ""
    address = here().equipment.original
    if address is not None:
        return redirect(address(document, filename, shown), 303)  # type: ignore[return-value]
    return _answer(here().office.files.read(document.key, document.version), document, name, shown)


def _answer(content: bytes, document: Document, name: str, shown: bool) -> Response:
    response = Response(content, mimetype=document.media_type)
    response.headers["Content-Security-Policy"] = SEALED
    kind, named = "inline" if shown else "attachment", f'; filename="{_filename(document, name)}"' if name else ""
    response.headers["Content-Disposition"] = kind + named
    return response


def _filename(document: Document, name: str) -> str:
    return f"{name}.{_EXTENSIONS[document.media_type]}"
