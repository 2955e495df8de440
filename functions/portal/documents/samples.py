"""Draws the sample documents of a rehearsal from what ``rehearsal.toml`` says; every word and number comes from there.

Good samples pass ``inspection.inspect``; the others are made from them to show a newcomer the portal's answers.
"""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from math import cos, sin
from typing import TYPE_CHECKING, Any

from portal.core.errors import NotFound

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

PDF, JPEG, TEXT = "application/pdf", "image/jpeg", "text/plain"

Spec = Mapping[str, Any]

_PAPER = (1240, 1754)  # pixels: A4 at 150 dots an inch
_LEFT, _RIGHT, _TOP = 150, 1110, 110
_INK, _PALE, _LINE = 25, 232, 90
_SIZES = {"title": 34, "heading": 28, "body": 24, "small": 19}
_DESK, _CARD = (1600, 1120), (1284, 810)  # the card has the proportions of ISO/IEC 7810 ID-1


def sample(name: str, spec: Spec) -> tuple[bytes, str]:
    """The sample's bytes and the media type it is served with; the same spec gives the same picture each time.

    Args:
        spec: all of ``rehearsal.toml``: ``[[samples]]`` by ``name``, each with a ``recipe``, and ``[specimen]`` with
            the ``mark`` and ``note`` that every drawing bears.

    Raises:
        NotFound: ``sample_unknown``.
    """
    found = next((entry for entry in spec["samples"] if entry["name"] == name), None)
    if found is None:
        raise NotFound("sample_unknown")
    return _RECIPES[found["recipe"]](found, spec)


# --- Recipes: good -------------------------------------------------------------------------------------------------


def _paper(entry: Spec, spec: Spec) -> tuple[bytes, str]:
    return _as_pdf([_sheet(blocks, spec["specimen"]) for blocks in entry["pages"]]), PDF


def _card(entry: Spec, spec: Spec) -> tuple[bytes, str]:
    return _as_jpeg(_photo(_drawn_card(entry, spec["specimen"]))), JPEG


# --- Recipes: bad, each made ``of`` another sample -----------------------------------------------------------------


def _shrunk(entry: Spec, spec: Spec) -> tuple[bytes, str]:
    """A photo of ``width`` pixels, out of focus."""
    from PIL import Image, ImageFilter

    image = Image.open(BytesIO(sample(entry["of"], spec)[0]))
    width: int = entry["width"]
    small = image.resize((width, image.height * width // image.width)).filter(ImageFilter.GaussianBlur(2))
    return _as_jpeg(small), JPEG


def _cut(entry: Spec, spec: Spec) -> tuple[bytes, str]:
    """The first ``percent`` of a file, as after a broken transfer."""
    data, media_type = sample(entry["of"], spec)
    return data[: len(data) * int(entry["percent"]) // 100], media_type


def _locked(entry: Spec, spec: Spec) -> tuple[bytes, str]:
    """A PDF that asks for a ``password``."""
    import pikepdf

    target = BytesIO()
    with pikepdf.open(BytesIO(sample(entry["of"], spec)[0])) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(owner=entry["password"], user=entry["password"]))
    return target.getvalue(), PDF


def _renamed(entry: Spec, _: Spec) -> tuple[bytes, str]:
    """Plain text, whatever its file is called."""
    return "\n".join(entry["lines"]).encode() + b"\n", TEXT


_RECIPES: dict[str, Callable[[Spec, Spec], tuple[bytes, str]]] = {
    "paper": _paper,
    "card": _card,
    "shrunk": _shrunk,
    "cut": _cut,
    "locked": _locked,
    "renamed": _renamed,
}


# --- Paper ---------------------------------------------------------------------------------------------------------


def _sheet(blocks: Iterable[Spec], specimen: Spec) -> "Image":
    """One page, block under block, on paper that lay a little askew in the scanner."""
    from PIL import Image, ImageDraw

    image = Image.new("L", _PAPER, 252)
    _mark(image, specimen["mark"], size=250, tilt=55, tone=_PALE)
    draw = ImageDraw.Draw(image)
    top = _TOP
    for block in blocks:
        kind = next(kind for kind in _BLOCKS if kind in block)
        top = _BLOCKS[kind](draw, block, top) + block.get("gap", 14)
    draw.text((_PAPER[0] / 2, _PAPER[1] - 60), specimen["note"], fill=_LINE, font=_font("small"), anchor="mm")
    return image.rotate(0.3, resample=Image.Resampling.BICUBIC, fillcolor=252)


def _text(draw: "ImageDraw", block: Spec, top: int) -> int:
    """``text`` in a ``style``, ``align`` left, center or right."""
    style, align = block.get("style", "body"), block.get("align", "left")
    x, anchor = {"left": (_LEFT, "la"), "center": ((_LEFT + _RIGHT) / 2, "ma"), "right": (_RIGHT, "ra")}[align]
    for line in _wrapped(block["text"], style, _RIGHT - _LEFT):
        weight = 0 if style in ("body", "small") else 0.6
        draw.text((x, top), line, fill=_INK, font=_font(style), anchor=anchor, stroke_width=weight)
        top += round(_SIZES[style] * 1.5)
    return top


def _pairs(draw: "ImageDraw", block: Spec, top: int) -> int:
    """``pairs`` of label and value in two columns."""
    middle = _LEFT + block.get("label_width", 230)
    for label, value in block["pairs"]:
        draw.text((_LEFT, top), label, fill=_INK, font=_font("body"))
        draw.text((middle, top), ":", fill=_INK, font=_font("body"))
        for line in _wrapped(value, "body", _RIGHT - middle - 20):
            draw.text((middle + 20, top), line, fill=_INK, font=_font("body"))
            top += 36
    return top


def _fields(draw: "ImageDraw", block: Spec, top: int) -> int:
    """``fields`` of label and value as the ruled boxes of a form."""
    middle = _LEFT + 330
    for label, value in block["fields"]:
        draw.rectangle((_LEFT, top, _RIGHT, top + 52), outline=_LINE, width=2)
        draw.line((middle, top, middle, top + 52), fill=_LINE, width=2)
        draw.text((_LEFT + 14, top + 26), label, fill=_INK, font=_font("body"), anchor="lm")
        draw.text((middle + 14, top + 26), value, fill=_INK, font=_font("body"), anchor="lm")
        top += 52
    return top


def _ticks(draw: "ImageDraw", block: Spec, top: int) -> int:
    """``ticks``: statements, each behind a ticked box."""
    for statement in block["ticks"]:
        draw.rectangle((_LEFT, top + 2, _LEFT + 26, top + 28), outline=_INK, width=2)
        draw.line((_LEFT + 5, top + 14, _LEFT + 12, top + 23, _LEFT + 24, top - 2), fill=_INK, width=4)
        for line in _wrapped(statement, "body", _RIGHT - _LEFT - 50):
            draw.text((_LEFT + 50, top), line, fill=_INK, font=_font("body"))
            top += 36
        top += 8
    return top


def _signature(draw: "ImageDraw", block: Spec, top: int) -> int:
    """``signature``: the lines above the hand's stroke; ``below`` those under it."""
    left = (_LEFT + _RIGHT) // 2 + 30
    for line in block["signature"]:
        draw.text((left, top), line, fill=_INK, font=_font("body"))
        top += 36
    pace = 3.4 + len(block["below"][0]) % 3  # no two people sign alike
    wave = [(t, sin(t / pace) * sin(t / 37)) for t in range(120)]
    stroke = [(left + 20 + 2 * t + 16 * cos(t / pace), top + 58 + 40 * height - 0.1 * t) for t, height in wave]
    draw.line(stroke, fill=60, width=4, joint="curve")
    top += 120
    for line in block["below"]:
        draw.text((left, top), line, fill=_INK, font=_font("body"))
        top += 34
    return top


def _rule(draw: "ImageDraw", block: Spec, top: int) -> int:
    """``rule``: the double line under a letterhead."""
    draw.line((_LEFT, top, _RIGHT, top), fill=_INK, width=5)
    draw.line((_LEFT, top + 9, _RIGHT, top + 9), fill=_INK, width=1)
    return top + 24


_BLOCKS: dict[str, Callable[["ImageDraw", Spec, int], int]] = {
    "text": _text,
    "pairs": _pairs,
    "fields": _fields,
    "ticks": _ticks,
    "signature": _signature,
    "rule": _rule,
}


# --- Card ----------------------------------------------------------------------------------------------------------


def _drawn_card(entry: Spec, specimen: Spec) -> "Image":
    from PIL import Image, ImageDraw

    width, height = _CARD
    shade = Image.linear_gradient("L").resize(_CARD)
    card = Image.composite(Image.new("RGB", _CARD, (176, 208, 226)), Image.new("RGB", _CARD, (214, 230, 236)), shade)
    draw = ImageDraw.Draw(card)
    for number, line in enumerate(entry["heading"]):
        draw.text((width / 2, 60 + 50 * number), line, fill=(20, 30, 60), font=_font(38), anchor="mm", stroke_width=0.6)
    draw.text((60, 170), entry["number"], fill=(15, 20, 40), font=_font(56), stroke_width=0.8)
    for number, (label, value) in enumerate(entry["pairs"]):
        top = 265 + 44 * number
        draw.text((60, top), label, fill=(20, 30, 50), font=_font(29))
        draw.text((330, top), f": {value}", fill=(10, 15, 30), font=_font(29), stroke_width=0.3)
    card.paste(_portrait(), (width - 330, 210))
    draw.text(
        (width - 195, height - 160), entry["issued"], fill=(20, 30, 50), font=_font(25), anchor="ma", align="center"
    )
    _mark(card, specimen["mark"], size=230, tilt=25, tone=(200, 60, 60), opacity=0.3)
    draw.text((width / 2, height - 28), specimen["note"], fill=(90, 40, 40), font=_font(24), anchor="mm")
    return card


def _portrait() -> "Image":
    """A person without a face: head and shoulders on the blue of an even birth year."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (270, 360), (70, 110, 170))
    draw = ImageDraw.Draw(image)
    draw.ellipse((25, 225, 245, 520), fill=(60, 66, 84))
    draw.ellipse((72, 52, 198, 285), fill=(44, 48, 64))
    draw.ellipse((92, 82, 178, 198), fill=(214, 178, 150))
    return image


def _photo(card: "Image") -> "Image":
    """The card as a phone would see it: on a desk, a little turned, the light falling off to one side."""
    from PIL import Image, ImageFilter

    edge = Image.new("L", _CARD, 0)
    edge.paste(255, (3, 3, _CARD[0] - 3, _CARD[1] - 3))
    turned = card.rotate(1.6, resample=Image.Resampling.BICUBIC, expand=True)
    shape = edge.rotate(1.6, resample=Image.Resampling.BICUBIC, expand=True)
    desk = Image.new("RGB", _DESK, (122, 92, 66))
    corner = ((_DESK[0] - turned.width) // 2, (_DESK[1] - turned.height) // 2)
    shadow = Image.new("L", _DESK, 0)
    shadow.paste(shape.point(lambda value: value // 2), (corner[0] + 10, corner[1] + 14))
    desk.paste((30, 20, 15), (0, 0), shadow.filter(ImageFilter.GaussianBlur(12)))
    desk.paste(turned, corner, shape)
    dim = Image.radial_gradient("L").resize(_DESK).point(lambda value: value // 4)
    desk.paste((0, 0, 0), (0, 0), dim)
    return desk.filter(ImageFilter.GaussianBlur(0.6))


# --- Pens and files ------------------------------------------------------------------------------------------------


def _font(size: str | int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size=_SIZES[size] if isinstance(size, str) else size)


def _wrapped(text: str, style: str, width: int) -> list[str]:
    font, lines = _font(style), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _mark(image: "Image", text: str, *, size: int, tilt: int, tone: Any, opacity: float = 1) -> None:
    from PIL import Image, ImageDraw

    font = _font(size)
    mask = Image.new("L", (round(font.getlength(text)) + 20, round(size * 1.3)), 0)
    ImageDraw.Draw(mask).text((10, 0), text, fill=round(255 * opacity), font=font, stroke_width=4)
    mask = mask.rotate(tilt, resample=Image.Resampling.BICUBIC, expand=True)
    image.paste(tone, ((image.width - mask.width) // 2, (image.height - mask.height) // 2), mask)


def _as_jpeg(image: "Image") -> bytes:
    target = BytesIO()
    image.save(target, "JPEG", quality=85)
    return target.getvalue()


def _as_pdf(sheets: list["Image"]) -> bytes:
    import pikepdf

    drawn, target = BytesIO(), BytesIO()
    sheets[0].save(drawn, "PDF", resolution=150, quality=80, save_all=True, append_images=sheets[1:])
    with pikepdf.open(drawn) as pdf:
        del pdf.docinfo  # it holds the time of drawing, which would make each one another file
        pdf.save(target, deterministic_id=True)
    return target.getvalue()
