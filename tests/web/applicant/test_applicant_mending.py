"""A returned case: what was named is mended, and nothing else."""

import pytest

from tests.support.holder import OTHER, Holder, holder, replaced, words
from tests.support.stage import KADIS, InProcess, Stage
from tests.support.ways import FORM, SAYS


def test_only_what_was_named_is_asked(stage: Stage) -> None:
    page = holder(stage, "returned").get("/perbaikan")
    assert [card.get("id") for card in page.html.xpath("//*[@data-card]")] == ["berkas-ktp"]
    assert set(page.form("/perbaikan", "Kirim").fields) == {"csrf", "tanda", "jabatan"}
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
    assert kept.keys() == {requirement.key for requirement in stage.office.services.first.requirements}


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


def test_the_reason_and_what_stood_there_are_said_at_the_field(stage: Stage) -> None:
    page = holder(stage, "returned").get("/perbaikan")
    (said,) = page.html.xpath("//*[@class='returned']")
    text = " ".join(said.text_content().split())
    assert SAYS["return"]["note"] in text
    assert f"Jabatan sebelumnya: {FORM['jabatan']}" in text


def test_an_answer_sent_back_unchanged_is_asked_about_once(stage: Stage) -> None:
    siti = holder(stage, "returned")
    replaced(siti)
    page = siti.submit("/perbaikan", "Kirim")
    assert (page.status, siti.case.state) == (422, "returned")
    assert "Anda belum mengubah Jabatan." in page.html.xpath("//*[@role='alert']")[0].text_content()
    assert page.html.get_element_by_id("jabatan-odd") is not None
    answer = siti.browser.submit(page, page.form("/perbaikan", "Kirim"), "Kirim", peringatan_dibaca="ya")
    assert (answer.status, siti.case.state) == (200, "waiting")


def test_a_second_click_sends_nothing_more(stage: Stage) -> None:
    siti = holder(stage, "returned")
    replaced(siti)
    page = siti.get("/perbaikan")
    form = page.form("/perbaikan", "Kirim")
    for _ in range(2):
        answer = siti.browser.submit(page, form, "Kirim", jabatan="Analis Madya")
        assert (answer.status, answer.url) == (200, f"http://localhost/permohonan/{siti.number}?terkirim")
    assert [event.action for event in siti.case.events].count("resubmit") == 1
    assert siti.get("/perbaikan").url == f"http://localhost/permohonan/{siti.number}"


def test_what_hangs_on_a_named_answer_is_asked_with_it(stage: Stage) -> None:
    """From PNS to PPPK the number stays asked, and the rank is another one: else the applicant could never finish."""
    says = {"items": ["status_kepegawaian"], "reason": "sk_tidak_sesuai", "note": ""}
    number = stage.case("confirm")
    claims = stage.cases.case_claims(stage.load(number), KADIS)
    stage.cases.decide(claims, "return", says, 2)
    siti = Holder(stage, number)
    asked = set(siti.get("/perbaikan").form("/perbaikan", "Kirim").fields)
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
        answer = siti.browser.submit(answer, answer.form("/perbaikan", "Kirim"), "Kirim", peringatan_dibaca="ya")
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


# --- what was returned, as it was ---


def test_on_top_the_reason_stands_beside_the_old_picture_and_the_old_value(stage: Stage) -> None:
    siti = holder(stage, "returned")
    box = siti.get("/perbaikan").html.get_element_by_id("isi").xpath(".//*[contains(@class, 'notice')]")[0]
    said = " ".join(box.text_content().split())
    assert SAYS["return"]["note"] in said
    assert f"Jabatan sebelumnya: {FORM['jabatan']}" in said
    (link,) = box.xpath(".//ul/li/a")
    assert " ".join(link.text_content().split()) == "KTP-el"
    for address in (link.xpath("img/@src")[0], *link.get("data-pages").split()):
        answer = siti.browser.get(address)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert siti.browser.get(link.get("href")).status == 200


def test_the_old_picture_stays_while_another_file_waits_to_be_sent_and_goes_with_it(stage: Stage) -> None:
    siti = holder(stage, "returned")
    (before,) = siti.get("/perbaikan").html.xpath("//*[contains(@class, 'thumbs')]//img/@src")
    replaced(siti)
    page = siti.get("/perbaikan")
    assert page.html.xpath("//*[contains(@class, 'thumbs')]//img/@src") == [before]
    siti.browser.submit(page, page.form("/perbaikan", "Kirim"), "Kirim", jabatan="Analis Madya")
    assert siti.browser.get(before).status == 404


def test_a_returned_document_says_at_its_place_why_it_is_to_be_replaced(stage: Stage) -> None:
    siti = holder(stage, "returned")
    card = siti.get("/perbaikan").html.get_element_by_id("berkas-ktp").text_content()
    assert "Perlu diganti" in card
    assert SAYS["return"]["note"] in card
    replaced(siti)
    assert SAYS["return"]["note"] not in siti.get("/perbaikan").html.get_element_by_id("berkas-ktp").text_content()


@pytest.mark.parametrize("address", ["paspor/1.jpg", "ktp/0.jpg", "ktp/99.jpg", "ktp/1.jpg?lebar=999"])
def test_no_picture_of_what_is_not_there(stage: Stage, address: str) -> None:
    assert holder(stage, "returned").get(f"/perbaikan/sebelumnya/{address}").status == 404


def test_nobody_else_sees_the_old_picture(stage: Stage) -> None:
    siti = holder(stage, "returned")
    stranger = InProcess(stage.browser()).get(f"/permohonan/{siti.number}/perbaikan/sebelumnya/ktp/1.jpg")
    assert stranger.status == 403
