"""Documents that a SOP asks for otherwise than one file each from everybody: through every page, without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.examination import examine
from portal.house import House
from tests.support.browser_without_javascript import Page
from tests.support.city import KADIS
from tests.support.derived import derived
from tests.support.people import Applicant, Mailbox, Official
from tests.support.server import Clock, rehearsal_of, serving


def entry(key: str, more: str) -> tuple[str, str]:
    """What adds to a document of the SOP."""
    return rf'(^\[\[documents\]\]\nkey = "{key}"\n)', rf"\1{more}\n"


WORDS = "Wajib bagi PNS dan PPPK."


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    condition = f'required_if = {{ field = "status_kepegawaian", is = ["PNS", "PPPK"], words = "{WORDS}" }}'
    return derived(
        tmp_path_factory.mktemp("documents"),
        entry("ktp", "optional = true"),
        entry("formulir_bsre", condition),
        entry("sk_terakhir", "files = 3"),
    )


@pytest.fixture
def house(service: Path, tmp_path: Path) -> Iterator[House]:
    with serving(tmp_path, Clock(), SERVICE=str(service)) as served:
        yield served.house


@pytest.fixture
def siti(house: House) -> Applicant:
    mailbox = Mailbox(house.config.address, house.outbox.send_due)
    return Applicant(house.config.address, mailbox, rehearsal_of(house).props["penerbitan"])


def states(page: Page) -> dict[str, str]:
    """What each card says of its file."""
    return {
        card.get("id").removeprefix("berkas-"): card.xpath("string(.//*[@data-state])")
        for card in page.html.xpath("//*[@data-card]")
    }


def test_it_fits(service: Path) -> None:
    assert examine(service)[1] == []


def test_what_leads_nowhere_is_told(tmp_path: Path) -> None:
    folder = derived(
        tmp_path,
        entry("ktp", 'optional = true\nrequired_if = { field = "nama_ktp", is = ["x"], words = "x" }'),
        entry("formulir_bsre", 'required_if = { field = "status", is = ["PNS"], words = "x" }'),
        entry(
            "sk_terakhir", 'required_if = { field = "status_kepegawaian", is = ["Honorer"], words = "x" }\nfiles = 6'
        ),
    )
    told = {problem.key: problem.value for problem in examine(folder)[1]}
    assert told.pop("documents[2].required_if")
    assert told == {
        "documents[1].required_if.field": "status",
        "documents[3].required_if.is[0]": "Honorer",
        "documents[3].files": 6,
    }


def test_several_files_one_left_out_and_one_that_an_answer_asks_for(siti: Applicant, house: House) -> None:
    begun = siti.browser.get("/ajukan")
    assert WORDS in begun.text
    page = siti.fill_in()
    assert states(page) == {
        "surat_permohonan": "Belum ada", "formulir_bsre": "Belum ada", "ktp": "Bila ada", "sk_terakhir": "Belum ada",
    }  # fmt: skip
    for kind in ("surat_permohonan", "formulir_bsre", "sk_terakhir"):
        page = siti.upload(page, kind)
    assert states(page)["sk_terakhir-2"] == "Bila ada"
    page = siti.upload(page, "sk_terakhir-2", "surat_permohonan")
    page = siti.upload(page, "sk_terakhir-3", "formulir_bsre")
    assert [kind for kind in states(page) if kind.startswith("sk_")] == [
        "sk_terakhir",
        "sk_terakhir-2",
        "sk_terakhir-3",
    ]
    assert "sk_terakhir-4" not in page.text

    # One by one they can be taken away again; the others stay.
    page = siti.browser.submit(page, page.form("/sk_terakhir-2/hapus"))
    assert {kind: state for kind, state in states(page).items() if kind.startswith("sk_")} == {
        "sk_terakhir": "Terunggah", "sk_terakhir-2": "Bila ada", "sk_terakhir-3": "Terunggah",
    }  # fmt: skip
    check = siti.browser.get(page.href("/periksa"))
    rows = {row.findtext("dt"): row.xpath("string(dd)") for row in check.html.xpath("//dl/div")}
    assert "SK terakhir (3)" in rows
    assert "Tidak dilampirkan" in rows["KTP-el"]
    assert "Belum ada" not in check.text
    siti.send(page)
    siti.confirm()

    mine = siti.open()
    assert "SK terakhir (3)" in mine.text
    assert siti.browser.get(f"/permohonan/{siti.ticket}/berkas/sk_terakhir-3").status == 200
    assert siti.browser.get(f"/permohonan/{siti.ticket}/berkas/ktp").status == 404
    paper = siti.browser.get(f"/permohonan/{siti.ticket}/tanda-terima")
    assert "SK terakhir (3)" in paper.text
    assert "KTP-el" not in paper.text

    # Officials see and open every one of them.
    kadis = Official(house.config.address, siti.mailbox, KADIS)
    case = kadis.open(siti.ticket)
    assert "SK terakhir (3)" in case.text
    assert "Berkas 3 dari 4" in kadis.browser.get(f"/telaah/{siti.ticket}/berkas/sk_terakhir").text
    for kind in ("sk_terakhir", "sk_terakhir-3"):
        assert kadis.browser.get(f"/telaah/{siti.ticket}/berkas/{kind}").status == 200
        assert kadis.browser.get(f"/telaah/{siti.ticket}/berkas/{kind}/1.jpg").status == 200
        assert kadis.browser.get(f"/telaah/{siti.ticket}/berkas/{kind}/asli").status == 200
    assert kadis.browser.get(f"/telaah/{siti.ticket}/berkas/sk_terakhir-2").status == 404

    # What is returned is the document; of its files only those are brought anew that need be, and the chain holds.
    sent = {document.kind: document.sha256 for document in house.office.records.load(siti.ticket).documents}
    kadis.press(case, "return", items=["sk_terakhir"], reason="lainnya", note="SK kurang jelas.")
    mend = siti.browser.get(siti.open().href("/perbaikan"))
    assert states(mend) == {"sk_terakhir": "Terunggah", "sk_terakhir-2": "Bila ada", "sk_terakhir-3": "Terunggah"}
    mend = siti.browser.submit(mend, mend.form("/perbaikan", "Kirim perbaikan"), "Kirim")
    assert (mend.status, "SK terakhir belum ada yang diganti" in mend.text) == (422, True)
    mend = siti.upload(mend, "sk_terakhir-3", "ktp")
    mend = siti.upload(mend, "sk_terakhir-2", "ktp")
    mend = siti.browser.submit(mend, mend.form("/sk_terakhir-2/hapus"))
    siti.browser.submit(mend, mend.form("/perbaikan", "Kirim perbaikan"), "Kirim")
    kept = house.office.records.load(siti.ticket)
    assert sorted(document.kind for document in kept.documents) == [
        "formulir_bsre", "sk_terakhir", "sk_terakhir-3", "surat_permohonan",
    ]  # fmt: skip
    now = {document.kind: document.sha256 for document in kept.documents}
    assert {kind for kind in now if now[kind] != sent[kind]} == {"sk_terakhir-3"}
    for document in kept.documents:
        assert house.office.files.read(document.key, document.version)
    assert kept.first_damage() is None
    assert kept.events[-1].data["items"] == ["sk_terakhir"]
    assert "SK terakhir (3)" in kadis.open(siti.ticket).text


def test_who_answers_otherwise_need_not_bring_it(siti: Applicant) -> None:
    page = siti.fill_in(status_kepegawaian="Lainnya", status_uraian="Tenaga harian")
    assert states(page)["formulir_bsre"] == "Bila ada"
    for kind in ("surat_permohonan", "sk_terakhir"):
        page = siti.upload(page, kind)
    siti.send(page)
    assert siti.ticket


def test_an_answer_mended_can_make_a_document_needed(siti: Applicant, house: House) -> None:
    page = siti.fill_in(status_kepegawaian="Lainnya", status_uraian="Tenaga harian")
    for kind in ("surat_permohonan", "sk_terakhir"):
        page = siti.upload(page, kind)
    siti.send(page)
    siti.confirm()
    kadis = Official(house.config.address, siti.mailbox, KADIS)
    kadis.decide(siti.ticket, "return", items=["status_kepegawaian"], reason="lainnya", note="Status Anda PNS.")
    mend = siti.browser.get(siti.open().href("/perbaikan"))
    assert states(mend) == {"formulir_bsre": "Bila ada"}
    form = mend.form("/perbaikan", "Kirim perbaikan")
    answers = {"status_kepegawaian": "PNS", "nip": "199001052015032001", "pangkat": "III/c", "status_uraian": ""}
    refused = siti.browser.submit(mend, form, "Kirim", **answers)
    assert refused.status == 422
    assert "Formulir Permohonan BSrE belum diunggah." in refused.text
    mend = siti.upload(refused, "formulir_bsre")
    siti.browser.submit(mend, mend.form("/perbaikan", "Kirim perbaikan"), "Kirim", **answers)
    assert house.office.records.load(siti.ticket).state == "waiting"


def test_the_same_file_twice_of_one_document_is_noticed(siti: Applicant) -> None:
    page = siti.fill_in()
    for kind in ("surat_permohonan", "formulir_bsre", "sk_terakhir"):
        page = siti.upload(page, kind)
    page = siti.upload(page, "sk_terakhir-2", "sk_terakhir")
    check = siti.browser.get(page.href("/periksa"))
    assert "SK terakhir dan SK terakhir (2) berisi berkas yang sama" in " ".join(check.text.split())


def test_a_place_beyond_what_may_be_brought_is_refused(siti: Applicant) -> None:
    page = siti.fill_in()
    base = page.url.split("#")[0]
    for kind in ("sk_terakhir-2", "sk_terakhir-4", "ktp-2", "paspor"):
        assert siti.browser.get(f"{base}/{kind}/terunggah").status == 404
        assert siti.browser.get(f"{base}/{kind}/lihat").status == 404
