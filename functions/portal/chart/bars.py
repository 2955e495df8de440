"""Figures as bars, drawn as inline SVG: one picture for every width, with letters as large as the page's.

Lengths across are shares of the width and words stand in lines above their bar, so nothing is scaled: a phone shows the
same letters as a wide screen. As in ``svg`` there is no style and no script in it, which the policy of the pages would
refuse: pygal's pictures carry a style sheet and two scripts, and take 0.3 s to import (3.1.3). Bar and frame differ
without colour.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from portal.chart.flowchart import BASELINE, LEADING, SIZE
from portal.chart.lettering import wrap

_LONGEST: Final = 60.0
"""Share of the width, in percent, that the longest bar takes; its figure stands right of it."""
_ROOM: Final = 270.0
"""A line of words on the narrowest phone."""
_HIGH: Final = 18.0
"""Of the frame; the bar within is lower, so that both are seen whichever is longer."""
_LOW: Final = 10.0
_GAP: Final = 14.0
_DASHED: Final = ' fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="4 3"'


class Bar(NamedTuple):
    """What is counted, how much of it, and the same in words.

    Attributes:
        amount: None where the figure is not told: ``words`` say so, and there is no bar.
        mark: an amount to compare with, drawn as a dashed frame around.
    """

    label: str
    amount: int | None
    words: str
    mark: int | None = None


def bars(found: Sequence[Bar], name: str, title: str) -> str:
    """One ``<svg>`` element; who cannot see it hears the title and every bar's words.

    Args:
        name: prefix of its ids, one of a kind on the page.
    """
    longest = max((amount for bar in found for amount in (bar.amount, bar.mark) if amount), default=1)
    parts: list[str] = []
    y = 0.0
    for bar in found:
        lines = wrap(bar.label, SIZE, _ROOM)
        top = y + len(lines) * LEADING + 3
        parts += [*_lines(lines, y), *_bar(bar, top, _LONGEST / longest)]
        y = top + _HIGH + _GAP
    told = "; ".join(f"{bar.label}: {bar.words}" for bar in found)
    return (
        f'<svg class="bars" width="100%" height="{y:g}" role="img" aria-labelledby="{name}-judul {name}-uraian"'
        f' font-size="{SIZE:g}" fill="currentColor">'
        f'<title id="{name}-judul">{escape(title)}</title><desc id="{name}-uraian">{escape(told)}.</desc>'
        f"{''.join(parts)}</svg>"
    )


def _lines(lines: Sequence[str], top: float) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f'<text x="0" y="{top + number * LEADING + BASELINE:g}">{escape(line)}</text>'


def _bar(bar: Bar, top: float, scale: float) -> Iterator[str]:
    """``scale``: percent of the width for one of what is counted."""
    reach, mark = (bar.amount or 0) * scale, (bar.mark or 0) * scale
    if mark:
        yield f'<rect class="compared" x="0" y="{top:g}" width="{mark:.2f}%" height="{_HIGH:g}"{_DASHED}/>'
    if reach:
        yield f'<rect class="measured" x="0" y="{top + (_HIGH - _LOW) / 2:g}" width="{reach:.2f}%" height="{_LOW:g}"/>'
    end = max(reach, mark)
    place = f'x="{end:.2f}%" dx="{8 if end else 0}" y="{top + BASELINE:g}"'
    yield f'<text {place} font-weight="600">{escape(bar.words)}</text>'
