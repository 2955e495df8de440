"""PDFs that every reader opens although something is amiss: taken, and kept without it."""

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from portal.documents.mending import mended
from tests.support import document_specimens as specimens
from tests.support.inspecting import darkest, inspect, page, refusal


def restricted(owner: str, **allowed: bool) -> bytes:
    permissions = pikepdf.Permissions(**allowed)
    return specimens.pdf(pages=2, encryption=pikepdf.Encryption(owner=owner, user="", allow=permissions))


@pytest.mark.parametrize("data", [restricted("rahasia"), restricted("rahasia", modify_other=False), restricted("")])
def test_restrictions_that_nobody_is_asked_a_password_for_are_left_out(data: bytes) -> None:
    kept = inspect(data)
    assert kept.pages == 2
    with pikepdf.open(BytesIO(kept.content)) as pdf:
        assert not pdf.is_encrypted
    assert darkest(page(kept.content)) < 10


def archived(document: pikepdf.Pdf) -> None:
    """As a PDF/A-3 carries the data that it was made from."""
    specimens.attach(document)
    document.Root.AF = Array([document.make_indirect(Dictionary(Type=Name.Filespec, AFRelationship=Name.Data))])


def test_files_attached_to_a_pdf_are_left_out() -> None:
    data = specimens.pdf(change=archived)
    assert b"rahasia.exe" in data
    kept = inspect(data).content
    assert b"rahasia.exe" not in kept
    assert b"Filespec" not in kept


def test_what_is_signed_is_not_written_anew_and_so_may_have_nothing_attached() -> None:
    def change(document: pikepdf.Pdf) -> None:
        archived(document)
        specimens.signed(document)

    data = specimens.pdf(change=change)
    assert mended(data) == data
    assert refusal(data) == ("document_active_content", {})


@pytest.mark.parametrize("tail", [b"\nDicetak dengan program contoh\n", b"\n<html>", bytes(3000) + b"x"])
def test_a_tail_is_cut_off(tail: bytes) -> None:
    assert inspect(specimens.pdf() + tail).content == specimens.pdf()


def test_an_end_marker_that_was_forgotten_is_put_there() -> None:
    data = specimens.pdf()
    without = data[: data.rindex(b"%%EOF")]
    assert inspect(without).content == data
    assert inspect(without.rstrip()).content == data


def test_a_further_version_that_was_cut_short_is_missed() -> None:
    longer = specimens.pdf() + b"9 0 obj\n<< /Type /Page >>\nendobj\nxref\n"
    assert refusal(longer) == ("document_damaged", {})
    assert refusal(longer + b"startxref\n12") == ("document_damaged", {})
