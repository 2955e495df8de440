"""Draws the annex of a letter for several people: a table whose head stands on each of its pages."""

from collections.abc import Sequence
from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Table

from portal.papers.sheets import People
from portal.papers.typeface import Pen, muted

NUMBER: Final = 8
"""Millimetres of the column with the numbers."""

WITH_SIGNATURE: Final = 2
"""Rows of people on the page of the signature below them, at least."""

_PADDING: Final = ("TOPPADDING", "BOTTOMPADDING", "LEFTPADDING", "RIGHTPADDING")
_SIZE: Final = 8.5  # points


def people(block: People, pen: Pen, signed: Sequence[Flowable] = ()) -> Table:
    """Args: ``signed``: stands below the table, and never alone on a page."""
    bold, plain = pen.look(_SIZE, bold=True), pen.look(_SIZE)
    head = [pen.write("No", bold), *(pen.write(each, bold) for each in block.heads)]
    rows = [[pen.write(str(number), plain), *(_cell(lines, pen) for lines in row)] for number, row in numbered(block)]
    rest = [[list(signed), *[""] * len(block.widths)]] if signed else []
    table = Table([head, *rows, *rest], [width * mm for width in (NUMBER, *block.widths)], repeatRows=1, hAlign="LEFT")
    everywhere = (0, 0), (-1, -1)
    named, below = ((0, 0), (-1, len(rows))), ((0, len(rows) + 1), (-1, -1))
    table.setStyle(
        [
            ("GRID", *named, 0.5, muted()),
            ("VALIGN", *everywhere, "TOP"),
            *((side, *named, 2.5) for side in _PADDING),
        ]
    )
    if signed:
        table.setStyle([("SPAN", *below), *((side, *below, 0) for side in _PADDING)])
        table.setStyle([("NOSPLIT", (0, max(len(rows) - WITH_SIGNATURE + 1, 1)), (-1, -1))])
    return table


def numbered(block: People) -> Any:
    """Each row with its number, from 1."""
    return enumerate(block.rows, 1)


def _cell(lines: tuple[str, ...], pen: Pen) -> list[Paragraph]:
    return [pen.write(line, pen.look(_SIZE)) for line in lines]
