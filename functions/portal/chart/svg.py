"""The flowchart drawn as inline SVG: classes and ``currentColor`` only, no inline style, no script, nothing to load.

Colours and dashes are the style sheet's (``.flow``); without one the picture still stands, in black lines.
"""

from html import escape
from typing import Final

from portal.chart.flowchart import BASELINE, LEADING, SIZE, Arrow, Chart, Label, Lane, Line, Shape, head, outline

_PEN: Final = f' font-size="{SIZE:g}" fill="none" stroke="currentColor" stroke-width="1.5"'


def svg(chart: Chart, name: str, css_class: str) -> str:
    """The chart as one ``<svg>`` element for a page.

    Args:
        name: prefix of its ids, one of a kind on the page.
        css_class: what the page's style sheet shows and hides it by.
    """
    parts = [
        f'<svg class="flow {css_class}" viewBox="0 0 {_n(chart.width)} {_n(chart.height)}" role="img"'
        f' aria-labelledby="{name}-judul {name}-uraian"{_PEN}>',
        f'<title id="{name}-judul">{escape(chart.title)}</title>',
        f'<desc id="{name}-uraian">{escape(chart.description)}</desc>',
        *(f'<g class="lane">{_rect(lane.left, 1, lane.width, chart.height - 2)}</g>' for lane in chart.lanes),
        *(_break(chart, y) for y in chart.breaks),
        *map(_arrow, chart.arrows),
        *map(_shape, chart.shapes),
        *map(_label, chart.labels),
        *(_lane_head(chart, lane) for lane in chart.lanes),
        "</svg>",
    ]
    return "".join(parts)


def _lane_head(chart: Chart, lane: Lane) -> str:
    top = 1 + (chart.head - len(lane.lines) * LEADING) / 2
    frame = _rect(lane.left, 1, lane.width, chart.head - 1, "lane-head")
    return f'<g class="lane">{frame}{_text(lane.lines, lane.left + lane.width / 2, top)}</g>'


def _break(chart: Chart, y: float) -> str:
    return f'<path class="page-edge" stroke-dasharray="2 6" d="M0 {_n(y)}H{_n(chart.width)}"/>'


def _shape(shape: Shape) -> str:
    marks = {"added": shape.beyond, "here": shape.here, "passed": shape.passed}
    css = " ".join(("shape", shape.kind, *(mark for mark, bears in marks.items() if bears)))
    # A second frame within: what is passed differs by more than colour.
    inner = _rect(shape.left + 4, shape.top + 4, shape.width - 8, shape.height - 8) if shape.passed else ""
    text = _text(shape.lines, shape.middle, shape.level - len(shape.lines) * LEADING / 2)
    return f'<g class="{css}"{_dash(shape.beyond)}>{_outline(shape)}{inner}{text}</g>'


def _outline(shape: Shape) -> str:
    corners = outline(shape)
    if corners:
        return f'<path d="M{"L".join(f"{_n(x)} {_n(y)}" for x, y in corners)}Z"/>'
    radius = shape.height / 2 if shape.kind == "terminator" else 0
    return _rect(shape.left, shape.top, shape.width, shape.height, radius=radius)


def _arrow(arrow: Arrow) -> str:
    line = "L".join(f"{_n(x)} {_n(y)}" for x, y in arrow.points)
    css = ' class="added"' if arrow.beyond else ""
    tip = "L".join(f"{_n(x)} {_n(y)}" for x, y in head(arrow))
    drawn = f'<path d="M{line}"{_dash(arrow.beyond)}/><path class="head" fill="currentColor" d="M{tip}Z"/>'
    return f"<g{css}>{drawn}</g>"


def _label(label: Label) -> str:
    css = "label added" if label.beyond else "label"
    return (
        f'<text class="{css}" x="{_n(label.x)}" y="{_n(label.baseline)}" text-anchor="{label.anchor}"'
        f' fill="currentColor" stroke="none">{escape(label.text)}</text>'
    )


def _text(lines: tuple[Line, ...], middle: float, top: float) -> str:
    weight = {True: ' font-weight="600"', False: ""}
    feet = (top + number * LEADING + BASELINE for number in range(len(lines)))
    spans = "".join(
        f'<tspan x="{_n(middle)}" y="{_n(y)}"{weight[line.bold]}>{escape(line.text)}</tspan>'
        for y, line in zip(feet, lines, strict=True)
    )
    return f'<text text-anchor="middle" fill="currentColor" stroke="none">{spans}</text>'


def _rect(left: float, top: float, width: float, height: float, css_class: str = "", radius: float = 0) -> str:
    css = f' class="{css_class}"' if css_class else ""
    rounded = f' rx="{_n(radius)}"' if radius else ""
    return f'<rect{css} x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" height="{_n(height)}"{rounded}/>'


def _dash(beyond: bool) -> str:
    return ' stroke-dasharray="5 4"' if beyond else ""


def _n(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")
