"""Bad input, and what it gets: a page in plain words, nothing lost, nothing of the portal's inside.

Everything random is seeded; every address comes from the application's own map.
"""

import csv
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes

import lxml.html
import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from portal import bootstrap_aws
from portal.bootstrap_aws import AwsConfig
from portal.core.draft import Draft
from portal.documents import inspection
from portal.editions import read_messages
from portal.web.limits import Limit, client_of
from tests.support import document_specimens as specimens
from tests.support.server import Clock, Process, serving
from tests.support.stage import EMAIL, FORM, KADIS, SAYS, WAYS, InProcess, Stage, StillClock

MESSAGES = read_messages()
KINDS = ("surat_permohonan", "formulir_bsre", "ktp", "sk_terakhir")
FORM_TYPE = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("data"))
    yield made
    made.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


def sane(answer: TestResponse, about: object) -> None:
    """Whatever was asked: no fault of ours, words for a person, and nothing of the inside."""
    assert answer.status_code < 500, f"{about}: {answer.status}"
    text = answer.get_data()
    assert b"Traceback" not in text
    assert b'File "/' not in text
    if answer.status_code >= 400:
        assert answer.mimetype in ("text/html", "application/json"), about
        assert answer.mimetype == "application/json" or b'<html lang="id">' in text, about
        assert answer.mimetype == "application/json" or b"<h1>" in text, about


# --- Fields, addresses and headers that make no sense ----------------------------------------------------------------

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
        application = sorted(stage.office.words.form.fields)
        for path in ("/ajukan", "/ajukan/orang-lain"):
            plain = {name: str(FORM.get(name, "")).encode() for name in application}
            self.known.append((stranger, path, {**plain, "tindakan": b"", "peringatan_dibaca": b""}))
        self.known.append((stranger, "/tautan", dict.fromkeys(("halaman", "tiket", "email", "token"), b"")))
        draft = stage.draft(kinds=KINDS[:2])
        self.find(stage.draft_link(draft), f"/ajukan/{draft.id}/berkas", f"/ajukan/{draft.id}/data")
        for state in ("unconfirmed", "waiting", "returned", "invited"):
            number = stage.case(*WAYS[state])
            self.find(stage.link("konfirmasi", number), "/konfirmasi")
            pages = ("/permohonan/perbaikan", "/permohonan/jadwal", "/permohonan/batal")
            self.find(stage.link("permohonan", number), "/permohonan", *pages)
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


def test_fields_that_make_no_sense_meet_a_page_in_words(stage: Stage) -> None:
    """Seeded and aware of the forms: genuine fields, of which some are replaced, repeated, or not ours at all."""
    seeded, posts = random.Random(20261123), Posts(stage)
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


def test_bodies_that_are_no_forms_meet_a_page_in_words(stage: Stage) -> None:
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
    draft = stage.draft()
    holder = stage.browser()
    holder.get(stage.draft_link(draft))
    before, started = stage.dump(), time.monotonic()
    for content_type, body in bodies:
        for path in ("/ajukan", "/tautan", "/unggah", f"/ajukan/{draft.id}/periksa", "/konfirmasi", "/_jam"):
            answer = holder.post(path, data=body, content_type=content_type)
            sane(answer, (path, content_type[:60], body[:60]))
            assert answer.status_code >= 400 or path == "/tautan", (path, content_type[:60], answer.status)
    assert time.monotonic() - started < 15
    assert stage.dump() == before


def test_addresses_that_make_no_sense_meet_a_page_in_words(stage: Stage) -> None:
    number, draft = stage.case("confirm"), stage.draft()
    browser, before = stage.browser(), None
    for link in (stage.link("permohonan", number), stage.link("telaah", number), stage.draft_link(draft)):
        browser.get(link)
    before = stage.dump()
    odd = (
        "..%2f..%2fetc%2fpasswd", "%2e%2e%5c", "%00", "%ff%fe", "%ed%a0%80", "a" * 5000, "%F0%9F%98%80", "%0d%0aX:%20y",
        "%25", "TTE-26-2222-2222", "__class__", "%7B%7B7*7%7D%7D", "-1", "1e3", "9" * 5000, "%D9%A3", "~", ";",
        "%3Cb%3E",
    )  # fmt: skip
    for rule in stage.app.url_map.iter_rules():
        for position in range(len(rule.arguments)):
            for value in odd:
                path = _filled(rule.rule, position, value, number, draft)
                sane(browser.get(path), path[:80])
                if "POST" in rule.methods:
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
    assert stage.dump() == before


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
def test_headers_that_make_no_sense_meet_a_page_in_words(stage: Stage, name: str, values: list[str]) -> None:
    draft = stage.draft()
    before = stage.dump()
    for value in values:
        for path in ("/", "/status", "/permohonan", f"/ajukan/{draft.id}/berkas", "/sehat", "/rekap.csv"):
            sane(stage.browser().get(path, headers={name: value}), (name, value[:60], path))
        for path in ("/ajukan", "/tautan", "/unggah"):
            fields = {"policy": "x", "file": (BytesIO(b"x"), "a.pdf")}
            answer = stage.browser().post(path, data=fields, headers={name: value})
            sane(answer, (name, value[:60], path))
            assert "jahat.example" not in answer.text
    assert stage.dump() == before


def test_no_address_sends_a_browser_elsewhere(stage: Stage) -> None:
    """Neither a Host header nor an address can make the portal point to somebody else's."""
    number = stage.case()
    genuine = (stage.link("permohonan", number), stage.link("konfirmasi", number), f"/status?tiket={number.lower()}")
    paths = (*genuine, "//jahat.example/", "/ajukan//lanjut/x", "/\\jahat.example", "/status/", "/http://jahat.example")
    for path in (
        *paths,
        "/ajukan/..//jahat.example",
        "/status?tiket=//jahat.example",
        "/tautan?halaman=//jahat.example",
    ):
        answer = stage.browser().get(path, headers={"Host": "jahat.example"})
        place = answer.headers.get("Location", "/")
        assert place.startswith("/")
        assert not place.startswith(("//", "/\\"))


# --- On the wire -----------------------------------------------------------------------------------------------------


class Wire:
    """A connection to the real server, for what no client library would send."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, *pieces: bytes, seconds: float = 10) -> tuple[int, bytes]:
        """Status (0 for none) and the whole answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            answer = b""
            try:
                for piece in pieces:
                    connection.sendall(piece)
                while chunk := connection.recv(65536):
                    answer += chunk
            except OSError:
                pass  # the server hung up early: what it said before counts
        return int(answer[9:12] or 0) if answer.startswith(b"HTTP/1.") else 0, answer

    def request(self, line: bytes, *headers: bytes, body: bytes = b"", seconds: float = 10) -> tuple[int, bytes]:
        head = b"\r\n".join((line + b" HTTP/1.1", b"Host: localhost", b"Connection: close", *headers))
        return self.send(head + b"\r\n\r\n", body, seconds=seconds)


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
            assert b'<html lang="id">' in answers[about][1], about
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


# --- What is typed stays text ----------------------------------------------------------------------------------------

MARKUP = "A<script>alert(1)</script>{{7*7}}\"'><img src=x onerror=alert(1)>"
FREE = {
    "jabatan": MARKUP, "unit_kerja": MARKUP, "opd": "Lainnya", "opd_lainnya": MARKUP, "tujuan": "Lainnya",
    "tujuan_uraian": MARKUP, "status_kepegawaian": "Lainnya", "status_uraian": MARKUP,
}  # fmt: skip
ALL_THE_WAY = (*WAYS["mended"][1:], *WAYS["refused"][1:], *WAYS["missed"][4:], "book", *WAYS["done"][-3:])
"""Every action an official can take but rejecting, and the applicant's between them."""


class Onlooker:
    """Browsers whose every page is kept."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.pages = stage, []

    def browser(self) -> InProcess:
        browser, pages = InProcess(self.stage.browser()), self.pages
        ask = browser._open

        def keep(request: Any) -> Any:
            page = ask(request)
            if page.headers.get("Content-Type", "").startswith("text/html"):
                pages.append(page.body)
            return page

        browser._open = keep
        return browser


def test_what_is_typed_is_shown_as_typed_on_every_page_and_in_every_email(fresh: Stage) -> None:
    """Markup in every field that takes free text, by everybody, from the first form to the recap."""
    onlooker = Onlooker(fresh)
    siti = fresh.applicant(email=EMAIL, **FREE)
    siti.browser = onlooker.browser()
    refused = siti.fill_in(nama_ktp=MARKUP, nama_dengan_gelar=MARKUP, nik=MARKUP, hp=MARKUP, email=MARKUP)
    assert refused.status == 422
    siti.browser.submit(refused, refused.form("/ajukan"), "simpan", email=EMAIL)

    draft, holder = fresh.draft(nama_ktp=MARKUP, **FREE), onlooker.browser()
    named = [replace(document, name=MARKUP) for document in draft.documents]
    fresh.records.save_draft(replace(draft, documents=tuple(named), version=draft.version + 1))
    holder.get(fresh.draft_link(draft))
    for page in ("data", "berkas", "periksa", "tersimpan", "berkas/ktp/terunggah?selesai=" + quote(MARKUP)):
        holder.get(f"/ajukan/{draft.id}/{page}")

    number = siti.ticket = fresh.case(**FREE)
    siti.confirm()
    for action in ALL_THE_WAY:
        if action in ("resubmit", "book"):
            fresh.act(number, action)
        else:
            decide(fresh, onlooker, number, action)
        siti.open()
        for page in ("perbaikan", "jadwal", "tanda-terima", "serah-terima"):
            siti.browser.get(f"/permohonan/{page}")
    assert fresh.load(number).state.value == "done"

    typed = quote(MARKUP)
    for page in (f"/status/{number}", f"/status?tiket={typed}", f"/status/{typed}", "/rekap", f"/rekap?bulan={typed}",
                 f"/tautan?halaman={typed}", f"/{typed}", "/_mailbox"):  # fmt: skip
        onlooker.browser().get(page)
    mails = fresh.mail()
    everything = [*onlooker.pages, *(mail["html"].encode() for mail in mails)]
    shown = sum(page.count(b"&lt;script&gt;alert(1)&lt;/script&gt;") for page in everything)
    assert shown > 100, "the markup is shown nowhere: nothing was tested"
    for content in everything:
        assert b"<script>alert" not in content
        assert b"<img src=x" not in content
        tree = lxml.html.fromstring(content)
        assert not tree.xpath("//@onerror")
        assert "</script>49" not in tree.text_content()
    assert not [mail["subject"] for mail in mails if "<" in mail["subject"]]
    assert not [mail for mail in mails if b"\nBcc:" in fresh.mailbox.raw(mail["id"])]


def decide(stage: Stage, onlooker: Onlooker, number: str, action: str) -> None:
    """First with nothing but markup in every text field, then as it should be, with a note of markup."""
    stage.comes_to(number, action)
    person = stage.official_in_person(stage.official(number).email)
    person.browser = onlooker.browser()
    page, before = person.open(number), stage.load(number).version
    form = next(f for f in page.html.forms if f.xpath(f".//input[@name='tindakan' and @value='{action}']"))
    texts = form.xpath(".//textarea/@name | .//input[@type='text' or not(@type)]/@name")
    page = person.press(page, action, **dict.fromkeys(texts, MARKUP))
    if stage.load(number).version == before:
        note = {"note": MARKUP} if "note" in texts else {}
        page = person.press(page, action, **{**SAYS.get(action, {}), **note})
    assert stage.load(number).version == before + 1, page.text
    for paper in ("lembar", "keputusan", "berkas/ktp"):
        person.browser.get(f"/telaah/{number}/{paper}")


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "'=1", ";=1", '";=1']
)
def test_a_spreadsheet_finds_no_formula_in_the_recap(tmp_path: Path, formula: str) -> None:
    stage = Stage(tmp_path)
    stage.case(*WAYS["withdrawn"], opd="Lainnya", opd_lainnya=formula + "a")
    rows = stage.browser().get("/rekap.csv").get_data().decode("utf-8-sig").splitlines()
    for row in csv.reader(rows[1:], delimiter=";"):
        assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))], row
    stage.close()


# --- Files -----------------------------------------------------------------------------------------------------------


class Uploader:
    """Somebody with a draft and the pages of its documents."""

    def __init__(self, stage: Stage, kinds: tuple[str, ...] = KINDS[:2]) -> None:
        self.stage, self.draft, self.browser = stage, stage.draft(kinds), stage.browser()
        self.browser.get(stage.draft_link(self.draft))
        self.base = f"/ajukan/{self.draft.id}/berkas"

    @property
    def kept(self) -> Draft:
        found: Draft = self.stage.records.load_draft(self.draft.id)
        return found

    def form(self, kind: str) -> tuple[dict[str, str], str, str]:
        """The hidden fields of the upload form, the address to report to afterwards, and the page's token."""
        html = lxml.html.fromstring(self.browser.get(self.base).get_data())
        form = next(form for form in html.forms if f"/{kind}/" in form.fields.get("key", ""))
        return {name: form.fields[name] for name in ("key", "policy")}, form.get("data-finish"), form.get("data-csrf")

    def send(self, fields: dict[str, str], content: bytes, name: str = "surat.pdf") -> TestResponse:
        back = {"Referer": f"http://localhost{self.base}"}
        parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        head = "".join(parts) + f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + b"\r\n--b--\r\n"
        return self.stage.browser().post("/unggah", data=body, content_type=MULTIPART, headers=back)

    def report(self, finish: str, csrf: str) -> TestResponse:
        return self.browser.post(finish, data={"csrf": csrf, "name": "surat.pdf"})

    def upload(self, kind: str, content: bytes, name: str = "surat.pdf") -> TestResponse:
        """The answer to the whole of it; that of the receiver, where it takes nothing in."""
        fields, finish, csrf = self.form(kind)
        sent = self.send(fields, content, name)
        return self.report(finish, csrf) if sent.status_code == 303 else sent

    def content(self, kind: str) -> bytes:
        document = self.kept.document(kind)
        assert document is not None
        return self.stage.office.files.read(document.key, document.version)

    def files(self) -> list[str]:
        return [path for path, _ in self.stage.dump()[1] if self.draft.id in path]


REFUSED = {
    "a word file named pdf": (specimens.docx, "surat.pdf", "document_type_unknown"),
    "a program named jpg": (lambda: b"MZ" + bytes(2000), "ktp.jpg", "document_type_unknown"),
    "a drawing with a script named png": (lambda: b"<svg onload='alert(1)'/>", "ktp.png", "document_type_unknown"),
    "a web page named pdf": (lambda: b"<html><script>alert(1)</script>", "surat.pdf", "document_type_unknown"),
    "a pdf behind a web page": (
        lambda: b"<script>alert(1)</script>" + specimens.pdf(), "surat.pdf", "document_type_unknown",
    ),
    "a phone's photo named jpg": (specimens.heic, "ktp.jpg", "document_heic"),
    "nothing": (lambda: b"", "surat.pdf", "document_empty"),
    "half a pdf": (lambda: specimens.pdf(pages=3)[:600], "surat.pdf", "document_damaged"),
    "half a photo": (lambda: specimens.jpeg()[:3000], "ktp.jpg", "document_damaged"),
    "a pdf with a password": (
        lambda: specimens.pdf(encryption=specimens.pikepdf.Encryption(owner="a", user="b")), "surat.pdf",
        "document_encrypted",
    ),
    "a pdf that runs a script": (
        lambda: specimens.pdf_with_action(specimens.SCRIPT), "surat.pdf", "document_active_content",
    ),
    "a pdf with a program inside": (
        lambda: specimens.pdf(change=specimens.attach), "surat.pdf", "document_active_content",
    ),
    "21 pages": (lambda: specimens.pdf(pages=21), "surat.pdf", "document_too_many_pages"),
    "five megabytes and a byte": (lambda: b"%PDF-1.7" + bytes(5 * 2**20 - 7), "surat.pdf", "document_too_large"),
    "a picture of 3.6 thousand million points": (
        lambda: specimens.bomb_png((60_000, 60_000)), "ktp.png", "document_too_large_image",
    ),
    "a pdf that swells to 200 megabytes": (
        lambda: specimens.pdf_with_swollen_index(200 * 2**20), "surat.pdf", "document_damaged",
    ),
    "a picture too small to read": (lambda: specimens.png((200, 100)), "ktp.png", "document_too_small"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_cannot_be_taken_is_told_why_and_the_draft_is_as_it_was(stage: Stage, what: str) -> None:
    made, name, code = REFUSED[what]
    content, siti = made(), Uploader(stage)
    for kind in ("ktp", KINDS[0]):  # one that is missing, one that was received before
        before, files = siti.kept, siti.files()
        answer = siti.upload(kind, content, name)
        facts = {"max_mb": 5, "pages": 21, "max_pages": 20, "width": 200, "height": 100, "min_pixels": 480}
        assert answer.status_code in (413, 422)
        assert MESSAGES["errors"][code]["sentence"].format_map(facts) in " ".join(answer.text.split())
        assert siti.base in answer.text
        assert (siti.kept, siti.files()) == (before, files)
        if code == "document_type_unknown":
            break  # judged by its first bytes, whatever was there before
    assert siti.browser.get(f"{siti.base}/{KINDS[0]}/lihat").status_code == 200


def test_a_bad_file_through_a_form_used_before_does_not_take_the_good_one_away(stage: Stage) -> None:
    """Back in the browser brings the old form again, and with it the old key."""
    siti = Uploader(stage, KINDS[:3])
    fields, finish, csrf = siti.form("ktp")
    good = specimens.png()
    assert siti.send(fields, good).status_code == 303
    assert siti.report(finish, csrf).status_code == 303
    kept = siti.content("ktp")

    assert siti.send(fields, specimens.docx()).status_code == 303
    assert siti.report(finish, csrf).status_code == 422
    assert siti.content("ktp") == kept
    assert siti.upload("sk_terakhir", specimens.pdf()).status_code == 303
    assert stage.intake.submit(siti.draft.id).document("ktp").sha256 == siti.kept.document("ktp").sha256


def test_a_file_swapped_after_the_check_is_not_the_one_that_was_checked(stage: Stage) -> None:
    siti = Uploader(stage, (KINDS[0], KINDS[1], KINDS[3]))
    fields, finish, csrf = siti.form("ktp")
    siti.send(fields, specimens.png())
    siti.report(finish, csrf)
    checked, pinned = siti.content("ktp"), siti.kept.document("ktp")
    for other in (b"MZ" + bytes(100), specimens.pdf(), b"<script>alert(1)</script>"):
        assert siti.send(fields, other).status_code == 303
    assert (siti.kept.document("ktp"), siti.content("ktp")) == (pinned, checked)
    sent = stage.intake.submit(siti.draft.id).document("ktp")
    siti.send(fields, specimens.pdf(pages=2))
    assert stage.office.files.read(sent.key, sent.version) == checked


def test_a_file_reported_twice_is_kept_once(stage: Stage) -> None:
    siti = Uploader(stage, ())
    fields, finish, csrf = siti.form("ktp")
    siti.send(fields, specimens.pdf())
    assert [siti.report(finish, csrf).status_code for _ in range(2)] == [303, 303]
    assert siti.content("ktp") == specimens.pdf()
    assert len(siti.files()) == 1, "what came in may say where a photo was taken: only the checked file stays"
    siti.send(fields, specimens.pdf(pages=3))
    assert siti.report(finish, csrf).status_code == 303
    assert siti.content("ktp") == specimens.pdf(pages=3), "another file through the same form is another file"
    assert len(siti.files()) == 1


def test_an_upload_form_serves_for_its_own_place_and_time_only(fresh: Stage) -> None:
    siti, wati = Uploader(fresh), Uploader(fresh)
    (fields, finish, csrf), (hers, her_finish, her_csrf) = siti.form("ktp"), wati.form("ktp")
    before = fresh.dump()
    other_kind = fields["key"].replace("/ktp/", "/sk_terakhir/")
    for forged in (
        {**fields, "key": hers["key"]}, {**fields, "policy": hers["policy"]}, {**fields, "key": other_kind},
        {"key": fields["key"]},
        {**fields, "policy": fields["policy"][:-4] + "AAAA"}, {**fields, "key": "../../kunci"}, {**fields, "key": ""},
        {"policy": fields["policy"]}, {**fields, "policy": finish.partition("=")[2]}, {**fields, "policy": csrf},
    ):  # fmt: skip
        answer = siti.send(forged, specimens.pdf())
        assert answer.status_code == 403
        assert "Formulir unggah tidak dikenal" in answer.text
        assert siti.base in answer.text
    for address, token, status in (
        (her_finish, csrf, 403),  # her page
        (f"{siti.base}/ktp?{her_finish.partition('?')[2]}", csrf, 404),  # her file, on his page
        (finish, her_csrf, 403),
        (f"{siti.base}/ktp?selesai=x", csrf, 403),
        (f"{siti.base}/ktp?selesai={fields['policy']}", csrf, 403),
        (f"{siti.base}/tidak-ada?{finish.partition('?')[2]}", csrf, 404),
        (finish, csrf, 422),  # nothing has arrived
    ):
        assert siti.report(address, token).status_code == status, address
    assert fresh.dump() == before

    fresh.clock.forward(hours=1, minutes=1)
    late = siti.send(fields, specimens.pdf())
    assert (late.status_code, "Formulir unggah kedaluwarsa" in late.text) == (410, True)
    told = siti.report(finish, csrf)
    assert (told.status_code, "Halaman berkas terlalu lama terbuka" in told.text) == (422, True)
    assert fresh.dump() == before


def test_nothing_can_be_sent_to_a_draft_that_is_gone(fresh: Stage) -> None:
    siti = Uploader(fresh)
    fresh.clock.forward(days=6, hours=23, minutes=30)
    siti.browser.get(fresh.draft_link(siti.draft))
    fields, _, _ = siti.form("ktp")
    fresh.clock.forward(minutes=40)
    assert fresh.clockwork.expire() == 1
    assert siti.send(fields, specimens.pdf()).status_code == 410
    assert siti.files() == []


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Results of works that all begin at the same moment."""
    ready = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        ready.wait(timeout=20)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return [done.result(timeout=60) for done in [threads.submit(run, work) for work in works]]


def test_several_uploads_at_once_all_arrive_and_of_one_kind_a_whole_one_stays(stage: Stage) -> None:
    siti = Uploader(stage, ())
    sent = []
    for kind, pages in [(kind, 1) for kind in KINDS] + [("ktp", 2), ("ktp", 3)]:
        fields, finish, csrf = siti.form(kind)
        assert siti.send(fields, specimens.pdf(pages=pages)).status_code == 303
        sent.append((finish, csrf))
    # A test client is one browser window: of these each file gets its own.
    cookie = siti.browser.get_cookie("draf", path=f"/ajukan/{siti.draft.id}")

    def report(finish: str, csrf: str) -> int:
        window = stage.browser()
        window.set_cookie("draf", cookie.value, path=cookie.path)
        return window.post(finish, data={"csrf": csrf}).status_code

    # The first is reported twice, in the same moment too.
    assert at_once(*(lambda one=one: report(*one) for one in [*sent, sent[0]])) == [303] * 7
    assert {document.kind for document in siti.kept.documents} == set(KINDS)
    for document in siti.kept.documents:
        assert siti.content(document.kind) == specimens.pdf(pages=document.pages)
    assert len(siti.files()) == len(KINDS), "of the others nothing is left"


def test_when_slow_files_take_every_place_the_next_one_is_told_so_at_once_and_keeps_its_place_in_the_draft(
    stage: Stage,
) -> None:
    siti = Uploader(stage)
    fields, finish, csrf = siti.form("ktp")
    siti.send(fields, specimens.pdf())
    before, places = siti.kept, 0
    try:
        while inspection._UPLOADS.acquire(blocking=False):
            places += 1
        began = time.monotonic()
        told = siti.report(finish, csrf)
        assert time.monotonic() - began < 10, "it waited"
    finally:
        for _ in range(places):
            inspection._UPLOADS.release()
    assert (told.status_code, "Pemeriksaan berkas sedang sibuk" in told.text) == (503, True)
    assert int(told.headers["Retry-After"]) > 0
    assert siti.kept == before
    assert siti.report(finish, csrf).status_code == 303
    assert places == 8


def test_a_document_is_never_served_as_anything_that_runs(stage: Stage) -> None:
    siti = Uploader(stage)
    number = stage.case("confirm")
    person, official = stage.browser(), stage.browser()
    person.get(stage.link("permohonan", number))
    official.get(stage.link("telaah", number))
    for answer in (
        siti.browser.get(f"{siti.base}/{KINDS[0]}/lihat"),
        person.get("/permohonan/berkas/ktp"),
        official.get(f"/telaah/{number}/berkas/ktp/asli"),
    ):
        assert answer.mimetype == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert {"sandbox", "default-src 'none'", "frame-ancestors 'none'"} <= policy(answer)
        assert answer.headers["Cache-Control"] == "no-store"


def policy(answer: TestResponse) -> set[str]:
    return {rule.strip() for rule in answer.headers["Content-Security-Policy"].split(";")}


# --- What every answer says to browsers ------------------------------------------------------------------------------


def test_every_answer_forbids_framing_sniffing_strange_scripts_and_keeping(stage: Stage) -> None:
    number = stage.case("confirm")
    browser = stage.browser()
    for link in (stage.link("permohonan", number), stage.link("telaah", number), stage.link("meja", number, KADIS)):
        browser.get(link)
    paths = (
        "/status", f"/status/{number}", "/permohonan", f"/telaah/{number}", "/meja", "/rekap", "/rekap.csv", "/sehat",
        "/tidak-ada", "/tautan", "/ajukan", "/permohonan/x", "/_mailbox", "/_mailbox.json", "/unggah",
    )  # fmt: skip
    for path in paths:
        answer = browser.get(path)
        rules = policy(answer)
        assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"} <= rules, path
        assert not [rule for rule in rules if "unsafe" in rule or "*" in rule], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers
    picture = browser.get(f"/telaah/{number}/berkas/ktp/1.jpg?lebar=320")
    assert (picture.status_code, picture.headers["Cache-Control"]) == (200, "private, max-age=3600")


@pytest.mark.parametrize("address", ["http://localhost", "https://tte.tarakankota.go.id"])
def test_a_cookie_is_for_its_own_page_and_for_no_script(tmp_path: Path, address: str) -> None:
    stage = Stage(tmp_path, address=address)
    number, draft = stage.case("confirm"), stage.draft()
    for link, name, path in (
        (stage.link("konfirmasi", number), "konfirmasi", "/konfirmasi"),
        (stage.link("permohonan", number), "permohonan", "/permohonan"),
        (stage.link("telaah", number), "telaah", f"/telaah/{number}"),
        (stage.link("meja", number, KADIS), "meja", "/meja"),
        (stage.draft_link(draft), "draf", f"/ajukan/{draft.id}"),
    ):
        answer = stage.browser().get(link)
        said = answer.headers["Set-Cookie"].split("; ")
        assert said[0].startswith(f"{name}=")
        assert {"HttpOnly", "SameSite=Lax", f"Path={path}", "Max-Age=43200"} <= set(said)
        assert ("Secure" in said) is address.startswith("https")
        assert "Domain" not in answer.headers["Set-Cookie"]
        assert answer.headers["Location"].startswith(path)
        assert link.rpartition("/")[2] not in answer.headers["Location"]
    for path in ("/", "/status", "/ajukan", "/rekap", "/tautan", "/tidak-ada"):
        assert "Set-Cookie" not in stage.browser().get(path).headers
    stage.close()


# --- Too much of it --------------------------------------------------------------------------------------------------

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_a_client_may_ask_so_often_at_once_and_then_once_in_a_while() -> None:
    limit = Limit(3, timedelta(seconds=10))
    assert [limit.take("a", NOON) for _ in range(4)] == [0, 0, 0, 10]
    assert limit.take("b", NOON) == 0
    assert limit.wait("a", NOON + timedelta(seconds=4)) == 6
    assert [limit.take("a", NOON + timedelta(seconds=10)) for _ in range(2)] == [0, 10]
    assert [limit.take("a", NOON + timedelta(hours=1)) for _ in range(4)] == [0, 0, 0, 10]


def test_whoever_only_asks_how_long_is_not_counted_and_a_clock_set_back_locks_nobody_out() -> None:
    limit = Limit(1, timedelta(seconds=10))
    assert [limit.wait("a", NOON) for _ in range(5)] == [0] * 5
    limit.take("a", NOON + timedelta(days=8))
    assert limit.wait("a", NOON) == 10
    assert limit.wait("a", NOON + timedelta(seconds=10)) == 0


def test_the_memory_for_clients_is_bounded_and_the_busiest_are_remembered() -> None:
    limit = Limit(1, timedelta(days=1), clients=100)
    limit.take("busy", NOON)
    for number in range(1000):
        limit.take(str(number), NOON)
        assert limit.take("busy", NOON) > 0
    assert len(limit._buckets) == 100


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::99", "2001:0db8:0001:0002"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("", ""),
        (None, ""),
        ("unix:", ""),
    ],
)
def test_a_client_is_an_address_or_the_network_of_one_household(address: str | None, client: str) -> None:
    assert client_of(address) == client


def flood(browser: FlaskClient, path: str, count: int, **fields: str) -> list[int]:
    return [browser.post(path, data=fields).status_code for _ in range(count)]


def test_nobody_has_one_address_after_another_written_to(tmp_path: Path) -> None:
    """Each new address on a saved form is sent a link to it."""
    stage = Stage(tmp_path, StillClock())
    flooder, draft = stage.browser("203.0.113.9"), stage.draft(kinds=())
    flooder.get(stage.draft_link(draft))
    answers = flood(flooder, f"/ajukan/{draft.id}/data", 61, email="a@b.c")
    assert (set(answers[:60]) & {429}, answers[60]) == (set(), 429)
    stage.close()


def test_a_flood_is_held_back_and_others_go_on(tmp_path: Path) -> None:
    """Drafts, link requests, document checks and guessed tickets, each by itself, per address."""
    stage = Stage(tmp_path, StillClock())
    number, before = stage.case("confirm"), stage.dump()
    flooder, other = stage.browser("203.0.113.9"), stage.browser("203.0.113.10")

    answers = flood(flooder, "/tautan", 25, tiket=number, email="orang.lain@tarakankota.go.id")
    assert answers == [200] * 20 + [429] * 5
    held = flooder.post("/tautan", data={"tiket": number})
    assert MESSAGES["http"]["429"]["title"] in held.text
    assert 1 <= int(held.headers["Retry-After"]) <= 30
    assert flood(other, "/tautan", 1, tiket=number) == [200]
    assert flooder.post("/tautan", headers={"X-Forwarded-For": "203.0.113.77"}).status_code == 429, "anybody can say so"

    assert flood(flooder, "/ajukan", 61, nik="x") == [422] * 60 + [429]
    assert flood(flooder, "/ajukan/orang-lain", 1, nik="x") == [429]
    guesses = [flooder.get(f"/status/TTE-26-2222-{n:04d}").status_code for n in range(31)]
    assert guesses == [404] * 30 + [429]
    assert flooder.get(f"/status/{number}").status_code == 429, "a hit would be told from a miss"
    assert flooder.get(f"/status?tiket={number}").status_code == 429
    assert other.get(f"/status/{number}").status_code == 200
    assert flooder.get("/status").status_code == 200
    assert stage.dump() == before

    stage.clock.forward(seconds=10)
    assert flooder.get(f"/status/{number}").status_code == 200
    assert [other.get(f"/status/{number}").status_code for _ in range(50)] == [200] * 50
    stage.close()


def test_behind_the_declared_proxy_each_client_is_held_back_by_itself_whatever_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXY", "127.0.0.1")
    server = Process(tmp_path)
    server.start()
    try:
        wire = Wire(int(server.address.rpartition(":")[2]))

        def ask(forwarded: bytes) -> int:
            head = (b"X-Forwarded-For: " + forwarded, b"Content-Type: " + FORM_TYPE.encode(), b"Content-Length: 7")
            return wire.request(b"POST /tautan", *head, body=b"tiket=x")[0]

        assert [ask(b"203.0.113.9") for _ in range(21)] == [200] * 20 + [429]
        assert ask(b"198.51.100.7, 203.0.113.9") == 429, "the proxy's own word is the last one"
        assert ask(b"203.0.113.9, 198.51.100.7") == 200
    finally:
        server.kill()


def test_on_aws_a_caller_of_the_gateway_itself_is_held_back_whatever_he_says_of_where_he_is(stage: Stage) -> None:
    config = AwsConfig.from_environment(
        {"ADDRESS": "https://tte.example.go.id", "ORIGIN_WORD": "only-cloudfront-knows"}
    )
    gateway = Client(bootstrap_aws.wsgi(replace(stage.house, config=config)))

    def ask(way: str, word: str = "") -> int:
        return gateway.post(
            "/tautan", data={"tiket": "x"}, headers={"X-Forwarded-For": way, "X-Origin-Word": word}
        ).status_code

    forged = [ask(f"203.0.113.{number}, 198.51.100.7", word="guessed") for number in range(21)]
    assert forged == [200] * 20 + [429]
    through_cloudfront = [ask(f"203.0.113.{number}, 64.252.123.45", config.origin_word) for number in range(25)]
    assert through_cloudfront == [200] * 25
    assert [ask("192.0.2.1, 203.0.113.200, 64.252.123.45", config.origin_word) for _ in range(21)][-1] == 429
    assert ask("192.0.2.99, 203.0.113.200, 64.252.123.45", config.origin_word) == 429, "CloudFront's own word counts"


def test_nobody_is_held_back_behind_a_proxy_that_the_portal_was_not_told_of(stage: Stage) -> None:
    everybody = stage.browser("127.0.0.1")
    assert set(flood(everybody, "/tautan", 30, tiket="x")) == {200}
