"""Files made to hurt: an answer in time, and nothing else."""

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from portal.core.errors import DocumentRefused, Unavailable
from portal.documents import __main__ as child
from portal.documents import inspection, objects, pdf
from portal.documents.inspection import JPEG, PDF, PNG
from tests.support import document_specimens as specimens
from tests.support.inspecting import LIMITS, inspect, page, refusal

pytestmark = pytest.mark.long


def test_a_drawing_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "_CHECKING", 1)
    assert refusal(specimens.pdf(change=specimens.endless_drawing)) == ("document_too_heavy", {})


def test_a_page_behind_the_first_that_takes_too_long_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "_CHECKING", 1)
    data = specimens.pdf(pages=3, change=lambda document: specimens.endless_drawing(document, 2))
    assert refusal(data) == ("document_too_heavy", {})


def test_of_very_many_small_parts_only_those_that_name_something_telling_are_looked_into() -> None:
    def tag(document: pikepdf.Pdf) -> None:
        parts = (Dictionary(S=Name.P, K=number, A=Dictionary(W=3)) for number in range(30_000))
        document.Root.K = Array([document.make_indirect(part) for part in parts])

    data = specimens.pdf(change=tag, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert pdf.check(data, max_pages=1) == 1
    with pikepdf.open(BytesIO(data)) as document:
        assert len(document.objects) > 30_000
        assert len(list(objects.looked_into(document))) < 10


def test_an_index_that_swells_beyond_all_measure_is_refused() -> None:
    assert refusal(specimens.pdf_with_swollen_index(200 * 1024 * 1024)) == ("document_damaged", {})


def test_damaged_files_lead_to_an_answer_and_nothing_else() -> None:
    """Without the child process around it, which would end one that takes more than its seconds or crashes."""
    chance = random.Random(20261122)
    seeds = [
        (specimens.pdf(pages=2, change=specimens.like_an_office_program), PDF),
        (specimens.pdf(change=specimens.fill_form, object_stream_mode=pikepdf.ObjectStreamMode.generate), PDF),
        (specimens.photo_with_place_and_turn(), JPEG),
        (specimens.jpeg((500, 480), progressive=True), JPEG),
        (specimens.png((500, 480), "P"), PNG),
    ]
    answers = set()
    for turn in range(400):
        data, media_type = seeds[turn % len(seeds)]
        request = {"task": "inspect", "media_type": media_type, "limits": vars(LIMITS)}
        answer, _ = child.answer(request, mutated(data, chance))
        answers.add(answer.get("refused", "accepted"))
    assert {"accepted", "document_damaged"} <= answers


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                changed[at] ^= 1 << chance.randrange(8)
            case 2:
                del changed[at : at + chance.randrange(1, 40)]
            case _:
                changed[at:at] = changed[at : at + chance.randrange(1, 40)]
    return bytes(changed)


def test_damaged_files_are_answered_through_the_front_door_too() -> None:
    chance = random.Random(7)
    for data in (specimens.pdf(pages=2), specimens.jpeg(), specimens.png()) * 3:
        with suppress(DocumentRefused):
            assert inspect(mutated(data, chance)).pages in (1, 2)


@pytest.fixture
def _started_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file was opened yet, so that no process stands ready to fork."""
    monkeypatch.setattr(inspection, "_begun", cache(inspection._begun.__wrapped__))
    yield
    inspection._begun()[1].close()


@pytest.mark.usefixtures("_started_anew")
def test_when_the_child_cannot_run_the_file_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/does/not/exist")
    with pytest.raises(Unavailable) as caught:
        inspect(specimens.pdf())
    assert caught.value.code == "documents_unavailable"


@pytest.mark.usefixtures("_started_anew")
def test_when_the_child_lacks_a_library_the_file_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        inspection, "_child_environment", lambda: {"PYTHONPATH": str(Path(inspection.__file__).parents[2])}
    )
    base = sys._base_executable  # type: ignore[attr-defined]  # of the interpreter that knows no library of ours
    monkeypatch.setattr(sys, "executable", base)
    with pytest.raises(Unavailable) as caught:
        inspect(specimens.pdf())
    assert caught.value.code == "documents_unavailable"


def test_the_child_gets_none_of_the_portals_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET", "rahasia")
    assert "rahasia" not in str(inspection._child_environment())


def test_many_people_at_once_all_get_their_answer() -> None:
    data = specimens.pdf(pages=3)
    with ThreadPoolExecutor(8) as people:
        sizes = people.map(lambda number: page(data, number=number % 3 + 1, width=100 + number).size[0], range(12))
        assert list(sizes) == list(range(100, 112))
