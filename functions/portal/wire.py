"""What a server on one machine keeps of a request while it comes in: no more than its address may bring, nor for ever.

Too much is read to its end and dropped, so that a person meets the page that says so, and not a broken connection. What
comes more slowly than any line is a way to hold connections open, and is hung up on.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import Error

PATIENCE: Final = 60.0
"""Seconds that a request may take whatever it brings."""

SLOWEST: Final = 1024.0
"""Bytes a second beyond that; the slowest telephone has eight times as many."""

IN_MEMORY: Final = 64 * 1024
"""Bytes of a body; what is more lies in a file."""

Room = Callable[[str, str], int]
"""Bytes that a request may bring, by method and path."""


class TooSlow(Error):  # type: ignore[misc]
    """What waitress answers, if anybody is there to read it."""

    code = 408
    reason = "Request Timeout"


class Kept:
    """The bytes of a body as waitress's receivers fill them in: all of them, or none of one that is too long."""

    def __init__(self, room: int) -> None:
        self._room, self._length = room, 0
        self._buffer = OverflowableBuffer(IN_MEMORY)

    def append(self, data: bytes) -> None:
        self._length += len(data)
        if self._length <= self._room:
            self._buffer.append(data)
        elif self._length - len(data) <= self._room:
            self._buffer.close()
            self._buffer = OverflowableBuffer(IN_MEMORY)

    def __len__(self) -> int:
        """Of the whole body, whatever was kept of it."""
        return self._length

    def getfile(self) -> Any:
        return self._buffer.getfile()

    def close(self) -> None:
        self._buffer.close()


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """One request; ``room`` and ``now`` are its class's."""

    completed: bool
    error: Any
    room: Room
    now: Callable[[], float] = time.monotonic

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self._begun = type(self).now()

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        patience = PATIENCE + self.body_bytes_received / SLOWEST
        if not self.completed and type(self).now() - self._begun > patience:
            if not self.headers_finished:
                super().parse_header(b"GET / HTTP/1.0\r\n")
            self.error = TooSlow("Too slow.")
            self.completed = True
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.body_rcv.buf = Kept(type(self).room(self.command, self.path))


def serve(app: Any, room: Room, **settings: Any) -> Any:
    """A server of waitress with its settings, listening already, that keeps to it. Raises OSError."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, **settings)
    parser = type("Parser", (Parser,), {"room": staticmethod(room)})
    channel = type("Channel", (HTTPChannel,), {"parser_class": parser})
    for each in sockets.values():  # one for each address of the host
        if isinstance(each, BaseWSGIServer):
            each.channel_class = channel
    return server
