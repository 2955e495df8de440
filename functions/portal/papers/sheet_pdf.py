"""Draws a sheet as PDF on A4: what is known as text, what is not as a dotted line under a field to type into.

Fields carry their own appearance, so that no reader has to make one up; no scripts, no XFA. The same sheet gives the
same bytes.
"""

from collections.abc import Iterator
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfdoc import PDFName, PDFPage
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    HRFlowable,
    KeepTogether,
    Paragraph,
    Spacer,
    Table,
)

from portal.papers import qr
from portal.papers.pages import print_pages
from portal.papers.sheet_parts import Cells, TickBoxes, WritingLine, WritingRoom
from portal.papers.sheets import (
    Blank,
    Boxes,
    Column,
    Items,
    Letterhead,
    Line,
    Row,
    Rows,
    Sheet,
    Signatures,
    Single,
    Text,
)
from portal.papers.typeface import LEADING, Pen, ink, muted, style

_LEFT, _RIGHT, _TOP, _BOTTOM = 25 * mm, 20 * mm, 16 * mm, 29 * mm  # margins; the foot stands in the lower one
_WIDTH = A4[0] - _LEFT - _RIGHT
_QR = 16 * mm
_BODY, _FORM = 10.5, 9.5  # points: the text of letters, that of forms


def draw(sheet: Sheet) -> bytes:
    """The sheet as a PDF file."""
    return print_pages(
        lambda: _story(sheet),
        lambda canvas, pages: _draw_foot(canvas, sheet, pages),
        A4,
        (_LEFT, _BOTTOM, _WIDTH, A4[1] - _TOP - _BOTTOM),
        _Pages,
        title=sheet.paper.title,
        author=sheet.author,
        subject=sheet.note,
        keywords=sheet.edition,
        lang="id",
    )


class _Pages(Canvas):
    """Pages whose fields are gone through row by row."""

    def _setAnnotations(self, page: Any) -> None:
        super()._setAnnotations(page)
        if isinstance(page, PDFPage):  # and no drawing that pages share
            page.Tabs = PDFName("R")
            page.__NoDefault__ = [*page.__NoDefault__, "Tabs"]  # the keys that reportlab writes


def _draw_foot(canvas: Canvas, sheet: Sheet, pages: int) -> None:
    canvas.saveState()
    canvas.setStrokeColor(muted())
    canvas.setLineWidth(0.4)
    canvas.line(_LEFT, _BOTTOM - 5 * mm, A4[0] - _RIGHT, _BOTTOM - 5 * mm)
    has_code = sheet.where.startswith("http")
    look = style(7.2, textColor=muted())
    page = sheet.words["page"].format(page=canvas.getPageNumber(), pages=pages)
    text = Pen().write("\n".join((sheet.note, f"{sheet.edition} {page}.", sheet.where)), look)
    _, height = text.wrap(_WIDTH - (_QR + 4 * mm if has_code else 0), _BOTTOM)
    text.drawOn(canvas, _LEFT, _BOTTOM - 6.5 * mm - height)
    if has_code:
        canvas.setFillColor(ink())
        qr.draw(canvas, sheet.where, A4[0] - _RIGHT - _QR, _BOTTOM - 6 * mm - _QR, _QR)
    canvas.restoreState()


# --- Blocks ----------------------------------------------------------------------------------------------------------


def _story(sheet: Sheet) -> Iterator[Flowable]:
    pen = Pen()
    blocks: list[Flowable] = []
    for block in sheet.blocks:
        match block:
            case Letterhead():
                blocks += _letterhead(block, pen)
            case Text():
                blocks += _text(block, pen)
            case Single():
                blocks += [_line(block.row, pen, 72 * mm, block.align), Spacer(1, 3 * mm)]
            case Rows():
                blocks += [_ruled(block, pen) if block.is_ruled else _plain(block, pen), Spacer(1, 3 * mm)]
            case Items():
                blocks += [*_items(block, pen), Spacer(1, 2 * mm)]
            case Signatures():
                blocks.append(KeepTogether([Spacer(1, 3 * mm), _signatures(block, pen)]))
    yield from blocks
    if pen.has_missing:
        yield from (Spacer(1, 4 * mm), pen.write(sheet.words["unprintable"], style(8.5, textColor=muted())))
    if sheet.is_shortened:
        yield from (Spacer(1, 2 * mm), pen.write(sheet.words["shortened"], style(8.5, textColor=muted())))


def _letterhead(block: Letterhead, pen: Pen) -> Iterator[Flowable]:
    """The institution, below it the office in bold, then where it is; closed by the double rule."""
    for number, line in enumerate(block.lines):
        size = (12, 13, 9)[min(number, 2)]
        if isinstance(line, Blank) and not line.value:
            yield Spacer(1, 2)
            yield WritingLine(line, pen, size, 125 * mm, "center", has_caption=True)
        else:
            text = line if isinstance(line, str) else line.value
            yield pen.write(text, style(size, bold=number == 1, alignment=1))
    yield Spacer(1, 1.5 * mm)
    yield HRFlowable(_WIDTH, 1.6, color=ink(), spaceBefore=0, spaceAfter=1.2)
    yield HRFlowable(_WIDTH, 0.5, color=ink(), spaceBefore=0, spaceAfter=4 * mm)


def _text(block: Text, pen: Pen) -> Iterator[Flowable]:
    match block.style:
        case "title":
            yield pen.write(block.text, style(12.5, bold=True, alignment=1))
            yield Spacer(1, 3.5 * mm)
        case "heading":
            yield CondPageBreak(22 * mm)  # not alone at the end of a page
            yield pen.write(block.text, style(10.5, bold=True))
            yield Spacer(1, 1.2 * mm)
        case "small":
            yield pen.write(block.text, style(8.5, textColor=muted()))
            yield Spacer(1, 2 * mm)
        case "notice":
            border = {"borderWidth": 0.8, "borderColor": ink(), "borderPadding": 4, "leftIndent": 5, "rightIndent": 5}
            yield pen.write(block.text, style(8.5, bold=True, alignment=1, **border))
            yield Spacer(1, 4 * mm)
        case _:
            yield pen.write(block.text, style(_BODY))
            yield Spacer(1, 2.5 * mm)


def _plain(block: Rows, pen: Pen) -> Table:
    """Labels and what follows the colon, as in a letter."""
    look = style(_BODY)
    indent = 8 * mm if block.is_indented else 0
    cells = [["", pen.write(row.label, look), pen.write(":", look), _answer(row, pen, _BODY)] for row in block.rows]
    table = Table(cells, [indent, 41 * mm, 4 * mm, _WIDTH - indent - 45 * mm], hAlign="LEFT")
    open_rows = (number for number, row in enumerate(block.rows) if isinstance(row, Blank) and not row.value)
    room = [("TOPPADDING", (0, number), (-1, number), 3) for number in open_rows]
    table.setStyle([*_PADDING, ("VALIGN", (0, 0), (-1, -1), "TOP"), *room])
    return table


def _ruled(block: Rows, pen: Pen) -> Table:
    """A form's table: the question with its hint, and room for the answer."""
    everywhere = (0, 0), (-1, -1)
    table = Table([_ruled_row(row, pen) for row in block.rows], [57 * mm, _WIDTH - 57 * mm], hAlign="LEFT")
    # A statement to tick has no question beside it.
    spans = [("SPAN", (0, number), (1, number)) for number, row in enumerate(block.rows) if not row.label]
    table.setStyle(
        [
            ("GRID", *everywhere, 0.5, muted()),
            ("VALIGN", *everywhere, "MIDDLE"),
            ("TOPPADDING", *everywhere, 2.2),
            ("BOTTOMPADDING", *everywhere, 2.8),
            ("LEFTPADDING", *everywhere, 4),
            ("RIGHTPADDING", *everywhere, 4),
            *spans,
        ]
    )
    return table


def _ruled_row(row: Row, pen: Pen) -> list[Any]:
    answer = _answer(row, pen, _FORM, is_ruled=True)
    hint = row.hint if isinstance(row, Boxes) or not row.value else ""
    question = [pen.write(row.label, style(_FORM, bold=True))] if row.label else []
    if hint:
        question.append(pen.write(hint, style(7.6, textColor=muted())))
    return [question, answer] if row.label else [[answer, *question], ""]


def _answer(row: Row, pen: Pen, size: float, is_ruled: bool = False) -> Flowable:
    if isinstance(row, Boxes):
        return TickBoxes(row.boxes, row.label, pen, style(size), is_settled=row.is_settled)
    if is_ruled and row.cells and (not row.value or _fills_cells(row)):
        return Cells(row, pen)
    if row.value or row.is_fixed:
        return pen.write(row.value, style(size))
    return WritingRoom(row, pen) if is_ruled else WritingLine(row, pen, size)


def _fills_cells(row: Blank) -> bool:
    digits = row.value.replace(" ", "")
    return len(digits) == row.cells and digits.isascii() and digits.isdigit()


def _items(block: Items, pen: Pen) -> Iterator[Flowable]:
    look = style(_BODY, leftIndent=8 * mm, bulletIndent=2 * mm)
    for number, item in enumerate(block.items, start=1):
        yield Paragraph(pen.write(item, look).text, look, bulletText=f"{number}.")


def _signatures(block: Signatures, pen: Pen) -> Table:
    columns: list[Any] = [_column(column, pen) for column in block.columns]
    if len(columns) == 1:
        columns = ["", *columns]
    table = Table([columns], [_WIDTH * 0.5] * 2, hAlign="LEFT")
    table.setStyle([*_PADDING, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("RIGHTPADDING", (0, 0), (0, 0), 8 * mm)])
    return table


def _column(column: Column, pen: Pen) -> list[Flowable]:
    room = [Spacer(1, 8 * mm), pen.write(column.room, style(8, textColor=muted())), Spacer(1, 8 * mm)]
    return [*_lines(column.above, pen), *room, *_lines(column.below, pen)]


def _lines(lines: tuple[Line, ...], pen: Pen) -> Iterator[Flowable]:
    for line in lines:
        yield Spacer(1, 3 if isinstance(line, Blank) and not line.value else 0)
        yield _line(line, pen)


def _line(line: Line, pen: Pen, width: float = 0, align: str = "left") -> Flowable:
    """A line by itself: what it says, or what is to be written there."""
    if isinstance(line, str):
        return pen.write(line, style(_BODY)) if line else Spacer(1, _BODY * LEADING + 3)
    if line.value:
        look = style(_BODY, alignment={"left": 0, "right": 2}[align])
        return pen.write(" ".join(filter(None, (line.prefix, line.value + line.suffix))), look)
    return WritingLine(line, pen, _BODY, width, align, has_caption=not line.prefix)


_PADDING: Final = (
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0.6),
)
