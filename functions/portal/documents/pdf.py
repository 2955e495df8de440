"""What a PDF may contain, and one of its pages as a picture; it never changes a file, runs it or fetches anything."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from portal.core.errors import DocumentRefused, NotFound

if TYPE_CHECKING:
    from PIL.Image import Image

MARKER, BLANK = b"%%EOF", b"\0\t\n\x0c\r "
"""How a whole PDF ends, and what may stand behind it (ISO 32000-1, 7.5.5)."""

SHOWN = 1000
"""Pixels: how wide pages are shown at most."""

_MIN_SIDE, _MAX_SIDE = 72, 14_400  # points: an inch, and the most that ISO 32000-1 Annex C lets a page have
_MAX_RATIO = 10
_MAX_STREAM = 64 * 1024 * 1024  # bytes that one compressed stream may grow to

# Actions that run code, start programs, open other files or send the form's data (ISO 32000-1, 12.6.4). What office
# programs write is not among them: GoTo, Named, Hide, ResetForm, SetOCGState, and URI to a web or mail address.
_ACTIVE_ACTIONS = {
    *(b"/JavaScript", b"/Launch", b"/SubmitForm", b"/ImportData", b"/GoToR", b"/GoToE"),
    *(b"/Rendition", b"/RichMediaExecute", b"/GoTo3DView", b"/Movie", b"/Sound"),
}
_ACTIVE_ANNOTATIONS = {b"/FileAttachment", b"/RichMedia", b"/Screen", b"/Movie", b"/Sound", b"/3D"}
# A kind may be an object of its own, which the dictionary does not spell out.
_TELLING = re.compile(
    b"|".join(
        [*sorted(_ACTIVE_ACTIONS | _ACTIVE_ANNOTATIONS | {b"/AA", b"/EF", b"/URI"}), rb"/(?:S|Subtype) \d+ \d+ R"]
    )
)
_ACTIVE_SCHEMES = (b"javascript:", b"vbscript:", b"data:", b"file:", b"\\\\")


def check(data: bytes, *, max_pages: int) -> int:
    """Number of pages of an acceptable PDF.

    Raises:
        DocumentRefused: encrypted (whichever password), active content, too many pages, senseless page size, damaged.
        Exception: a library's own, for a file it cannot cope with.
    """
    if not _is_whole(data):
        raise DocumentRefused("document_damaged")
    pages = _check_objects(data, max_pages)
    _check_pages(data, pages)
    return pages


def page(data: bytes, number: int, width: int) -> "Image":
    """Page ``number`` (1 for the first), ``width`` pixels wide, form fields filled in as on screen.

    Raises:
        NotFound: ``page_unknown``.
    """
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    if not 1 <= number <= len(document):
        raise NotFound("page_unknown")
    document.init_forms()
    image: Image = _drawn(document, number, width).to_pil()
    return image


def _drawn(document: Any, number: int, width: int) -> Any:
    """The library's own bitmap, on white: blue, green and red."""
    sheet = document[number - 1]
    bitmap = sheet.render(scale=width / sheet.get_width())
    sheet.close()
    return bitmap


def _is_whole(data: bytes) -> bool:
    """Whether the end marker is there: readers mend a cut file silently, and the pages lost are not missed."""
    return data.rstrip(BLANK).endswith(MARKER)


def opened(data: bytes) -> Any:
    """The file as qpdf reads it, within bounds for what is packed in it; to be closed.

    Raises:
        pikepdf.PdfError: it cannot be read, or not without a password.
    """
    import pikepdf

    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=_MAX_STREAM,
        run_length_max_memory=_MAX_STREAM,
        png_max_memory=_MAX_STREAM,
        tiff_max_memory=_MAX_STREAM,
        dct_max_memory=_MAX_STREAM,
        max_stream_filters=5,
    )
    return pikepdf.open(BytesIO(data))


def _check_objects(data: bytes, max_pages: int) -> int:
    import pikepdf

    try:
        with opened(data) as pdf:
            if pdf.is_encrypted:
                raise DocumentRefused("document_encrypted")
            pages = len(pdf.pages)
            if pages > max_pages:
                raise DocumentRefused("document_too_many_pages", pages=pages, max_pages=max_pages)
            if "/XFA" in pdf.Root.get("/AcroForm", {}) or any(map(_is_active, dictionaries(pdf))):
                raise DocumentRefused("document_active_content")
            return pages
    except pikepdf.PasswordError as error:
        raise DocumentRefused("document_encrypted") from error
    except pikepdf.PdfError as error:
        # A scheme the library does not know (a certificate instead of a password, say) is an error like any other.
        raise DocumentRefused("document_encrypted" if b"/Encrypt" in data else "document_damaged") from error


def dictionaries(pdf: Any) -> Iterator[Any]:
    """The file's dictionaries, those of streams too, reachable or not: no cycle to be caught in.

    Objects that do not even spell a telling name are passed over: a tagged PDF has tens of thousands of them.
    """
    from pikepdf import Array, Dictionary, Stream

    for top in (pdf.trailer, *pdf.objects):
        waiting = [top.stream_dict if isinstance(top, Stream) else top]
        if not isinstance(waiting[0], Array | Dictionary) or not _TELLING.search(waiting[0].unparse(resolved=True)):
            continue
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, Dictionary):
                yield thing
            inner = [value for _, value in thing.items()] if isinstance(thing, Dictionary) else list(thing)
            waiting += [value for value in inner if isinstance(value, Array | Dictionary) and not value.is_indirect]


def _is_active(found: Any) -> bool:
    from pikepdf import Dictionary, Name, Stream, String

    action = found.get("/S")
    if isinstance(action, Name) and action.unparse(resolved=True) in _ACTIVE_ACTIONS:
        return True
    address = found.get("/URI")
    if isinstance(address, String) and bytes(address).strip().lower().startswith(_ACTIVE_SCHEMES):
        return True
    kind = found.get("/Subtype")
    if isinstance(kind, Name) and kind.unparse(resolved=True) in _ACTIVE_ANNOTATIONS:
        return True
    # Fonts, pictures and glyphs may bear any name, these two included; only the real ones hold actions and files.
    triggers, files = found.get("/AA"), found.get("/EF")
    if isinstance(triggers, Dictionary) and any(isinstance(v, Dictionary) and "/S" in v for _, v in triggers.items()):
        return True
    return isinstance(files, Dictionary) and any(isinstance(value, Stream) for _, value in files.items())


def _check_pages(data: bytes, pages: int) -> None:
    """The second opinion of the library that will show the pages.

    Each is drawn as wide as it will be shown: one that takes too long is found now, and not by whoever has to decide.
    """
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    if pages < 1 or len(document) != pages:
        raise DocumentRefused("document_damaged")
    document.init_forms()
    for number in range(pages):
        width, height = document.get_page_size(number)
        short, long = sorted((width, height))
        if short < _MIN_SIDE or long > min(_MAX_SIDE, _MAX_RATIO * short):
            raise DocumentRefused("document_page_size")
    for number in range(pages):
        _drawn(document, number + 1, SHOWN).close()
