"""The portal as a real server on this machine: in this process for the story, in its own process to be killed."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from portal.bootstrap import build, wsgi
from portal.config import Config
from portal.house import House
from portal.web.here import Rehearsal, SentMail
from tests.support.places import ROOT

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""08.00 WITA on an ordinary working day."""


class Clock:
    """Time that passes only when told to, a second at each look so that no two events share a moment."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self.at += timedelta(seconds=1)
            return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Served:
    """A rehearsing portal that answers at ``house.config.address``.

    Attributes:
        deliver: sends the emails that are owed and due.
        stored: the documents whose key begins like this, by name.
    """

    house: House
    deliver: Callable[[], object]
    stored: Callable[[str], list[str]]


def rehearsal_of(house: House) -> Rehearsal:
    """What a portal has for its rehearsal; those of the tests rehearse."""
    rehearsal = house.equipment.rehearsal
    assert rehearsal is not None
    return rehearsal


def mailbox_of(house: House) -> SentMail:
    """Everything that a rehearsing portal sent."""
    mailbox = house.engine.mailbox
    assert mailbox is not None
    return mailbox


@contextmanager
def serving(data: Path, clock: Clock, **environ: str) -> Iterator[Served]:
    """The embedded engine under waitress on a free port; owed emails are sent when a test asks for them.

    Args:
        environ: variables, such as ``SERVICES``.
    """
    port = free_port()
    config = Config.from_environment(environ, data=data, address=f"http://127.0.0.1:{port}", rehearsal=True)
    house = build(config, clock)
    files = data / "berkas"
    stored = lambda prefix: [str(path) for path in (files / prefix).rglob("*") if path.is_file()]  # noqa: E731
    try:
        with listening(wsgi(house), port):
            yield Served(house, house.outbox.send_due, stored)
    finally:
        house.office.records.close()  # type: ignore[attr-defined]


@contextmanager
def serving_aws(clock: Clock, **environ: str) -> Iterator[Served]:
    """The same on the template's resources in moto; what is owed goes through the stream to the mailer's handler."""
    import cloud

    from portal import bootstrap_aws

    port = free_port()
    with cloud.cloud(f"http://127.0.0.1:{port}") as aws:
        house = aws.furnish(clock, environ)

        def deliver() -> None:
            aws.stream()
            aws.minute()

        with listening(bootstrap_aws.wsgi(house), port):
            yield Served(house, deliver, aws.settled)


@contextmanager
def listening(app: Any, port: int) -> Iterator[None]:
    from waitress import create_server

    server = create_server(app, host="127.0.0.1", port=port, threads=4, max_request_body_size=80 * 1024**2)

    def run() -> None:
        # Closing the sockets from here ends the loop over there in the middle of a look at them.
        with suppress(OSError):
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join(timeout=5)


class Process:
    """``python -m portal serve --rehearsal`` as a process of its own, which can be killed and started again.

    Args:
        options: of ``serve``, such as ``--no-work``.
        settings: variables, such as ``REHEARSAL="0"``.
    """

    def __init__(self, data: Path, *options: str, **settings: str) -> None:
        self._data, self._port = data, free_port()
        self._options, self._settings = options, {"REHEARSAL": "1", **settings}
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "portal", "--data", str(self._data), "serve", *self._options, "--port"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "functions"), **self._settings}
        self._process = subprocess.Popen(
            [*command, str(self._port), "--address", self.address],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.address}/sehat", timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the portal did not start within a minute")

    def processor(self) -> float:
        """Seconds of processor that it took so far, without its children's."""
        assert self._process is not None
        told = Path(f"/proc/{self._process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def id(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9: no handler runs, nothing is flushed."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=10)

    def kill_after(self, seconds: float) -> None:
        """kill -9 a little later, while somebody is at work."""
        assert self._process is not None
        threading.Timer(seconds, self._process.kill).start()

    def wait(self) -> None:
        assert self._process is not None
        self._process.wait(timeout=10)
