"""Every email the portal owes, as a real portal composes it."""

import json
import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any

import lxml.html

from portal import office
from portal.core import worktime
from portal.core.application import Actor, Application
from portal.core.clerks import Clerk
from portal.core.draft import Document, Draft
from portal.core.language import Language
from portal.core.notices import notice
from portal.core.officials import Official
from portal.core.rounds import Rounds
from portal.core.services import Services
from portal.core.sop import APPLICANT, Sop
from portal.engines.local.files import FolderFiles
from portal.engines.local.mail import Mailbox
from portal.engines.local.records import SqliteRecords
from portal.engines.ports import Message
from portal.forms.letter import Letter
from portal.letters.writing import Letters
from portal.links import Links
from portal.usecases import tickets
from portal.usecases.appointing import Appointing
from portal.usecases.batches import Batches
from portal.usecases.cases import Cases
from portal.usecases.clockwork import Clockwork
from portal.usecases.codes import Codes
from portal.usecases.corrections import Corrections
from portal.usecases.correspondence import Correspondence
from portal.usecases.entrance import Entrance
from portal.usecases.experience import Experience
from portal.usecases.intake import Intake
from portal.usecases.outbox import Outbox
from portal.usecases.register import Register
from portal.usecases.visits import Visits
from portal.usecases.watch import Watch
from tests.support.places import ROOT, SCHEMAS

LETTERS = ROOT / "functions" / "portal" / "letters" / "texts"
ADDRESS = "https://tte.tarakankota.go.id"
WITA = timezone(timedelta(hours=8), "WITA")
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=WITA)

MESSAGES = tomllib.loads((ROOT / "functions/portal/messages.toml").read_text("utf-8"))
LANGUAGE = Language(MESSAGES["dates"]["months"], MESSAGES["dates"]["days"], WITA, "WITA")
WRITTEN = Letters(LETTERS, LANGUAGE, MESSAGES["stuck"], forecast=MESSAGES["forecast"])

FORM = {
    "nama_ktp": "SITI AMINAH",
    "nik": "6571014101900001",
    "status_kepegawaian": "PNS",
    "nip": "199001012015032001",
    "jabatan": "Pranata Komputer Ahli Muda",
    "opd": "BKPSDM",
    "unit_kerja": "Bidang Statistik dan Persandian",
    "email": "siti.aminah@tarakankota.go.id",
}
NOTE = "Halaman 2 surat belum ikut dipindai.\nMohon pindai semua halaman."
HOSTILE = (
    """Siti <script>alert(1)</script> & "Co" 'x'

=> Klik di sini: https://jahat.example/
- satu
! dua
Bcc: a@b.c
"""
    + "panjang" * 30
)
OFFICIALS = {
    "kadis": "Budi Contoh",
    "kabid": "Rina Contoh",
    "pelaksana_bidang": "Andi Contoh",
    "verifikator": "Dewi Contoh",
}


@dataclass(frozen=True)
class Sent:
    letter: str
    values: Letter
    message: Message

    @property
    def context(self) -> dict[str, Any]:
        return dict(vars(self.values))


class Office:
    """A portal with its officials and a mailbox, and everything it ever sent."""

    def __init__(self, folder: Path, sop: Sop, said: Callable[[str], str]) -> None:
        self.now, self.sent, self.said = MONDAY, list[Sent](), said
        links, tokens = Links(["kunci"]), count(1)
        mail = Mailbox(folder / "mailbox.sqlite", "Portal <portal@tarakankota.go.id>")
        self.office = office.Office(
            services=Services([sop]),
            decisions=json.loads((SCHEMAS / "decision.schema.json").read_text("utf-8"))["$defs"],
            records=SqliteRecords(folder / "portal.sqlite", ["penerbitan"]),
            files=FolderFiles(folder / "files", links, lambda: str(next(tokens))),
            links=links,
            calendar=worktime.calendar(sop.data["calendar"], {}),
            clock=lambda: self.now,
        )
        self.cases, self.visits, self.watch = Cases(self.office), Visits(self.office), Watch(self.office)
        token = lambda: f"{next(tokens):032}"  # noqa: E731
        self.intake = Intake(self.office, random.Random(7).choice, token)
        register = json.loads((SCHEMAS / "register.schema.json").read_text("utf-8"))["$defs"]
        self.register = Register(self.office, register)
        self.entrance = Entrance(self.office)
        self.correspondence = Correspondence(
            self.office,
            self.cases,
            self.watch,
            self.register,
            self.entrance,
            Experience(self.office),
            self.render,
            ADDRESS,
        )
        letter, join = self.correspondence.letter, self.correspondence.join
        self.outbox = Outbox(self.office.records, mail, self.office.clock, letter, join)
        self.clockwork = Clockwork(self.office, self.cases, self.watch)
        for role, name in OFFICIALS.items():
            self.office.records.appoint(Official("penerbitan", role, said(name), f"{role}@tarakankota.go.id"))

    def render(self, letter: str, to: str, values: Letter) -> Message:
        message = WRITTEN.render(letter, to, values)
        self.sent.append(Sent(letter, values, message))
        return message

    def deliver(self, minutes: int = 20) -> None:
        self.outbox.send_due()
        self.now += timedelta(minutes=minutes)

    def draft(self) -> Draft:
        form = {**FORM, "nama_ktp": self.said(FORM["nama_ktp"]), "jabatan": self.said(FORM["jabatan"])}
        return Draft(self.intake.token(), self.office.services.first.service, form, self.now)

    def submit(self, batch: str = "") -> Application:
        draft = replace(self.draft(), batch=batch)
        number = f"TTE-26-{random.Random(len(self.sent)).randrange(2222, 9999)}-9QXM"
        kept = tuple(
            Document(each.key, f"applications/{each.key}", "1", "ab" * 32, 1000, "image/png", 1, self.now.isoformat())
            for each in self.office.services.first.requirements
        )
        self.office.records.save_draft(draft)
        case = Application.submit(draft, ticket=number, documents=kept, sop=self.office.services.first, at=self.now)
        self.office.commit(case, draft=draft.sent_as(number))
        self.deliver()
        return case

    def confirmed(self, batch: str = "") -> Application:
        case = self.cases.confirm(self.submit(batch).ticket)
        self.deliver()
        return case

    def decide(self, case: Application, action: str, **data: Any) -> Application:
        claims = self.cases.case_claims(case, f"{self.office.services.first.step(case.step).role}@tarakankota.go.id")
        case = self.cases.decide(claims, action, data, case.version)
        self.deliver()
        return case

    def book(self, case: Application, number: int) -> Application:
        case = self.visits.book(case, self.visits.slots(case)[number])
        self.deliver()
        return case

    def arranged(self, case: Application) -> Application:
        """The clerk moves a visit and calls it off; the applicant picks again, and calls that off too."""
        note, clerk = self.said("Verifikator dinas luar."), Actor("petugas", "Petugas Contoh", "Petugas")
        case = self.visits.move(case, self.visits.slots(case)[3], by=clerk, note=note, seen=case.version)
        self.deliver()
        case = self.visits.cancel(case, by=clerk, note=note, seen=case.version)
        self.deliver()
        case = self.visits.call_off(self.book(case, 1))
        self.deliver()
        return case

    def mend(self, case: Application) -> Application:
        draft = replace(self.intake.mending(case), form=case.form)
        case = case.resubmit(draft, documents=case.documents, sop=self.office.services.first, at=self.now)
        self.office.commit(case, draft=draft.sent_as(case.ticket))
        self.deliver()
        return case


def story(office: Office) -> list[Sent]:
    """Everything that can happen, once; each email is sent before the next thing happens."""
    said = office.said
    office.intake.start("penerbitan", office.draft().form)
    office.deliver()
    case = office.confirmed()
    case = office.decide(
        case, "return", items=["surat_permohonan", "jabatan"], reason="surat_belum_ditandatangani", note=said(NOTE)
    )
    case = office.mend(case)
    office.clockwork.tell_overdue()
    office.deliver()
    case = office.decide(case, "forward", instructions=["proses", "tanggapan"], note=said("Mohon segera."))
    case = office.decide(case, "forward", instructions=["proses"])
    case = office.decide(case, "forward", instructions=["koordinasi"], note=said("Sudah didata."))
    given_to_one_of_two(office, case)
    checklist = [point.key for point in office.office.services.first.step(case.step).checklist]
    case = office.decide(case, "dispatch", checklist=checklist)
    case = office.decide(case, "refuse", reason="lainnya", note=said("NIK belum padan."))
    case = office.decide(case, "dispatch", checklist=checklist)
    case = office.decide(case, "accept")
    case = office.decide(case, "invite", note=said("Masuk lewat pintu timur."))
    case = office.arranged(office.book(case, 0))
    case = office.book(case, 16)
    office.now = visit(case) - timedelta(days=1)
    office.clockwork.remind_visits()
    office.deliver()
    office.now += timedelta(days=1)
    case = office.book(office.decide(case, "miss"), 0)
    clerk = Clerk("Rina Contoh", "rina@tarakankota.go.id").as_actor("Petugas")
    case = office.visits.come(case, "walk_in", by=clerk, note=said("Kebetulan lewat."), seen=case.version)
    office.deliver()
    case = office.decide(case, "record", serial="4F:7K:9Q", valid_from="2026-11-30", valid_until="2028-11-30")
    office.cases.owe_again(
        case, "new_link", Actor(APPLICANT, case.value("name", office.office.services.first), email=FORM["email"])
    )
    office.deliver()
    office.decide(case, "hand_over", received_by="Siti Aminah")
    rejected = office.decide(office.confirmed(), "reject", reason="lainnya", note=said("Bukan pegawai."))
    by = Clerk("Rina Contoh", "rina@tarakankota.go.id")
    corrections, reason = Corrections(office.office, "Petugas"), said("Keliru memilih tombol.")
    office.cases.withdraw(corrections.undo(rejected.ticket, rejected.version, reason, by))
    office.cases.withdraw(office.confirmed())
    wrong = office.confirmed()
    right = corrections.amended(wrong, {**wrong.form, "email": "siti.benar@tarakankota.go.id"})
    office.cases.withdraw(corrections.amend(wrong.ticket, wrong.version, right, reason, by))
    office.deliver()
    office.submit()
    office.confirmed()
    office.decide(office.confirmed(), "return", items=["ktp"], reason="ktp_tidak_terbaca")
    for_several(office)
    for days in (8, 30):
        office.now += timedelta(days=days)
        for chore in office.clockwork.chores():
            chore()
        office.deliver()
    kadis = Actor("kadis", said(OFFICIALS["kadis"]), email="kadis@tarakankota.go.id")
    office.office.records.owe([notice("desk", kadis, about="meja", event=0, at=office.now)])
    Codes(office.office).ask("perangkat", kadis)
    office.entrance.owe_link(office.office.services.office["email"])
    tickets.owe(office.office, FORM["email"])
    office.deliver()
    a_full_day(office)
    nobody_serves(office, "kadis")
    somebody_acts(office)
    life_of_what_was_issued(office)
    assert list(office.office.records.unsent()) == []
    return office.sent


def for_several(office: Office) -> None:
    """Somebody fills in for a colleague, who goes on himself, and for another, whose case is returned."""
    batches, said = Batches(office.intake), office.said
    about = {"nama_pengisi": said("Budi Contoh"), "email_pengisi": "budi@tarakankota.go.id", "opd": "BKPSDM"}
    batch = batches.start("penerbitan", about, office.intake.token())
    batches.add(batch, [{**office.draft().form, "email": "wati@tarakankota.go.id"}])
    office.deliver()
    office.decide(office.confirmed(batch.id), "return", items=["ktp"], reason="ktp_tidak_terbaca", note=said(NOTE))


def given_to_one_of_two(office: Office, case: Application) -> None:
    """A clerk gives it to one verifikator, and then back to both, before the other one goes."""
    second = Official("penerbitan", "verifikator", office.said("Wati Contoh"), "wati@tarakankota.go.id")
    office.office.records.appoint(second)
    corrections, reason = Corrections(office.office, "Petugas"), office.said("Ia yang memeriksa berkasnya.")
    for to in (second.email, "all"):
        case = office.office.records.load(case.ticket)
        corrections.assign(case.ticket, case.version, to, reason, Clerk("Rina Contoh", "rina@tarakankota.go.id"))
        office.deliver()
    office.office.records.appoint(replace(second, until=office.office.today() - timedelta(days=1)))


def nobody_serves(office: Office, role: str) -> None:
    """Whoever held the role ended yesterday, and a case waits there."""
    (holder,) = (official for official in office.office.records.officials() if official.role == role)
    office.office.records.appoint(replace(holder, until=office.office.today() - timedelta(days=1)))
    office.clockwork.tell_clerk()
    office.deliver()


def life_of_what_was_issued(office: Office) -> None:
    """Its holder moves; its end comes near; then it is revoked."""
    register, service, note = office.register, office.office.services.first.service, office.said("Atas permintaan.")
    by = Actor("verifikator", OFFICIALS["verifikator"], "Verifikator", "verifikator@tarakankota.go.id")
    (entry,) = register.entries(service)
    office.now = datetime(2028, 10, 2, 9, 0, tzinfo=WITA)
    said = {"on": "2028-10-02", "name": "Siti Aminah Baru", "email": entry.email, "office": "BKPSDM", "note": note}
    entry = register.record(entry, "change", {**said, "number": entry.number, "reason": "mutasi"}, entry.version, by)
    office.deliver()
    office.clockwork.upkeep.look_after_register()
    office.deliver()
    register.record(entry, "revoke", {"on": "2028-10-02", "reason": "telepon_hilang", "note": note}, entry.version, by)
    office.deliver()


def a_full_day(office: Office) -> None:
    """Cases come on one day, a visit is picked, and decisions are made: all is told with the evening's round."""
    at_once = office.outbox
    office.outbox = replace(at_once, rounds=lambda: Rounds((time(7, 30), time(16)), WITA))
    office.now = office.now.replace(hour=8, minute=0)
    case, *_ = (office.confirmed() for _ in range(3))
    for _ in range(3):
        case = office.decide(case, "forward", instructions=["proses"], note=office.said("Mohon segera."))
    points = office.office.services.first.step(case.step).checklist
    case = office.decide(case, "dispatch", checklist=[point.key for point in points])
    office.book(office.decide(office.decide(case, "accept"), "invite"), 0)
    office.now = office.now.replace(hour=15, minute=58)
    office.clockwork.tell_overdue()
    office.clockwork.remind()
    office.now = office.now.replace(hour=16, minute=1)
    office.deliver()
    office.outbox = at_once


def somebody_acts(office: Office) -> None:
    """A Plh. takes over what waits for the head of agency, and his address is set right."""
    today = office.now.date()
    plh = Official("penerbitan", "kadis", office.said("Joko Contoh"), "joko@tarakankota.go.id", capacity="Plh.")
    appointing = Appointing(office.office, office.cases)
    appointing.appoint(replace(plh, decree="800/7/2026", since=today, until=today))
    office.deliver()
    appointing.readdress(plh, "joko.contoh@tarakankota.go.id")
    office.deliver()


def visit(case: Application) -> datetime:
    assert case.slot is not None
    return case.slot


def as_it_is(text: str) -> str:
    return text


def first(among: list[Sent], letter: str) -> Sent:
    return next(each for each in among if each.letter == letter)


def page(message: Message) -> Any:
    return lxml.html.fromstring(message.html)


def words(text: str) -> str:
    return " ".join(text.split())


def links(message: Message) -> list[str]:
    return re.findall(rf"{re.escape(ADDRESS)}\S*", message.text)
