"""What systemd hears of the portal: that it is ready, and that it still answers."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.engines.local.supervision import ALIVE, READY, Watchdog, tell, watched
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
    assert asked[0] == pytest.approx(0.01)


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_where_nobody_listens_nothing_is_said_and_nothing_fails(environ: dict[str, str]) -> None:
    assert not tell(environ, READY)
    assert watched({"WATCHDOG_USEC": ""}) == watched({}) == 0
    with Watchdog(environ, lambda _: True):
        pass
