"""Every letter that a form takes can be printed."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from portal.forms.printable import unprintable
from portal.papers.typeface import BOLD, Pen, balanced, font
from tests.support.answers import FORM, PNS, TODAY


def test_the_typeface_has_every_letter_that_counts_as_printable_in_both_weights() -> None:
    from reportlab.pdfbase import pdfmetrics

    letters = "".join(map(chr, (*range(0x20, 0xD800), *range(0xE000, sys.maxunicode + 1))))
    no = set(unprintable(letters))
    font()
    bold = pdfmetrics.getFont(BOLD).face.charToGlyph
    taken = "".join(letter for letter in letters if letter not in no)
    assert Pen().shown(taken) == taken
    assert [letter for letter in taken if ord(letter) not in bold] == []
    assert len(taken) > 1000


@given(st.sampled_from(["nama_ktp", "nama_dengan_gelar", "jabatan", "unit_kerja", "tujuan_uraian"]), st.text())
def test_whatever_a_form_takes_stands_on_its_papers_as_it_was_typed(name: str, typed: str) -> None:
    values = FORM.clean({**PNS, name: "S" + typed})
    if not [found for found in FORM.check(values, TODAY) if found.field == name and not found.passable]:
        assert Pen().shown(str(values[name])) == values[name]


def test_a_head_of_two_lines_has_no_word_alone_on_the_second() -> None:
    long = "DINAS KOMUNIKASI INFORMATIKA STATISTIK DAN PERSANDIAN"
    assert balanced(long, 13, 331) == "DINAS KOMUNIKASI INFORMATIKA\nSTATISTIK DAN PERSANDIAN"
    assert balanced("DINAS KESEHATAN", 13, 331) == "DINAS KESEHATAN"
    assert balanced("X" * 90, 13, 331) == "X" * 90
    assert balanced(f"{'X' * 90} Y", 13, 331).split() == ["X" * 90, "Y"]
