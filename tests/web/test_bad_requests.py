"""Fields, bodies, addresses and headers that make no sense: a page in plain words, nothing of the portal's inside.

Everything random is seeded; every address comes from the application's own map.
"""

import random
import time
from collections.abc import Sequence
from io import BytesIO
from urllib.parse import quote_from_bytes

import lxml.html
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.core.draft import Draft
from tests.support.http_parts import FORM_TYPE, MULTIPART
from tests.support.people import KINDS
from tests.support.stage import Stage
from tests.support.ways import FORM, WAYS

pytestmark = pytest.mark.long


def sane(answer: TestResponse, about: object) -> None:
    """Whatever was asked: no fault of ours, words for a person, and nothing of the inside."""
    assert answer.status_code < 500, f"{about}: {answer.status}"
    text = answer.get_data()
    assert b"Traceback" not in text
    assert b'File "/' not in text
    if answer.status_code >= 400:
        assert answer.mimetype in ("text/html", "application/json"), about
        assert answer.mimetype == "application/json" or b'<html lang="id"' in text, about
        assert answer.mimetype == "application/json" or b"<h1>" in text, about


NASTY: tuple[bytes, ...] = (
    b"", b"\0", b"a\0b", b"\xed\xa0\x80", b"\xff\xfe", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"<script>alert(1)</script>",
    b"{{7*7}}", b"${7*7}", b"{name}", b"%s%n", b"../../etc/passwd", b"..\\..\\x", b"%00", b"'; DROP TABLE event;--",
    b"9" * 400, b"-1", b"1e999", b"NaN", b"[]", b"null", b"true", "٣٣".encode(), "\u202eabc".encode(), "ſ@x".encode(),
    "𝒳".encode() * 40, b" " * 500, b"\r\nBcc: a@b.c", b"=1+1", b"2026-02-30", b"9999-12-31", b"0000-00-00",
    b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"2026-11-24T08:00:00", b"a@b@c", b"@tarakankota.go.id",
    b"x" * 300 + b"@tarakankota.go.id", "\u0130@tarakankota.go.id".encode(), b"ya", b"sendiri", b"orang_lain",
)  # fmt: skip


def encoded(fields: Sequence[tuple[str, bytes]]) -> bytes:
    return b"&".join(
        quote_from_bytes(name.encode()).encode() + b"=" + quote_from_bytes(v).encode() for name, v in fields
    )


class Posts:
    """The forms of every page somebody with all keys can reach, and the fields that each of them knows."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.known: list[tuple[FlaskClient, str, dict[str, bytes]]] = []
        stranger = stage.browser()
        application = sorted(stage.office.words("penerbitan").form.fields)
        for path in ("/ajukan", "/ajukan/orang-lain"):
            plain = {name: str(FORM.get(name, "")).encode() for name in application}
            self.known.append((stranger, path, {**plain, "tindakan": b"", "peringatan_dibaca": b""}))
        self.known.append((stranger, "/tautan", dict.fromkeys(("halaman", "tiket", "email", "token"), b"")))
        draft = stage.draft(kinds=KINDS[:2])
        self.find(stage.draft_link(draft), f"/ajukan/{draft.id}/berkas", f"/ajukan/{draft.id}/data")
        for state in ("unconfirmed", "waiting", "returned", "invited"):
            number = stage.case(*WAYS[state])
            self.find(stage.link("konfirmasi", number), f"/konfirmasi/{number}")
            pages = (f"/permohonan/{number}/{page}" for page in ("perbaikan", "jadwal", "batal"))
            self.find(stage.link("permohonan", number), f"/permohonan/{number}", *pages)
        for state in ("waiting", "dispatch", "sent", "visit", "booked", "handover", "ready"):
            number = stage.case(*WAYS[state])
            self.find(stage.link("telaah", number), f"/telaah/{number}")

    def find(self, link: str, *pages: str) -> None:
        browser = self.stage.browser()
        browser.get(link)
        for page in pages:
            answer = browser.get(page, follow_redirects=True)
            for form in lxml.html.fromstring(answer.get_data()).forms:
                if form.method == "POST" and "/unggah" not in form.action:
                    fields = {name: str(value or "").encode() for name, value in form.fields.items()}
                    self.known.append((browser, form.action, fields))


def test_fields_that_make_no_sense_meet_a_page_in_words(shared_stage: Stage) -> None:
    """Seeded and aware of the forms: genuine fields, of which some are replaced, repeated, or not ours at all."""
    seeded, posts = random.Random(20261123), Posts(shared_stage)
    assert len(posts.known) > 20
    for browser, path, fields in posts.known:
        for _ in range(10):
            names = seeded.sample(sorted(fields), min(len(fields), seeded.randint(1, 3)))
            chosen = [(name, seeded.choice(NASTY)) for name in names if name != "csrf"]
            kept = [(name, value) for name, value in fields.items() if name not in names or name == "csrf"]
            repeated = [(seeded.choice(sorted(fields)), seeded.choice(NASTY)) for _ in range(seeded.choice((0, 0, 4)))]
            odd = [(seeded.choice(("__proto__", "a[]", "a[b]", "\0", "é")), seeded.choice(NASTY))]
            body = encoded([*kept, *chosen, *repeated, *odd])
            sane(browser.post(path, data=body, content_type=FORM_TYPE), (path, chosen, repeated))


def test_bodies_that_are_no_forms_meet_a_page_in_words(shared_stage: Stage) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="jabatan"\r\n\r\nx\r\n'
    bodies: list[tuple[str, bytes]] = [
        ("application/json", b'{"nama_ktp": '),
        ("application/json", b'["\\ud800"]'),
        ("application/json", b"[" * 100_000),
        ("text/plain", b"nama_ktp=x"),
        ("application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
        ("", b"\0\1\2"),
        ("x" * 5000, b"x"),
        (FORM_TYPE, b"\xff\xfe=\xff\xfe&=&&==&a&%&%zz=%zz&\0=\0"),
        (FORM_TYPE, b"&".join(b"f%d=x" % number for number in range(10_000))),
        (FORM_TYPE, b"nama_ktp=x&" * 10_000),
        (FORM_TYPE, b"jabatan=" + b"a" * 1_000_000),
        (FORM_TYPE + "; charset=utf-16", b"nama_ktp=x"),
        (FORM_TYPE + "; charset=tidak-ada", b"nama_ktp=x"),
        ("multipart/form-data", part + b"--b--\r\n"),
        ("multipart/form-data; boundary=", part),
        ("multipart/form-data; boundary=" + "b" * 9000, part),
        ("multipart/form-data; boundary=\xe9", part),
        (MULTIPART, b""),
        (MULTIPART, part),
        (MULTIPART, part[:40]),
        (MULTIPART, part * 3000 + b"--b--\r\n"),
        (MULTIPART, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="a"; filename="\0/../x"\r\n\r\nx\r\n--b--\r\n'),
        (MULTIPART, b"--b\r\n" + b"X" * 100_000 + b": y\r\n\r\nx\r\n--b--\r\n"),
        (MULTIPART, b"--b" + b"\r" * 200_000),
    ]
    draft = shared_stage.draft()
    holder = shared_stage.browser()
    holder.get(shared_stage.draft_link(draft))
    before, started = shared_stage.dump(), time.monotonic()
    for content_type, body in bodies:
        for path in ("/ajukan", "/tautan", "/unggah", f"/ajukan/{draft.id}/periksa", "/konfirmasi/x", "/_jam"):
            answer = holder.post(path, data=body, content_type=content_type)
            sane(answer, (path, content_type[:60], body[:60]))
            assert answer.status_code >= 400 or path == "/tautan", (path, content_type[:60], answer.status)
    assert time.monotonic() - started < 60, "one of them makes it think for long"
    assert shared_stage.dump() == before


def test_addresses_that_make_no_sense_meet_a_page_in_words(shared_stage: Stage) -> None:
    number, draft = shared_stage.case("confirm"), shared_stage.draft()
    browser, before = shared_stage.browser(), None
    for link in (
        shared_stage.link("permohonan", number),
        shared_stage.link("telaah", number),
        shared_stage.draft_link(draft),
    ):
        browser.get(link)
    before = shared_stage.dump()
    odd = (
        "..%2f..%2fetc%2fpasswd", "%2e%2e%5c", "%00", "%ff%fe", "%ed%a0%80", "a" * 5000, "%F0%9F%98%80", "%0d%0aX:%20y",
        "%25", "TTE-26-2222-2222", "__class__", "%7B%7B7*7%7D%7D", "-1", "1e3", "9" * 5000, "%D9%A3", "~", ";",
        "%3Cb%3E",
    )  # fmt: skip
    for rule in shared_stage.app.url_map.iter_rules():
        for position in range(len(rule.arguments)):
            for value in odd:
                path = _filled(rule.rule, position, value, number, draft)
                sane(browser.get(path), path[:80])
                if "POST" in (rule.methods or ()):
                    answer = browser.post(path, data={"csrf": "x"})
                    sane(answer, path[:80])
                    assert answer.status_code >= 400
    for query in ("tiket", "bulan", "halaman", "token", "lebar", "format", "selesai"):
        for value in (*odd, "%00" * 300, "a&" + query + "=b", "[]=x"):
            for path in (
                "/status",
                "/rekap",
                "/rekap.csv",
                "/tautan",
                f"/telaah/{number}/berkas/ktp/9.jpg",
                "/permohonan",
            ):
                sane(browser.get(f"{path}?{query}={value}"), (path, query, value[:40]))
    assert shared_stage.dump() == before


def _filled(rule: str, position: int, value: str, number: str, draft: Draft) -> str:
    """The address of a rule with one odd value, and genuine ones in the other places."""
    genuine = {"number": number, "draft": draft.id, "kind": "ktp", "int:page": "1"}
    parts, seen = [], 0
    for part in rule.replace(".jpg", "/.jpg").split("/"):
        name = part.strip("<>")
        if part.startswith("<"):
            parts.append(value if seen == position else genuine.get(name, "x"))
            seen += 1
        else:
            parts.append(part)
    return "/".join(parts).replace("/.jpg", ".jpg")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Host", ["jahat.example", "a b", "[::", "localhost:99999999", "localhost:x", "\xe9", "a/../b", "<b>", "a@b"]),
        ("Origin", ["http://[", "null", "\xff", "http://", "//", "javascript:1", "a" * 9000]),
        ("Referer", ["http://[", "http://localhost/\\jahat.example", "javascript:alert(1)", "\xff", "x" * 9000]),
        ("Cookie", ["draf=\xff; telaah", "permohonan=" + "a" * 60_000, "=;=;;;", 'draf="\\777"', "telaah=a.b.c"]),
        ("Accept", ["*/*;q=x", ",;,;", "application/json;q=9e999", "text/" * 3000, "\xff"]),
        ("If-None-Match", ["x", '"', "W/" * 1000]),
        ("Range", ["bytes=9-1", "bytes=" + "0-," * 2000]),
        ("Content-Encoding", ["gzip", "br"]),
        ("X-Forwarded-For", ["127.0.0.1", "x", "\xff"]),
        ("X-HTTP-Method-Override", ["DELETE"]),
    ],
)
def test_headers_that_make_no_sense_meet_a_page_in_words(shared_stage: Stage, name: str, values: list[str]) -> None:
    draft = shared_stage.draft()
    before = shared_stage.dump()
    for value in values:
        for path in ("/", "/status", "/permohonan", f"/ajukan/{draft.id}/berkas", "/sehat", "/rekap.csv"):
            sane(shared_stage.browser().get(path, headers={name: value}), (name, value[:60], path))
        for path in ("/ajukan", "/tautan", "/unggah"):
            fields = {"policy": "x", "file": (BytesIO(b"x"), "a.pdf")}
            answer = shared_stage.browser().post(path, data=fields, headers={name: value})
            sane(answer, (name, value[:60], path))
            assert "jahat.example" not in answer.text
    assert shared_stage.dump() == before


def test_no_address_sends_a_browser_elsewhere(shared_stage: Stage) -> None:
    """Neither a Host header nor an address can make the portal point to somebody else's."""
    number = shared_stage.case()
    genuine = (
        shared_stage.link("permohonan", number),
        shared_stage.link("konfirmasi", number),
        f"/status?tiket={number.lower()}",
    )
    paths = (*genuine, "//jahat.example/", "/ajukan//lanjut/x", "/\\jahat.example", "/status/", "/http://jahat.example")
    for path in (
        *paths,
        "/ajukan/..//jahat.example",
        "/status?tiket=//jahat.example",
        "/tautan?halaman=//jahat.example",
    ):
        answer = shared_stage.browser().get(path, headers={"Host": "jahat.example"})
        place = answer.headers.get("Location", "/")
        assert place.startswith("/")
        assert not place.startswith(("//", "/\\"))
