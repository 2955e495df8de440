"""The applicant's own pages: what each state offers, mending, visits, withdrawing, papers, lost links."""

import re
import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from portal.core.application import Application
from tests.support.browser_without_javascript import Page
from tests.support.stage import EMAIL, FORM, KADIS, SAYS, WAYS, InProcess, Session, Stage

OTHER = "wati.contoh@tarakankota.go.id"
OFFERED: Mapping[str, set[str]] = {
    "unconfirmed": {"batal"},
    "waiting": {"batal"},
    "waiting_kabid": {"batal"},
    "returned": {"perbaikan", "batal"},
    "mended": {"batal"},
    "dispatch": {"batal"},
    "refused": {"batal"},
    "invited": {"jadwal"},
    "booked": {"jadwal", "jadwal.ics"},
    "missed": {"jadwal"},
    "done": {"serah-terima"},
}
"""What a case's page offers besides reading it; in the other states nothing."""


class Holder:
    """Somebody who has opened the emailed link to a case."""

    def __init__(self, stage: Stage, number: str) -> None:
        self.stage, self.number = stage, number
        self.browser = InProcess(stage.browser())
        self.page = self.opens(number)

    def opens(self, number: str) -> Page:
        return self.browser.get(self.stage.link("permohonan", number))

    def get(self, path: str = "") -> Page:
        return self.browser.get(f"/permohonan{path}")

    def submit(self, path: str, button: str = "", **typed: Any) -> Page:
        page = self.get(path)
        return self.browser.submit(page, page.form(f"/permohonan{path}", button), button, **typed)

    def post(self, path: str, **fields: str) -> Page:
        """A form of one's own making, with the token of the present page."""
        token = re.search(r'name="csrf" value="([^"]+)"', self.browser.get("/permohonan/batal").body.decode())
        body = "&".join(f"{name}={value}" for name, value in {"csrf": token[1] if token else "", **fields}.items())
        return self.browser.post(f"/permohonan{path}", body.encode())

    @property
    def case(self) -> Application:
        return self.stage.load(self.number)


def holder(stage: Stage, state: str, **answers: Any) -> Holder:
    return Holder(stage, stage.case(*WAYS[state], **answers))


def words(page: Page) -> str:
    return " ".join(" ".join(page.html.get_element_by_id("isi").itertext()).split())


def times(page: Page) -> list[str]:
    return [str(value) for value in page.html.xpath("//input[@name='jadwal']/@value")]


# --- the case ---


@pytest.mark.parametrize("state", WAYS)
def test_every_state_offers_what_can_be_done_now_and_nothing_else(shared_stage: Stage, state: str) -> None:
    siti = holder(shared_stage, state)
    text = shared_stage.office.sop.status(siti.case.step, siti.case.state)
    links = {link.rpartition("/")[2] for link in siti.page.html.xpath("//main//a/@href") if "/permohonan/" in link}

    assert (siti.page.status, siti.page.url) == (200, "http://localhost/permohonan")
    assert text.label in words(siti.page)
    assert (text.own or text.sentence) in words(siti.page)
    assert links & {"batal", "perbaikan", "jadwal", "jadwal.ics", "serah-terima"} == OFFERED.get(state, set())


def test_the_page_says_what_comes_next_and_until_when(stage: Stage) -> None:
    siti = holder(stage, "waiting")
    assert "Berikutnya Kepala Bidang menelaah" in words(siti.page)
    assert "15 menit kerja, paling lambat 23 November 2026 08.15 WITA." in words(siti.page)
    stage.clock.forward(hours=1)
    assert stage.office.sop.data["sentences"]["late"] in words(siti.get())


@pytest.mark.parametrize("state", ["returned", "invited", "booked", "missed"])
def test_the_page_says_what_the_applicant_does_next_and_sends_nobody_to_the_mailbox(
    shared_stage: Stage, state: str
) -> None:
    siti = holder(shared_stage, state)
    (box,) = siti.page.html.xpath("//div[starts-with(@class, 'card')]")
    card = " ".join(" ".join(box.itertext()).split())
    assert f"Berikutnya {shared_stage.office.sop.status(siti.case.step, state).next}" in card
    assert "email" not in card


def test_until_when_an_address_is_to_be_confirmed_is_said_where_one_does_it(stage: Stage) -> None:
    number = stage.case()
    for page in ("permohonan", "konfirmasi"):
        opened = InProcess(stage.browser()).get(stage.link(page, number))
        assert "30 November 2026 08.00 WITA" in words(opened)


def test_the_applicant_reads_what_officials_say_to_him_and_not_what_they_say_to_each_other(shared_stage: Stage) -> None:
    text = words(Holder(shared_stage, shared_stage.case("confirm", "forward", "return")).page)
    assert SAYS["return"]["note"] in text
    assert "Foto atau pindaian KTP-el buram" in text
    assert SAYS["forward"]["note"] not in text


def test_ones_own_answers_and_documents_can_be_read_again(shared_stage: Stage) -> None:
    siti = holder(shared_stage, "waiting")
    assert all(answer in words(siti.page) for answer in (FORM["nama_ktp"], FORM["nik"], "0812-0000-0000", EMAIL))
    for document in siti.case.documents:
        kept = siti.get(f"/berkas/{document.kind}")
        assert (kept.status, kept.headers["Content-Type"]) == (200, "application/pdf")
        assert kept.body == shared_stage.office.files.read(document.key, document.version)
    assert siti.get("/berkas/paspor").status == 404
    assert siti.get("/berkas/..%2f..%2fkunci").status == 404


@pytest.mark.parametrize(
    "path", ["", "/berkas/ktp", "/tanda-terima", "/serah-terima", "/batal", "/perbaikan", "/jadwal"]
)
def test_without_the_link_nothing_opens(shared_stage: Stage, path: str) -> None:
    shared_stage.case("confirm")
    stranger = InProcess(shared_stage.browser()).get(f"/permohonan{path}")
    assert stranger.status == 403
    assert "Buka tautan dari email Anda" in stranger.text
    assert "/tautan?halaman=permohonan" in stranger.href("/tautan")


def test_a_page_left_open_does_nothing_to_the_case_opened_after_it(shared_stage: Stage) -> None:
    siti = holder(shared_stage, "waiting")
    old = siti.get("/batal")
    other = shared_stage.case("confirm", email=OTHER)
    siti.opens(other)
    answer = siti.browser.submit(old, old.form("/permohonan/batal"), "Ya")
    assert answer.status == 403
    assert {shared_stage.load(number).state for number in (siti.number, other)} == {"waiting"}


# --- confirming ---


def test_only_the_button_confirms(stage: Stage) -> None:
    number = stage.case()
    browser = InProcess(stage.browser())
    page = browser.get(stage.link("konfirmasi", number))
    assert "Konfirmasi alamat email" in page.text
    assert stage.load(number).state == "unconfirmed"
    done = browser.submit(page, page.form("/konfirmasi"))
    assert "sudah dikonfirmasi" in done.text
    assert (stage.load(number).state, stage.load(number).agenda) == ("waiting", "1")
    assert "sudah dikonfirmasi" in browser.submit(page, page.form("/konfirmasi")).text
    assert stage.load(number).version == 2


@pytest.mark.parametrize(("state", "title"), [("lapsed", "Tidak dikonfirmasi"), ("returned", "sudah dikonfirmasi")])
def test_a_confirming_link_used_later_says_how_things_are(shared_stage: Stage, state: str, title: str) -> None:
    page = InProcess(shared_stage.browser()).get(shared_stage.link("konfirmasi", shared_stage.case(*WAYS[state])))
    assert title in page.text
    assert not page.html.xpath("//main//form")


# --- mending ---


def replaced(siti: Holder, kind: str = "ktp") -> None:
    """Another file has been uploaded and found good."""
    draft = siti.stage.intake.begin_mending(siti.case)
    siti.stage.records.save_draft(draft.with_document(siti.stage.document(draft, kind)))


def test_only_what_was_named_is_asked(stage: Stage) -> None:
    page = holder(stage, "returned").get("/perbaikan")
    assert [card.get("id") for card in page.html.xpath("//*[@data-card]")] == ["berkas-ktp"]
    assert set(page.form("/permohonan/perbaikan", "Kirim").fields) == {"csrf", "jabatan"}
    assert page.html.get_element_by_id("jabatan").value == FORM["jabatan"]
    assert SAYS["return"]["note"] in page.text


def test_what_was_not_named_stays_whatever_is_posted(stage: Stage) -> None:
    siti = holder(stage, "returned")
    before = siti.case
    replaced(siti)
    siti.post("/perbaikan", jabatan="Analis+Madya", nama_ktp="ORANG+LAIN", nik="6473014501900002", email=OTHER, opd="x")
    after = siti.case
    assert (after.state, after.step) == ("waiting", before.step)
    assert dict(after.form) == {**before.form, "jabatan": "Analis Madya"}
    assert {document.kind for document in after.documents if document not in before.documents} == {"ktp"}
    assert len(after.documents) == len(before.documents)
    assert after.first_damage() is None


@pytest.mark.parametrize("kind", ["surat_permohonan", "sk_terakhir", "paspor"])
def test_another_document_cannot_be_replaced_or_removed(stage: Stage, kind: str) -> None:
    siti = holder(stage, "returned")
    for path in (f"/perbaikan/berkas/{kind}", f"/perbaikan/berkas/{kind}/hapus"):
        assert siti.post(path).status in (403, 404)
    assert siti.get(f"/perbaikan/berkas/{kind}/terunggah").status == 404
    replaced(siti)
    siti.post("/perbaikan", jabatan="Analis")
    kept = {document.kind: document for document in stage.load(siti.number).documents}
    assert kept.keys() == {requirement.key for requirement in stage.office.sop.requirements}


def test_without_the_named_document_nothing_is_sent_and_what_was_typed_stays(stage: Stage) -> None:
    siti = holder(stage, "returned")
    page = siti.submit("/perbaikan", "Kirim", jabatan="Analis Madya")
    assert page.status == 422
    assert page.html.xpath("//*[@role='alert']//a/@href") == ["#berkas-ktp"]
    assert page.html.get_element_by_id("jabatan").value == "Analis Madya"
    assert siti.case.state == "returned"
    assert siti.get("/perbaikan").html.get_element_by_id("jabatan").value == "Analis Madya"


def test_a_field_left_empty_is_named(stage: Stage) -> None:
    siti = holder(stage, "returned")
    replaced(siti)
    page = siti.submit("/perbaikan", "Kirim", jabatan="")
    assert page.status == 422
    assert "#jabatan" in page.html.xpath("//*[@role='alert']//a/@href")
    assert siti.case.state == "returned"


def test_a_second_click_sends_nothing_more(stage: Stage) -> None:
    siti = holder(stage, "returned")
    replaced(siti)
    page = siti.get("/perbaikan")
    form = page.form("/permohonan/perbaikan", "Kirim")
    for _ in range(2):
        answer = siti.browser.submit(page, form, "Kirim", jabatan="Analis Madya")
        assert (answer.status, answer.url) == (200, "http://localhost/permohonan?terkirim")
    assert [event.action for event in siti.case.events].count("resubmit") == 1
    assert siti.get("/perbaikan").url == "http://localhost/permohonan"


def test_what_hangs_on_a_named_answer_is_asked_with_it(stage: Stage) -> None:
    """From PNS to PPPK the number stays asked, and the rank is another one: else the applicant could never finish."""
    says = {"items": ["status_kepegawaian"], "reason": "jabatan_tidak_sesuai", "note": ""}
    number = stage.case("confirm")
    claims = stage.cases.case_claims(stage.load(number), KADIS)
    stage.cases.decide(claims, "return", says, 2)
    siti = Holder(stage, number)
    asked = set(siti.get("/perbaikan").form("/permohonan/perbaikan", "Kirim").fields)
    assert {"status_kepegawaian", "nip", "pangkat", "golongan_pppk"} <= asked
    answer = siti.submit(
        "/perbaikan",
        "Kirim",
        status_kepegawaian="PPPK",
        nip="199009132025242014",
        pangkat="",
        golongan_pppk="IX",
    )
    if answer.status == 422:  # the warnings, read and passed
        answer = siti.browser.submit(
            answer, answer.form("/permohonan/perbaikan", "Kirim"), "Kirim", peringatan_dibaca="ya"
        )
    assert (answer.status, siti.case.state) == (200, "waiting"), words(answer)
    assert "pangkat" not in siti.case.form


def test_mending_twice_starts_from_what_was_sent_last(stage: Stage) -> None:
    siti = Holder(stage, stage.case("confirm", "return", "resubmit", "return"))
    page = siti.get("/perbaikan")
    assert [card.get("id") for card in page.html.xpath("//*[@data-card]")] == ["berkas-ktp"]
    replaced(siti)
    siti.submit("/perbaikan", "Kirim", jabatan="Analis Utama")
    assert (siti.case.round, siti.case.form["jabatan"]) == (3, "Analis Utama")
    assert "Pengajuan ke-3" in InProcess(stage.browser()).get(f"/status/{siti.number}").text


# --- visits ---


def test_of_two_who_want_one_time_the_second_is_offered_the_others(stage: Stage) -> None:
    siti, wati = holder(stage, "invited"), holder(stage, "invited", email=OTHER)
    page = wati.get("/jadwal")
    wanted = times(page)[2]
    assert siti.submit("/jadwal", "Ambil", jadwal=wanted).status == 200
    answer = wati.browser.submit(page, page.form("/permohonan/jadwal", "Ambil"), "Ambil", jadwal=wanted)
    assert answer.status == 409
    assert answer.html.xpath("//*[@role='alert']")
    assert wanted not in times(answer)
    assert len(times(answer)) == len(times(page)) - 1
    assert (siti.case.state, wati.case.state) == ("booked", "invited")


def test_another_time_sets_the_first_one_free(stage: Stage) -> None:
    siti, wati = holder(stage, "invited"), holder(stage, "invited", email=OTHER)
    first, second = times(siti.get("/jadwal"))[:2]
    siti.submit("/jadwal", "Ambil", jadwal=first)
    assert first not in times(wati.get("/jadwal"))
    page = siti.get("/jadwal")
    assert "Jadwal Anda sekarang: Selasa, 24 November 2026, 08.00 WITA" in words(page).replace(" ,", ",")
    siti.submit("/jadwal", "Ambil", jadwal=second)
    assert first in times(wati.get("/jadwal"))
    assert second not in times(wati.get("/jadwal"))
    assert [claim.rpartition("T")[2] for claim in stage.records.taken("visit/")] == ["08:30/0"]


def test_a_missed_visit_is_picked_anew(stage: Stage) -> None:
    siti = holder(stage, "missed")
    siti.submit("/jadwal", "Ambil", jadwal=times(siti.get("/jadwal"))[0])
    assert siti.case.state == "booked"
    assert len(stage.records.taken("visit/")) == 1


def test_times_begin_on_the_next_working_day_inside_the_windows(stage: Stage) -> None:
    stage.clock.forward(days=4)  # a Friday
    offered = times(holder(stage, "invited").get("/jadwal"))
    assert offered[0] == "2026-11-30T08:00:00+08:00"
    assert all(re.fullmatch(r"2026-1[12]-\d\dT(0[89]|1[0134]):[03]0:00\+08:00", time) for time in offered)
    assert "2026-12-04T10:00:00+08:00" in offered
    assert "2026-12-04T10:30:00+08:00" not in offered


def test_with_no_time_left_the_page_says_so(stage: Stage) -> None:
    siti = holder(stage, "invited")
    with sqlite3.connect(stage.data / "portal.sqlite") as database:
        for slot in stage.visits.slots(siti.case):
            database.execute("INSERT INTO claim VALUES (?, 'x')", (f"visit/penerbitan/{slot:%Y-%m-%dT%H:%M}/0",))
    database.close()
    page = siti.get("/jadwal")
    assert page.status == 200
    assert "Belum ada jadwal kosong" in page.text
    assert times(page) == []


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("", 422),
        ("besok", 422),
        ("2026-13-01", 422),
        ("2026-11-24T08:00:00", 409),  # without a zone it names no moment
        ("2026-11-24T08:15:00%2B08:00", 409),
        ("2026-11-23T08:00:00%2B08:00", 409),
        ("2020-01-06T08:00:00%2B08:00", 409),
        ("9999-12-31T23:59:59%2B00:00", 409),
        ("2026-11-28T08:00:00%2B08:00", 409),
    ],
)
def test_a_time_that_is_not_offered_is_not_taken(stage: Stage, typed: str, status: int) -> None:
    siti = holder(stage, "invited")
    token = siti.get("/jadwal").form("/permohonan/jadwal").fields["csrf"]
    answer = siti.browser.post("/permohonan/jadwal", f"csrf={token}&jadwal={typed}".encode())
    assert answer.status == status
    assert answer.html.xpath("//*[@role='alert']")
    assert times(answer)
    assert siti.case.state == "invited"


def test_the_visit_goes_into_the_calendar(stage: Stage) -> None:
    siti = holder(stage, "booked")
    entry = siti.get("/jadwal.ics")
    assert entry.headers["Content-Type"].startswith("text/calendar")
    assert f'filename="{siti.number}.ics"' in entry.headers["Content-Disposition"]
    lines = entry.body.decode().split("\r\n")
    assert "DTSTART:20261124T000000Z" in lines
    assert not any(secret in entry.body.decode() for secret in (FORM["nik"], FORM["nip"]))


@pytest.mark.parametrize("state", ["invited", "missed", "handover", "waiting"])
def test_without_a_visit_there_is_no_calendar_entry(shared_stage: Stage, state: str) -> None:
    assert holder(shared_stage, state).get("/jadwal.ics").status == 409


@pytest.mark.parametrize("state", ["waiting", "sent", "handover", "done"])
def test_where_there_is_nothing_to_pick_the_page_leads_back(shared_stage: Stage, state: str) -> None:
    assert holder(shared_stage, state).get("/jadwal").url == "http://localhost/permohonan"


# --- a word that it was done ---


def said(page: Page) -> str:
    return " ".join(" ".join(page.html.xpath("//main//*[@role='status']//text()")).split())


def test_what_was_just_done_is_said_once(stage: Stage) -> None:
    siti = holder(stage, "invited")
    page = siti.get("/jadwal")
    page = siti.browser.submit(page, page.form("/permohonan/jadwal"), jadwal=times(page)[0])
    assert "Berhasil: Jadwal Anda tercatat" in said(page)
    assert said(siti.get()) == ""

    siti = holder(stage, "waiting")
    assert "Berhasil: Permohonan Anda dibatalkan" in said(siti.submit("/batal", "Ya"))


def test_sent_mending_is_said(stage: Stage) -> None:
    number = stage.case("confirm")
    claims = stage.cases.case_claims(stage.load(number), KADIS)
    stage.cases.decide(claims, "return", {**SAYS["return"], "items": ["jabatan"]}, stage.load(number).version)
    siti = Holder(stage, number)
    assert "Berhasil: Perbaikan Anda terkirim" in said(siti.submit("/perbaikan", "Kirim", jabatan="Analis Baru"))


def test_nothing_is_said_to_have_been_done_that_somebody_else_did(shared_stage: Stage) -> None:
    assert said(holder(shared_stage, "missed").get("?terkirim")) == ""


# --- withdrawing ---


def test_withdrawing_is_asked_about_first_and_final(stage: Stage) -> None:
    siti = holder(stage, "waiting_kabid")
    assert "tidak dapat ditarik kembali" in siti.get("/batal").text
    assert siti.case.state == "waiting"
    assert "Dibatalkan pemohon" in siti.submit("/batal", "Ya").text
    assert (siti.case.state, next(stage.records.facts())["outcome"]) == ("withdrawn", "withdrawn")
    assert siti.get("/batal").url == "http://localhost/permohonan"


@pytest.mark.parametrize("state", ["sent", "invited", "booked", "ready", "done", "rejected"])
def test_once_bsre_has_it_nothing_is_withdrawn(stage: Stage, state: str) -> None:
    session = Session(stage, "/permohonan/batal")
    cookie = session.browser.get_cookie("permohonan", path="/permohonan")
    assert cookie
    opened = stage.clock.at
    number = stage.office.links.read("cookie.permohonan", cookie.value, opened)["t"]
    for action in WAYS[state][1:]:
        stage.act(number, action)
    stage.clock.at = opened  # else the form were too old to be looked at
    assert session.post(csrf=session.csrf) == 409
    assert stage.load(number).state == state
    assert session.browser.get("/permohonan/batal").location == "/permohonan"


# --- papers ---


@pytest.mark.parametrize("state", ["unconfirmed", "waiting", "returned", "withdrawn", "done"])
def test_what_was_handed_in_can_be_printed(shared_stage: Stage, state: str) -> None:
    siti = holder(shared_stage, state)
    paper = siti.get("/tanda-terima")
    assert paper.status == 200
    assert siti.number in words(paper)
    assert all(document.sha256[:12] in words(paper) for document in siti.case.documents)
    assert paper.html.xpath("//*[local-name()='svg']")
    assert siti.case.agenda in words(paper)
    assert FORM["nik"] not in paper.text


def test_what_was_handed_over_can_be_printed_only_once_it_was(shared_stage: Stage) -> None:
    for state in WAYS:
        paper = holder(shared_stage, state).get("/serah-terima")
        assert paper.status == (200 if state == "done" else 409), state
    siti = holder(shared_stage, "done")
    text = words(siti.get("/serah-terima"))
    for said in ("4A:1F:22:09", "25 November 2026", "25 November 2028", "Siti Rahasia", siti.case.events[-1].hash):
        assert said in text


def test_who_received_it_signs(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SAYS, "hand_over", {"received_by": "Budi Penerima"})  # type: ignore[misc, arg-type]
    paper = holder(stage, "done").get("/serah-terima")
    (line,) = paper.html.xpath("//div[@class='sign']")
    assert line.text_content() == "Yang menerima,Budi Penerima"


# --- lost links ---


@pytest.mark.parametrize("page", ["permohonan", "konfirmasi"])
def test_links_that_are_not_ours_open_nothing(stage: Stage, page: str) -> None:
    number = stage.case("confirm")
    other = {"permohonan": "konfirmasi", "konfirmasi": "permohonan"}[page]
    foreign = stage.link(other, number).replace(f"/{other}/", f"/{page}/")
    for link in (f"/{page}/x.y", foreign, stage.link(page, number)[:-3], stage.link("telaah", number)):
        answer = InProcess(stage.browser()).get(link.replace("/telaah/", f"/{page}/"))
        assert answer.status == 403
        assert "Tautan tidak dikenal" in answer.text
        assert number not in answer.text


def test_an_expired_link_is_renewed_by_one_button_to_the_registered_address(stage: Stage) -> None:
    number = stage.case("confirm")
    link = stage.link("permohonan", number, minutes=5)
    stage.clock.forward(minutes=6)
    before = len(stage.mail())
    browser = InProcess(stage.browser())
    page = browser.get(link)
    assert page.status == 410
    assert FORM["nama_ktp"] not in page.text
    assert "Periksa email Anda" in browser.submit(page, page.form("/tautan")).text
    (fresh,) = stage.mail()[before:]
    assert (fresh["to"], number in fresh["subject"]) == (EMAIL, True)
    assert browser.get(fresh["links"][0]).url == "http://localhost/permohonan"


@pytest.mark.parametrize(
    ("state", "page", "words_of_link"),
    [("waiting", "permohonan", "permohonan"), ("unconfirmed", "permohonan", "konfirmasi")],
)
def test_a_lost_link_comes_again_to_whoever_knows_ticket_and_address(
    stage: Stage, state: str, page: str, words_of_link: str
) -> None:
    number = stage.case(*WAYS[state])
    before = len(stage.mail())
    browser = InProcess(stage.browser())
    asking = browser.get(f"/tautan?halaman={page}")
    for email in (OTHER, EMAIL.upper()):
        browser.submit(asking, asking.form("/tautan"), tiket=number.lower(), email=email)
    (mail,) = stage.mail()[before:]
    assert mail["to"] == EMAIL
    assert f"/{words_of_link}/" in mail["links"][0]


@pytest.mark.parametrize(
    "asked",
    [
        {"tiket": "TTE-26-4F7K-9QXM", "email": EMAIL},
        {"tiket": "x", "email": ""},
        {"halaman": "meja", "email": "nobody@tarakankota.go.id"},
        {"halaman": "telaah", "tiket": "<number>", "email": OTHER},
        {"halaman": "telaah", "tiket": "<number>", "email": EMAIL},
        {"halaman": "entah", "tiket": "<number>", "email": OTHER},
        {"token": "x.y"},
        {},
    ],
)
def test_asking_for_a_link_that_is_not_ones_own_is_answered_alike_and_sends_nothing(
    stage: Stage, asked: dict[str, str]
) -> None:
    number = stage.case("confirm")
    before = len(stage.mail())
    mine = stage.browser().post("/tautan", data={"tiket": number, "email": EMAIL})
    fields = {name: value.replace("<number>", number) for name, value in asked.items()}
    theirs = stage.browser().post("/tautan", data=fields)
    assert (theirs.status_code, "Periksa email Anda" in theirs.text) == (200, True)
    if "halaman" not in asked:
        assert theirs.data == mine.data
    assert [mail["to"] for mail in stage.mail()[before:]] == [EMAIL]


def test_an_old_link_opens_the_case_as_it_is_today(stage: Stage) -> None:
    number = stage.case("confirm")
    link = stage.link("permohonan", number, days=30)
    stage.clock.forward(days=29)
    for action in WAYS["returned"][1:]:
        stage.act(number, action)
    page = InProcess(stage.browser()).get(link)
    assert (page.status, "Perlu perbaikan" in page.text) == (200, True)
    stage.clock.forward(days=1, hours=1)
    assert InProcess(stage.browser()).get(link).status == 410


def test_a_session_ends_after_half_a_day_and_says_how_to_go_on(stage: Stage) -> None:
    siti = holder(stage, "waiting")
    stage.clock.at += timedelta(hours=12, minutes=1)
    late = siti.get()
    assert late.status == 403
    assert "Buka tautan dari email Anda" in late.text
