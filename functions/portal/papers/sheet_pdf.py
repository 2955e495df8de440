"""Draws a sheet as PDF on A4: what is known as text, what is not as a dotted line under a field to type into.

Fields carry their own appearance, so that no reader has to make one up; no scripts, no XFA. The same sheet gives the
same bytes.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
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
    PageBreak,
    Paragraph,
    Spacer,
    Table,
)

from portal.papers import qr
from portal.papers.pages import count_pages, print_pages
from portal.papers.sheet_parts import Cells, Emblem, TickBoxes, WritingLine, WritingRoom
from portal.papers.sheet_people import people
from portal.papers.sheets import (
    Blank,
    Block,
    Boxes,
    Column,
    Items,
    Letterhead,
    Line,
    People,
    Row,
    Rows,
    Sheet,
    Signatures,
    Single,
    Text,
)
from portal.papers.typeface import LEADING, PLAIN, Pen, balanced, ink, muted, style

_LEFT, _RIGHT, _TOP, _BOTTOM = 25 * mm, 20 * mm, 16 * mm, 29 * mm  # margins; the foot stands in the lower one
_WIDTH = A4[0] - _LEFT - _RIGHT
_QR = 16 * mm
_BARE = 20 * mm  # the lower margin of a paper that is signed: its foot says nothing but which page it is
_BODY, _FORM = 11, 9.5  # points: the text of letters, that of forms
_EMBLEM, _EMBLEM_HIGH = 24 * mm, 23 * mm  # its place beside a letterhead; what is on the other side of that is as wide
_SCALES: Final = (1, 0.95, 0.9, 0.85)
"""How large everything may be written: as usual, or down to what a photograph of the page still shows."""


def draw(sheet: Sheet) -> bytes:
    """The sheet as a PDF file."""
    scale = fitting(sheet)
    return print_pages(
        lambda: _story(sheet, scale),
        lambda canvas, pages: _draw_foot(canvas, sheet, pages),
        A4,
        _room(sheet),
        _Pages,
        title=sheet.paper.title,
        author=sheet.author,
        subject=sheet.note,
        keywords=sheet.edition,
        lang="id",
    )


def fitting(sheet: Sheet) -> float:
    """The largest scale at which the sheet keeps to its pages; the usual one, where none does or nobody signs it."""
    if not sheet.pages or sheet.is_sample:
        return _SCALES[0]
    kept = (each for each in _SCALES if count_pages(_story(sheet, each), A4, _room(sheet), _Pages) <= sheet.pages)
    return next(kept, _SCALES[0])


def _room(sheet: Sheet) -> tuple[float, float, float, float]:
    bottom = _BOTTOM if sheet.is_sample else _BARE
    return _LEFT, bottom, _WIDTH, A4[1] - _TOP - bottom


class _Pages(Canvas):
    """Pages whose fields are gone through row by row."""

    def _setAnnotations(self, page: Any) -> None:
        super()._setAnnotations(page)
        if isinstance(page, PDFPage):  # and no drawing that pages share
            page.Tabs = PDFName("R")
            page.__NoDefault__ = [*page.__NoDefault__, "Tabs"]  # the keys that reportlab writes


def _draw_foot(canvas: Canvas, sheet: Sheet, pages: int) -> None:
    page = sheet.words["page"].format(page=canvas.getPageNumber(), pages=pages)
    if not sheet.is_sample:
        if pages > 1:
            canvas.setFont(PLAIN, 8)
            canvas.drawRightString(A4[0] - _RIGHT, _BARE - 8 * mm, page)
        return
    canvas.saveState()
    canvas.setStrokeColor(muted())
    canvas.setLineWidth(0.4)
    canvas.line(_LEFT, _BOTTOM - 5 * mm, A4[0] - _RIGHT, _BOTTOM - 5 * mm)
    has_code = sheet.where.startswith("http")
    look = style(7.2, textColor=muted())
    text = Pen().write("\n".join((sheet.note, f"{sheet.edition} {page}.", sheet.where)), look)
    _, height = text.wrap(_WIDTH - (_QR + 4 * mm if has_code else 0), _BOTTOM)
    text.drawOn(canvas, _LEFT, _BOTTOM - 6.5 * mm - height)
    if has_code:
        canvas.setFillColor(ink())
        qr.draw(canvas, sheet.where, A4[0] - _RIGHT - _QR, _BOTTOM - 6 * mm - _QR, _QR)
    canvas.restoreState()


# --- Blocks ----------------------------------------------------------------------------------------------------------


def _story(sheet: Sheet, scale: float) -> Iterator[Flowable]:
    pen = Pen(scale)
    parts = [list(_flowables(block, pen)) for block in sheet.blocks]
    match sheet.blocks:
        case (*_, People() as annex, Signatures()):
            parts[-2:] = [list(_annex(annex, pen, parts[-1])), []]
    yield from chain(*parts[: sheet.ending])
    if ending := list(chain(*parts[sheet.ending :])):
        yield KeepTogether(ending)
    if pen.has_missing:
        yield from (Spacer(1, 4 * mm), pen.write(sheet.words["unprintable"], style(8.5, textColor=muted())))
    if sheet.is_shortened:
        yield from (Spacer(1, 2 * mm), pen.write(sheet.words["shortened"], style(8.5, textColor=muted())))


def _flowables(block: Block, pen: Pen) -> Iterator[Flowable]:
    gap = Spacer(1, 3 * mm * pen.scale)
    match block:
        case Letterhead():
            yield from _letterhead(block, pen)
        case Text():
            yield from _text(block, pen)
        case Single():
            yield from (_line(block.row, pen, 72 * mm, block.align), gap)
        case Rows():
            yield from (_ruled(block, pen) if block.is_ruled else _plain(block, pen), gap)
        case Items():
            yield from (*_items(block, pen), gap)
        case Signatures():
            yield from (gap, _signatures(block, pen))
        case People():
            yield from (*_annex(block, pen), gap)


def _annex(block: People, pen: Pen, signed: Sequence[Flowable] = ()) -> Iterator[Flowable]:
    yield from (PageBreak(), pen.write(block.title, pen.look(_BODY)), Spacer(1, 3 * mm * pen.scale))
    yield people(block, pen, [Spacer(1, 3 * mm * pen.scale), *signed] if signed else ())


def _letterhead(block: Letterhead, pen: Pen) -> Iterator[Flowable]:
    """The institution, below it the office in bold, then where it is; closed by the double rule."""
    lines: list[Flowable] = []
    wide = _WIDTH - 2 * _EMBLEM
    for number, line in enumerate(block.lines):
        size = (12, 13, 9)[min(number, 2)] * pen.scale
        if isinstance(line, Blank) and not line.value:
            lines += [Spacer(1, 2), WritingLine(line, pen, size, wide, "center", has_caption=True)]
        else:
            text = line if isinstance(line, str) else line.value
            text = balanced(text, size, wide) if number == 1 else text
            lines.append(pen.write(text, style(size, bold=number == 1, alignment=1)))
    table = Table([[Emblem(block, pen, _EMBLEM - 4 * mm, _EMBLEM_HIGH), lines, ""]], [_EMBLEM, wide, _EMBLEM])
    table.setStyle([*_PADDING, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
    yield table
    yield Spacer(1, 1.5 * mm)
    yield HRFlowable(_WIDTH, 1.6, color=ink(), spaceBefore=0, spaceAfter=1.2)
    yield HRFlowable(_WIDTH, 0.5, color=ink(), spaceBefore=0, spaceAfter=4 * mm * pen.scale)


def _text(block: Text, pen: Pen) -> Iterator[Flowable]:
    match block.style:
        case "title":
            yield pen.write(block.text, pen.look(12.5, bold=True, alignment=1))
            yield Spacer(1, 3.5 * mm * pen.scale)
        case "heading":
            yield CondPageBreak(22 * mm)  # not alone at the end of a page
            yield pen.write(block.text, pen.look(10.5, bold=True))
            yield Spacer(1, 1.2 * mm * pen.scale)
        case "small":
            yield pen.write(block.text, pen.look(8.5, textColor=muted()))
            yield Spacer(1, 2 * mm * pen.scale)
        case "notice":
            border = {"borderWidth": 0.8, "borderColor": ink(), "borderPadding": 4, "leftIndent": 5, "rightIndent": 5}
            yield pen.write(block.text, pen.look(8.5, bold=True, alignment=1, **border))
            yield Spacer(1, 4 * mm * pen.scale)
        case _:
            yield pen.write(block.text, pen.look(_BODY))
            yield Spacer(1, 2.5 * mm * pen.scale)


def _plain(block: Rows, pen: Pen) -> Table:
    """Labels and what follows the colon, as in a letter."""
    look = pen.look(_BODY)
    indent = 8 * mm if block.is_indented else 0
    cells = [
        ["", pen.write(row.label, look), pen.write(":", look), _answer(row, pen, _BODY * pen.scale)]
        for row in block.rows
    ]
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
    answer = _answer(row, pen, _FORM * pen.scale, is_ruled=True)
    hint = row.hint if isinstance(row, Boxes) or not row.value else ""
    question = [pen.write(row.label, pen.look(_FORM, bold=True))] if row.label else []
    if hint:
        question.append(pen.write(hint, pen.look(7.6, textColor=muted())))
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
    look = pen.look(_BODY, leftIndent=8 * mm, bulletIndent=2 * mm)
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
    room = [Spacer(1, 9 * mm), pen.write(column.room or " ", style(8, textColor=muted())), Spacer(1, 9 * mm)]
    return [*_lines(column.above, pen), *room, *_lines(column.below, pen)]


def _lines(lines: tuple[Line, ...], pen: Pen) -> Iterator[Flowable]:
    for line in lines:
        yield Spacer(1, 3 if isinstance(line, Blank) and not line.value else 0)
        yield _line(line, pen)


def _line(line: Line, pen: Pen, width: float = 0, align: str = "left") -> Flowable:
    """A line by itself: what it says, or what is to be written there."""
    if isinstance(line, str):
        return pen.write(line, pen.look(_BODY)) if line else Spacer(1, _BODY * pen.scale * LEADING + 3)
    if line.value:
        look = pen.look(_BODY, alignment={"left": 0, "right": 2}[align])
        return pen.write(" ".join(filter(None, (line.prefix, line.value + line.suffix))), look)
    return WritingLine(line, pen, _BODY * pen.scale, width, align, has_caption=not line.prefix)


_PADDING: Final = (
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0.6),
)
