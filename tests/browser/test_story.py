"""The same story in a real browser, on a phone.

Written as what a person sees and presses; what the portal then knows is the business of ``test_story``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.support.chromium import Person
from tests.support.city import KABID, KADIS, STATISTISI, VERIFIKATOR, City
from tests.support.in_chromium import ANSWERS, EMAIL, Someone, sample_file
from tests.support.people import KINDS

pytestmark = [pytest.mark.browser, pytest.mark.long]


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


def test_the_whole_story_on_a_phone(someone: Someone, city: City) -> None:
    """Seven steps with one return and one no-show; one phone plays everybody, as in a rehearsal."""
    me = someone(album=".")
    page = me.page

    # 1. The form, page by page: one round of errors, in which nothing typed is lost.
    me.go("/ajukan")
    me.shoot("ajukan")
    me.press("Untuk diri sendiri")
    me.sees("Data diri pemohon")
    me.fill_part({**ANSWERS, "nik": "12345"}, keys=True)
    page.locator("#nama_ktp").clear()
    with me.expecting(422):
        me.press("Lanjut")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title("Perlu diperbaiki: Data diri pemohon (bagian 1 dari 5) – DKISP Kota Tarakan")
    me.sees("Ada 2 hal yang perlu diperbaiki")
    me.shoot("ajukan-keliru")
    page.get_by_role("alert").get_by_role("link", name="NIK harus 16 angka.").click()
    expect(page.locator("#nik")).to_be_focused()
    expect(page.locator("#nik")).to_have_value("12345")
    expect(page.locator("#nama_dengan_gelar")).to_have_value(ANSWERS["nama_dengan_gelar"])
    me.fill({"nik": ANSWERS["nik"], "nama_ktp": ANSWERS["nama_ktp"]}, keys=True)
    me.press("Lanjut")
    me.sees("Kepegawaian")
    expect(page.locator("#nip")).to_be_hidden()
    page.reload()
    me.fill_in(ANSWERS)

    # 1. The documents: one is refused, one replaced, one removed; the page stays the same page.
    me.sees("Unggah berkas")
    me.shoot("berkas-belum-ada")
    page.evaluate("window.untouched = true")
    me.choose("ktp", {"name": "catatan.txt", "mimeType": "text/plain", "buffer": b"CONTOH"})
    expect(me.card("ktp")).to_contain_text("Berkas ini bukan PDF atau foto.")
    with me.expecting(422):
        me.choose("ktp", sample_file("ktp_buram"))
        expect(me.card("ktp")).to_contain_text("terlalu kecil untuk dibaca")
    expect(me.card("ktp")).to_contain_text("Perlu diganti")
    me.shoot("berkas-ditolak")
    shown = watch_state(me, "ktp")
    with slow_upload(me, 250_000):
        me.choose("ktp", sample_file("ktp"))
        expect(me.card("ktp").get_by_text("Terunggah", exact=True)).to_be_visible()
    words = shown()
    assert words[0] == "Mengunggah 0 %"
    assert any(word.startswith("Mengunggah ") and word not in ("Mengunggah 0 %", "Mengunggah 100 %") for word in words)
    assert words[-2:] == ["Memeriksa berkas…", "Terunggah"]
    expect(page.locator("[data-live]")).to_have_text("KTP-el: Terunggah")
    for kind in KINDS:
        if kind != "ktp":
            me.choose(kind, sample_file("formulir_bsre" if kind == "surat_permohonan" else kind))
            expect(me.card(kind).get_by_text("Terunggah", exact=True)).to_be_visible()
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
    expect(me.card("sk_terakhir").get_by_text("Terunggah", exact=True)).to_be_visible()
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
    me.has_all()
    me.press("Kembalikan untuk Perbaikan", choice.locator("form"))
    me.sees("Dikembalikan untuk perbaikan")
    me.open_mail(EMAIL, "permohonan", ticket)
    me.sees("Perlu perbaikan", "Foto terpotong.")
    me.shoot("permohonan-dikembalikan")
    me.press("Perbaiki permohonan")
    expect(page.locator("main").get_by_role("textbox")).to_have_count(1)
    me.shoot("perbaikan")
    me.choose("ktp", sample_file("ktp"))
    expect(me.card("ktp").get_by_text("Terunggah", exact=True)).to_be_visible()
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
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    me.has_all()
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
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    me.has_all()
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
    expect(page.locator(".list > div", has_text="Permohonan selesai")).to_contain_text("tidak dirinci")
    row = page.get_by_role("row", name="November 2026")
    found = [" ".join(cell.split()[-2:]) for cell in row.locator("td").all_inner_texts()]
    assert [cell.split()[-1] for cell in found] == ["dirinci", "0", "0", "dirinci", "dirinci"]
    me.shoot("rekap")
    assert me.complaints == []


def test_going_back_after_a_corrected_form_never_asks_to_send_it_again_and_nothing_typed_is_lost(
    someone: Someone, city: City
) -> None:
    me = someone()
    me.begin()
    me.fill_part({**ANSWERS, "nik": "123"})
    me.page.reload()
    expect(me.page.locator("#nik")).to_have_value("123")
    with me.expecting(422):
        me.press("Lanjut")
    me.fill({"nik": ANSWERS["nik"]})
    me.press("Lanjut")
    me.sees("Kepegawaian")
    me.page.go_back()
    me.sees("Data diri pemohon")
    kept = {name: me.page.locator(f"[name='{name}']").input_value() for name in ("nik", "nama_ktp")}
    assert kept == {"nik": "6473014501900001", "nama_ktp": ANSWERS["nama_ktp"]}
    me.page.go_forward()
    me.sees("Kepegawaian")
    me.fill_in(ANSWERS)
    me.sees("Unggah berkas")
    me.go("/ajukan")
    me.sees("Permohonan ini untuk siapa?")
    assert me.complaints == []
