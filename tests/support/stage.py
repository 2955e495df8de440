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

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client

from portal.bootstrap import build, wsgi
from portal.config import Config
from portal.core.application import Application
from portal.core.draft import Document, Draft
from portal.core.officials import Official, eligible
from portal.engines.local.records import SqliteRecords
from portal.house import House
from tests.support import people
from tests.support.browser_without_javascript import Browser, Page
from tests.support.document_specimens import pdf
from tests.support.server import Clock, rehearsal_of
from tests.support.ways import FORM, SAYS, WAYS

KADIS, KABID = "kepala.dinas@tarakankota.go.id", "kepala.bidang@tarakankota.go.id"
STATISTISI = "statistisi@tarakankota.go.id"
VERIFIKATOR, OTHER_VERIFIKATOR = "verifikator.satu@tarakankota.go.id", "verifikator.dua@tarakankota.go.id"

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
        self.bringing = house.bringing

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
        return eligible(application, officials, self.office.sop_of(application), self.office.today())[0]

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

    def __init__(self, client: Client) -> None:
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
