"""The SOP as a flowchart: which shapes there are, where they stand, and what the picture says to who cannot see it.

Lengths are units of the chart's own; whoever draws it (``svg``, ``papers.flowchart_pdf``) scales them. The symbols are
those of government SOPs: terminator, process, decision, arrow, and the connector between pages. What only the portal
adds is ``beyond`` the SOP and drawn so. Every word comes from the SOP file.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, Literal, NamedTuple

from portal.core.parts import Role, Step
from portal.core.sop import ROW, Sop
from portal.core.steps import State, official_actions, official_before

Kind = Literal["terminator", "process", "decision", "connector", "flag"]

Point = tuple[float, float]

SIZE: Final = 15.0
"""Size of all letters, and what every length goes with."""
LEADING: Final = 19.0
BASELINE: Final = 14.0
"""From the top of a line to the next line's, and to the feet of its letters."""
_HEAD: Final = 5.0
"""Half the width of an arrow's head."""


class Line(NamedTuple):
    """A line of text in a shape."""

    text: str
    bold: bool = False


class Shape(NamedTuple):
    """A symbol with its text, or the flag that marks a place; ``passed``: what the application has behind it."""

    kind: Kind
    left: float
    top: float
    width: float
    height: float
    lines: tuple[Line, ...]
    beyond: bool = False
    here: bool = False
    passed: bool = False

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> float:
        return self.left + self.width / 2

    @property
    def level(self) -> float:
        return self.top + self.height / 2


class Arrow(NamedTuple):
    """A line through points, with its head at the last."""

    points: tuple[Point, ...]
    beyond: bool = False


class Label(NamedTuple):
    """A word beside a line; ``x`` is its beginning, its end or its middle."""

    x: float
    baseline: float
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    beyond: bool = False


class Lane(NamedTuple):
    """A column that belongs to one actor, from the top of the chart to its bottom."""

    left: float
    width: float
    lines: tuple[Line, ...]


class Chart(NamedTuple):
    """A flowchart that only has to be drawn.

    Attributes:
        head: height of the lanes' headings; 0 without lanes.
        breaks: heights at which the office's own paper turns the page.
        title: what the picture is; description: all that it shows, as sentences.
    """

    width: float
    height: float
    head: float
    lanes: tuple[Lane, ...]
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]
    labels: tuple[Label, ...]
    breaks: tuple[float, ...]
    title: str
    description: str


class Place(NamedTuple):
    """Where one application is: at a step, while it is mended there (``mending``), or at the end; in which words.

    ``passed`` holds the keys of the steps behind it. ``outside`` says what the chart of the SOP does not show; empty
    while it shows all.
    """

    step: str
    mending: bool
    ended: bool
    words: str
    outside: str
    passed: tuple[str, ...] = ()


class Stop(NamedTuple):
    """One step on the way; what only the portal adds: ``joins``, the applicant comes to it too; ``returns``, it may be
    sent back for mending; ``back``, the number of the step whose officials may get it again, 0 for none."""

    number: int
    step: Step
    role: Role
    joins: bool
    returns: bool
    back: int = 0


def place_of(sop: Sop, step: str, state: State) -> Place:
    """Where an application in this step and state is on the chart, and what is outside of it."""
    words: Mapping[str, Any] = sop.data["chart"]
    ended = state is State.DONE
    mending, keys = state is State.RETURNED, [row.key for row in sop.rows]
    key = "done" if ended else "closed" if state.is_closed else "returned" if mending else "open"
    passed = tuple(keys if ended else keys[: keys.index(step)])
    return Place(step, mending, ended, words["here"][key], words["outside"].get(state.value, ""), passed)


def stops(sop: Sop, beyond: bool = True) -> Iterator[Stop]:
    """The rows in order, as a chart shows them; ``beyond``: with what the portal adds."""
    for number, step in enumerate(sop.rows, start=1):
        own = step.role == sop.applying.key
        decides = beyond and not own and step.kind != ROW
        possible = official_actions(sop, step.key, State.WAITING) if decides else ()
        before = official_before(sop, step.key) if "send_back" in possible else None
        back = sop.number(before.key) if before and "back" in sop.data["chart"] else 0
        joins = beyond and step.kind == "visit" and not own
        yield Stop(number, step, sop.role(step.role), joins, "return" in possible, back)


def sections(chart: Chart) -> list[tuple[float, float]]:
    """The chart cut where the office's paper turns the page: from which height to which, below the lanes' headings."""
    cuts = [chart.head, *chart.breaks, chart.height]
    return list(pairwise(cuts))


def outline(shape: Shape) -> tuple[Point, ...]:
    """The corners of a shape that is no rectangle, clockwise from the top left; none for the others."""
    if shape.kind == "decision":
        return (
            (shape.middle, shape.top), (shape.right, shape.level), (shape.middle, shape.bottom),
            (shape.left, shape.level),
        )  # fmt: skip
    if shape.kind == "connector":
        waist = shape.top + shape.height * 0.62
        return (
            (shape.left, shape.top), (shape.right, shape.top), (shape.right, waist), (shape.middle, shape.bottom),
            (shape.left, waist),
        )  # fmt: skip
    return ()


def head(arrow: Arrow, half: float = _HEAD) -> tuple[Point, Point, Point]:
    """The triangle at the end of an arrow; its tip is the last point."""
    (x0, y0), (x, y) = arrow.points[-2:]
    if x == x0:
        back = y - 2 * half if y > y0 else y + 2 * half
        return (x, y), (x - half, back), (x + half, back)
    back = x - 2 * half if x > x0 else x + 2 * half
    return (x, y), (back, y - half), (back, y + half)


def title(sop: Sop) -> str:
    """What the picture is."""
    return fill(sop.data["chart"]["title"], title=sop.data["title"])


def description(sop: Sop, place: Place | None = None, beyond: bool = True) -> str:
    """All that the chart shows, as sentences in order; where an application is comes first."""
    words, applicant = sop.data["chart"], sop.applying.column
    say: Mapping[str, str] = words["say"]
    said = [fill(say["actors"], actors=", ".join(role.column for role in sop.roles)), f"{words['start']}."]
    for stop in stops(sop, beyond):
        said.append(_fill_step(say["step"], stop, sop))
        if stop.joins:
            said.append(fill(say["joins"], applicant=applicant, text=words["joins"]))
        if stop.returns:
            said.append(fill(say["returns"], applicant=applicant))
        if stop.back:
            said.append(fill(say["back"], number=stop.back))
        if stop.step.turns_page:
            said.append(say["page"])
    said.append(f"{words['end']}.")
    if place:
        at = next(stop for stop in stops(sop) if stop.step.key == place.step)
        numbers = ", ".join(str(stop.number) for stop in stops(sop) if stop.step.key in place.passed)
        passed = fill(say["passed"], steps=numbers) if numbers else ""
        said = [fill(_fill_step(say["here"], at, sop), words=place.words), place.outside, passed, *said]
    return " ".join(filter(None, said))


def fill(text: str, /, **facts: object) -> str:
    """A text with its ``{names}`` filled in; a name that is not known stays as it is written."""
    for name, fact in facts.items():
        text = text.replace(f"{{{name}}}", str(fact))
    return text


def _fill_step(text: str, stop: Stop, sop: Sop) -> str:
    facts = {"minutes": stop.step.minutes, "time": sop.time(stop.step)}
    return fill(text, number=stop.number, name=stop.step.name, by=stop.role.column, **facts)
