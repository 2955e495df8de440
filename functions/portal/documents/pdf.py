"""What a PDF may contain, and one of its pages as a picture; it never changes a file, runs it or fetches anything."""

import re
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

_VERSIONS = 30  # of one file: each signature adds one or two
_HEADING = re.compile(rb"jbo[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+(\d{1,9})")
"""How an object begins, from its end: a search for a word is some ten times as fast as one for any number."""


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


def opened(data: bytes, *, attempt_recovery: bool = True) -> Any:
    """The file as qpdf reads it, within bounds for what is packed in it; to be closed.

    Args:
        attempt_recovery: search the file for its objects when its index is of no use.

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
    return pikepdf.open(BytesIO(data), attempt_recovery=attempt_recovery)


def _check_objects(data: bytes, max_pages: int) -> int:
    import pikepdf

    from portal.documents.objects import active

    try:
        with opened(data) as pdf:
            if pdf.is_encrypted:
                raise DocumentRefused("document_encrypted")
            pages = len(pdf.pages)
            if pages > max_pages:
                raise DocumentRefused("document_too_many_pages", pages=pages, max_pages=max_pages)
            if active(pdf) or _hides(data, pdf):
                raise DocumentRefused("document_active_content")
            return pages
    except pikepdf.PasswordError as error:
        raise DocumentRefused("document_encrypted") from error
    except pikepdf.PdfError as error:
        # A scheme the library does not know (a certificate instead of a password, say) is an error like any other.
        raise DocumentRefused("document_encrypted" if b"/Encrypt" in data else "document_damaged") from error


def _hides(data: bytes, pdf: Any) -> bool:
    """Whether the file is active as it was before it was added to, or as readers find it that distrust its index.

    Raises:
        DocumentRefused: it was added to too often to look at it all.
    """
    before, starts = pdf.trailer.get("/Prev"), list[int]()
    while isinstance(before, int) and before not in starts:
        if len(starts) == _VERSIONS:
            raise DocumentRefused("document_active_content")
        starts.append(before)
        found, before = _found(b"%b\nstartxref\n%d\n%b\n" % (data, before, MARKER), attempt_recovery=False)
        if found:
            return True
    return not _knows_all(pdf, data) and _found(data.replace(b"startxref", b"startxxxx"), attempt_recovery=True)[0]


def _found(data: bytes, *, attempt_recovery: bool) -> tuple[bool, Any]:
    """Whether the file is active, and where the index before its own is; neither if it cannot be opened."""
    import pikepdf

    from portal.documents.objects import active

    try:
        with opened(data, attempt_recovery=attempt_recovery) as pdf:
            return active(pdf), pdf.trailer.get("/Prev")
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return False, None


def _knows_all(pdf: Any, data: bytes) -> bool:
    """Whether all that looks like an object is one by the index, and once."""
    seen = [(int(number[::-1]), int(generation[::-1])) for generation, number in _HEADING.findall(data[::-1])]
    known = {each.objgen for each in pdf.objects if hasattr(each, "objgen")}  # not those that are a number, say
    return len(seen) == len(set(seen)) and all(pdf.get_object(*one) is not None for one in set(seen) - known)


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
