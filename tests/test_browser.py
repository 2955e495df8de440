"""The same story in a real browser: on a phone, with and without JavaScript, by keyboard, on paper, and with axe.

Written as what a person sees and presses; what the portal then knows is the business of ``test_story``.
"""

import sqlite3
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from chromium import Person, chromium
from people import PERSON, Applicant
from playwright.sync_api import Browser, FilePayload, expect
from server import ROOT, Clock, serving
from test_story import KABID, KADIS, OTHER_VERIFIKATOR, STATISTISI, VERIFIKATOR, City

from portal.samples import sample

pytestmark = pytest.mark.browser

ANSWERS: Mapping[str, str] = {**PERSON, "opd": "Dinas Kesehatan", "tujuan": "Surat dan naskah dinas"}
KINDS = ("surat_permohonan", "formulir_bsre", "ktp", "sk_terakhir")
EMAIL = ANSWERS["email"].lower()

Someone = Callable[..., Person]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def city(browser: Browser, tmp_path: Path) -> Iterator[City]:
    clock = Clock()
    with serving(tmp_path, clock) as served:
        yield City(served, clock)


@pytest.fixture
def someone(browser: Browser, city: City) -> Iterator[Someone]:
    """Makes people; they leave before the portal closes."""
    here: list[Person] = []

    def comes(**differently: Any) -> Person:
        here.append(Person(browser, city.address, deliver=city.house.clockwork.send_due, **differently))
        return here[-1]

    yield comes
    for person in here:
        person.context.close()


# --- what people do --------------------------------------------------------------------------------------------------


@cache
def sample_file(name: str) -> FilePayload:
    """A sample document as a file on the phone."""
    rehearsal = tomllib.loads((ROOT / "schemas" / "penerbitan" / "rehearsal.toml").read_text("utf-8"))
    content, media_type = sample(name, rehearsal)
    file = next(spec["file"] for spec in rehearsal["samples"] if spec["name"] == name)
    return {"name": file, "mimeType": media_type, "buffer": content}


def send_without_script(me: Person, kind: str, name: str) -> None:
    me.card(kind).locator("input[type=file]").set_input_files(sample_file(name))
    me.press("Unggah", me.card(kind))
    me.sees("perlu diperiksa sebelum diterima")
    me.press("Periksa berkas ini")


def watch_state(me: Person, kind: str) -> Callable[[], list[str]]:
    """Note down every word that a card's state shows from now on."""
    me.page.evaluate(
        """(card) => {
          window.shown = [];
          new MutationObserver(() => {
            const word = document.querySelector(`${card} [data-state]`).textContent;
            if (word !== shown.at(-1)) shown.push(word);
          }).observe(document.body, { subtree: true, childList: true, characterData: true });
        }""",
        f"#berkas-{kind}",
    )
    return lambda: list(me.page.evaluate("shown"))


@contextmanager
def slow_upload(me: Person, bytes_per_second: int) -> Iterator[None]:
    network = me.context.new_cdp_session(me.page)
    network.send("Network.enable")
    for speed in (bytes_per_second, -1):
        conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed}
        network.send("Network.emulateNetworkConditions", conditions)
        if speed > 0:
            yield


# --- the story -------------------------------------------------------------------------------------------------------


def test_the_whole_story_on_a_phone(someone: Someone, city: City) -> None:
    """Seven steps with one return and one no-show; one phone plays everybody, as in a rehearsal."""
    me = someone(album=".")
    page = me.page

    # 1. The form: one round of errors, in which nothing typed is lost.
    me.go("/ajukan")
    me.shoot("ajukan")
    expect(page.locator("#nip")).to_be_hidden()
    me.fill({**ANSWERS, "nik": "12345"}, keys=True)
    page.locator("#jabatan").clear()
    with me.expecting(422):
        me.press("Lanjut")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title("Perlu diperbaiki: Langkah 1 dari 3: Data – DKISP Kota Tarakan")
    me.sees("Ada 2 hal yang perlu diperbaiki")
    me.shoot("ajukan-keliru")
    page.get_by_role("alert").get_by_role("link", name="NIK harus 16 angka.").click()
    expect(page.locator("#nik")).to_be_focused()
    expect(page.locator("#nik")).to_have_value("12345")
    expect(page.locator("#email")).to_have_value(EMAIL)
    me.fill({"nik": ANSWERS["nik"], "jabatan": ANSWERS["jabatan"]}, keys=True)
    me.press("Lanjut")

    # 1. The documents: one is refused, one replaced, one removed; the page stays the same page.
    me.sees("Unggah berkas")
    me.shoot("berkas-belum-ada")
    page.evaluate("window.untouched = true")
    me.choose("ktp", {"name": "catatan.txt", "mimeType": "text/plain", "buffer": b"CONTOH"})
    expect(me.card("ktp")).to_contain_text("Berkas ini bukan PDF, JPG, atau PNG.")
    with me.expecting(422):
        me.choose("ktp", sample_file("ktp_buram"))
        expect(me.card("ktp")).to_contain_text("terlalu kecil untuk dibaca")
    expect(me.card("ktp")).to_contain_text("Perlu diganti")
    me.shoot("berkas-ditolak")
    shown = watch_state(me, "ktp")
    with slow_upload(me, 250_000):
        me.choose("ktp", sample_file("ktp"))
        expect(me.card("ktp").get_by_text("Diterima", exact=True)).to_be_visible()
    words = shown()
    assert words[0] == "Mengunggah 0 %"
    assert any(word.startswith("Mengunggah ") and word not in ("Mengunggah 0 %", "Mengunggah 100 %") for word in words)
    assert words[-2:] == ["Memeriksa berkas…", "Diterima"]
    expect(page.locator("[data-live]")).to_have_text("KTP-el: Diterima")
    for kind in KINDS:
        if kind != "ktp":
            me.choose(kind, sample_file("formulir_bsre" if kind == "surat_permohonan" else kind))
            expect(me.card(kind).get_by_text("Diterima", exact=True)).to_be_visible()
    me.choose("surat_permohonan", sample_file("surat_permohonan"))
    expect(me.card("surat_permohonan")).to_contain_text("contoh-surat-permohonan.pdf")
    assert page.evaluate("window.untouched"), "the page was loaded anew"
    me.shoot("berkas-lengkap")
    me.press("Hapus", me.card("sk_terakhir"))
    expect(me.card("sk_terakhir")).to_contain_text("Belum ada")
    me.press("Lanjut: periksa kembali")
    me.sees("SK terakhir belum diunggah")
    me.shoot("periksa-belum-lengkap")
    me.press("Lengkapi berkas")
    me.choose("sk_terakhir", sample_file("sk_terakhir"))
    expect(me.card("sk_terakhir").get_by_text("Diterima", exact=True)).to_be_visible()
    me.press("Lanjut: periksa kembali")

    # 1. Read over, send, keep the number.
    me.sees("SITI CONTOH", "contoh-sk-terakhir.pdf")
    me.shoot("periksa")
    with me.expecting(422):
        me.press("Kirim Permohonan")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("checkbox").check()
    me.press("Kirim Permohonan")
    me.sees("Permohonan terkirim")
    ticket = page.locator("#nomor-tiket").inner_text().strip()
    me.shoot("terkirim")
    me.press("Salin nomor")
    expect(page.get_by_role("button", name="Nomor tiket tersalin")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == ticket

    # 1. Nobody hears of it before the address is confirmed.
    me.go("/_mailbox")
    me.open_mail(EMAIL, "konfirmasi", ticket)
    assert "/konfirmasi" in page.url
    assert len(page.url) < 60, "the secret stays in the address"
    me.shoot("konfirmasi")
    me.press("Konfirmasi dan teruskan permohonan")
    me.sees("Alamat email sudah dikonfirmasi")
    me.shoot("sudah-dikonfirmasi")
    me.press("Lihat status")
    me.sees("Ditelaah Kepala Dinas")
    me.shoot("status")

    # 2. The head of the agency looks at the documents and forwards.
    me.open_mail(KADIS, "telaah", ticket)
    me.sees("Permohonan dari SITI CONTOH")
    me.shoot("telaah-kepala-dinas")
    page.locator(".thumbs a").nth(3).click()
    sheet = page.locator(".viewer img").nth(3)
    expect(sheet).to_be_in_viewport()
    page.wait_for_function("image => image.complete && image.naturalWidth > 900", arg=sheet.element_handle())
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).to_have_count(0)
    expect(page.locator(".thumbs a").nth(3)).to_be_focused()
    page.wait_for_function("() => !history.state")
    case = page.url
    page.locator(".thumbs a").first.click()
    page.go_back()
    expect(page.locator(".viewer")).to_have_count(0)
    assert page.url == case
    page.locator(".thumbs a").first.click()
    page.locator(".viewer button").click()
    page.wait_for_function("() => !history.state")
    expect(page.locator(".viewer")).to_have_count(0)
    me.open_choice("return")
    me.open_choice("forward")
    expect(page.locator("#tindakan-return")).not_to_have_attribute("open", "")
    me.fill({"note": "Segera diproses."}, page.locator("#tindakan-forward"))
    with me.expecting(422):
        me.decide("forward", "Disposisikan ke Kepala Bidang")
    expect(page.get_by_role("alert")).to_be_focused()
    me.shoot("telaah-keliru")
    assert page.locator("#tindakan-forward [name=note]").input_value() == "Segera diproses."
    me.decide("forward", "Disposisikan ke Kepala Bidang", {"instructions": "proses"})
    me.sees("Keputusan Anda tercatat")
    me.shoot("keputusan-tercatat")

    # 3. The head of division returns it; the applicant mends what was named, and nothing else.
    me.open_mail(KABID, "telaah", ticket)
    me.sees("Segera diproses.")
    choice = me.open_choice("return")
    choice.get_by_text("Isian data").click()
    choice.locator("[name=items][value=jabatan]").check()
    choice.locator("[name=items][value=ktp]").check()
    choice.locator("[name=reason][value=ktp_tidak_terbaca]").check()
    choice.locator("[name=note]").fill("Foto terpotong.")
    me.shoot("telaah-mengembalikan")
    me.press("Kembalikan untuk Perbaikan", choice.locator("form"))
    me.sees("Dikembalikan untuk perbaikan")
    me.open_mail(EMAIL, "permohonan", ticket)
    me.sees("Perlu perbaikan", "Foto terpotong.")
    me.shoot("permohonan-dikembalikan")
    me.press("Perbaiki permohonan")
    expect(page.locator("main").get_by_role("textbox")).to_have_count(1)
    me.shoot("perbaikan")
    me.choose("ktp", sample_file("ktp"))
    expect(me.card("ktp").get_by_text("Diterima", exact=True)).to_be_visible()
    me.fill({"jabatan": "Analis Kebijakan Ahli Muda"})
    me.press("Kirim perbaikan")
    me.sees("Didisposisikan ke Kepala Bidang")
    me.open_mail(KABID, "telaah", ticket)
    me.sees("Pengajuan ke-2")
    me.shoot("telaah-pengajuan-kedua")
    me.decide("forward", "Disposisikan ke Statistisi Ahli Muda", {"instructions": "proses"})

    # 4. and 5. Recorded, checked, sent to BSrE, accepted there.
    me.open_mail(STATISTISI, "telaah", ticket)
    me.decide("forward", "Teruskan kepada Verifikator", {"instructions": "proses"})
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    me.open_choice("dispatch")
    me.shoot("pemeriksaan")
    me.decide("dispatch", "Tandai Terkirim ke BSrE", {"checklist": "*"})
    me.press("Buka permohonan ini")
    me.shoot("terkirim-ke-bsre")
    me.decide("accept", "Catat Persetujuan BSrE")

    # 6. Invited, not come, come.
    me.press("Lanjutkan ke langkah berikutnya")
    me.shoot("undang-pemohon")
    me.decide("invite", "Kirim Undangan")
    me.open_mail(EMAIL, "permohonan", ticket)
    me.press("Pilih jadwal")
    me.shoot("jadwal")
    page.get_by_role("radio").first.check()
    me.press("Ambil jadwal ini")
    me.sees("Jadwal kedatangan", "KTP-el asli")
    me.shoot("permohonan-dijadwalkan")
    with page.expect_download() as entry:
        me.press("Unduh ke kalender")
    assert entry.value.suggested_filename == f"{ticket}.ics"
    city.clock.forward(days=1)
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    me.shoot("kedatangan")
    me.decide("miss", "Tandai Tidak Hadir")
    me.open_mail(EMAIL, "permohonan", ticket)
    me.sees("Perlu dijadwalkan ulang")
    me.shoot("permohonan-tidak-hadir")
    me.press("Pilih jadwal")
    page.get_by_role("radio").nth(3).check()
    me.press("Ambil jadwal ini")
    city.clock.forward(days=1)
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    me.decide("attend", "Catat Kehadiran")

    # 7. Recorded and handed over; the applicant has it in writing.
    me.press("Lanjutkan ke langkah berikutnya")
    record = {"serial": "4A:1F:22:09", "valid_from": "2026-11-25", "valid_until": "2028-11-25"}
    me.fill(record, me.open_choice("record"))
    me.shoot("sertifikat-terbit")
    me.decide("record", "Catat Sertifikat")
    me.press("Lanjutkan ke langkah berikutnya")
    me.shoot("penyerahan")
    me.decide("hand_over", "Catat Penyerahan", received_by="Siti Contoh")
    me.sees("Selesai")
    me.shoot("keputusan-terakhir")
    me.open_mail(EMAIL, "permohonan", ticket)
    me.sees("Selesai", "4A:1F:22:09", "25 November 2028")
    me.shoot("permohonan-selesai")

    # The record the SOP demands.
    me.go(f"/status/{ticket}")
    me.sees("Selesai")
    me.shoot("status-selesai")
    me.go("/rekap")
    expect(page.locator(".list > div", has_text="Permohonan selesai")).to_contain_text("1")
    row = page.get_by_role("row", name="Dinas Kesehatan")
    assert [cell.split()[-1] for cell in row.locator("td").all_inner_texts()] == ["2026", "1", "0", "0", "1", "1"]
    me.shoot("rekap")
    assert me.complaints == []


def test_the_whole_story_without_javascript(someone: Someone, city: City) -> None:
    """The same seven steps on a browser that runs no script: every form is a form, every link a link."""
    me = someone(javascript=False, album="tanpa-javascript")
    page = me.page

    me.go("/ajukan")
    me.fill(ANSWERS)
    me.press("Lanjut")
    me.sees("Unggah berkas")
    me.shoot("berkas")
    me.card("ktp").locator("input[type=file]").set_input_files(sample_file("ktp_buram"))
    me.press("Unggah", me.card("ktp"))
    me.sees("perlu diperiksa sebelum diterima")
    me.shoot("berkas-terkirim")
    with me.expecting(422):
        me.press("Periksa berkas ini")
    me.sees("terlalu kecil untuk dibaca", "Perlu diganti")
    me.shoot("berkas-ditolak")
    for kind in KINDS:
        send_without_script(me, kind, kind)
        expect(me.card(kind)).to_contain_text("Diterima")
    me.press("Hapus", me.card("ktp"))
    expect(me.card("ktp")).to_contain_text("Belum ada")
    send_without_script(me, "ktp", "ktp")
    me.press("Lanjut: periksa kembali")
    page.get_by_role("checkbox").check()
    me.press("Kirim Permohonan")
    ticket = page.locator("#nomor-tiket").inner_text().strip()
    expect(page.get_by_role("button", name="Salin nomor")).to_be_hidden()
    me.shoot("terkirim")

    me.open_mail(EMAIL, "konfirmasi", ticket)
    me.press("Konfirmasi dan teruskan permohonan")
    me.open_mail(KADIS, "telaah", ticket)
    me.press("SK terakhir")
    expect(page.locator("main img")).to_have_count(2)
    me.shoot("berkas-pejabat")
    page.go_back()
    me.decide("return", "Kembalikan untuk Perbaikan", {"items": "ktp", "reason": "ktp_tidak_terbaca"})
    me.open_mail(EMAIL, "permohonan", ticket)
    me.press("Perbaiki permohonan")
    send_without_script(me, "ktp", "ktp")
    me.press("Kirim perbaikan")
    me.open_mail(KADIS, "telaah", ticket)
    me.shoot("telaah")
    me.decide("forward", "Disposisikan ke Kepala Bidang", {"instructions": "proses"})
    me.open_mail(KABID, "telaah", ticket)
    me.decide("forward", "Disposisikan ke Statistisi Ahli Muda", {"instructions": "proses"})
    me.open_mail(STATISTISI, "telaah", ticket)
    me.decide("forward", "Teruskan kepada Verifikator", {"instructions": "proses"})
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    me.decide("dispatch", "Tandai Terkirim ke BSrE", {"checklist": "*"})
    me.press("Buka permohonan ini")
    me.decide("accept", "Catat Persetujuan BSrE")
    me.press("Lanjutkan ke langkah berikutnya")
    me.decide("invite", "Kirim Undangan")
    me.open_mail(EMAIL, "permohonan", ticket)
    me.press("Pilih jadwal")
    page.get_by_role("radio").first.check()
    me.press("Ambil jadwal ini")
    city.clock.forward(days=1)
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    me.decide("attend", "Catat Kehadiran")
    me.press("Lanjutkan ke langkah berikutnya")
    me.decide("record", "Catat Sertifikat", serial="4A1F2209", valid_from="2026-11-25", valid_until="2028-11-25")
    me.press("Lanjutkan ke langkah berikutnya")
    me.decide("hand_over", "Catat Penyerahan", received_by="Siti Contoh")
    me.open_mail(EMAIL, "permohonan", ticket)
    me.sees("Selesai", "4A1F2209")
    me.shoot("selesai")
    assert me.complaints == []


# --- what keeps nobody out -------------------------------------------------------------------------------------------


def test_applying_has_no_barriers(someone: Someone, city: City) -> None:
    me = someone(phone=False)
    plain = someone(phone=False, script_arrives=False)
    siti = city.applicant()
    assert_no_barriers(_applying(me, plain, siti))
    assert me.complaints == plain.complaints == []


def _applying(me: Person, plain: Person, siti: Applicant) -> Iterator[tuple[str, Person]]:
    me.go("/ajukan")
    yield "form", me
    with me.expecting(422):
        me.press("Lanjut")
    yield "form with errors", me
    me.go("/ajukan/orang-lain")
    me.fill({"status_kepegawaian": "Lainnya", "opd": "Lainnya", "tujuan": "Lainnya"})
    yield "form for somebody else", me
    me.go("/ajukan")
    me.fill({**ANSWERS, "nama_ktp": "Dr. SITI CONTOH"})
    with me.expecting(422):
        me.press("Lanjut")
    me.sees("Mohon diperiksa lagi", "Sudah benar, lanjutkan")
    yield "form with warnings", me
    page = siti.fill_in()
    for person in (me, plain):
        person.go(siti.mailbox.link(siti.email, "ajukan"))
    yield "documents, none", me
    base = me.page.url.removesuffix("/berkas")
    me.go(f"{base}/periksa")
    yield "check, incomplete", me
    documents = plain.page.url
    plain.page.locator("#berkas-ktp-file").set_input_files(sample_file("ktp_buram"))
    plain.press("Unggah", plain.card("ktp"))
    yield "a document sent without script", plain
    with plain.expecting(422):
        plain.press("Periksa berkas ini")
    yield "documents, one refused", plain
    plain.go(documents)
    empty = {"name": "kosong.pdf", "mimeType": "application/pdf", "buffer": b""}
    plain.page.locator("#berkas-ktp-file").set_input_files(empty)
    with plain.expecting(422):
        plain.press("Unggah", plain.card("ktp"))
    yield "a document the store refuses", plain
    siti.upload(page, "surat_permohonan", "formulir_bsre")
    siti.upload(page, "formulir_bsre")
    me.go(f"{base}/berkas")
    yield "documents, some", me
    me.page.locator("main summary").first.click()
    with me.expecting(422):
        me.page.locator("#berkas-ktp-file").set_input_files(sample_file("ktp_buram"))
        expect(me.card("ktp")).to_contain_text("Perlu diganti")
    yield "documents, one refused to a script", me
    siti.upload_all(siti.browser.get(f"{base}/berkas"))
    me.go(f"{base}/periksa")
    me.sees("berisi berkas yang sama")
    yield "check, complete, two alike", me
    with me.expecting(422):
        me.press("Kirim Permohonan")
    yield "check, not stated", me
    me.go(f"{base}/data")
    yield "form, again", me
    me.press("Simpan sebagai draf")
    yield "draft saved", me
    siti.send(page)
    me.go(f"{base}/terkirim")
    me.page.locator("main summary").first.click()
    yield "sent", me
    me.go(f"{base}/tanda-terima")
    yield "acknowledgement of a draft", me
    me.go(siti.mailbox.link(siti.email, "konfirmasi"))
    yield "confirm", me
    me.press("Konfirmasi dan teruskan permohonan")
    me.sees("sudah dikonfirmasi")
    yield "confirmed", me
    me.go(f"{base}/terkirim")
    yield "sent and confirmed", me


def test_deciding_and_following_a_case_have_no_barriers(someone: Someone, city: City) -> None:
    me = someone(phone=False)
    siti = city.applicant().apply()
    siti.confirm()
    assert_no_barriers(_case(me, siti, city))
    assert me.complaints == []


def _case(me: Person, siti: Applicant, city: City) -> Iterator[tuple[str, Person]]:
    ticket = siti.ticket
    kadis, verifikator = city.official(KADIS), city.official(VERIFIKATOR)

    def review(email: str) -> None:
        me.go(city.mailbox.link(email, "telaah", ticket))

    def application() -> None:
        me.go(city.mailbox.link(EMAIL, "permohonan", ticket))

    first_link = city.mailbox.link(KADIS, "telaah", ticket)
    me.go(first_link)
    yield "disposition", me
    me.open_choice("forward")
    yield "disposition, forward", me
    me.open_choice("return").locator(".fold summary").click()
    yield "disposition, return", me
    with me.expecting(422):
        me.decide("return", "Kembalikan untuk Perbaikan")
    yield "disposition, return with errors", me
    me.open_choice("reject")
    yield "disposition, reject", me
    me.page.locator("main details.fold", has_text="Data pemohon").locator("summary").click()
    me.page.locator(".thumbs a").first.click()
    me.page.wait_for_function("() => document.querySelector('.viewer img').naturalWidth > 900")
    yield "documents in full", me
    me.go(f"/telaah/{ticket}/berkas/sk_terakhir")
    yield "a document", me
    me.go(f"/telaah/{ticket}/lembar")
    yield "disposition sheet, empty", me
    me.page.go_back()
    me.go(f"/telaah/{ticket}")
    me.press("Kirim tautan meja kerja ke email saya")
    yield "link to the desk, sent", me
    me.go(city.mailbox.link(KADIS, "meja"))
    me.sees("1 permohonan menunggu Anda")
    yield "desk", me
    application()
    for fold in me.page.locator("main summary").all():
        fold.click()
    yield "application, waiting", me
    me.press("Batalkan permohonan")
    yield "withdraw", me

    review(KADIS)
    ticks = {"items": "ktp", "reason": "ktp_tidak_terbaca"}
    me.decide("return", "Kembalikan untuk Perbaikan", ticks, note="Foto terpotong.")
    yield "receipt of a return", me
    me.press("Lembar disposisi")
    yield "disposition sheet", me
    me.go(first_link)
    yield "disposition, returned", me
    application()
    yield "application, returned", me
    me.press("Perbaiki permohonan")
    yield "mend", me
    with me.expecting(422):
        me.press("Kirim perbaikan")
    yield "mend, missing", me
    me.choose("ktp", sample_file("ktp"))
    expect(me.card("ktp")).to_contain_text("Diterima")
    yield "mend, received", me
    me.go(f"/status/{ticket}")
    yield "status, returned", me
    siti.mend()
    review(KADIS)
    yield "disposition, mended", me
    kadis.decide(ticket, "forward", instructions=["proses"], note="Mohon diproses.")
    city.official(KABID).decide(ticket, "forward", instructions=["proses"])
    city.official(STATISTISI).decide(ticket, "forward", instructions=["proses"])
    me.go(first_link)
    me.sees("Sudah ditindaklanjuti")
    yield "moved on", me

    review(VERIFIKATOR)
    with me.expecting(422):
        me.decide("dispatch", "Tandai Terkirim ke BSrE", {"checklist": "ktp"})
    yield "dispatch, incomplete", me
    city.official(OTHER_VERIFIKATOR).decide(ticket, "dispatch", checklist="*")
    with me.expecting(409):
        me.decide("dispatch", "Tandai Terkirim ke BSrE", {"checklist": "*"})
    yield "dispatch, too late", me
    review(VERIFIKATOR)
    me.open_choice("refuse")
    yield "sent", me
    verifikator.decide(ticket, "refuse", reason="kyc_gagal", note="Ulangi verifikasi wajah.")
    review(VERIFIKATOR)
    yield "dispatch, refused by BSrE", me
    verifikator.decide(ticket, "dispatch", checklist="*")
    verifikator.decide(ticket, "accept")
    review(VERIFIKATOR)
    yield "visit, waiting", me
    me.decide("invite", "Kirim Undangan")
    me.go(f"/telaah/{ticket}")
    yield "visit, invited", me
    application()
    yield "application, invited", me
    me.press("Pilih jadwal")
    yield "slots", me
    with me.expecting(422):
        me.press("Ambil jadwal ini")
    yield "slots, none chosen", me
    city.clock.forward(hours=15)
    application()
    me.press("Pilih jadwal")
    me.page.get_by_role("radio").first.check()
    city.clock.forward(hours=10)
    with me.expecting(409):
        me.press("Ambil jadwal ini")
    yield "slots, taken", me
    siti.pick()
    application()
    yield "application, booked", me
    me.press("Ubah jadwal")
    yield "slots, again", me
    review(VERIFIKATOR)
    yield "visit, booked", me
    city.clock.forward(days=1)
    review(VERIFIKATOR)
    me.open_choice("attend")
    yield "visit, on its day", me
    verifikator.decide(ticket, "miss", note="Tidak datang.")
    review(VERIFIKATOR)
    yield "visit, missed", me
    application()
    yield "application, missed", me
    siti.pick()
    city.clock.forward(days=1)
    verifikator.decide(ticket, "attend")
    review(VERIFIKATOR)
    with me.expecting(422):
        dates = {"valid_from": "2026-11-26", "valid_until": "2026-11-25"}
        me.decide("record", "Catat Sertifikat", serial="?", **dates)
    yield "handover, record with errors", me
    verifikator.decide(ticket, "record", serial="4A1F2209", valid_from="2026-11-25", valid_until="2028-11-25")
    review(VERIFIKATOR)
    yield "handover, ready", me
    me.decide("hand_over", "Catat Penyerahan", received_by="Siti Contoh")
    yield "receipt, closed", me
    application()
    yield "application, done", me
    me.press("Cetak tanda terima penyerahan")
    yield "handover paper", me
    me.go("/permohonan/tanda-terima")
    yield "acknowledgement", me
    me.go(f"/status/{ticket}")
    yield "status, done", me
    me.go("/rekap")
    yield "recap", me


def test_public_and_error_pages_have_no_barriers(someone: Someone, city: City) -> None:
    me = someone(phone=False)
    assert_no_barriers(_public(me, city))
    assert me.complaints == []


def _public(me: Person, city: City) -> Iterator[tuple[str, Person]]:
    siti = city.applicant().apply()
    for path in ("/status", "/rekap", "/tautan", "/meja", "/_latihan", "/_jam"):
        me.go(path)
        yield path, me
    me.go("/status?tiket=TTE-26-0000-0000", 404)
    yield "ticket unknown", me
    me.go(f"/status/{siti.ticket}")
    yield "status, unconfirmed", me
    me.go("/tautan")
    me.fill({"tiket": siti.ticket, "email": EMAIL})
    me.press("Kirim tautan baru")
    yield "link asked for", me
    old = city.mailbox.link(EMAIL, "konfirmasi", siti.ticket)
    me.go("/_mailbox")
    me.page.locator("main summary").first.click()
    me.press("Matikan relai email")
    yield "mailbox, relay off", me
    me.press("Nyalakan relai email")
    me.go("/permohonan", 403)
    yield "link needed", me
    me.go("/konfirmasi/bukan-tautan", 403)
    yield "link forged", me
    me.go("/ajukan/00000000000000000000000000000000/berkas", 403)
    yield "draft link needed", me
    me.go("/tidak-ada", 404)
    yield "not found", me
    me.go("/unggah", 405)
    yield "not so", me
    siti.confirm()
    me.go(city.mailbox.link(KADIS, "telaah", siti.ticket))
    database = sqlite3.connect(city.house.config.data / "portal.sqlite")
    database.execute("ALTER TABLE application RENAME TO lost")
    me.go(f"/status/{siti.ticket}", 500)
    database.execute("ALTER TABLE lost RENAME TO application")
    database.close()
    yield "portal in trouble", me
    city.clock.forward(days=3)
    me.go(f"/status/{siti.ticket}")
    yield "status, late", me
    me.go(f"/telaah/{siti.ticket}", 403)
    yield "session over", me
    city.official(KADIS).decide(siti.ticket, "reject", reason="lainnya", note="Bukan pegawai.")
    me.go(city.mailbox.link(EMAIL, "permohonan", siti.ticket))
    yield "application, rejected", me
    me.go(f"/status/{siti.ticket}")
    yield "status, rejected", me
    me.go("/meja")
    city.clock.forward(days=60)
    me.go(old, 410)
    yield "link expired", me


def assert_no_barriers(pages: Iterator[tuple[str, Person]]) -> None:
    """Walk through the pages and look at each as it stands."""
    found = {name: barriers for name, person in pages if (barriers := person.barriers())}
    assert found == {}


# --- by keyboard, on paper -------------------------------------------------------------------------------------------


def test_a_decision_needs_only_a_keyboard(someone: Someone, city: City) -> None:
    """Tab, Space and Enter; wherever one is can be seen."""
    me = someone(phone=False, size={"width": 1280, "height": 800})
    siti = city.applicant().apply()
    siti.confirm()
    keyboard = me.page.keyboard
    me.go(city.mailbox.link(KADIS, "telaah", siti.ticket))
    keyboard.press("Tab")
    expect(me.page.get_by_role("link", name="Langsung ke isi")).to_be_in_viewport()
    assert_focus_is_seen(me)
    keyboard.press("Enter")
    expect(me.page.locator("main")).to_be_focused()
    tab_to(me, "#tindakan-forward > summary")
    keyboard.press("Space")
    tab_to(me, "#tindakan-forward [name=instructions]")
    keyboard.press("Space")
    tab_to(me, "#tindakan-forward textarea")
    keyboard.type("Segera diproses.")
    tab_to(me, "#tindakan-forward button")
    keyboard.press("Enter")
    me.sees("Keputusan Anda tercatat", "Proses lebih lanjut", "Segera diproses.")
    assert city.status(siti.ticket)["label"] == "Didisposisikan ke Kepala Bidang"
    assert me.complaints == []


def test_a_file_is_chosen_by_keyboard(someone: Someone, city: City) -> None:
    me = someone()
    siti = city.applicant()
    siti.fill_in()
    me.go(city.mailbox.link(siti.email, "ajukan"))
    # Chromium is to hand over its file picker from now on; asked only at the key press, it may be too late.
    me.page.on("filechooser", lambda _: None)
    tab_to(me, "#berkas-ktp-file")
    with me.page.expect_file_chooser() as picker:
        me.page.keyboard.press("Enter")
    picker.value.set_files(sample_file("ktp"))
    expect(me.card("ktp")).to_contain_text("Diterima")
    expect(me.card("ktp")).to_be_focused()
    assert me.complaints == []


def test_a_file_that_cannot_be_taken_says_why(someone: Someone, city: City, tmp_path: Path) -> None:
    """Not the network is to blame, but the file, or a page that is too old or opened by nobody known."""
    me = someone()
    siti = city.applicant()
    siti.fill_in()
    me.go(city.mailbox.link(siti.email, "ajukan"))
    empty = tmp_path / "kosong.pdf"
    empty.touch()
    me.choose("ktp", empty)
    expect(me.card("ktp")).to_contain_text("Berkas ini kosong. Pilih berkas lain.")
    me.context.clear_cookies()
    with me.expecting(403):
        me.choose("ktp", sample_file("ktp"))
        expect(me.card("ktp")).to_contain_text("Buka draf dari email Anda. Draf ini hanya dapat dibuka melalui tautan")
    expect(me.card("ktp")).to_contain_text("Belum ada")
    city.clock.forward(days=1)
    with me.expecting(410):
        me.choose("ktp", sample_file("ktp"))
        expect(me.card("ktp")).to_contain_text("Formulir unggah kedaluwarsa. Halaman berkas terlalu lama terbuka.")
    assert me.complaints == []


def tab_to(me: Person, goal: str) -> None:
    """Press Tab until there; at every stop one sees where one is."""
    for _ in range(60):
        me.page.keyboard.press("Tab")
        assert_focus_is_seen(me)
        if me.page.evaluate("goal => document.activeElement.matches(goal)", goal):
            return
    raise AssertionError(f"{goal} cannot be reached")


def assert_focus_is_seen(me: Person) -> None:
    """There is a ring around what has the focus; around a file field's button, as the field itself is out of sight."""
    assert me.page.evaluate(
        """() => {
          const focused = document.activeElement, shown = focused.type === "file" ? focused.labels[0] : focused;
          const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
          return style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 3
            && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
        }"""
    ), me.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_papers_are_a_page_or_two_of_a4(someone: Someone, city: City) -> None:
    me = someone(phone=False)
    siti = city.applicant().apply()
    siti.confirm()
    city.forward_to_verifikator(siti.ticket)
    verifikator = city.official(VERIFIKATOR)
    verifikator.decide(siti.ticket, "dispatch", checklist="*")
    for action in ("accept", "invite"):
        verifikator.decide(siti.ticket, action)
    siti.pick()
    city.clock.forward(days=1)
    verifikator.decide(siti.ticket, "attend")
    certificate = {"serial": "4A:1F:22:09", "valid_from": "2026-11-25", "valid_until": "2028-11-25"}
    verifikator.decide(siti.ticket, "record", **certificate)
    verifikator.decide(siti.ticket, "hand_over", received_by="Siti Contoh")

    me.go(city.mailbox.link(VERIFIKATOR, "telaah", siti.ticket))
    me.go(f"/telaah/{siti.ticket}/lembar")
    sheet = print_out(me, "lembar-disposisi", siti.ticket)
    for words in ("LEMBAR DISPOSISI", "Proses lebih lanjut", "Rahmawati Contoh", "Andi Contoh"):
        assert words in sheet
    me.go(city.mailbox.link(EMAIL, "permohonan", siti.ticket))
    me.go("/permohonan/tanda-terima")
    assert "Surat permohonan" in print_out(me, "tanda-terima", siti.ticket)
    me.go("/permohonan/serah-terima")
    handover = print_out(me, "serah-terima", siti.ticket)
    for words in ("4A:1F:22:09", "25 November 2028", "Siti Contoh", "Yang menerima,"):
        assert words in handover
    assert me.complaints == []


def print_out(me: Person, name: str, ticket: str) -> str:
    """Print the page, look at the paper, and return what is on it."""
    path = me.print(name)
    with pikepdf.open(path) as paper:
        assert 1 <= len(paper.pages) <= 2
        for page in paper.pages:
            left, bottom, right, top = (float(side) for side in page.mediabox)
            assert (round((right - left) / 72 * 25.4), round((top - bottom) / 72 * 25.4)) == (210, 297)
    with pypdfium2.PdfDocument(path) as paper:
        pages = [" ".join(page.get_textpage().get_text_range().split()) for page in paper]
    for number, text in enumerate(pages, start=1):
        assert f"Halaman {number} dari {len(pages)}" in text
    words = " ".join(pages)
    assert ticket in words
    assert "Langsung ke isi" not in words
    assert "Kotak surat latihan" not in words
    return words
