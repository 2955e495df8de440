"""A whole rehearsing portal in this process, and everything that somebody who means it harm could get hold of.

Cases are brought to every state through the core; pages are asked for as a browser would.
"""

import sqlite3
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.bootstrap import build, wsgi
from portal.config import Config
from portal.core.application import Actor, Application
from portal.core.draft import Document, Draft
from portal.core.notices import Official, eligible, notice
from portal.engines.local.records import SqliteRecords
from portal.house import House
from portal.web.clerk_people import mark_of
from tests.support import people
from tests.support.browser_without_javascript import Browser, Page
from tests.support.document_specimens import pdf, png
from tests.support.server import Clock, rehearsal_of
from tests.support.ways import FORM, SAYS, WAYS

KADIS, KABID = "kepala.dinas@tarakankota.go.id", "kepala.bidang@tarakankota.go.id"
STATISTISI = "statistisi@tarakankota.go.id"
VERIFIKATOR, OTHER_VERIFIKATOR = "verifikator.satu@tarakankota.go.id", "verifikator.dua@tarakankota.go.id"

BEFORE_THE_PORTAL = """Nomor seri;Nama;NIP;Email;Perangkat daerah;Berlaku mulai;Berlaku sampai
9C:01:AA;Rahmat Contoh;198001012005011001;rahmat@tarakankota.go.id;bkpsdm;01/06/2025;01/06/2027
9C:02:BB;Wati Contoh;;wati@tarakankota.go.id;Dinas Sosial;2024-02-29;2026-02-28
"""
"""A table of what was issued before the portal."""

A_MARK = mark_of(Official("penerbitan", "kadis", "", KADIS))
"""Of an appointment, in the address of its page."""

WORKS: Mapping[str, tuple[str, str, Mapping[str, str | list[str]]]] = {
    "/ajukan/<draft>/data": ("draft", "/ajukan/<draft>/data", {**FORM, "jabatan": "Lain"}),
    "/ajukan/<draft>/berkas/<kind>": ("draft", "/ajukan/<draft>/berkas", {}),
    "/ajukan/<draft>/berkas/<kind>/hapus": ("draft", "/ajukan/<draft>/berkas", {}),
    "/ajukan/<draft>/periksa": ("draft", "/ajukan/<draft>/periksa", {"pernyataan": "ya"}),
    "/konfirmasi/<number>": ("unconfirmed", "/konfirmasi/<number>", {}),
    "/permohonan/<number>/batal": ("waiting", "/permohonan/<number>/batal", {}),
    "/permohonan/<number>/jadwal": ("invited", "/permohonan/<number>/jadwal", {"jadwal": "*"}),
    "/permohonan/<number>/jadwal/batal": ("booked", "/permohonan/<number>/jadwal/batal", {}),
    "/permohonan/<number>/terima": ("done", "/permohonan/<number>", {}),
    "/permohonan/<number>/perbaikan": ("returned", "/permohonan/<number>/perbaikan", {"jabatan": "Lain"}),
    "/permohonan/<number>/perbaikan/berkas/<kind>": ("returned", "/permohonan/<number>/perbaikan", {}),
    "/permohonan/<number>/perbaikan/berkas/<kind>/hapus": ("returned", "/permohonan/<number>/perbaikan", {}),
    "/perpanjang": ("done", "/perpanjang", {"tindakan": "tetap"}),
    "/meja/register/<service:service>/entri/<id>/catat": (
        "done",
        "/meja/register/penerbitan",
        {"tindakan": "revoke", "versi": "1", "reason": "pensiun", "on": "2026-11-25"},
    ),
    "/meja/register/<service:service>/impor/catat": ("done", "/meja/register/penerbitan", {"isi": BEFORE_THE_PORTAL}),
    "/telaah/<number>/jadwal": ("booked", "/telaah/<number>/jadwal", {"tindakan": "cancel_visit", "note": "Rapat."}),
    "/petugas/kode": ("clerk", "/petugas/kode", {"kode": "*"}),
    "/petugas/kode/kirim": ("clerk", "/petugas/kode", {}),
    "/petugas/permohonan/<number>/batalkan": ("clerk", "/petugas/permohonan/<number>", {"alasan": "Keliru."}),
    "/petugas/permohonan/<number>/kirim-ulang": (
        "clerk",
        "/petugas/permohonan/<number>",
        {"kepada": "applicant", "alasan": "Hilang."},
    ),
    "/petugas/permohonan/<number>/kunjungan": (
        "clerk booked",
        "/petugas/permohonan/<number>/kunjungan",
        {"tindakan": "cancel_visit", "note": "Rapat."},
    ),
    "/petugas/permohonan/<number>/betulkan": (
        "clerk",
        "/petugas/permohonan/<number>/betulkan",
        {**FORM, "nama_ktp": "SITI BETUL", "alasan": "Salah ketik.", "diperiksa": "ya"},
    ),
    "/petugas/pejabat/tunjuk/catat": (
        "clerk",
        "/petugas/pejabat/tunjuk",
        {"jabatan": "penerbitan/kadis", "kedudukan": "tetap", "nama": "*", "email": "*"},
    ),
    "/petugas/pejabat/<id>/catat": ("clerk", "/petugas/pejabat/<id>", {"perubahan": "betulkan", "nama": "*"}),
    "/petugas/email/kirim-ulang": ("clerk", "/petugas/email", {"email": "*"}),
    "/petugas/email/tertangani": ("clerk", "/petugas/email", {"email": "*"}),
    "/meja/bersama": ("waiting", "/meja", {"tindakan": "forward", "pilih": "*", **SAYS["forward"]}),
    "/telaah/<number>/meja": ("waiting", "/telaah/<number>", {}),
    "/telaah/<number>/putuskan": ("waiting", "/telaah/<number>", {"tindakan": "forward", **SAYS["forward"]}),
}
"""Every form that only its own page may send: where it works, that page, and what would have an effect."""

PAPER = pdf()


class StillClock(Clock):
    """Time that does not even pass when somebody looks."""

    def __call__(self) -> datetime:
        return self.at


class Stage:
    """The portal, its clock, and ways to bring a case somewhere without the pages."""

    def __init__(self, data: Path, clock: Clock | None = None, *, patient: bool = True, **settings: Any) -> None:
        self.data, self.clock = data, clock or Clock()
        given = {"data": data, "address": "http://localhost", "rehearsal": True, **settings}
        house = build(Config.from_environment({"SITE": str(data / "none")}, **given), self.clock)
        self.house: House = house if patient else _impatient(house)
        self._take_up(self.house)
        self.records: Any = self.office.records
        self.mailbox: Any = self.house.engine.mailbox
        self.app: Flask = wsgi(self.house)

    def _take_up(self, house: House) -> None:
        self.office, self.cases, self.visits, self.watch = house.office, house.cases, house.visits, house.watch
        self.intake, self.outbox, self.clockwork = house.intake, house.outbox, house.clockwork

    def close(self) -> None:
        self.records.close()
        if self.mailbox:
            self.mailbox.close()

    def browser(self, address: str = "") -> FlaskClient:
        """A browser of its own, at that address of the internet."""
        client = self.app.test_client()
        if address:
            client.environ_base["REMOTE_ADDR"] = address
        return client

    def mailbox_page(self) -> people.Mailbox:
        """The mailbox as people look into it."""
        mailbox = people.Mailbox("http://localhost", self.outbox.send_due)
        mailbox._browser = InProcess(self.browser())
        return mailbox

    def applicant(self, **differently: Any) -> people.Applicant:
        samples = rehearsal_of(self.house).props["penerbitan"]
        person = people.Applicant("http://localhost", self.mailbox_page(), samples, **differently)
        person.browser = InProcess(self.browser())
        return person

    def official_in_person(self, email: str) -> people.Official:
        person = people.Official("http://localhost", self.mailbox_page(), email)
        person.browser = InProcess(self.browser())
        return person

    # --- cases -----------------------------------------------------------------------------------------------------

    def draft(self, kinds: tuple[str, ...] | None = None, **changes: Any) -> Draft:
        """A draft with documents that are not inspected."""
        draft = self.intake.start("penerbitan", {**FORM, **changes})
        wanted = [r.key for r in self.office.services.first.requirements] if kinds is None else kinds
        documents = tuple(self.document(draft, kind) for kind in wanted)
        if documents:
            draft = replace(draft, documents=documents, version=2)
            self.records.save_draft(draft)
        return draft

    def document(self, draft: Draft, kind: str) -> Document:
        content = PAPER + kind.encode()
        kept = self.office.files.write(f"{draft.folder}{kind}/1/checked", content, "application/pdf")
        mark = sha256(content).hexdigest()
        at = self.clock().isoformat()
        return Document(kind, kept.key, kept.version, mark, kept.size, "application/pdf", 1, at, "surat.pdf")

    def case(self, *actions: str, **changes: Any) -> str:
        """The ticket of an application after being sent and these further actions."""
        number = self.intake.submit(self.draft(**changes).id).ticket
        for action in actions:
            self.act(number, action)
        return number

    def handed_over(self) -> str:
        """A case whose entry in the register is untouched; made, which takes days, only if there is none."""
        entries = self.records.certificates("penerbitan")
        untouched = (entry.ticket for entry in entries if entry.ticket and entry.version == 1)
        return next(untouched, "") or self.case(*WAYS["done"])

    def act(self, number: str, action: str) -> None:
        application = self.load(number)
        sop = self.office.sop_of(application)
        if action == "confirm":
            self.cases.confirm(number)
        elif action == "withdraw":
            self.cases.withdraw(application)
        elif action == "lapse":
            self.office.commit(application.lapse(sop=sop, at=self.clock()))
        elif action == "book":
            self.visits.book(application, self.visits.slots(application)[0])
        elif action == "resubmit":
            draft = self.intake.begin_mending(application)
            self.records.save_draft(draft.with_document(self.document(draft, "ktp")))
            self.intake.resubmit(application)
        else:
            self.comes_to(number, action)
            claims = self.cases.case_claims(application, self.official(number).email)
            self.cases.decide(claims, action, SAYS.get(action, {}), application.version)

    def comes_to(self, number: str, action: str) -> None:
        """The time at which this can be done: a visit's, or now."""
        application = self.load(number)
        opens = application.opens_at(action, self.office.sop_of(application))
        self.clock.at = max(self.clock.at, opens or self.clock.at)

    def load(self, number: str) -> Application:
        found: Application = self.records.load(number)
        return found

    def official(self, number: str) -> Official:
        """The first one who may act on the case."""
        application = self.load(number)
        officials = self.records.officials()
        return next(eligible(application, officials, self.office.sop_of(application), self.office.today()))

    # --- what gets into hands ----------------------------------------------------------------------------------------

    def sign(self, page: str, claims: Mapping[str, Any], **life: float) -> str:
        return self.office.links.sign(page, claims, self.clock.at + timedelta(**(life or {"days": 7})))

    def link(self, page: str, number: str, email: str = "", **life: float) -> str:
        """A genuine link to such a page of the case: ``konfirmasi``, ``permohonan``, ``telaah`` or ``meja``."""
        if page == "telaah":
            claims = self.cases.case_claims(self.load(number), email or self.official(number).email)
        else:
            claims = {"r": email} if page == "meja" else {"t": number}
        return f"/{page}/{self.sign(page, claims, **life)}"

    def renewal_link(self, number: str, **life: float) -> str:
        entry = self.records.certificate("penerbitan", number)
        return f"/perpanjang/{self.sign('perpanjang', {'s': entry.service, 'c': entry.id, 'r': entry.email}, **life)}"

    def draft_link(self, draft: Draft, **life: float) -> str:
        claims = {"d": draft.id, "r": draft.form["email"]}
        return f"/ajukan/lanjut/{self.sign('draft', claims, **life)}"

    def mail(self) -> list[dict[str, Any]]:
        """Everything emailed, after sending what is owed."""
        while self.outbox.send_due():
            pass
        messages: list[dict[str, Any]] = self.mailbox.messages()
        return messages

    # --- all there is ------------------------------------------------------------------------------------------------

    def dump(self) -> tuple[list[str], list[tuple[str, str]]]:
        """Every row of every database, and every file with what is in it."""
        rows: list[str] = []
        for name in ("portal.sqlite", "kotak-surat.sqlite"):
            database = sqlite3.connect(self.data / name)
            rows += database.iterdump()
            database.close()
        return rows, [(str(path), sha256(path.read_bytes()).hexdigest()) for path in self._files()]

    def _files(self) -> list[Path]:
        # SQLite's own files change without their rows changing.
        found = (path for path in self.data.rglob("*") if path.is_file() and ".sqlite" not in path.name)
        return sorted(found)


def _impatient(house: House) -> House:
    """The same house, which does not wait for somebody who holds the database."""
    waiting: Any = house.office.records
    waiting.close()
    patient = SqliteRecords(house.config.data / "portal.sqlite", ["penerbitan"], busy_seconds=0.05)
    return replace(house, office=replace(house.office, records=patient))


class InProcess(Browser):
    """The same browser, asking the portal of this process without a network in between."""

    def __init__(self, client: FlaskClient) -> None:
        super().__init__("http://localhost")
        self.client = client

    def _open(self, request: urllib.request.Request) -> Page:
        answer = self.client.open(
            request.full_url.removeprefix(self.address),
            method=request.get_method(),
            data=request.data,
            headers=request.headers,
            follow_redirects=True,
        )
        return Page(answer.request.url, answer.status_code, dict(answer.headers), answer.get_data())


class Session:
    """A browser that may send such a form with effect, and the page that carries the form."""

    def __init__(self, stage: Stage, rule: str) -> None:
        state, page, fields = WORKS[rule]
        self.browser = stage.browser()
        if state == "draft":
            made = stage.draft()
            links, number, draft = [stage.draft_link(made)], "", made.id
        elif state.startswith("clerk"):
            links, draft = [], ""
            way = WAYS["booked"] if state == "clerk booked" else ("confirm", "return")
            number = stage.case(*way) if "<number>" in rule else ""
            said = self._come_to_clerk(stage, rule)
        else:
            number, draft = stage.handed_over() if state == "done" else stage.case(*WAYS[state]), ""
            if "on" in fields:  # that day has come
                stage.clock.at = max(stage.clock.at, datetime.fromisoformat(f"{fields['on']}T12:00+08:00"))
            links = [stage.link("konfirmasi", number), stage.link("permohonan", number)]
            official = KADIS if state == "waiting" else VERIFIKATOR
            links += [stage.link("telaah", number, official)] if page.startswith("/telaah") else []
            links += [stage.renewal_link(number)] if page.startswith("/perpanjang") else []
            links += [stage.link("telaah", number, KADIS), f"/telaah/{number}"] if page == "/meja" else []
            links += [stage.link("meja", "", KADIS if page == "/meja" else VERIFIKATOR)] if "/meja" in page else []
        for link in links:
            self.browser.get(link)

        def of_this(path: str) -> str:
            named = {
                "<draft>": draft,
                "<number>": number,
                "<kind>": "ktp",
                "<service:service>": "penerbitan",
                "<id>": number or A_MARK,
            }
            for name, value in named.items():
                path = path.replace(name, value)
            return path

        html = lxml.html.fromstring(self.browser.get(of_this(page)).get_data())
        self.path, self.csrf = of_this(rule), html.xpath("//input[@name='csrf']/@value | //@data-csrf")[0]
        self.fields: dict[str, Any] = dict(fields)
        if state.startswith("clerk") and fields:
            found = {
                name: said or html.xpath(f"//input[@name='{name}']/@value")[0] for name in fields if fields[name] == "*"
            }
            self.fields |= {**found, **({"peristiwa": str(stage.load(number).version)} if number else {})}
        if "jadwal" in fields:
            self.fields["jadwal"] = html.xpath("//input[@name='jadwal']/@value")[0]
        if "pilih" in fields:
            self.fields["pilih"] = html.xpath("//input[@name='pilih']/@value")
        elif "tindakan" in fields:
            self.fields["peristiwa"] = str(stage.load(number).version)
        if rule.endswith("<kind>"):
            form = next(form for form in html.forms if "ktp" in form.fields.get("key", ""))
            stage.office.files.write(form.fields["key"], png(), "image/png")
            self.fields["selesai"] = form.get("data-finish").partition("selesai=")[2]

    def _come_to_clerk(self, stage: Stage, rule: str) -> str:
        """A clerk who is in, or at the door; returns what he types there."""
        email = stage.office.services.office["email"]
        stage.clock.forward(minutes=1)  # a code is asked for once a minute
        owed = notice("turn", Actor("kadis", email="x@"), about=f"x-{stage.clock.at}", event=1, at=stage.clock.at)
        stage.records.owe([owed])
        stage.records.settle_notice(owed.failed("550", stage.clock.at, hopeless=True))
        if rule.startswith("/petugas/pejabat"):
            self._signs(stage, email)
            return f"dewi{stage.clock.at:%j%H%M%S}@tarakankota.go.id"  # somebody new each time
        asked = stage.house.entrance.ask(email) if rule == "/petugas/kode" else ""
        self._signs(stage, email, asked)
        return asked and "123456"

    def _signs(self, stage: Stage, email: str, asked: str = "") -> None:
        at_the_door = {"r": email, **({"n": asked} if asked else {})}
        for name, claims in (("petugas", {"r": email}), ("petugas-kode", at_the_door)):
            path = "/petugas/kode" if name == "petugas-kode" else "/petugas"
            self.browser.set_cookie(name, stage.sign(f"cookie.{name}", claims), path=path)

    def post(self, headers: dict[str, str] | None = None, **changes: str) -> int:
        return self.answer(headers, **changes).status_code

    def answer(self, headers: dict[str, str] | None = None, **changes: str) -> TestResponse:
        return self.browser.post(self.path, data={**self.fields, **changes}, headers=headers or {})
