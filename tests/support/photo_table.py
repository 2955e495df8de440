"""Some forty photos as people send them, and what becomes of each: ``make photos`` writes build/photos.md."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageFilter

from portal.core.errors import DocumentRefused
from portal.documents import inspection
from portal.documents.samples import sample
from portal.editions import read_toml
from tests.support import photos
from tests.support.photos import encoded, paper, photo
from tests.support.places import SCHEMAS

SIZE: Final = (1500, 2000)
LARGE: Final = (3024, 4032)
TABLE: Final = Path("build/photos.md")

Made = Callable[[], list[bytes]]


def made() -> Iterator[tuple[str, Made]]:
    """Every photo by what it is; one of several pages as several."""
    page, card = paper(11, every=2).image, _card()
    blank = Image.new("L", page.size, 246)

    def shot(image: Image.Image = page, size: tuple[int, int] = SIZE, **how: object) -> list[bytes]:
        return [encoded(photo(image, size, **how))]  # type: ignore[arg-type]

    for points in (8, 10, 12):
        yield f"surat {points} pt, 12 MP", partial(shot, paper(points).image, LARGE)
    for light in ((0.6, 0.5), (0.4, 0.3), (0.25, 0.2), (0.15, 0.1)):
        yield f"gelap {light[0]:g}", partial(shot, light=light)
    for blur in (1.5, 2.5, 4, 6):
        yield f"kabur {blur:g} px", partial(shot, blur=blur)
    for tilt in (2, 7, 15):
        yield f"miring {tilt}°", partial(shot, tilt=tilt)
    for shift in (0.2, 0.3):
        yield f"terpotong {shift:.0%}", partial(shot, shift=shift)
    yield "terlalu dekat", partial(shot, fill=1.3)
    yield "terlalu jauh", partial(shot, fill=0.5)
    yield "berbintik", partial(shot, noise=15)
    yield "kertas kosong", partial(shot, blank)
    yield "hitam", lambda: [encoded(Image.new("RGB", SIZE))]
    yield "pantulan pada surat", lambda: [encoded(_glare(photo(page, SIZE)))]
    yield "pantulan pada KTP", lambda: [encoded(_glare(card))]
    yield "KTP", lambda: [encoded(card)]
    for soft in (3, 6):
        yield f"KTP kabur {soft} px", partial(_soft, card, soft)
    yield "KTP gelap", lambda: [encoded(card.point(lambda value: value // 5))]
    yield "KTP terpotong", lambda: [encoded(card.crop((320, 200, 1280, 900)))]
    yield "KTP kecil", lambda: [encoded(card.resize((400, 280)))]
    yield "HEIC", lambda: [photos.heic(photo(page, SIZE))]
    yield "HEIC 12 MP", lambda: [photos.heic(photo(page, LARGE))]
    yield "WebP", lambda: [encoded(photo(page, SIZE), "WEBP")]
    yield "48 MP", lambda: [encoded(_largest(page))]
    yield "48 MP progresif 4:2:0", lambda: [encoded(_largest(page), progressive=True, subsampling=2)]
    yield "48 MP progresif 4:4:4", lambda: [encoded(_largest(page), progressive=True, subsampling=0)]
    yield "CMYK", lambda: [encoded(photo(page, SIZE).convert("CMYK"))]
    yield "PNG", lambda: [encoded(photo(page, SIZE), "PNG")]
    yield "PNG 16 bit", lambda: [encoded(page.convert("I;16").point(lambda value: value * 257), "PNG")]
    yield "pindaian hitam-putih", lambda: [encoded(page.convert("1", dither=Image.Dither.NONE), "PNG")]
    yield "tembus pandang", lambda: [encoded(Image.new("RGBA", SIZE, (0, 0, 0, 0)), "PNG")]
    for pages in (3, 8):
        yield f"{pages} halaman", partial(_pages, pages)


def _largest(page: Image.Image) -> Image.Image:
    return photo(page, LARGE).resize((6144, 8192))


def _soft(image: Image.Image, radius: float) -> list[bytes]:
    return [encoded(image.filter(ImageFilter.GaussianBlur(radius)))]


def _pages(number: int) -> list[bytes]:
    return [encoded(photo(paper(11, every=2, seed=seed).image, LARGE)) for seed in range(number)]


def row(name: str, files: list[bytes]) -> list[str]:
    """What it is, bytes sent, verdict, warnings, bytes kept, and the seconds of the checks and of joining."""
    limits, begun = inspection.Limits(), time.perf_counter()
    try:
        found = [inspection.inspect(file, limits) for file in files]
        whole = inspection.join([each.content for each in found], limits) if len(found) > 1 else found[0]
        verdict, kept = "diterima", f"{whole.size / 1000:.0f}"
    except DocumentRefused as refusal:
        found, verdict, kept = [], refusal.code, ""
    seconds = time.perf_counter() - begun
    warnings = ", ".join(sorted({warning for each in found for warning in each.warnings}))
    return [name, f"{sum(map(len, files)) / 1000:.0f}", verdict, warnings, kept, f"{seconds:.1f}"]


def main() -> None:
    heads = ["Foto", "Dikirim (KB)", "Putusan", "Peringatan", "Disimpan (KB)", "Detik"]
    lines = [heads, ["---"] * len(heads), *(row(name, make()) for name, make in made())]
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("".join(f"| {' | '.join(line)} |\n" for line in lines), "utf-8")
    print(TABLE.read_text("utf-8"))


def _card() -> Image.Image:
    spec = read_toml(SCHEMAS / "penerbitan" / "rehearsal.toml")
    return Image.open(BytesIO(sample("ktp", spec)[0])).convert("RGB")


def _glare(image: Image.Image) -> Image.Image:
    """A lamp in it: burnt out in the middle, and fading."""
    radius = round(0.36 * min(image.size))
    fading = ImageChops.invert(Image.radial_gradient("L")).point(lambda value: min(255, round(value * 1.9)))
    lamp = Image.new("L", image.size, 0)
    lamp.paste(fading.resize((2 * radius, 2 * radius)), (image.width // 2 - radius, image.height // 2 - radius))
    return Image.composite(Image.new("RGB", image.size, "white"), image, lamp)


if __name__ == "__main__":
    main()
