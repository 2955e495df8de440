"""One person fills in for six colleagues with one letter, and has one page for all of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from portal.core.errors import NotFound
from portal.core.services import Services
from portal.core.sop import parse
from portal.usecases.batches import Batches, filler
from tests.support.document_specimens import pdf
from tests.support.filler import EMAIL, NAMES, Filler, batch_of, brought, colleague
from tests.support.stage import KADIS, InProcess, Stage
from tests.support.ways import SAYS

LETTER = pdf()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


@pytest.fixture
def budi(stage: Stage) -> Filler:
    return Filler(InProcess(stage.browser()), stage.mailbox_page())


def test_the_link_goes_to_the_address_that_was_typed_and_nobody_else_comes_in(stage: Stage, budi: Filler) -> None:
    sent = budi.begin()
    assert "Periksa email Anda" in sent.text
    assert EMAIL not in sent.text
    page = budi.open()
    assert "Belum ada pegawai" in page.text
    assert "Puskesmas Contoh" in page.text
    stranger = InProcess(stage.browser()).get(page.url)
    assert stranger.status == 403
    assert "Puskesmas Contoh" not in stranger.text


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(stage: Stage, budi: Filler) -> None:
    page = budi.begin(email_pengisi="budi@gmail.com", jabatan_pengisi="", nip_penanda_tangan="123")
    assert page.status == 422
    assert "Gunakan email kedinasan" in page.text
    assert "Isi jabatan Anda" in page.text
    assert page.html.get_element_by_id("email_pengisi").value == "budi@gmail.com"
    assert stage.mail() == []


def test_the_office_is_carried_over_to_each_colleague_and_the_letter_is_brought_once(
    stage: Stage, budi: Filler
) -> None:
    budi.begin()
    budi.add(colleague(0))
    page = budi.bring_letter(LETTER)
    assert "Terunggah" in page.text
    documents = budi.add(colleague(1))
    assert documents.url.endswith("/berkas"), documents.text
    assert "Surat permohonan" not in [card.text for card in documents.html.xpath("//*[@data-card]/h2")]
    seen = budi.open()
    assert [NAMES[n] in seen.text for n in range(3)] == [True, True, False]
    assert "Kurang: Formulir Permohonan BSrE, KTP-el, SK terakhir." in seen.text
    for member in stage.house.batches.members(stage.house.batches.load(seen.url.rpartition("/")[2])):
        assert member.draft
        assert (member.draft.form["opd"], member.draft.form["unit_kerja"]) == ("Dinas Kesehatan", "Puskesmas Contoh")
        assert member.draft.form["nama_pengisi"] == "Budi Operator"


def test_a_colleague_goes_on_by_his_own_link_and_never_sees_the_others(stage: Stage, budi: Filler) -> None:
    budi.begin()
    budi.add(colleague(0))
    mail = budi.mailbox.to("ani@tarakankota.go.id")[0]
    assert "Budi Operator sedang mengisikan" in mail["text"]
    ani = InProcess(stage.browser())
    page = ani.get(budi.mailbox.link("ani@tarakankota.go.id", "lanjut"))
    assert page.url.endswith("/berkas")
    assert not page.html.xpath("//a[contains(@href, '/usulan/')]")


def test_each_case_has_the_letter_of_its_own_and_is_confirmed_by_its_own_applicant(stage: Stage, budi: Filler) -> None:
    batch = batch_of(stage.house)
    page = budi.open()
    assert "6 belum dikirim" in page.text
    for name in NAMES:
        check = budi.press(budi.open(), "buka", name)
        assert check.url.endswith("/periksa"), check.text
        sent = budi.browser.submit(check, check.form("/periksa"), "Kirim", pernyataan="ya")
        assert sent.href(f"/usulan/{batch.id}")
    assert "diisikan Budi Operator untuk Anda" in budi.mailbox.to("ani@tarakankota.go.id", "onfirmasi")[0]["text"]
    confirm = InProcess(stage.browser()).get(budi.mailbox.link("ani@tarakankota.go.id", "konfirmasi"))
    assert "diisikan Budi Operator untuk Anda" in confirm.text
    page = budi.open()
    assert "0 belum dikirim, 6 berjalan" in page.text
    cases = [member.application for member in stage.house.batches.members(stage.house.batches.load(batch.id))]
    letters = [case.document("surat_permohonan") for case in cases if case]
    assert len({letter.key for letter in letters}) == 6
    assert len({letter.sha256 for letter in letters}) == 1
    assert {case.batch for case in cases if case} == {batch.id}
    assert all(case.first_damage() is None for case in cases if case)
    for case in cases:
        assert case
        stage.act(case.ticket, "confirm")
    assert "Menunggu" not in budi.open().text


def test_somebody_may_be_taken_off_as_long_as_nothing_was_sent(stage: Stage, budi: Filler) -> None:
    batch = batch_of(stage.house, 2)
    ask = budi.browser.get(budi.open().href("/hapus?pegawai="))
    page = budi.browser.submit(ask, ask.form("/hapus"))
    assert NAMES[0] not in page.text
    assert NAMES[1] in page.text
    assert len(stage.house.batches.load(batch.id).members) == 1


def test_the_same_address_twice_is_said_and_added_once(stage: Stage, budi: Filler) -> None:
    batch = batch_of(stage.house, 1)
    page = budi.browser.get(budi.open().href("/pegawai"))
    again = budi.browser.submit(page, page.form("/pegawai"), nama_ktp="ANI", email="ani@tarakankota.go.id")
    assert again.status == 422
    assert "sudah ada dalam usulan ini" in again.text
    assert len(stage.house.batches.load(batch.id).members) == 1


def test_a_batch_stays_with_its_tickets_while_a_case_is_open_and_goes_with_the_last_of_them(stage: Stage) -> None:
    batch = batch_of(stage.house, 2)
    first, _ = batch.members
    number = stage.intake.submit(first).ticket
    stage.act(number, "confirm")
    stage.clock.forward(days=31)
    stage.clockwork.expire()
    kept = stage.house.batches.load(batch.id)
    assert kept.members[0] == number
    assert [member.ticket for member in stage.house.batches.members(kept)] == [number]
    stage.act(number, "withdraw")
    stage.clock.forward(days=31)
    stage.clockwork.expire()
    assert stage.house.batches.load(batch.id)
    stage.clock.forward(days=90)
    stage.clockwork.expire()
    with pytest.raises(NotFound) as gone:
        stage.house.batches.load(batch.id)
    assert gone.value.code == "batch_unknown"
    assert not list((stage.data / "files").rglob(f"*{batch.id}*"))


def test_whoever_fills_in_mends_what_was_returned_and_sees_no_more_of_the_case(stage: Stage, budi: Filler) -> None:
    batch_of(stage.house, 1)
    number = budi.send(NAMES[0])
    for action in ("confirm", "return"):
        stage.act(number, action)
    page = budi.press(budi.open(), "buka", NAMES[0])
    assert page.url.endswith(f"/permohonan/{number}/perbaikan")
    assert f"Perbaiki permohonan {NAMES[0]}" in page.text
    assert page.href("/usulan/")
    assert not page.html.find_class("thumbs")
    for rest in ("", "/batal", "/jadwal", "/tanda-terima", "/perbaikan/sebelumnya/ktp/1.jpg"):
        assert budi.browser.get(f"/permohonan/{number}{rest}").status == 403
    # Nor does what the browser keeps for that page open another one, wherever it is sent.
    forged = stage.browser()
    forged.set_cookie("permohonan", stage.sign("cookie.permohonan", {"t": number, "batch": "x"}), path="/permohonan")
    assert forged.get(f"/permohonan/{number}").status_code == 403
    assert forged.get(f"/permohonan/{number}/batal").status_code == 403


def test_where_a_service_gives_batches_up_the_cases_that_began_from_one_go_on(stage: Stage, budi: Filler) -> None:
    batch = batch_of(stage.house, 2)
    number = budi.send(NAMES[0])
    stage.act(number, "confirm")
    edition = stage.office.services["penerbitan"]
    without = parse({key: said for key, said in edition.data.items() if key != "batch"}, edition.form)
    given_up = replace(stage.office, services=Services([without]))
    claims = stage.cases.case_claims(stage.load(number), KADIS)
    replace(stage.cases, office=given_up).decide(claims, "return", SAYS["return"], stage.load(number).version)
    owed = [(each.letter, each.recipient) for each in stage.records.unsent() if each.about == number]
    assert ("returned", "ani@tarakankota.go.id") in owed
    assert "member_returned" not in [letter for letter, _ in owed]  # nothing says any more which answer is whose
    with pytest.raises(NotFound):  # its pages are not there, in words, and nothing breaks over them
        Batches(replace(stage.intake, office=given_up)).load(batch.id)
    # Nor is a colleague forgotten whose batch is gone: who filled in stands in his own draft.
    member = stage.records.load_draft(batch.members[1])
    stage.records.delete_draft(batch.id)
    assert filler(stage.office, member) == "Budi Operator"


def test_the_letter_is_printed_for_everybody_with_whoever_signs_it(stage: Stage, budi: Filler) -> None:
    budi.begin(nama_penanda_tangan="dr. Contoh", jabatan_penanda_tangan="Kepala Dinas")
    budi.add(colleague(0))
    page = budi.browser.get(budi.open().href("/surat"))
    assert "Unduh surat permohonan untuk beberapa pegawai yang sudah terisi (PDF)" in page.text
    assert budi.browser.get(page.href(".docx")).body.startswith(b"PK")
    printed = pypdfium2.PdfDocument(budi.browser.get(page.href(".pdf")).body)
    text = "".join(each.get_textpage().get_text_range() for each in printed)
    assert "ANI CONTOH" in text
    assert "dr. Contoh" in text


def test_a_colleagues_own_letter_names_whoever_signs_it_too_also_where_it_was_returned(
    stage: Stage, budi: Filler
) -> None:
    budi.begin(nama_penanda_tangan="dr. Contoh", jabatan_penanda_tangan="Kepala Dinas")
    budi.bring_letter(LETTER)
    budi.add(colleague(0))
    batch = stage.house.batches.load(budi.open().url.rpartition("/")[2])
    (member,) = stage.house.batches.members(batch)
    assert member.draft
    budi.press(budi.open(), "buka", NAMES[0])
    assert "dr. Contoh" in _read(budi.browser.get(f"/ajukan/{member.id}/berkas/unduh/surat-permohonan.pdf").body)
    for kind in ("formulir_bsre", "ktp", "sk_terakhir"):
        draft = stage.records.load_draft(member.id)
        stage.records.save_draft(draft.with_document(brought(stage.house, draft, kind)))
    number = budi.send(NAMES[0])
    stage.act(number, "confirm")
    back = {"items": ["surat_permohonan"], "reason": "surat_belum_ditandatangani", "note": "Belum."}
    case = stage.load(number)
    stage.cases.decide(stage.cases.case_claims(case, KADIS), "return", back, case.version)
    budi.press(budi.open(), "buka", NAMES[0])
    page = budi.browser.get(f"/permohonan/{number}/perbaikan")
    printed = _read(budi.browser.get(page.href("/unduh/surat-permohonan.pdf")).body)
    assert "dr. Contoh" in printed
    assert "Kepala Dinas" in printed
    assert "ANI CONTOH" in printed


def _read(content: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
