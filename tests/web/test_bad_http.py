"""What comes over the wire and is hardly HTTP: nothing breaks the server, and nothing is told."""

import socket
from pathlib import Path

from tests.support.http_parts import FORM_TYPE, MULTIPART
from tests.support.raw_http import Wire
from tests.support.server import Clock, serving


def test_on_the_wire_nothing_breaks_the_server_and_nothing_is_told(tmp_path: Path) -> None:
    with serving(tmp_path, Clock()) as served:
        wire = Wire(int(served.house.config.address.rpartition(":")[2]))
        form, chunked = b"Content-Type: " + FORM_TYPE.encode(), b"Transfer-Encoding: chunked"
        post = b"POST /ajukan"
        answers = {
            "negative length": wire.request(post, form, b"Content-Length: -1", body=b"a=b"),
            "huge length": wire.request(post, form, b"Content-Length: 99999999999999999999", body=b"a=b"),
            "length in words": wire.request(post, form, b"Content-Length: tiga", body=b"a=b"),
            "two lengths": wire.request(post, form, b"Content-Length: 3", b"Content-Length: 4", body=b"a=bc"),
            "length and chunks": wire.request(post, form, b"Content-Length: 3", chunked, body=b"3\r\na=b\r\n0\r\n\r\n"),
            "chunk of no size": wire.request(post, form, chunked, body=b"zz\r\na=b\r\n0\r\n\r\n"),
            "chunk below nothing": wire.request(post, form, chunked, body=b"-3\r\na=b\r\n0\r\n\r\n"),
            "huge header": wire.request(b"GET /status", b"X-A: " + b"a" * 400_000),
            "many headers": wire.request(b"GET /tidak-ada", *(b"X-%d: a" % number for number in range(15_000))),
            "nul in a header": wire.request(b"GET /status", b"X-A: a\0b"),
            "no header": wire.request(b"GET /status", b"apa"),
            "bad utf-8 in the address": wire.request(b"GET /\xff\xfe"),
            "up and out": wire.request(b"GET /../../../../etc/passwd"),
            "up and out, hidden": wire.request(b"GET /..%2f..%2f..%2fetc%2fpasswd"),
            "up from the styles": wire.request(b"GET /aset/..%2f__init__.py"),
            "up from the styles, backwards": wire.request(b"GET /aset/..%5c..%5c__init__.py"),
            "nul in the address": wire.request(b"GET /status/%00"),
            "long address": wire.request(b"GET /status/" + b"A" * 60_000),
            "somebody else's address": wire.request(b"GET http://jahat.example/tidak-ada"),
            "lower-case method": wire.request(b"get /status"),
            "method of letters only": wire.request(b"A" * 5000 + b" /status"),
            "trace": wire.request(b"TRACE /status", b"Cookie: rahasia"),
            "connect": wire.request(b"CONNECT /status"),
            "a form to the site": wire.request(b"POST /", form, b"Content-Length: 3", body=b"a=b"),
            "delete the site": wire.request(b"DELETE /sop/"),
            "not http": wire.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        }
        for about, (status, answer) in answers.items():
            assert 400 <= status < 500, f"{about}: {answer[:200]!r}"
            assert b"Traceback" not in answer, about
            assert b"root:" not in answer, about
            assert b"rahasia" not in answer, about
        for about in (
            "up and out", "up and out, hidden", "nul in the address", "long address", "somebody else's address",
            "trace", "connect", "method of letters only", "a form to the site", "delete the site",
        ):  # fmt: skip
            assert b'<html lang="id"' in answers[about][1], about
        assert wire.request(b"GET /sehat")[0] == 200


def test_a_body_far_too_large_meets_a_page_and_one_that_never_ends_holds_nobody_up(tmp_path: Path) -> None:
    with serving(tmp_path, Clock()) as served:
        wire = Wire(int(served.house.config.address.rpartition(":")[2]))
        big = 40 * 2**20
        head = b'--b\r\nContent-Disposition: form-data; name="policy"\r\n\r\nx\r\n'
        head += b'--b\r\nContent-Disposition: form-data; name="file"; filename="video.mp4"\r\n\r\n'
        length = b"Content-Length: %d" % (len(head) + big + 9)
        kind = b"Content-Type: " + MULTIPART.encode()
        slow = [socket.create_connection(("127.0.0.1", wire.port)) for _ in range(12)]
        for connection in slow:
            connection.sendall(
                b"POST /unggah HTTP/1.1\r\nHost: localhost\r\n" + kind + b"\r\n" + length + b"\r\n\r\n--b"
            )
        status, answer = wire.request(
            b"POST /unggah", kind, length, body=head + bytes(big) + b"\r\n--b--\r\n", seconds=30
        )
        assert status == 403, answer[:200]
        assert b"Formulir unggah tidak dikenal" in answer
        form, body = b"Content-Type: " + FORM_TYPE.encode(), b"jabatan=" + b"a" * 10**6
        status, answer = wire.request(b"POST /ajukan", form, b"Content-Length: %d" % len(body), body=body)
        assert (status, b"Isian terlalu besar" in answer) == (413, True)
        assert wire.request(b"GET /sehat")[0] == 200
        for connection in slow:
            connection.close()
        assert not [path for path in tmp_path.rglob("berkas/**/*") if path.is_file()]
