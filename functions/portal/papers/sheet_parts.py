"""What ``sheet_pdf`` puts sheets together from: lines, cells and room to write in, boxes to tick; each with its field.

Everything here knows reportlab; import it where a paper is drawn, not before.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Flowable, Paragraph

from portal.papers.sheets import Blank, Box, Letterhead
from portal.papers.typeface import LEADING, PLAIN, Pen, ink, muted, style

TYPED: Final = "Helvetica"
"""What people type into fields: every reader has it, and it looks like the letters around it and is as wide."""

_BOX, _GAP = 9.5, 5.0  # points: a box to tick, and between it and its label
_CELL = 15.2  # points: a cell for one digit, as in printed forms
_BODY = 11.0  # points: the largest text beside which people type
_SHRINKING, _USUAL = 0, 0.5  # the size of text that gets smaller where it is long; how wide a letter is, of its size


class Emblem(Flowable):
    """The picture beside a letterhead as large as its place allows; an empty place until there is one.

    Args:
        width, height: of the place, in points.
    """

    def __init__(self, head: Letterhead, pen: Pen, width: float, height: float) -> None:
        super().__init__()
        self._head, self._pen = head, pen
        self.width, self.height = width, height * pen.scale

    def draw(self) -> None:
        canvas, head = self.canv, self._head
        if head.emblem:
            picture = ImageReader(BytesIO(head.emblem))
            canvas.drawImage(picture, 0, 0, self.width, self.height, "auto", preserveAspectRatio=True, anchor="c")
        elif head.place:
            canvas.setStrokeColor(muted())
            canvas.setLineWidth(0.5)
            canvas.rect(0.5, 0.5, self.width - 1, self.height - 1)
            label = self._pen.write(head.place, style(7, alignment=1, textColor=muted()))
            _, high = label.wrap(self.width - 4, self.height)
            label.drawOn(canvas, 2, (self.height - high) / 2)


class WritingLine(Flowable):
    """A dotted line to write on, by hand or into the field above it, between prefix and suffix.

    Its text stands on the same height as that of a paragraph beside it.

    Args:
        width: in points, if it is shorter than the column; then ``align`` (left, right or center) places it.
        has_caption: what belongs there is said in small print below the line.
    """

    def __init__(
        self, blank: Blank, pen: Pen, size: float, width: float = 0, align: str = "left", has_caption: bool = False
    ) -> None:
        super().__init__()
        self._blank, self._pen, self._size, self._align = blank, pen, size, align
        self._wanted = width
        self._below = 7.0 if has_caption else 0
        self.height = size * LEADING + self._below

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        return width, self.height

    def draw(self) -> None:
        blank, canvas, size = self._blank, self.canv, self._size
        before, after = (self._pen.shown(text) for text in (blank.prefix, blank.suffix))
        whole = min(self._wanted or self.width, self.width)
        start = {"left": 0.0, "right": self.width - whole, "center": (self.width - whole) / 2}[self._align]
        left = start + pdfmetrics.stringWidth(before, PLAIN, size) + (3 if before else 0)
        right = start + whole - pdfmetrics.stringWidth(after, PLAIN, size)
        base = self.height - size * 0.905  # the typeface's ascent
        canvas.setFont(PLAIN, size)
        canvas.setFillColor(ink())
        canvas.drawString(start, base, before)
        canvas.drawString(right, base, after)
        _draw_dots(canvas, left, right, base - 2)
        if self._below:
            canvas.setFont(PLAIN, 6)
            canvas.setFillColor(muted())
            canvas.drawString(left, 1, self._pen.shown(blank.label))
        high = self.height - self._below + 1.5
        _draw_field(canvas, blank, self._pen, left, self._below + 0.5, right - left, high, size=min(size, _BODY))


class WritingRoom(Flowable):
    """Room to write in, within the rules of a table."""

    def __init__(self, blank: Blank, pen: Pen) -> None:
        super().__init__()
        self._blank, self._pen = blank, pen
        self.height = 5 + 11.5 * blank.lines

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        return width, self.height

    def draw(self) -> None:
        _draw_field(self.canv, self._blank, self._pen, 0, 0, self.width, self.height, self._blank.lines)


class Cells(Flowable):
    """A box for every digit of a number, with the number if it is known."""

    def __init__(self, blank: Blank, pen: Pen) -> None:
        super().__init__()
        self._blank, self._pen = blank, pen
        self.width, self.height = _CELL * blank.cells, _CELL + 2

    def draw(self) -> None:
        canvas, number = self.canv, self._blank.cells
        canvas.setStrokeColor(muted())
        canvas.setLineWidth(0.6)
        for position in range(number):
            canvas.rect(_CELL * position, 1, _CELL, _CELL)
        if self._blank.value:
            canvas.setFont(PLAIN, 10.5)
            canvas.setFillColor(ink())
            for position, digit in enumerate(self._blank.value.replace(" ", "")):
                canvas.drawCentredString(_CELL * (position + 0.5), 5, digit)
            return
        _draw_field(canvas, self._blank, self._pen, 0, 1, _CELL * number, _CELL, lines=0)


class TickBoxes(Flowable):
    """Boxes with their labels: beside one another if all have room on one line, else below one another.

    Args:
        is_settled: the answer is known; the boxes are drawn and cannot be changed.
        question: what the boxes answer, said by each field for those who do not see the page.
    """

    def __init__(self, boxes: Sequence[Box], question: str, pen: Pen, look: ParagraphStyle, is_settled: bool) -> None:
        super().__init__()
        self._boxes, self._question, self._pen, self._settled = boxes, question, pen, is_settled
        self._labels = [pen.write(box.label, look) for box in boxes]
        self._places: list[tuple[float, float]] = []

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        inner = width - _BOX - _GAP
        sizes = [label.wrap(inner, height) for label in self._labels]
        needed = [_BOX + _GAP + min(inner, _natural(label)) + 18 for label in self._labels]
        if len(sizes) > 1 and sum(needed) <= width:
            self.height = max(size[1] for size in sizes) + 2
            self._places = [(sum(needed[:number]), 1) for number in range(len(sizes))]
        else:
            self.height = sum(size[1] + 3 for size in sizes)
            tops = [self.height - sum(size[1] + 3 for size in sizes[: number + 1]) for number in range(len(sizes))]
            self._places = [(0, top + 1.5) for top in tops]
        self.width = width
        return width, self.height

    def draw(self) -> None:
        for box, label, (left, bottom) in zip(self._boxes, self._labels, self._places, strict=True):
            label.drawOn(self.canv, left + _BOX + _GAP, bottom)
            self._draw_box(box, left, bottom + label.height - _BOX - 1.5)

    def _draw_box(self, box: Box, x: float, y: float) -> None:
        canvas = self.canv
        canvas.setStrokeColor(ink())
        canvas.setLineWidth(0.8)
        canvas.rect(x, y, _BOX, _BOX)
        if not self._settled:
            canvas.acroForm.checkbox(
                name=self._pen.name(box.name),
                tooltip=f"{self._question}: {box.label}" if self._question else box.label,
                x=x,
                y=y,
                size=_BOX,
                buttonStyle="cross",
                fieldFlags="",
                **_look(),
            )
        elif box.is_ticked:
            canvas.setLineWidth(1.4)
            canvas.line(x + 2, y + 2, x + _BOX - 2, y + _BOX - 2)
            canvas.line(x + 2, y + _BOX - 2, x + _BOX - 2, y + 2)


def _natural(label: Paragraph) -> float:
    """Width of a label on one line."""
    return float(sum(pdfmetrics.stringWidth(part.text, part.fontName, part.fontSize) for part in label.frags))


def _draw_dots(canvas: Any, left: float, right: float, height: float) -> None:
    canvas.setStrokeColor(muted())
    canvas.setLineWidth(0.8)
    canvas.setLineCap(1)
    canvas.setDash(0.01, 2.4)
    canvas.line(left + 1, height, right - 1, height)
    canvas.setDash()
    canvas.setLineCap(0)


def _draw_field(
    canvas: Any,
    blank: Blank,
    pen: Pen,
    x: float,
    y: float,
    width: float,
    height: float,
    lines: int = 1,
    size: float = 10,
) -> None:
    """A field to type into, in letters of that size; ``lines`` 0: one cell for each character that it may hold."""
    shrinks = lines == 1 and blank.limit * size * _USUAL > width
    canvas.acroForm.textfield(
        name=pen.name(blank.name),
        tooltip=blank.tip,
        x=x,
        y=y,
        width=width,
        height=min(height, 1.2 * size) if shrinks else height,  # a reader writes as large as it is high
        maxlen=blank.cells if lines == 0 else blank.limit,
        fieldFlags={0: "comb", 1: ""}.get(lines, "multiline"),
        fontName=TYPED,
        fontSize=_SHRINKING if shrinks else size,
        **_look(),
    )


def _look() -> dict[str, Any]:
    """A field that prints as nothing but what is typed into it; the reader marks it on screen."""
    return {"relative": True, "borderWidth": 0, "borderColor": None, "fillColor": None, "textColor": ink()}
