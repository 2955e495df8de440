"""What people type and paste between the characters of a number: spaces, dashes, and marks that nobody sees."""

import unicodedata
from typing import Final

# Space separators, dashes and invisible format characters (soft hyphen, direction marks of chat programs).
_CATEGORIES: Final = frozenset({"Zs", "Pd", "Cf"})


def without_separators(text: str, also: str) -> str:
    """The text without its separators; ``also``: one more character that is one in this kind of number."""
    return "".join(character for character in text if not (character == also or _is_separator(character)))


def _is_separator(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in _CATEGORIES
