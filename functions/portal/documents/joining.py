"""Several photos as one PDF, a page each, in the size that the next office takes a file; it reads no stranger's PDF."""

from collections.abc import Sequence
from io import BytesIO

from portal.documents import pictures
from portal.documents.inspection import JPEG, PNG

_LONG_SIDE = 842  # points of a page: that of A4
_LEAST_SIDE = 1300  # pixels; below it letters of 8 points are lost, so that a file may rather be larger than it should
_FRAME = 700  # bytes of PDF around each picture
_JPEG = b"\xff\xd8\xff"


def joined(photos: Sequence[bytes], *, max_bytes: int) -> bytes:
    """The PDF of pictures that were kept before (``pictures.saved_anew``); the same ones make the same bytes.

    Each may take its share of ``max_bytes``, and what others leave of theirs; one that would be too small to read then
    is left larger.
    """
    import pikepdf
    from pikepdf import Dictionary, Name
    from PIL import Image

    with pikepdf.new() as pdf:
        for photo, share in zip(photos, _shares(photos, max_bytes), strict=True):
            content = _page(photo, share)
            with Image.open(BytesIO(content)) as image:
                (wide, high), mode = image.size, image.mode
            picture = pdf.make_stream(
                content, Type=Name.XObject, Subtype=Name.Image, Width=wide, Height=high, BitsPerComponent=8,
                ColorSpace=Name.DeviceGray if mode == "L" else Name.DeviceRGB, Filter=Name.DCTDecode,
            )  # fmt: skip
            size = wide * _LONG_SIDE / max(wide, high), high * _LONG_SIDE / max(wide, high)
            page = pdf.add_blank_page(page_size=size)
            page.Resources = Dictionary(XObject=Dictionary(Foto=picture))
            page.Contents = pdf.make_stream(b"%.2f 0 0 %.2f 0 0 cm /Foto Do" % size)
        target = BytesIO()
        pdf.save(target, deterministic_id=True)
    return target.getvalue()


def _page(photo: bytes, share: int) -> bytes:
    if photo.startswith(_JPEG) and len(photo) <= share:
        return photo
    media_type = JPEG if photo.startswith(_JPEG) else PNG
    return pictures.pressed(pictures.opened(photo, media_type), share, _LEAST_SIDE)


def _shares(photos: Sequence[bytes], max_bytes: int) -> list[int]:
    """How many bytes each may have, the smallest served first."""
    left, shares = max_bytes - _FRAME * len(photos), [0] * len(photos)
    # A PNG is pressed into a JPEG, whose size nobody knows beforehand.
    sizes = [len(photo) if photo.startswith(_JPEG) else max_bytes for photo in photos]
    for served, number in enumerate(sorted(range(len(photos)), key=sizes.__getitem__)):
        shares[number] = left // (len(photos) - served)
        left -= min(sizes[number], shares[number])
    return shares
