"""What both layouts of the flowchart are drawn with: boxes, flags, decisions, arrows, and turns of the page.

Every row of shapes has its own height, and connectors run between rows, so nothing ever lies on anything else; boxes
grow with their words, and no word is cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from portal.chart import flowchart
from portal.chart.flowchart import LEADING, SIZE, Arrow, Chart, Kind, Label, Lane, Line, Place, Point, Shape, Stop, fill
from portal.chart.lettering import longest, width, wrap
from portal.core.sop import Sop

PAD: Final = 10.0
GAP: Final = 30.0
"""From one row to the next; an arrow turns in its middle."""
ANSWER_GAP: Final = 42.0
"""The same below a decision, where the answer stands beside the arrow."""
DECISION: Final = 160.0
BEFORE_DECISION: Final = 22.0
EDGE: Final = 2.0
"""Kept free around everything, for the thickness of lines."""
_CONNECTOR: Final = 44.0


@dataclass
class Drawing:
    """What has been placed so far, and ``y``, below which all is free."""

    sop: Sop
    place: Place | None
    beyond: bool
    y: float = EDGE
    shapes: list[Shape] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    breaks: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = self.sop.data["chart"]
        self.mark_words = self.place.words if self.place else ""

    def box(self, kind: Kind, lines: Sequence[Line], left: float, top: float, wide: float, **more: bool) -> Shape:
        shape = Shape(kind, left, top, wide, len(lines) * LEADING + 2 * PAD, tuple(lines), **more)
        self.shapes.append(shape)
        return shape

    def flag(self, left: float, top: float, wide: float) -> float:
        """The mark of the place, standing on the shape below it; returns where that one begins."""
        lines = bold(wrap(self.mark_words, SIZE, wide - 2 * PAD, bold=True))
        return self.box("flag", lines, left, top, wide, here=True).bottom

    def back(self, stop: Stop, step: Shape) -> Shape:
        """What the portal adds below a step: to which one it may be given back. Returns what the flow goes on from."""
        if not stop.back:
            return step
        words = fill(self.words["back"], number=stop.back)
        lines = tuple(map(Line, wrap(words, SIZE, step.width - 2 * PAD)))
        return self.box("process", lines, step.left, step.bottom, step.width, beyond=True)

    def decision(self, middle: float, top: float) -> Shape:
        lines = wrap(self.words["question"], SIZE, DECISION * 0.6)
        words, block = longest(lines, SIZE), len(lines) * LEADING
        wide = max(DECISION, words / 0.6)
        # As high as it takes for the corners of the text to stay within the slanting sides.
        high = max(2.6 * LEADING, block / (1 - words / wide))
        shape = Shape("decision", middle - wide / 2, top, wide, high, tuple(map(Line, lines)), beyond=True)
        self.shapes.append(shape)
        return shape

    def arrow(self, *points: Point, beyond: bool = False) -> None:
        self.arrows.append(Arrow(points, beyond))

    def is_at(self, stop: Stop) -> bool:
        """Is the mark on the step itself (and not where it is mended, nor at the end)?"""
        place = self.place
        return place is not None and place.step == stop.step.key and not (self.is_mending(stop) or place.ended)

    def is_mending(self, stop: Stop) -> bool:
        return self.place is not None and self.place.step == stop.step.key and self.place.mending and stop.returns

    def mend_width(self, marked: bool) -> float:
        """How wide the box of mending has to be, with the mark on it or without."""
        words = tuple(self.mark_words.split()) if marked else ()
        return max(width(self.words["mend"], SIZE), longest(words, SIZE, bold=True)) + 2 * PAD

    def page_turn(self, middle: float) -> tuple[Shape, Shape]:
        """A connector out of one page, the edge of the page, and the connector into the next."""
        line, left = (Line(self.words["page"], bold=True),), middle - _CONNECTOR / 2
        out = Shape("connector", left, self.y, _CONNECTOR, _CONNECTOR, line)
        edge = out.bottom + GAP / 2 + LEADING / 2
        into = out._replace(top=edge + GAP / 2)
        self.shapes += [out, into]
        self.breaks.append(edge)
        self.labels.append(Label(4 * EDGE, edge - 5, self.words["page_note"]))
        self.y = into.bottom + GAP
        return out, into

    def minutes(self, stop: Stop) -> str:
        text = self.words["passed"] if self.is_passed(stop) else "{time}"
        return fill(text, minutes=stop.step.minutes, time=self.sop.time(stop.step))

    def is_passed(self, stop: Stop) -> bool:
        return self.place is not None and stop.step.key in self.place.passed

    def marks(self, stop: Stop) -> dict[str, bool]:
        return {"here": self.is_at(stop), "passed": self.is_passed(stop)}

    def flag_before_end(self, left: float, wide: float, middle: float) -> float:
        """The mark of what is done, clear of the round end below it; returns where that one begins."""
        bottom = self.flag(left, self.y, wide)
        self.arrow((middle, bottom), (middle, bottom + GAP / 2))
        return bottom + GAP / 2

    def finished(self, wide: float, head: float = 0, lanes: tuple[Lane, ...] = ()) -> Chart:
        return Chart(
            wide, self.y, head, lanes, tuple(self.shapes), tuple(self.arrows), tuple(self.labels), tuple(self.breaks),
            flowchart.title(self.sop), flowchart.description(self.sop, self.place, self.beyond),
        )  # fmt: skip


def bold(texts: Sequence[str]) -> tuple[Line, ...]:
    """Lines of a shape in bold letters."""
    return tuple(Line(text, bold=True) for text in texts)
