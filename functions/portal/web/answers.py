"""What every answer gets on its way out: headers, policy, and fewer bytes."""

import gzip
from typing import Final
from urllib.parse import urlsplit

from flask import Response, g, request

from portal import edge
from portal.core import errors, ticket
from portal.web.here import here

RETRY_AFTER: Final = 60
"""Seconds after which to try again what a store could not take."""

WORTH_PRESSING: Final = 800
"""Bytes of text below which one packet holds it anyway."""


def allow_store(address: str) -> None:
    """The present page may post files there, which need not be the portal's own host."""
    parts = urlsplit(address)
    if parts.netloc:
        g.store = f"{parts.scheme}://{parts.netloc}"


def protect(response: Response) -> Response:
    for name, value in {**edge.headers(here().address), **_discretion(response)}.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", edge.policy(g.get("store", "")))
    if request.endpoint == "static" and response.status_code < 400:
        response.headers["Cache-Control"] = edge.KEPT
    response.headers.setdefault("Cache-Control", "no-store")
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", str(RETRY_AFTER))
    return _pressed(response)


def _discretion(response: Response) -> dict[str, str]:
    """What a link's secret in the address asks for: that no other address hears of it.

    A page still says which site it is of, as older browsers would keep that to themselves in its forms as well, which
    then were taken for another site's.
    """
    if not _is_secret((request.view_args or {}).get("token", "")):
        return {}
    return {"Referrer-Policy": "no-referrer" if 300 <= response.status_code < 400 else "strict-origin"}


def _is_secret(named: str) -> bool:
    """Is it more than the ticket under which a page goes on once a link was opened?"""
    try:
        return bool(named) and not ticket.parse(named)
    except errors.NotFound:
        return True


def _pressed(response: Response) -> Response:
    """The same answer in fewer bytes, for whoever understands them; CloudFront does not press what it may not keep.

    A secret can be guessed from lengths only beside words that the guesser chooses; no page that a cookie opens repeats
    what its address says, and no stranger can post to it.
    """
    response.vary.add("Accept-Encoding")
    kind = response.mimetype or ""
    text = kind.startswith("text/") or kind in ("application/json", "image/svg+xml")
    wanted = request.accept_encodings.quality("gzip") > 0 and "Content-Encoding" not in response.headers
    if text and wanted and response.status_code not in (204, 206, 304):
        response.direct_passthrough = False
        content = response.get_data()
        if len(content) > WORTH_PRESSING:
            response.set_data(gzip.compress(content, 6, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
            response.headers.pop("ETag", None)
    return response
