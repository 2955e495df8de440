"""A portal of its own for those who apply, and an applicant's browser."""

import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import lxml.html
from flask import Flask
from flask.testing import FlaskClient

from portal import bootstrap
from portal.config import Config
from portal.core.draft import Document, Draft
from portal.house import House
from portal.web.app import create_app
from tests.support.http_parts import MULTIPART, multipart
from tests.support.people import ASKING, KINDS

ANSWERS = {
    "nama_ktp": "SITI CONTOH",
    "nik": "6473014501900001",
    "status_kepegawaian": "PNS",
    "nip": "19900105 201503 2 001",
    "pangkat": "III/c",
    "jabatan": "Analis Contoh",
    "opd": "Dinas Kesehatan",
    "unit_kerja": "Bidang Contoh",
    "email": "Siti.Contoh@tarakankota.go.id",
    "email_aktif": "ya",
    "hp": "0812-0000-0000",
    "tujuan": "Dokumen keuangan",
}
FILLER = {"nama_pengisi": "Budi", "jabatan_pengisi": "Sekretaris", "hp_pengisi": "081200000001", "persetujuan": "ya"}

SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class World:
    """A whole portal on one machine, its clock, and the folder of all it keeps."""

    house: House
    app: Flask
    clock: Clock
    data: Path

    def applicant(self) -> "Applicant":
        return Applicant(self.app.test_client())

    def draft(self, answers: dict[str, str] | None = None, kinds: tuple[str, ...] = KINDS) -> Draft:
        """A draft with documents, by way of the core: nothing is inspected."""
        form = self.house.office.words("penerbitan").form
        by = {"diisi_oleh": "sendiri"}
        draft = self.house.intake.start("penerbitan", form.clean({**by, **(ANSWERS if answers is None else answers)}))
        for kind in kinds:
            key = f"drafts/{draft.id}/{kind}/{secrets.token_hex(4)}/checked"
            stored = self.house.office.files.write(key, kind.encode(), "application/pdf")
            digest = sha256(kind.encode()).hexdigest()
            uploaded_at = self.clock().isoformat()
            name = f"{kind}.pdf"
            document = Document(kind, key, stored.version, digest, stored.size, "application/pdf", 2, uploaded_at, name)
            draft = draft.with_document(document)
            self.house.office.records.save_draft(draft)
        return draft

    def link(self, draft: Draft, life: timedelta = timedelta(days=7)) -> str:
        """The link of the email with which a draft is resumed."""
        claims = {"d": draft.id, "r": draft.form["email"]}
        return f"/ajukan/lanjut/{self.house.office.links.sign('draft', claims, self.clock() + life)}"

    def holder(self, draft: Draft) -> "Applicant":
        """Somebody who has opened that link."""
        applicant = self.applicant()
        applicant.get(self.link(draft))
        return applicant

    def kept(self, draft: Draft) -> Draft:
        return self.house.office.records.load_draft(draft.id)

    def dump(self) -> tuple[list[str], list[str]]:
        """Everything in the database, and every file's name."""
        connection = sqlite3.connect(self.data / "portal.sqlite")
        lines = list(connection.iterdump())
        connection.close()
        return lines, sorted(str(path) for path in (self.data / "berkas").rglob("*"))


@dataclass(frozen=True)
class Page:
    status: int
    path: str
    text: str
    tree: Any
    headers: Any
    body: bytes

    def form(self, contains: str) -> dict[str, str]:
        """What the form with such an action would send as it stands."""
        return dict(self._form(contains).form_values())

    def action(self, contains: str) -> str:
        return str(self._form(contains).action)

    def card(self, kind: str) -> str:
        return " ".join(self.tree.get_element_by_id(f"berkas-{kind}").text_content().split())

    def value(self, name: str) -> str | None:
        found: str | None = self.tree.xpath(f"//input[@name='{name}']/@value")[0]
        return found

    def _form(self, contains: str) -> Any:
        return next(form for form in self.tree.forms if form.method == "POST" and contains in form.action)


@dataclass(frozen=True)
class Applicant:
    client: FlaskClient

    def get(self, path: str) -> Page:
        return _page(self.client.get(path, follow_redirects=True))

    def post(self, path: str, data: Any = None, headers: dict[str, str] | None = None, **more: Any) -> Page:
        return _page(self.client.post(path, data=data, headers=headers or {}, follow_redirects=True, **more))

    def fills_in(self, answers: Mapping[str, str], path: str = "/ajukan") -> Page:
        """Page by page, until no part of the form is left, or one comes back."""
        page = self.get(path)
        while page.status == 200 and (form := _asking(page)) is not None:
            asked = {element.get("name") for element in form.xpath(".//*[@name and not(self::button)]")}
            said = {name: answer for name, answer in answers.items() if name in asked}
            whom = {"diisi_oleh": "orang_lain" if path.endswith("/orang-lain") else "sendiri"}
            said |= whom if form.xpath(".//button[@name='diisi_oleh']") else {}
            page = self.post(form.action or page.path, {**dict(form.form_values()), **said})
        return page

    def upload(self, draft: Draft, kind: str, content: bytes, name: str = "surat.pdf") -> Page:
        """Choose a file, send it to where the page says, and have it checked."""
        arrived = self.send(draft, kind, content, name)
        return self.post(arrived.action(f"/berkas/{kind}"), arrived.form(f"/berkas/{kind}"))

    def send(self, draft: Draft, kind: str, content: bytes, name: str = "surat.pdf") -> Page:
        page = self.get(f"/ajukan/{draft.id}/berkas")
        card = page.tree.get_element_by_id(f"berkas-{kind}")
        form = next(form for form in card.iterdescendants("form") if form.get("enctype"))
        referer = {"Referer": f"http://localhost/ajukan/{draft.id}/berkas"}
        return self.post(
            form.action, multipart(dict(form.form_values()), content, name), referer, content_type=MULTIPART
        )

    def report(self, draft: Draft, kind: str) -> tuple[str, dict[str, str]]:
        """Address and fields with which the page's script reports an upload."""
        page = self.get(f"/ajukan/{draft.id}/berkas")
        card = page.tree.get_element_by_id(f"berkas-{kind}")
        form = next(form for form in card.iterdescendants("form") if form.get("enctype"))
        return form.get("data-finish"), {"csrf": form.get("data-csrf"), "name": "Foto KTP.jpg"}


def _asking(page: Page) -> Any:
    forms = page.tree.forms if page.tree is not None else []
    found = (form for form in forms if form.method == "POST" and form.xpath(ASKING))
    return next(found, None)


def _page(answer: Any) -> Page:
    html = answer.mimetype == "text/html" and bool(answer.data)
    tree = lxml.html.fromstring(answer.get_data(as_text=True)) if html else None
    text = " ".join(tree.text_content().split()) if tree is not None else ""
    return Page(answer.status_code, answer.request.path, text, tree, answer.headers, answer.data)


@contextmanager
def world_in(data: Path) -> Iterator[World]:
    clock = Clock()
    config = Config.from_environment({}, data=data, address="http://localhost", rehearsal=True)
    house = bootstrap.build(replace(config, site=None), clock=clock)
    yield World(house, app_of(house), clock, data)
    house.office.records.close()  # type: ignore[attr-defined]


def app_of(house: House, **differently: Any) -> Flask:
    return create_app(house, replace(house.equipment, **differently), address="http://localhost")
