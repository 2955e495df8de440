"""Draws the annex of a letter for several people: a table whose head stands on each of its pages."""

from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Table

from portal.papers.sheets import People
from portal.papers.typeface import Pen, muted

NUMBER: Final = 8
"""Millimetres of the column with the numbers."""

_SIZE: Final = 8.5  # points


def people(block: People, pen: Pen) -> Table:
    bold, plain = pen.look(_SIZE, bold=True), pen.look(_SIZE)
    head = [pen.write("No", bold), *(pen.write(each, bold) for each in block.heads)]
    rows = [[pen.write(str(number), plain), *(_cell(lines, pen) for lines in row)] for number, row in numbered(block)]
    table = Table([head, *rows], [width * mm for width in (NUMBER, *block.widths)], repeatRows=1, hAlign="LEFT")
    everywhere = (0, 0), (-1, -1)
    table.setStyle(
        [
            ("GRID", *everywhere, 0.5, muted()),
            ("VALIGN", *everywhere, "TOP"),
            *((side, *everywhere, 2.5) for side in ("TOPPADDING", "BOTTOMPADDING", "LEFTPADDING", "RIGHTPADDING")),
        ]
    )
    return table


def numbered(block: People) -> Any:
    """Each row with its number, from 1."""
    return enumerate(block.rows, 1)


def _cell(lines: tuple[str, ...], pen: Pen) -> list[Paragraph]:
    return [pen.write(line, pen.look(_SIZE)) for line in lines]
