"""Documents looked at: what is found, what is kept, how a page looks."""

from io import BytesIO

import pytest
from PIL import Image

from portal.core.errors import DocumentRefused
from portal.documents import __main__ as child
from portal.documents import inspection, pdf
from portal.documents.inspection import PDF, Limits

LIMITS = Limits()


def inspect(data: bytes, limits: Limits = LIMITS) -> inspection.Inspected:
    return inspection.inspect(data, limits)


def refusal(data: bytes, limits: Limits = LIMITS) -> tuple[str, dict[str, object]]:
    with pytest.raises(DocumentRefused) as caught:
        inspect(data, limits)
    return caught.value.code, caught.value.facts


def pdf_refusal(data: bytes) -> str:
    """What is found in a PDF, without the child process around it."""
    with pytest.raises(DocumentRefused) as caught:
        pdf.check(data, max_pages=20)
    return caught.value.code


def kept(data: bytes) -> bytes:
    """What is kept of an image, likewise."""
    return child.judge(data, inspection._media_type(data), LIMITS)[1]


def kept_image(data: bytes) -> Image.Image:
    return Image.open(BytesIO(kept(data)))


def page(data: bytes, media_type: str = PDF, number: int = 1, width: int = 600, stamp: str = "") -> Image.Image:
    return Image.open(BytesIO(inspection.page_image(data, media_type, number, width, stamp)))


def grey(image: Image.Image, at: tuple[int, int]) -> float:
    """How bright a pixel is, from 0 to 255."""
    pixel = image.convert("L").getpixel(at)
    assert isinstance(pixel, int | float)
    return pixel


def darkest(image: Image.Image) -> float:
    """How bright the darkest pixel is."""
    least, _ = image.convert("L").getextrema()
    assert isinstance(least, int | float)
    return least


def brightness(image: Image.Image) -> float:
    histogram = image.convert("L").histogram()
    return sum(value * count for value, count in enumerate(histogram)) / sum(histogram)
