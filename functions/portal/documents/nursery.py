"""Children that have their libraries from birth: one process loads them, touches no file, and forks a child for each.

To start Python and load the libraries anew takes four times as long as judging most files. A pool of workers that go
from one stranger's file to the next would save that too, but a file that takes one over would see the next person's. So
the process that forks never reads a byte of any file: each child reads its own from a socket of its own, and ends.
A warden between the two waits for the child, kills it when its time is over, and says how it ended.

Children of one process have its memory laid out alike, which helps whoever finds out how; so it is replaced after a
number of files. On a system without ``fork`` each child is a process of its own from the start.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

ENDED: Final = 4
"""Bytes that the warden says last: the child's exit code, or less than zero the signal that ended it."""

LATE: Final = 75
"""An exit code in the place of the signal by which the warden ended it: it is this machine that was too slow."""

AT_MOST: Final = 500
"""Files for which one process forks."""

_CHUNK: Final = 1 << 20


class Nursery:
    """The asking side.

    Args:
        command: starts a process that calls ``bear`` with its standard input as the socket.
        environment: asked for at each start; all that it is given.
        seconds: on the wall, for one child.
    """

    def __init__(self, command: list[str], environment: Callable[[], Mapping[str, str]], seconds: float) -> None:
        self._command, self._environment, self._seconds = command, environment, seconds
        self._lock = threading.Lock()
        self._orders: socket.socket | None = None
        self._born = 0

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Hand a request to a child of its own; how the child ended (as ``Popen.returncode``), and what it said.

        Raises:
            OSError: there is no child; TimeoutError among them.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._order(theirs)
            until = time.monotonic() + self._seconds + 1  # the warden is to be the first
            with suppress(BrokenPipeError, ConnectionResetError):  # it ended without reading all
                ours.settimeout(self._seconds)
                ours.sendall(request)
                ours.shutdown(socket.SHUT_WR)
            said = bytearray()
            while part := _received(ours, until):
                said += part
        if len(said) < ENDED:
            raise ConnectionError("no child")
        return int.from_bytes(said[-ENDED:], signed=True), bytes(said[:-ENDED])

    def close(self) -> None:
        """The process that forks ends once nobody can order any more; its children end by themselves."""
        with self._lock:
            self._leave()

    def _order(self, child: socket.socket) -> None:
        with self._lock:
            if self._born >= AT_MOST:
                self._leave()
            try:
                self._send(child)
            except OSError:  # it has gone; another one is started once
                self._leave()
                self._send(child)

    def _send(self, child: socket.socket) -> None:
        orders = self._orders or self._start()
        socket.send_fds(orders, [b"."], [child.fileno()])
        self._born += 1

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        nowhere, given = subprocess.DEVNULL, dict(self._environment())
        try:
            with theirs:
                forking = subprocess.Popen(  # noqa: S603
                    self._command, stdin=theirs.fileno(), stdout=nowhere, stderr=nowhere, env=given
                )
        except BaseException:
            ours.close()
            raise
        threading.Thread(target=forking.wait, daemon=True).start()  # so that none is left a zombie
        self._orders, self._born = ours, 0
        return ours

    def _leave(self) -> None:
        if self._orders is not None:
            self._orders.close()
        self._orders = None


def bear(orders: socket.socket, work: Callable[[socket.socket], None], seconds: float) -> None:
    """The forking side, which reads nothing but where its children find their requests; until nobody orders any more.

    Args:
        work: a child's, which does not return.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # of wardens nothing need be known
    while True:
        _, found, *_ = socket.recv_fds(orders, 1, 1)
        if not found:
            return
        if os.fork() == 0:
            orders.close()
            with socket.socket(fileno=found[0]) as child:
                _guard(child, work, seconds)
            os._exit(0)
        os.close(found[0])


def _guard(child: socket.socket, work: Callable[[socket.socket], None], seconds: float) -> None:
    """Let a child work, and say how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    worker = os.fork()
    if worker == 0:
        try:
            work(child)
        finally:
            os._exit(1)
    late = []

    def end(*_: object) -> None:
        late.append(worker)
        os.kill(worker, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _, status = os.waitpid(worker, 0)
    with suppress(OSError):
        child.sendall((LATE if late else os.waitstatus_to_exitcode(status)).to_bytes(ENDED, signed=True))


def _received(child: socket.socket, until: float) -> bytes:
    child.settimeout(max(0.001, until - time.monotonic()))
    with suppress(ConnectionResetError):
        return child.recv(_CHUNK)
    return b""


def command(module: str) -> list[str]:
    return [sys.executable, "-P", "-m", module, "--nursery"]
