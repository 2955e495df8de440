"""The SOP's flowchart: everything the SOP says is on it, nothing lies on anything else, and no word is cut."""

import copy
import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from portal.chart import flowchart, layout
from portal.chart.flowchart import SIZE, Arrow, Chart, Label, Place, Shape, outline
from portal.chart.lettering import width, wrap
from portal.chart.svg import svg
from portal.core.sop import Sop, parse
from portal.core.steps import KINDS, State

DIRECTIONS = {"across": layout.across, "down": layout.down}
MENDED = "Diperbaiki Pemohon"
LONG = "Pertanggungjawabanpenyelenggaraan Sertifikat Elektronik Pemerintah Kota di Lingkungan Dinas"
Box = tuple[float, float, float, float]


def edited(edition: Sop, how: str) -> Sop:
    """Another service's SOP: long names, actors in another order, or only three steps."""
    data = copy.deepcopy(dict(edition.data))
    if how == "long":
        for entry in (*data["steps"], *data["roles"]):
            entry["label" if "label" in entry else "name"] = LONG
        data["chart"] |= {"mend": "Penyempurnaan", "joins": LONG, "question": "Sudah lengkap dan sesuai ketentuan?"}
    elif how == "reversed":
        data["roles"].reverse()
    elif how == "back":
        for number in (2, 4):
            data["steps"][number] |= {"also": ["send_back"]}
    elif how == "short":
        data["steps"] = [data["steps"][number] for number in (0, 1, 6)]
    return parse(data, edition.form)


def states(edition: Sop) -> Iterator[tuple[str, State]]:
    """Every place an application can be at."""
    for step in edition.steps:
        kind = KINDS[step.kind]
        yield from ((step.key, state) for state in {kind.entry, *kind.official, *kind.applicant, State.REJECTED})
    yield edition.steps[-1].key, State.DONE


def charts(edition: Sop) -> Iterator[Chart]:
    for how in ("", "long", "reversed", "back", "short"):
        one = edited(edition, how)
        for lay_out in DIRECTIONS.values():
            yield lay_out(one)
            yield lay_out(one, beyond=False)
            yield from (lay_out(one, flowchart.place_of(one, step, state)) for step, state in states(one))


def box(shape: Shape) -> Box:
    return shape.left, shape.top, shape.right, shape.bottom


def label_box(label: Label) -> Box:
    wide = width(label.text, SIZE)
    left = {"start": label.x, "middle": label.x - wide / 2, "end": label.x - wide}[label.anchor]
    return left, label.baseline - SIZE * 0.75, left + wide, label.baseline + 3


def overlap(one: Box, other: Box, by: float = 0.6) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    return across > by and min(one[3], other[3]) - max(one[1], other[1]) > by


def stretches(arrow: Arrow) -> Iterator[Box]:
    for (x0, y0), (x1, y1) in pairwise(arrow.points):
        yield min(x0, x1) - 0.5, min(y0, y1) - 0.5, max(x0, x1) + 0.5, max(y0, y1) + 0.5


def within_diamond(shape: Shape) -> bool:
    """Do the corners of the text stay within the slanting sides?"""
    high = len(shape.lines) * 15 / 2
    wide = max(width(line.text, SIZE) for line in shape.lines) / 2
    return wide / (shape.width / 2) + high / (shape.height / 2) <= 1.02


def test_nothing_lies_on_anything_else_whatever_the_sop_and_wherever_the_mark(sop: Sop) -> None:
    for chart in charts(sop):
        shapes = [box(shape) for shape in chart.shapes]
        labels = [label_box(label) for label in chart.labels]
        for one, other in combinations((*shapes, *labels), 2):
            assert not overlap(one, other), (chart.title, one, other)
        for arrow in chart.arrows:
            for stretch in stretches(arrow):
                assert not [each for each in shapes if overlap(stretch, each, 1.1)], (arrow, chart.description[:60])


def test_every_word_fits_its_shape_whole(sop: Sop) -> None:
    for chart in charts(sop):
        for shape in chart.shapes:
            for line in shape.lines:
                assert width(line.text, SIZE, line.bold) <= shape.width - 4, (shape.kind, line.text)
            assert shape.kind != "decision" or within_diamond(shape)
        for lane in chart.lanes:
            assert all(width(line.text, SIZE, bold=True) <= lane.width for line in lane.lines)


def test_everything_is_within_the_picture(sop: Sop) -> None:
    for chart in charts(sop):
        for left, top, right, bottom in [*map(box, chart.shapes), *map(label_box, chart.labels)]:
            assert left >= 0
            assert top >= 0
            assert right <= chart.width
            assert bottom <= chart.height


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_step_is_a_process_with_its_name_and_minutes_in_the_order_of_the_sop(sop: Sop, direction: str) -> None:
    chart = DIRECTIONS[direction](sop)
    said = [" ".join(line.text for line in shape.lines) for shape in chart.shapes if shape.kind == "process"]
    steps = [each for each in said if re.search(r"\d\. ", each)]
    for number, (step, each) in enumerate(zip(sop.steps, steps, strict=True), start=1):
        assert f"{number}. {step.name} {step.minutes} menit" in each
        assert direction == "across" or each.startswith(sop.role(step.role).column)


def test_each_step_stands_in_its_actors_lane(sop: Sop) -> None:
    chart = layout.across(sop)
    headings = [" ".join(line.text for line in lane.lines) for lane in chart.lanes]
    assert headings == sop.data["text"]["columns"]  # as the office spells them
    processes = [shape for shape in chart.shapes if shape.kind == "process" and re.match(r"\d\.", shape.lines[0].text)]
    lanes = {role.key: lane for role, lane in zip(sop.roles, chart.lanes, strict=True)}
    for step, shape in zip(sop.steps, processes, strict=True):
        assert lanes[step.role].left < shape.left < shape.right < lanes[step.role].left + lanes[step.role].width


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_all_the_symbols_of_a_government_sop_are_there(sop: Sop, direction: str) -> None:
    chart = DIRECTIONS[direction](sop)
    kinds = [shape.kind for shape in chart.shapes]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "terminator": 2,
        "process": 12,  # seven steps, the applicant's visit, and four times mending
        "decision": 4,
        "connector": 2,
    }
    assert len(chart.breaks) == 1


def test_what_only_the_portal_adds_is_drawn_as_beyond_the_sop_and_can_be_left_out(sop: Sop) -> None:
    added = [shape for shape in layout.across(sop).shapes if shape.beyond]
    assert sorted(shape.kind for shape in added) == ["decision"] * 4 + ["process"] * 5
    assert sop.data["chart"]["joins"] in [" ".join(line.text for line in shape.lines).strip() for shape in added]
    plain = layout.across(sop, beyond=False)
    assert not [each for each in (*plain.shapes, *plain.arrows, *plain.labels) if getattr(each, "beyond", False)]
    assert "dikembalikan" not in plain.description
    assert sop.data["chart"]["joins"] not in plain.description


def test_the_flow_goes_from_start_to_end_without_a_gap(sop: Sop) -> None:
    """From the first terminator along the solid arrows one comes to the last, whichever way it is drawn."""
    for lay_out in DIRECTIONS.values():
        chart = lay_out(sop, beyond=False)
        ends = [shape for shape in chart.shapes if shape.kind == "terminator"]
        here, seen = ends[0], 0
        while here != ends[1]:
            seen += 1
            assert seen < 30
            if here.kind == "connector" and here.bottom < chart.breaks[0]:
                here = next(each for each in chart.shapes if each.kind == "connector" and each.top > chart.breaks[0])
                continue
            onward = [arrow.points[-1] for arrow in chart.arrows if _touches(here, arrow.points[0])]
            assert len(onward) == 1, here
            here = next(shape for shape in chart.shapes if shape is not here and _touches(shape, onward[0]))


def _touches(shape: Shape, point: tuple[float, float]) -> bool:
    x, y = point
    return shape.left - 0.1 <= x <= shape.right + 0.1 and shape.top - 0.1 <= y <= shape.bottom + 0.1


# --- Where an application is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_mark_stands_on_the_shape_where_the_application_is(sop: Sop, direction: str) -> None:
    for step, state in states(sop):
        place = flowchart.place_of(sop, step, state)
        chart = DIRECTIONS[direction](sop, place)
        (flag,) = [shape for shape in chart.shapes if shape.kind == "flag"]
        # Clear of the round end, whose corners it would cover.
        gap = 15 if state is State.DONE else 0
        (below,) = [each for each in chart.shapes if abs(each.top - flag.bottom - gap) < 0.1 and each.left == flag.left]
        said = " ".join(line.text for line in below.lines)
        if state is State.DONE:
            assert said == "Selesai"
        elif state is State.RETURNED:
            assert said == "Perbaikan"
        else:
            assert sop.step(step).name in said
        assert " ".join(line.text for line in flag.lines) == place.words


@pytest.mark.parametrize(
    ("step", "state", "words", "outside"),
    [
        ("telaah_kadis", State.WAITING, "Posisi permohonan Anda", ""),
        ("pengajuan", State.UNCONFIRMED, "Posisi permohonan Anda", "Konfirmasi alamat email"),
        ("telaah_kadis", State.RETURNED, MENDED, "Perbaikan berada di luar"),
        ("pemeriksaan", State.SENT, "Posisi permohonan Anda", "BSrE tidak digambarkan"),
        ("passphrase", State.BOOKED, "Posisi permohonan Anda", ""),
        ("telaah_kabid", State.REJECTED, "Permohonan ditutup di sini", "Penolakan berada di luar"),
        ("pengajuan", State.LAPSED, "Permohonan ditutup di sini", "Batas waktu konfirmasi"),
        ("penyerahan", State.DONE, "Permohonan Anda selesai", ""),
    ],
)
def test_what_the_chart_does_not_show_is_said(sop: Sop, step: str, state: State, words: str, outside: str) -> None:
    place = flowchart.place_of(sop, step, state)
    assert place.words == words
    assert outside in place.outside
    assert bool(outside) == bool(place.outside)
    assert flowchart.description(sop, place).startswith(f"{words}: langkah ")
    assert place.outside in flowchart.description(sop, place)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_what_lies_behind_looks_so_and_is_said(sop: Sop, direction: str) -> None:
    """By a word and a second frame, not by colour alone; what is yet to come has neither."""
    place = flowchart.place_of(sop, "telaah_kabid", State.WAITING)
    chart = DIRECTIONS[direction](sop, place)
    passed = [shape for shape in chart.shapes if shape.passed]
    assert [shape.lines[-1].text for shape in passed] == ["15 menit, selesai"] * 2
    assert svg(chart, "a", "b").count('process passed"><rect') == 2
    assert "Langkah yang sudah selesai: 1, 2." in chart.description
    done = DIRECTIONS[direction](sop, flowchart.place_of(sop, "penyerahan", State.DONE))
    assert [shape.passed for shape in done.shapes if shape.kind == "process" and not shape.beyond] == [True] * 7


def test_whom_a_visit_waits_for_is_marked_with_the_step(sop: Sop) -> None:
    for lay_out in DIRECTIONS.values():
        chart = lay_out(sop, flowchart.place_of(sop, "passphrase", State.INVITED))
        marked = " ".join(line.text for shape in chart.shapes if shape.here for line in shape.lines)
        assert "6. Pengisian passphrase" in marked
        assert sop.data["chart"]["joins"] in marked


# --- For everybody -------------------------------------------------------------------------------------------------


def test_who_cannot_see_the_chart_hears_all_of_it_in_order(sop: Sop) -> None:
    said = flowchart.description(sop)
    places = [
        said.index(f"Langkah {n}: {step.name}, oleh {sop.role(step.role).column}")
        for n, step in enumerate(sop.steps, 1)
    ]
    assert places == sorted(places)
    assert said.startswith("Pelaksana: Pemohon, Kadis, ")
    assert said.count("dikembalikan kepada Pemohon") == 4
    assert "{" not in said


def test_the_drawing_is_one_named_picture_without_styles_or_scripts(sop: Sop) -> None:
    place = Place("telaah_kadis", False, False, '<b>"di sini" & lagi</b>', "")
    for name, lay_out in DIRECTIONS.items():
        picture = svg(lay_out(sop, place), name, "flow-x")
        root = ElementTree.fromstring(picture)  # well-formed, whatever the words are
        assert root.attrib["role"] == "img"
        ids = {each.attrib["id"] for each in root.iter() if "id" in each.attrib}
        assert set(root.attrib["aria-labelledby"].split()) <= ids
        assert [each.tag for each in root][:2] == ["title", "desc"]
        assert not re.search(r"\bstyle|script|\bon\w+=|href|#[0-9a-f]{3}|url\(", picture)


def test_a_narrow_chart_is_readable_on_the_smallest_phone(sop: Sop) -> None:
    """At 320 px a page has 256 for it beside its margins."""
    assert 256 / layout.down(sop).width * SIZE > 13


def test_only_diamonds_and_connectors_have_corners_of_their_own(sop: Sop) -> None:
    for shape in layout.across(sop).shapes:
        assert len(outline(shape)) == {"decision": 4, "connector": 5}.get(shape.kind, 0)


def test_a_line_is_broken_between_words_only() -> None:
    assert wrap("satu dua tiga", 10, width("satu dua", 10)) == ("satu dua", "tiga")
    assert wrap("pertanggungjawaban", 10, 5) == ("pertanggungjawaban",)
    assert wrap("", 10, 5) == ()


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_way_back_to_the_official_before_is_drawn_and_said_as_the_portals(sop: Sop, direction: str) -> None:
    with_ways = edited(sop, "back")
    drawn = DIRECTIONS[direction](with_ways)
    told = [" ".join(line.text for line in shape.lines) for shape in drawn.shapes if shape.beyond]
    assert [text for text in told if "kembali ke langkah" in text] == [
        "Dapat kembali ke langkah 2",
        "Dapat kembali ke langkah 4",
    ]
    assert "dikembalikan kepada pejabat pada langkah 4" in drawn.description
    assert "kembali ke langkah" not in DIRECTIONS[direction](with_ways, beyond=False).description
    assert "pejabat pada langkah" not in DIRECTIONS[direction](sop).description
