"""QR codes, read back; those of PDF and DOCX in the tests of the papers that bear them."""

import re

import lxml.html
import segno

from portal.papers import qr
from tests.support.correspondence import ADDRESS


def dark_modules(svg: str) -> set[tuple[int, int]]:
    """(column, row) of every dark module, quiet zone included, from the path that draws them."""
    (path,) = [e.get("d") for e in lxml.html.fromstring(svg).iter("path") if e.get("stroke")]
    modules, x, y = set(), 0, 0.0
    for command, arguments in re.findall(r"([Mmh])([-0-9. ]+)", path):
        numbers = [float(number) for number in re.findall(r"-?[0-9.]+", arguments)]
        if command == "h":
            modules |= {(x + step, int(y)) for step in range(int(numbers[0]))}
            x += int(numbers[0])
        else:
            x, y = (int(numbers[0]), numbers[1]) if command == "M" else (x + int(numbers[0]), y + numbers[1])
    return modules


def test_the_picture_is_the_code_of_the_text() -> None:
    text = f"{ADDRESS}/status/TTE-26-7777-777M"
    matrix = segno.make_qr(text, error="m").matrix
    expected = {(x + 4, y + 4) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert dark_modules(qr.svg(text)) == expected
    assert segno.make_qr(text, error="m").error in ("M", "Q", "H")


def test_the_picture_is_inline_markup_without_styles() -> None:
    svg = qr.svg("TTE-26-7777-777M", 'Kode "QR" <status>', "kode")
    assert svg.startswith('<svg class="kode" role="img" aria-label="Kode &#34;QR&#34; &lt;status&gt;"')
    assert "style" not in svg
    assert "<?xml" not in svg
    assert " width=" not in svg
    assert "viewBox" in svg
    assert svg.__html__() == svg
    assert 'aria-hidden="true"' in qr.svg("TTE-26-7777-777M")
