"""What people type, in its usual form: white space, control characters, email addresses, phone numbers, dates.

Never refuses anything and never cuts: what has no usual form stays as typed, for the checks of ``form`` to see it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from portal.core.identity import digits

# Control characters, invisible format characters (soft hyphen, direction marks) and halves of surrogate pairs.
_UNTYPABLE: Final = frozenset({"Cc", "Cf", "Cs"})
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4\u0060", "'"))
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
# 08..., 628..., +628... and +62 (0)8... are the same number; how long it may be is the schema's business.
_PHONE: Final = re.compile(r"(?:\+?620?|0)(8[0-9]+)")
_KEPT_PHONE: Final = re.compile(r"\+62(8[0-9]{2})([0-9]{5,})")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")


def texts(raw: object) -> tuple[str, ...]:
    """The values of one field: a plain string, or the list a web form has; anything else is not typed text."""
    if isinstance(raw, str):
        return (raw,)
    return tuple(value for value in raw if isinstance(value, str)) if isinstance(raw, Sequence) else ()


def visible(text: str) -> str:
    """The text without characters that nobody can have meant to type: control characters, invisible ones."""
    return "".join(character for character in text if unicodedata.category(character) not in _UNTYPABLE)


def one_line(text: str) -> str:
    """Text in Unicode NFC without control characters, white space collapsed."""
    return " ".join(unicodedata.normalize("NFC", visible(" ".join(text.split()))).split())


def lines(text: str) -> str:
    """The same line by line, with at most one empty line between two others."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(one_line(line) for line in text.splitlines())).strip("\n")


def email(text: str) -> str:
    joined = re.sub(r" ?@ ?", "@", text)
    # Beyond ASCII, the lower case of an address may be another address.
    return joined.lower() if joined.isascii() else joined


def masked_email(address: str) -> str:
    """Enough of it to recognise a slip, too little to read it over a shoulder: ``si•••@kota.go.id``."""
    name, _, host = address.partition("@")
    return f"{name[:2] if len(name) > 3 else name[:1]}•••@{host}"


def phone(text: str) -> str:
    """A mobile number as ``+628...``."""
    number = _PHONE.fullmatch("".join(character for character in text.translate(_DASHES) if character not in " -.()"))
    return f"+62{number[1]}" if number else text


def national(text: str) -> str:
    """A number kept as ``+628...``, as people write it here: ``0812-3456-7890``; anything else as it is."""
    number = _KEPT_PHONE.fullmatch(text)
    if not number:
        return text
    first, rest = number.groups()
    half = len(rest) // 2
    return f"0{first}-{rest[:half]}-{rest[half:]}"


def day(text: str) -> str:
    """``22/11/2026``, as typed into browsers without a date field, in ISO form."""
    parts = _DAY_FIRST.fullmatch(text)
    return f"{parts[3]}-{int(parts[2]):02d}-{int(parts[1]):02d}" if parts else text


FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "text": lambda text: text,
    "name": lambda text: text.translate(_APOSTROPHES),
    "digits": digits,
    "email": email,
    "phone": phone,
    "serial": lambda text: text.translate(_DASHES).replace(" ", ""),
    "date": day,
}
"""Keyword ``clean`` of a schema -> how one line of text gets its usual form."""
