"""A PDF built anew: what is seen stays, what is not seen is gone."""

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Dictionary, Name, String
from PIL import ImageChops

from portal.documents import pdf
from portal.documents.rebuilding import rebuilt
from tests.support import document_specimens as specimens
from tests.support.inspecting import inspect, page
from tests.support.places import ROOT


def hidden(document: pikepdf.Pdf) -> None:
    """Wherever a file can carry something that no page shows."""
    specimens.like_an_office_program(document)
    specimens.attach(document)
    sheet, secret = document.pages[0], Dictionary(Rahasia=String("rahasia"))
    document.Root.Metadata = document.make_stream(b"rahasia")
    document.Root.PieceInfo = secret
    document.docinfo["/Author"] = "rahasia"
    sheet.PieceInfo = secret
    sheet.Contents.stream_dict.Rahasia = String("rahasia")
    sheet.Resources.Properties = Dictionary(MC0=secret)
    postscript = document.make_stream(b"rahasia", Type=Name.XObject, Subtype=Name.PS)
    document.Root.Unused = postscript


def test_nothing_is_left_of_what_no_page_shows() -> None:
    made = rebuilt(specimens.pdf(pages=2, change=hidden))
    with pikepdf.open(BytesIO(made)) as opened:
        told = b"".join(each.unparse(resolved=True) for each in opened.objects)
        told += b"".join(each.read_bytes() for each in opened.objects if isinstance(each, pikepdf.Stream))
        assert len(opened.pages) == 2
        assert set(opened.Root.keys()) == {"/Type", "/Pages"}
    for word in (
        b"rahasia",
        b"/Annots",
        b"/URI",
        b"/OpenAction",
        b"/EmbeddedFiles",
        b"/StructTreeRoot",
        b"/Properties",
    ):
        assert word not in told
    assert b"rahasia" not in made


@pytest.mark.parametrize("address", ["https://a.id", "ftp://a.id", "tel:1", "localhost:8080/x", "javascript:void(0)"])
@pytest.mark.parametrize("place", ["link", "outline", "next", "open"])
def test_no_link_is_left_wherever_it_leads(address: str, place: str) -> None:
    data = specimens.pdf_with_action({"/S": Name.URI, "/URI": String(address)}, place)
    assert pdf.check(data, max_pages=1) == 1
    with pikepdf.open(BytesIO(rebuilt(data))) as opened:
        told = b"".join(each.unparse(resolved=True) for each in opened.objects)
    assert address.encode() not in told
    assert b"/URI" not in told


@pytest.mark.parametrize(
    "data",
    [
        specimens.pdf(pages=3),
        specimens.pdf(change=specimens.fill_form),
        specimens.pdf(change=specimens.like_an_office_program),
        *((ROOT / "build/site/formulir" / name).read_bytes() for name in ("formulir-permohonan.pdf",)),
        (ROOT / "build/site/sop/sop-penerbitan.pdf").read_bytes(),
    ],
    ids=["plain", "filled-form", "office", "form", "sop"],
)
def test_every_page_looks_the_same(data: bytes) -> None:
    made = rebuilt(data)
    for number in range(1, pdf.check(data, max_pages=20) + 1):
        before, after = pdf.page(data, number, 300), pdf.page(made, number, 300)
        assert ImageChops.difference(before, after).getbbox() is None


def test_a_page_inherits_what_stands_above_it() -> None:
    def change(document: pikepdf.Pdf) -> None:
        box = document.pages[0].MediaBox
        for sheet in document.pages:
            del sheet.obj["/MediaBox"]
        document.Root.Pages.MediaBox = box
        document.Root.Pages.Rotate = 90

    data = specimens.pdf(pages=2, size=(300, 400), change=change)
    assert page(rebuilt(data), number=2, width=400).size == page(data, number=2, width=400).size == (400, 300)


def test_it_is_the_same_each_time_and_accepted_itself() -> None:
    data = specimens.pdf(pages=2, change=hidden)
    made = rebuilt(data)
    assert made == rebuilt(data)
    assert inspect(made).content == made
