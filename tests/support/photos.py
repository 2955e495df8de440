"""Photos as phones take them, drawn: paper or a card on a desk, in uneven light, with the noise of a small sensor."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

A4 = (8.27, 11.69)  # inches
DESK = (121, 96, 72)
_MARGIN = 0.8  # inches
_DIGITS = "0123456789"


@dataclass(frozen=True)
class Digit:
    """One printed digit, in parts of the paper's width and height: where its cell begins, and how large that is."""

    said: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Paper:
    image: Image.Image
    digits: tuple[Digit, ...]


@cache
def paper(points: float = 8, dpi: int = 200, every: int = 1, seed: int = 1) -> Paper:
    """An A4 full of digits of that size; of the lines one in ``every`` is printed."""
    chance = random.Random(seed)
    width, height = (round(side * dpi) for side in A4)
    image, size = Image.new("L", (width, height), 246), points * dpi / 72
    draw, font, found = ImageDraw.Draw(image), ImageFont.load_default(size=size), []
    step, edge = size * 0.62, _MARGIN * dpi
    for line, top in enumerate(_steps(edge, height - edge, size * 1.6)):
        for column, left in enumerate(_steps(edge, width - edge, step)):
            if line % every or column % 17 == 16:
                continue
            said = chance.choice(_DIGITS)
            draw.text((left, top), said, fill=32, font=font)
            found.append(Digit(said, left / width, top / height, step / width, size * 1.1 / height))
    return Paper(image, tuple(found))


def photo(
    page: Image.Image,
    size: tuple[int, int] = (3024, 4032),
    *,
    fill: float = 0.9,
    tilt: float = 0.0,
    blur: float = 0.6,
    noise: float = 6.0,
    light: tuple[float, float] = (1.0, 0.75),
    shift: float = 0.0,
    desk: tuple[int, int, int] = DESK,
) -> Image.Image:
    """The page on a desk.

    Args:
        fill: how much of the picture the page takes, in its tighter direction.
        tilt: degrees; ``shift``: how far it lies to the right, in parts of the picture.
        blur: pixels; ``noise``: of 255; ``light``: at the top and at the bottom.
    """
    place = _place(page, size, fill)
    wide, high = place[2] - place[0], place[3] - place[1]
    laid, ground = (
        page.resize((wide, high), Image.Resampling.BICUBIC),
        Image.new("RGB", (1, 1), desk).convert(page.mode),
    )
    if tilt:
        laid = laid.rotate(tilt, Image.Resampling.BICUBIC, expand=True, fillcolor=ground.getpixel((0, 0)))
    picture = ground.resize(size)
    picture.paste(laid, ((size[0] - laid.width) // 2 + round(shift * size[0]), (size[1] - laid.height) // 2))
    shade = Image.linear_gradient("L").point(
        lambda value: min(255, round(255 * (light[0] + (light[1] - light[0]) * value / 255)))
    )
    picture = ImageChops.multiply(picture, Image.merge(page.mode, [shade.resize(size)] * len(page.mode)))
    if blur:
        picture = picture.filter(ImageFilter.GaussianBlur(blur))
    return _noisy(picture.convert("RGB"), noise)


def encoded(image: Image.Image, form: str = "JPEG", **save: object) -> bytes:
    target = BytesIO()
    image.save(target, form, **({"quality": 90} | save if form != "PNG" else save))
    return target.getvalue()


def heic(image: Image.Image, **save: object) -> bytes:
    """As a phone of some makes keeps it."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    return encoded(image, "HEIF", enc_params={"preset": "ultrafast"}, **({"quality": 60} | save))


def misread(kept: Image.Image, printed: Paper, fill: float, sample: int = 200) -> float:
    """The share of the digits that cannot be told apart any more, in a photo without tilt that was taken of them.

    Each is compared with how every digit would look at that size in print, by correlation; so it is a poor reader, who
    knows where the digits stand and no more of them than their shape. A person reads better.
    """
    left, top, right, bottom = _place(printed.image, kept.size, fill)
    grey = kept.convert("L")
    digits = random.Random(2).sample(printed.digits, min(sample, len(printed.digits)))
    wrong = 0
    for digit in digits:
        x, y = left + digit.left * (right - left), top + digit.top * (bottom - top)
        wide, high = digit.width * (right - left), digit.height * (bottom - top)
        cell = grey.crop((round(x), round(y), round(x + wide), round(y + high)))
        wrong += digit.said != _likest(cell, high / 1.1, (x - round(x), y - round(y)))
    return wrong / len(digits)


def _likest(cell: Image.Image, size: float, offset: tuple[float, float]) -> str:
    return max(_DIGITS, key=lambda digit: _correlation(cell, _printed(digit, round(size, 1), cell.size, offset)))


@cache
def _printed(digit: str, size: float, cell: tuple[int, int], offset: tuple[float, float]) -> Image.Image:
    scale = 4
    large = Image.new("L", (cell[0] * scale, cell[1] * scale), 246)
    font = ImageFont.load_default(size=size * scale)
    ImageDraw.Draw(large).text((offset[0] * scale, offset[1] * scale), digit, fill=32, font=font)
    return large.resize(cell, Image.Resampling.BOX)


def _correlation(one: Image.Image, other: Image.Image) -> float:
    a, b = list(one.tobytes()), list(other.tobytes())
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    both = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    spread = sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)
    return both / (spread**0.5 or 1.0)


def _place(page: Image.Image, size: tuple[int, int], fill: float) -> tuple[int, int, int, int]:
    """Where the page lies in a picture of that size."""
    scale = fill * min(size[0] / page.width, size[1] / page.height)
    wide, high = round(page.width * scale), round(page.height * scale)
    left, top = (size[0] - wide) // 2, (size[1] - high) // 2
    return left, top, left + wide, top + high


def _noisy(picture: Image.Image, noise: float) -> Image.Image:
    grain = Image.effect_noise((512, 512), 2 * noise)
    whole = Image.new("L", picture.size)
    for left in range(0, picture.width, 512):
        for top in range(0, picture.height, 512):
            whole.paste(grain, (left, top))
    bands = [
        ImageChops.add(band, ImageChops.offset(whole, 17 * number, 31 * number), 1, -128)
        for number, band in enumerate(picture.split())
    ]
    return Image.merge("RGB", bands)


def _steps(begin: float, end: float, step: float) -> Iterator[float]:
    while begin + step <= end:
        yield begin
        begin += step
