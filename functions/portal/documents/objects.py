"""Whether a PDF holds nothing but what a scan or an office program's export holds: what is unknown is not harmless.

What a dictionary is told by where it stands (ISO 32000-1, 12.6.2 and 12.5.6), whatever it calls itself; and one that
nothing leads to, by what it calls itself. Each object is looked at once, reachable or not: no cycle to be caught in.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

# ISO 32000-1, 12.6.4: what office programs write, and what moves about in the file or shows and hides parts of it.
_ACTIONS: Final = frozenset({
    b"/GoTo", b"/URI", b"/Named", b"/Hide", b"/ResetForm", b"/SetOCGState", b"/Thread", b"/Trans",
})  # fmt: skip
_MOVES: Final = frozenset({
    b"/NextPage", b"/PrevPage", b"/FirstPage", b"/LastPage", b"/GoBack", b"/GoForward", b"/GoToPage", b"/Find",
    b"/FullScreen", b"/Print", b"/Close", b"/Quit",
})  # fmt: skip
"""Commands of a reader's own menu that do no more than it says there."""

# ISO 32000-1, table 169, and Redact of ISO 32000-2, without those that play, run or hand over something.
_ANNOTATIONS: Final = frozenset({
    b"/Text", b"/Link", b"/FreeText", b"/Line", b"/Square", b"/Circle", b"/Polygon", b"/PolyLine", b"/Highlight",
    b"/Underline", b"/Squiggly", b"/StrikeOut", b"/Stamp", b"/Caret", b"/Ink", b"/Popup", b"/Widget", b"/PrinterMark",
    b"/TrapNet", b"/Watermark", b"/Redact",
})  # fmt: skip

# The kinds of action and annotation that are in no list above, for what stands nowhere: these names alone tell.
_OTHER_ACTIONS: Final = frozenset({
    b"/JavaScript", b"/Launch", b"/SubmitForm", b"/ImportData", b"/GoToR", b"/GoToE", b"/GoToDp",
    b"/Rendition", b"/RichMediaExecute", b"/GoTo3DView", b"/Movie", b"/Sound",
})  # fmt: skip
_OTHER_ANNOTATIONS: Final = frozenset({
    b"/FileAttachment", b"/RichMedia", b"/Screen", b"/Movie", b"/Sound", b"/3D", b"/Projection",
})  # fmt: skip

_LEADS: Final = ("/A", "/PA", "/NA", "/OpenAction", "/Next")
"""What stands there is an action, one of several, or none at all: an attribute of a tag, a bookmark, a place."""
_DRAWN: Final = ("/Group", "/SMask")  # in a form or state of that name; neither is a trigger
_DEEP: Final = 10  # how many lists may stand in lists where an action is expected

_ADDRESS: Final = re.compile(
    rb"(?:https?|ftps?|mailto|news|nntp|tel|callto|fax|sms|smsto|whatsapp|tg|geo|urn|doi):"
    rb"|(?![/\\]{2})[^:/\\?#]*(?:$|[/?#])"
    rb"|(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+):\d{1,5}(?:$|[/?#])",
    re.IGNORECASE,
)
"""Into the web, to mail, a telephone or a map, and those without a scheme, as people type them. They have to be
pressed, and what officials are shown has none. Any other may hand what it says to a program, as onenote: does.
"""
_NOWHERE: Final = re.compile(rb"javascript:(?:void(?:0|\(0\)))?;?$", re.IGNORECASE)
"""What web pages have for a button that leads nowhere, and browsers print with them."""

# An attribute as it stands in a tag: no /S in it, nothing within it; strings and names cannot spell its end.
_PLAIN: Final = rb"(?:[^<>()\\/]|/(?!S )|\([^()\\]*\)|<[0-9a-f]*>)*+"
# What an object has to spell for a closer look; a tagged PDF has tens of thousands that do not.
_TELLING: Final = re.compile(
    b"|".join(
        (
            *sorted(_OTHER_ACTIONS | _OTHER_ANNOTATIONS),
            rb"/(?:AA|Annots|EF|NA|Next|OpenAction|PA|Rect|Ref|Title|URI|XFA) ",
            rb"/(?:Action|Annot)\b",
            rb"/(?:S|Subtype|Type) [^/]",
            rb"/F (?:[(<]|\d+ \d+ R)",
            rb"/A (?:<<(?!%b>>)|\[(?!(?:[^<>()\\\]]|<<%b>>)*+\]))" % (_PLAIN, _PLAIN),
        )
    )
)
_LED_TO: Final = re.compile(rb"/A (\d+) (\d+) R")
_READ_OTHERWISE: Final = re.compile(
    r"duplicated key /(?:S|A|AA|PA|NA|OpenAction|Next|Annots|Subtype|JavaScript|Names|AcroForm|XFA|URI|EF);"
    r"|excessively deeply nested"
)
"""What qpdf warns of when it passes over something that another reader may find."""


def active(pdf: Any) -> bool:
    """Whether there is anything in a file, as pikepdf has opened it, that no scan and no export holds.

    Raises:
        pikepdf.PdfError: an object cannot be read.
    """
    if any(not _is_harmless(found) if led_to else _is_active(found) for found, led_to in looked_into(pdf)):
        return True
    return any(map(_READ_OTHERWISE.search, pdf.get_warnings()))


def looked_into(pdf: Any) -> Iterator[tuple[Any, bool]]:
    """Each dictionary of the objects that spell something telling, as one of Python's, and False; then what tags and
    the like have for an /A that may be more than an attribute, and True. A stream counts as the dictionary that it has.
    """
    from pikepdf import Array, Dictionary, Stream

    led_to, kinds = set[tuple[bytes, bytes]](), list[Any]()
    for top in (pdf.trailer, *pdf.objects):
        held = top.stream_dict if isinstance(top, Stream) else top
        if not isinstance(held, Array | Dictionary):
            continue
        spelt = held.unparse(resolved=True)
        if _TELLING.search(spelt):
            yield from ((found, False) for found in _within(held))
        led_to.update(_LED_TO.findall(spelt))
        if top.is_indirect and (b"/S " in spelt or isinstance(held, Array)):
            kinds.append(top)
    if led_to:
        wanted = {(int(number), int(generation)) for number, generation in led_to}
        yield from ((each, True) for each in kinds if each.objgen in wanted)


def _within(held: Any) -> Iterator[dict[str, Any]]:
    """The dictionaries that are written in this one or this list, and itself."""
    from pikepdf import Array, Dictionary

    waiting = [held]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Dictionary):
            yield (found := dict(thing.items()))
            inner = list(found.values())
        else:
            inner = list(thing)
        waiting += [value for value in inner if isinstance(value, Array | Dictionary) and not value.is_indirect]


def _is_active(found: dict[str, Any]) -> bool:
    from pikepdf import Array, Stream, String

    use = _word(found.get("/Type"))
    if _word(found.get("/S")) in _OTHER_ACTIONS or _word(found.get("/Subtype")) in _OTHER_ANNOTATIONS:
        return True
    if (use == b"/Action" and not _is_harmless(found)) or (
        (use == b"/Annot" or "/Rect" in found) and not _only_shows(found)
    ):
        return True
    if not (_is_address(found.get("/URI")) and all(_is_harmless(found[name]) for name in _LEADS if name in found)):
        return True
    shown = found.get("/Annots")
    if shown is not None and not (isinstance(shown, Array) and all(map(_only_shows, shown))):
        return True
    # Fonts, pictures and glyphs may bear any name, these too; only the real ones hold what is looked for.
    scripts, triggers, files, other = (_dictionary(found.get(name)) for name in ("/JavaScript", "/AA", "/EF", "/Ref"))
    return (
        any(name in scripts and len(scripts[name]) for name in ("/Names", "/Kids"))
        or any("/S" in _dictionary(value) for name, value in triggers.items() if name not in _DRAWN)
        or any(isinstance(value, Stream) for _, value in files.items())
        or isinstance(found.get("/XFA"), Array | Stream | String)
        or ("/Length" in found and any(_is_file(each.get("/F")) for each in (found, other)))
    )


def _is_harmless(value: Any, depth: int = 0) -> bool:
    """Whether this may stand where a reader looks for an action."""
    from pikepdf import Array, Name

    if isinstance(value, int | Decimal):  # what other readers take for a reference to a reference
        return depth > 0
    if isinstance(value, Array):
        return depth < _DEEP and all(_is_harmless(each, depth + 1) for each in value)
    found = _dictionary(value)
    kind = found.get("/S")
    if kind is None:
        return True
    if not isinstance(kind, Name):
        return False
    match _word(kind):
        case b"/Named":
            return _word(found.get("/N")) in _MOVES
        case b"/Thread":
            return "/F" not in found
        case b"/URI":
            return _is_address(found.get("/URI"))
        case word:
            return word in _ACTIONS


def _only_shows(annotation: Any) -> bool:
    """Whether this may stand where a reader looks for what is put upon a page."""
    from pikepdf import Dictionary, Stream

    if not isinstance(annotation, Dictionary | Stream | dict):
        return annotation is None
    kind = _dictionary(annotation).get("/Subtype")
    return kind is None or _word(kind) in _ANNOTATIONS


def _is_address(value: Any, *, whole: bool = True) -> bool:
    """Whether nothing but a browser, mail or a telephone is opened by this, or by what it is put before (/Base)."""
    from pikepdf import Dictionary, Name, String

    if isinstance(value, Dictionary):
        return _is_address(value.get("/Base"), whole=False)
    if not isinstance(value, Name | String):
        return True
    text = str(value).encode() if isinstance(value, String) else value.unparse(resolved=True)[1:]
    text = text.translate(None, bytes(range(33)))
    return bool(_ADDRESS.match(text) or (whole and _NOWHERE.match(text)))


def _is_file(value: Any) -> bool:
    """Whether this names another file."""
    from pikepdf import Dictionary, String

    return isinstance(value, Dictionary | String)


def _dictionary(value: Any) -> Any:
    """A dictionary, or that of a stream, with which readers are content too; else none."""
    from pikepdf import Dictionary, Stream

    if isinstance(value, Stream):
        return value.stream_dict
    return value if isinstance(value, Dictionary | dict) else {}


def _word(value: Any) -> bytes | None:
    """A name as it is meant, or a text that some readers take for one; empty for anything else."""
    from pikepdf import Name, String

    if value is None:
        return None
    if isinstance(value, Name):
        spelt: bytes = value.unparse(resolved=True)
        return spelt
    return b"/" + bytes(value) if isinstance(value, String) else b""
