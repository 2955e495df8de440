"""The verbatim strings of the SOP file against the office's own text, of which ``naskah_sop.txt`` is a copy.

Compared is everything: put back in the office's order, the strings are the whole text, letter by letter, misspellings
and capitals included. Left aside are white space and the marks of the text's conversion (``LEFT_BY_CONVERSION``).
"""

import copy
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.places import SCHEMAS
from tests.support.sop_texts import OFFICE_TEXT, marks, office_rows, office_text, put_together

SOP = tomllib.loads((SCHEMAS / "penerbitan/sop.toml").read_text("utf-8"))


def places(value: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where the strings are within tables and lists."""
    if isinstance(value, str):
        yield path
    else:
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, *path, key)


VERBATIM = [*places(SOP["text"], "text")]
VERBATIM += [
    place for number, step in enumerate(SOP["steps"]) for place in places(step["text"], "steps", number, "text")
]


def changed(place: tuple[str | int, ...], letter: int, to: str) -> dict[str, Any]:
    """The SOP with one letter of one string replaced."""
    sop: dict[str, Any] = copy.deepcopy(SOP)
    holder: Any = sop
    for key in place[:-1]:
        holder = holder[key]
    said = holder[place[-1]]
    holder[place[-1]] = said[:letter] + to + said[letter + 1 :]
    return sop


def test_the_sop_file_holds_the_offices_text_and_nothing_else() -> None:
    assert put_together(SOP) == office_text()


def test_each_sign_stands_in_the_row_and_the_column_where_it_stands_in_the_offices_table() -> None:
    rows = [row for step in SOP["steps"] for row in (*step["text"].get("above", ()), step["text"])]
    assert [[row.get("number", ""), *marks(SOP, row)] for row in rows] == [[row[0], *row[2:7]] for row in office_rows()]
    assert [row[0] for row in office_rows() if any(row[2:7])] == ["", "5.", "6.", "7."]


def test_the_copy_of_the_offices_text_is_whole() -> None:
    text = OFFICE_TEXT.read_text("utf-8")
    assert len(text.encode()) == 4668
    assert office_text().startswith("STANDAR OPERASIONAL PROSEDUR PENERBITAN SERTIFIKAT ELEKTRONIK")
    assert office_text().endswith("10 Menit Surat telah diarsipkan")


@pytest.mark.parametrize("place", VERBATIM, ids=lambda place: ".".join(map(str, place)))
def test_a_changed_letter_is_noticed_in_whatever_string_it_is(place: tuple[str | int, ...]) -> None:
    whole: Any = SOP
    for key in place:
        whole = whole[key]
    for letter in (0, len(whole) // 2, len(whole) - 1):
        for to in ("", "~", whole[letter].swapcase()):
            if whole[letter].strip() and to != whole[letter]:
                assert put_together(changed(place, letter, to)) != office_text()
