"""What the SOP's paper is put together from: the room on its pages, text, ruled tables, bookmarks."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

from reportlab.lib.colors import black
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Table

from portal.papers.typeface import Pen, style

PAGE: Final = (841.89, 595.28)
"""A4 across, in points."""
SIDE, TOP, FOOT = 42.5, 34.0, 66.0
"""Margins; the foot stands in the lower one."""
ROOM, HIGH = PAGE[0] - 2 * SIDE, PAGE[1] - TOP - FOOT
"""Width and height between the margins."""
WRITTEN: Final = (SIDE, FOOT, ROOM, HIGH)
"""What lies between them: left, bottom, width and height."""
PAD: Final = 4.0
"""Between a line of a table and what is written beside it."""


def write(pen: Pen, text: str, size: float = 8.5, bold: bool = False, centred: bool = False) -> Paragraph:
    return pen.write(text, _style(size, bold=bold, alignment=1 if centred else 0))


def write_item(pen: Pen, number: int, text: str) -> Paragraph:
    look = _style(8.5, leftIndent=16, bulletFontSize=8.5)
    return Paragraph(escape(pen.shown(text)), look, bulletText=f"{number}.")


def _style(size: float, **more: Any) -> ParagraphStyle:
    return style(size, leading=size * 1.22, textColor=black, **more)


def grid(first: tuple[int, int] = (0, 0), last: tuple[int, int] = (-1, -1)) -> tuple[Any, ...]:
    """Lines around the cells of a table, from one (column, row) to another; -1 is the last."""
    return "GRID", first, last, 0.5, black


def table(rows: Sequence[Sequence[Any]], widths: Sequence[float], *style: tuple[Any, ...]) -> Table:
    """A table as reportlab takes it, its text at the top of each cell and clear of the lines."""
    whole = (0, 0), (-1, -1)
    sides = ((f"{side}PADDING", *whole, PAD) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM"))
    return Table(rows, widths, style=[("VALIGN", *whole, "TOP"), *sides, *style])


def row(*cells: Any, widths: Sequence[float]) -> Table:
    """A ruled row that stays whole where a page has room for it; a taller one goes on over pages."""
    alone = table([cells], widths, grid())
    alone.splitInRow = alone.wrap(ROOM, HIGH)[1] > HIGH
    return alone


class Bookmark(Flowable):
    """A bookmark to what begins here; it takes no room."""

    def __init__(self, key: str, title: str) -> None:
        super().__init__()
        self._key, self._title = key, title

    def draw(self) -> None:
        self.canv.bookmarkPage(self._key)
        self.canv.addOutlineEntry(self._title, self._key)
