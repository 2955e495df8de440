"""The SOP's table of steps on paper, with the symbols of its actors and the arrows between them.

It turns the page where the office's own does, or where it must, by a connector.
"""

from collections.abc import Iterator
from typing import Any, Final

from portal.chart.flowchart import Stop, stops
from portal.core.sop import Sop
from portal.papers.flowchart_pdf import line, symbol
from portal.papers.sop_pages import FOOT, PAD, SIDE, Pages

_LANES: Final = 300.0
_SYMBOL: Final = (36.0, 18.0)
_CONNECTOR: Final = (20.0, 20.0)
_CONNECTOR_ROW: Final = 32.0
_COLUMNS: Final = {
    "number": 22.0,
    "activity": 160.0,
    "completeness": 118.0,
    "time": 44.0,
    "output": 87.0,
    "remark": 25.89,
}
_ROW: Final = 56.0
"""The least height of a row: a symbol, and room for an arrow to turn above it."""


def draw(paper: Pages) -> None:
    """The whole table, from where the present page is written to."""
    symbols = _Symbols(paper.canvas, paper.source.sop)
    every = list(stops(paper.source.sop, beyond=False))
    _headings(paper)
    for stop, following in zip(every, [*every[1:], None], strict=True):
        cells = list(_cells(paper, stop))
        high = max(_ROW, *(paper.measure(said, width - 2 * PAD) + 2 * PAD for width, said in cells))
        if symbols.waiting and paper.y - high - _CONNECTOR_ROW < FOOT:
            _turn(paper, symbols, stop)
        paper.row(cells, least=_ROW)
        symbols.step(stop, following, paper.y + high, paper.y)
        if stop.step.turns_page and following:
            _turn(paper, symbols, following)


def _turn(paper: Pages, symbols: "_Symbols", following: Stop) -> None:
    symbols.connector(following, paper.y, out=True)
    paper.turn()
    _headings(paper)
    symbols.connector(following, paper.y, out=False)
    paper.y -= _CONNECTOR_ROW


def _headings(paper: Pages) -> None:
    """The column headings in two rows, the upper one over the actors and over the standard."""
    text, labels = paper.text, paper.labels
    lane = _LANES / len(text["columns"])
    low = max(paper.measure([_heading(paper, each)], lane - 2) for each in text["columns"]) + 2 * PAD
    top, middle, bottom = paper.y, paper.y - 16, paper.y - 16 - low
    quality = dict(zip(("completeness", "time", "output"), text["quality_columns"], strict=False))
    upper = [
        (labels["step_number"], _COLUMNS["number"], bottom),
        (labels["activity"], _COLUMNS["activity"], bottom),
        (labels["actors"], _LANES, middle),
        (labels["quality"], sum(_COLUMNS[key] for key in quality), middle),
        (text["remark_column"], _COLUMNS["remark"], bottom),
    ]
    lower = [(said, lane) for said in text["columns"]] + [(said, _COLUMNS[key]) for key, said in quality.items()]
    left = SIDE
    for said, width, down in upper:
        _heading_cell(paper, said, (left, width), (top, down))
        left += width
    left = SIDE + _COLUMNS["number"] + _COLUMNS["activity"]
    for said, width in lower:
        _heading_cell(paper, said, (left, width), (middle, bottom))
        left += width
    paper.y = bottom


def _heading_cell(paper: Pages, said: str, across: tuple[float, float], down: tuple[float, float]) -> None:
    (left, width), (top, bottom) = across, down
    heading = [_heading(paper, said)]
    paper.canvas.setLineWidth(0.5)
    paper.canvas.rect(left, bottom, width, top - bottom)
    paper.write(heading, left + 1, width - 2, top - (top - bottom - paper.measure(heading, width - 2)) / 2)


def _heading(paper: Pages, said: str) -> Any:
    return paper.paragraph(said, 7.5, bold=True, centred=True)


def _cells(paper: Pages, stop: Stop) -> Iterator[tuple[float, list[Any]]]:
    """A row's cells, each its width and what is written in it; those of the actors are left to the symbols."""
    said, lanes = stop.step.text, len(paper.text["columns"])
    for key in ("number", "activity"):
        yield _COLUMNS[key], [paper.paragraph(said[key])]
    yield from [(_LANES / lanes, list[Any]())] * lanes
    for key in ("completeness", "time", "output"):
        yield _COLUMNS[key], [paper.paragraph(said[key])]
    yield _COLUMNS["remark"], []


class _Symbols:
    """The symbols and arrows in the actors' columns, row by row; ``waiting`` is where the flow waits to go on."""

    def __init__(self, canvas: Any, sop: Sop) -> None:
        self._canvas, self._sop = canvas, sop
        self._columns: list[str] = sop.data["text"]["columns"]
        self._words = sop.data["chart"]
        self.waiting: tuple[float, float] | None = None

    def step(self, stop: Stop, following: Stop | None, top: float, bottom: float) -> None:
        """The symbols of a step in its row, and the arrow that leads to them."""
        x, y = self._middle(stop.step.role), (top + bottom) / 2
        wide, high = _SYMBOL
        self._enter(x, y + high / 2)
        if stop.number == 1:
            symbol(self._canvas, "terminator", (x, y), _SYMBOL, self._words["start"])
        else:
            symbol(self._canvas, "process", (x, y), _SYMBOL)
        leaving = x
        applicant = self._middle(self._sop.first.role)
        ends = following is None and stop.step.kind == "handover"
        if (stop.joins or ends) and applicant != x:
            side = wide / 2 if applicant < x else -wide / 2
            line(self._canvas, (x - side, y), (applicant + side, y))
            said = self._sop.data["text"]["labels"]["end"] if ends else ""
            symbol(self._canvas, "terminator" if ends else "process", (applicant, y), _SYMBOL, said)
            leaving = applicant
        self.waiting = (leaving, y - high / 2) if following else None

    def connector(self, following: Stop, top: float, out: bool) -> None:
        """The connector between two pages in the column that the flow goes on in, in a row of its own."""
        x, y = self._middle(following.step.role), top - _CONNECTOR_ROW / 2
        if out:
            self._enter(x, y + _CONNECTOR[1] / 2)
        self._frame(top)
        symbol(self._canvas, "connector", (x, y), _CONNECTOR, self._words["page"])
        self.waiting = (x, y - _CONNECTOR[1] / 2)

    def _enter(self, x: float, y: float) -> None:
        """An arrow from where the flow waits, turning in the free stretch above a symbol."""
        if self.waiting is None:
            return
        x0, y0 = self.waiting
        if x0 == x:
            line(self._canvas, (x0, y0), (x, y))
        else:
            turn = y + 12
            line(self._canvas, (x0, y0), (x0, turn), (x, turn), (x, y))

    def _frame(self, top: float) -> None:
        left, lane = SIDE + _COLUMNS["number"] + _COLUMNS["activity"], _LANES / len(self._columns)
        for number in range(len(self._columns)):
            self._canvas.rect(left + number * lane, top - _CONNECTOR_ROW, lane, _CONNECTOR_ROW)

    def _middle(self, role: str) -> float:
        column = self._columns.index(self._sop.role(role).column)
        lane = _LANES / len(self._columns)
        return SIDE + _COLUMNS["number"] + _COLUMNS["activity"] + (column + 0.5) * lane
