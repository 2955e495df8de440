"""The SOP as a PDF: all of the office's text on A4, the same bytes every time, and a code that leads to its page."""

import copy
import io
from collections.abc import Iterator
from typing import Any, cast

import pikepdf
import pypdfium2
import pytest
import segno

from portal.core.sop import Sop
from portal.core.sop import parse as parse_sop
from portal.papers.sop_paper import Source, print_sop
from portal.papers.sop_parts import FOOT, SIDE
from portal.site import publish
from tests.support.sop_texts import collapsed

ADDRESS = "https://tte.example.go.id/sop/"
QR = 48


def printed(edition: Sop, **given: Any) -> bytes:
    return print_sop(Source(**{"sop": edition, "address": ADDRESS, "rehearsal": False, "notes": True, **given}))


def words(content: bytes) -> list[str]:
    """What each page says."""
    document = pypdfium2.PdfDocument(content)
    return [collapsed(page.get_textpage().get_text_range().replace("\ufffe", "")) for page in document]


@pytest.fixture(scope="module")
def paper(sop: Sop) -> bytes:
    return printed(sop)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def test_every_string_of_the_offices_text_is_on_the_paper(paper: bytes, sop: Sop) -> None:
    """White space aside: a line of the paper may end anywhere between words."""
    said = "".join("".join(words(paper)).split())
    wanted = [*strings(sop.data["text"]), *(each for step in sop.data["steps"] for each in strings(step["text"]))]
    assert [each for each in wanted if "".join(each.split()) not in said] == []


def test_the_same_sop_and_address_give_the_same_bytes_and_others_do_not(paper: bytes, sop: Sop) -> None:
    assert printed(sop) == paper
    assert printed(sop, address="https://lain.example.go.id/sop/") != paper


def test_the_file_says_what_it_is_in_which_language_and_where_its_parts_begin(paper: bytes, sop: Sop) -> None:
    with pikepdf.open(io.BytesIO(paper)) as pdf, pdf.open_outline() as outline:
        assert str(pdf.Root.Lang) == "id-ID"
        assert str(pdf.docinfo["/Title"]) == " ".join(sop.data["text"]["title"])
        assert str(pdf.docinfo["/Author"]) == sop.data["office"]["name"]
        assert sop.data["text"]["number"] in str(pdf.docinfo["/Subject"])
        marks = [
            (str(item.title), pdf.pages.index(pikepdf.Page(cast(pikepdf.Array, item.destination)[0])))
            for item in outline.root
        ]
    titles = sop.data["paper"]
    assert marks == [(titles["identity"], 0), (titles["steps"], 1), (titles["chart"], 3), (titles["notes"], 5)]


def test_every_page_is_a4_across_and_says_which_it_is_of_which_sop(paper: bytes, sop: Sop) -> None:
    document = pypdfium2.PdfDocument(paper)
    assert {tuple(map(round, page.get_size())) for page in document} == {(842, 595)}
    for number, said in enumerate(words(paper), start=1):
        assert f"Halaman {number} dari {len(document)}" in said
        for fact in (sop.data["text"]["number"], sop.data["text"]["approved"], sop.version[:12], ADDRESS):
            assert fact in said


def test_the_code_on_each_page_leads_to_the_sops_own_page(paper: bytes) -> None:
    """The modules as a camera sees them are those of the address."""
    wanted = segno.make_qr(ADDRESS, error="m").matrix
    for page in pypdfium2.PdfDocument(paper):
        scale = 3
        image = page.render(scale=scale).to_pil().convert("L")
        size = QR / len(wanted)
        seen = [
            tuple(
                image.getpixel((
                    int((SIDE + (column + 0.5) * size) * scale),
                    int(image.height - (FOOT - 6 - (row + 0.5) * size) * scale),
                )) < 128
                for column in range(len(wanted))
            )
            for row in range(len(wanted))
        ]  # fmt: skip
        assert seen == [tuple(map(bool, row)) for row in wanted]


def test_an_address_of_the_rehearsal_is_not_taken_for_the_offices_own(sop: Sop) -> None:
    assert "Alamat latihan, bukan alamat resmi" in words(printed(sop, rehearsal=True))[0]
    assert "latihan" not in "".join(words(printed(sop)))


def test_the_address_is_the_configurations(sop: Sop) -> None:
    known = words(publish.sop_file(sop, "https://tte.example.go.id/", notes=True).content)[0]
    unknown = words(publish.sop_file(sop, "", notes=True).content)[0]
    assert f"Halaman SOP ini: {ADDRESS}" in known
    assert "bukan alamat resmi: http://localhost:8000/sop/" in unknown


def test_the_table_turns_the_page_where_the_offices_own_does(paper: bytes) -> None:
    first, second = words(paper)[1:3]
    assert "Mulai" in first
    assert "4." in first
    assert "Selesai" in second
    assert "pengajuan ke Bagian Layanan BSRE" in second


def test_the_offices_signs_stand_on_the_paper_in_their_columns(paper: bytes, sop: Sop) -> None:
    """Left of the Verifikator's column, or in it; once for each time that the office's text has them."""
    seen = []
    for page in (pypdfium2.PdfDocument(paper)[number] for number in (1, 2)):
        text = page.get_textpage()
        said = text.get_text_range()
        for sign in ("↓ ↓", "Selesai"):
            seen += [(sign, text.get_charbox(at)[0] > 450) for at in positions(said, sign)]
    assert sorted(seen) == [("Selesai", False), ("↓ ↓", False), ("↓ ↓", True), ("↓ ↓", True)]


def positions(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def test_without_notes_it_is_the_offices_text_alone(sop: Sop) -> None:
    said = " ".join(words(printed(sop, notes=False)))
    assert "Catatan portal" not in said
    assert "Lengkap?" not in said
    assert "Penyerahan" in said


@pytest.mark.long
def test_a_sop_with_many_long_steps_and_laws_goes_on_over_the_pages(sop: Sop) -> None:
    data = copy.deepcopy(dict(sop.data))
    middle = [{**copy.deepcopy(data["steps"][1]), "key": f"telaah_{number}"} for number in range(12)]
    for step in middle:
        step["text"]["activity"] = f"{step['text']['activity']} " * 4
    data["steps"][2:2] = middle
    data["text"]["legal_basis"] *= 4
    long = parse(data, sop)
    content = printed(long)
    said = words(content)
    assert len(said) > 9
    assert "".join(said).count("Peraturan Presiden No. 39 Tahun 2019") == 4
    for page in pypdfium2.PdfDocument(content):
        foot = page.get_textpage().get_text_bounded(top=FOOT - 2)
        assert collapsed(foot).startswith("SOP nomor")


@pytest.mark.long
def test_a_text_taller_than_a_page_goes_on_over_the_pages_and_stays_above_their_feet(sop: Sop) -> None:
    data = copy.deepcopy(dict(sop.data))
    data["steps"][1]["text"]["activity"] = "satusatu " * 999
    data["text"]["warning"] = "duadua " * 2999
    data["notes"][0]["text"] = "tigatiga " * 4999
    content = printed(parse(data, sop))
    said = " ".join(words(content))
    assert [said.count(f"{each} ") for each in ("satusatu", "duadua", "tigatiga")] == [999, 2999, 4999]
    for page in pypdfium2.PdfDocument(content):
        text = page.get_textpage()
        assert collapsed(text.get_text_bounded(top=FOOT - 2)).startswith("SOP nomor")
        boxes = [text.get_charbox(number) for number in range(text.count_chars())]
        assert max(top for _, _, _, top in boxes) < page.get_height() - 30


def parse(data: Any, edition: Sop) -> Sop:
    return parse_sop(data, edition.form)


def test_words_with_signs_of_markup_are_printed_as_they_are(sop: Sop) -> None:
    data = copy.deepcopy(dict(sop.data))
    data["text"]["warning"] = "Bila <b>A & B</b> terlambat"
    assert "Bila <b>A & B</b> terlambat" in words(printed(parse(data, sop)))[0]
