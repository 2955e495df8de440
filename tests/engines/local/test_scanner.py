"""Malware is looked for in what came in, by a real clamd; and what it does not say is not taken for its consent."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from portal.core.errors import DocumentRefused, Unavailable
from portal.engines.local.scanner import ASKED_EVERY, Clamd
from tests.support.builders import AT
from tests.support.clamav import clamd, eicar
from tests.support.document_specimens import pdf


@pytest.fixture(scope="module")
def daemon() -> Iterator[str]:
    with clamd() as address:
        yield address


def test_what_the_daemon_knows_is_refused_and_all_else_passes(daemon: str) -> None:
    scanner = Clamd(daemon)
    for clean in (b"", b"x", pdf(), bytes(200_000)):
        scanner.must_be_clean(clean)
    for content in (eicar(), b"a" * 65_530 + eicar(), pdf() + eicar()):
        with pytest.raises(DocumentRefused) as caught:
            scanner.must_be_clean(content)
        assert caught.value.code == "document_infected"


def test_a_file_beyond_what_the_daemon_looks_at_is_not_taken_for_a_clean_one(daemon: str) -> None:
    with pytest.raises(Unavailable) as caught:
        Clamd(daemon).must_be_clean(bytes(3_000_000))
    assert caught.value.code == "scanner_unavailable"


def test_whether_it_answers_is_asked_now_and_then(daemon: str, tmp_path: Path) -> None:
    scanner = Clamd(daemon)
    assert scanner.answers(AT)
    scanner._address = str(tmp_path / "none")
    assert scanner.answers(AT + ASKED_EVERY / 2), "as a moment ago"
    assert not scanner.answers(AT + ASKED_EVERY)
    assert not scanner.answers(AT - timedelta(days=1)), "a clock set back asks anew"


@contextmanager
def played(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Something that listens and answers once, otherwise than clamd does."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            with listening.accept()[0] as connection:
                answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        thread.join(timeout=10)


def heard(connection: socket.socket) -> bytes:
    """All that was sent of one file."""
    said = b""
    while not said.endswith(struct.pack("!L", 0)):
        said += connection.recv(65536)
    return said


@pytest.mark.parametrize(
    "answer",
    [b"stream: OK FOUN", b"", b"\0", b"OK\0", b"stream: broken ERROR\0", b"stream: ok\0", b"x" * 9000, b"PONG\0"],
)
def test_what_is_no_plain_yes_is_none(answer: bytes) -> None:
    def say(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(answer)

    with played(say) as address, pytest.raises(Unavailable):
        Clamd(address, patience=5).must_be_clean(b"x")


def test_one_that_hangs_up_or_dawdles_or_is_not_there_is_no_answer(tmp_path: Path) -> None:
    with played(lambda connection: None) as address, pytest.raises(Unavailable):
        Clamd(address, patience=5).must_be_clean(bytes(3_000_000))
    waited = threading.Event()

    def dawdle(connection: socket.socket) -> None:
        waited.wait(5)

    with played(dawdle) as address:
        with pytest.raises(Unavailable):
            Clamd(address, patience=0.05).must_be_clean(b"x")
        waited.set()
    for nowhere in (str(tmp_path / "none"), "127.0.0.1:1", str(tmp_path)):
        with pytest.raises(Unavailable):
            Clamd(nowhere, patience=5).must_be_clean(b"x")


def test_while_one_asks_a_silent_daemon_nobody_else_waits_for_it() -> None:
    """Or everybody who looks at its health would hold a thread of the server."""
    asked, done = threading.Event(), threading.Event()

    def dawdle(connection: socket.socket) -> None:
        asked.set()
        done.wait(5)

    with played(dawdle) as address:
        scanner = Clamd(address, patience=5)
        first = threading.Thread(target=scanner.answers, args=(AT,), daemon=True)
        first.start()
        asked.wait(5)
        assert not scanner.answers(AT), "it would connect, and nobody else is listening"
        assert first.is_alive()
        done.set()
        first.join(timeout=5)


def test_the_file_travels_in_parts_with_their_lengths() -> None:
    got = list[bytes]()

    def say(connection: socket.socket) -> None:
        got.append(heard(connection))
        connection.sendall(b"stream: OK\0")

    content = bytes(range(256)) * 400
    with played(say) as address:
        Clamd(address, patience=5).must_be_clean(content)
    said, parts = got[0].removeprefix(b"zINSTREAM\0"), list[bytes]()
    while length := struct.unpack("!L", said[:4])[0]:
        parts.append(said[4 : 4 + length])
        said = said[4 + length :]
    assert (b"".join(parts), len(said)) == (content, 4)
