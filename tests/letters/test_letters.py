"""Every email the portal owes, as a real portal composes it; calendar entries read back."""

import ast
import copy
import json
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from portal import office
from portal.cases import Cases
from portal.clockwork import Clockwork
from portal.core import worktime
from portal.core.application import Actor, Application
from portal.core.draft import Document, Draft
from portal.core.language import Language
from portal.core.notices import APPLICANT_LETTERS, Official, notice
from portal.core.sop import APPLICANT, Sop, parse
from portal.correspondence import Correspondence
from portal.editions import read_sop
from portal.engines.local.files import FolderFiles
from portal.engines.local.mail import Mailbox
from portal.engines.local.records import SqliteRecords
from portal.engines.ports import Message
from portal.forms import wording
from portal.forms.letter import Letter
from portal.intake import Intake
from portal.letters import icalendar, markup, writing
from portal.letters.markup import Block, Line
from portal.letters.writing import Letters
from portal.links import Links
from portal.outbox import Outbox
from portal.visits import Visits
from portal.watch import Watch

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "schemas"
LETTERS = ROOT / "functions" / "portal" / "letters" / "texts"
ADDRESS = "https://tte.tarakankota.go.id"
WITA = timezone(timedelta(hours=8), "WITA")
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=WITA)

DATES = tomllib.loads((ROOT / "functions/portal/messages.toml").read_text("utf-8"))["dates"]
LANGUAGE = Language(DATES["months"], DATES["days"], WITA, "WITA")
WRITTEN = Letters(LETTERS, LANGUAGE)

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
OTHERS = {"turn", "visit_booked", "decided", "draft_saved", "visit_tomorrow", "new_link"}
OTHERS |= {"reminder", "desk", "escalation"}


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
            sop=sop,
            decisions=json.loads((SCHEMAS / "decision.schema.json").read_text("utf-8"))["$defs"],
            records=SqliteRecords(folder / "portal.sqlite"),
            files=FolderFiles(folder / "files", links, lambda: str(next(tokens))),
            links=links,
            calendar=worktime.calendar(sop.data["calendar"], {}),
            clock=lambda: self.now,
        )
        self.cases, self.visits, self.watch = Cases(self.office), Visits(self.office), Watch(self.office)
        token = lambda: f"{next(tokens):032}"  # noqa: E731
        self.intake = Intake(self.office, lambda content: None, 5, random.Random(7).choice, token)
        self.correspondence = Correspondence(self.office, self.cases, self.watch, self.render, ADDRESS)
        self.outbox = Outbox(self.office.records, mail, self.office.clock, self.correspondence.compose)
        self.clockwork = Clockwork(self.office, self.cases, self.watch)
        for role, name in OFFICIALS.items():
            self.cases.appoint(Official(role, said(name), f"{role}@tarakankota.go.id"))

    def render(self, letter: str, to: str, values: Letter) -> Message:
        message = WRITTEN.render(letter, to, values)
        self.sent.append(Sent(letter, values, message))
        return message

    def deliver(self, minutes: int = 20) -> None:
        self.outbox.send_due()
        self.now += timedelta(minutes=minutes)

    def draft(self) -> Draft:
        form = {**FORM, "nama_ktp": self.said(FORM["nama_ktp"]), "jabatan": self.said(FORM["jabatan"])}
        return Draft(self.intake.token(), self.office.sop.service, form, self.now)

    def submit(self) -> Application:
        draft, number = self.draft(), f"TTE-26-{random.Random(len(self.sent)).randrange(2222, 9999)}-9QXM"
        kept = tuple(
            Document(each.key, f"applications/{each.key}", "1", "ab" * 32, 1000, "image/png", 1, self.now.isoformat())
            for each in self.office.sop.requirements
        )
        self.office.records.save_draft(draft)
        case = Application.submit(draft, ticket=number, documents=kept, sop=self.office.sop, at=self.now)
        self.office.commit(case, draft=draft.sent_as(number))
        self.deliver()
        return case

    def confirmed(self) -> Application:
        case = self.cases.confirm(self.submit().ticket)
        self.deliver()
        return case

    def decide(self, case: Application, action: str, **data: Any) -> Application:
        claims = self.cases.case_claims(case, f"{self.office.sop.step(case.step).role}@tarakankota.go.id")
        case = self.cases.decide(claims, action, data, case.version)
        self.deliver()
        return case

    def book(self, case: Application, number: int) -> Application:
        case = self.visits.book(case, self.visits.slots(case)[number])
        self.deliver()
        return case

    def mend(self, case: Application) -> Application:
        draft = replace(self.intake.mending(case), form=case.form)
        case = case.resubmit(draft, documents=case.documents, sop=self.office.sop, at=self.now)
        self.office.commit(case, draft=draft.sent_as(case.ticket))
        self.deliver()
        return case


def story(office: Office) -> list[Sent]:
    """Everything that can happen, once; each email is sent before the next thing happens."""
    said = office.said
    office.intake.start(office.draft().form)
    office.deliver()
    case = office.confirmed()
    case = office.decide(
        case, "return", items=["surat_permohonan", "jabatan"], reason="surat_belum_ditandatangani", note=said(NOTE)
    )
    case = office.mend(case)
    case = office.decide(case, "forward", instructions=["proses", "tanggapan"], note=said("Mohon segera."))
    case = office.decide(case, "forward", instructions=["proses"])
    case = office.decide(case, "forward", instructions=["koordinasi"], note=said("Sudah didata."))
    checklist = [point.key for point in office.office.sop.step(case.step).checklist]
    case = office.decide(case, "dispatch", checklist=checklist)
    case = office.decide(case, "refuse", reason="lainnya", note=said("NIK belum padan."))
    case = office.decide(case, "dispatch", checklist=checklist)
    case = office.decide(case, "accept")
    case = office.decide(case, "invite", note=said("Masuk lewat pintu timur."))
    case = office.book(office.book(case, 0), 15)
    office.now = case.slot - timedelta(days=1)
    office.clockwork.remind_visits()
    office.deliver()
    office.now += timedelta(days=1)
    case = office.book(office.decide(case, "miss"), 0)
    office.now = case.slot
    case = office.decide(case, "attend")
    case = office.decide(case, "record", serial="4F:7K:9Q", valid_from="2026-11-30", valid_until="2028-11-30")
    office.cases.owe_again(
        case, "new_link", Actor(APPLICANT, case.value("name", office.office.sop), email=FORM["email"])
    )
    office.deliver()
    office.decide(case, "hand_over", received_by="Siti Aminah")
    office.decide(office.confirmed(), "reject", reason="lainnya", note=said("Bukan pegawai."))
    office.cases.withdraw(office.confirmed())
    office.deliver()
    office.submit()
    office.confirmed()
    office.now += timedelta(days=8)
    for chore in office.clockwork.chores():
        chore()
    kadis = Actor("kadis", said(OFFICIALS["kadis"]), email="kadis@tarakankota.go.id")
    office.office.records.owe([notice("desk", kadis, about="meja", event=0, at=office.now)])
    office.deliver()
    assert list(office.office.records.unsent()) == []
    return office.sent


def as_it_is(text: str) -> str:
    return text


@pytest.fixture(scope="module")
def edition() -> Sop:
    return read_sop(SCHEMAS / "penerbitan")


@pytest.fixture(scope="module")
def sent(edition: Sop, tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    return story(Office(tmp_path_factory.mktemp("office"), edition, as_it_is))


@pytest.fixture(scope="module")
def hostile(edition: Sop, tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """The same correspondence with people who type markup, HTML and header lines wherever they can."""
    return story(Office(tmp_path_factory.mktemp("hostile"), edition, lambda text: f"{text} {HOSTILE}"))


def first(among: list[Sent], letter: str) -> Sent:
    return next(each for each in among if each.letter == letter)


def page(message: Message) -> Any:
    return lxml.html.fromstring(message.html)


def words(text: str) -> str:
    return " ".join(text.split())


def links(message: Message) -> list[str]:
    return re.findall(rf"{re.escape(ADDRESS)}\S*", message.text)


# --- which letters there are ---


def files() -> set[str]:
    return {path.stem for path in LETTERS.glob("*.txt") if not path.stem.startswith("_")}


def test_there_is_a_file_for_every_letter_that_may_be_owed_and_no_other() -> None:
    assert files() == set(APPLICANT_LETTERS.values()) | OTHERS


def letters_named_in_code() -> Iterator[str]:
    for path in sorted((ROOT / "functions" / "portal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            place = {"notice": 0, "owe_again": 1, "_digest": 0}.get(
                getattr(node.func, "id", getattr(node.func, "attr", ""))
            )
            named = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                yield named.value


def test_every_letter_named_in_the_code_has_a_file() -> None:
    named = set(letters_named_in_code())
    assert {"draft_saved", "reminder", "escalation", "visit_tomorrow"} <= named
    assert named - files() == set()


def test_the_story_sends_every_letter(sent: list[Sent]) -> None:
    assert {each.letter for each in sent} == files()


# --- subjects ---


def test_a_subject_begins_with_the_prefix_and_names_the_ticket(sent: list[Sent]) -> None:
    for each in sent:
        assert each.message.subject.startswith("[TTE Tarakan] ")
        assert "\n" not in each.message.subject
        if each.letter not in ("draft_saved", "reminder", "desk", "escalation"):
            assert each.context["application"].ticket in each.message.subject, each.letter


def test_the_subjects_say_what_happened(sent: list[Sent]) -> None:
    said = {each.letter: each.message.subject.split(" — ")[0].removeprefix("[TTE Tarakan] ") for each in reversed(sent)}
    assert said["turn"] == "Mohon disposisi: permohonan Sertifikat Elektronik"
    assert said["decided"] == "Bukti keputusan: dikembalikan untuk perbaikan"
    assert said["dispatched"] == "Berkas lengkap dan dikirim ke BSrE, periksa email Anda"
    assert said["booked"] == "Jadwal pengisian passphrase: Selasa, 24 November 2026 pukul 08.00 WITA"
    assert said["handed_over"] == "Tanda terima Sertifikat Elektronik"
    assert said["reminder"] == "Pengingat: 1 permohonan menunggu tindak lanjut"


def test_what_people_type_never_changes_a_subject(sent: list[Sent], hostile: list[Sent]) -> None:
    without_ticket = [[re.sub(r"TTE-26-\S+", "T", each.message.subject) for each in kept] for kept in (sent, hostile)]
    assert without_ticket[0] == without_ticket[1]


@settings(max_examples=25, deadline=None)
@given(typed=st.text())
@example(typed="a\r\nBcc: semua@tarakankota.go.id")
@example(typed="\n=> a: https://jahat.example/\n\x02-> b: https://jahat.example/\n! c")
def test_no_text_gets_into_a_subject_a_second_link_or_any_tag(sent: list[Sent], typed: str) -> None:
    for each in {each.letter: each for each in sent}.values():
        context = {**each.context, "name": typed}
        if "application" in context:
            form = {**context["application"].form, "nama_ktp": typed, "jabatan": typed}
            event = context["event"]
            data = {key: typed if key in ("note", "received_by") else value for key, value in event.data.items()}
            context |= {
                "application": replace(context["application"], form=form),
                "event": replace(event, data=data, actor=replace(event.actor, name=typed)),
            }
        message = WRITTEN.render(each.letter, "siti@tarakankota.go.id", type(each.values)(**context))
        assert message.subject == each.message.subject
        assert [e.get("href") for e in page(message).iter("a")] == [e.get("href") for e in page(each.message).iter("a")]
        assert {e.tag for e in page(message).iter()} <= TAGS


# --- bodies ---

TAGS = {"html", "head", "meta", "title", "style", "body", "div", "p", "a", "b", "span", "br", "ul", "ol", "li"}


def test_a_letter_opens_with_a_salutation_and_closes_with_the_same_foot(sent: list[Sent], edition: Sop) -> None:
    foot = [edition.data["sentences"]["safety"], edition.data["office"]["name"], edition.data["office"]["address"]]
    foot += ["0851-7999-0551 atau 0811432453", "Email ini dikirim otomatis"]
    for each in sent:
        assert each.message.text.startswith("Yth. Bapak/Ibu")
        for sentence in foot:
            assert sentence in each.message.text
            assert sentence in page(each.message).text_content()
            assert each.message.text.count(sentence) == 1


def test_text_and_html_say_the_same(sent: list[Sent], hostile: list[Sent]) -> None:
    for each in [*sent, *hostile]:
        for br in (document := page(each.message)).iter("br"):
            br.tail = f" {br.tail or ''}"
        shown = words(document.text_content())
        for line in each.message.text.splitlines():
            assert words(re.sub(r"^(- |\d+\. )", "", line)).removesuffix(":") in shown, (each.letter, line)


def test_neither_nik_nor_nip_is_in_any_email(sent: list[Sent]) -> None:
    for each in sent:
        said = "".join((each.message.subject, each.message.text, each.message.html, each.message.calendar))
        assert FORM["nik"] not in said
        assert FORM["nip"] not in said


def test_each_link_is_written_out_once_and_at_most_one_is_the_button(sent: list[Sent]) -> None:
    for each in sent:
        buttons = page(each.message).find_class("button")
        assert len(buttons) == (0 if each.letter in ("decided", "withdrawn", "lapsed", "escalation") else 1), (
            each.letter
        )
        for link in links(each.message):
            assert each.message.html.count(f'href="{link}"') == 1
            assert each.message.html.count(f"{link}<") == 1
            assert each.message.text.count(link) == 1
        assert [e.get("href") for e in page(each.message).iter("a")] == links(each.message)


def test_a_personal_link_goes_with_the_warning_not_to_forward_it(sent: list[Sent]) -> None:
    for each in sent:
        if any("/status/" not in link for link in links(each.message)) and each.letter != "confirm_address":
            assert "Jangan meneruskannya" in each.message.text, each.letter
            assert re.search("berlaku sampai|disimpan sampai", each.message.text), each.letter


def test_links_open_with_our_signature(sent: list[Sent]) -> None:
    for each in sent:
        for link in links(each.message):
            purpose, token = link.removeprefix(f"{ADDRESS}/").rsplit("/", 1)
            if purpose != "status":
                purpose = {"ajukan/lanjut": "draft"}.get(purpose, purpose)
                assert Links(["kunci"]).read(purpose, token, MONDAY)


def test_html_fetches_and_runs_nothing(sent: list[Sent], hostile: list[Sent]) -> None:
    for each in [*sent, *hostile]:
        for element in page(each.message).iter():
            assert element.tag in TAGS
            assert not [name for name in element.attrib if name in ("src", "background") or name.startswith("on")]
            assert "url(" not in element.get("style", "")
        assert "@import" not in each.message.html
        assert "url(" not in page(each.message).find(".//style").text


def test_what_people_type_is_text_and_nothing_else(hostile: list[Sent]) -> None:
    for each in hostile:
        assert "<script" not in each.message.html
        assert "https://jahat.example/" not in [e.get("href") for e in page(each.message).iter("a")]
        assert not any("dua" in (e.text or "") for e in page(each.message).find_class("notice"))
    shown = page(first(hostile, "returned").message).text_content()
    assert "<script>alert(1)</script> & \"Co\" 'x'" in shown


def test_a_note_keeps_its_lines(sent: list[Sent]) -> None:
    message = first(sent, "returned").message
    assert f"Penjelasan: {NOTE}\n" in message.text
    assert "dipindai.<br>Mohon" in message.html
    note = markup.value("satu\ndua")
    assert markup.blocks(f"Catatan: {note}\n- {note}\n- tiga") == [
        Block("paragraph", (Line("Catatan:", "satu\ndua"),)),
        Block("list", (Line("", "satu\ndua"), Line("", "tiga"))),
    ]


def test_sentences_are_short(sent: list[Sent]) -> None:
    texts = {each.letter: each.message.text for each in sent}
    long = []
    for letter, text in texts.items():
        for sentence in re.split(r"[.?:;]\s+|\n", re.sub(r"https?://\S+", "", text)):
            if len(sentence.split()) > 20:
                long.append((letter, sentence))
    assert long == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_email_fits_a_phone_and_can_be_read_in_any_light(
    sent: list[Sent], hostile: list[Sent], browser: Browser, width: int, scheme: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 640}, color_scheme=scheme)
    shown = context.new_page()
    for each in (first(sent, "turn"), first(sent, "received"), first(hostile, "returned")):
        shown.set_content(each.message.html)
        assert shown.evaluate("document.documentElement.scrollWidth") == width
        box = shown.locator(".button").bounding_box()
        assert box is not None
        assert box["height"] >= 48
        assert (box["width"] > 0.85 * width) == (width < 480)
        found = Axe().run(shown).response["violations"]
        # An email has no landmarks, and its heading is the subject.
        assert {rule["id"] for rule in found} <= {"landmark-one-main", "page-has-heading-one", "region"}
    context.close()


# --- what particular letters say ---


def test_the_first_official_reads_who_asks_and_what_to_do(sent: list[Sent]) -> None:
    text = first(sent, "turn").message.text
    assert "Ada permohonan Sertifikat Elektronik baru yang menunggu tindak lanjut Anda." in text
    assert "Pemohon: SITI AMINAH, Pranata Komputer Ahli Muda, BKPSDM" in text
    assert "Anda bertindak sebagai: Kepala Dinas" in text
    assert "Tugas: Telaah surat permohonan, lalu disposisikan kepada Kepala Bidang" in text
    assert "Mohon ditindaklanjuti paling lambat Senin, 23 November 2026 pukul 10.25 WITA." in text


def test_the_next_official_reads_the_instruction_and_the_note(sent: list[Sent]) -> None:
    turns = [each.message.text for each in sent if each.letter == "turn" and each.message.to.startswith("kabid")]
    assert "Catatan dari Kepala Dinas:" in turns[0]
    assert "Dengan hormat harap:\n- Proses lebih lanjut\n- Tanggapan dan saran\n" in turns[0]
    assert "Catatan disposisi: Mohon segera." in turns[0]


def test_whoever_returned_a_case_reads_that_it_was_mended(sent: list[Sent]) -> None:
    turns = [each.message.text for each in sent if each.letter == "turn" and each.message.to.startswith("kadis")]
    assert "Pengajuan: ke-2" in turns[1]
    assert "Yang perlu diperbaiki:\n- Surat permohonan\n- Jabatan\n" in turns[1]


def test_a_returned_case_names_items_reason_and_note(sent: list[Sent]) -> None:
    text = first(sent, "returned").message.text
    assert "Yang perlu diperbaiki:\n- Surat permohonan\n- Jabatan\n" in text
    assert "Alasan: Surat permohonan belum ditandatangani pejabat berwenang" in text


def test_a_reason_that_needs_its_note_is_said_by_the_note_alone(sent: list[Sent]) -> None:
    text = first(sent, "rejected").message.text
    assert "Penjelasan: Bukan pegawai." in text
    assert "Lainnya" not in text
    assert "SP4N-LAPOR!" in text


def test_the_receipt_of_a_decision_carries_its_hash(sent: list[Sent]) -> None:
    for each in sent:
        if each.letter in ("decided", "handed_over"):
            assert each.context["event"].hash in each.message.text


def test_the_receipt_of_a_decision_says_who_is_next(sent: list[Sent]) -> None:
    receipts = [each.message.text for each in sent if each.letter == "decided"]
    assert "Berikutnya menunggu: Pemohon" in receipts[0]
    assert "Berikutnya menunggu: Kepala Bidang Statistik dan Persandian" in receipts[1]
    assert any("setelah keputusan ini: Selesai\n" in text and "Berikutnya" not in text for text in receipts)


def test_the_hand_over_receipt_holds_the_certificate_and_who_received_it(sent: list[Sent]) -> None:
    text = first(sent, "handed_over").message.text
    assert "Nomor seri: 4F:7K:9Q" in text
    assert "Berlaku mulai: 30 November 2026" in text
    assert "Berlaku sampai: 30 November 2028" in text
    assert "Diterima oleh: Siti Aminah" in text
    assert "Diserahkan oleh: Dewi Contoh, Verifikator Sertifikat Elektronik" in text


def test_a_missed_visit_names_the_time_that_passed(sent: list[Sent]) -> None:
    assert "pada jadwal Rabu, 25 November 2026 pukul 10.30 WITA" in first(sent, "missed").message.text


def test_an_address_is_confirmed_by_the_day_the_application_lapses(sent: list[Sent]) -> None:
    assert "paling lambat Senin, 30 November 2026 pukul 09.50 WITA" in first(sent, "confirm_address").message.text


def test_a_reminder_lists_tickets_steps_and_since_when(sent: list[Sent]) -> None:
    each = first(sent, "reminder")
    assert re.search(r"\n- TTE-26-\d{4}-9QXM — Telaah Kepala Dinas, sejak \d+ November 2026 ", each.message.text)


def test_an_official_appointed_later_reads_the_task_of_the_present_state(edition: Sop, tmp_path: Path) -> None:
    office = Office(tmp_path, edition, as_it_is)
    case = office.confirmed()
    for _ in range(3):
        case = office.decide(case, "forward", instructions=["proses"])
    office.decide(case, "dispatch", checklist=[point.key for point in edition.step("pemeriksaan").checklist])
    office.cases.appoint(Official("verifikator", "Tono", "tono@tarakankota.go.id", capacity="Plt."))
    office.deliver()
    text = office.sent[-1].message.text
    assert "Tugas: Berkas sudah dikirim. Catat jawaban BSrE begitu ada." in text
    assert "Anda bertindak sebagai: Plt. Verifikator Sertifikat Elektronik" in text
    assert "Mohon ditindaklanjuti sampai" not in text


def test_another_service_uses_the_same_letters_with_its_own_words(edition: Sop, tmp_path: Path) -> None:
    words_of_ours = ("Sertifikat", "TTE", "BSrE", "passphrase", "DKISP", "KTP")
    text = json.dumps(copy.deepcopy(edition.data), ensure_ascii=False)
    for word in words_of_ours:
        text = text.replace(word, "Akta")
    other = parse(json.loads(text), edition.form)
    for each in story(Office(tmp_path, other, as_it_is)):
        said = re.sub(r"TTE-26-\S+|https?://\S+|\(?KTP-el\)?|BSrE|Catat Sertifikat|sertifikat", "", each.message.text)
        assert [word for word in words_of_ours if word in said] == [], each.letter


# --- what an event says ---


def test_a_decision_is_described_in_the_order_and_words_of_its_form(sent: list[Sent]) -> None:
    context = first(sent, "dispatched").context
    facts = context["facts"](context["event"])
    assert [fact.label for fact in facts.values()] == ["Saya telah memeriksa"]
    assert facts["checklist"].texts[0] == "Surat permohonan lengkap dan sudah ditandatangani"


def test_what_an_applicant_did_is_not_a_decision(sent: list[Sent]) -> None:
    context = first(sent, "received").context
    assert context["facts"](context["event"]) == {}


def test_an_official_picks_items_from_documents_and_fields(edition: Sop) -> None:
    lists = wording.Words(edition, {}).choices("pemeriksaan", "refuse")
    assert {"ktp", "nik", "jabatan"} <= {entry["key"] for entry in lists["items"]}
    assert "diisi_oleh" not in {entry["key"] for entry in lists["items"]}
    assert {"kyc_gagal", "lainnya"} <= {entry["key"] for entry in lists["reasons"]}
    assert len(lists["checklist"]) == 5


# --- markup ---


@given(st.text() | st.text("=->! 1.:ab/\n\r\x02\x03\x85\u2028"))
@example(typed="=> a: https://x.id\n-> a: https://x.id\n! a\n1. a\na: b")
def test_a_value_is_never_markup(typed: str) -> None:
    text = f"{markup.value(typed)}\n\n- {markup.value(typed)}\n{markup.value(typed)}"
    blocks = markup.blocks(text)
    assert {block.kind for block in blocks} <= {"paragraph", "list"}
    assert not any(line.label for block in blocks for line in block.lines)
    assert "\x02" not in markup.plain(text)


def test_markup_is_read_line_by_line() -> None:
    text = "Satu\nNomor: \x022\n- a\n- b\x02c\n1. d\n\n\x02\n\n! Awas\n\n=> Buka: lagi: https://x.id/a\n-> Lihat: https://x.id/b"
    kinds = [(block.kind, [(line.label, line.text) for line in block.lines]) for block in markup.blocks(text)]
    assert kinds == [
        ("paragraph", [("", "Satu"), ("Nomor:", "2")]),
        ("list", [("", "a"), ("", "bc")]),
        ("steps", [("", "d")]),
        ("notice", [("", "Awas")]),
        ("button", [("Buka: lagi", "https://x.id/a")]),
        ("link", [("Lihat", "https://x.id/b")]),
    ]
    assert markup.plain(text).endswith("1. d\n\nAwas\n\nBuka: lagi:\nhttps://x.id/a\nLihat:\nhttps://x.id/b")


# --- calendar ---


def calendar(text: str) -> dict[str, Any]:
    """A strict reading of one iCalendar object: {name: (parameters, value)}, components nested under their names."""
    assert text.endswith("\r\n")
    physical = text.removesuffix("\r\n").split("\r\n")
    assert all(len(line.encode()) <= 75 for line in physical)
    assert not any(character in line for line in physical for character in "\r\n")
    logical = re.sub(r"\r\n[ \t]", "", text.removesuffix("\r\n")).split("\r\n")
    root: dict[str, Any] = {}
    stack = [("", root)]
    for line in logical:
        found = re.fullmatch(
            r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*):([^\x00-\x08\x0a-\x1f]*)', line
        )
        assert found, line
        name, parameters, value = found.groups()
        if name == "BEGIN":
            assert value not in stack[-1][1]
            stack.append((value, stack[-1][1].setdefault(value, {})))
        elif name == "END":
            assert stack.pop()[0] == value
        else:
            assert name not in stack[-1][1], f"{name} twice"
            stack[-1][1][name] = (parameters, value)
    assert len(stack) == 1
    return dict(root["VCALENDAR"])


def unescaped(text: str) -> str:
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", text, re.DOTALL), text
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def an_entry(**changes: Any) -> str:
    said: dict[str, Any] = {
        "uid": "TTE-26-7777-777M.kunjungan@tarakankota.go.id",
        "sequence": 9,
        "stamp": MONDAY,
        "start": MONDAY,
        "minutes": 30,
        "summary": "Kunjungan",
        "description": "Bawa KTP-el",
        "location": "Jl. Pulau Kalimantan No. 1",
        "organizer": ('Dinas A, B; C: "D"', "dkisp@tarakankota.go.id"),
    }
    return icalendar.entry(**{**said, **changes})


def test_the_booking_comes_with_a_calendar_entry_in_utc(sent: list[Sent]) -> None:
    each = first(sent, "booked")
    read = calendar(each.message.calendar)
    event = read["VEVENT"]
    assert (read["VERSION"][1], read["METHOD"][1], event["STATUS"][1]) == ("2.0", "PUBLISH", "CONFIRMED")
    assert (event["DTSTART"][1], event["DTEND"][1]) == ("20261124T000000Z", "20261124T003000Z")
    assert event["DTSTAMP"][1] == f"{each.context['event'].at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    assert unescaped(event["LOCATION"][1]) == "Kantor DKISP Kota Tarakan, Jl. Pulau Kalimantan No. 1 Tarakan"
    assert unescaped(event["SUMMARY"][1]) == f"Pengisian passphrase — {each.context['application'].ticket}"
    assert "- KTP-el asli\n" in unescaped(event["DESCRIPTION"][1])
    assert event["ORGANIZER"] == (
        ';CN="Dinas Komunikasi, Informatika, Statistik dan Persandian Kota Tarakan"',
        "mailto:dkisp@tarakankota.go.id",
    )
    assert event["VALARM"]["TRIGGER"][1] == "-P1D"


def test_a_calendar_entry_holds_nothing_personal(sent: list[Sent]) -> None:
    said = unescaped(calendar(first(sent, "booked").message.calendar)["VEVENT"]["DESCRIPTION"][1])
    assert not re.search(r"SITI|Siti|https?:", said)


def test_a_changed_booking_takes_the_place_of_the_one_before(sent: list[Sent]) -> None:
    events = [calendar(each.message.calendar)["VEVENT"] for each in sent if each.letter == "booked"]
    assert len(events) == 3
    assert len({event["UID"] for event in events}) == 1
    sequences = [int(event["SEQUENCE"][1]) for event in events]
    assert sequences == sorted(set(sequences))
    assert len({event["DTSTART"] for event in events[:2]}) == 2


def test_only_the_booking_has_a_calendar_entry(sent: list[Sent]) -> None:
    assert {each.letter for each in sent if each.message.calendar} == {"booked"}


def test_a_step_without_visits_has_no_calendar_entry(edition: Sop, sent: list[Sent]) -> None:
    received = first(sent, "received").context["event"]
    with pytest.raises(ValueError, match="telaah_kadis"):
        WRITTEN.visit("TTE-26-7777-777M", received, edition)


@given(summary=st.text(), location=st.text("aé漢🖋\\;,\n\r\"' "))
@example(summary="🖋" * 60, location="漢" * 100)
@example(summary="a\r\nEND:VEVENT\r\nBEGIN:VEVENT", location="x\ny")
def test_any_text_survives_the_calendar_and_stays_in_its_place(summary: str, location: str) -> None:
    event = calendar(an_entry(summary=summary, description=summary * 3, location=location))["VEVENT"]
    printable = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
    assert unescaped(event["SUMMARY"][1]) == printable.sub("", summary)
    assert unescaped(event["LOCATION"][1]) == printable.sub("", location)


def test_a_calendar_entry_needs_to_know_the_zone() -> None:
    with pytest.raises(ValueError, match="not an aware datetime"):
        an_entry(start=MONDAY.replace(tzinfo=None))


def test_nothing_but_the_module_itself_is_needed_to_import_it() -> None:
    source = ast.parse(Path(writing.__file__).read_text("utf-8")).body
    names = {alias.name for node in source if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in source if isinstance(node, ast.ImportFrom) and node.module}
    assert not names & {"jinja2", "segno", "markupsafe"}
