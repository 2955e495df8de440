"""A document as it is kept, to be looked at by whoever a page has found entitled to: from here, or straight from the
store where an engine has the browser fetch it there."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from flask import Response, redirect, request

from portal.core.draft import Document
from portal.core.errors import NotFound
from portal.web.here import here

SEALED: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""Policy for an applicant's own file: shown, but with no power over the portal's pages."""

_EXTENSIONS: Final[Mapping[str, str]] = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


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
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def serve(document: Document, name: str = "") -> Response:
    """The document to look at; under ``name``, without its ending, when it is saved.

    Raises:
        NotFound: it is not there any more (``file_unknown``); of one in another store, that says so itself.
    """
    filename = f"{name}.{_EXTENSIONS[document.media_type]}" if name else ""
    address = here().equipment.original
    if address is not None:
        return redirect(address(document, filename), 303)  # type: ignore[return-value]
    content = here().office.files.read(document.key, document.version)
    response = Response(content, mimetype=document.media_type)
    response.headers["Content-Security-Policy"] = SEALED
    if filename:
        response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
