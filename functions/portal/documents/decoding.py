"""A picture decoded without ever holding more of it than has to be held: a large one is halved strip by strip.

Only a JPEG can be decoded at a fraction of its size. Of the others the decoder holds all points, and what it needs for
that is known from the header, so that what would need too much is refused before anything is decoded.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from portal.core.errors import DocumentRefused
from portal.documents import passes
from portal.documents.inspection import HEIC, PNG, WEBP

if TYPE_CHECKING:
    from pi_heif import HeifFile
    from PIL.Image import Image

_HELD: Final = {PNG: 4.0, HEIC: 4.5, WEBP: 16.0}
"""Bytes for each point while it is decoded: of a PNG the four of Pillow; of a HEIC its colours as they are coded,
and as red, green and blue; of a WebP four times the four of Pillow, as its reader is made for moving pictures.
"""

_POINT: Final = 4  # bytes, as Pillow holds it

_AT_MOST, _AT_MOST_ALONE = 265 * 1000 * 1000, 440 * 1000 * 1000
"""Bytes for that, and the file; what Python and its libraries hold comes to it. A heavy JPEG is judged alone."""

_STRIP: Final = 64  # rows of what comes out


def check_weight(size: tuple[int, int], media_type: str, came: int) -> None:
    """Raises DocumentRefused for what would take too much memory to decode."""
    if size[0] * size[1] * _HELD.get(media_type, 0) + came > _AT_MOST:
        raise DocumentRefused("document_too_large_image")


def check_passes(data: bytes, size: tuple[int, int]) -> None:
    """The same of a JPEG, which is decoded at that size beside all its passes."""
    held = passes.held(data)
    at_most = _AT_MOST_ALONE if passes.heavy(data) else _AT_MOST
    if held and held + size[0] * size[1] * _POINT + len(data) > at_most:
        raise DocumentRefused("document_too_large_image")


def webp_size(data: bytes) -> tuple[int, int]:
    """Of the canvas, as Pillow asks for the memory when it opens the file, and not when it decodes it."""
    form, rest = data[12:16], data[20:30]
    if form == b"VP8X":
        return int.from_bytes(rest[4:7], "little") + 1, int.from_bytes(rest[7:10], "little") + 1
    if form == b"VP8L":
        both = int.from_bytes(rest[1:5], "little")
        return both % 2**14 + 1, both // 2**14 % 2**14 + 1
    return int.from_bytes(rest[6:8], "little") % 2**14, int.from_bytes(rest[8:10], "little") % 2**14


def coarse(size: tuple[int, int], side: int) -> int:
    """By how much each side is divided at once: by two, where what comes out is still as large as is wanted."""
    return 2 if side and max(size) >= 2 * side else 1


def reduced(strips: Iterator["Image"], size: tuple[int, int], by: int) -> "Image":
    """One picture of strips that lie below each other, each ``_STRIP * by`` rows high, the last one less."""
    from PIL import Image

    whole = None
    for number, strip in enumerate(strips):
        small = strip.reduce(by)
        if whole is None:
            whole = Image.new(small.mode, (-(-size[0] // by), -(-size[1] // by)))
        whole.paste(small, (0, number * _STRIP))
    if whole is None:
        raise ValueError("no rows")
    return whole


def strips_of(image: "Image", by: int) -> Iterator["Image"]:
    """Of what Pillow has decoded."""
    for top in range(0, image.height, _STRIP * by):
        yield image.crop((0, top, image.width, min(image.height, top + _STRIP * by)))


def strips_of_heic(file: "HeifFile", by: int) -> Iterator["Image"]:
    """Of what the decoder holds, never copying all of it."""
    from PIL import Image

    data, stride = file.data, file.stride
    for top in range(0, file.size[1], _STRIP * by):
        rows = min(file.size[1] - top, _STRIP * by)
        part = bytes(data[top * stride : (top + rows) * stride])
        yield Image.frombuffer(file.mode, (file.size[0], rows), part, "raw", file.mode, stride, 1)
