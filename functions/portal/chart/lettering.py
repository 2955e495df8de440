"""How much room text takes, without knowing the reader's font: widths of a wide sans serif, so that any other fits.

Lengths are in the unit of the font size.
"""

from collections.abc import Callable
from typing import Final

_NARROW: Final = frozenset("ijlftI.,:;'|!()[]-/ ")
_WIDE: Final = frozenset("mwMW%@–—")
BOLDER: Final = 1.1
"""How much wider bold letters are."""


def width(text: str, size: float, bold: bool = False) -> float:
    """At most how wide the text is on one line."""
    ems = sum(map(_ems, text))
    return ems * size * (BOLDER if bold else 1)


def wrap(text: str, size: float, room: float, bold: bool = False) -> tuple[str, ...]:
    """The text in lines of at most ``room``, as wide as ``width`` says."""
    return wrap_measured(text, room, lambda line: width(line, size, bold))


def wrap_measured(text: str, room: float, measure: Callable[[str], float]) -> tuple[str, ...]:
    """The text in lines of at most ``room``; a word is never cut, so a line of one word may be wider."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def longest(texts: tuple[str, ...], size: float, bold: bool = False) -> float:
    """The widest of the texts."""
    return max((width(text, size, bold) for text in texts), default=0)


def _ems(letter: str) -> float:
    # From the widths of DejaVu Sans, which is wider than what systems show pages in.
    if letter in _NARROW:
        return 0.4
    if letter in _WIDE:
        return 1.0
    return 0.78 if letter.isupper() else 0.64
