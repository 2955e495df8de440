"""What in a photo may make it hard to read, measured; whether it can be read all the same, a person sees better.

So nothing is refused for it. The measures were chosen by the photos that ``tests/support/photo_table.py`` makes.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

DARK, EMPTY, BLURRED, GLARE, CUT = "dark", "empty", "blurred", "glare", "cut"

_SIDE = 1000  # pixels of the longer side at which it is measured: letters of 10 points on A4 are some 6 high then
_MIDDLE = 0.15  # of each side is left out, where desk and edges are
_DARK = 80  # of 255: what all but the brightest twentieth stays below
_FAINT = 14  # of 255: how far the darkest and brightest points stand out from what is around them, where anything is
_SOFT, _LEAST_STEEP = 0.42, 20  # how steep the steepest edges are, compared with how far they stand out, and at least
_GLARE = (0.008, 0.3)  # part of the picture that is burnt out; beyond it is paper in good light
_BRIGHT, _INK, _RUNS = 140, 45, 5


def warnings(image: "Image") -> list[str]:
    """Of an upright picture: ``dark``; or any of ``empty`` or ``blurred``, ``glare`` and ``cut``."""
    small = image.convert("L")
    small.thumbnail((_SIDE, _SIDE), reducing_gap=2.0)
    if _percentile(small.histogram(), 0.95) < _DARK:
        return [DARK]
    found = []
    middle = small.crop(_inner(small.size))
    stands_out, steepness = _detail(middle), _steepness(middle)
    if stands_out < _FAINT:
        found.append(EMPTY)
    elif steepness < max(_SOFT * stands_out, _LEAST_STEEP):
        found.append(BLURRED)
    if _is_burnt(small):
        found.append(GLARE)
    if _runs_out(small):
        found.append(CUT)
    return found


def _inner(size: tuple[int, int]) -> tuple[int, int, int, int]:
    width, height = size
    left, top = round(width * _MIDDLE), round(height * _MIDDLE)
    return left, top, width - left, height - top


def _detail(image: "Image") -> float:
    """How far the 200th part that stands out most does so from what is around it."""
    from PIL import ImageChops, ImageFilter

    around = image.filter(ImageFilter.BoxBlur(8))
    return _percentile(ImageChops.difference(image, around).histogram(), 0.995)


def _steepness(image: "Image") -> float:
    """The second derivative where it is largest, but for a 200th part; a little smoothed, so that grain counts less."""
    from PIL import ImageFilter

    bends = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
    bent = image.filter(ImageFilter.GaussianBlur(0.7)).filter(bends)
    # The outermost points are left as they were.
    histogram = bent.crop((1, 1, bent.width - 1, bent.height - 1)).histogram()
    folded = [histogram[128], *(histogram[128 + n] + histogram[128 - n] for n in range(1, 128)), histogram[0]]
    return _percentile(folded, 0.995)


def _is_burnt(image: "Image") -> bool:
    """Is there a burnt-out patch that fades into the picture, and leaves no letters within it?

    White paper ends sharply, and has letters on it.
    """
    from PIL import ImageChops, ImageFilter

    tiny = image.copy()
    tiny.thumbnail((250, 250))
    white = tiny.point(lambda value: 255 if value >= 251 else 0)
    white = white.filter(ImageFilter.BoxBlur(1)).point(lambda value: 255 if value > 127 else 0)  # the median of nine
    part = _part(white)
    if not _GLARE[0] < part < _GLARE[1]:
        return False
    closed = white.filter(ImageFilter.MaxFilter(7)).filter(ImageFilter.MinFilter(7))
    if _part(closed) > 1.15 * part:
        return False
    ring = ImageChops.subtract(closed.filter(ImageFilter.MaxFilter(7)), closed.filter(ImageFilter.MaxFilter(3)))
    around = tiny.histogram(ring.convert("1", dither=None))
    return _percentile(around, 0.25) > 205


def _runs_out(image: "Image") -> bool:
    """Do lines of print run over an edge of the picture?"""
    width, height = image.size
    top, bottom = (0, 1, width, 2), (0, height - 2, width, height - 1)
    left, right = (1, 0, 2, height), (width - 2, 0, width - 1, height)
    for edge in (top, bottom, left, right):
        line = list(image.crop(edge).tobytes())
        paper = sorted(line)[len(line) * 4 // 5]
        if paper > _BRIGHT and _short_runs([value < paper - _INK for value in line]) >= _RUNS:
            return True
    return False


def _short_runs(inked: list[bool]) -> int:
    """How many stretches of ink there are that are no longer than a letter."""
    longest, runs, length = len(inked) // 30, 0, 0
    for ink in (*inked, False):
        if ink:
            length += 1
        else:
            runs += 0 < length <= longest
            length = 0
    return runs


def _part(mask: "Image") -> float:
    return mask.histogram()[255] / (mask.width * mask.height)


def _percentile(histogram: list[int], part: float) -> float:
    """The value below which that part of the points is."""
    left = sum(histogram) * part
    for value, count in enumerate(histogram):
        left -= count
        if left <= 0:
            return value
    return 0.0
