"""The officials' pages over HTTP: every kind of decision, several people at once, all sorts of links, nobody's GET."""

import gzip
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.bootstrap import build, wsgi
from portal.config import Config
from portal.core.application import Application
from portal.core.draft import Document
from portal.core.errors import Unavailable
from portal.core.notices import Official
from portal.core.sop import parse
from portal.house import House
from portal.web.images import PageImages
from tests.support import document_specimens
from tests.support.browser_without_javascript import Page

MORNING = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""A Monday, 08.00 WITA."""

KADIS, KABID, STATISTISI = "kadis@tarakankota.go.id", "kabid@tarakankota.go.id", "statistisi@tarakankota.go.id"
FIRST, SECOND = "verifikator.satu@tarakankota.go.id", "verifikator.dua@tarakankota.go.id"
OFFICIALS = (
    Official("kadis", "Rahmawati Contoh", KADIS, "197001012000121001"),
    Official("kabid", "Budiman Contoh", KABID, capacity="Plt.", decree="800/1", until=date(2027, 1, 31)),
    Official("pelaksana_bidang", "Nurhayati Contoh", STATISTISI),
    Official("verifikator", "Andi Contoh", FIRST),
    Official("verifikator", "Wati Contoh", SECOND),
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

    def __init__(self, data: Path) -> None:
        self.clock = Clock()
        given = {"SITE": str(data / "none"), "SENDER": "dkisp@tarakankota.go.id"}
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
        draft = self.house.intake.start({**FORM, **changes})
        documents = tuple(self.document(draft.id, r.key, content) for r in self.office.sop.requirements)
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
        opens = self.load(number).opens_at(action, self.office.sop)
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


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path)
    yield opened
    opened.office.records.close()  # type: ignore[attr-defined]


@pytest.fixture
def person(office: Office) -> Callable[[str], Person]:
    return lambda email: Person(office, email)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_page_says_who_asks_what_to_do_and_until_when(office: Office, person: Callable[[str], Person]) -> None:
    page = person(KADIS).opens(office.case())

    assert page.status == 200
    assert "Permohonan dari SITI CONTOH Analis Contoh, Dinas Contoh" in page.text
    assert "Telaah surat permohonan, lalu disposisikan" in page.text
    assert "15 menit, paling lambat 23 November 2026 08.15 WITA" in page.text
    assert "Waktu menurut SOP sudah lewat" not in page.text
    assert "NIK6473014501900001" in page.text.replace(" ", "")


def test_a_step_past_its_minutes_says_so(office: Office, person: Callable[[str], Person]) -> None:
    number = office.case()
    office.clock.forward(minutes=16)

    assert "Waktu menurut SOP sudah lewat" in person(KADIS).opens(number).text


def test_the_next_one_reads_the_instruction_and_the_capacity_is_printed(
    office: Office, person: Callable[[str], Person]
) -> None:
    number = office.case()
    person(KADIS).decides(number, "forward", {"instructions": ["proses", "tanggapan"], "note": "Mohon dicek.\nSegera."})
    page = person(KABID).opens(number)

    assert "Arahan Kepala Dinas Dengan hormat harap: Proses lebih lanjut, Tanggapan dan saran" in page.text
    assert "Catatan disposisi: Mohon dicek. Segera." in page.text
    assert "Anda bertindak sebagaiPlt. Kepala Bidang Statistik dan Persandian" in page.text
    person(KABID).decides(number, "forward", FORWARD)
    assert "Arahan Plt. Kepala Bidang Statistik dan Persandian" in person(STATISTISI).opens(number).text


def test_mended_cases_say_what_was_mended_and_come_back_to_the_same_desk(
    office: Office, person: Callable[[str], Person]
) -> None:
    number = office.case()
    office.act(number, KADIS, "forward", FORWARD)
    wrong = {"items": ["jabatan"], "reason": "jabatan_tidak_sesuai", "note": "Sesuaikan dengan SK."}
    waiting = person(KABID).decides(number, "return", wrong)
    assert "Menunggu Pemohon" in waiting.text
    draft = office.house.intake.mending(office.load(number)).with_form({**FORM, "jabatan": "Analis Muda"})
    office.office.records.save_draft(draft)
    office.house.intake.resubmit(office.load(number))
    page = person(KABID).opens(number)

    assert "Pengajuan ke-2" in page.text
    assert "Pemohon memperbaiki: Jabatan." in page.text
    assert "Penjelasan untuk pemohon: Sesuaikan dengan SK." in page.text
    assert "Analis Muda, Dinas Contoh" in page.text
    assert "Arahan Kepala Dinas" in page.text
    assert "Disposisikan ke Statistisi Ahli Muda" in page.text


def test_an_invited_applicant_is_waited_for_and_the_case_can_only_be_closed(
    office: Office, person: Callable[[str], Person]
) -> None:
    page = person(FIRST).opens(office.case("book"))

    assert "Undangan sudah dikirim. Tunggu pemohon memilih jadwal." in page.text
    assert page.html.xpath("//input[@name='tindakan']/@value") == ["reject"]
    assert "Tutup Permohonan" in page.text


def test_while_the_applicant_mends_there_is_nothing_to_decide(office: Office, person: Callable[[str], Person]) -> None:
    number = office.case()
    office.act(number, KADIS, "return", {"items": ["ktp"], "reason": "ktp_tidak_terbaca"})
    page = person(KADIS).opens(number)

    assert "menunggu Pemohon" in page.text
    assert "Tidak ada yang perlu Anda putuskan sekarang" in page.text
    assert not page.html.xpath("//form[contains(@action, 'putuskan')]")


def test_the_sheet_holds_what_was_said_and_stays_open_to_who_said_it(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, kadis = office.case(), person(KADIS)
    kadis.decides(number, "forward", FORWARD)
    sheet = kadis.get(f"/telaah/{number}/lembar")

    assert "LEMBAR DISPOSISI" in sheet.text
    for words in (
        "SITI CONTOH, Analis Contoh, Dinas Contoh",
        "No. agenda1",
        "☒ Proses lebih lanjut",
        "Segera diproses.",
    ):
        assert words in sheet.text
    assert "Diteruskan kepada Sdr.Kepala Bidang Statistik dan Persandian" in sheet.text
    assert "Rahmawati Contoh, NIP 19700101 200012 1 001" in sheet.text


# --- deciding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [place for place, step in enumerate(WAY) if step[0]])
def test_each_decision_of_the_sop_is_taken_and_receipted(
    office: Office, person: Callable[[str], Person], place: int
) -> None:
    email, action, typed = WAY[place]
    number = office.case()
    for before in WAY[:place]:
        office.act(number, *before)
    office.waits_for(number, action)
    receipt = person(email).decides(number, action, typed)
    event = office.load(number).events[-1]

    assert (receipt.status, receipt.url) == (200, f"/telaah/{number}/keputusan")
    assert (event.action, event.actor.email) == (action, email)
    assert "Keputusan Anda tercatat" in receipt.text
    assert office.house.office.calendar.local(event.at).strftime("%-d November 2026 %H.%M WITA") in receipt.text
    assert office.load(number).first_damage() is None


@pytest.mark.parametrize(
    ("until", "email", "action", "typed", "state"),
    [
        (
            "",
            KADIS,
            "return",
            {"items": ["ktp", "nik"], "reason": "ktp_tidak_terbaca", "note": "Satu per satu."},
            "returned",
        ),
        ("", KADIS, "reject", {"reason": "di_luar_kewenangan"}, "rejected"),
        ("", KADIS, "reject", {"reason": "lainnya", "note": "Sudah pensiun."}, "rejected"),
        ("accept", FIRST, "refuse", {"reason": "nip_tidak_sesuai"}, "waiting"),
        ("attend", SECOND, "miss", {}, "missed"),
    ],
)
def test_what_departs_from_the_straight_way(
    office: Office,
    person: Callable[[str], Person],
    until: str,
    email: str,
    action: str,
    typed: Mapping[str, Any],
    state: str,
) -> None:
    number = office.case(until)
    office.waits_for(number, action)

    assert person(email).decides(number, action, typed).status == 200
    assert office.load(number).state == state


def test_a_visit_is_recorded_once_its_time_has_come(office: Office, person: Callable[[str], Person]) -> None:
    number, verifikator = office.case("attend"), person(FIRST)
    slot = office.load(number).slot
    assert slot is not None
    day, hour = (
        "“Hadir” dapat dicatat mulai Selasa, 24 November 2026.",
        "mulai Selasa, 24 November 2026 pukul 08.00 WITA.",
    )

    page = verifikator.opens(number)
    assert not page.html.xpath("//details[contains(@id, 'tindakan-')]")
    assert day in page.text
    assert f"“Tidak hadir” dapat dicatat {hour}" in page.text

    office.clock.at = slot - timedelta(hours=1)
    page = verifikator.opens(number)
    filled = verifikator.fills(page, "attend", {})
    assert page.html.xpath("//details[contains(@id, 'tindakan-')]/@id") == ["tindakan-attend"]
    assert day not in page.text
    assert hour in page.text

    early = (filled[0], [(name, "miss" if value == "attend" else value) for name, value in filled[1]])
    refusal = verifikator.sends(early)
    assert (refusal.status, office.load(number).state) == (409, "booked")
    assert "“Tidak hadir” baru dapat dicatat mulai 24 November 2026 08.00 WITA." in refusal.text

    office.clock.at = slot
    page = verifikator.opens(number)
    assert page.html.xpath("//details[contains(@id, 'tindakan-')]/@id") == ["tindakan-attend", "tindakan-miss"]
    assert "dapat dicatat mulai" not in page.text
    assert verifikator.sends(verifikator.fills(page, "miss", {})).status == 200
    assert office.load(number).state == "missed"


@pytest.mark.parametrize(
    ("until", "email", "action", "typed", "sentence"),
    [
        ("", KADIS, "forward", {"note": "Catatan saya"}, "Pilih sekurang-kurangnya satu arahan."),
        ("", KADIS, "return", {"items": ["nik"], "note": "Catatan saya"}, "Pilih alasan pengembalian."),
        ("", KADIS, "reject", {"reason": "lainnya"}, "Uraikan alasan agar pemohon memahami penolakan ini."),
        (
            "dispatch",
            FIRST,
            "dispatch",
            {"checklist": ["surat", "ktp"], "note": "Catatan saya"},
            "Masih ada butir yang belum dicentang.",
        ),
        ("record", FIRST, "record", {**RECORDED, "valid_until": "2026-11-23"}, "Isi tanggal akhir setelah"),
        ("record", FIRST, "record", {**RECORDED, "valid_from": "31/02/2026"}, "Tulis tanggal mulai berlaku"),
        ("record", FIRST, "record", {**RECORDED, "serial": "?"}, "Tulis nomor seri"),
        ("hand_over", FIRST, "hand_over", {"received_by": ""}, "Isi nama orang yang menerima."),
    ],
)
def test_an_incomplete_decision_comes_back_as_typed(
    office: Office,
    person: Callable[[str], Person],
    until: str,
    email: str,
    action: str,
    typed: Mapping[str, Any],
    sentence: str,
) -> None:
    number = office.case(until)
    before = office.dump()
    page = person(email).decides(number, action, typed)
    form = page.form("/putuskan", action_of(page, action))
    words = ("note", "serial", "received_by", "reason")
    # A browser drops the line break that opens a text area.
    kept = {name: form.fields[name].removeprefix("\n") for name in typed if name in words}

    assert page.status == 422
    assert sentence in page.html.xpath("string(//*[@role='alert'])")
    assert page.html.xpath(f"//details[@id='tindakan-{action}'][@open]")
    assert kept == {name: typed[name] for name in kept}
    ticked = page.html.xpath(f"//details[@id='tindakan-{action}']//input[@type='checkbox'][@checked]/@value")
    assert ticked == list(typed.get("checklist", typed.get("items", [])))
    for target in page.html.xpath("//*[@role='alert']//a/@href"):
        assert page.html.xpath(f"//*[@id='{target[1:]}']")
    assert office.dump() == before


def test_the_verifikator_goes_on_without_waiting_for_the_email(office: Office, person: Callable[[str], Person]) -> None:
    number, verifikator = office.case("accept"), person(FIRST)
    receipt = verifikator.decides(number, "accept", {})

    assert "Lanjutkan ke langkah berikutnya" in receipt.text
    page = verifikator.get(receipt.href(f"/telaah/{number}"))
    assert "Kirim Undangan" in page.text
    verifikator.sends(verifikator.fills(page, "invite", {}))
    assert office.load(number).events[-1].action == "invite"


def test_the_receipt_counts_what_else_waits_and_stays_readable(office: Office, person: Callable[[str], Person]) -> None:
    number, other, kadis = office.case(), office.case(), person(KADIS)
    receipt = kadis.decides(number, "forward", FORWARD)

    assert "Masih ada 1 permohonan lain" in receipt.text
    assert receipt.html.xpath("//main//form/@action") == [f"/telaah/{number}/meja"]
    kadis.get(office.desk_link(KADIS))
    assert kadis.get(f"/telaah/{number}/keputusan").href("/meja") == "/meja"
    assert "Permohonan dari" in kadis.get(kadis.get("/meja").href("/telaah/")).text
    office.act(number, KABID, "reject", {"reason": "di_luar_kewenangan"})
    kadis.decides(other, "forward", FORWARD)
    later = kadis.get(f"/telaah/{number}/keputusan")
    assert "Didisposisikan kepada Kepala Bidang" in later.text
    assert "Status permohonan sekarang: Ditolak." in later.text
    assert "Tidak ada permohonan lain yang menunggu Anda." in later.text


# --- several at once, twice, too late -------------------------------------------------------------------------------


def test_of_two_at_once_the_first_acts_and_the_second_is_told_who_and_when(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, first, second = office.case("accept"), person(FIRST), person(SECOND)
    mine = first.fills(first.opens(number), "accept", {})
    theirs = second.fills(second.opens(number), "refuse", {"reason": "nip_tidak_sesuai"})
    first.sends(mine)
    before = office.dump()
    page = second.sends(theirs)

    assert page.status == 409
    at = "23 November 2026 08.04 WITA"
    assert f"sudah ditindaklanjuti oleh Verifikator Sertifikat Elektronik pada {at}" in page.text
    assert "Disetujui BSrE" in page.text
    assert "Keputusan yang baru Anda kirim tidak disimpan." in page.text
    assert page.href("/status/") == f"/status/{number}"
    assert "SITI" not in page.text
    assert office.dump() == before
    # The next step is the second one's as well.
    assert "Permohonan ini kini menunggu keputusan Anda." in page.text
    assert "Kirim Undangan" in second.opens(number).text


class Meanwhile:
    """Records in which something happens just before the next write."""

    def __init__(self, records: Any, happening: Callable[[], object]) -> None:
        self._records, self._happening = records, happening

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def commit(self, change: Any) -> None:
        happening, self._happening = self._happening, lambda: None
        happening()
        self._records.commit(change)


@pytest.mark.parametrize(
    ("email", "status", "words"),
    [(FIRST, 200, "Keputusan Anda tercatat"), (SECOND, 409, "Keputusan yang baru Anda kirim tidak disimpan.")],
)
def test_two_clicks_in_the_same_instant_are_one_decision(
    office: Office, person: Callable[[str], Person], email: str, status: int, words: str
) -> None:
    number, slower = office.case("accept"), person(email)
    filled = slower.fills(slower.opens(number), "accept", {})
    rooms = office.app.extensions["portal"]
    records = Meanwhile(office.office.records, lambda: office.act(number, FIRST, "accept", {}))
    house = replace(office.house, office=replace(office.office, records=records))
    office.app.extensions["portal"] = replace(rooms, use_cases=house)
    page = slower.sends(filled)

    assert page.status == status
    assert words in page.text
    assert [event.action for event in office.load(number).events].count("accept") == 1


def test_meeting_the_applicants_withdrawal_names_no_person(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    filled = kadis.fills(kadis.opens(number), "forward", FORWARD)
    office.cases.withdraw(office.load(number))
    page = kadis.sends(filled)

    assert page.status == 409
    assert "sudah ditindaklanjuti oleh Pemohon pada" in page.text
    assert "SITI" not in page.text
    assert "sudah ditindaklanjuti oleh Pemohon pada" in kadis.get(f"/telaah/{number}").text


def test_a_second_click_shows_the_receipt(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    filled = kadis.fills(kadis.opens(number), "forward", FORWARD)
    kadis.sends(filled)
    before = office.dump()
    again = kadis.sends(filled)

    assert (again.status, again.url) == (200, f"/telaah/{number}/keputusan")
    assert office.dump() == before


def test_back_in_the_browser_and_another_click_shows_the_receipt_too(
    office: Office, person: Callable[[str], Person]
) -> None:
    """Also when the cookie has been renewed for the next step meanwhile."""
    number, verifikator = office.case("accept"), person(FIRST)
    filled = verifikator.fills(verifikator.opens(number), "accept", {})
    receipt = verifikator.sends(filled)
    verifikator.get(receipt.href(f"/telaah/{number}"))

    assert verifikator.sends(filled).url == f"/telaah/{number}/keputusan"
    assert [event.action for event in office.load(number).events].count("accept") == 1


def test_back_in_the_browser_and_another_choice_is_too_late(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    page = kadis.opens(number)
    kadis.sends(kadis.fills(page, "forward", FORWARD))
    late = kadis.sends(kadis.fills(page, "reject", {"reason": "di_luar_kewenangan"}))

    assert late.status == 409
    assert "Lihat keputusan Anda" in late.text
    assert office.load(number).events[-1].action == "forward"


def test_a_used_link_says_who_acted_and_shows_nothing_of_the_applicant(
    office: Office, person: Callable[[str], Person]
) -> None:
    number = office.case(content=b"%PDF-1.4")
    link = office.link(number, KADIS)
    office.act(number, KADIS, "forward", FORWARD)
    kadis = person(KADIS)
    page = kadis.get(link)

    assert page.status == 200
    assert "Permohonan ini sudah ditindaklanjuti oleh Kepala Dinas pada 23 November 2026 08.01 WITA." in page.text
    assert "Didisposisikan kepada Kepala Bidang Statistik dan Persandian" in page.text
    assert "Tidak ada yang perlu Anda lakukan." in page.text
    for private in ("SITI", "6473014501900001", "199001052015032001", "siti.contoh", "berkas/"):
        assert private not in page.body.decode()
    assert kadis.get(f"/telaah/{number}/berkas/ktp/1.jpg").status == 404
    assert kadis.get(f"/telaah/{number}/berkas/ktp/asli").status == 404
    assert kadis.get(f"/telaah/{number}/berkas/ktp").url == f"/telaah/{number}"


def test_a_link_made_before_mending_leads_to_the_case_as_it_stands(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, kadis = office.case(), person(KADIS)
    link = office.link(number, KADIS)
    office.act(number, KADIS, "return", {"items": ["jabatan"], "reason": "jabatan_tidak_sesuai"})
    draft = office.house.intake.mending(office.load(number)).with_form({**FORM, "jabatan": "Analis Muda"})
    office.office.records.save_draft(draft)
    office.house.intake.resubmit(office.load(number))
    page = kadis.get(link)

    assert "Dikembalikan untuk perbaikan" in page.text
    assert "Permohonan ini kini menunggu keputusan Anda." in page.text
    assert "Analis Muda" not in page.text
    kadis.get(office.desk_link(KADIS))
    assert "Analis Muda" in kadis.get(kadis.get("/meja").href("/telaah/")).text


def test_who_was_forwarded_an_old_link_comes_no_further(office: Office, person: Callable[[str], Person]) -> None:
    """Neither to the desk of who forwarded it, nor to this case where it is his turn anew."""
    number = office.case("accept")
    old = office.link(number, FIRST)
    office.act(number, FIRST, "accept", {})
    office.case("dispatch")
    stranger = person("")
    pages = [stranger.get(old), stranger.get(f"/telaah/{number}/keputusan"), stranger.get(f"/telaah/{number}/lembar")]

    assert [page.status for page in pages] == [200, 200, 200]
    assert "Permohonan ini kini menunggu keputusan Anda. Bukalah dari email terbaru" in pages[0].text
    assert "Keputusan Anda tercatat" in pages[1].text
    assert "Lanjutkan ke langkah berikutnya" not in pages[1].text
    own = {f"/telaah/{number}", f"/telaah/{number}/keputusan", f"/telaah/{number}/lembar", f"/status/{number}"}
    for page in pages:
        assert set(page.html.xpath("//main//a/@href")) <= own
    assert "Kirim tautan" in stranger.get("/meja").text
    assert not stranger.get(f"/telaah/{number}").html.xpath("//form[contains(@action, 'putuskan')]")


def test_a_case_one_reads_leads_to_no_other(office: Office, person: Callable[[str], Person]) -> None:
    number, _ = office.case(), office.case()
    page = person(KADIS).opens(number)

    assert all(address.startswith((f"/telaah/{number}", "#")) for address in page.html.xpath("//main//a/@href"))


def test_the_emailed_link_opens_the_case_and_a_late_email_says_who_acted(
    office: Office, person: Callable[[str], Person]
) -> None:
    number = office.case()
    link = re.search(r"http://localhost(/telaah/\S+)", office.emailed("turn", KADIS))
    assert link
    assert "Tugas Anda" in person(KADIS).get(link[1]).text
    office.act(number, KADIS, "forward", FORWARD)
    late = re.search(r"http://localhost(/telaah/\S+)", office.emailed("turn", KADIS))
    assert late
    assert "sudah ditindaklanjuti oleh Kepala Dinas" in person(KADIS).get(late[1]).text


# --- links and people ------------------------------------------------------------------------------------------------


def test_the_links_secret_leaves_the_address_bar(office: Office, person: Callable[[str], Person]) -> None:
    number = office.case()
    response = person(KADIS).browser.get(office.link(number, KADIS))
    cookie = response.headers["Set-Cookie"]

    assert (response.status_code, response.headers["Location"]) == (303, f"/telaah/{number}")
    assert f"Path=/telaah/{number}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_an_expired_link_offers_a_new_one_by_one_button(office: Office, person: Callable[[str], Person]) -> None:
    number = office.case()
    link = office.link(number, KADIS)
    office.clock.forward(days=15)
    page = person(KADIS).get(link)

    assert page.status == 410
    form = page.form("/tautan")
    assert form.fields["token"] == link.removeprefix("/telaah/")
    assert "SITI" not in page.text
    assert KADIS not in page.text
    answer = person("").sends((form.action, list(form.form_values())))
    assert answer.status == 200
    assert KADIS not in answer.text
    owed = [(n.letter, n.recipient) for n in office.office.records.unsent() if n.occasion]
    assert owed == [("turn", KADIS)]


def test_who_has_lost_the_link_need_not_type_the_ticket_again(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    for address in (f"/telaah/{number}", f"/telaah/{number}/lembar", f"/telaah/{number}/berkas/ktp"):
        page = kadis.get(kadis.get(address).href("/tautan"))
        assert page.form("/tautan").fields["tiket"] == number


def test_what_may_be_the_secret_of_a_link_goes_into_no_other_address(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, kadis = office.case(), person(KADIS)
    secret = office.link(number, KADIS).removeprefix("/telaah/")
    for address in (f"/telaah/{secret}/lembar", f"/telaah/{secret}/berkas/ktp"):
        page = kadis.get(address)
        assert page.status == 403
        assert secret not in page.body.decode()
        assert "tiket" not in page.href("/tautan")


def test_strange_links_open_nothing(office: Office, person: Callable[[str], Person]) -> None:
    number, other = office.case(), office.case()
    link, kadis = office.link(number, KADIS), person(KADIS)
    desk = office.desk_link(KADIS).replace("/meja/", "/telaah/")

    for strange in (link[:-3] + "abc", desk, "/telaah/x", "/telaah/%00", "/telaah/" + "y" * 3000, "/meja/x"):
        assert kadis.get(strange).status == 403, strange
    assert kadis.get(f"/telaah/{number}").status == 403
    assert kadis.get(link).status == 200
    assert kadis.get(f"/telaah/{other}").status == 403
    kadis.browser.set_cookie("telaah", kadis.browser.get_cookie("telaah", path=f"/telaah/{number}").value, path="/")  # type: ignore[union-attr]
    for address in ("", "/keputusan", "/lembar", "/berkas/ktp", "/berkas/ktp/1.jpg", "/berkas/ktp/asli"):
        assert kadis.get(f"/telaah/{other}{address}").status == 403
    assert kadis.page(kadis.browser.post(f"/telaah/{other}/putuskan", data={"tindakan": "forward"})).status == 403


def test_a_ticket_typed_by_hand_finds_its_page(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    kadis.opens(number)

    assert kadis.get(f"/telaah/{number.lower().replace('-', ' ')}").url == f"/telaah/{number}"


def test_who_holds_the_office_no_more_reads_and_decides_nothing(
    office: Office, person: Callable[[str], Person]
) -> None:
    number = office.case()
    office.act(number, KADIS, "forward", FORWARD)
    kabid = person(KABID)
    filled = kabid.fills(kabid.opens(number), "forward", FORWARD)
    office.office.records.appoint(replace(OFFICIALS[1], until=date(2026, 11, 22)))
    before = office.dump()

    for address in ("", "/keputusan", "/lembar", "/berkas/ktp", "/berkas/ktp/1.jpg", "/berkas/ktp/asli"):
        page = kabid.get(f"/telaah/{number}{address}")
        assert page.status == 403
        assert "SITI" not in page.text
    assert kabid.sends(filled).status == 403
    assert kabid.get(office.desk_link(KABID)).status == 403
    assert office.dump() == before


@pytest.mark.parametrize("same", [{"email": FIRST}, {"nip": "197001012000121001", "nik": "6473014101700001"}])
def test_nobody_decides_on_his_own_application(
    office: Office, person: Callable[[str], Person], same: dict[str, str]
) -> None:
    if "email" in same:
        number, email, other = office.case("dispatch", **same), FIRST, SECOND
    else:
        number, email, other = office.case("", **same), KADIS, ""
    page = person(email).opens(number)

    assert page.status == 403
    assert "Permohonan Anda sendiri" in page.text
    assert number not in person(email).get(office.desk_link(email)).text
    if other:
        assert person(other).decides(number, "dispatch", CHECKED).status == 200


def test_only_forms_of_ones_own_page_decide(office: Office, person: Callable[[str], Person]) -> None:
    number, first, second = office.case("dispatch"), person(FIRST), person(SECOND)
    path, fields = first.fills(first.opens(number), "dispatch", CHECKED)
    second.opens(number)
    before = office.dump()

    without = [(name, value) for name, value in fields if name != "csrf"]
    assert first.sends((path, without)).status == 403
    assert first.sends((path, [*without, ("csrf", "x")])).status == 403
    assert second.sends((path, fields)).status == 403
    for headers in ({"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site"}):
        assert first.browser.post(path, data=dict(fields), headers=headers).status_code == 403
    office.clock.forward(hours=13)
    assert first.sends((path, fields)).status == 403
    assert office.dump() == before


def test_scanners_change_nothing_before_and_after_the_human(office: Office, person: Callable[[str], Person]) -> None:
    number = office.case(content=document_specimens.pdf(pages=2))
    link, desk = office.link(number, KADIS), office.desk_link(KADIS)
    case, kadis = f"/telaah/{number}", person(KADIS)
    rest = ("putuskan", "keputusan", "lembar", "berkas/ktp", "berkas/ktp/1.jpg?lebar=320", "berkas/ktp/asli")
    addresses = [link, case, *(f"{case}/{end}" for end in rest), desk, "/meja"]

    def scan(browser: Any) -> None:
        before = office.dump()
        for address in addresses * 2:
            for method in ("GET", "HEAD", "OPTIONS"):
                assert browser.open(address, method=method).status_code < 500, address
        assert office.dump() == before

    scan(office.app.test_client())
    kadis.opens(number)
    scan(kadis.browser)
    kadis.decides(number, "forward", FORWARD)
    scan(kadis.browser)
    scan(office.app.test_client())


def test_hostile_forms_are_refused_in_words(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    path, fields = kadis.fills(kadis.opens(number), "forward", FORWARD)
    fixed = {"csrf": dict(fields)["csrf"], "peristiwa": dict(fields)["peristiwa"], "tindakan": "forward"}
    before = office.dump()
    bad: list[tuple[dict[str, Any], int]] = [
        ({"tindakan": "bogus"}, 409),
        ({"tindakan": "dispatch"}, 409),
        ({"tindakan": ""}, 409),
        ({"peristiwa": ""}, 400),
        ({"peristiwa": "x"}, 400),
        ({"peristiwa": "9" * 5000}, 400),
        ({"peristiwa": "-1"}, 409),
        ({"peristiwa": "99"}, 409),
        ({"instructions": "bogus"}, 422),
        ({"instructions": ["proses", "\x00", "\ud800".encode("utf-8", "surrogatepass")]}, 422),
        ({"instructions": "proses", "note": "a" * 1001}, 422),
        ({"instructions": "proses", "note": "a" * 300_000}, 413),
        ({"tindakan": "return", "items": ["nope"], "reason": ["lainnya", "lainnya"]}, 422),
    ]
    for changes, status in bad:
        response = kadis.browser.post(path, data={**fixed, **changes})
        assert response.status_code == status, changes
    assert kadis.browser.post(path, data=b"\xff\xfe=%00&csrf", content_type="text/plain").status_code == 403
    assert office.dump() == before
    clean = kadis.browser.post(path, data={**fixed, "instructions": "proses", "note": "a\x00b\u202ec"})
    assert clean.status_code == 303
    assert office.load(number).events[-1].data["note"] == "abc"


# --- documents -------------------------------------------------------------------------------------------------------


def test_pages_are_stamped_pictures_and_the_original_is_sealed(office: Office, person: Callable[[str], Person]) -> None:
    content = document_specimens.pdf(pages=2)
    number, kadis = office.case(content=content), person(KADIS)
    page = kadis.opens(number)
    thumbs = page.html.xpath("//ul[@data-viewer]//img/@src")
    assert len(thumbs) == 4
    picture = kadis.get(thumbs[0])

    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.headers["Cache-Control"] == "private, max-age=3600"
    assert picture.body.startswith(b"\xff\xd8\xff")
    known = kadis.browser.get(thumbs[0], headers={"If-None-Match": picture.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    base = f"/telaah/{number}/berkas/ktp"
    for address, status in (
        ("1.jpg?lebar=1000", 200),
        ("2.jpg", 200),
        ("3.jpg", 404),
        ("0.jpg", 404),
        ("1.jpg?lebar=2000", 404),
        ("1.jpg?lebar=%00", 404),
        ("9999999999999999999999.jpg", 404),
    ):
        assert kadis.get(f"{base}/{address}").status == status, address
    assert kadis.get(f"/telaah/{number}/berkas/nope").status == 404
    assert kadis.get(f"/telaah/{number}/berkas/nope/1.jpg").status == 404
    original = kadis.get(f"{base}/asli")
    assert original.body == content
    assert original.headers["Content-Disposition"] == f'inline; filename="{number}-ktp.pdf"'
    assert original.headers["Content-Security-Policy"].startswith("sandbox;")
    assert original.headers["X-Content-Type-Options"] == "nosniff"
    assert original.headers["Cache-Control"] == "no-store"


def test_the_stamp_names_the_ticket(office: Office, person: Callable[[str], Person]) -> None:
    asked: list[tuple[Any, ...]] = []
    _draw_with(office, PageImages(lambda *given: asked.append(given) or b"\xff\xd8\xff"))  # type: ignore[func-returns-value]
    number, kadis = office.case(), person(KADIS)
    kadis.opens(number)
    kadis.get(f"/telaah/{number}/berkas/ktp/2.jpg?lebar=320")

    stamp = f"Hanya untuk permohonan sertifikat elektronik {number}"
    assert asked == [(b"%PDF-1.4", "application/pdf", 2, 320, stamp)]


def test_a_page_is_drawn_once_for_all_who_look_at_it(office: Office, person: Callable[[str], Person]) -> None:
    drawn: list[tuple[Any, ...]] = []
    _draw_with(office, PageImages(lambda *given: drawn.append(given) or f"{len(drawn)}".encode()))  # type: ignore[func-returns-value]
    number, other = office.case("dispatch"), office.case("dispatch")
    people = [person(FIRST), person(SECOND)]
    for one in people:
        one.opens(number)
        one.opens(other)

    def looked_at(number: str, rest: str) -> list[bytes]:
        return [one.get(f"/telaah/{number}/berkas/ktp/{rest}").body for one in people]

    assert looked_at(number, "1.jpg") == [b"1", b"1"]
    assert looked_at(number, "2.jpg") == [b"2", b"2"]
    assert looked_at(number, "1.jpg?lebar=320") == [b"3", b"3"]
    # The same file in another case carries another stamp.
    assert looked_at(other, "1.jpg") == [b"4", b"4"]
    # Who may not see the case any more does not see what was drawn of it either.
    office.act(number, FIRST, "dispatch", CHECKED)
    office.act(number, FIRST, "accept", {})
    assert [one.get(f"/telaah/{number}/berkas/ktp/1.jpg").status for one in people] == [404, 404]


def test_too_many_who_wait_for_a_page_are_sent_away_at_once(office: Office, person: Callable[[str], Person]) -> None:
    drawing, drawn = threading.Event(), threading.Event()

    def draw(*_: Any) -> bytes:
        drawing.set()
        assert drawn.wait(10)
        return b"picture"

    _draw_with(office, PageImages(draw, waiting=1))
    number, kadis, second = office.case(), person(KADIS), person(KADIS)
    kadis.opens(number)
    second.opens(number)
    with ThreadPoolExecutor() as pool:
        patient = pool.submit(kadis.get, f"/telaah/{number}/berkas/ktp/1.jpg")
        assert drawing.wait(10)
        refused = second.get(f"/telaah/{number}/berkas/ktp/2.jpg")
        drawn.set()
        assert patient.result().body == b"picture"

    assert refused.status == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert "Gambar berkas belum siap" in refused.text
    assert second.get(f"/telaah/{number}/berkas/ktp/1.jpg").body == b"picture"
    assert second.get(f"/telaah/{number}/berkas/ktp/2.jpg").body == b"picture"


def test_pictures_do_not_pile_up_and_what_fails_is_tried_again() -> None:
    drawn: list[int] = []

    def draw(content: bytes, media_type: str, page: int, width: int, stamp: str) -> bytes:
        drawn.append(page)
        if drawn == [1]:
            raise Unavailable("documents_unavailable")
        return b"%d" % page

    images = PageImages(draw, kept=2, waiting=1)
    with pytest.raises(Unavailable):
        images.page(lambda: b"", "mark", "application/pdf", 1, 320, "")
    pages = [images.page(lambda: b"", "mark", "application/pdf", page, 320, "") for page in (1, 2, 1, 3, 1, 2)]

    assert pages == [b"1", b"2", b"1", b"3", b"1", b"2"]
    assert drawn == [1, 1, 2, 3, 2]  # 2 was looked at least recently when 3 came


def _draw_with(office: Office, images: PageImages) -> None:
    here = office.app.extensions["portal"]
    equipment = replace(here.equipment, page_images=images)
    office.app.extensions["portal"] = replace(here, equipment=equipment)


def test_the_documents_can_be_leafed_through_without_scripts(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    kinds = [requirement.key for requirement in office.office.sop.requirements]
    page = kadis.get(kadis.opens(number).href("/berkas/"))

    for place, kind in enumerate(kinds):
        assert page.url == f"/telaah/{number}/berkas/{kind}"
        assert f"Berkas {place + 1} dari 4" in page.text
        assert page.html.xpath("//main//img/@loading") == ["lazy"]
        if place < 3:
            page = kadis.get(page.href(f"/berkas/{kinds[place + 1]}"))
    assert kadis.get(page.href(f"/telaah/{number}")).url == f"/telaah/{number}"


def test_only_a_completed_checklist_ticks_the_documents(office: Office, person: Callable[[str], Person]) -> None:
    number, verifikator = office.case("dispatch"), person(FIRST)

    assert "Diperiksa" not in verifikator.opens(number).text
    verifikator.decides(number, "dispatch", CHECKED)
    assert verifikator.opens(number).text.count("Diperiksa") == 4


# --- all that waits --------------------------------------------------------------------------------------------------


def test_the_desk_shows_the_most_urgent_first_and_opens_each(office: Office, person: Callable[[str], Person]) -> None:
    sent, booked = office.case("accept"), office.case("attend")
    late = office.case("dispatch")
    office.clock.forward(minutes=30)
    fresh = office.case("dispatch")
    verifikator = person(FIRST)
    page = verifikator.get(office.desk_link(FIRST))

    shown = [element.text_content() for element in page.html.xpath("//li//span[@class='tickets']")]
    assert shown[:2] == [late, fresh]
    assert set(shown[2:]) == {booked, sent}
    cards = [" ".join(card.text_content().split()) for card in page.html.xpath("//ul[@class='tasks']/li")]
    assert "Melewati waktu SOP" in cards[0]
    assert "Melewati waktu SOP" not in cards[1]
    assert "SITI CONTOH Analis Contoh, Dinas Contoh" in cards[0]
    assert sum("Waktu SOP sedang tidak dihitung" in card for card in cards) == 1
    assert sum("Pemohon datang Selasa, 24 November 2026 pukul 08.00 WITA" in card for card in cards) == 1
    opened = [verifikator.get(address).url for address in page.html.xpath("//ul[@class='tasks']//a/@href")]
    assert opened == [f"/telaah/{number}" for number in shown]


def test_a_case_sends_the_desks_link_to_its_own_recipient(office: Office, person: Callable[[str], Person]) -> None:
    """The link to a case may have been forwarded; it opens no desk, but its recipient need not type the address."""
    number, kadis = office.case(), person(KADIS)
    page = kadis.opens(number)
    for _ in range(2):
        sent = kadis.page(
            kadis.browser.post(f"/telaah/{number}/meja", data={"csrf": page.form("/meja").fields["csrf"]})
        )
        assert (sent.status, "Tautan meja kerja sudah dikirim ke email Anda" in sent.text) == (200, True)
        assert "ka•••@tarakankota.go.id" in sent.text
        assert sent.href(f"/telaah/{number}") == f"/telaah/{number}"
    desks = [owed for owed in office.office.records.unsent() if owed.letter == "desk"]
    assert [owed.recipient for owed in desks] == [KADIS]
    assert "hanya membuka satu permohonan" in kadis.get("/meja").text

    kadis.get(office.desk_link(KADIS))
    assert kadis.opens(number).href("/meja") == "/meja"
    assert not person(KABID).get(f"/telaah/{number}/meja").html.xpath("//form[contains(@action, '/telaah/')]")


def test_an_empty_desk_says_so_and_without_a_link_one_can_be_asked_for(
    office: Office, person: Callable[[str], Person]
) -> None:
    kadis = person(KADIS)
    form = kadis.get("/meja").form("/tautan")

    assert form.fields["halaman"] == "meja"
    assert "email" in form.fields
    page = kadis.get(office.desk_link(KADIS))
    assert page.url == "/meja"
    assert "Tidak ada permohonan yang menunggu Anda" in page.text


def test_a_desk_link_is_owed_once_an_hour_and_to_nobody_unknown(
    office: Office, person: Callable[[str], Person]
) -> None:
    def owed() -> list[str]:
        return [notice.recipient for notice in office.office.records.unsent() if notice.letter == "desk"]

    for email in ("nobody@tarakankota.go.id", "", "x\x00", FORM["email"]):
        office.cases.owe_desk(email)
    assert owed() == []
    for email in (KADIS, KADIS.upper(), KADIS):
        office.cases.owe_desk(email)
    assert owed() == [KADIS]
    office.clock.forward(hours=1)
    office.cases.owe_desk(KADIS)
    assert owed() == [KADIS, KADIS]
    link = re.search(r"http://localhost(/meja/\S+)", office.emailed("desk", KADIS))
    assert link
    assert person(KADIS).get(link[1]).url == "/meja"


def test_an_email_to_somebody_dismissed_is_dropped_and_holds_up_no_other(office: Office) -> None:
    office.cases.owe_desk(KADIS)
    office.office.records.appoint(replace(OFFICIALS[0], until=date(2026, 11, 22)))
    assert office.house.outbox.send_due() == 0

    assert list(office.office.records.unsent()) == []


# --- the whole -------------------------------------------------------------------------------------------------------


def test_private_pages_stay_out_of_caches_and_search_engines(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    pages = [kadis.opens(number), kadis.get(f"/telaah/{number}/lembar"), kadis.get(f"/telaah/{number}/berkas/ktp")]
    pages += [kadis.get(office.desk_link(KADIS)), kadis.decides(number, "forward", FORWARD)]

    for page in pages:
        assert page.headers["Cache-Control"] == "no-store"
        assert "noindex" in page.html.xpath("//meta[@name='robots']/@content")[0]
        assert "SITI" not in page.html.xpath("string(//title)")
        assert not page.html.xpath("//*[@style] | //style | //script[not(@src)]")


def test_the_page_is_light(office: Office, person: Callable[[str], Person]) -> None:
    """HTML, style and script as they travel, compressed: 30 KB at most, and the HTML alone is small as it is."""
    page = person(KADIS).opens(office.case())
    static = Path(str(office.app.static_folder))
    parts = [page.body, *((static / name).read_bytes() for name in ("portal.css", "portal.js"))]

    assert sum(len(gzip.compress(part)) for part in parts) < 16_000
    assert len(page.body) < 20_000


def test_a_service_with_other_steps_uses_the_same_pages(office: Office, person: Callable[[str], Person]) -> None:
    data = {**office.office.sop.data}
    data["steps"] = [step for step in data["steps"] if step["key"] in ("pengajuan", "pendataan", "penyerahan")]
    data["documents"] = [{**data["documents"][0], "label": "Surat pengantar"}]
    data["instructions"] = [{"key": "arsip", "label": "Arsipkan"}]
    edition = parse(data, office.office.sop.form)
    office.office.records.keep_sop(edition.version, edition.snapshot())
    office.office = replace(office.office, sop=edition)
    office.house = replace(office.house, office=office.office)
    office.app = wsgi(office.house)
    number = office.case()
    page = person(STATISTISI).opens(number)

    assert "Langkah 2 dari 3" in page.text
    assert "Surat pengantar" in page.text
    person(STATISTISI).decides(number, "forward", {"instructions": ["arsip"]})
    assert "Dengan hormat harap: Arsipkan" in person(SECOND).opens(number).text
    person(SECOND).decides(number, "record", RECORDED)
    assert "ditutup" in person(FIRST).decides(number, "hand_over", {"received_by": "Siti"}).text
