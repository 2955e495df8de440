"""A sheet that was photographed askew is laid straight where its edges are certain; all else stays as it was taken."""

from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from portal.documents.straightening import _grown, _shrunk, sheet, straightened
from tests.support import photos
from tests.support.inspecting import inspect

pytestmark = pytest.mark.long

PRINTED = photos.paper(points=12, dpi=150)
SIZE = (1500, 2000)
LEAST = 400


def askew(image: Image.Image, lean: float) -> Image.Image:
    """As from below, and from one side."""
    width, height = image.size
    corners = (
        -width * lean,
        -height * lean,
        0,
        height * (1 + lean),
        width,
        height,
        width * (1 + lean / 2),
        -height * lean / 3,
    )
    return image.transform(image.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=photos.DESK)


def laid_straight(image: Image.Image, least: int) -> Image.Image:
    return straightened(image, sheet(image), least)


def taken(**how: object) -> Image.Image:
    return photos.photo(PRINTED.image, SIZE, **{"fill": 0.8, **how})  # type: ignore[arg-type]


def leaning(image: Image.Image) -> float:
    """How far the corners of the sheet lie from those of an upright rectangle, in parts of its width."""
    corners = sheet(ImageOps.expand(image.convert("RGB"), 150, fill=photos.DESK))
    assert corners
    (a, b), (c, d), (e, f), (g, h) = corners
    return max(abs(a - g), abs(c - e), abs(b - d), abs(h - f)) / (c - a)


def brightest_rim(image: Image.Image) -> int:
    grey, (width, height) = image.convert("L"), image.size
    rims = ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height), (width - 1, 0, width, height))
    return max(int(sorted(grey.crop(rim).tobytes())[-20]) for rim in rims)


@pytest.mark.parametrize("tilt", [-8, -3, 2, 5, 10])
def test_what_is_tilted_is_straight_and_nothing_on_it_is_lost(tilt: float) -> None:
    laid = laid_straight(taken(tilt=tilt), LEAST)
    assert laid.size != SIZE
    assert leaning(laid) < 0.006
    assert abs(laid.height / laid.width - 2**0.5) < 0.02
    assert brightest_rim(laid) < 150, "a little of the table is all around it, so that nothing of the sheet was cut off"


@pytest.mark.parametrize("lean", [0.03, 0.08])
def test_what_was_taken_from_below_and_from_one_side_is_a_rectangle_again(lean: float) -> None:
    image = askew(taken(fill=0.7), lean)
    assert leaning(image) > 0.02
    laid = laid_straight(image, LEAST)
    assert laid is not image
    assert leaning(laid) < 0.01
    assert brightest_rim(laid) < 150


def test_what_lies_straight_already_is_the_same_picture() -> None:
    image = taken()
    assert sheet(image) is not None
    assert laid_straight(image, LEAST) is image


def hand(image: Image.Image) -> None:
    ImageDraw.Draw(image).ellipse((950, 900, 1600, 1300), fill=(150, 110, 90))


def second_paper(image: Image.Image) -> None:
    ImageDraw.Draw(image).rectangle((1390, 40, 1480, 400), fill=(235, 235, 235))


def writing_beside_it(image: Image.Image) -> None:
    ImageDraw.Draw(image).multiline_text((60, 40), "Catatan di sampingnya\n" * 3, fill=(10, 10, 10), font_size=44)


@pytest.mark.parametrize("spoil", [hand, second_paper, writing_beside_it])
def test_where_something_else_is_there_it_stays_as_it_was_taken(spoil: object) -> None:
    image = taken(tilt=5, fill=0.72)
    assert laid_straight(image, LEAST) is not image
    assert callable(spoil)
    spoil(image)
    assert laid_straight(image, LEAST) is image


@pytest.mark.parametrize(
    "how",
    [
        {"shift": 0.25},
        {"fill": 1.3},
        {"light": (0.2, 0.15)},
        {"desk": (225, 220, 215)},
        {"tilt": 30},
    ],
)
def test_what_is_cut_or_hardly_stands_out_stays_as_it_was_taken(how: dict[str, object]) -> None:
    image = taken(**{"tilt": 4, **how})
    assert laid_straight(image, LEAST) is image


@pytest.mark.parametrize("image", [Image.new("RGB", SIZE), Image.new("L", SIZE, 255), Image.new("RGB", (900, 120))])
def test_a_picture_of_nothing_stays(image: Image.Image) -> None:
    assert laid_straight(image, LEAST) is image


def test_a_sheet_that_would_be_too_small_alone_stays_with_its_table() -> None:
    image = taken(tilt=5, fill=0.72).resize((450, 600))
    assert laid_straight(image, LEAST) is image
    assert laid_straight(image, 100) is not image


def test_what_is_uploaded_is_kept_straight() -> None:
    data = photos.encoded(taken(tilt=5))
    found = inspect(data)
    assert leaning(Image.open(BytesIO(found.content))) < 0.006
    assert found.size < len(data)


@pytest.mark.parametrize("by", range(1, 8))
def test_white_grows_and_shrinks_as_with_the_greatest_and_the_least_of_all_around(by: int) -> None:
    chance = Random(by)
    for white in (0.001, 0.02, 0.5, 0.98, 0.999):
        mask = Image.frombytes("L", (60, 41), bytes(255 * (chance.random() < white) for _ in range(60 * 41)))
        assert _grown(mask, by).tobytes() == mask.filter(ImageFilter.MaxFilter(2 * by + 1)).tobytes()
        assert _shrunk(mask, by).tobytes() == mask.filter(ImageFilter.MinFilter(2 * by + 1)).tobytes()
