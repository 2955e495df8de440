"""What stands on the papers: every question of the form, the office's words, and the answers where they are known."""

import re
import shutil
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.core.errors import NotFound, SopInvalid
from portal.core.sop import Sop
from portal.editions import read_papers
from portal.papers.printing import Press
from portal.papers.sheets import Blank, Boxes, Letterhead, Rows, Sheet, Signatures, Single, Text
from portal.papers.stationery import Papers
from tests.support.places import SCHEMAS
from tests.support.ways import FORM

KEYS = ["surat-permohonan", "formulir-permohonan", "surat-kuasa-pengisian", "lembar-tanda-terima"]


@pytest.fixture(scope="module")
def papers(sop: Sop) -> Papers:
    found = read_papers(sop, SCHEMAS / "penerbitan")
    assert found is not None
    return found


def written(sheet: Sheet) -> list[Blank | Boxes]:
    """Everything on a sheet that is to be written or ticked."""
    found: list[Any] = []
    for block in sheet.blocks:
        match block:
            case Letterhead():
                found += block.lines
            case Single():
                found.append(block.row)
            case Rows():
                found += block.rows
            case Signatures():
                found += [line for column in block.columns for line in (*column.above, *column.below)]
    return [each for each in found if not isinstance(each, str)]


def value(sheet: Sheet, label: str) -> str:
    return next(row.value for row in written(sheet) if isinstance(row, Blank) and row.label == label)


def of(papers: Papers, key: str, values: Any = None) -> Sheet:
    paper = papers.find(key)
    assert paper is not None
    return papers.sheet(paper, "https://tte.example.go.id", values)


def test_there_are_the_four_papers_and_each_says_that_it_is_the_portals_own(papers: Papers) -> None:
    assert [paper.key for paper in papers.all] == KEYS
    assert all("dari portal DKISP Kota Tarakan" in paper.note for paper in papers.all)
    assert "bukan formulir resmi BSrE" in of(papers, "formulir-permohonan").note


def test_the_form_asks_everything_that_the_portal_asks(papers: Papers, sop: Sop) -> None:
    names = set()
    for row in written(of(papers, "formulir-permohonan")):
        names |= {row.name} if isinstance(row, Blank) else {re.sub(r"_\d+$", "", box.name) for box in row.boxes}
    # One line for the agency, whether it is on the portal's list or not.
    assert sop.form["properties"].keys() - {"jenis_permohonan", "opd"} <= names


def test_nothing_on_any_paper_asks_for_a_secret(papers: Papers) -> None:
    asked = " ".join(row.label for key in KEYS for row in written(of(papers, key))).lower()
    assert not re.search("passphrase|sandi|otp|selfie|swafoto", asked)


def test_an_empty_paper_knows_nothing_of_anybody(papers: Papers) -> None:
    for key in KEYS:
        for row in written(of(papers, key)):
            assert row.is_fixed or not row.value if isinstance(row, Blank) else not row.is_settled


def test_each_paper_names_its_edition_the_sop_and_its_own_page(papers: Papers) -> None:
    sheet = of(papers, "surat-permohonan")
    assert sheet.edition == "Versi 1.0, 22 November 2026. SOP Nomor 000.8.3.3.3/29/SOP/DKISP/2024."
    assert sheet.where == "https://tte.example.go.id/formulir/#surat"
    paper = papers.all[0]
    assert papers.sheet(paper).where == "/formulir/#surat"


def test_a_letter_is_filled_in_with_what_was_answered(papers: Papers) -> None:
    sheet = of(papers, "surat-permohonan", {**FORM, "nama_dengan_gelar": "Siti, S.Kom.", "tujuan_uraian": "Kontrak"})
    said = [value(sheet, label) for label in ("Nama", "NIP", "Pangkat/golongan", "Tujuan penggunaan")]
    assert said == ["Siti, S.Kom.", "19900105 201503 2 001", "Penata (III/c)", "Dokumen keuangan – Kontrak"]
    assert value(sheet, "Nama perangkat daerah") == "DINAS KESEHATAN"
    assert value(of(papers, "surat-permohonan", FORM), "Nama") == "SITI RAHASIA"


def test_the_letterhead_is_that_of_the_applicants_agency_as_far_as_the_office_lists_it(folder: Path, sop: Sop) -> None:
    path = folder.parent / "office.toml"
    path.write_text(path.read_text("utf-8").replace("[[letterhead.agencies]]", LISTED, 1), "utf-8")
    papers = read_papers(sop, folder)
    assert papers is not None
    told = {opd: kop(papers, opd) for opd in ("BKPSDM", "BPBD")}
    assert told["BKPSDM"] == ["BADAN KEPEGAWAIAN DAERAH", "Jl. Contoh 1\nTelepon 0551"]
    assert told["BPBD"] == ["BPBD", ""]  # to be written by hand
    assert kop(papers, "Lainnya", opd_lainnya="Puskesmas Contoh") == ["PUSKESMAS CONTOH", ""]


LISTED = """[[letterhead.agencies]]
answer = "BKPSDM"
name = "Badan Kepegawaian Daerah"
lines = ["Jl. Contoh 1", "Telepon 0551"]
[[letterhead.agencies]]"""


def kop(papers: Papers, opd: str, **more: str) -> list[str]:
    head = of(papers, "surat-permohonan", {**FORM, "opd": opd, **more}).blocks[0]
    assert isinstance(head, Letterhead)
    return [line.value for line in head.lines if isinstance(line, Blank)]


def test_an_emblem_is_the_offices_file_and_is_missed_where_it_is_named(folder: Path, sop: Sop) -> None:
    path = folder.parent / "office.toml"
    path.write_text(
        path.read_text("utf-8").replace('# emblem = "lambang-kota.png"', 'emblem = "lambang-kota.png"'), "utf-8"
    )
    with pytest.raises(SopInvalid) as caught:
        read_papers(sop, folder)
    assert caught.value.facts["key"] == "letterhead.emblem"
    (folder.parent / "lambang-kota.png").write_bytes(b"\x89PNG")
    papers = read_papers(sop, folder)
    assert papers is not None
    head = of(papers, "surat-permohonan", FORM).blocks[0]
    assert isinstance(head, Letterhead)
    assert (head.emblem, head.place) == (b"\x89PNG", "")


def test_what_will_be_signed_carries_no_notice_and_nothing_where_one_signs(papers: Papers) -> None:
    for values, told in ((None, True), (FORM, False)):
        sheet = of(papers, "formulir-permohonan", values)
        rooms = [column.room for block in sheet.blocks if isinstance(block, Signatures) for column in block.columns]
        notices = [block for block in sheet.blocks if isinstance(block, Text) and block.style == "notice"]
        assert (bool(notices), bool(sheet.note), all(rooms)) == (told, told, told)


def test_a_filled_in_form_ticks_the_answers_and_leaves_out_what_is_not_asked(papers: Papers) -> None:
    rows = written(of(papers, "formulir-permohonan", FORM))
    ticked = [box.label for row in rows if isinstance(row, Boxes) for box in row.boxes if box.is_ticked]
    assert ticked == [
        "Pemohon sendiri",
        "PNS atau CPNS",
        "Saya sudah dapat membuka email kedinasan ini",
        "Dokumen keuangan",
    ]
    labels = {row.label for row in rows}
    assert {"Golongan PPPK", "Uraian status", "Nama pengisi"} & labels == set()
    assert "Nomor HP narahubung" in labels


@pytest.mark.parametrize("values", [{}, {"email": "a@tarakankota.go.id"}, {"opd": "Lainnya"}, {"nik": None, "hp": 7}])
def test_what_was_not_answered_stays_to_be_written(papers: Papers, values: dict[str, Any]) -> None:
    for key in KEYS:
        assert not [row for row in written(of(papers, key, values)) if isinstance(row, Blank) and "None" in row.value]


def test_what_is_too_long_ends_visibly_and_the_paper_says_so(papers: Papers) -> None:
    sheet = of(papers, "surat-permohonan", {**FORM, "unit_kerja": "U" * 100_000})
    assert value(sheet, "Unit kerja") == "U" * 200 + "…"
    assert sheet.is_shortened
    assert not of(papers, "surat-permohonan", {**FORM, "unit_kerja": "U" * 200}).is_shortened


def test_what_no_file_can_hold_is_left_out(papers: Papers) -> None:
    sheet = of(papers, "surat-permohonan", {**FORM, "unit_kerja": "A\0B\x1bC\ud800D\ufffeE\nF"})
    assert value(sheet, "Unit kerja") == "ABCDE\nF"


def test_braces_in_an_answer_are_not_placeholders(papers: Papers) -> None:
    assert value(of(papers, "surat-permohonan", {**FORM, "jabatan": "{office} {0}"}), "Jabatan") == "{office} {0}"


# --- Files that are not right ---------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SCHEMAS, tmp_path / "schemas") / "penerbitan"


@pytest.mark.parametrize(
    ("written", "instead", "key"),
    [
        ('fields = ["unit_kerja"]', 'fields = ["unit_kerj"]', "papers[0].blocks"),
        ("{product} bagi", "{produk} bagi", "papers[0].blocks"),
        ('"keperluan", "pengisi"]', '"keperluan", "pengis"]', "papers[1].blocks"),
        ('document = "formulir_bsre"', 'document = "formulir"', "papers[1].document"),
        ('kind = "notice"', 'kind = "kop"', "papers[1].blocks[2].kind"),
        ('label = "Nomor seri", limit = 60', 'label = "Nomor seri", limit = 6000', "papers[3].blocks[2].rows[5]"),
    ],
)
def test_a_wrong_paper_is_named(folder: Path, sop: Sop, written: str, instead: str, key: str) -> None:
    path = folder / "papers.toml"
    text = path.read_text("utf-8")
    assert written in text
    path.write_text(text.replace(written, instead), "utf-8")
    with pytest.raises(SopInvalid) as caught:
        read_papers(sop, folder)
    assert str(caught.value.facts["key"]).startswith(key)


ENTRY = """
[[forms]]
file = "formulir-bsre.pdf"
title = "Formulir Permohonan BSrE"
use = "Diisi oleh pemohon."
version = "2026"
date = 2026-11-22
replaces = "formulir-permohonan"
"""


def test_an_official_form_takes_the_place_of_the_portals(folder: Path, sop: Sop) -> None:
    (folder / "formulir/formulir-bsre.pdf").write_bytes(b"%PDF-1.7")
    (folder / "formulir/resmi.toml").write_text(ENTRY, "utf-8")
    papers = read_papers(sop, folder)
    assert papers is not None
    ((paper, official),) = Press(papers).offers("formulir_bsre")
    assert paper.key == "formulir-permohonan"
    assert official is not None
    assert (official.file, official.date) == ("formulir-bsre.pdf", date(2026, 11, 22))
    assert [found for _, found in Press(papers).offers("surat_permohonan")] == [None]


@pytest.mark.parametrize(
    ("file", "listed", "key"),
    [
        ("formulir-bsre.pdf", "", "formulir-bsre.pdf"),
        ("", ENTRY, "formulir-bsre.pdf"),
        ("formulir-bsre.pdf", ENTRY.replace('"formulir-permohonan"', '"surat"'), "forms[0].replaces"),
        ("formulir-bsre.pdf", ENTRY.replace("formulir-bsre.pdf", "../sop.toml"), "forms[0].file"),
    ],
)
def test_an_official_form_that_is_not_named_or_not_there_is_told(
    folder: Path, sop: Sop, file: str, listed: str, key: str
) -> None:
    if file:
        (folder / "formulir" / file).write_bytes(b"%PDF-1.7")
    (folder / "formulir/resmi.toml").write_text(listed, "utf-8")
    with pytest.raises(SopInvalid) as caught:
        read_papers(sop, folder)
    assert caught.value.facts["key"] == key


def test_a_service_without_papers_has_none(folder: Path, sop: Sop) -> None:
    (folder / "papers.toml").unlink()
    assert read_papers(sop, folder) is None


@pytest.mark.parametrize("file", ["", "x.pdf", "formulir-permohonan.docx", "surat-permohonan", "../sop.toml", ".pdf"])
def test_the_press_prints_nothing_else(papers: Papers, file: str) -> None:
    with pytest.raises(NotFound):
        Press(papers).print(file)


def test_the_shipped_list_of_official_forms_is_empty() -> None:
    assert tomllib.loads((SCHEMAS / "penerbitan/formulir/resmi.toml").read_text("utf-8")) == {}
