"""Asks ClamAV's daemon about what came in, before anybody opens it (``clamd``, its INSTREAM command)."""

import socket
import struct
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Final

from portal.core.errors import DocumentRefused, Unavailable

PATIENCE: Final = 20.0
"""Seconds for the daemon to answer; a document of some megabytes takes it less than one."""

PING_PATIENCE: Final = 2.0
"""Seconds for it to say that it is there."""

ASKED_EVERY: Final = timedelta(seconds=30)
"""How often whether it answers is asked anew."""

_CHUNK: Final = 64 * 1024
_LONGEST: Final = 4096  # bytes of an answer


class Clamd:
    """Args: ``address``: path of the daemon's socket, or ``host:port``; ``patience``: seconds."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        self._address, self._patience = address, patience
        self._asked: tuple[datetime, bool] | None = None

    def must_be_clean(self, content: bytes) -> None:
        """Has the daemon look at it.

        Raises:
            DocumentRefused: it knows something harmful in it (``document_infected``).
            Unavailable: it does not answer, or could not look (``scanner_unavailable``).
        """
        parts = (content[start : start + _CHUNK] for start in range(0, len(content), _CHUNK))
        sent = b"".join(struct.pack("!L", len(part)) + part for part in parts)
        said = self._said(b"zINSTREAM\0" + sent + struct.pack("!L", 0), self._patience)
        if said.endswith(b" FOUND"):
            raise DocumentRefused("document_infected")
        if said != b"stream: OK":
            raise Unavailable("scanner_unavailable")

    def answers(self, now: datetime) -> bool:
        """Does it, now or a moment ago? While one is asking, all others hear what was so before."""
        at, answered = self._asked or (None, False)
        if at is None or not timedelta() <= now - at < ASKED_EVERY:
            self._asked = now, answered
            try:
                answered = self._said(b"zPING\0", min(self._patience, PING_PATIENCE)) == b"PONG"
            except Unavailable:
                answered = False
            self._asked = now, answered
        return answered

    def _said(self, request: bytes, patience: float) -> bytes:
        try:
            with closing(self._connected(patience)) as connection:
                with suppress(BrokenPipeError):  # it has heard enough, and says why
                    connection.sendall(request)
                return _answer(connection)
        except OSError as problem:
            raise Unavailable("scanner_unavailable") from problem

    def _connected(self, patience: float) -> socket.socket:
        host, _, port = self._address.rpartition(":")
        if host and port.isdecimal():
            return socket.create_connection((host, int(port)), patience)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(patience)
        try:
            connection.connect(self._address)
        except OSError:
            connection.close()
            raise
        return connection


def _answer(connection: socket.socket) -> bytes:
    """Up to the zero byte at its end."""
    said = bytearray()
    while b"\0" not in said and len(said) < _LONGEST and (part := connection.recv(_LONGEST)):
        said += part
    return bytes(said.partition(b"\0")[0])
