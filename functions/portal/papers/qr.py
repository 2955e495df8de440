"""QR codes, as each kind of document takes them: markup for a page, rectangles for a PDF, a picture for a DOCX."""

from io import BytesIO
from typing import Any, Final

import segno
from markupsafe import Markup, escape

_CORRECTION: Final = "m"  # a code of which a seventh is smudged can still be read
_FORM: Final = "qr"
_SEAM: Final = 0.1  # points: readers leave white seams between rectangles that only touch


def svg(text: str, title: str = "", css_class: str = "qr-code") -> Markup:
    """Inline SVG: black on white in any theme, sized by its class, without inline styles.

    Args:
        title: what screen readers say for the picture; without one they pass it over.
    """
    code = segno.make_qr(text, error=_CORRECTION)
    drawing: str = code.svg_inline(svgclass=None, lineclass=None, dark="#000", light="#fff", omitsize=True)
    named = Markup('role="img" aria-label="{}"').format(title) if title else Markup('aria-hidden="true"')
    # segno itself knows no attributes for assistive technology.
    return Markup(drawing.replace("<svg", f'<svg class="{escape(css_class)}" {named}', 1))  # noqa: S704


def draw(canvas: Any, text: str, left: float, bottom: float, size: float) -> None:
    """A square of ``size`` points on a reportlab canvas, in the colour that it fills with.

    A file has one code, which is kept in it once and referred to by every page.
    """
    if not canvas.hasForm(_FORM):
        canvas.beginForm(_FORM, 0, 0, size + _SEAM, size + _SEAM)
        matrix = segno.make_qr(text, error=_CORRECTION).matrix
        module = size / len(matrix)
        for row, modules in enumerate(matrix):
            for column, is_dark in enumerate(modules):
                if is_dark:
                    at = column * module, size - (row + 1) * module
                    canvas.rect(*at, module + _SEAM, module + _SEAM, stroke=0, fill=1)
        canvas.endForm()
    canvas.saveState()
    canvas.translate(left, bottom)
    canvas.doForm(_FORM)
    canvas.restoreState()


def png(text: str) -> bytes:
    """A picture with eight pixels to a module and no margin."""
    picture = BytesIO()
    segno.make_qr(text, error=_CORRECTION).save(picture, kind="png", scale=8, border=0)
    return picture.getvalue()
