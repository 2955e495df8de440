"""A JPEG that comes in several passes: all of them are held until the last, however small the picture is wanted.

How much that is stands in its header, which is read here without any library: who asks for a child has none.
"""

import re
from collections.abc import Iterator
from typing import Final

_MUCH: Final = 156 * 1000 * 1000
"""Bytes of passes and file beyond which it is heavy: below, any child has room for what is decoded beside them."""

_SEGMENT: Final = re.compile(rb"\xff([^\xff\0\x01\xd0-\xd9])(..)", re.DOTALL)
_SEGMENTS: Final = 5000  # of a header: each has up to 65,535 bytes, and a file 40 million
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_IN_PASSES: Final = frozenset((0xC2, 0xCA))
_SCAN: Final = 0xDA


def heavy(data: bytes) -> bool:
    several = held(data)
    return several > 0 and several + len(data) > _MUCH


def held(data: bytes) -> int:
    """Bytes of all passes, two for each number; 0 where there is but one, or where the header is none.

    Of colours as most cameras write them (4:2:0) that is three for each point, of colours in full (4:4:4) six.
    """
    kind, frame = 0, b""
    for mark, body in _segments(data):
        if mark in _FRAMES:
            kind, frame = mark, body
        if mark == _SCAN:
            several = kind in _IN_PASSES or body[:1] < frame[5:6]  # not all colours in the first
            return _numbers(frame) * 2 if several else 0
    return 0


def _numbers(frame: bytes) -> int:
    if len(frame) < 6:
        return 0
    height, width = int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5])
    shares = [(each >> 4, each & 15) for each in frame[7 : 6 + 3 * frame[5] : 3]]
    whole = max(across for across, _ in shares) * max(down for _, down in shares) if shares else 0
    return width * height * sum(across * down for across, down in shares) // whole if whole else 0


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    for _ in range(_SEGMENTS):
        found = _SEGMENT.search(data, at)
        if found is None:
            return
        at = found.start() + 2 + int.from_bytes(found[2])
        yield found[1][0], data[found.end() : at]
