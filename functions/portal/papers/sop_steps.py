"""The SOP's table of steps on paper, with the symbols of its actors and the arrows between them.

It turns the page where the office's own does, or where it must, by a connector.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Any, Final

from reportlab.platypus import Flowable, PageBreak, Paragraph, Table

from portal.chart.flowchart import Kind, Point, Stop, stops
from portal.core.sop import Sop
from portal.papers.flowchart_pdf import line, symbol
from portal.papers.sop_parts import PAD, grid, table, write
from portal.papers.typeface import PLAIN, Pen

_TEXTS: Final = {"number": 22.0, "activity": 160.0, "completeness": 118.0, "time": 44.0, "output": 87.0}
"""Widths of the columns with text; those of the actors stand after the second."""
_LANES, _REMARK = 300.0, 25.89
_SYMBOL, _CONNECTOR = (36.0, 18.0), (20.0, 20.0)
_ROW, _CONNECTOR_ROW = 56.0, 32.0
"""The least height of a row: a symbol, and room for an arrow to turn above it."""
_LETTERS: Final = 8.0
"""Size of a sign that stands for itself, where a row is no step."""
_LONGEST: Final = 300.0
"""The most of a text in one row, so that every row has room on a page; the rest goes on in another row."""


def tables(sop: Sop, pen: Pen) -> Iterator[Flowable]:
    """The whole table, in the parts between which the office's own turns the page."""
    headings, every = _headings(sop, pen), list(stops(sop, beyond=False))
    rows = [row for stop in every for row in (*_between(stop, sop, pen), *_rows(stop, stop is every[-1], sop, pen))]
    part: list[_Row] = []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        part.append(row)
        if row.turns_page and following:
            yield _Steps(headings, [*part, following.connector()])
            yield PageBreak()
            part = [following.connector()]
    yield _Steps(headings, part)


class _Symbol(Flowable):
    """A symbol in the middle of its actor's cell; ``at`` is its middle on the page, once it is drawn."""

    def __init__(self, kind: Kind, text: str = "") -> None:
        super().__init__()
        self._kind, self._text = kind, text
        self.size, row = (_CONNECTOR, _CONNECTOR_ROW) if kind == "connector" else (_SYMBOL, _ROW)
        self.width, self.height = self.size[0], row - 2 * PAD
        self.at = (0.0, 0.0)

    def draw(self) -> None:
        middle = self.width / 2, self.height / 2
        self.at = self.canv.absolutePosition(*middle)
        symbol(self.canv, self._kind, middle, self.size, self._text)


class _Sign(_Symbol):
    """What the office's text has in an actor's cell of a row that is no step, without a symbol around it."""

    def __init__(self, text: str) -> None:
        super().__init__("connector", text)
        self.size = (self.size[0], _LETTERS + 2 * PAD)

    def draw(self) -> None:
        x, y = self.width / 2, self.height / 2
        self.at = self.canv.absolutePosition(x, y)
        self.canv.setFont(PLAIN, _LETTERS)
        self.canv.drawCentredString(x, y - _LETTERS / 3, self._text)


@dataclass(frozen=True)
class _Row:
    """One row of the table.

    Attributes:
        texts: beside the actors; none in the row of a connector.
        symbols: by the actor's column, in the order of the flow.
        entry: the column that the flow comes in by; ``page``: what a connector to it says.
    """

    texts: Sequence[Paragraph | str]
    symbols: Sequence[tuple[int, _Symbol]]
    entry: int
    page: str
    turns_page: bool = False

    def connector(self) -> "_Row":
        """The row of a connector that leads to this one."""
        return _Row((), [(self.entry, _Symbol("connector", self.page))], self.entry, self.page)


class _Steps(Flowable):
    """Rows below the headings; where a page has no room for all, it is turned in between by a connector."""

    def __init__(self, headings: list[list[Paragraph]], rows: Sequence[_Row]) -> None:
        super().__init__()
        self._headings, self._rows = headings, rows
        self._table = _table(headings, rows)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        size: tuple[float, float] = self._table.wrap(width, height)
        return size

    def split(self, width: float, height: float) -> list[Flowable]:
        """As many rows as have room, and the others, which then need a page of their own."""
        for number in range(len(self._rows) - 1, 0, -1):
            now, later = self._rows[:number], self._rows[number:]
            part = _Steps(self._headings, [*now, later[0].connector()])
            if now[-1].texts and part.wrap(width, height)[1] <= height:
                return [part, _Steps(self._headings, [later[0].connector(), *later])]
        return []

    def draw(self) -> None:
        self._table.drawOn(self.canv, 0, 0)
        left, bottom = self.canv.absolutePosition(0, 0)
        for one, other in pairwise(each for row in self._rows for _, each in row.symbols):
            line(self.canv, *((x - left, y - bottom) for x, y in _way(one, other)))


def _way(one: _Symbol, other: _Symbol) -> tuple[Point, ...]:
    """From a symbol to the one beside it, or down to the next and over, in the free stretch above that."""
    (x, y), (x2, y2) = one.at, other.at
    if abs(y - y2) < 1:
        side = 1 if x < x2 else -1
        return (x + side * one.size[0] / 2, y), (x2 - side * other.size[0] / 2, y)
    start, end = (x, y - one.size[1] / 2), (x2, y2 + other.size[1] / 2)
    turn = end[1] + 12
    return (start, end) if x == x2 else (start, (x, turn), (x2, turn), end)


def _between(stop: Stop, sop: Sop, pen: Pen) -> Iterator[_Row]:
    """The rows before a step that are none themselves."""
    for row in stop.step.above:
        signs = [(_lane(sop, role), _Sign(said)) for role, said in row.get("marks", {}).items()]
        texts = [write(pen, row[key]) if key in row else "" for key in _TEXTS]
        yield _Row(texts, signs, _lane(sop, stop.step.role), sop.data["chart"]["page"])


def _rows(stop: Stop, is_last: bool, sop: Sop, pen: Pen) -> Iterator[_Row]:
    """The row of a step, or more of them where its text is very long."""
    pieces = (_pieces(write(pen, stop.step.text.get(key, "")), width - 2 * PAD) for key, width in _TEXTS.items())
    symbols, entry, page = list(_symbols(stop, is_last, sop)), _lane(sop, stop.step.role), sop.data["chart"]["page"]
    *full, last = zip_longest(*pieces, fillvalue="")
    for texts in full:
        yield _Row(texts, symbols, entry, page)
        symbols = []
    yield _Row(last, symbols, entry, page, stop.step.turns_page)


def _pieces(text: Paragraph, width: float) -> Iterator[Paragraph]:
    piece, *rest = text.split(width, _LONGEST) or [text]
    yield piece
    for each in rest:
        yield from _pieces(each, width)


def _symbols(stop: Stop, is_last: bool, sop: Sop) -> Iterator[tuple[int, _Symbol]]:
    """Whoever acts in a step, and whoever else the office's text marks; where the flow ends, though it says nothing."""
    signs = {_lane(sop, role): said for role, said in stop.step.marks.items()}
    acting, *others = (_lane(sop, each) for each in sop.acting(stop.step.role))
    applicant = _lane(sop, sop.applying.key)
    said = signs.pop(acting, "")
    start = sop.data["chart"]["start"]
    yield acting, _Symbol("terminator", said or start) if stop.number == 1 else _Symbol("process", said)
    signs = {**dict.fromkeys(others, ""), **signs}
    ends = is_last and stop.step.kind == "handover"
    if ends and acting != applicant:
        signs.setdefault(applicant, sop.data["chart"]["end"])
    for lane, sign in signs.items():
        yield lane, _Symbol("terminator" if ends else "process", sign)


def _lane(sop: Sop, role: str) -> int:
    """The column of whoever acts; of several, the first one's."""
    columns: list[str] = sop.data["text"]["columns"]
    return columns.index(sop.role(sop.acting(role)[0]).column)


def _headings(sop: Sop, pen: Pen) -> list[list[Paragraph]]:
    """Two rows, the upper one over the actors and over the standard."""
    text, labels = sop.data["text"], sop.data["text"]["labels"]
    actors = [labels["actors"], *[""] * (len(text["columns"]) - 1)]
    upper = [labels["step_number"], labels["activity"], *actors, labels["quality"], "", "", text["remark_column"]]
    lower = ["", "", *text["columns"], *text["quality_columns"], ""]
    return [[write(pen, said, 7.5, bold=True, centred=True) for said in row] for row in (upper, lower)]


def _table(headings: list[list[Paragraph]], rows: Sequence[_Row]) -> Table:
    lanes = len(headings[0]) - len(_TEXTS) - 1
    first, last, head = 2, 1 + lanes, ((0, 0), (-1, 1))
    style: list[tuple[Any, ...]] = [
        grid(*head),
        *(("SPAN", (column, 0), (column, 1)) for column in (0, 1, -1)),
        ("SPAN", (first, 0), (last, 0)),
        ("SPAN", (last + 1, 0), (-2, 0)),
        *(("VALIGN", *where, "MIDDLE") for where in (head, ((first, 2), (last, -1)))),
        *((f"{side}PADDING", *head, 1) for side in ("LEFT", "RIGHT")),
        ("ALIGN", (first, 2), (last, -1), "CENTER"),
    ]
    cells: list[list[Any]] = []
    for place, row in enumerate(rows, start=len(headings)):
        style.append(grid((0, place), (-1, place)) if row.texts else grid((first, place), (last, place)))
        number, activity, *quality = row.texts or [""] * len(_TEXTS)
        actors = [dict(row.symbols).get(lane, "") for lane in range(lanes)]
        cells.append([number, activity, *actors, *quality, ""])
    before, after = [*_TEXTS.values()][:first], [*_TEXTS.values()][first:]
    return table([*headings, *cells], [*before, *[_LANES / lanes] * lanes, *after, _REMARK], *style)
