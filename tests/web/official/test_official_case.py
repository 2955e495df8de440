"""The page of a case as an official reads it: what is asked and until when, kept private, light, for any service."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from portal.bootstrap import wsgi
from portal.core.services import Services
from portal.core.sop import parse
from tests.support.office import FIRST, FORM, FORWARD, KABID, KADIS, RECORDED, SECOND, STATISTISI, Office, Person

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


def test_a_case_says_how_late_it_is_as_the_desk_does(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    for hours, said in ((1, "45 menit kerja"), (23, "7 jam kerja"), (6 * 24, "5 hari kerja")):
        office.clock.forward(hours=hours)
        assert f"lewat {said}" in kadis.opens(number).text
        assert f"Lewat {said}" in kadis.get(office.desk_link(KADIS)).text


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
    wrong = {"items": ["jabatan"], "reason": "lainnya", "note": "Sesuaikan dengan SK."}
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
    data = {**office.office.services.first.data}
    data["steps"] = [step for step in data["steps"] if step["key"] in ("pengajuan", "pendataan", "penyerahan")]
    data["documents"] = [{**data["documents"][0], "label": "Surat pengantar"}]
    data["instructions"] = [{"key": "arsip", "label": "Arsipkan"}]
    edition = parse(data, office.office.services.first.form)
    office.office.records.keep_sop(edition.version, edition.snapshot())
    office.office = replace(office.office, services=Services([edition]))
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
