"""Receipts as PDF: what was handed in, and what was handed over, for the applicant and nobody else."""

import pypdfium2
import pytest

from tests.support.holder import Holder
from tests.support.stage import Stage
from tests.support.ways import FORM


def text(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    assert len(pages) == 1
    return " ".join(pages[0].get_textpage().get_text_range().split())


def test_the_receipt_of_an_application_says_what_came_when_and_from_whom(shared_stage: Stage) -> None:
    siti = Holder(shared_stage, shared_stage.case("confirm"))
    answer = siti.get("/tanda-terima.pdf")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="tanda-terima-{siti.case.ticket}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    said = text(answer.body)
    for wanted in (siti.case.ticket, siti.case.agenda, FORM["nama_ktp"], "Dinas Kesehatan", "Halaman 1 dari 1"):
        assert wanted in said
    assert f"http://localhost/status/{siti.case.ticket}" in said
    for document in siti.case.documents:
        assert document.sha256[:12] in said
    assert "Unduh Tanda Terima permohonan (PDF)" in siti.page.text


def test_the_receipt_of_a_handover_says_what_by_whom_and_leaves_room_to_sign(shared_stage: Stage) -> None:
    siti = Holder(shared_stage, shared_stage.handed_over())
    said = text(siti.get("/serah-terima.pdf").body)
    for wanted in ("TANDA TERIMA SERTIFIKAT ELEKTRONIK", "4A:1F:22:09", "25 November 2026", "Yang menerima", "Siti"):
        assert wanted in said
    assert siti.case.events[-1].hash in said.replace(" ", "") or siti.case.events[-2].hash in said.replace(" ", "")


def test_there_is_no_receipt_of_a_handover_before_it(shared_stage: Stage) -> None:
    assert Holder(shared_stage, shared_stage.case("confirm")).get("/serah-terima.pdf").status == 409


@pytest.mark.parametrize("path", ["tanda-terima.pdf", "serah-terima.pdf"])
def test_without_the_link_there_is_none(shared_stage: Stage, path: str) -> None:
    number = shared_stage.case("confirm")
    answer = shared_stage.browser().get(f"/permohonan/{number}/{path}")
    assert answer.status_code == 403
    assert FORM["nama_ktp"] not in answer.text
