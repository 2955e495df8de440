"""What particular letters say, and what an event is called in them."""

import copy
import json
import re
from dataclasses import replace
from pathlib import Path

from portal.core.officials import Official
from portal.core.sop import Sop, parse
from portal.forms import wording
from portal.usecases.appointing import Appointing
from tests.support.correspondence import Office, Sent, as_it_is, first, story

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


def test_nothing_that_was_typed_stands_in_a_letter_to_an_address_that_is_not_confirmed(sent: list[Sent]) -> None:
    """Who is a stranger may type an advertisement as the name, and somebody else's address."""
    for each in (each for each in sent if each.letter == "confirm_address"):
        answers = map(str, each.context["application"].form.values())
        said = f"{each.message.subject}\n{each.message.text}"
        assert not [answer for answer in answers if len(answer) > 5 and answer in said]
    assert "Yth. Bapak/Ibu SITI AMINAH," in first(sent, "received").message.text


def test_an_address_is_confirmed_by_the_day_the_application_lapses(sent: list[Sent]) -> None:
    assert "paling lambat Rabu, 23 Desember 2026 pukul 09.50 WITA" in first(sent, "confirm_address").message.text


def test_a_reminder_lists_tickets_steps_and_since_when(sent: list[Sent]) -> None:
    each = first(sent, "reminder")
    assert re.search(r"\n- TTE-26-\d{4}-9QXM — Telaah Kepala Dinas, sejak \d+ November 2026 ", each.message.text)


def test_an_official_appointed_later_reads_the_task_of_the_present_state(edition: Sop, tmp_path: Path) -> None:
    office = Office(tmp_path, edition, as_it_is)
    case = office.confirmed()
    for _ in range(3):
        case = office.decide(case, "forward", instructions=["proses"])
    office.decide(case, "dispatch", checklist=[point.key for point in edition.step("pemeriksaan").checklist])
    tono = Official("penerbitan", "verifikator", "Tono", "tono@tarakankota.go.id", capacity="Plt.")
    Appointing(office.office, office.cases).appoint(replace(tono, decree="800/1/2026"))
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
    other = parse({**json.loads(text), "ticket_prefix": "AKTA"}, edition.form)
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
