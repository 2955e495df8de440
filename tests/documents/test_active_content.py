"""What would run or reach outside in a PDF, and files that are two things at once."""

import random
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from portal.documents import pdf
from tests.support import document_specimens as specimens
from tests.support.document_specimens import SCRIPT
from tests.support.inspecting import inspect, pdf_refusal, refusal

# --- Active content ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place", ["open", "catalog_trigger", "page_trigger", "link", "names", "outline", "field_trigger", "next"]
)
def test_a_script_is_found_wherever_a_reader_would_run_it(place: str) -> None:
    assert pdf_refusal(specimens.pdf_with_action(SCRIPT, place)) == "document_active_content"


@pytest.mark.parametrize(
    "action",
    [
        {"/S": Name.Launch, "/F": String("cmd.exe")},
        {"/S": Name.SubmitForm, "/F": String("https://example.com")},
        {"/S": Name.ImportData, "/F": String("data.fdf")},
        {"/S": Name.GoToR, "/F": String("//server/berkas.pdf"), "/D": Array([0, Name.Fit])},
        {"/S": Name.GoToE, "/D": Array([0, Name.Fit])},
        {"/S": Name.Rendition, "/JS": String("1")},
        {"/S": Name.URI, "/URI": String("javascript:alert(1)")},
        {"/S": Name.URI, "/URI": String(" FILE:///etc/passwd")},
        {"/S": Name.URI, "/URI": String("\\\\server\\berkas")},
    ],
    ids=["launch", "submit", "import", "remote", "embedded", "rendition", "javascript-link", "file-link", "share-link"],
)
@pytest.mark.parametrize("place", ["open", "link"])
def test_an_action_that_reaches_outside_is_refused(action: dict[str, Any], place: str) -> None:
    assert pdf_refusal(specimens.pdf_with_action(action, place)) == "document_active_content"


@pytest.mark.parametrize("place", ["catalog_trigger", "page_trigger", "field_trigger"])
def test_a_trigger_is_refused_whatever_it_sets_off(place: str) -> None:
    going = {"/S": Name.GoTo, "/D": Array([0, Name.Fit])}
    assert pdf_refusal(specimens.pdf_with_action(going, place)) == "document_active_content"


def test_going_to_a_page_when_opened_or_by_a_link_is_accepted() -> None:
    going = {"/S": Name.GoTo, "/D": Array([0, Name.Fit])}
    for place in ("open", "link", "outline", "next"):
        assert pdf.check(specimens.pdf_with_action(going, place), max_pages=1) == 1


@pytest.mark.parametrize("change", [specimens.attach, specimens.attach_to_page, specimens.dynamic_form])
def test_a_file_within_or_a_dynamic_form_is_refused(change: Callable[..., Any]) -> None:
    assert pdf_refusal(specimens.pdf(change=change)) == "document_active_content"


def test_active_content_is_found_inside_compressed_objects() -> None:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = document.make_indirect(Dictionary(SCRIPT))

    data = specimens.pdf(change=change, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in data
    assert pdf_refusal(data) == "document_active_content"


def test_a_script_is_found_in_the_dictionary_of_a_stream() -> None:
    """Readers that ask for a dictionary are content with a stream's."""

    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = document.make_stream(b"", SCRIPT)

    assert pdf_refusal(specimens.pdf(change=change)) == "document_active_content"


def test_active_content_is_found_under_an_escaped_name() -> None:
    data = specimens.pdf_with_action(SCRIPT).replace(b"/JavaScript", b"/J#61v#61Script")
    assert b"/J#61v" in data
    assert pdf_refusal(data) == "document_active_content"


# --- Files that are two things at once -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "front", [specimens.docx(), b"<html><script>alert(1)</script>", b"MZ" + bytes(60), bytes(1024)]
)
def test_a_pdf_behind_another_file_is_refused(front: bytes) -> None:
    assert refusal(front + specimens.pdf()) == ("document_type_unknown", {})


@pytest.mark.parametrize("tail", [b"PK" + random.Random(1).randbytes(2000), specimens.docx(), b"<script>1</script>"])
def test_what_hangs_behind_a_pdf_is_not_kept(tail: bytes) -> None:
    assert inspect(specimens.pdf() + tail).content == specimens.pdf()


@pytest.mark.parametrize("data", [specimens.jpeg(), specimens.png()], ids=["jpeg", "png"])
def test_what_hangs_behind_an_image_is_not_kept(data: bytes) -> None:
    content = inspect(data + b"<html><script>alert(1)</script>" + specimens.docx()).content
    assert b"script" not in content
    assert b"word/document.xml" not in content


@pytest.mark.parametrize("place", ["open", "names", "page_trigger", "link"])
def test_an_action_whose_kind_is_an_object_of_its_own_is_found(place: str) -> None:
    data = specimens.pdf_with_action(SCRIPT, place)
    target = BytesIO()
    with pikepdf.open(BytesIO(data)) as document:
        actions = [one for one in document.objects if isinstance(one, Dictionary) and one.get("/S") == Name.JavaScript]
        for action in actions:
            action.S = document.make_indirect(Name.JavaScript)
        document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert actions
    assert b"/S /JavaScript" not in target.getvalue()
    assert pdf_refusal(target.getvalue()) == "document_active_content"
