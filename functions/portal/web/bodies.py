"""How many bytes may be posted to an address: the pages hold to it, and what serves them keeps no more of a request."""

from collections.abc import Callable, Mapping
from typing import Final

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

SMALL: Final = 256 * 1024
"""A form without a file."""

LIST: Final = 2 * 1024**2
"""A list or table, and the page that carries it along."""

UPLOAD: Final = 64 * 1024**2
"""A whole upload; far above any document's limit, so that a telephone's video meets a sentence instead of a broken
connection. Of a file no more is read than its form permits."""

LARGER: Final[Mapping[str | None, int]] = {
    "uploads.receive": UPLOAD,
    "batch_list.judge": LIST,
    "batch_list.add": LIST,
    "register_import.judge": LIST,
    "register_import.take_in": LIST,
}
"""By endpoint."""


def limit_body() -> None:
    """Before each request."""
    if request.endpoint in LARGER:
        request.max_content_length = LARGER[request.endpoint]
        request.max_form_memory_size = min(LIST, LARGER[request.endpoint])


def room_for(app: Flask) -> Callable[[str, str], int]:
    """Bytes that a request with this method, to this path, may bring."""
    addresses = app.url_map.bind("")

    def room(method: str, path: str) -> int:
        if method != "POST":
            return SMALL
        try:
            endpoint, _ = addresses.match(path, method)
        except (HTTPException, RequestRedirect):
            return SMALL
        return LARGER.get(endpoint, SMALL)

    return room
