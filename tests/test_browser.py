"""The same story in a real browser: on a phone, with and without JavaScript, by keyboard, on paper, and with axe.

Written as what a person sees and presses; what the portal then knows is the business of ``test_story``.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from chromium import PHONE, Person, chromium
from people import PERSON, Applicant
from playwright.sync_api import Browser, Locator, expect
from server import Clock, serving
from test_story import KABID, KADIS, STATISTISI, VERIFIKATOR, City

pytestmark = pytest.mark.browser

ANSWERS: Mapping[str, str] = {**PERSON, "opd": "Dinas Kesehatan", "tujuan": "Surat dan naskah dinas"}
KINDS = ("surat_permohonan", "formulir_bsre", "ktp", "sk_terakhir")
EMAIL = ANSWERS["email"].lower()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def city(browser: Browser, tmp_path: Path) -> Iterator[City]:
    clock = Clock()
    with serving(tmp_path, clock) as served:
        yield City(served, clock)


def someone(browser: Browser, city: City, **differently: Any) -> Person:
    return Person(browser, city.address, deliver=city.house.clockwork.send_due, **differently)


# --- what people do --------------------------------------------------------------------------------------------------


def fill(me: Person, answers: Mapping[str, str], form: Locator | None = None, keys: bool = False) -> None:
    """Answer the questions that can be seen; ``keys``: letter by letter."""
    form = form or me.page.locator("main form").last
    for name, answer in answers.items():
        field = form.locator(f"[name='{name}']:visible")
        kind = field.first.get_attribute("type") or field.first.evaluate("field => field.localName")
        if kind in ("radio", "checkbox"):
            form.locator(f"[name='{name}'][value='{answer}']").check()
        elif kind == "select":
            field.select_option(answer)
        elif keys:
            field.clear()
            field.press_sequentially(answer)
        else:
            field.fill(answer)


def file(city: City, name: str) -> dict[str, Any]:
    """A sample document as a file on the phone."""
    name, content = Applicant(city.address, city.mailbox, city.samples).file(name)
    return {"name": name, "mimeType": "image/jpeg" if name.endswith("jpg") else "application/pdf", "buffer": content}


def card(me: Person, kind: str) -> Locator:
    return me.page.locator(f"#berkas-{kind}")


def choose(me: Person, kind: str, file: Any) -> None:
    """Through the file picker that the button opens."""
    with me.page.expect_file_chooser() as picker:
        card(me, kind).locator(".picker").click()
    picker.value.set_files(file)


def send_without_script(me: Person, city: City, kind: str, sample: str) -> None:
    card(me, kind).locator("input[type=file]").set_input_files(file(city, sample))
    me.press("Unggah", card(me, kind))
    me.sees("perlu diperiksa sebelum diterima")
    me.press("Periksa berkas ini")


def open_choice(me: Person, action: str) -> Locator:
    """Tap a decision open, unless it is."""
    choice = me.page.locator(f"#tindakan-{action}")
    if choice.get_attribute("open") is None:
        choice.locator("summary").first.click()
    return choice


def decide(me: Person, action: str, button: str, ticks: Mapping[str, str] = {}, **typed: str) -> None:  # noqa: B006
    """Choose an action and send it; ``ticks``: name to value, ``"*"`` every box of that name."""
    choice = open_choice(me, action)
    for name, value in ticks.items():
        boxes = choice.locator(f"[name='{name}']" if value == "*" else f"[name='{name}'][value='{value}']")
        for box in boxes.all():
            box.check()
    fill(me, typed, choice)
    me.press(button, choice)


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


def slow_upload(me: Person, bytes_per_second: int) -> None:
    session = me.context.new_cdp_session(me.page)
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_second}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", conditions)


# --- the story -------------------------------------------------------------------------------------------------------


def test_the_whole_story_on_a_phone(browser: Browser, city: City) -> None:
    """Seven steps with one return and one no-show; one phone plays everybody, as in a rehearsal."""
    me = someone(browser, city, album="telepon")
    page = me.page

    # 1. The form: one round of errors, in which nothing typed is lost.
    me.go("/ajukan")
    me.shoot("ajukan")
    expect(page.locator("#nip")).to_be_hidden()
    fill(me, {**ANSWERS, "nik": "12345"}, keys=True)
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
    fill(me, {"nik": ANSWERS["nik"], "jabatan": ANSWERS["jabatan"]}, keys=True)
    me.press("Lanjut")

    # 1. The documents: one is refused, one replaced, one removed; the page stays the same page.
    me.sees("Unggah berkas")
    me.shoot("berkas-belum-ada")
    page.evaluate("window.untouched = true")
    choose(me, "ktp", {"name": "catatan.txt", "mimeType": "text/plain", "buffer": b"CONTOH"})
    expect(card(me, "ktp")).to_contain_text("Berkas ini bukan PDF, JPG, atau PNG.")
    with me.expecting(422):
        choose(me, "ktp", file(city, "ktp_buram"))
        expect(card(me, "ktp")).to_contain_text("terlalu kecil untuk dibaca")
    expect(card(me, "ktp")).to_contain_text("Perlu diganti")
    me.shoot("berkas-ditolak")
    shown = watch_state(me, "ktp")
    slow_upload(me, 250_000)
    choose(me, "ktp", file(city, "ktp"))
    expect(card(me, "ktp").get_by_text("Diterima", exact=True)).to_be_visible()
    slow_upload(me, -1)
    words = shown()
    assert words[0] == "Mengunggah 0 %"
    assert any(word.startswith("Mengunggah ") and word not in ("Mengunggah 0 %", "Mengunggah 100 %") for word in words)
    assert words[-2:] == ["Memeriksa berkas…", "Diterima"]
    expect(page.locator("[data-live]")).to_have_text("KTP-el: Diterima")
    for kind in KINDS:
        if kind != "ktp":
            choose(me, kind, file(city, "formulir_bsre" if kind == "surat_permohonan" else kind))
            expect(card(me, kind).get_by_text("Diterima", exact=True)).to_be_visible()
    choose(me, "surat_permohonan", file(city, "surat_permohonan"))
    expect(card(me, "surat_permohonan")).to_contain_text("contoh-surat-permohonan.pdf")
    assert page.evaluate("window.untouched"), "the page was loaded anew"
    me.shoot("berkas-lengkap")
    me.press("Hapus", card(me, "sk_terakhir"))
    expect(card(me, "sk_terakhir")).to_contain_text("Belum ada")
    me.press("Lanjut: periksa kembali")
    me.sees("SK terakhir belum diunggah")
    me.shoot("periksa-belum-lengkap")
    me.press("Lengkapi berkas")
    choose(me, "sk_terakhir", file(city, "sk_terakhir"))
    expect(card(me, "sk_terakhir").get_by_text("Diterima", exact=True)).to_be_visible()
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
    open_choice(me, "return")
    open_choice(me, "forward")
    expect(page.locator("#tindakan-return")).not_to_have_attribute("open", "")
    fill(me, {"note": "Segera diproses."}, page.locator("#tindakan-forward"))
    with me.expecting(422):
        decide(me, "forward", "Disposisikan ke Kepala Bidang")
    expect(page.get_by_role("alert")).to_be_focused()
    me.shoot("telaah-keliru")
    assert page.locator("#tindakan-forward [name=note]").input_value() == "Segera diproses."
    decide(me, "forward", "Disposisikan ke Kepala Bidang", {"instructions": "proses"})
    me.sees("Keputusan Anda tercatat")
    me.shoot("keputusan-tercatat")

    # 3. The head of division returns it; the applicant mends what was named, and nothing else.
    me.open_mail(KABID, "telaah", ticket)
    me.sees("Segera diproses.")
    choice = open_choice(me, "return")
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
    choose(me, "ktp", file(city, "ktp"))
    expect(card(me, "ktp").get_by_text("Diterima", exact=True)).to_be_visible()
    fill(me, {"jabatan": "Analis Kebijakan Ahli Muda"})
    me.press("Kirim perbaikan")
    me.sees("Didisposisikan ke Kepala Bidang")
    me.open_mail(KABID, "telaah", ticket)
    me.sees("Pengajuan ke-2")
    me.shoot("telaah-pengajuan-kedua")
    decide(me, "forward", "Disposisikan ke Statistisi Ahli Muda", {"instructions": "proses"})

    # 4. and 5. Recorded, checked, sent to BSrE, accepted there.
    me.open_mail(STATISTISI, "telaah", ticket)
    decide(me, "forward", "Teruskan kepada Verifikator", {"instructions": "proses"})
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    open_choice(me, "dispatch")
    me.shoot("pemeriksaan")
    decide(me, "dispatch", "Tandai Terkirim ke BSrE", {"checklist": "*"})
    me.press("Buka permohonan ini")
    me.shoot("terkirim-ke-bsre")
    decide(me, "accept", "Catat Persetujuan BSrE")

    # 6. Invited, not come, come.
    me.press("Lanjutkan ke langkah berikutnya")
    me.shoot("undang-pemohon")
    decide(me, "invite", "Kirim Undangan")
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
    decide(me, "miss", "Tandai Tidak Hadir")
    me.open_mail(EMAIL, "permohonan", ticket)
    me.sees("Perlu dijadwalkan ulang")
    me.shoot("permohonan-tidak-hadir")
    me.press("Pilih jadwal")
    page.get_by_role("radio").nth(3).check()
    me.press("Ambil jadwal ini")
    city.clock.forward(days=1)
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    decide(me, "attend", "Catat Kehadiran")

    # 7. Recorded and handed over; the applicant has it in writing.
    me.press("Lanjutkan ke langkah berikutnya")
    record = {"serial": "4A:1F:22:09", "valid_from": "2026-11-25", "valid_until": "2028-11-25"}
    fill(me, record, open_choice(me, "record"))
    me.shoot("sertifikat-terbit")
    decide(me, "record", "Catat Sertifikat")
    me.press("Lanjutkan ke langkah berikutnya")
    me.shoot("penyerahan")
    decide(me, "hand_over", "Catat Penyerahan", received_by="Siti Contoh")
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


def test_the_whole_story_without_javascript(browser: Browser, city: City) -> None:
    """The same seven steps on a browser that runs no script: every form is a form, every link a link."""
    me = someone(browser, city, javascript=False, album="tanpa-javascript")
    page = me.page

    me.go("/ajukan")
    fill(me, ANSWERS)
    me.press("Lanjut")
    me.sees("Unggah berkas")
    me.shoot("berkas")
    card(me, "ktp").locator("input[type=file]").set_input_files(file(city, "ktp_buram"))
    me.press("Unggah", card(me, "ktp"))
    me.sees("perlu diperiksa sebelum diterima")
    me.shoot("berkas-terkirim")
    with me.expecting(422):
        me.press("Periksa berkas ini")
    me.sees("terlalu kecil untuk dibaca", "Perlu diganti")
    me.shoot("berkas-ditolak")
    for kind in KINDS:
        send_without_script(me, city, kind, kind)
        expect(card(me, kind)).to_contain_text("Diterima")
    me.press("Hapus", card(me, "ktp"))
    expect(card(me, "ktp")).to_contain_text("Belum ada")
    send_without_script(me, city, "ktp", "ktp")
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
    decide(me, "return", "Kembalikan untuk Perbaikan", {"items": "ktp", "reason": "ktp_tidak_terbaca"})
    me.open_mail(EMAIL, "permohonan", ticket)
    me.press("Perbaiki permohonan")
    send_without_script(me, city, "ktp", "ktp")
    me.press("Kirim perbaikan")
    me.open_mail(KADIS, "telaah", ticket)
    me.shoot("telaah")
    decide(me, "forward", "Disposisikan ke Kepala Bidang", {"instructions": "proses"})
    me.open_mail(KABID, "telaah", ticket)
    decide(me, "forward", "Disposisikan ke Statistisi Ahli Muda", {"instructions": "proses"})
    me.open_mail(STATISTISI, "telaah", ticket)
    decide(me, "forward", "Teruskan kepada Verifikator", {"instructions": "proses"})
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    decide(me, "dispatch", "Tandai Terkirim ke BSrE", {"checklist": "*"})
    me.press("Buka permohonan ini")
    decide(me, "accept", "Catat Persetujuan BSrE")
    me.press("Lanjutkan ke langkah berikutnya")
    decide(me, "invite", "Kirim Undangan")
    me.open_mail(EMAIL, "permohonan", ticket)
    me.press("Pilih jadwal")
    page.get_by_role("radio").first.check()
    me.press("Ambil jadwal ini")
    city.clock.forward(days=1)
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    decide(me, "attend", "Catat Kehadiran")
    me.press("Lanjutkan ke langkah berikutnya")
    decide(me, "record", "Catat Sertifikat", serial="4A1F2209", valid_from="2026-11-25", valid_until="2028-11-25")
    me.press("Lanjutkan ke langkah berikutnya")
    decide(me, "hand_over", "Catat Penyerahan", received_by="Siti Contoh")
    me.open_mail(EMAIL, "permohonan", ticket)
    me.sees("Selesai", "4A1F2209")
    me.shoot("selesai")
    assert me.complaints == []


# --- what keeps nobody out -------------------------------------------------------------------------------------------


def test_applying_has_no_barriers(browser: Browser, city: City) -> None:
    me = someone(browser, city, phone=False)
    plain = someone(browser, city, phone=False, javascript=False)
    siti = city.applicant()
    assert_no_barriers(_applying(me, plain, siti, city))
    assert me.complaints == plain.complaints == []


def _applying(me: Person, plain: Person, siti: Applicant, city: City) -> Iterator[tuple[str, Person]]:
    me.go("/ajukan")
    yield "form", me
    with me.expecting(422):
        me.press("Lanjut")
    yield "form with errors", me
    me.go("/ajukan/orang-lain")
    fill(me, {"status_kepegawaian": "Lainnya", "opd": "Lainnya", "tujuan": "Lainnya"})
    yield "form for somebody else", me
    me.go("/ajukan")
    fill(me, {**ANSWERS, "nama_ktp": "Dr. SITI CONTOH"})
    with me.expecting(422):
        me.press("Lanjut")
    me.sees("Mohon diperiksa lagi", "Sudah benar, lanjutkan")
    yield "form with warnings", me
    page = siti.fill_in()
    for person in (me, plain):
        person.go(city.mailbox.link(siti.email, "ajukan"))
    yield "documents, none", me
    base = me.page.url.removesuffix("/berkas")
    me.go(f"{base}/periksa")
    yield "check, incomplete", me
    card_form = plain.page.url
    plain.page.locator("#berkas-ktp-file").set_input_files(file(city, "ktp_buram"))
    plain.press("Unggah", card(plain, "ktp"))
    yield "a document sent without script", plain
    with plain.expecting(422):
        plain.press("Periksa berkas ini")
    yield "documents, one refused", plain
    plain.go(card_form)
    empty = {"name": "kosong.pdf", "mimeType": "application/pdf", "buffer": b""}
    plain.page.locator("#berkas-ktp-file").set_input_files(empty)
    with plain.expecting(422):
        plain.press("Unggah", card(plain, "ktp"))
    yield "a document the store refuses", plain
    siti.upload(page, "surat_permohonan", "formulir_bsre")
    siti.upload(page, "formulir_bsre")
    me.go(f"{base}/berkas")
    yield "documents, some", me
    me.page.locator("main summary").first.click()
    with me.expecting(422):
        me.page.locator("#berkas-ktp-file").set_input_files(file(city, "ktp_buram"))
        expect(card(me, "ktp")).to_contain_text("Perlu diganti")
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
    me.go(city.mailbox.link(siti.email, "konfirmasi"))
    yield "confirm", me
    me.press("Konfirmasi dan teruskan permohonan")
    me.sees("sudah dikonfirmasi")
    yield "confirmed", me
    me.go(f"{base}/terkirim")
    yield "sent and confirmed", me


def assert_no_barriers(pages: Iterator[tuple[str, Person]]) -> None:
    """Walk through the pages and look at each as it stands."""
    found = {name: barriers for name, person in pages if (barriers := person.barriers())}
    assert found == {}
