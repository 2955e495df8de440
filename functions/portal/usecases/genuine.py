"""The short code in every email, by which anybody can ask the portal whether an email is its own.

Nothing is kept for it: the code itself says the minute and the kind of the email, and ends in what only the portal's
keys make of that. So it tells nothing of anybody, and is the same in all emails of a kind and a minute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any, Final

from portal.core.errors import NotFound
from portal.office import Office

PURPOSE: Final = "email"
SINCE: Final = 26_297_280
"""Minutes from 1970 to 2020, where a code begins to count; it has room for 31 years."""
KINDS: Final = 64
"""How many kinds it has room for."""

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_HALF: Final = 6  # letters of each half: what is said, and its seal
_MISREAD: Final = str.maketrans("018", "OIB")


@dataclass(frozen=True)
class Email:
    """What a code says: the minute in which the email was written, and its kind."""

    at: datetime
    kind: str


@dataclass(frozen=True)
class Genuine:
    """Attributes:
    kinds: each with its ``letters`` and with what is ``said`` of it; the first is of all other letters. The place in
        this list is part of a code.
    """

    office: Office
    kinds: Sequence[Mapping[str, Any]]

    def code(self, letter: str) -> str:
        """Of an email that is written now."""
        kind = next((number for number, each in enumerate(self.kinds) if letter in each["letters"]), 0)
        minutes = int(self.office.clock().timestamp()) // 60
        said = _letters((minutes - SINCE) * KINDS + kind)
        return _grouped(said + self.office.links.short_seals(PURPOSE, said)[0])

    def check(self, typed: str) -> Email:
        """The email that a code belongs to; blanks, dashes and small letters do not matter.

        Raises:
            NotFound: it is no code of ours (``email_unknown``), whatever is wrong with it.
        """
        code = "".join(filter(str.isalnum, typed)).upper().translate(_MISREAD)
        said, seal = code[:_HALF], code[_HALF:]
        if len(code) != 2 * _HALF or not set(code) <= set(_ALPHABET):
            raise NotFound("email_unknown")
        if not any(compare_digest(each, seal) for each in self.office.links.short_seals(PURPOSE, said)):
            raise NotFound("email_unknown")
        minutes, kind = divmod(_number(said), KINDS)
        if kind >= len(self.kinds):
            raise NotFound("email_unknown")
        return Email(datetime.fromtimestamp((minutes + SINCE) * 60, UTC), self.kinds[kind]["said"])


def _letters(number: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_HALF)))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | _ALPHABET.index(letter)
    return number


def _grouped(code: str) -> str:
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))
