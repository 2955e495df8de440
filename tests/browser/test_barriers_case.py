"""What keeps nobody out while a case is decided and followed, from the first disposition to the recap."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from portal.web.official.devices import COOKIE, PATHS
from tests.support.chromium import Person, assert_no_barriers
from tests.support.city import KABID, KADIS, OTHER_VERIFIKATOR, STATISTISI, VERIFIKATOR, City
from tests.support.devices import known_to
from tests.support.in_chromium import EMAIL, Someone, sample_file
from tests.support.people import Applicant
from tests.support.walks import WALKS

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_deciding_and_following_a_case_have_no_barriers(someone: Someone, city: City, rendered: list[str]) -> None:
    me = someone(phone=False)
    siti = city.applicant().apply()
    siti.confirm()
    assert assert_no_barriers(_case(me, siti, city), rendered) >= WALKS["case"]
    assert me.complaints == []


def _case(me: Person, siti: Applicant, city: City) -> Iterator[tuple[str, Person]]:
    ticket = siti.ticket
    verifikator = city.official(VERIFIKATOR)

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
    me.sees("Tautan meja kerja sudah dikirim ke email Anda")
    yield "the desk's link, sent", me
    me.go("/meja")
    yield "the desk's link, asked for", me
    me.fill({"email": KADIS})
    me.press("Kirim tautan")
    me.go(city.mailbox.link(KADIS, "meja"))
    me.sees("1 permohonan menunggu Anda")
    yield "desk", me
    application()
    for fold in me.page.locator("main summary").all():
        fold.click()
    yield "application, waiting", me
    me.press("Batalkan permohonan")
    yield "withdraw", me
    application()
    me.press("Keluar dari permohonan ini")
    me.sees("tertutup di peramban ini")
    yield "application, left", me

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
    expect(me.card("ktp")).to_contain_text("Terunggah")
    yield "mend, received", me
    me.go(f"/status/{ticket}")
    yield "status, returned", me
    siti.mend()
    review(KADIS)
    yield "disposition, mended", me
    me.go(city.mailbox.link(KADIS, "meja"))
    me.page.locator("summary", has_text="Cari atau saring").click()
    yield "desk, to be searched", me
    with me.expecting(422):
        me.press("Disposisikan yang dipilih")
    yield "decide together, nothing ticked", me
    me.press("Kembali ke meja kerja")
    me.page.get_by_role("checkbox").check()
    me.press("Disposisikan yang dipilih")
    yield "decide together", me
    with me.expecting(422):
        me.press("Disposisikan ke Kepala Bidang: 1 permohonan")
    yield "decide together, incomplete", me
    me.fill({"instructions": "proses", "note": "Mohon diproses."}, me.page.locator("main form"))
    me.press("Disposisikan ke Kepala Bidang: 1 permohonan")
    me.sees("1 dari 1 keputusan tercatat")
    yield "decided together", me
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
    me.context.clear_cookies(name=COOKIE)
    review(VERIFIKATOR)
    yield "strange device", me
    me.press("Kirim kode ke")
    yield "strange device, code sent", me
    me.fill({"kode": "12"}, me.page.locator("main form").first)
    with me.expecting(422):
        me.press("Buka permohonan")
    yield "strange device, wrong code", me
    for path in PATHS:
        me.keep(COOKIE, known_to(city.house), path)
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
    me.go(f"/permohonan/{ticket}")
    me.press("Batalkan jadwal")
    yield "visit, to be called off", me
    review(VERIFIKATOR)
    yield "visit, booked", me
    me.press("Pindahkan atau batalkan jadwal")
    me.open_choice("move_visit")
    yield "visit, to be moved", me
    with me.expecting(422):
        me.press("Batalkan jadwal", me.open_choice("cancel_visit"))
    yield "visit, called off without a reason", me
    me.has_all()
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
        me.decide("record", "Catat Sertifikat", serial="?", valid_from="2026-11-26", valid_until="2026-11-25")
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
    me.go(f"/permohonan/{ticket}/tanda-terima")
    yield "acknowledgement", me
    me.go(f"/status/{ticket}")
    yield "status, done", me
    me.go("/rekap")
    yield "recap", me
