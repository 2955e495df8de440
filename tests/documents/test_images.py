"""Images are saved anew: without place, camera or comment, upright, and never too large."""

from io import BytesIO

import pytest
from PIL import Image

from portal.documents.inspection import JPEG, Limits
from tests.support import document_specimens as specimens
from tests.support.inspecting import grey, inspect, kept, kept_image


def test_place_camera_comment_and_profile_are_gone_from_a_photo() -> None:
    data = specimens.photo_with_place_and_turn()
    assert Image.open(BytesIO(data)).getexif().get_ifd(0x8825)
    image = kept_image(data)
    assert not image.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)
    for trace in (b"Telepon Contoh", b"catatan kamera", b"profil warna"):
        assert trace in data
        assert trace not in kept(data)


def test_text_within_a_png_is_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    data = specimens.png(pnginfo=notes)
    assert b"script" in data
    assert b"script" not in kept(data)


def test_a_photo_on_its_side_is_kept_upright() -> None:
    image = kept_image(specimens.photo_with_place_and_turn())
    assert image.size == (640, 1000)
    corners = [grey(image, at) for at in ((5, 5), (634, 5), (5, 994), (634, 994))]
    assert [value < 40 for value in corners] == [
        False,
        True,
        False,
        False,
    ]  # the square went from top left to top right


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_of_any_colour_model_looks_the_same_afterwards(mode: str) -> None:
    image = kept_image(specimens.jpeg(mode=mode))
    assert image.mode in ("L", "RGB")
    assert grey(image, (10, 10)) < 40
    assert grey(image, (900, 600)) > 215


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_png_of_any_colour_model_looks_the_same_afterwards(mode: str) -> None:
    image = kept_image(specimens.png(mode=mode))
    assert image.mode in ("L", "RGB")
    assert grey(image, (10, 10)) == 0
    assert grey(image, (900, 600)) == 255


def test_sixteen_bit_grey_keeps_its_tones() -> None:
    image = kept_image(specimens.deep_grey_png())
    assert (image.mode, image.getpixel((10, 10)), image.getpixel((600, 10))) == ("L", 0x40, 0xFF)


def test_what_is_transparent_becomes_white() -> None:
    image = Image.new("RGBA", (600, 500), (0, 0, 0, 0))
    assert kept_image(specimens.saved(image, "PNG")).getpixel((5, 5)) == (255, 255, 255)


def test_only_the_first_frame_of_an_animation_is_kept() -> None:
    image = kept_image(specimens.animated_png())
    assert getattr(image, "n_frames", 1) == 1
    assert image.getpixel((10, 10)) == (0, 0, 0)


def test_an_image_that_grows_when_saved_anew_is_pressed_until_it_fits() -> None:
    noise = Image.effect_noise((1200, 1200), 80)
    coarse = specimens.saved(noise, "JPEG", quality=40)
    smaller = inspect(coarse, Limits(photo_bytes=len(coarse)))
    assert smaller.media_type == JPEG
    assert smaller.size <= len(coarse)


def test_a_png_that_will_not_fit_becomes_a_jpeg() -> None:
    noise = Image.effect_noise((1000, 1000), 80).convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    data = specimens.saved(noise, "PNG", bits=2, optimize=True)
    found = inspect(data, Limits(photo_bytes=len(data)))
    assert (found.media_type, found.size <= len(data)) == (JPEG, True)
