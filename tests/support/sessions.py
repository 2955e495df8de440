"""Every form that only its own page may send, and a browser that may send it with effect."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import lxml.html
from werkzeug.test import TestResponse

from portal.core.application import Actor
from portal.core.notices import notice
from portal.core.officials import Official
from portal.web.clerk.people import mark_of
from portal.web.official.devices import COOKIE, PATHS
from tests.support.devices import known_to
from tests.support.document_specimens import png
from tests.support.filler import ABOUT, batch_of
from tests.support.stage import KADIS, VERIFIKATOR, Stage
from tests.support.ways import FORM, SAYS, WAYS

BEFORE_THE_PORTAL = """Nomor seri;Nama;NIP;Email;Perangkat daerah;Berlaku mulai;Berlaku sampai
9C:01:AA;Rahmat Contoh;198001012005011001;rahmat@tarakankota.go.id;bkpsdm;01/06/2025;01/06/2027
9C:02:BB;Wati Contoh;;wati@tarakankota.go.id;Dinas Sosial;2024-02-29;2026-02-28
"""
"""A table of what was issued before the portal."""


def long_table(lines: int) -> str:
    """One of so many lines."""
    head, first, *_ = BEFORE_THE_PORTAL.splitlines()
    return "\n".join([head, *(first.replace("9C:01:AA", f"9C:{number:06X}") for number in range(lines))])


SOMEBODY = {"nik": "6473010505850001", "nip": "198505052010051005", "email": "budi@tarakankota.go.id"}
"""Whose data nobody else of a stage has."""

A_MARK = mark_of(Official("penerbitan", "kadis", "", KADIS))
"""Of an appointment, in the address of its page."""

WORKS: Mapping[str, tuple[str, str, Mapping[str, str | list[str]]]] = {
    "/ajukan/<draft>/data": ("draft", "/ajukan/<draft>/data/jabatan", {**FORM, "jabatan": "Lain"}),
    "/ajukan/<draft>/data/<key>": ("draft", "/ajukan/<draft>/data/jabatan", {**FORM, "jabatan": "Lain"}),
    "/ajukan/<draft>/berkas/<kind>": ("draft", "/ajukan/<draft>/berkas", {}),
    "/ajukan/<draft>/berkas/<kind>/hapus": ("draft", "/ajukan/<draft>/berkas", {}),
    "/ajukan/<draft>/periksa": ("draft", "/ajukan/<draft>/periksa", {"pernyataan": "ya"}),
    "/usulan/<id>/data": ("batch", "/usulan/<id>/data", {**ABOUT, "unit_kerja": "Lain"}),
    "/usulan/<id>/pegawai": ("batch", "/usulan/<id>/pegawai", {"nama_ktp": "WATI", "email": "wati@tarakankota.go.id"}),
    "/usulan/<id>/daftar/tambah": ("batch", "/usulan/<id>/daftar", {"daftar": "Nama;Email\nEKA;eka@tarakankota.go.id"}),
    "/usulan/<id>/ingatkan": ("batch", "/usulan/<id>", {"pegawai": "*"}),
    "/usulan/<id>/hapus": ("batch", "/usulan/<id>", {"pegawai": "*"}),
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
    "/petugas/permohonan/<number>/serahkan": (
        "clerk booked",
        "/petugas/permohonan/<number>",
        {"penerima": VERIFIKATOR, "alasan": "Ia yang memeriksanya."},
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
    "/petugas/permohonan/xlsx": ("clerk", "/petugas/permohonan", {}),
    "/petugas/data-pribadi/unduh": ("clerk", "/petugas/data-pribadi", {"siapa": FORM["nik"]}),
    "/petugas/data-pribadi/hapus/laksanakan": (
        "clerk withdrawn",
        "/petugas/data-pribadi",
        {"siapa": SOMEBODY["nik"], "dasar": "unused", "alasan": "Surat 1.", "pasti": "ya"},
    ),
    "/petugas/email/kirim-ulang": ("clerk", "/petugas/email", {"email": "*"}),
    "/petugas/email/tertangani": ("clerk", "/petugas/email", {"email": "*"}),
    "/meja/bersama": ("waiting", "/meja", {"tindakan": "forward", "pilih": "*", **SAYS["forward"]}),
    "/meja/tetap": ("waiting", "/meja", {}),
    "/telaah/<number>/meja": ("waiting", "/telaah/<number>", {}),
    "/telaah/<number>/putuskan": ("waiting", "/telaah/<number>", {"tindakan": "forward", **SAYS["forward"]}),
}
"""Every form that only its own page may send: where it works, that page, and what would have an effect."""


class Session:
    """A browser that may send such a form with effect, and the page that carries the form."""

    def __init__(self, stage: Stage, rule: str) -> None:
        state, page, fields = WORKS[rule]
        self.browser = stage.browser()
        if state == "draft":
            made = stage.draft()
            links, number, draft = [stage.draft_link(made)], "", made.id
        elif state == "batch":
            kept = batch_of(stage.house, 1)
            link = stage.sign("usulan", {"d": kept.id, "r": stage.house.batches.email(kept)})
            links, number, draft = [f"/usulan/{link}"], kept.id, ""
        elif state.startswith("clerk"):
            links, draft = [], ""
            way = WAYS.get(state.removeprefix("clerk "), ("confirm", "return"))
            whose = SOMEBODY if state == "clerk withdrawn" else {}
            number = stage.case(*way, **whose) if "<number>" in rule or whose else ""
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
        for path in PATHS:
            self.browser.set_cookie(COOKIE, known_to(stage.house), path=path)
        for link in links:
            self.browser.get(link)

        def of_this(path: str) -> str:
            named = {
                "<draft>": draft,
                "<number>": number,
                "<kind>": "ktp",
                "<key>": "jabatan",
                "<service:service>": "penerbitan",
                "<id>": number or A_MARK,
            }
            for name, value in named.items():
                path = path.replace(name, value)
            return path

        html = lxml.html.fromstring(self.browser.get(of_this(page)).get_data())
        if state == "batch" and "pegawai" in fields:
            fields = {"pegawai": html.xpath("//input[@name='pegawai']/@value")[0]}
        self.path, self.csrf = of_this(rule), html.xpath("//input[@name='csrf']/@value | //@data-csrf")[0]
        self.fields: dict[str, Any] = dict(fields)
        if state.startswith("clerk") and fields:
            found = {
                name: said or html.xpath(f"//input[@name='{name}']/@value")[0] for name in fields if fields[name] == "*"
            }
            self.fields |= {**found, **({"peristiwa": str(stage.load(number).version)} if number else {})}
        if rule.startswith("/petugas/pejabat"):
            told = self.browser.post(self.path.replace("/catat", "/periksa"), data={**self.fields, "csrf": self.csrf})
            self.fields["akibat"] = lxml.html.fromstring(told.get_data()).xpath("//input[@name='akibat']/@value")[0]
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
