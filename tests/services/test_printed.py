"""The made-up SOPs on paper and as charts: every row is there, also the one that the portal has no step for."""

from pathlib import Path

import pypdf
import pytest

from portal.chart import layout
from portal.chart.flowchart import description, place_of
from portal.chart.svg import svg
from portal.core.sop import Sop
from portal.core.steps import State
from portal.editions import read_sop
from portal.papers.sop_paper import Source, print_sop
from portal.site.publish import applicants_steps, table
from tests.support.services import installed


@pytest.fixture(params=["surel", "perpanjangan"])
def sop(request: pytest.FixtureRequest, tmp_path: Path) -> Sop:
    installed(tmp_path / "schemas", request.param)
    return read_sop(tmp_path / "schemas" / request.param)


def test_the_chart_has_a_box_for_every_row_also_with_an_application_on_it(sop: Sop) -> None:
    place = place_of(sop, sop.steps[-1].key, State.WAITING)
    for chart in (layout.across(sop), layout.down(sop), layout.across(sop, place), layout.down(sop, place)):
        drawn = " ".join(line.text for shape in chart.shapes for line in shape.lines)
        for number in range(1, len(sop.rows) + 1):
            assert f"{number}. " in drawn
        assert "<svg" in svg(chart, "bagan", "flow")
    for row in sop.rows:
        assert row.name in description(sop, place)


def test_the_table_of_site_and_paper_has_every_row(sop: Sop, tmp_path: Path) -> None:
    assert [row.number for row in table(sop)] == list(range(1, len(sop.rows) + 1))
    paper = tmp_path / "sop.pdf"
    paper.write_bytes(print_sop(Source(sop, "https://samarajaya.example/sop/", rehearsal=False, notes=True)))
    printed = " ".join(page.extract_text() for page in pypdf.PdfReader(paper).pages)
    for row in sop.rows:
        assert row.text["activity"].split()[0] in printed


def test_who_acts_is_marked_in_every_column_of_several(tmp_path: Path) -> None:
    installed(tmp_path / "schemas", "surel")
    sop = read_sop(tmp_path / "schemas" / "surel")
    acting = [[cell.column for cell in row.cells if cell.acts] for row in table(sop)]
    assert acting[5] == ["Administrator", "Operator"]
    assert acting[2] == ["Sekretaris"]
    assert applicants_steps(sop) == [1, 11]
