"""Where the shapes of the flowchart stand: ``across`` in lanes, for wide screens and paper, or ``down`` one column.

Every row of shapes has its own height, and connectors run between rows, so nothing ever lies on anything else; boxes
grow with their words, and no word is cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from portal.chart import flowchart
from portal.chart.flowchart import LEADING, SIZE, Arrow, Chart, Kind, Label, Lane, Line, Place, Point, Shape, Stop, fill
from portal.chart.lettering import longest, width, wrap
from portal.core.sop import Sop

_PAD: Final = 10.0
_GAP: Final = 30.0
"""From one row to the next; an arrow turns in its middle."""
_ANSWER_GAP: Final = 42.0
"""The same below a decision, where the answer stands beside the arrow."""
_LANE: Final = 200.0
_LANE_PAD: Final = 12.0
_COLUMN: Final = 272.0
_DECISION: Final = 160.0
_BEFORE_DECISION: Final = 22.0
_CONNECTOR: Final = 44.0
_EDGE: Final = 2.0
"""Kept free around everything, for the thickness of lines."""


def across(sop: Sop, place: Place | None = None, beyond: bool = True) -> Chart:
    """One lane for each actor, steps from top to bottom."""
    return _Across(sop, place, beyond).chart()


def down(sop: Sop, place: Place | None = None, beyond: bool = True) -> Chart:
    """One column as wide as a small phone, the actor named in each shape."""
    return _Down(sop, place, beyond).chart()


@dataclass
class _Drawing:
    """What has been placed so far, and ``y``, below which all is free."""

    sop: Sop
    place: Place | None
    beyond: bool
    y: float = _EDGE
    shapes: list[Shape] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    breaks: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = self.sop.data["chart"]
        self.mark_words = self.place.words if self.place else ""

    def box(self, kind: Kind, lines: Sequence[Line], left: float, top: float, wide: float, **more: bool) -> Shape:
        shape = Shape(kind, left, top, wide, len(lines) * LEADING + 2 * _PAD, tuple(lines), **more)
        self.shapes.append(shape)
        return shape

    def flag(self, left: float, top: float, wide: float) -> float:
        """The mark of the place, standing on the shape below it; returns where that one begins."""
        lines = _bold(wrap(self.mark_words, SIZE, wide - 2 * _PAD, bold=True))
        return self.box("flag", lines, left, top, wide, here=True).bottom

    def decision(self, middle: float, top: float) -> Shape:
        lines = wrap(self.words["question"], SIZE, _DECISION * 0.6)
        words, block = longest(lines, SIZE), len(lines) * LEADING
        wide = max(_DECISION, words / 0.6)
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
        return max(width(self.words["mend"], SIZE), longest(words, SIZE, bold=True)) + 2 * _PAD

    def page_turn(self, middle: float) -> tuple[Shape, Shape]:
        """A connector out of one page, the edge of the page, and the connector into the next."""
        line, left = (Line(self.words["page"], bold=True),), middle - _CONNECTOR / 2
        out = Shape("connector", left, self.y, _CONNECTOR, _CONNECTOR, line)
        edge = out.bottom + _GAP / 2 + LEADING / 2
        into = replace(out, top=edge + _GAP / 2)
        self.shapes += [out, into]
        self.breaks.append(edge)
        self.labels.append(Label(4 * _EDGE, edge - 5, self.words["page_note"]))
        self.y = into.bottom + _GAP
        return out, into

    def minutes(self, stop: Stop) -> str:
        text = self.words["passed" if self.is_passed(stop) else "minutes"]
        return fill(text, minutes=stop.step.minutes)

    def is_passed(self, stop: Stop) -> bool:
        return self.place is not None and stop.step.key in self.place.passed

    def marks(self, stop: Stop) -> dict[str, bool]:
        return {"here": self.is_at(stop), "passed": self.is_passed(stop)}

    def flag_before_end(self, left: float, wide: float, middle: float) -> float:
        """The mark of what is done, clear of the round end below it; returns where that one begins."""
        bottom = self.flag(left, self.y, wide)
        self.arrow((middle, bottom), (middle, bottom + _GAP / 2))
        return bottom + _GAP / 2

    def finished(self, wide: float, head: float = 0, lanes: tuple[Lane, ...] = ()) -> Chart:
        return Chart(
            wide, self.y, head, lanes, tuple(self.shapes), tuple(self.arrows), tuple(self.labels), tuple(self.breaks),
            flowchart.title(self.sop), flowchart.description(self.sop, self.place, self.beyond),
        )  # fmt: skip


class _Across(_Drawing):
    def chart(self) -> Chart:
        self.inner = max(_LANE - 2 * _LANE_PAD, self._widest_word() + 2 * _PAD)
        lane = self.inner + 2 * _LANE_PAD
        headings = [_bold(wrap(role.label, SIZE, self.inner, bold=True)) for role in self.sop.roles]
        head = max(map(len, headings)) * LEADING + 2 * _PAD
        self.lanes = {
            role.key: Lane(_EDGE + number * lane, lane, lines)
            for number, (role, lines) in enumerate(zip(self.sop.roles, headings, strict=True))
        }
        self.y = head + _GAP / 2
        applicant = self.sop.first.role
        start = self._box("terminator", applicant, [Line(self.words["start"])], self.y)
        self.y, leaving = start.bottom + _GAP, start
        for stop in flowchart.stops(self.sop, self.beyond):
            leaving = self._row(stop, leaving)
            if stop.step.turns_page and (following := self.sop.after(stop.step.key)):
                out, into = self.page_turn(self._middle(following.role))
                self._connect(leaving, out.middle, out.top)
                leaving = into
        self._end(leaving, applicant)
        return self.finished(2 * _EDGE + lane * len(self.lanes), head, tuple(self.lanes.values()))

    def _row(self, stop: Stop, before: Shape) -> Shape:
        """A step with what belongs to it; returns the shape that the flow leaves it by."""
        top, applicant, lane = self.y, self.sop.first.role, self.lanes[stop.step.role]
        left, entry = lane.left + _LANE_PAD, self.y
        if self.is_at(stop):
            top = self.flag(left, top, self.inner)
        lines = _bold(wrap(f"{stop.number}. {stop.step.name}", SIZE, self.inner - 2 * _PAD, bold=True))
        lines += (Line(self.minutes(stop)),)
        joining = tuple(map(Line, wrap(self.words["joins"], SIZE, self.inner - 2 * _PAD))) if stop.joins else ()
        lines += (Line(""),) * max(0, len(joining) - len(lines))
        step = self.box("process", lines, left, top, self.inner, **self.marks(stop))
        self._connect(before, step.middle, entry)
        leaving = step
        if stop.joins:
            joined = replace(step, left=self.lanes[applicant].left + _LANE_PAD, lines=joining)
            self.shapes.append(joined)
            self.arrow(*_level(step, joined))
            leaving = joined
        if stop.returns:
            leaving = self._decide(stop, step)
        self.y = max(step.bottom, leaving.bottom) + (_ANSWER_GAP if stop.returns else _GAP)
        return leaving

    def _decide(self, stop: Stop, step: Shape) -> Shape:
        """The decision below a step, and the way by the applicant's lane back into it."""
        lane, own, mark = self.lanes[self.sop.first.role], self.lanes[stop.step.role], self.is_mending(stop)
        leftwards, wide = lane.left < own.left, self.mend_width(mark)
        # At the far side of the applicant's lane: the answer stands between it and the decision's own lane.
        left = lane.left + _LANE_PAD if leftwards else lane.left + lane.width - _LANE_PAD - wide
        flag = len(wrap(self.mark_words, SIZE, wide - 2 * _PAD, bold=True)) if mark else 0
        high = LEADING + 2 * _PAD
        raised = flag * LEADING + 2 * _PAD if flag else 0
        decision = self.decision(step.middle, step.bottom + _BEFORE_DECISION)
        # The mark of the place needs its room above the box; the decision makes way.
        lowest = step.level + 14 + raised + high / 2
        if decision.level < lowest:
            decision = self.shapes[-1] = replace(decision, top=lowest - decision.height / 2)
        top = decision.level - high / 2
        if mark:
            self.flag(left, top - raised, wide)
        mend = self.box("process", [Line(self.words["mend"])], left, top, wide, beyond=True, here=mark)
        self.arrow((step.middle, step.bottom), (decision.middle, decision.top))
        away, near = _level(decision, mend)
        self.arrow(away, near, beyond=True)
        into = step.left if leftwards else step.right
        self.arrow((mend.middle, top - raised), (mend.middle, step.level), (into, step.level), beyond=True)
        x = own.left - 5 if leftwards else own.left + own.width + 5
        self.labels.append(Label(x, decision.level - 6, self.words["no"], "end" if leftwards else "start", beyond=True))
        return decision

    def _connect(self, before: Shape, x: float, y: float) -> None:
        """From a shape's bottom down, across between the rows, and down to the top of the next."""
        start = (before.middle, before.bottom)
        turn = y - _GAP / 2
        points = (start, (x, y)) if x == start[0] else (start, (start[0], turn), (x, turn), (x, y))
        self.arrow(*points)
        if before.kind == "decision":
            self.labels.append(Label(before.middle + 8, before.bottom + 16, self.words["yes"], beyond=True))

    def _end(self, leaving: Shape, applicant: str) -> None:
        last = self.sop.steps[-1]
        top = self.y
        role = applicant if last.kind == "handover" else last.role
        lane = self.lanes[role]
        if self.place and self.place.ended:
            top = self.flag_before_end(lane.left + _LANE_PAD, self.inner, self._middle(role))
        entry = self.y
        end = self._box("terminator", role, [Line(self.words["end"])], top)
        self._connect(leaving, end.middle, entry)
        self.y = end.bottom + _GAP / 2

    def _box(self, kind: Kind, role: str, lines: Sequence[Line], top: float) -> Shape:
        return self.box(kind, lines, self.lanes[role].left + _LANE_PAD, top, self.inner)

    def _middle(self, role: str) -> float:
        return self.lanes[role].left + self.lanes[role].width / 2

    def _widest_word(self) -> float:
        said = [role.label for role in self.sop.roles] + [f"{step.name}" for step in self.sop.steps]
        said += [
            self.words["start"],
            self.words["end"],
            self.words["mend"],
            *([self.place.words] if self.place else []),
        ]
        words = (*(word for text in said for word in text.split()), *self.words["joins"].split())
        return longest(words, SIZE, bold=True)


class _Down(_Drawing):
    def chart(self) -> Chart:
        said = [role.label for role in self.sop.roles] + [step.name for step in self.sop.steps]
        words = tuple(word for text in (*said, self.words["joins"]) for word in text.split())
        beside = self.mend_width(self.place is not None and self.place.mending)
        self.wide = max(_COLUMN, longest(words, SIZE, bold=True) + 2 * _PAD + 2 * _EDGE, _DECISION + beside + 4 * _EDGE)
        self.axis = _EDGE + _DECISION / 2
        start = self.box("terminator", [Line(self.words["start"])], _EDGE, self.y, _DECISION)
        self.y, leaving = start.bottom + _GAP, start
        for stop in flowchart.stops(self.sop, self.beyond):
            leaving = self._rows(stop, leaving)
            if stop.step.turns_page and self.sop.after(stop.step.key):
                at = self.y
                _, into = self.page_turn(self.axis)
                self._connect(leaving, at)
                leaving = into
        top = self.y
        if self.place and self.place.ended:
            top = self.flag_before_end(_EDGE, self.wide - 2 * _EDGE, self.axis)
        end = self.box("terminator", [Line(self.words["end"])], _EDGE, top, _DECISION)
        self._connect(leaving, self.y)
        self.y = end.bottom + _EDGE
        return self.finished(self.wide)

    def _rows(self, stop: Stop, before: Shape) -> Shape:
        entry = top = self.y
        room, full = self.wide - 2 * _EDGE - 2 * _PAD, self.wide - 2 * _EDGE
        if self.is_at(stop):
            top = self.flag(_EDGE, top, full)
        lines = (
            *map(Line, wrap(stop.role.label, SIZE, room)),
            *_bold(wrap(f"{stop.number}. {stop.step.name}", SIZE, room, bold=True)),
            Line(self.minutes(stop)),
        )
        step = self.box("process", lines, _EDGE, top, full, **self.marks(stop))
        self._connect(before, entry)
        leaving, self.y = step, step.bottom + _GAP
        if stop.joins:
            applicant = self.sop.role(self.sop.first.role).label
            lines = (*map(Line, wrap(applicant, SIZE, room)), *_bold(wrap(self.words["joins"], SIZE, room, bold=True)))
            leaving = self.box("process", lines, _EDGE, self.y, full, **self.marks(stop))
            self._connect(step, self.y)
            self.y = leaving.bottom + _GAP
        if stop.returns:
            leaving = self._decide(stop, step)
            self.y = leaving.bottom + _ANSWER_GAP
        return leaving

    def _decide(self, stop: Stop, step: Shape) -> Shape:
        """The decision on the flow's own line, and beside it the way back into the step."""
        mark, top = self.is_mending(stop), step.bottom + _BEFORE_DECISION
        left = _DECISION + 4 * _EDGE
        wide = self.wide - _EDGE - left
        if mark:
            top = self.flag(left, top, wide)
        mend = self.box("process", [Line(self.words["mend"])], left, top, wide, beyond=True, here=mark)
        decision = self.decision(self.axis, step.bottom + _BEFORE_DECISION)
        lowest = mend.bottom + 16
        if decision.level < lowest:
            decision = self.shapes[-1] = replace(decision, top=lowest - decision.height / 2)
        self._connect(step, decision.top)
        self.arrow(
            (decision.right, decision.level), (mend.middle, decision.level), (mend.middle, mend.bottom), beyond=True
        )
        self.arrow((mend.middle, step.bottom + _BEFORE_DECISION), (mend.middle, step.bottom), beyond=True)
        self.labels.append(Label(decision.right + 8, decision.level + 18, self.words["no"], beyond=True))
        return decision

    def _connect(self, before: Shape, y: float) -> None:
        self.arrow((self.axis, before.bottom), (self.axis, y))
        if before.kind == "decision":
            self.labels.append(Label(self.axis + 8, before.bottom + 18, self.words["yes"], beyond=True))


def _bold(texts: Sequence[str]) -> tuple[Line, ...]:
    return tuple(Line(text, bold=True) for text in texts)


def _level(one: Shape, other: Shape) -> tuple[Point, Point]:
    """From the side of one shape to the near side of another beside it."""
    if other.middle < one.middle:
        return (one.left, one.level), (other.right, other.level)
    return (one.right, one.level), (other.left, other.level)
