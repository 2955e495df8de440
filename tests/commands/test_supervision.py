"""What systemd hears of the portal: that it is ready, and that it still answers."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from portal.engines.local.supervision import ALIVE, READY, Watchdog, answers, tell, watched
from tests.support.command_line import answer, serve
from tests.support.server import free_port


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """Stands for systemd: the address that it gives, and what it hears there."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address)
        listening.settimeout(60)
        yield address, listening


def test_a_portal_says_that_it_is_ready_and_then_that_it_answers(
    tmp_path: Path, manager: tuple[str, socket.socket]
) -> None:
    address, heard = manager
    given = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "600000", "CLAMD": "off"}
    served = serve(tmp_path / "data", port := free_port(), "--rehearsal", **given)
    try:
        assert heard.recv(100).decode() == READY
        assert answer(port, "/sehat") == 200
        assert [heard.recv(100).decode() for _ in range(2)] == [ALIVE, ALIVE]
    finally:
        served.terminate()
        served.communicate(timeout=30)


def test_one_that_does_not_answer_says_nothing(manager: tuple[str, socket.socket]) -> None:
    address, heard = manager
    asked: list[float] = []

    def silent(seconds: float) -> bool:
        asked.append(seconds)
        return len(asked) > 2

    with Watchdog({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000"}, silent):
        assert heard.recv(100).decode() == ALIVE
    assert len(asked) >= 3
    assert asked[0] == pytest.approx(0.01 / 3)


def test_slow_answers_are_asked_for_again_within_the_time(manager: tuple[str, socket.socket]) -> None:
    """Three that take their whole time, and a fourth, are heard before a portal is taken for dead."""
    address, heard = manager
    asked: list[float] = []

    def slow(seconds: float) -> bool:
        asked.append(time.monotonic())
        if is_slow := len(asked) <= 3:
            time.sleep(seconds)
        return not is_slow

    with Watchdog({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "3000000"}, slow):
        assert heard.recv(100).decode() == ALIVE
    assert asked[3] - asked[0] < 2


class Healthy(BaseHTTPRequestHandler):
    said = b"HTTP/1.0 204 Well\r\n\r\n"

    def handle(self) -> None:
        self.request.recv(1000)
        self.request.sendall(self.said)


@pytest.mark.parametrize(
    ("said", "expected"), [(Healthy.said, True), (b"HTTP/1.0 503 Ill\r\n\r\n", True), (b"nonsense\r\n\r\n", False)]
)
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_is_asked_itself_whatever_proxy_there_is(
    host: str, said: bytes, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr(Healthy, "said", said)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    kind = type("Server", (ThreadingHTTPServer,), {"address_family": family})
    try:
        server = kind((host, 0), Healthy)
    except OSError:
        pytest.skip("there is no such address here")
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert answers(host, server.server_port, 10) is expected
        server.shutdown()
    assert not answers(host, server.server_port, 10)


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_where_nobody_listens_nothing_is_said_and_nothing_fails(environ: dict[str, str]) -> None:
    assert not tell(environ, READY)
    assert watched({"WATCHDOG_USEC": ""}) == watched({}) == 0
    with Watchdog(environ, lambda _: True):
        pass
