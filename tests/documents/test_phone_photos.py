"""Whatever a phone's camera sends is taken, and kept as small as the next office takes it, and readable."""

from io import BytesIO

import pytest
from PIL import Image

from portal.documents.inspection import JPEG, Limits
from tests.support import document_specimens as specimens
from tests.support import photos
from tests.support.inspecting import grey, inspect, kept, kept_image, refusal

pytestmark = pytest.mark.long

EIGHT_POINTS = photos.paper(points=8)
LARGEST = 1_000_000


def turned() -> Image.Exif:
    """What a phone writes of a picture that lies on its side, and of where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (3.0, 18.0, 0.0), 3: "E", 4: (117.0, 35.0, 0.0)})
    return exif


def test_twelve_megapixels_become_one_megabyte_in_which_letters_of_eight_points_are_read() -> None:
    data = photos.encoded(photos.photo(EIGHT_POINTS.image), quality=92)
    assert len(data) > 5 * 1024**2
    found = inspect(data)
    image = Image.open(BytesIO(found.content))
    assert (found.media_type, found.size <= LARGEST, image.size) == (JPEG, True, (1950, 2600))
    assert photos.misread(image, EIGHT_POINTS, fill=0.9, sample=80) < 0.02


def test_what_reads_the_photos_here_cannot_read_them_when_they_are_too_small() -> None:
    image = photos.photo(EIGHT_POINTS.image, (450, 600))
    assert photos.misread(image, EIGHT_POINTS, fill=0.9, sample=80) > 0.1


def test_48_megapixels_are_taken() -> None:
    data = specimens.jpeg((8192, 6144))
    image = Image.open(BytesIO(inspect(data).content))
    assert (image.size, grey(image, (20, 20)) < 40) == ((2600, 1950), True)


def test_more_pixels_than_any_camera_takes_are_not() -> None:
    head = specimens.jpeg()
    size = head.index(b"\xff\xc0") + 5
    swollen = head[:size] + (12_000).to_bytes(2, "big") * 2 + head[size + 4 :]
    assert refusal(swollen) == ("document_too_large_image", {})


@pytest.mark.parametrize("form", ["HEIF", "WEBP"])
def test_a_photo_of_another_form_is_kept_as_a_jpeg_without_its_past_and_upright(form: str) -> None:
    make = photos.heic if form == "HEIF" else photos.encoded
    data = make(specimens.picture((900, 600)), **({} if form == "HEIF" else {"form": form}), exif=turned().tobytes())
    found = inspect(data)
    image = Image.open(BytesIO(found.content))
    assert (found.media_type, image.size, dict(image.getexif())) == (JPEG, (600, 900), {})
    assert [grey(image, at) < 40 for at in ((10, 10), (590, 10))] == [False, True]


def test_what_is_transparent_in_a_webp_becomes_white() -> None:
    data = specimens.saved(Image.new("RGBA", (600, 500), (0, 0, 0, 0)), "WEBP", lossless=True)
    assert grey(kept_image(data), (5, 5)) > 250


def test_of_the_several_pictures_in_a_phones_file_the_first_is_kept() -> None:
    first, second = specimens.picture(), Image.new("RGB", (1000, 640), "black")
    data = specimens.saved(first, "MPO", save_all=True, append_images=[second])
    image = kept_image(data)
    assert (image.format, grey(image, (900, 600)) > 215) == ("JPEG", True)


@pytest.mark.parametrize("quality", [35, 60, 80, 95])
def test_a_photo_does_not_grow_when_it_is_saved(quality: int) -> None:
    data = photos.encoded(photos.photo(EIGHT_POINTS.image, (900, 1200)), quality=quality)
    assert len(kept(data)) <= len(data)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_a_scan_as_png_does_not_grow_beyond_a_trifle(mode: str) -> None:
    data = specimens.saved(EIGHT_POINTS.image.convert(mode), "PNG")
    assert len(kept(data)) <= max(len(data), 150_000)


def test_forty_megabytes_of_photo_are_the_most() -> None:
    limit = Limits().max_photo
    data = specimens.jpeg()
    assert inspect(data + bytes(limit - len(data))).media_type == JPEG
    assert refusal(data + bytes(limit - len(data) + 1)) == ("document_too_large", {"max_mb": "40"})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (specimens.heic(), "document_damaged"),
        (specimens.heic(b"mif1"), "document_damaged"),
        (specimens.heic(b"mp42"), "document_type_unknown"),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(100), "document_damaged"),
        (b"RIFF\0\0\0\0WAVEfmt " + bytes(100), "document_type_unknown"),
    ],
    ids=["heic", "mif1", "mp4", "webp", "wav"],
)
def test_half_a_photo_is_refused_as_damaged(data: bytes, code: str) -> None:
    assert refusal(data) == (code, {})
