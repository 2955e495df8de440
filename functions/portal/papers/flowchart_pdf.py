"""The flowchart drawn on a PDF page, from the same layout as the one on screens; and single symbols for a table.

Only knows a reportlab canvas; lengths of the chart are scaled to points, and its heights turned upside down.
"""

from typing import Any, Final, Literal

from portal.chart.flowchart import (
    BASELINE,
    LEADING,
    SIZE,
    Arrow,
    Chart,
    Kind,
    Line,
    Point,
    Shape,
    head,
    outline,
    sections,
)
from portal.papers.typeface import BOLD, PLAIN

_DASH: Final = (3, 2.4)


def fitting(chart: Chart, wide: float, high: float) -> float:
    """The scale at which every section fits, in points for a unit of the chart."""
    tallest = max(bottom - top for top, bottom in sections(chart))
    return min(wide / chart.width, high / (chart.head + tallest), 1)


def draw_section(canvas: Any, chart: Chart, section: tuple[float, float], top_left: Point, scale: float) -> None:
    """One section with the lanes' headings above it, down from a point of the page."""
    (top, bottom), (left, height) = section, top_left
    tall = chart.head + bottom - top
    pen = _Pen(canvas, scale, left, height, top - chart.head)
    for lane in chart.lanes:
        pen.rectangle(lane.left, top - chart.head, lane.width, tall, 0.5)
        pen.rectangle(lane.left, top - chart.head, lane.width, chart.head, 0.5)
        middle = top - chart.head + (chart.head - len(lane.lines) * LEADING) / 2
        pen.text(lane.lines, lane.left + lane.width / 2, middle)
    for arrow in chart.arrows:
        if top <= arrow.points[-1][1] <= bottom:
            pen.arrow(arrow)
    for shape in chart.shapes:
        if top <= shape.level <= bottom:
            pen.shape(shape)
    for label in chart.labels:
        # The note at the edge of the office's page is no longer needed where the page itself ends.
        if top <= label.baseline <= bottom and label.beyond:
            pen.label(label.x, label.baseline, label.text, label.anchor)


def symbol(canvas: Any, kind: Kind, middle: Point, size: tuple[float, float], text: str = "") -> None:
    """One symbol of a table's column, around a point of the page."""
    (x, y), (wide, high) = middle, size
    shape = Shape(kind, x - wide / 2, -(y + high / 2), wide, high, (Line(text),) if text else ())
    _Pen(canvas, 1, 0, 0, 0, letters=7).shape(shape)


def line(canvas: Any, *points: Point) -> None:
    """A line over the page with an arrow's head at its end."""
    _Pen(canvas, 1, 0, 0, 0).arrow(Arrow(tuple((x, -y) for x, y in points)), half=2.6)


def legend(canvas: Any, words: str, at: Point) -> None:
    """What a dashed line means, from a point to the right."""
    x, y = at
    _Pen(canvas, 1, 0, 0, 0).arrow(Arrow(((x, -y), (x + 34, -y)), beyond=True), half=2.6)
    canvas.setFont(PLAIN, 8.5)
    canvas.drawString(x + 40, y - 3, words)


class _Pen:
    """Draws what is measured from the top of a chart on a page, which is measured from its foot."""

    def __init__(self, canvas: Any, scale: float, left: float, top: float, start: float, letters: float = SIZE) -> None:
        self._canvas, self._scale, self._left, self._top, self._start = canvas, scale, left, top, start
        self._letters = letters

    def at(self, x: float, y: float) -> Point:
        return self._left + x * self._scale, self._top - (y - self._start) * self._scale

    def rectangle(self, left: float, top: float, wide: float, high: float, thick: float) -> None:
        x, y = self.at(left, top + high)
        self._canvas.setLineWidth(thick)
        self._canvas.rect(x, y, wide * self._scale, high * self._scale)

    def shape(self, shape: Shape) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setLineWidth(0.8)
        canvas.setFillGray(1)
        if shape.beyond:
            canvas.setDash(*_DASH)
        if corners := outline(shape):
            self._path(corners, close=True, fill=1)
        else:
            x, y = self.at(shape.left, shape.bottom)
            wide, high = shape.width * self._scale, shape.height * self._scale
            canvas.roundRect(x, y, wide, high, high / 2 if shape.kind == "terminator" else 0, fill=1)
        canvas.restoreState()
        leading = LEADING * self._letters / SIZE
        self.text(shape.lines, shape.middle, shape.level - len(shape.lines) * leading / 2)

    def arrow(self, arrow: Arrow, half: float = 5.0) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setLineWidth(0.8)
        canvas.setFillGray(0)
        tip, one, other = head(arrow, half)
        # The line ends within its head, not beyond the tip.
        if arrow.beyond:
            canvas.setDash(*_DASH)
        self._path((*arrow.points[:-1], ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)))
        canvas.setDash()
        self._path((tip, one, other), close=True, fill=1, stroke=0)
        canvas.restoreState()

    def text(self, lines: tuple[Line, ...], middle: float, top: float) -> None:
        ratio = self._letters / SIZE
        for number, said in enumerate(lines):
            self._write(said.text, middle, top + (number * LEADING + BASELINE) * ratio, "middle", said.bold)

    def label(self, x: float, baseline: float, text: str, anchor: Literal["start", "middle", "end"]) -> None:
        self._write(text, x, baseline, anchor, False)

    def _write(self, text: str, x: float, y: float, anchor: str, bold: bool) -> None:
        canvas = self._canvas
        canvas.setFont(BOLD if bold else PLAIN, self._letters * self._scale)
        draw = {"start": canvas.drawString, "middle": canvas.drawCentredString, "end": canvas.drawRightString}[anchor]
        draw(*self.at(x, y), text)

    def _path(self, points: tuple[Point, ...], close: bool = False, fill: int = 0, stroke: int = 1) -> None:
        path = self._canvas.beginPath()
        path.moveTo(*self.at(*points[0]))
        for point in points[1:]:
            path.lineTo(*self.at(*point))
        if close:
            path.close()
        self._canvas.drawPath(path, stroke=stroke, fill=fill)
