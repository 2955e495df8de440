"""By what a person is known in cases, drafts and registers: addresses, NIK and NIP, each in its one written form."""

from collections.abc import Iterable
from typing import Final

from portal.core.application import Application
from portal.core.identity import digits
from portal.core.sop import Sop

LENGTHS: Final = (16, 18)
"""Of a NIK and of a NIP."""

FEWEST_LETTERS: Final = 3
"""Of a name that is looked for."""


def known_by(values: Iterable[object]) -> frozenset[str]:
    """Of all that was typed, what can be nobody else's: addresses, and numbers as long as a NIK or a NIP."""
    return frozenset(key for value in values if isinstance(value, str) and (key := _key(value)))


def keys_of(application: Application, sop: Sop) -> frozenset[str]:
    """By what the applicant of a case is known, the confirmed address among it."""
    return known_by([*application.form.values(), application.address(sop)])


def plain_name(value: object) -> str:
    """A whole name to compare by, however it is spaced and in whatever letters; empty of what is no name."""
    text = " ".join(value.split()).casefold() if isinstance(value, str) else ""
    return text if sum(map(str.isalpha, text)) >= FEWEST_LETTERS and "@" not in text else ""


def _key(value: str) -> str:
    text = value.strip()
    if "@" in text:
        return text.lower()
    number = digits(text)
    return number if number.isdecimal() and len(number) in LENGTHS else ""
