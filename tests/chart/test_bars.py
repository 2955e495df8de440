"""Figures as bars: what is drawn, and what is said to who cannot see it."""

from lxml import etree

from portal.chart.bars import Bar, bars

SVG = "{http://www.w3.org/2000/svg}"
FOUND = [
    Bar("Telaah <Kepala>", 20, "20 menit", 15),
    Bar("Penyusunan", 0, "0 menit", 10),
    Bar("Serah terima", None, "kurang dari 3", 10),
]


def drawn(found: list[Bar]) -> etree._Element:
    # Within a page, the namespace goes without saying.
    return etree.fromstring(bars(found, "gambar", "Waktu & mutu").replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1))


def test_it_is_named_and_every_figure_is_said() -> None:
    picture = drawn(FOUND)
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "gambar-judul gambar-uraian"
    assert picture.findtext(f"{SVG}title") == "Waktu & mutu"
    told = "Telaah <Kepala>: 20 menit; Penyusunan: 0 menit; Serah terima: kurang dari 3."
    assert picture.findtext(f"{SVG}desc") == told


def test_bars_and_frames_are_to_one_scale() -> None:
    rects = [(rect.get("class"), rect.get("width")) for rect in drawn(FOUND).iter(f"{SVG}rect")]
    assert rects == [("compared", "45.00%"), ("measured", "60.00%"), ("compared", "30.00%"), ("compared", "30.00%")]


def test_a_figure_stands_behind_whatever_is_longer() -> None:
    places = {text.text: text.get("x") for text in drawn(FOUND).iter(f"{SVG}text")}
    assert places["20 menit"] == "60.00%"
    assert places["kurang dari 3"] == "30.00%"


def test_long_labels_take_more_lines_and_lie_on_nothing() -> None:
    office = "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia"
    picture = drawn([Bar(office, 3, "3"), Bar("BPKAD", 1, "1")])
    texts = [(float(text.get("y") or 0), text.text) for text in picture.iter(f"{SVG}text")]
    assert " ".join(text or "" for _, text in texts[:-3]) == office
    assert [y for y, _ in texts] == sorted({y for y, _ in texts})
    assert float(picture.get("height") or 0) > texts[-1][0]


def test_nothing_in_it_is_refused_by_the_pages_policy() -> None:
    text = bars(FOUND, "gambar", "Waktu")
    assert not any(evil in text for evil in ("<style", "<script", "style=", "href"))


def test_of_nothing_but_noughts_a_picture_can_be_drawn() -> None:
    assert not list(drawn([Bar("BPKAD", 0, "0")]).iter(f"{SVG}rect"))
