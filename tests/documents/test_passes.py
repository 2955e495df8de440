"""How much the passes of a JPEG take is read from its header, also where that is none."""

from struct import pack

import pytest

from portal.documents import passes
from tests.support import document_specimens as specimens

POINTS = 1000 * 640


@pytest.mark.parametrize(
    ("mode", "subsampling", "each"), [("RGB", 0, 6), ("RGB", 1, 4), ("RGB", 2, 3), ("L", 0, 2), ("CMYK", 0, 8)]
)
def test_all_numbers_of_all_colours_are_held(mode: str, subsampling: int, each: int) -> None:
    data = specimens.jpeg((1000, 640), mode, progressive=True, subsampling=subsampling)
    assert passes.held(data) == POINTS * each
    assert passes.held(specimens.jpeg((1000, 640), mode, subsampling=subsampling)) == 0


def test_what_comes_before_the_frame_is_passed_over() -> None:
    small = specimens.jpeg((400, 400), progressive=True, subsampling=0)
    data = specimens.jpeg(progressive=True, subsampling=2, comment=small[:60_000])
    assert passes.held(data) == POINTS * 3


def test_colours_that_come_one_after_the_other_are_passes_too() -> None:
    frame = pack(">BHHB", 8, 640, 1000, 3) + bytes((1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1))
    head = b"\xff\xd8" + _segment(0xC0, frame)
    assert passes.held(head + _segment(0xDA, bytes((1, 1, 0, 0, 63, 0)))) == POINTS * 6
    assert passes.held(head + _segment(0xDA, bytes((3, 1, 0, 2, 0, 3, 0, 0, 63, 0)))) == 0


def test_the_file_itself_weighs_too() -> None:
    small = specimens.jpeg(progressive=True, subsampling=0)
    data = small.replace(pack(">HH", 640, 1000), pack(">HH", 5050, 5050), 1)
    assert [passes.heavy(each) for each in (data, data + bytes(10_000_000), small + bytes(200_000_000))] == [
        False, True, True,
    ]  # fmt: skip
    assert not passes.heavy(specimens.jpeg() + bytes(200_000_000))


@pytest.mark.parametrize("part", range(0, 700, 7))
def test_half_a_header_says_nothing(part: int) -> None:
    data = specimens.jpeg(progressive=True)
    assert passes.held(data[:part]) in (0, POINTS * 3)


@pytest.mark.parametrize("frame", [b"", b"\x08\0\x10", bytes((8, 0, 9, 0, 9, 3)), bytes((8, 0, 9, 0, 9, 1, 1, 0, 0))])
def test_a_senseless_frame_says_nothing(frame: bytes) -> None:
    assert passes.held(b"\xff\xd8" + _segment(0xC2, frame) + _segment(0xDA, b"\x01")) == 0


def _segment(mark: int, body: bytes) -> bytes:
    return bytes((0xFF, mark)) + pack(">H", len(body) + 2) + body
