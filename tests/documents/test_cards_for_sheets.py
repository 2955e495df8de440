"""A card in the place of a sheet of paper is noticed by its shape and tint, and no sheet is taken for one."""

from io import BytesIO

import pytest
from PIL import Image

from portal.documents import cards
from portal.documents.samples import sample
from portal.documents.straightening import sheet as found_in
from portal.editions import read_toml
from tests.support.photo_table import made
from tests.support.photos import DESK, encoded, paper, photo
from tests.support.places import SCHEMAS


def _shown(name: str) -> Image.Image:
    return Image.open(BytesIO(sample(name, read_toml(SCHEMAS / "penerbitan" / "rehearsal.toml"))[0])).convert("RGB")


def is_card(image: Image.Image) -> bool:
    return cards.is_card(image, found_in(image))


CARD = _shown("ktp")
LIGHT = (1.0, 0.9)


@pytest.mark.parametrize("turned", [0, 90, 180])
@pytest.mark.parametrize("quality", [30, 90])
@pytest.mark.parametrize("size", [(800, 560), (1600, 1120), (3200, 2240)])
def test_a_card_on_a_table_is_noticed(size: tuple[int, int], quality: int, turned: int) -> None:
    content = encoded(CARD.resize(size).rotate(turned, expand=True), quality=quality)
    assert is_card(Image.open(BytesIO(content)).convert("RGB"))


def test_a_grey_copy_of_a_card_passes_as_nothing_is_certain_about_it() -> None:
    assert not is_card(CARD.convert("L").convert("RGB"))


@pytest.mark.parametrize("size", [(750, 1000), (1000, 750), (1125, 750), (1000, 625)])
@pytest.mark.parametrize("fill", [0.6, 0.9, 1.3])
@pytest.mark.parametrize("lying", [False, True])
def test_no_letter_is_taken_for_a_card_also_in_blue_light(lying: bool, fill: float, size: tuple[int, int]) -> None:
    page = paper(11, every=2).image.convert("RGB")
    page = page.rotate(90, expand=True) if lying else page
    for tint in ((246, 246, 246), (215, 228, 246)):
        sheet = Image.merge("RGB", [band.point(lambda value, most=most: value * most // 246)
                                    for band, most in zip(page.split(), tint, strict=True)])  # fmt: skip
        for desk in (DESK, (40, 60, 110)):
            assert not is_card(photo(sheet, size, fill=fill, light=LIGHT, desk=desk)), (tint, desk)


@pytest.mark.parametrize("sides", [(215, 330), (216, 356)], ids=["F4", "Legal"])
@pytest.mark.parametrize("fill", [0.6, 0.9])
@pytest.mark.parametrize("lying", [False, True])
def test_no_long_sheet_in_the_shade_is_taken_for_a_card(lying: bool, fill: float, sides: tuple[int, int]) -> None:
    printed = paper(11, every=2).image.convert("RGB")
    page = printed.resize((printed.width, round(printed.width * sides[1] / sides[0])))
    page = page.rotate(90, expand=True) if lying else page
    for tint in ((215, 228, 246), (190, 205, 230)):
        sheet = Image.merge("RGB", [band.point(lambda value, most=most: value * most // 246)
                                    for band, most in zip(page.split(), tint, strict=True)])  # fmt: skip
        for desk in (DESK, (40, 60, 110)):
            size = (1000, 750) if lying else (750, 1000)
            assert not is_card(photo(sheet, size, fill=fill, light=LIGHT, desk=desk)), (tint, desk)


def test_of_the_forty_photos_none_but_a_card_is_taken_for_one() -> None:
    few = ("surat 10", "gelap 0.6", "kabur 2.5", "miring", "terpotong", "terlalu", "kertas", "pantulan pada surat")
    photos = {name: make for name, make in made() if name.startswith(few)}
    assert len(photos) == 12
    assert [name for name, make in photos.items() if is_card(Image.open(BytesIO(make()[0])).convert("RGB"))] == []
