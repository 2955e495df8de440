"""Every kind of file has its one right verdict; ``make proof`` has them all, with what each costs."""

import pytest

from portal.documents import inspection
from portal.documents.inspection import PDF
from tests.support import document_specimens as specimens
from tests.support.file_specimens import Specimen, active, bombs, cut, pictures, polyglots, types
from tests.support.file_table import MEGABYTES, judged, wrong

HEAVY = "megapixels"
ALONE = {
    "jpeg, 48 megapixels in passes, 4:4:4",
    "jpeg, 81 megapixels in passes, 4:2:0",
    "jpeg, 115 megapixels in passes, 4:2:0",
}
"""These need more than other files may, and are judged with none beside them."""

FRONT = [*types(), *polyglots()]


@pytest.mark.parametrize("specimen", FRONT, ids=lambda specimen: specimen.name)
def test_a_file_is_what_it_is_and_not_what_it_is_called(specimen: Specimen) -> None:
    assert judged(specimen.make()).verdict in specimen.right


@pytest.mark.parametrize("specimen", [each for each in pictures() if HEAVY not in each.name], ids=lambda it: it.name)
def test_photos_and_scans_are_taken_however_they_are_written(specimen: Specimen) -> None:
    assert judged(specimen.make()).verdict in specimen.right


@pytest.mark.parametrize("specimen", list(cut())[3::5], ids=lambda specimen: specimen.name)
def test_what_arrived_in_part_is_no_document(specimen: Specimen) -> None:
    """One in five; ``make proof`` cuts at every sixteenth."""
    assert judged(specimen.make()).verdict in specimen.right


@pytest.mark.parametrize("change", [specimens.endless_drawing, specimens.like_an_office_program])
def test_a_pdf_has_its_memory_and_no_more(change: specimens.Change) -> None:
    cost = judged(specimens.pdf(change=change))
    assert cost.megabytes < MEGABYTES
    assert (cost.verdict == PDF) is (change is specimens.like_an_office_program)


@pytest.mark.long
def test_all_that_is_heavy_and_active_has_its_verdict() -> None:
    heavy = [each for each in pictures() if HEAVY in each.name]
    found = [(each, judged(each.make())) for each in (*heavy, *bombs(), *active(), *cut())]
    assert [(each.name, cost) for each, cost in found if wrong(each, cost)] == []
    much = {each.name: cost.megabytes for each, cost in found if cost.megabytes > MEGABYTES}
    assert set(much) == ALONE
    assert max(much.values()) < inspection._HEAVY_MEGABYTES
