"""The papers as DOCX, read back with the library that office programs' files are read with."""

import tomllib
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import docx
import pytest
from PIL import Image

from portal.core.sop import Sop
from portal.core.worktime import Calendar
from portal.editions import read_language, read_papers
from portal.papers import sheet_docx
from portal.papers.letterheads import Letterheads
from portal.papers.stationery import Papers
from tests.support.places import SCHEMAS
from tests.support.ways import FORM


@pytest.fixture(scope="module")
def papers(sop: Sop) -> Papers:
    found = read_papers(sop, SCHEMAS / "penerbitan")
    assert found is not None
    return found


def drawn(papers: Papers, values: Any = None, number: int = 0, site: str = "https://tte.example.go.id") -> bytes:
    return sheet_docx.draw(papers.sheet(papers.all[number], site, values))


def text(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    foot = document.sections[0].footer
    paragraphs = [*document.paragraphs]
    for table in (*document.tables, *foot.tables):
        paragraphs += [paragraph for row in table.rows for cell in row.cells for paragraph in cell.paragraphs]
    return "\n".join(paragraph.text for paragraph in paragraphs)


def test_the_letter_has_its_words_its_dots_and_its_edition(papers: Papers) -> None:
    said = text(drawn(papers))
    for wanted in ("PEMERINTAH KOTA TARAKAN", "Yth. Kepala Dinas Komunikasi", "Nomor", "[Nama penanda tangan]", "...."):
        assert wanted in said
    assert "Versi 1.0, 22 November 2026. SOP Nomor 000.8.3.3.3/29/SOP/DKISP/2024." in said
    assert "https://tte.example.go.id/formulir/#surat" in said
    assert "bukan naskah resmi" in said


def test_the_letter_is_filled_in(papers: Papers) -> None:
    said = text(drawn(papers, FORM))
    for wanted in ("SITI RAHASIA", "19900105 201503 2 001", "Penata (III/c)", "DINAS KESEHATAN"):
        assert wanted in said
    assert "None" not in said
    assert "☒ Dokumen keuangan" in text(drawn(papers, FORM, number=1))


@pytest.mark.parametrize("typed", ["<w:b/> & ]]>", "كبير", "😀", "Łukasz\nGelar", "W" * 150, "{x} %s"])
def test_whatever_was_typed_is_there(papers: Papers, typed: str) -> None:
    assert typed in text(drawn(papers, {**FORM, "jabatan": typed}))


def test_what_no_file_can_hold_does_no_harm(papers: Papers) -> None:
    assert "AB" in text(drawn(papers, {**FORM, "jabatan": "A\0\x1b\ufffe\ud800B"}))


def test_every_paper_can_be_written(papers: Papers) -> None:
    for number, paper in enumerate(papers.all):
        assert paper.note in text(drawn(papers, None, number)), paper.key
        assert "SITI RAHASIA" in text(drawn(papers, FORM, number)), paper.key


def test_what_will_be_signed_says_nothing_of_the_portal_and_carries_no_code(papers: Papers) -> None:
    content = drawn(papers, FORM)
    said = text(content)
    for unwanted in ("bukan", "portal", "http", "Versi", "tanda tangan dan cap", "lambang"):
        assert unwanted not in said
    assert not [name for name in ZipFile(BytesIO(content)).namelist() if name.startswith("word/media")]


def test_an_emblem_stands_beside_the_letterhead_in_its_own_proportions(sop: Sop) -> None:
    ((picture, _, _),) = (row.cells for row in docx.Document(BytesIO(with_emblem(sop))).tables[0].rows)
    (extent,) = picture._tc.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent")
    wide, high = (int(extent.get(side)) for side in ("cx", "cy"))
    assert wide * 3 == pytest.approx(high, abs=5)


def with_emblem(sop: Sop) -> bytes:
    picture = BytesIO()
    Image.new("RGB", (20, 60), "navy").save(picture, "PNG")
    data = tomllib.loads((SCHEMAS / "penerbitan/papers.toml").read_text("utf-8"))
    language = read_language(Calendar(ZoneInfo("UTC"), "", {}))
    return drawn(Papers(data, {}, sop, language, Letterheads(picture.getvalue())), FORM)


def test_the_code_is_there_only_where_the_public_address_is_known(papers: Papers) -> None:
    pictures = [
        [name for name in ZipFile(BytesIO(content)).namelist() if name.endswith(".png")]
        for content in (drawn(papers), drawn(papers, site=""))
    ]
    assert [len(found) for found in pictures] == [1, 0]


def test_the_same_letter_is_the_same_file_and_says_what_it_is(papers: Papers) -> None:
    content = drawn(papers, FORM)
    assert content == drawn(papers, FORM)
    assert {entry.date_time for entry in ZipFile(BytesIO(content)).infolist()} == {(2026, 11, 22, 0, 0, 0)}
    document = docx.Document(BytesIO(content))
    told = document.core_properties
    assert (told.title, told.author, told.language) == ("Surat permohonan", "DKISP Kota Tarakan", "id-ID")
    assert told.created.replace(tzinfo=None) == told.modified.replace(tzinfo=None) == datetime(2026, 11, 22)  # noqa: DTZ001
    assert "RAHASIA" not in told.subject + told.keywords + told.comments
