"""The flowchart in lanes: one for each actor, steps from top to bottom."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from portal.chart import flowchart
from portal.chart.drawing import ANSWER_GAP, BEFORE_DECISION, EDGE, GAP, PAD, Drawing, bold
from portal.chart.flowchart import LEADING, SIZE, Chart, Kind, Label, Lane, Line, Point, Shape, Stop
from portal.chart.lettering import longest, wrap

_LANE: Final = 200.0
_LANE_PAD: Final = 12.0


class Lanes(Drawing):
    joined: Shape | None = None
    """What the applicant does at the step before, from which the way leads back to the flow."""

    def chart(self) -> Chart:
        """The whole chart, placed."""
        self.inner = max(_LANE - 2 * _LANE_PAD, self._widest_word() + 2 * PAD)
        lane = self.inner + 2 * _LANE_PAD
        headings = [bold(wrap(role.column, SIZE, self.inner, bold=True)) for role in self.sop.roles]
        head = max(map(len, headings)) * LEADING + 2 * PAD
        self.lanes = {
            role.key: Lane(EDGE + number * lane, lane, lines)
            for number, (role, lines) in enumerate(zip(self.sop.roles, headings, strict=True))
        }
        self.y = head + GAP / 2
        applicant = self.sop.applying.key
        start = self._box("terminator", self.sop.rows[0].role, [Line(self.words["start"])], self.y)
        self.y, leaving = start.bottom + GAP, start
        every = list(flowchart.stops(self.sop, self.beyond))
        for stop, following in zip_longest(every, every[1:]):
            leaving = self._row(stop, leaving)
            if stop.step.turns_page and following:
                out, into = self.page_turn(self._middle(following.step.role))
                self._connect(leaving, out.middle, out.top)
                leaving = into
        self._end(leaving, applicant)
        return self.finished(2 * EDGE + lane * len(self.lanes), head, tuple(self.lanes.values()))

    def _row(self, stop: Stop, before: Shape) -> Shape:
        """A step with what belongs to it; returns the shape that the flow leaves it by."""
        top, applicant, lane = self.y, self.sop.applying.key, self._lane(stop.step.role)
        left, entry = lane.left + _LANE_PAD, self.y
        if self.is_at(stop):
            top = self.flag(left, top, self.inner)
        lines = bold(wrap(f"{stop.number}. {stop.step.name}", SIZE, self.inner - 2 * PAD, bold=True))
        if stop.role.any_of:  # it stands in the lane of the first of them
            lines += tuple(map(Line, wrap(stop.role.column, SIZE, self.inner - 2 * PAD)))
        lines += (Line(self.minutes(stop)),)
        joining = tuple(map(Line, wrap(self.words["joins"], SIZE, self.inner - 2 * PAD))) if stop.joins else ()
        lines += (Line(""),) * max(0, len(joining) - len(lines))
        step = self.box("process", lines, left, top, self.inner, **self.marks(stop))
        self._connect(before, step.middle, entry)
        leaving = below = self.back(stop, step)
        if stop.joins:
            joined = step._replace(left=self.lanes[applicant].left + _LANE_PAD, lines=joining, beyond=True)
            self.shapes.append(joined)
            self.arrow(*_level(step, joined), beyond=True)
            self.joined = joined if not stop.returns else None
        if stop.returns:
            leaving = self._decide(stop, step, below)
        self.y = max(step.bottom, leaving.bottom) + (ANSWER_GAP if stop.returns else GAP)
        return leaving

    def _decide(self, stop: Stop, step: Shape, below: Shape) -> Shape:
        """The decision below a step (``below``: its lowest part), and the way by the applicant's lane back into it."""
        lane, own, mark = self.lanes[self.sop.applying.key], self._lane(stop.step.role), self.is_mending(stop)
        leftwards, wide = lane.left < own.left, self.mend_width(mark)
        # At the far side of the applicant's lane: the answer stands between it and the decision's own lane.
        left = lane.left + _LANE_PAD if leftwards else lane.left + lane.width - _LANE_PAD - wide
        flag = len(wrap(self.mark_words, SIZE, wide - 2 * PAD, bold=True)) if mark else 0
        high = LEADING + 2 * PAD
        raised = flag * LEADING + 2 * PAD if flag else 0
        decision = self.decision(step.middle, below.bottom + BEFORE_DECISION)
        # The mark of the place needs its room above the box; the decision makes way.
        lowest = step.level + 14 + raised + high / 2
        if decision.level < lowest:
            decision = self.shapes[-1] = decision._replace(top=lowest - decision.height / 2)
        top = decision.level - high / 2
        if mark:
            self.flag(left, top - raised, wide)
        mend = self.box("process", [Line(self.words["mend"])], left, top, wide, beyond=True, here=mark)
        self.arrow((step.middle, below.bottom), (decision.middle, decision.top))
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
        turn = y - GAP / 2
        points = (start, (x, y)) if x == start[0] else (start, (start[0], turn), (x, turn), (x, y))
        self.arrow(*points)
        if self.joined:
            self.arrow((self.joined.middle, self.joined.bottom), (self.joined.middle, turn), (x, turn), beyond=True)
            self.joined = None
        if before.kind == "decision":
            self.labels.append(Label(before.middle + 8, before.bottom + 16, self.words["yes"], beyond=True))

    def _end(self, leaving: Shape, applicant: str) -> None:
        last = self.sop.rows[-1]
        top = self.y
        role = applicant if last.kind == "handover" else last.role
        lane = self._lane(role)
        if self.place and self.place.ended:
            top = self.flag_before_end(lane.left + _LANE_PAD, self.inner, self._middle(role))
        entry = self.y
        end = self._box("terminator", role, [Line(self.words["end"])], top)
        self._connect(leaving, end.middle, entry)
        self.y = end.bottom + GAP / 2

    def _box(self, kind: Kind, role: str, lines: Sequence[Line], top: float) -> Shape:
        return self.box(kind, lines, self._lane(role).left + _LANE_PAD, top, self.inner)

    def _middle(self, role: str) -> float:
        lane = self._lane(role)
        return lane.left + lane.width / 2

    def _lane(self, role: str) -> Lane:
        return self.lanes[self.sop.acting(role)[0]]

    def _widest_word(self) -> float:
        said = [role.column for role in self.sop.roles] + [f"{row.name}" for row in self.sop.rows]
        said += [
            self.words["start"],
            self.words["end"],
            self.words["mend"],
            *([self.place.words] if self.place else []),
        ]
        words = (
            *(word for text in said for word in text.split()),
            *self.words["joins"].split(),
            *self.words.get("back", "").split(),
        )
        return longest(words, SIZE, bold=True)


def _level(one: Shape, other: Shape) -> tuple[Point, Point]:
    """From the side of one shape to the near side of another beside it."""
    if other.middle < one.middle:
        return (one.left, one.level), (other.right, other.level)
    return (one.right, one.level), (other.left, other.level)
