"""Which documents are accepted, and why the others are not."""

import random
from hashlib import sha256
from struct import pack
from typing import Any

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import ImageFile

from portal.core.errors import DocumentRefused
from portal.documents import inspection
from portal.documents.inspection import HEIC, JPEG, PDF, PNG
from tests.support import document_specimens as specimens
from tests.support import photos
from tests.support.inspecting import LIMITS, inspect, kept, refusal


def truncated(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def encrypted(owner: str, user: str, **allowed: bool) -> bytes:
    permissions = pikepdf.Permissions(**allowed)
    return specimens.pdf(encryption=pikepdf.Encryption(owner=owner, user=user, allow=permissions))


# --- What is accepted ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "media_type", "pages"),
    [
        (specimens.pdf(), PDF, 1),
        (specimens.pdf(pages=20), PDF, 20),
        (specimens.pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), PDF, 1),
        (specimens.pdf(size=(243, 153)), PDF, 1),
        (b"\xef\xbb\xbf\r\n" + specimens.pdf(), PDF, 1),
        (specimens.pdf() + b"\r\n\0\0\0", PDF, 1),
        (specimens.pdf(change=specimens.like_an_office_program), PDF, 1),
        (specimens.pdf(change=specimens.fill_form), PDF, 1),
        (specimens.pdf(change=specimens.signed), PDF, 1),
        (specimens.jpeg(), JPEG, 1),
        (specimens.jpeg(progressive=True), JPEG, 1),
        (specimens.png(), PNG, 1),
    ],
    ids=[
        "pdf",
        "20-pages",
        "object-streams",
        "small-card",
        "bom-before",
        "trailing-blanks",
        "office",
        "filled-form",
        "signed",
        "jpeg",
        "progressive",
        "png",
    ],
)
def test_a_good_document_is_accepted_for_what_it_is(data: bytes, media_type: str, pages: int) -> None:
    found = inspect(data)
    assert (found.media_type, found.pages) == (media_type, pages)
    assert found.sha256 == sha256(found.content).hexdigest()
    assert found.size == len(found.content)


def test_a_pdf_is_kept_byte_for_byte() -> None:
    data = specimens.pdf(change=specimens.signed)
    assert inspect(data).content == data


# --- Size ----------------------------------------------------------------------------------------------------------


def padded_pdf(size: int) -> bytes:
    def pad(document: pikepdf.Pdf) -> None:
        document.Root.Padding = document.make_stream(random.Random(5).randbytes(size - 20_000))

    data = specimens.pdf(change=pad)
    return data + b"\n" * (size - len(data))


def test_five_megabytes_are_accepted_and_one_byte_more_is_not() -> None:
    limit = 5 * 1024 * 1024
    assert inspect(padded_pdf(limit)).size == limit
    assert refusal(padded_pdf(limit + 1)) == ("document_too_large", {"max_mb": "5"})


def test_twenty_one_pages_are_too_many() -> None:
    assert refusal(specimens.pdf(pages=21)) == ("document_too_many_pages", {"pages": 21, "max_pages": 20})


def test_an_image_too_small_to_read_is_refused_with_its_size() -> None:
    assert inspect(specimens.jpeg((640, 403))).pages == 1  # a card cut out of a photo, and every letter of it is read
    facts = {"width": 700, "height": 399, "min_pixels": 400}
    assert refusal(specimens.jpeg((700, 399))) == ("document_too_small", facts)


@pytest.mark.parametrize("size", [(8000, 7000), (12000, 12000), (60000, 60000)])
def test_an_image_bomb_is_refused_without_being_decoded(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = specimens.bomb_png(size)
    assert refusal(bomb) == ("document_too_large_image", {})
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: pytest.fail("it was decoded"))
    with pytest.raises(DocumentRefused):
        kept(bomb)


@pytest.mark.parametrize("size", [(595, 30), (30, 595), (14_500, 14_500), (1000, 11_000), (10.0**9, 10.0**9)])
def test_a_senseless_page_size_is_refused(size: tuple[Any, ...]) -> None:
    assert refusal(specimens.pdf(size=size)) == ("document_page_size", {})


def test_a_strip_of_an_image_is_refused() -> None:
    assert refusal(specimens.png((500, 5100))) == ("document_page_size", {})


# --- What is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "document_empty"),
        (b"\n\n", "document_type_unknown"),
        (b"Surat permohonan", "document_type_unknown"),
        (b"<!DOCTYPE html><html><body>KTP</body></html>", "document_type_unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "document_type_unknown"),
        (b"GIF89a" + bytes(100), "document_type_unknown"),
        (b"MZ" + bytes(100), "document_type_unknown"),
        (specimens.docx(), "document_type_unknown"),
        (b"%PDF-1.7\n", "document_damaged"),
        (b"\xff\xd8\xff", "document_damaged"),
        (b"\x89PNG\r\n\x1a\n", "document_damaged"),
        (truncated(specimens.pdf(pages=3)), "document_damaged"),
        (specimens.pdf()[:-8], "document_damaged"),
        (truncated(specimens.jpeg()), "document_damaged"),
        (truncated(specimens.png()), "document_damaged"),
        (specimens.pdf(pages=0), "document_damaged"),
    ],
    ids=[
        "empty",
        "blank",
        "text",
        "html",
        "svg",
        "gif",
        "exe",
        "docx",
        "pdf-header",
        "jpeg-magic",
        "png-magic",
        "cut-pdf",
        "cut-pdf-end",
        "cut-jpeg",
        "cut-png",
        "no-pages",
    ],
)
def test_what_is_no_whole_pdf_jpeg_or_png_is_refused(data: bytes, code: str) -> None:
    assert refusal(data) == (code, {})


def test_a_pdf_that_asks_for_a_password_is_refused() -> None:
    assert refusal(encrypted(owner="rahasia", user="rahasia")) == ("document_encrypted", {})


def test_a_pdf_encrypted_by_certificate_is_refused_as_encrypted() -> None:
    data = specimens.pdf(
        change=lambda document: document.trailer.__setitem__("/Encrypt", Dictionary(Filter=Name.Adobe))
    )
    assert b"/Encrypt" not in data  # the library drops it on saving, so it is put in by hand
    data = data.replace(b"trailer <<", b"trailer << /Encrypt << /Filter /Adobe.PubSec /V 4 >>")
    assert refusal(data) == ("document_encrypted", {})


def test_a_phones_largest_photo_is_judged_alone_and_no_other_file_is() -> None:
    small = photos.heic(specimens.picture((640, 512)))
    size, sizes = pack(">II", 640, 512), ((4032, 3024), (5712, 4284), (8064, 6048))
    asked = [inspection._checking(small.replace(size, pack(">II", *each)), HEIC, LIMITS) for each in sizes]
    assert [each["alone"] for each in asked] == [False, False, True]
    assert inspection._checking(specimens.pdf(), PDF, LIMITS)["alone"] is False


@pytest.mark.parametrize(
    ("size", "how", "alone"),
    [
        ((8192, 6144), {"subsampling": 2, "progressive": True}, False),
        ((8000, 6000), {"subsampling": 0, "progressive": True}, True),
        ((9000, 9000), {"subsampling": 2, "progressive": True}, True),
        ((5050, 5050), {"subsampling": 0, "progressive": True}, False),
        ((9000, 9000), {"subsampling": 0}, False),
        ((12_000, 10_000), {"subsampling": 2}, False),
    ],
)
def test_a_jpeg_whose_passes_are_large_is_judged_alone(size: tuple[int, int], how: dict[str, Any], alone: bool) -> None:
    small = specimens.jpeg((640, 512), **how)
    data = small.replace(pack(">HH", 512, 640), pack(">HH", size[1], size[0]), 1)
    assert inspection._checking(data, JPEG, LIMITS)["alone"] is alone
