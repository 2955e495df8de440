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
# What keyboards, telephones and word processors put where an apostrophe, a quotation mark or a dash is meant.
_APOSTROPHES: Final = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02be\u02bf\u00b4\u0060\u2032\ua78c", "'")
)
_QUOTES: Final = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'))
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63", "-"))
# Letters of double width, joined ones, and a dash that must not break, as the letters that they stand for.
_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN: Final = str.maketrans(
    _WIDE | {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0x2011: "-"}
)
# 08..., 628..., +628..., 00628... and +62 (0)8... are the same number; how long it may be is the schema's business.
_PHONE: Final = re.compile(r"(?:(?:\+|00)?620?|0)(8[0-9]+)")
# What people write beside a number: what kind it is, and what links begin with.
_BESIDE_PHONE: Final = re.compile(
    r"https?://|wa\.me/|\b(?:wa|whatsapp|hp|handphone|telp|telepon|tel|no|nomor)\b", re.IGNORECASE
)
_BESIDE_NUMBER: Final = re.compile(r"\A(?:nik|nip|ni pppk|nomor|no)\b[ .:]*", re.IGNORECASE)
# ``Siti Aminah <siti@kota.go.id>``, as mail programs copy it; what a link to an address begins with.
_NAMED_EMAIL: Final = re.compile(r"[^<>]*<([^<>]*)>[,;.]?|mailto:(.*)", re.IGNORECASE)
_BEFORE_EMAIL, _AFTER_EMAIL = " ,;:<([\"'", " .,;:>)]\"'"
_NOTE_AFTER_EMAIL: Final = re.compile(r"\s\([^()@]*\)\Z")
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
    """Text in Unicode NFC without control characters, white space collapsed, letters of double width as others are."""
    return " ".join(unicodedata.normalize("NFC", visible(" ".join(text.translate(_PLAIN).split()))).split())


def lines(text: str) -> str:
    """The same line by line, with at most one empty line between two others."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(one_line(line) for line in text.splitlines())).strip("\n")


def name(text: str) -> str:
    """A name with or without titles, which commas part."""
    return text.translate(_APOSTROPHES).translate(_QUOTES).translate(_DASHES).replace(";", ",")


def number(text: str) -> str:
    """A number of digits only, in the figures of whichever script, without the word for what it is."""
    return digits(_figures(_BESIDE_NUMBER.sub("", text)))


def email(text: str) -> str:
    """An address, as typed or as a mail program copies it."""
    named = _NAMED_EMAIL.fullmatch(text)
    copied = next(filter(None, named.groups()), "") if named else text
    bare = _NOTE_AFTER_EMAIL.sub("", copied).lstrip(_BEFORE_EMAIL).rstrip(_AFTER_EMAIL)
    local, at, host = re.sub(r" ?@ ?", "@", bare).partition("@")
    joined = f"{local}{at}{host.replace(',', '.')}"
    # Beyond ASCII, the lower case of an address may be another address.
    return joined.lower() if joined.isascii() else joined


def masked_email(address: str) -> str:
    """Enough of it to recognise a slip, too little to read it over a shoulder: ``si•••@kota.go.id``."""
    name, _, host = address.partition("@")
    return f"{name[:2] if len(name) > 3 else name[:1]}•••@{host}"


def phone(text: str) -> str:
    """A mobile number as ``+628...``."""
    bare = _figures(_BESIDE_PHONE.sub("", text)).translate(_DASHES)
    number = _PHONE.fullmatch("".join(character for character in bare if character not in " -.()/:,"))
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


def _figures(text: str) -> str:
    """The figures of other scripts as 0 to 9."""
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "text": lambda text: text,
    "name": name,
    "digits": number,
    "email": email,
    "phone": phone,
    "serial": lambda text: text.translate(_DASHES).replace(" ", ""),
    "date": day,
}
"""Keyword ``clean`` of a schema -> how one line of text gets its usual form."""
