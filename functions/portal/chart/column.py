"""The flowchart in one column as wide as a small phone, the actor named in each shape."""

from typing import Final

from portal.chart import flowchart
from portal.chart.drawing import ANSWER_GAP, BEFORE_DECISION, DECISION, EDGE, GAP, PAD, Drawing, bold
from portal.chart.flowchart import SIZE, Chart, Label, Line, Shape, Stop
from portal.chart.lettering import longest, wrap

_COLUMN: Final = 272.0
_BESIDE: Final = 24.0
"""From the flow's own line to what stands beside it."""


class Column(Drawing):
    def chart(self) -> Chart:
        """The whole chart, placed."""
        said = [role.column for role in (*self.sop.roles, *self.sop.either)]
        said += [row.name for row in self.sop.rows]
        words = tuple(word for text in said for word in text.split())
        beside = self.mend_width(self.place is not None and self.place.mending)
        self.wide = max(_COLUMN, longest(words, SIZE, bold=True) + 2 * PAD + 2 * EDGE, DECISION + beside + 4 * EDGE)
        self.axis = EDGE + DECISION / 2
        joining = longest((*self.words["joins"].split(), *self._applicant().split()), SIZE, bold=True)
        self.wide = max(self.wide, self.axis + _BESIDE + joining + 2 * PAD + EDGE)
        start = self.box("terminator", [Line(self.words["start"])], EDGE, self.y, DECISION)
        self.y, leaving = start.bottom + GAP, start
        for stop in flowchart.stops(self.sop, self.beyond):
            leaving = self._rows(stop, leaving)
            if stop.step.turns_page and stop.step is not self.sop.rows[-1]:
                at = self.y
                _, into = self.page_turn(self.axis)
                self._connect(leaving, at)
                leaving = into
        top = self.y
        if self.place and self.place.ended:
            top = self.flag_before_end(EDGE, self.wide - 2 * EDGE, self.axis)
        end = self.box("terminator", [Line(self.words["end"])], EDGE, top, DECISION)
        self._connect(leaving, self.y)
        self.y = end.bottom + EDGE
        return self.finished(self.wide)

    def _rows(self, stop: Stop, before: Shape) -> Shape:
        entry = top = self.y
        room, full = self.wide - 2 * EDGE - 2 * PAD, self.wide - 2 * EDGE
        if self.is_at(stop):
            top = self.flag(EDGE, top, full)
        lines = (
            *map(Line, wrap(stop.role.column, SIZE, room)),
            *bold(wrap(f"{stop.number}. {stop.step.name}", SIZE, room, bold=True)),
            Line(self.minutes(stop)),
        )
        step = self.box("process", lines, EDGE, top, full, **self.marks(stop))
        self._connect(before, entry)
        leaving = step = self.back(stop, step)
        self.y = step.bottom + GAP
        if stop.joins:
            self._join(stop, step)
        if stop.returns:
            leaving = self._decide(stop, step)
            self.y = leaving.bottom + ANSWER_GAP
        return leaving

    def _join(self, stop: Stop, step: Shape) -> None:
        """What the applicant does, beside the flow's own line: out of the step, and back to that line."""
        left = self.axis + _BESIDE
        wide = self.wide - EDGE - left
        lines = (
            *map(Line, wrap(self._applicant(), SIZE, wide - 2 * PAD)),
            *bold(wrap(self.words["joins"], SIZE, wide - 2 * PAD, bold=True)),
        )
        joined = self.box("process", lines, left, self.y, wide, beyond=True, **self.marks(stop))
        self.arrow((joined.middle, step.bottom), (joined.middle, joined.top), beyond=True)
        self.arrow((joined.left, joined.level), (self.axis, joined.level), beyond=True)
        self.y = joined.bottom + GAP

    def _applicant(self) -> str:
        return self.sop.applying.column

    def _decide(self, stop: Stop, step: Shape) -> Shape:
        """The decision on the flow's own line, and beside it the way back into the step."""
        mark, top = self.is_mending(stop), step.bottom + BEFORE_DECISION
        left = DECISION + 4 * EDGE
        wide = self.wide - EDGE - left
        if mark:
            top = self.flag(left, top, wide)
        mend = self.box("process", [Line(self.words["mend"])], left, top, wide, beyond=True, here=mark)
        decision = self.decision(self.axis, step.bottom + BEFORE_DECISION)
        lowest = mend.bottom + 16
        if decision.level < lowest:
            decision = self.shapes[-1] = decision._replace(top=lowest - decision.height / 2)
        self._connect(step, decision.top)
        self.arrow(
            (decision.right, decision.level), (mend.middle, decision.level), (mend.middle, mend.bottom), beyond=True
        )
        self.arrow((mend.middle, step.bottom + BEFORE_DECISION), (mend.middle, step.bottom), beyond=True)
        self.labels.append(Label(decision.right + 8, decision.level + 18, self.words["no"], beyond=True))
        return decision

    def _connect(self, before: Shape, y: float) -> None:
        self.arrow((self.axis, before.bottom), (self.axis, y))
        if before.kind == "decision":
            self.labels.append(Label(self.axis + 8, before.bottom + 18, self.words["yes"], beyond=True))
