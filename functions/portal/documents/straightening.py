"""A sheet on a darker table, photographed askew: laid straight where its four edges are certain, else left as it is.

Certain are four straight lines between one bright patch and a table on which nothing is to be read. What is not so (a
cut sheet, a hand on it, a second paper, a patterned table) stays as it was taken: nothing of a document is ever lost.
"""

from collections.abc import Sequence
from math import hypot
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

Point = tuple[float, float]
Line = tuple[float, float]
"""``u = slope * v + start``: of upright edges u is x and v is y, of the others the reverse."""

_SIDE: Final = 400  # pixels of the longer side at which the edges are looked for
_STANDS_OUT: Final = 45  # of 255: how much brighter paper is than table
_STRAY: Final = 0.004  # part of the table that may be bright, and of an edge's points that may lie elsewhere
_OFF: Final = 1.0  # pixels: how far points lie from their edge, as a root of mean squares
_PATTERN: Final = 12  # of 255: what stands out on the table from what is around it
_PART: Final = (0.25, 0.95)  # of the picture
_LEAN: Final = 0.4  # slope of an edge at most
_LEAST_LEAN: Final = 0.012  # what is straighter than that is straight
_UNLIKE: Final = 0.9  # shorter of two opposite edges, compared with the other: beyond, it would be laid too short
_MARGIN: Final = 0.01  # of the sheet, around it: of what is on it nothing is cut off


def straightened(image: "Image", corners: Sequence[Point] | None, least: int) -> "Image":
    """The sheet alone, laid straight; or the very picture where it is not certain, or lies straight already.

    Args:
        corners: what ``sheet`` found in it.
        least: pixels that no side of it may be shorter than.
    """
    if corners is None or not _leans(corners) or min(lengths(corners)) < least:
        return image
    return _laid(image, _wider(corners))


def sheet(image: "Image") -> list[Point] | None:
    """Corners of a sheet, from the upper left one on clockwise, in pixels of the picture; None where not certain."""
    from PIL import ImageFilter

    small = image.convert("L")
    small.thumbnail((_SIDE, _SIDE), reducing_gap=2.0)
    small = small.filter(ImageFilter.GaussianBlur(1.2))
    mask = _paper(small)
    if mask is None:
        return None
    edges = _edges(mask)
    if edges is None:
        return None
    left, top, right, bottom = edges
    corners = [_meet(left, top), _meet(right, top), _meet(right, bottom), _meet(left, bottom)]
    if not (_is_likely(corners, small.size) and _table_is_bare(small, mask, corners)):
        return None
    share = image.width / small.width
    return [((x + 0.5) * share, (y + 0.5) * share) for x, y in corners]


def _paper(small: "Image") -> "Image | None":
    """White where the paper is, without the letters on it; None if it does not stand out, or reaches the rim."""
    from PIL import Image, ImageChops

    width, height = small.size
    rim = [*small.crop((0, 0, width, 2)).tobytes(), *small.crop((0, height - 2, width, height)).tobytes()]
    rim += [*small.crop((0, 0, 2, height)).tobytes(), *small.crop((width - 2, 0, width, height)).tobytes()]
    middle = sorted(small.crop((width // 4, height // 4, width * 3 // 4, height * 3 // 4)).tobytes())
    table, paper = sorted(rim)[len(rim) * 99 // 100], middle[len(middle) * 3 // 4]
    if paper - table < _STANDS_OUT:
        return None
    between = (table + paper) // 2
    mask = small.point(lambda value: 255 if value > between else 0)
    mask = _shrunk(_grown(mask, 2), 2)
    # What is seen from the rim, along its row or its column, is table; all else, letters too, is paper.
    turn = Image.Transpose.TRANSPOSE
    return ImageChops.darker(_filled(mask), _filled(mask.transpose(turn)).transpose(turn))


def _grown(mask: "Image", by: int) -> "Image":
    """White wherever white is no more than so many points off, up to 7: as MaxFilter, and much faster."""
    from PIL import ImageFilter

    return mask.filter(ImageFilter.BoxBlur(by)).point(lambda value: 255 if value else 0)


def _shrunk(mask: "Image", by: int) -> "Image":
    """White where nothing black is so near, likewise."""
    from PIL import ImageFilter

    return mask.filter(ImageFilter.BoxBlur(by)).point(lambda value: 255 if value == 255 else 0)


def _filled(mask: "Image") -> "Image":
    """White in each row from its first white point to its last."""
    from PIL import Image

    width, rows = mask.width, mask.tobytes()
    filled = bytearray()
    for start in range(0, len(rows), width):
        row = rows[start : start + width]
        begins, ends = row.find(255), row.rfind(255) + 1
        filled += (bytes(begins) + b"\xff" * (ends - begins)).ljust(width, b"\0") if ends else bytes(width)
    return Image.frombytes("L", mask.size, bytes(filled))


def _edges(mask: "Image") -> tuple[Line, Line, Line, Line] | None:
    """The left, upper, right and lower edge; None unless each is one straight line."""
    from PIL import Image

    lying = mask.transpose(Image.Transpose.TRANSPOSE)
    found = []
    for picture, backwards in ((mask, False), (lying, False), (mask, True), (lying, True)):
        line = _line(_outermost(picture, backwards))
        if line is None:
            return None
        found.append(line)
    left, top, right, bottom = found
    return left, top, right, bottom


def _outermost(mask: "Image", backwards: bool) -> list[Point]:
    """Where in each row the paper begins, or ends, as (row, column)."""
    width, height = mask.size
    rows = mask.tobytes()
    points = []
    for row in range(height):
        line = rows[row * width : (row + 1) * width]
        column = line.rfind(255) if backwards else line.find(255)
        if column >= 0:
            points.append((float(row), column + (0.5 if backwards else -0.5)))
    return points


def _line(points: Sequence[Point]) -> Line | None:
    """The line through the middle ones, as far as it goes: near the corners rows meet the edges beside it."""
    if len(points) < _SIDE // 6:
        return None
    third = len(points) // 3
    line = _fit(points[third:-third])
    near = [point for point in points if _off(point, line) < 2 * _OFF]
    if len(near) < len(points) // 2:
        return None
    line = _fit(near)
    along = [_off(point, line) for point in points if near[0][0] <= point[0] <= near[-1][0]]
    off = (sum(_off(point, line) ** 2 for point in near) / len(near)) ** 0.5
    stray = sum(each > 2 * _OFF for each in along)
    return line if off < _OFF and stray <= _STRAY * len(along) and abs(line[0]) < _LEAN else None


def _off(point: Point, line: Line) -> float:
    return abs(point[1] - line[0] * point[0] - line[1])


def _fit(points: Sequence[Point]) -> Line:
    count = len(points)
    mean_v, mean_u = sum(v for v, _ in points) / count, sum(u for _, u in points) / count
    slope = sum((v - mean_v) * (u - mean_u) for v, u in points) / sum((v - mean_v) ** 2 for v, _ in points)
    return slope, mean_u - slope * mean_v


def _meet(upright: Line, lying: Line) -> Point:
    """Where an upright edge (x of y) meets a lying one (y of x)."""
    y = (lying[0] * upright[1] + lying[1]) / (1 - lying[0] * upright[0])
    return upright[0] * y + upright[1], y


def _is_likely(corners: Sequence[Point], size: tuple[int, int]) -> bool:
    width, height = size
    inside = all(-0.5 < x < width - 0.5 and -0.5 < y < height - 0.5 for x, y in corners)
    top, right, bottom, left = lengths(corners)
    alike = all(min(pair) > _UNLIKE * max(pair) for pair in ((top, bottom), (left, right)))
    return inside and alike and _PART[0] < _area(corners) / (width * height) < _PART[1]


def _table_is_bare(small: "Image", mask: "Image", corners: Sequence[Point]) -> bool:
    """Is all that is bright within the four corners, all within them bright, and nothing to be read beside them?"""
    from PIL import Image, ImageChops, ImageDraw, ImageFilter

    within = Image.new("L", small.size, 0)
    ImageDraw.Draw(within).polygon([(round(x), round(y)) for x, y in corners], fill=255)
    unlike = _shrunk(ImageChops.difference(mask, within), 1)
    if unlike.histogram()[255] > _STRAY * small.width * small.height:
        return False
    table = ImageChops.invert(_grown(within, 6))
    pattern = ImageChops.difference(small, small.filter(ImageFilter.BoxBlur(4))).histogram(
        table.convert("1", dither=Image.Dither.NONE)
    )
    return sum(pattern[_PATTERN:]) <= _STRAY * sum(pattern)


def _leans(corners: Sequence[Point]) -> bool:
    """Does any edge lean so much that somebody sees it?"""
    upper_left, upper_right, lower_right, lower_left = corners
    lying = ((upper_left, upper_right), (lower_left, lower_right))
    upright = ((upper_left, lower_left), (upper_right, lower_right))
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in lying] + [(b[0] - a[0]) / (b[1] - a[1]) for a, b in upright]
    return max(abs(slope) for slope in slopes) > _LEAST_LEAN


def _wider(corners: Sequence[Point]) -> list[Point]:
    x, y, more = sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4, 1 + 2 * _MARGIN
    return [(x + (u - x) * more, y + (v - y) * more) for u, v in corners]


def _laid(image: "Image", corners: Sequence[Point]) -> "Image":
    """The four-sided patch as an upright rectangle of its own size."""
    from PIL import Image

    top, right, bottom, left = lengths(corners)
    width, height = round((top + bottom) / 2), round((left + right) / 2)
    to = ((0, 0), (width, 0), (width, height), (0, height))
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(to, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]]
    return image.transform((width, height), Image.Transform.PERSPECTIVE, _solved(rows), Image.Resampling.BICUBIC)


def _solved(rows: list[list[float]]) -> list[float]:
    """What fulfils all these equations, whose last number is the right side (Gauss, with pivots)."""
    count = len(rows)
    for at in range(count):
        pivot = max(range(at, count), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for row in range(count):
            if row != at:
                rows[row] = [a - rows[row][at] * b for a, b in zip(rows[row], rows[at], strict=True)]
    return [row[-1] for row in rows]


def lengths(corners: Sequence[Point]) -> list[float]:
    """Of the upper, right, lower and left edge."""
    return [hypot(b[0] - a[0], b[1] - a[1]) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]


def _area(corners: Sequence[Point]) -> float:
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2
