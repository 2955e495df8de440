"""What keeps nobody out while applying, at what everybody may look at, and where something went wrong."""

import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, expect

from tests.support.chromium import Person, assert_no_barriers
from tests.support.city import KADIS, City
from tests.support.in_chromium import ANSWERS, EMAIL, Someone, sample_file
from tests.support.people import Applicant
from tests.support.walks import WALKS

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_applying_has_no_barriers(someone: Someone, city: City, rendered: list[str]) -> None:
    me = someone(phone=False)
    plain = someone(phone=False, script_arrives=False)
    siti = city.applicant()
    assert assert_no_barriers(_applying(me, plain, siti), rendered) >= WALKS["applying"]
    assert me.complaints == plain.complaints == []


def _applying(me: Person, plain: Person, siti: Applicant) -> Iterator[tuple[str, Person]]:
    me.go("/ajukan")
    yield "form", me
    me.press("Untuk orang lain")
    me.sees("Pengisi permohonan")
    yield "part about who fills in", me
    me.begin()
    with me.expecting(422):
        me.press("Lanjut")
    yield "part with errors", me
    me.fill_part({**ANSWERS, "nama_ktp": "Dr. SITI CONTOH"})
    with me.expecting(422):
        me.press("Lanjut")
    me.sees("Mohon diperiksa lagi", "Sudah saya periksa, isian ini benar")
    me.page.locator("main summary").first.click()
    yield "part with warnings", me
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
    empty: FilePayload = {"name": "kosong.pdf", "mimeType": "application/pdf", "buffer": b""}
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
    yield "list of parts", me
    me.press("Kepegawaian")
    me.sees("Isi sesuai SK terakhir.")
    yield "part, again", me
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


def test_public_and_error_pages_have_no_barriers(someone: Someone, city: City, rendered: list[str]) -> None:
    me = someone(phone=False)
    assert assert_no_barriers(_public(me, city), rendered) >= WALKS["public"]
    assert me.complaints == []


def _public(me: Person, city: City) -> Iterator[tuple[str, Person]]:
    siti = city.applicant().apply()
    for path in ("/status", "/rekap", "/tautan", "/meja", "/cek-email", "/_latihan", "/_jam"):
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
    me.go(f"/permohonan/{siti.ticket}", 403)
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
