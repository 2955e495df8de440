"""The receiving end of the upload forms on one machine: takes a posted file in and sends the browser on.

Never looks into a file: whether it is acceptable is said once the browser reports that it has arrived.
"""

from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Event, Field, File, MultipartDecoder, NeedData

from portal.core.errors import DocumentRefused, LinkExpired, LinkForged, PortalError
from portal.web.access import site_of
from portal.web.allowed import has_sent, must_be_allowed_to_send
from portal.web.here import here, now
from portal.web.refusals import explain

pages = Blueprint("uploads", __name__)

_CHUNK: Final = 64 * 1024
_FIELDS: Final = 128 * 1024  # bytes of all fields before the file, and of what may be undecided in between
_PARTS: Final = 20
_HOMES: Final = ("/ajukan/", "/permohonan/", "/telaah/", "/usulan/")  # below these are the pages with upload forms


@pages.post("/unggah")
def receive() -> Any:
    """Answers 303 to the address in the signed form; to a script 204, as a store does."""
    receiver = here().equipment.receiver
    if receiver is None:
        abort(404)
    try:
        must_be_allowed_to_send()
        stored, onward = receiver.receive(*_posted(), now())
        has_sent(stored)
    except (DocumentRefused, LinkForged, LinkExpired) as refusal:
        return _refused(refusal)
    if "X-Requested-With" in request.headers:
        return "", 204
    return redirect(onward, 303)


def _posted() -> tuple[dict[str, str], BinaryIO]:
    """The fields before the file, and the file, which is read only as it is asked for."""
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise BadRequest
    try:
        events = _events(request.stream, boundary.encode())
        return _fields(events), BufferedReader(_FileStream(events))
    except RequestEntityTooLarge as problem:
        raise DocumentRefused("document_too_large", max_mb=here().bringing.max_upload // 1024**2) from problem


def _events(stream: Any, boundary: bytes) -> Iterator[Event]:
    """The parts of a multipart body as they come in. Raises BadRequest where it breaks off or makes no sense."""
    decoder = MultipartDecoder(boundary, max_form_memory_size=_FIELDS, max_parts=_PARTS)
    try:
        while not decoder.complete:
            decoder.receive_data(stream.read(_CHUNK) or None)
            while not isinstance(event := decoder.next_event(), NeedData):
                yield event
    except ValueError as problem:
        raise BadRequest from problem


def _fields(events: Iterator[Event]) -> dict[str, str]:
    """Everything up to the file. Raises BadRequest for a body without a file."""
    fields: dict[str, bytearray] = {}
    name = ""
    for event in events:
        if isinstance(event, File):
            return {name: content.decode(errors="replace") for name, content in fields.items()}
        if isinstance(event, Field):
            name = str(event.name)
            fields[name] = bytearray()
        elif isinstance(event, Data):
            fields[name] += event.data
            if sum(map(len, fields.values())) > _FIELDS:
                raise RequestEntityTooLarge
    raise BadRequest


class _FileStream(RawIOBase):
    """The content of the part at which the events stand."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._pieces = _pieces(events)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _pieces(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        if isinstance(event, Data):
            yield event.data
            if not event.more_data:
                return


def _refused(refusal: PortalError) -> tuple[str, int]:
    """The draft is as it was; the page leads back to it."""
    status = {LinkForged: 403, LinkExpired: 410}.get(
        type(refusal), 413 if refusal.code == "document_too_large" else 422
    )
    page = explain(refusal.code, refusal.facts)
    return render_template("apply/upload_refused.html", back=_came_from(), **page), status


def _came_from() -> str:
    """The portal's own page that posted here; empty if the browser does not say."""
    referrer = request.referrer or ""
    path = urlsplit(referrer).path if site_of(referrer) == request.host else ""
    return path if path.startswith(_HOMES) else ""
