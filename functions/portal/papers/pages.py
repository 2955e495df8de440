"""What is to be printed, laid out over the pages of a PDF file; each has a foot that says which it is of how many.

The same content gives the same bytes.
"""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from threading import Lock
from typing import Any, Final

from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

# reportlab keeps its fonts in one place for the whole process, and what it has embedded so far with them.
_PRESS: Final = Lock()


def print_pages(
    story: Callable[[], Iterable[Flowable]],
    foot: Callable[[Any, int], None],
    size: tuple[float, float],
    room: tuple[float, float, float, float],
    canvas: type[Any],
    **about: str,
) -> bytes:
    """The PDF file.

    Args:
        story: makes what is to be laid out; called twice, as the pages are counted first.
        foot: draws below a page, on its canvas, and is told how many pages there are.
        size: width and height of a page in points; ``room``: left, bottom, width and height of what is written on.
        canvas: reportlab's, or a kind of it.
        about: what the file says of itself: title, author, subject, keywords, lang.
    """
    with _PRESS:
        _, pages = _lay_out(story(), lambda _: None, size, room, canvas, about)
        return _lay_out(story(), lambda on: foot(on, pages), size, room, canvas, about)[0]


def count_pages(
    story: Iterable[Flowable], size: tuple[float, float], room: tuple[float, float, float, float], canvas: type[Any]
) -> int:
    """How many pages it would take; the arguments as for ``print_pages``."""
    with _PRESS:
        return _lay_out(story, lambda _: None, size, room, canvas, {"author": ""})[1]


def _lay_out(
    story: Iterable[Flowable],
    foot: Callable[[Any], None],
    size: tuple[float, float],
    room: tuple[float, float, float, float],
    canvas: type[Any],
    about: Mapping[str, str],
) -> tuple[bytes, int]:
    """The file and its number of pages."""
    target = BytesIO()
    document = BaseDocTemplate(
        target, pagesize=size, creator=about["author"], invariant=1, displayDocTitle=True, **about
    )
    page = PageTemplate(frames=[Frame(*room, 0, 0, 0, 0)], onPage=lambda on, _: foot(on))
    document.addPageTemplates(page)
    document.build(list(story), canvasmaker=canvas)
    return target.getvalue(), document.page
