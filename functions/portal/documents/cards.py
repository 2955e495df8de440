"""Is a picture one of an identity card, where a sheet of paper is asked for? By shape and tint together; none is read.

Paper is white, and no sheet has the shape of a card, though F4 and Legal come near it. Either alone would be wrong of
a sheet seen aslant, or in the shade. What is not certain passes: a card seen much aslant, without four sure edges on a
table, or copied in black and white.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from portal.documents import straightening

if TYPE_CHECKING:
    from PIL.Image import Image

CARD: Final = "card"

_SHAPE: Final = 85.6 / 54
_OFF: Final = 0.02  # part by which a card may be broader or narrower; F4 is by 0.03, Legal by 0.04, A4 by 0.11
_BLUE: Final = 14  # of 255: how much more blue than red is in half of its points


def is_card(image: "Image", corners: Sequence[straightening.Point] | None) -> bool:
    """Of an upright picture, in which ``straightening.sheet`` found these; a card may lie on its side."""
    if corners is None:
        return False
    top, right, bottom, left = straightening.lengths(corners)
    across, down = top + bottom, left + right
    if abs(max(across, down) / min(across, down) / _SHAPE - 1) > _OFF:
        return False
    xs, ys = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    return _is_blue(image.crop((round(xs[1]), round(ys[1]), round(xs[2]), round(ys[2]))))


def _is_blue(image: "Image") -> bool:
    """Of a picture that nobody needs any more."""
    from PIL import ImageChops

    small = image if image.mode == "RGB" else image.convert("RGB")
    small.thumbnail((160, 160), reducing_gap=2.0)
    red, _, blue = small.split()
    histogram = ImageChops.subtract(blue, red).histogram()
    return sum(histogram[_BLUE:]) * 2 > sum(histogram)
