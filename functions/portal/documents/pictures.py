"""Photos and scans: whether they can be read, shrunk and saved anew without their past, stamped."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from math import cos, hypot, radians, sin
from typing import TYPE_CHECKING, Any

from portal.core.errors import DocumentRefused
from portal.documents.decoding import check_passes, check_weight, coarse, reduced, strips_of, strips_of_heic, webp_size
from portal.documents.inspection import HEIC, JPEG, PNG, WEBP, Limits

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 2600
"""Pixels of the longer side that are kept: letters of 8 points on a photographed A4 are then some 10 high."""

_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}
_MAX_RATIO = 10
_MAX_PHOTO = 120_000_000  # pixels of a JPEG, which is decoded at a fraction of its size
_QUALITIES = (85, 78, 70, 62, 54, 46)
_TRIFLE = 150_000  # bytes: nobody minds that less than this has grown a little
_HELD_AS = 0x0112  # EXIF: which side was up
_TILT = 30  # degrees
_INK, _OPACITY = (118, 118, 138), 0.4  # a middle tone shows on white paper and on a dark photo alike


def opened(
    data: bytes,
    media_type: str,
    *,
    min_pixels: int = 1,
    max_pixels: int = Limits.max_pixels,
    width: int = 0,
    side: int = 0,
) -> "Image":
    """The picture, decoded, upright, RGB or greyscale; of several frames the first.

    Its size is judged from the header, before anything is decoded. A large JPEG is decoded at a fraction of its size
    where it is wanted smaller, and so may have more pixels than ``max_pixels``; the others in strips (``decoding``).

    Args:
        width: pixels wide that it is wanted at least; its decoding stops no lower.
        side: pixels of its longer side at most.

    Raises:
        DocumentRefused: too small to read, too large to decode, or of a senseless shape.
        Exception: Pillow's own, for a file that is cut or damaged.
    """
    from PIL import Image

    image = _begun(data, media_type)
    whole = image.size
    _check_size(whole, min_pixels, _MAX_PHOTO if media_type == JPEG else max_pixels)
    check_weight(whole, media_type, len(data))
    if media_type == JPEG and (width or side):
        share = width / whole[0] if width else side / max(whole)
        image.draft(None, (round(whole[0] * share), round(whole[1] * share)))
        _check_size(image.size, 1, max_pixels)
    if media_type == JPEG:
        check_passes(data, image.size)
    tables = getattr(image, "quantization", None)
    held = None if media_type == HEIC else image.getexif().get(_HELD_AS)
    image = _decoded(data, media_type, image, side)
    if side and max(image.size) > side:
        image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if held:
        image = _upright(image, held)
    if tables and sorted(image.size) == sorted(whole):  # it was not shrunk
        image.info["tables"] = tables
    return image


def _begun(data: bytes, media_type: str) -> "Image":
    """Its header read, and no more."""
    from PIL import Image

    if media_type == HEIC:
        from pi_heif import register_heif_opener

        register_heif_opener()
    if media_type == WEBP:
        check_weight(webp_size(data), WEBP, len(data))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is judged here
        try:
            return Image.open(BytesIO(data), formats=[_FORMATS[media_type]])
        except Image.DecompressionBombError as error:
            raise DocumentRefused("document_too_large_image") from error


def _decoded(data: bytes, media_type: str, image: "Image", side: int) -> "Image":
    """No larger than need be, and plain."""
    if media_type == HEIC:
        from pi_heif import read_heif

        file = read_heif(data, convert_hdr_to_8bit=True, remove_stride=False)
        by = coarse(file.size, side)
        return reduced(map(_plain, strips_of_heic(file, by)), file.size, by)  # its decoder has turned it
    by = coarse(image.size, side)
    image.load()
    if by == 1 and image.mode in ("RGB", "L") and not image.has_transparency_data:
        return _plain(image).copy()  # which knows nothing of the file
    return reduced(map(_plain, strips_of(image, by)), image.size, by)


def _upright(image: "Image", held: int) -> "Image":
    from PIL import ImageOps

    image.getexif()[_HELD_AS] = held
    image = ImageOps.exif_transpose(image)
    image.info = {}
    return image


def _check_size(size: tuple[int, int], min_pixels: int, max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise DocumentRefused("document_too_large_image")
    if min(size) < min_pixels:
        raise DocumentRefused("document_too_small", width=width, height=height, min_pixels=min_pixels)
    if max(size) > _MAX_RATIO * min(size):
        raise DocumentRefused("document_page_size")


def saved_anew(image: "Image", media_type: str, came: int, *, max_bytes: int) -> tuple[bytes, str]:
    """The picture alone, within ``max_bytes``, and its media type: JPEG, or PNG for a PNG that fits.

    A JPEG that is kept in its size is saved as finely as it was, and no finer: it does not grow.

    Args:
        came: bytes of the file that it was opened from.
    """
    tables = image.info.pop("tables", None)
    bound = min(max_bytes, max(came, _TRIFLE)) if media_type in (JPEG, PNG) else max_bytes
    if media_type == PNG:
        content = _encoded(image, "PNG", compress_level=6)
        if len(content) <= bound:
            return content, PNG
    if tables and media_type == JPEG:
        content = _encoded(image, "JPEG", qtables=tables, optimize=True)
        if len(content) <= max_bytes:
            return content, JPEG
    return pressed(image, bound), JPEG


def pressed(image: "Image", max_bytes: int, least: int = 1) -> bytes:
    """The picture as a JPEG within ``max_bytes``: first less fine, then smaller, but no side of it below ``least``."""
    while True:
        for quality in _QUALITIES:
            content = _encoded(image, "JPEG", quality=quality, optimize=True)
            if len(content) <= max_bytes:
                return content
        side = max(least, round(max(image.size) * 0.85))
        if side >= max(image.size):
            return content
        image = image.copy()
        image.thumbnail((side, side))


def stamped(image: "Image", width: int, stamp: str) -> bytes:
    """The picture as a JPEG of ``width`` pixels with the stamp's text across it again and again."""
    from PIL.Image import Resampling

    height = max(1, round(image.height * width / image.width))
    image = image.resize((width, height), Resampling.LANCZOS, reducing_gap=2.0).convert("RGB")
    if stamp:
        _stamp(image, stamp)
    return _encoded(image, "JPEG", quality=80, optimize=True)


def _plain(image: "Image") -> "Image":
    """RGB or greyscale of 8 bits on white, with nothing attached that a later save would carry along."""
    from PIL import Image

    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    elif image.has_transparency_data:
        seen, image = image.convert("RGBA"), Image.new("RGB", image.size, "white")
        image.paste(seen, mask=seen.getchannel("A"))
    elif image.mode not in ("RGB", "L"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    image.info = {}
    return image


def _encoded(image: "Image", form: str, **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def _stamp(image: "Image", text: str) -> None:
    """Write the text over the picture in slanting rows, each shifted by half a text, so that no cut-out escapes it."""
    from PIL import Image, ImageDraw, ImageFont

    size = max(9, image.width // 40)
    font = ImageFont.load_default(size=size)
    length = max(1, min(round(font.getlength(text)), 4 * image.width))
    line = Image.new("L", (length, round(size * 1.4)), 0)
    ImageDraw.Draw(line).text((0, 0), text, fill=255, font=font)
    mask = line.rotate(_TILT, resample=Image.Resampling.BICUBIC, expand=True)
    mask = mask.point(lambda value: round(value * _OPACITY))
    for left, top in _lattice(image.size, along=length + 2 * size, apart=6 * size):
        if -mask.width < left < image.width and -mask.height < top < image.height:
            image.paste(_INK, (left, top), mask)


def _lattice(size: tuple[int, int], *, along: int, apart: int) -> Iterator[tuple[int, int]]:
    """Corners of the texts: ``along`` pixels from one to the next in a row, the rows ``apart``, all tilted."""
    right, up = cos(radians(_TILT)), sin(radians(_TILT))
    reach = round(hypot(*size)) + along
    for row, across in enumerate(range(-reach, reach, apart)):
        for onward in range(-reach - row % 2 * along // 2, reach, along):
            yield round(onward * right + across * up), round(across * right - onward * up)
