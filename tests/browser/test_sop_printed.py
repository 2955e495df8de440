"""The SOP's page on paper, as whoever prints it from the browser gets it."""

import pypdfium2
import pytest

from portal.core.sop import Sop
from tests.support.chromium import Person
from tests.support.in_chromium import Someone

pytestmark = [pytest.mark.browser]


def printed(me: Person, name: str) -> tuple[list[str], list[bool]]:
    """What each page says, and whether it stands upright."""
    document = pypdfium2.PdfDocument(me.print(name))
    said = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    return said, [page.get_width() < page.get_height() for page in document]


def test_each_part_has_a_page_on_which_all_of_it_stands(someone: Someone, sop: Sop) -> None:
    me = someone()
    me.go("/sop/")
    (head, table, chart, notes, beyond), upright = printed(me, "sop")
    assert upright == [False, False, True, False, False]
    assert all(line in head for line in sop.data["text"]["legal_basis"])
    assert all(" ".join(step.text["activity"].split()) in table for step in sop.steps)
    words = sop.data["chart"]
    assert all(each in chart for each in (words["start"], words["end"], *words["legend"].values()))
    assert all(f"{number}." in chart for number in range(1, len(sop.steps) + 1))
    assert all(note["about"] in notes for note in sop.data["notes"] if note["public"])
    assert all(reason.label in beyond for action in ("return", "reject") for reason in sop.reasons_for(action))


def test_what_the_portal_adds_is_left_out_where_it_is_put_away(someone: Someone) -> None:
    me = someone()
    me.go("/sop/")
    me.page.get_by_label("Tampilkan catatan dan tambahan portal").uncheck()
    said, upright = printed(me, "sop-naskah")
    assert upright == [False, False, True]
    assert "Lengkap?" not in " ".join(said)
    assert "Catatan portal" not in " ".join(said)
