"""What is kept of a request while it comes in: no more than its address may bring, and not for ever."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from waitress.adjustments import Adjustments

from portal import wire
from portal.web.bodies import LARGER, LIST, SMALL, UPLOAD, room_for
from tests.support.http_parts import FORM_TYPE
from tests.support.raw_http import Wire
from tests.support.server import Process
from tests.support.stage import Stage

MB = 1024**2


# --- by address ---


def test_only_what_takes_files_or_lists_may_bring_much(shared_stage: Stage) -> None:
    room = room_for(shared_stage.app)
    assert room("POST", "/unggah") == UPLOAD
    assert room("POST", "/usulan/abc/daftar") == LIST
    for method, path in (
        ("POST", "/ajukan"), ("POST", "/status"), ("POST", "/tidak-ada"), ("POST", "/"), ("GET", "/unggah"),
        ("PUT", "/unggah"), ("POST", "/unggah/"), ("POST", "/\xff"), ("POST", ""),
    ):  # fmt: skip
        assert room(method, path) == SMALL, (method, path)


def test_whatever_may_bring_more_is_a_form_that_there_is(shared_stage: Stage) -> None:
    posted = {rule.endpoint for rule in shared_stage.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert LARGER.keys() <= posted


# --- byte by byte ---


def fill(parser: wire.Parser, *pieces: bytes) -> None:
    for piece in pieces:
        left = piece
        while left and not parser.completed:
            left = left[parser.received(left) :]


def a_parser(room: int = 10, moments: Iterator[float] | None = None) -> wire.Parser:
    now = (lambda: next(moments)) if moments else (lambda: 0.0)
    made = type("Parser", (wire.Parser,), {"room": staticmethod(lambda *_: room), "now": staticmethod(now)})
    return made(Adjustments())  # type: ignore[no-any-return]


HEAD = b"POST /status HTTP/1.1\r\nHost: localhost\r\n"


def test_what_fits_is_kept_as_it_came() -> None:
    parser = a_parser()
    fill(parser, HEAD + b"Content-Length: 10\r\n\r\n01234", b"56789")
    assert (parser.completed, parser.get_body_stream().read()) == (True, b"0123456789")


def test_nothing_is_kept_of_what_is_too_long_and_its_length_is_still_said() -> None:
    parser = a_parser()
    fill(parser, HEAD + b"Content-Length: 12\r\n\r\n01234567", b"89", b"ab")
    assert (parser.completed, parser.error, parser.get_body_stream().read()) == (True, None, b"")
    assert parser.headers["CONTENT_LENGTH"] == "12"


def test_so_with_a_body_that_does_not_say_how_long_it_is() -> None:
    parser = a_parser()
    fill(parser, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"8\r\n01234567\r\n", b"4\r\n89ab\r\n", b"0\r\n\r\n")
    assert (parser.completed, parser.error, parser.get_body_stream().read()) == (True, None, b"")
    assert parser.headers["CONTENT_LENGTH"] == "12"


@pytest.mark.parametrize(("each", "hung_up"), [(1.0, False), (61.0, True)])
def test_who_says_a_letter_a_minute_is_hung_up_on(each: float, hung_up: bool) -> None:
    for pieces in ((b"POST /status HTTP/1.1\r\n", b"X"), (HEAD + b"Content-Length: 10\r\n\r\n", b"0")):
        parser = a_parser(moments=iter([0.0, each / 2, each]))
        fill(parser, *pieces)
        assert isinstance(parser.error, wire.TooSlow) is hung_up
        assert parser.completed is hung_up


def test_a_slow_telephone_has_its_time() -> None:
    parser = a_parser(room=MB, moments=iter([0.0, 1.0, 150.0]))
    fill(parser, HEAD + b"Content-Length: 200000\r\n\r\n", b"0" * 100_000)
    assert parser.error is None
    parser.close()


# --- the real server ---


def resident(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files(process: int) -> int:
    """Bytes of all files without a name that it holds open."""
    files = [path for path in Path(f"/proc/{process}/fd").iterdir() if "(deleted)" in os.readlink(path)]
    return sum(path.stat().st_size for path in files)


def test_requests_that_are_never_finished_hold_nothing_and_too_much_meets_a_page(tmp_path: Path) -> None:
    server = Process(tmp_path / "data")
    server.start()
    try:
        port, process = int(server.address.rpartition(":")[2]), server.id
        connection = Wire(port)
        form = b"Content-Type: " + FORM_TYPE.encode()
        before = resident(process)
        with ExitStack() as held:
            for _ in range(10):
                slow = held.enter_context(socket.create_connection(("127.0.0.1", port)))
                slow.sendall(b"POST /status HTTP/1.1\r\nHost: localhost\r\n" + form + b"\r\n")
                slow.sendall(b"Content-Length: %d\r\n\r\n" % (40 * MB) + bytes(20 * MB))
            body = b"tiket=" + b"a" * (30 * MB)
            status, answer = connection.request(
                b"POST /ajukan", form, b"Content-Length: %d" % len(body), body=body, seconds=60
            )
            assert (status, b"Isian terlalu besar" in answer) == (413, True)
            assert resident(process) - before < 30 * MB
            assert open_files(process) < MB
    finally:
        server.kill()
