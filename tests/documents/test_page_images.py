"""Pages as pictures, with their stamp."""

import pikepdf
import pytest
from PIL import Image

from portal.core.errors import NotFound
from portal.documents.inspection import JPEG, PDF, PNG
from tests.support import document_specimens as specimens
from tests.support.inspecting import brightness, page

STAMP = "Hanya untuk permohonan sertifikat elektronik TTE-26-4F7K-9QXM"


@pytest.mark.parametrize(
    ("data", "media_type", "height"),
    [
        (specimens.pdf(), PDF, 849),
        (specimens.pdf(size=(842, 595)), PDF, 424),
        (specimens.pdf(change=lambda document: document.pages[0].rotate(90, relative=False)), PDF, 424),
        (specimens.jpeg(), JPEG, 384),
        (specimens.png(mode="L"), PNG, 384),
    ],
    ids=["portrait", "landscape", "turned", "jpeg", "png"],
)
def test_a_page_is_a_jpeg_of_the_asked_width_and_its_own_shape(data: bytes, media_type: str, height: int) -> None:
    image = page(data, media_type, width=600)
    assert image.format == "JPEG"
    assert image.width == 600
    assert abs(image.height - height) <= 1


@pytest.mark.parametrize(("asked", "given"), [(0, 16), (320, 320), (1280, 1280), (50_000, 2000)])
def test_the_width_stays_within_bounds(asked: int, given: int) -> None:
    assert page(specimens.pdf(), width=asked).width == given


@pytest.mark.parametrize(
    ("data", "media_type", "number"),
    [(specimens.pdf(pages=2), PDF, 0), (specimens.pdf(pages=2), PDF, 3), (specimens.jpeg(), JPEG, 2)],
)
def test_a_page_that_is_not_there_is_not_found(data: bytes, media_type: str, number: int) -> None:
    with pytest.raises(NotFound) as caught:
        page(data, media_type, number)
    assert caught.value.code == "page_unknown"


def test_each_page_is_its_own() -> None:
    def colour_second(document: pikepdf.Pdf) -> None:
        document.pages[1].Contents = document.make_stream(b"0 1 0 rg 0 0 600 900 re f")

    data = specimens.pdf(pages=2, change=colour_second)
    assert page(data, number=1).getpixel((300, 600)) == (255, 255, 255)
    colour = page(data, number=2).getpixel((300, 600))
    assert isinstance(colour, tuple)
    assert colour[1] > 200 > 100 > colour[0]


def test_what_was_typed_into_a_form_is_shown() -> None:
    plain, filled = page(specimens.pdf()), page(specimens.pdf(change=specimens.fill_form))
    field = (60, 775, 240, 790)
    assert brightness(plain.crop(field)) > 250
    assert brightness(filled.crop(field)) < 20


@pytest.mark.parametrize("colour", ["white", "black"])
def test_the_stamp_shows_on_every_part_of_any_page_without_hiding_it(colour: str) -> None:
    blank = specimens.saved(Image.new("RGB", (1000, 640), colour), "JPEG")
    clean, stamped = page(blank, JPEG, width=800), page(blank, JPEG, width=800, stamp=STAMP)
    for left in range(0, 800, 200):
        for top in range(0, 512, 128):
            part = (left, top, left + 200, top + 128)
            tones = [value for value, count in enumerate(stamped.crop(part).convert("L").histogram()) if count > 20]
            if colour != "grey":
                assert max(tones) - min(tones) > 25, part
    assert abs(brightness(clean) - brightness(stamped)) < 20


@pytest.mark.parametrize("stamp", ["A", STAMP, STAMP * 20])
@pytest.mark.parametrize("width", [16, 320])
def test_a_stamp_of_any_length_fits_any_width(stamp: str, width: int) -> None:
    assert page(specimens.jpeg(), JPEG, width=width, stamp=stamp).width == width
