"""The letters of all PDFs: one typeface in two weights, the inks it is written in, and the pen that writes with it.

Everything here knows reportlab; import it where a paper is drawn, not before.
"""

import unicodedata
from collections import Counter
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

PLAIN, BOLD = "Naskah", "NaskahTebal"
"""Liberation Sans: the proportions of Arial, and every letter that ``application.schema.json`` allows in a name."""

MISSING: Final = "□"

LEADING: Final = 1.32  # of the size: from line to line


@lru_cache(maxsize=1)
def font() -> TTFont:
    """The typeface, registered once; its widths serve both weights' choice of letters."""
    for name, file in ((PLAIN, "LiberationSans-Regular.ttf"), (BOLD, "LiberationSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, Path(__file__).with_name("fonts") / file))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    return pdfmetrics.getFont(PLAIN)


def ink() -> Any:
    return HexColor(0x1B1F23)


def muted() -> Any:
    return HexColor(0x4A5560)


def style(size: float, *, bold: bool = False, **more: Any) -> ParagraphStyle:
    font()
    given = {"leading": size * LEADING, "textColor": ink(), "splitLongWords": 1, "bulletFontSize": size, **more}
    weight = BOLD if bold else PLAIN
    return ParagraphStyle(f"{size}", fontName=weight, bulletFontName=weight, fontSize=size, **given)


class Pen:
    """Writes text that this typeface can show, remembers what it could not, and gives every field a name of its own.

    Args:
        scale: of what the size of letters and of the room around them is elsewhere.
    """

    def __init__(self, scale: float = 1) -> None:
        self.scale = scale
        self.has_missing = False
        self._glyphs = font().face.charToGlyph
        self._names: Counter[str] = Counter()

    def write(self, text: str, look: ParagraphStyle) -> Paragraph:
        """A paragraph of plain text: no character of it is markup."""
        return Paragraph(escape(self.shown(text)).replace("\n", "<br/>"), look)

    def look(self, size: float, *, bold: bool = False, **more: Any) -> ParagraphStyle:
        return style(size * self.scale, bold=bold, **more)

    def shown(self, text: str) -> str:
        """The text with a visible mark for each letter that would vanish, or stand in the wrong order."""
        marked = "".join(character if self._can_show(character) else MISSING for character in text)
        self.has_missing = self.has_missing or marked.count(MISSING) > text.count(MISSING)
        return marked

    def name(self, wanted: str) -> str:
        """Field names are unique in a file; a question that is asked again is another field."""
        self._names[wanted] += 1
        return wanted if self._names[wanted] == 1 else f"{wanted}_lagi{self._names[wanted]}"

    def _can_show(self, character: str) -> bool:
        right_to_left = unicodedata.bidirectional(character) in ("R", "AL", "AN")
        return character == "\n" or (ord(character) in self._glyphs and not right_to_left)


def balanced(text: str, size: float, wide: float) -> str:
    """The same in as many lines of bold letters, each about as long: no word of a head stands alone below it."""
    font()
    lines = _filled(text, size, wide)
    while len(lines) > 1 and len(narrower := _filled(text, size, wide := wide - size / 2)) == len(lines) and wide > 0:
        lines = narrower
    return "\n".join(lines)


def _filled(text: str, size: float, wide: float) -> list[str]:
    """Line by line, as many words in each as it has room for."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and pdfmetrics.stringWidth(longer, BOLD, size) <= wide:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
