"""In a real browser without JavaScript, by keyboard alone, with files that cannot be taken, and on paper."""

from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.support.chromium import Person
from tests.support.city import KABID, KADIS, STATISTISI, VERIFIKATOR, City
from tests.support.in_chromium import ANSWERS, EMAIL, Someone, sample_file, send_without_script
from tests.support.people import KINDS

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_the_whole_story_without_javascript(someone: Someone, city: City) -> None:
    """The same seven steps on a browser that runs no script: every form is a form, every link a link."""
    me = someone(javascript=False, album="tanpa-javascript")
    page = me.page

    me.begin()
    me.fill_in(ANSWERS)
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
        expect(me.card(kind)).to_contain_text("Terunggah")
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
    me.open_mail(VERIFIKATOR, "telaah", ticket)
    me.has_all()
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
    expect(me.card("ktp")).to_contain_text("Terunggah")
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
        expect(me.card("ktp")).to_contain_text(
            "Buka draf dari email Anda. Draf ini dibuka dari peramban tempat Anda mulai mengisi"
        )
    expect(me.card("ktp")).to_contain_text("Belum ada")
    city.clock.forward(days=1)
    with me.expecting(410):
        me.choose("ktp", sample_file("ktp"))
        expect(me.card("ktp")).to_contain_text("Formulir unggah kedaluwarsa. Halaman berkas terlalu lama terbuka.")
    assert me.complaints == []


def test_papers_to_download_are_not_pressed_by_mistake(someone: Someone) -> None:
    """One below the other on the narrowest phone, each as high as a thumb, with room between them."""
    me = someone()
    me.page.set_viewport_size({"width": 320, "height": 640})
    me.begin()
    me.fill_in(ANSWERS)
    boxes = [link.bounding_box() for link in me.page.locator("a[href*='/unduh/surat']").all()]
    pdf, docx = [(box["y"], box["y"] + box["height"]) for box in boxes if box]
    assert pdf[1] - pdf[0] >= 48
    assert docx[0] - pdf[1] >= 8


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
    me.go(f"/permohonan/{siti.ticket}/tanda-terima")
    assert "Surat permohonan" in print_out(me, "tanda-terima", siti.ticket)
    me.go(f"/permohonan/{siti.ticket}/serah-terima")
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
