"""One letter for several people, with a table of them as its annex."""

from io import BytesIO

import pypdfium2
import pytest
from docx import Document

from portal.core.sop import Sop
from portal.editions import read_papers, read_sop
from portal.papers.printing import Press
from tests.support.filler import NAMES, colleague
from tests.support.places import SCHEMAS

FILE = "surat-permohonan-bersama"
BATCH = {"opd": "Dinas Kesehatan", "nama_penanda_tangan": "dr. Contoh", "jabatan_penanda_tangan": "Kepala Dinas"}
PEOPLE = [colleague(number) for number in range(6)]


@pytest.fixture(scope="module")
def edition() -> Sop:
    return read_sop(SCHEMAS / "penerbitan")


@pytest.fixture(scope="module")
def press(edition: Sop) -> Press:
    papers = read_papers(edition, SCHEMAS / "penerbitan")
    assert papers is not None
    return Press(papers)


def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in document]


def test_it_is_offered_for_several_and_the_other_one_for_one(press: Press) -> None:
    assert [paper.key for paper, _ in press.offers("surat_permohonan", several=True)] == [FILE]
    assert [paper.key for paper, _ in press.offers("surat_permohonan")] == ["surat-permohonan"]
    assert FILE not in [paper.key for paper in press.papers.all], "an empty one is of no use to anybody"


def test_the_letter_is_one_page_and_names_everybody_in_its_annex(press: Press) -> None:
    letter, annex = pages(press.print(f"{FILE}.pdf", BATCH, PEOPLE)[0])
    assert "DINAS KESEHATAN" in letter
    assert "pada lampiran surat ini" in letter
    for page in (letter, annex):
        assert "Kepala Dinas," in page
        assert "dr. Contoh" in page
    for name in NAMES:
        assert name not in letter
        assert name in annex


def test_a_long_table_has_its_head_on_every_page(press: Press) -> None:
    _, *annex = pages(press.print(f"{FILE}.pdf", BATCH, PEOPLE * 7)[0])
    assert len(annex) > 1
    assert all("Nama dan NIP" in page for page in annex if "CONTOH" in page)


@pytest.mark.parametrize("number", [1, 21, 23, 25, 46, 50])
def test_no_last_page_holds_only_the_signature(press: Press, number: int) -> None:
    """Just so many rows fill a page that the signature has none left."""
    *_, last = pages(press.print(f"{FILE}.pdf", BATCH, (PEOPLE * 10)[:number])[0])
    assert "dr. Contoh" in last
    assert last.count("19900105 201503 2") >= min(number, 2)
    assert "Nama dan NIP" in last


def test_an_office_program_keeps_the_signature_with_some_of_those_it_is_for(press: Press) -> None:
    """Seen in LibreOffice 7.4 with 23 to 34 people."""
    document = Document(BytesIO(press.print(f"{FILE}.docx", BATCH, PEOPLE)[0]))
    table = next(each for each in document.tables if each.rows[0].cells[0].text == "No")
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert kept == [None] * 5 + [True] * 2


def test_an_office_program_opens_the_same_letter(press: Press) -> None:
    content, _ = press.print(f"{FILE}.docx", BATCH, PEOPLE)
    assert content == press.print(f"{FILE}.docx", BATCH, PEOPLE)[0]
    table = next(each for each in Document(BytesIO(content)).tables if each.rows[0].cells[0].text == "No")
    assert [row.cells[1].text.split("\n")[0] for row in table.rows[1:]] == list(NAMES)
    assert table.rows[1].cells[1].text.split("\n")[1] == "19900105 201503 2 001"


def test_who_has_said_little_so_far_has_a_row_of_his_own(press: Press) -> None:
    _, annex = pages(press.print(f"{FILE}.pdf", BATCH, [{"nama_ktp": "HANYA NAMA"}, {}])[0])
    assert "HANYA NAMA" in annex
