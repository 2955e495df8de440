"""A document as it was brought, for whoever may see it: from here, or straight from the store where an engine has the
browser fetch it there."""

from typing import Final

from flask import Response, redirect

from portal.application import Document
from portal.web import rooms

SEALED: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""Policy for an applicant's own file: shown, but with no power over the portal's pages."""


def original(kept: Document, name: str = "") -> Response:
    """
    Args:
        name: what it is called when it is saved.
    """
    address = rooms().extra.get("original")
    if address is not None:
        return redirect(address(kept), 303)  # type: ignore[return-value]
    response = Response(rooms().portal.files.read(kept.key, kept.version), mimetype=kept.media_type)
    response.headers["Content-Security-Policy"] = SEALED
    if name:
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
