"""Ticket numbers such as ``TTE-26-4F7K-9QXM``: making them and reading what people type.

Never knows which tickets exist; the records do.
"""

import re
from collections.abc import Callable

from portal.core.errors import NotFound, SopInvalid
from portal.core.separators import without_separators

# Digits and capitals without the look-alikes 0/O and 1/I/L: 31 characters.
# Seven of them are random: 31**7 = 27 512 614 111 tickets a year, about 34.7 bits. A guesser who may ask once a second
# needs days for one hit even among 100 000 issued tickets; the eighth character only checks and adds nothing here.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

# Every position i has a weight w(i) = 1, 2, 3, ... counted from the right, every character c a value v(c), and a ticket
# is whole when sum(w * v) = 0 (mod 31). 31 is prime, so a product is 0 only when a factor is 0. Therefore
#   one wrong character a -> b changes the sum by w(i) * (v(b) - v(a)), never 0: found;
#   two exchanged characters change it by (w(i) - w(j)) * (v(b) - v(a)), never 0: found.
# Both hold as long as the weights differ and are not 0 (mod 31), that is up to 30 positions; a ticket has at most 15.
# The prefix may hold I, L, O and the year 0, 1. They borrow the value of a character that cannot stand in their place
# (a digit in the prefix, a letter in the year), so that within each part all values differ.
_VALUES = {character: value for value, character in enumerate(ALPHABET)} | {"I": 0, "L": 1, "O": 2, "0": 29, "1": 30}

_PREFIX = re.compile(r"[A-Z]{2,5}")
_COMPACT = re.compile(rf"([A-Z]{{2,5}})([0-9]{{2}})([{ALPHABET}]{{4}})([{ALPHABET}]{{4}})")

# A ticket has at most 18 characters; the rest is room for spaces. Longer input is refused unread.
_LONGEST = 100

_MINUS_SIGN = "\u2212"  # what some programs make of a dash


def new(prefix: str, year: int, choice: Callable[[str], str]) -> str:
    """Make a ticket number in canonical form, e.g. ``TTE-26-4F7K-9QXM``.

    Whether it is taken is decided by whoever writes it first, not here.

    Args:
        prefix: two to five capital letters, the service's own.
        year: calendar year; its last two digits are used.
        choice: picks one character of a string, e.g. ``secrets.choice``.

    Raises:
        SopInvalid: ``ticket_prefix_invalid``.
    """
    if not _PREFIX.fullmatch(prefix):
        raise SopInvalid("ticket_prefix_invalid", key="ticket_prefix", value=prefix, expected="[A-Z]{2,5}")
    body = f"{prefix}{year % 100:02d}" + "".join(choice(ALPHABET) for _ in range(7))
    # The check character has weight 1: it is what the others lack to the next multiple of 31.
    check = ALPHABET[-_weighted_sum(body + ALPHABET[0]) % len(ALPHABET)]
    return _grouped(body + check)


def parse(text: str) -> str:
    """Return the canonical form of a typed ticket number.

    Lower case, missing or odd dashes and spaces are accepted; time is linear in the length, which is limited.

    Raises:
        NotFound: ``ticket_unknown`` for anything malformed, the same answer as for a number nobody has (domain.md 2.8).
    """
    if len(text) > _LONGEST:
        raise NotFound("ticket_unknown")
    typed = without_separators(text, also=_MINUS_SIGN)
    # Only ASCII is raised to capitals: elsewhere that invents characters (a long s becomes S, a sharp s two).
    compact = typed.upper() if typed.isascii() else ""
    if not _COMPACT.fullmatch(compact) or _weighted_sum(compact) % len(ALPHABET):
        raise NotFound("ticket_unknown")
    return _grouped(compact)


def _weighted_sum(compact: str) -> int:
    return sum(weight * _VALUES[character] for weight, character in enumerate(reversed(compact), start=1))


def _grouped(compact: str) -> str:
    return f"{compact[:-10]}-{compact[-10:-8]}-{compact[-8:-4]}-{compact[-4:]}"
