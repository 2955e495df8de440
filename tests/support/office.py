"""A portal with its officials, verbs to bring a case somewhere without the pages, and an official with a browser."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask

from portal.bootstrap import build, wsgi
from portal.config import Config
from portal.core.application import Application
from portal.core.draft import Document
from portal.core.officials import Official
from portal.house import House
from tests.support.browser_without_javascript import Page

MORNING = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""A Monday, 08.00 WITA."""

KADIS, KABID, STATISTISI = "kadis@tarakankota.go.id", "kabid@tarakankota.go.id", "statistisi@tarakankota.go.id"
FIRST, SECOND = "verifikator.satu@tarakankota.go.id", "verifikator.dua@tarakankota.go.id"
OFFICIALS = (
    Official("penerbitan", "kadis", "Rahmawati Contoh", KADIS, "197001012000121001"),
    Official("penerbitan", "kabid", "Budiman Contoh", KABID, capacity="Plt.", decree="800/1", until=date(2027, 1, 31)),
    Official("penerbitan", "pelaksana_bidang", "Nurhayati Contoh", STATISTISI),
    Official("penerbitan", "verifikator", "Andi Contoh", FIRST),
    Official("penerbitan", "verifikator", "Wati Contoh", SECOND),
)
FORM = {
    "jenis_permohonan": "penerbitan",
    "diisi_oleh": "sendiri",
    "nama_ktp": "SITI CONTOH",
    "nik": "6473014501900001",
    "status_kepegawaian": "PNS",
    "nip": "199001052015032001",
    "pangkat": "III/c",
    "jabatan": "Analis Contoh",
    "opd": "Lainnya",
    "opd_lainnya": "Dinas Contoh",
    "unit_kerja": "Bidang Contoh",
    "email": "siti.contoh@tarakankota.go.id",
    "email_aktif": "ya",
    "hp": "+6281200000000",
    "tujuan": "Surat dan naskah dinas",
}
FORWARD = {"instructions": ["proses"], "note": "Segera diproses."}
CHECKED = {"checklist": ["surat", "formulir", "ktp", "sk", "email"]}
RECORDED = {"serial": "4F:7K:9Q", "valid_from": "2026-11-23", "valid_until": "2028-11-23"}
WAY: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    (KADIS, "forward", FORWARD),
    (KABID, "forward", FORWARD),
    (STATISTISI, "forward", FORWARD),
    (FIRST, "dispatch", CHECKED),
    (FIRST, "accept", {}),
    (FIRST, "invite", {}),
    ("", "book", {}),
    (FIRST, "attend", {}),
    (FIRST, "record", RECORDED),
    (FIRST, "hand_over", {"received_by": "Siti Contoh"}),
)
"""The SOP from the first official to the archive."""


class Clock:
    def __init__(self) -> None:
        self.at = MORNING

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: int) -> None:
        self.at += timedelta(**span)


class Office:
    """A portal with its officials, and verbs to bring a case somewhere without the pages."""

    def __init__(self, data: Path, **environ: str) -> None:
        self.clock = Clock()
        given = {"SITE": str(data / "none"), "SENDER": "dkisp@tarakankota.go.id", **environ}
        self.data = data
        self.house: House = build(Config.from_environment(given, data=data, address="http://localhost"), self.clock)
        self.office, self.cases, self.visits = self.house.office, self.house.cases, self.house.visits
        for official in OFFICIALS:
            self.office.records.appoint(official)
        self.app: Flask = wsgi(self.house)

    def steps(self, until: str) -> int:
        return [action for _, action, _ in WAY].index(until) if until else 0

    def case(self, until: str = "", content: bytes = b"%PDF-1.4", **changes: str) -> str:
        """The ticket of a confirmed case, moved along the SOP until just before this action."""
        draft = self.house.intake.start("penerbitan", {**FORM, **changes})
        documents = tuple(self.document(draft.id, r.key, content) for r in self.office.services.first.requirements)
        self.office.records.save_draft(replace(draft, documents=documents, version=2))
        number = self.cases.confirm(self.house.intake.submit(draft.id).ticket).ticket
        for email, action, data in WAY[: self.steps(until)]:
            self.act(number, email, action, data)
        return number

    def document(self, draft: str, kind: str, content: bytes) -> Document:
        kept = self.office.files.write(f"drafts/{draft}/{kind}/1/checked", content, "application/pdf")
        mark = sha256(content + kind.encode()).hexdigest()
        at = self.clock.at.isoformat()
        return Document(kind, kept.key, kept.version, mark, len(content), "application/pdf", 2, at, "a.pdf")

    def waits_for(self, number: str, action: str) -> None:
        """Until it may be done: until the visit, say."""
        opens = self.load(number).opens_at(action, self.office.services.first)
        self.clock.at = max(self.clock.at, opens or self.clock.at)

    def act(self, number: str, email: str, action: str, data: Mapping[str, Any]) -> None:
        self.clock.forward(minutes=1)
        self.waits_for(number, action)
        if action == "book":
            self.visits.book(self.load(number), self.visits.slots(self.load(number))[0])
        else:
            claims = self.cases.case_claims(self.load(number), email)
            self.cases.decide(claims, action, data, self.load(number).version)

    def load(self, number: str) -> Application:
        return self.office.records.load(number)

    def link(self, number: str, email: str, days: int = 14) -> str:
        claims = self.cases.case_claims(self.load(number), email)
        return "/telaah/" + self.office.links.sign("telaah", claims, self.clock.at + timedelta(days=days))

    def desk_link(self, email: str) -> str:
        return "/meja/" + self.office.links.sign("meja", {"r": email}, self.clock.at + timedelta(days=14))

    def emailed(self, letter: str, email: str) -> str:
        """The text of an owed email."""
        owed = next(n for n in self.office.records.unsent() if n.letter == letter and n.recipient == email)
        return self.house.correspondence.compose(owed).text

    def dump(self) -> tuple[list[str], list[tuple[str, int]]]:
        """All that is stored."""
        with sqlite3.connect(self.data / "portal.sqlite") as database:
            rows = list(database.iterdump())
        database.close()
        files = [(str(path), path.stat().st_size) for path in sorted((self.data / "berkas").rglob("*"))]
        return rows, files


class Person:
    """An official with a browser: opens links, fills in what a page offers, presses a button."""

    def __init__(self, office: Office, email: str = "") -> None:
        self.office, self.email = office, email
        self.browser = office.app.test_client()

    def get(self, path: str) -> Page:
        return self.page(self.browser.get(path, follow_redirects=True))

    def opens(self, number: str) -> Page:
        return self.get(self.office.link(number, self.email))

    def fills(self, page: Page, action: str, typed: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
        form = page.form("/putuskan", action_of(page, action))
        known = {element.get("name") for element in form.xpath(".//*[@name]")}
        assert set(typed) <= known
        values = [(name, value) for name, value in form.form_values() if name not in typed]
        for name, value in typed.items():
            values += [(name, entry) for entry in (value if isinstance(value, list) else [value])]
        return form.action, values

    def sends(self, filled: tuple[str, list[tuple[str, str]]], follow: bool = True) -> Page:
        data: dict[str, list[str]] = {}
        for name, value in filled[1]:
            data.setdefault(name, []).append(value)
        return self.page(self.browser.post(filled[0], data=data, follow_redirects=follow))

    def decides(self, number: str, action: str, typed: Mapping[str, Any]) -> Page:
        return self.sends(self.fills(self.opens(number), action, typed))

    def page(self, response: Any) -> Page:
        return Page(response.request.path, response.status_code, dict(response.headers), response.data)


def action_of(page: Page, action: str) -> str:
    """The words on the button of a choice."""
    buttons = page.html.xpath(f"//form[.//input[@name='tindakan' and @value='{action}']]//button")
    assert buttons, f"{action} is not on offer: {page.text[:600]}"
    return str(buttons[0].text_content())
