"""The picture shown where somebody shares a page: its title on the office's blue, drawn without any file of fonts."""

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from portal.chart.lettering import wrap_measured

SIZE: Final = (1200, 630)
MARGIN: Final = 80
BLUE, WHITE, YELLOW, PALE = "#0B4F8A", "#FFFFFF", "#FFD24A", "#D6E6F5"


def draw_card(path: Path, title: str, description: str, office: str, service: str) -> None:
    """Write a PNG of 1200 x 630 pixels."""
    image = Image.new("RGB", SIZE, BLUE)
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, MARGIN), office, fill=PALE, font=_font(34))
    draw.text((MARGIN, MARGIN + 46), service, fill=WHITE, font=_font(44))
    top = 250
    for size, text, colour, most in ((66, title, WHITE, 3), (34, description, PALE, 3)):
        font = _font(size)
        for line in wrap_measured(text, SIZE[0] - 2 * MARGIN, font.getlength)[:most]:
            draw.text((MARGIN, top), line, fill=colour, font=font)
            top += round(size * 1.25)
        top += 20
    draw.rectangle((0, SIZE[1] - 18, SIZE[0], SIZE[1]), fill=YELLOW)
    image.quantize(32).save(path, optimize=True)


def _font(size: float) -> ImageFont.FreeTypeFont:
    found = ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow cannot draw letters of a size: FreeType is missing")
    return found
