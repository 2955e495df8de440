"""The papers as PDF, in the readers that people have: pypdf, pikepdf, and pdfium, which is Chromium's."""

import itertools
import re
from io import BytesIO
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import pytest
from pikepdf.form import DefaultAppearanceStreamGenerator

from portal.core.sop import Sop
from portal.documents import inspection
from portal.editions import read_papers
from portal.papers import sheet_pdf
from portal.papers.sheets import Sheet
from portal.papers.stationery import Papers
from tests.support.places import SCHEMAS
from tests.support.ways import FORM

KEYS = ["surat-permohonan", "formulir-permohonan", "surat-kuasa-pengisian", "lembar-tanda-terima"]
SITE = "https://tte.example.go.id"


@pytest.fixture(scope="module")
def papers(sop: Sop) -> Papers:
    found = read_papers(sop, SCHEMAS / "penerbitan")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def empty(papers: Papers) -> dict[str, bytes]:
    return {paper.key: sheet_pdf.draw(papers.sheet(paper, SITE)) for paper in papers.all}


def sheet(papers: Papers, key: str, values: Any = None, site: str = SITE) -> Sheet:
    return next(papers.sheet(paper, site, values) for paper in papers.all if paper.key == key)


def text(content: bytes) -> str:
    """What stands on the pages, as a reader copies it, in one line."""
    pages = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())


def fields(content: bytes) -> dict[str, pikepdf.Object]:
    with pikepdf.open(BytesIO(content)) as pdf:
        found = {str(field.T): field for page in pdf.pages for field in page.get("/Annots", [])}
        return {name: pikepdf.Dictionary(dict(field.items())) for name, field in found.items()}


# --- Fields ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_every_field_has_a_name_a_tip_an_appearance_and_a_length(empty: dict[str, bytes], key: str) -> None:
    reader = pypdf.PdfReader(BytesIO(empty[key]))
    found = reader.get_fields() or {}
    with pikepdf.open(BytesIO(empty[key])) as pdf:
        form = pdf.Root.AcroForm
        assert "/XFA" not in form
        assert "/NeedAppearances" not in form
        assert len(form.Fields) == len(found) > 5
        for field in form.Fields:
            said = found[str(field.T)]
            assert said["/TU"] == str(field.TU) != ""
            assert "/N" in field.AP
            if field.FT == "/Tx":
                assert 0 < int(field.MaxLen) <= 500
                assert "." not in str(field.T)
            else:
                assert set(field.AP.N.keys()) == {"/Yes", "/Off"}
                assert field.AS == "/Off"


def test_the_lengths_are_those_of_the_schema(empty: dict[str, bytes], sop: Sop) -> None:
    found = fields(empty["formulir-permohonan"])
    for name in ("nama_ktp", "jabatan", "unit_kerja", "email", "tujuan_uraian"):
        assert int(found[name].MaxLen) == sop.form["properties"][name]["maxLength"]
    assert (int(found["nik"].MaxLen), int(found["nip"].MaxLen)) == (16, 18)
    comb = 1 << 24
    assert int(found["nik"].Ff) & comb
    assert not int(found["nama_ktp"].Ff) & comb
    assert str(found["nik"].TU) == "NIK. 16 angka pada KTP-el."
    assert str(found["status_kepegawaian_2"].TU) == "Status kepegawaian: PPPK"


@pytest.mark.parametrize("key", KEYS)
def test_fields_lie_on_the_page_and_over_nothing_else_and_are_gone_through_downwards(
    empty: dict[str, bytes], key: str
) -> None:
    with pikepdf.open(BytesIO(empty[key])) as pdf:
        for page in pdf.pages:
            assert page.Tabs == "/R"
            boxes = [[float(edge) for edge in field.Rect] for field in page.get("/Annots", [])]
            width, height = (float(edge) for edge in page.mediabox[2:])
            for left, bottom, right, top in boxes:
                assert 0 < left < right < width
                assert 60 < bottom < top < height  # the foot is below
                assert right - left >= 9
                assert top - bottom >= 9
            for one, other in itertools.combinations(boxes, 2):
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (one, other)


def test_the_order_of_fields_is_the_order_of_reading(empty: dict[str, bytes]) -> None:
    names = list(fields(empty["surat-permohonan"]))
    body = [
        "opd_lainnya",
        "alamat_opd",
        "tanggal_surat",
        "nomor_surat",
        "sifat_surat",
        "nama_dengan_gelar",
        "nip",
        "nik",
    ]
    assert names[: len(body)] == body
    assert names[-1] == "nip_penanda_tangan"


@pytest.mark.parametrize("key", KEYS)
def test_each_field_can_be_filled_in_and_read_back_with_pypdf_and_pikepdf(empty: dict[str, bytes], key: str) -> None:
    answers = {name: f"Ö{number}" for number, name in enumerate(fields(empty[key]))}
    for fill, read in ((with_pypdf, read_by_pikepdf), (with_pikepdf, read_by_pypdf)):
        filled = fill(empty[key], answers)
        kinds = {name: str(field.FT) for name, field in fields(filled).items()}
        expected = {name: "/Yes" if kinds[name] == "/Btn" else answer for name, answer in answers.items()}
        assert read(filled) == expected


def with_pypdf(content: bytes, answers: dict[str, str]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=BytesIO(content))
    boxes = {name for name, field in fields(content).items() if field.FT == "/Btn"}
    values: Any = {name: "/Yes" if name in boxes else answer for name, answer in answers.items()}
    for page in writer.pages:
        writer.update_page_form_field_values(page, values, auto_regenerate=False)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def with_pikepdf(content: bytes, answers: dict[str, str]) -> bytes:
    target = BytesIO()
    with pikepdf.open(BytesIO(content)) as pdf:
        form = pikepdf.form.Form(pdf, DefaultAppearanceStreamGenerator)
        for name, found in form.items():
            field: Any = found  # the kinds of field have no type in common that could be written to
            if field.is_checkbox:
                field.checked = True
            else:
                field.value = answers[name]
        pdf.save(target)
    return target.getvalue()


def read_by_pypdf(content: bytes) -> dict[str, str]:
    found = pypdf.PdfReader(BytesIO(content)).get_fields() or {}
    return {name: str(field["/V"]) for name, field in found.items()}


def read_by_pikepdf(content: bytes) -> dict[str, str]:
    return {name: str(field.V) for name, field in fields(content).items()}


def test_a_form_that_was_typed_into_can_be_uploaded_and_shows_what_was_typed(empty: dict[str, bytes]) -> None:
    blank, typed = empty["formulir-permohonan"], with_pypdf(empty["formulir-permohonan"], {"nama_ktp": "SITI CONTOH"})
    assert inspection.inspect(typed, inspection.Limits()).media_type == "application/pdf"
    before, after = (picture(content) for content in (blank, typed))
    assert before != after


def picture(content: bytes) -> bytes:
    pages = pypdfium2.PdfDocument(content)
    pages.init_forms()
    return bytes(pages[0].render(scale=1).to_pil().tobytes())


# --- Text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_every_page_bears_what_the_paper_is_its_edition_its_place_and_a_code(papers: Papers, key: str) -> None:
    drawn = sheet(papers, key)
    content = sheet_pdf.draw(drawn)
    pages = pypdfium2.PdfDocument(content)
    for number, page in enumerate(pages, start=1):
        said = " ".join(page.get_textpage().get_text_range().split())
        for wanted in (drawn.note, drawn.edition, drawn.where, f"Halaman {number} dari {len(pages)}"):
            assert wanted in said
    plain = sheet_pdf.draw(sheet(papers, key, site=""))
    assert f"/formulir/#{drawn.paper.anchor}" in text(plain)
    assert "http" not in text(plain)
    assert dark_corner(content) > 0.2 > dark_corner(plain) == 0


def dark_corner(content: bytes) -> float:
    """How much of the corner where the code belongs is dark."""
    page = pypdfium2.PdfDocument(content)[0]
    right, bottom = page.get_width() - 20 / 25.4 * 72, page.get_height()
    corner = (
        page.render(scale=2)
        .to_pil()
        .convert("L")
        .crop((round(2 * right - 80), round(2 * bottom - 110), round(2 * right), round(2 * bottom - 40)))
    )
    pixels: bytes = corner.tobytes()
    return sum(pixel < 100 for pixel in pixels) / len(pixels)


def test_the_portals_form_says_that_it_is_not_the_official_one(empty: dict[str, bytes]) -> None:
    assert text(empty["formulir-permohonan"]).count("bukan formulir resmi BSrE") >= 2


def test_the_known_answers_are_on_the_page_and_the_rest_is_to_be_written(papers: Papers) -> None:
    content = sheet_pdf.draw(sheet(papers, "surat-permohonan", FORM))
    said = text(content)
    for answer in ("SITI RAHASIA", "6473014501900001", "19900105 201503 2 001", "Penata (III/c)", FORM["email"]):
        assert answer in said
    assert "None" not in said
    assert list(fields(content)) == [
        "alamat_opd", "tanggal_surat", "nomor_surat", "sifat_surat",
        "jabatan_penanda_tangan", "nama_penanda_tangan", "pangkat_penanda_tangan", "nip_penanda_tangan",
    ]  # fmt: skip
    assert len(pypdfium2.PdfDocument(content)) == 1


LONG = {
    **FORM,
    "nama_ktp": "RADEN AJENG SITI NURHALIZAH KUSUMANINGTYAS PUTRI PRAWIRODIREDJO",
    "nama_dengan_gelar": "Dr. Ir. Hj. Raden Ajeng Siti Nurhalizah Kusumaningtyas Prawirodiredjo, S.Kom., M.Kom., Ph.D.",
    "jabatan": "Pelaksana Tugas Kepala Subbagian Perencanaan Program, Keuangan, dan Pelaporan Barang Milik Daerah",
    "opd": "Lainnya",
    "opd_lainnya": "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
    "unit_kerja": "Unit Pelaksana Teknis Daerah Laboratorium Kesehatan Masyarakat pada Bidang Pencegahan dan "
    "Pengendalian Penyakit Menular, Kecamatan Tarakan Timur",
    "tujuan": "Lainnya",
    "tujuan_uraian": "Dokumen pengadaan barang dan jasa, kenaikan pangkat, dan laporan keuangan akhir tahun anggaran",
}
"""The longest that names and titles are in earnest."""


@pytest.mark.parametrize("values", [FORM, LONG], ids=["short", "long"])
def test_a_letter_to_be_signed_is_one_page_in_one_typeface_and_nothing_of_the_portal(
    papers: Papers, values: Any
) -> None:
    content = sheet_pdf.draw(sheet(papers, "surat-permohonan", values))
    said = text(content)
    assert len(pypdfium2.PdfDocument(content)) == 1
    for unwanted in ("bukan", "portal", "http", "Versi", "Halaman", "tempat lambang"):
        assert unwanted not in said
    assert dark_corner(content) == 0
    assert typefaces(content) == {"LiberationSans", "LiberationSans-Bold"}


def typefaces(content: bytes) -> set[str]:
    """Of every letter and number on the pages, whatever else the file could write with."""
    found, font = set(), ""
    with pikepdf.open(BytesIO(content)) as pdf:
        for page in pdf.pages:
            for instruction in pikepdf.parse_content_stream(page):
                if str(instruction.operator) == "Tf":
                    font = str(page.Resources.Font[str(instruction.operands[0])].BaseFont).split("+")[-1].lstrip("/")
                elif str(instruction.operator) in ("Tj", "TJ"):
                    found.add(font)
    return found


def test_what_may_be_longer_than_its_line_is_typed_smaller_and_the_rest_as_large_as_the_text(papers: Papers) -> None:
    found = fields(sheet_pdf.draw(sheet(papers, "surat-permohonan", FORM)))
    sizes = {name: str(field.DA).split()[1] for name, field in found.items() if "/DA" in field}
    assert sizes["nama_penanda_tangan"] == sizes["jabatan_penanda_tangan"] == "0"
    assert sizes["sifat_surat"] == sizes["nip_penanda_tangan"] == "11"


def test_what_is_signed_stands_on_the_page_of_the_signature(papers: Papers) -> None:
    pages = pypdfium2.PdfDocument(sheet_pdf.draw(sheet(papers, "formulir-permohonan", FORM)))
    last = pages[len(pages) - 1].get_textpage().get_text_range()
    assert len(pages) == 2
    for wanted in ("Pernyataan pemohon", "Pemohon,", "NIP 19900105 201503 2 001", "Halaman 2 dari 2"):
        assert wanted in last


ODD = {
    "markup": ("<b>Ani</b> &amp; <para/> <font size=99>", "<b>Ani</b> &amp; <para/> <font size=99>"),
    "beyond Latin-1": ("Łukasz Ğ Øystein Ƣ ẞ", "Łukasz Ğ Øystein Ƣ ẞ"),
    "lines": ("satu\ndua\r\ntiga", "satu dua tiga"),
    "percent and backslash": (r"100 % \(a\) %s {x}", r"100 % \(a\) %s {x}"),
    "one long word": ("W" * 150, "W" * 150),
    "right to left": ("Ani كبير B", "Ani □□□□ B"),
    "emoji": ("Ani 😀👩‍💻", "Ani □□"),
    "Chinese": ("Ani 漢字", "Ani □□"),
    "nothing but": ("🙂", "□"),
}


@pytest.mark.parametrize("odd", ODD)
def test_whatever_was_typed_is_shown_or_marked_as_missing(papers: Papers, odd: str) -> None:
    typed, shown = ODD[odd]
    values = {
        **FORM,
        "jabatan": typed,
        "nama_ktp": typed,
        "opd": "Lainnya",
        "opd_lainnya": typed,
        "tujuan_uraian": typed,
    }
    for key in ("surat-permohonan", "formulir-permohonan"):
        content = sheet_pdf.draw(sheet(papers, key, values))
        said = re.sub(r"\s", "", text(content))
        assert re.sub(r"\s", "", shown)[:90] in said
        assert ("menggantikanhurufyangtidakdapatdicetak" in said) is ("□" in shown)


@pytest.mark.parametrize("key", KEYS)
def test_answers_as_long_as_they_may_be_and_longer_stay_between_the_margins(papers: Papers, sop: Sop, key: str) -> None:
    longest = {name: ("X" if number % 2 else "panjang ") * 5000 for number, name in enumerate(sop.form["properties"])}
    content = sheet_pdf.draw(sheet(papers, key, {**longest, "status_kepegawaian": "PNS", "opd": "Lainnya"}))
    pages = pypdfium2.PdfDocument(content)
    assert len(pages) <= 5
    for page in pages:
        pixels = page.render(scale=1).to_pil().convert("L").point(lambda tone: 255 * (tone < 200))
        left, top, right, bottom = pixels.getbbox()
        assert 40 < left < right < page.get_width() - 40
        assert 20 < top < bottom < page.get_height() - 10


# --- The file -------------------------------------------------------------------------------------------------------


def test_the_same_paper_is_the_same_file(papers: Papers) -> None:
    for values in (None, FORM):
        assert len({sheet_pdf.draw(sheet(papers, "formulir-permohonan", values)) for _ in range(2)}) == 1


def test_the_file_says_what_it_is_in_which_language_and_nothing_personal(papers: Papers) -> None:
    content = sheet_pdf.draw(sheet(papers, "surat-permohonan", FORM))
    told = pypdf.PdfReader(BytesIO(content)).metadata
    assert told is not None
    assert (told.title, told.author) == ("Surat permohonan", "DKISP Kota Tarakan")
    assert not re.search("rahasia|6473|1990", " ".join(str(fact) for fact in told.values()), re.IGNORECASE)
    with pikepdf.open(BytesIO(content)) as pdf:
        assert str(pdf.Root.Lang) == "id"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle == True  # noqa: E712
        assert {"/JavaScript", "/OpenAction", "/Names"} & set(pdf.Root.keys()) == set()
