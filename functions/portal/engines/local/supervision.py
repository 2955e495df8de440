"""Tells systemd that the portal is ready, and again and again that it still answers (sd_notify, Type=notify)."""

import http.client
import socket
import threading
import urllib.error
import urllib.request
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


def answers(host: str, port: int, seconds: float) -> bool:
    """Does the portal answer on this machine, whatever it says?"""
    asked = f"http://{f'[{host}]' if ':' in host else host}:{port}/sehat"
    # What is said of proxies is meant for what is outside.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(asked, timeout=seconds).close()
    except urllib.error.HTTPError as told:
        told.close()
    except (OSError, http.client.HTTPException, ValueError):
        return False
    return True


class Watchdog:
    """Says so in a third of the time each, as long as the portal answers; whoever does not is started anew.

    An answer is waited for a third as long again, and whoever has given none is asked again soon, so that several slow
    ones fit into the time.

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
            if is_alive := self._answers(self._every / 3):
                tell(self._environ, ALIVE)
            self._stopped.wait(self._every if is_alive else self._every / 12)
