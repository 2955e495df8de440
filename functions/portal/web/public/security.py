"""Where somebody who has found a hole in the portal may tell of it (RFC 9116)."""

from datetime import timedelta
from typing import Final

from flask import Blueprint, Response

from portal.web.here import here, now

pages = Blueprint("security", __name__)

GOOD_FOR: Final = timedelta(days=180)
"""How long a copy of it may be believed."""


@pages.get("/.well-known/security.txt")
def contact() -> Response:
    address = here().office.services.office["email"]
    expires = (now() + GOOD_FOR).strftime("%Y-%m-%dT00:00:00Z")
    said = f"Contact: mailto:{address}\nExpires: {expires}\nPreferred-Languages: id, en\n"
    return Response(f"{said}Canonical: {here().address}/.well-known/security.txt\n", mimetype="text/plain")
