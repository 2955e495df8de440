"""Active content that one reader sees and another does not, and harmless things under telling names."""

from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from portal.documents import pdf
from tests.support import document_specimens as specimens
from tests.support.document_specimens import SCRIPT, added_to
from tests.support.inspecting import pdf_refusal

TELLING = st.sampled_from(
    ["A", "AA", "EF", "JavaScript", "JS", "Launch", "Movie", "Next", "OpenAction", "PA", "S", "Sound", "URI", "Screen"]
)


def _plain(number: int) -> bytes:
    """The objects one by one as they are written, for tests that change some."""
    return specimens.pdf(number, object_stream_mode=pikepdf.ObjectStreamMode.disable)


def test_what_an_earlier_version_of_the_file_did_is_found() -> None:
    data = specimens.pdf_with_action(SCRIPT)
    with pikepdf.open(BytesIO(data)) as document:
        number = document.Root.OpenAction.objgen[0]
    made = added_to(data, number, b"%d 0 obj\n<< /S /GoTo >>\nendobj\n" % number)
    with pikepdf.open(BytesIO(made)) as document:
        assert not any(b"JavaScript" in each.unparse(resolved=True) for each in document.objects)
    assert pdf_refusal(made) == "document_active_content"


def test_an_object_that_no_index_names_is_found() -> None:
    hidden = b"60 0 obj\n<< /S /JavaScript /JS (1) >>\nendobj\n"
    made = added_to(_plain(1), 61, b"61 0 obj\n<< /S /GoTo >>\nendobj\n" + hidden)
    with pikepdf.open(BytesIO(made)) as document:
        assert document.get_object(60, 0) is None
    assert pdf_refusal(made) == "document_active_content"
    assert pdf.check(made.replace(b"/JavaScript", b"/GoTo      "), max_pages=1) == 1


def test_a_file_may_be_added_to_but_not_without_end() -> None:
    data = _plain(1)
    for _ in range(30):
        data = added_to(data, 9, b"9 0 obj\n<< /S /P >>\nendobj\n")
    assert pdf.check(data, max_pages=1) == 1
    assert pdf_refusal(added_to(data, 9, b"9 0 obj\n<< >>\nendobj\n")) == "document_active_content"


def test_versions_that_lead_round_have_an_end() -> None:
    data = added_to(_plain(1), 9, b"9 0 obj\n<< /S /P >>\nendobj\n")
    at = data.rsplit(b"startxref\n", 1)[1].split()[0]
    before, _, behind = data.rpartition(b"/Prev ")
    assert pdf.check(before + b"/Prev " + at + b" >>" + behind.partition(b">>")[2], max_pages=1) == 1


@pytest.mark.parametrize(
    "written",
    [
        b"<< /S /J#61vaScript /JS (1) >>",
        b"<< /#53 /JavaScript /JS (1) >>",
        b"<< /S /Apa /S /GoTo >>",
        b"<< /S /GoTo /N#65xt << /S /Apa >> >>",
        b"<< /S /GoTo /Next << /S /Apa >> /Next [] >>",
        b"<< /S /GoTo /Next 60 0 R >>",
        b"<< /S /GoTo /Next " + b"[" * 40 + b"<< /S /Apa >>" + b"]" * 40 + b" >>",
        b"<< /S /GoTo /Next " + b"[" * 600 + b"]" * 600 + b" >>",
    ],
    ids=[
        "kind",
        "key",
        "two kinds",
        "next",
        "two that follow",
        "a reference to a reference",
        "deep",
        "deeper than read",
    ],
)
def test_an_action_is_found_however_it_is_written(written: bytes) -> None:
    data = added_to(_plain(1), 60, b"60 0 obj\n61 0 R\nendobj\n")
    data = added_to(data, 9, b"9 0 obj\n<< /Type /Action >>\nendobj\n")
    made = added_to(data, 9, b"9 0 obj\n<< /A %b /Title (a) >>\nendobj\n" % written)
    assert pdf_refusal(made) == "document_active_content"


@pytest.mark.parametrize("tag", [b"/P", b"/StructElem"])
@pytest.mark.parametrize(
    "attribute", [b"<< /O (>>) /S /Apa >>", b"[ (\\]) << /S /Apa >> ]", b"8 0 R", b"[ << /S /Apa >> ]"]
)
def test_an_attribute_of_a_tag_is_no_place_to_hide_in(tag: bytes, attribute: bytes) -> None:
    data = added_to(_plain(1), 8, b"8 0 obj\n<< /S /Apa >>\nendobj\n")
    tagged = added_to(data, 9, b"9 0 obj\n<< /A %b /P 1 0 R /S %b >>\nendobj\n" % (attribute, tag))
    assert pdf_refusal(tagged) == "document_active_content"


@pytest.mark.parametrize("attribute", [b"<< /O /Table /Headers [ (a) ] >>", b"[ << /O /Layout >> 2 8 0 R ]", b"8 0 R"])
def test_an_attribute_of_a_tag_is_harmless(attribute: bytes) -> None:
    data = added_to(_plain(1), 8, b"8 0 obj\n<< /O /Layout /Placement /Block >>\nendobj\n")
    tagged = added_to(data, 9, b"9 0 obj\n<< /A %b /P 1 0 R /S /TD /Type /StructElem >>\nendobj\n" % attribute)
    assert pdf.check(tagged, max_pages=1) == 1


@given(name=TELLING)
def test_resources_marks_and_styles_may_bear_any_name(name: str) -> None:
    def change(document: pikepdf.Pdf) -> None:
        key, page = Name("/" + name), document.pages[0]
        box = Array([0, 0, 9, 9])
        form = document.make_stream(
            b"", Type=Name.XObject, Subtype=Name.Form, BBox=box, Group=Dictionary(S=Name.Transparency)
        )
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=key, FontDescriptor=Dictionary(FontName=key))
        state = Dictionary(SMask=Dictionary(S=Name.Luminosity, G=form))
        page.Resources = Dictionary()
        for kind, value in (
            ("Font", font),
            ("XObject", form),
            ("ExtGState", state),
            ("ColorSpace", Array([Name.DeviceRGB])),
        ):
            page.Resources[Name("/" + kind)] = Dictionary({str(key): value})
        root = document.Root
        root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D, P=String(name))]))
        root.OutputIntents = Array([Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1)])
        root.StructTreeRoot = Dictionary(
            RoleMap=Dictionary({str(key): Name.P}), ClassMap=Dictionary({str(key): Dictionary(O=Name.Layout)})
        )
        page.Trans = Dictionary(S=Name.Fly)

    assert pdf.check(specimens.pdf(change=change), max_pages=1) == 1
