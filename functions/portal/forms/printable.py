"""The letters that the papers can print: those of their typeface, as a list that a form can ask without loading it.

Latin letters of every alphabet, Greek, Cyrillic, and what stands between words; nothing that runs from right to left.
"""

import re
from typing import Final

_LETTERS: Final = (
    " -~\u00a0-\u00ac\u00ae-\u02ff"  # Latin
    "\u1e00-\u1e9b\u1e9e\u1ea0-\u1ef9"  # Latin with marks below and above
    "\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u03d0-\u0482\u048a-\u0513"  # Greek and Cyrillic
    "\u2010\u2012-\u2022\u2026\u2030\u2032-\u2034\u2039\u203a\u2044"  # dashes, quotation marks, dots
    "\u2074-\u2079\u207f-\u2089\u20ac\u2116\u2122\u2126"  # small figures and signs
    "\u2190-\u2193\u2212\u221a\u221e\u2248\u2260\u2264\u2265"
)
_UNPRINTABLE: Final = re.compile(f"[^{_LETTERS}\n\t]")


def unprintable(text: str) -> str:
    """Its letters that no paper can print, each once, with spaces between them; empty if there is none."""
    return " ".join(dict.fromkeys(_UNPRINTABLE.findall(text)))
