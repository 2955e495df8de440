"""Tells systemd that the portal is ready, and again and again that it still answers (sd_notify, Type=notify)."""

import socket
import threading
from collections.abc import Callable, Mapping
from typing import Final

READY: Final = "READY=1"
ALIVE: Final = "WATCHDOG=1"


def tell(environ: Mapping[str, str], said: str) -> bool:
    """Whether anybody wants to hear it, and did."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
            connection.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            connection.sendall(said.encode())
    except OSError:
        return False
    return True


def watched(environ: Mapping[str, str]) -> float:
    """Seconds within which it wants to hear that all is well; 0 if it does not."""
    told = environ.get("WATCHDOG_USEC", "")
    return int(told) / 1e6 if told.isdecimal() else 0.0


class Watchdog:
    """Says so in a third of the time each, as long as the portal answers; whoever does not is started anew.

    Args:
        answers: asks the portal for something, and waits for it that long at most.
    """

    def __init__(self, environ: Mapping[str, str], answers: Callable[[float], bool]) -> None:
        self._environ, self._answers = environ, answers
        self._every = watched(environ) / 3
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def __enter__(self) -> "Watchdog":
        if self._every:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            if self._answers(self._every):
                tell(self._environ, ALIVE)
            self._stopped.wait(self._every)
