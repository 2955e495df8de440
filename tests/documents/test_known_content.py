"""Each kind of action and annotation of ISO 32000, wherever a reader would look for one: harmless, or refused."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any, Final

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from portal.documents import pdf
from portal.documents.rebuilding import rebuilt
from tests.support import document_specimens as specimens
from tests.support.inspecting import pdf_refusal

HARMLESS: Final = ("GoTo", "URI", "Named", "Hide", "ResetForm", "SetOCGState", "Thread", "Trans")
REFUSED: Final = (
    *("GoToR", "GoToE", "GoToDp", "Launch", "Sound", "Movie", "SubmitForm", "ImportData", "JavaScript", "Rendition"),
    *("GoTo3DView", "RichMediaExecute"),
)
UNKNOWN: Final = ("SetState", "NOP", "Apa#20Saja")
PLACES: Final = ("open", "link", "outline", "next", "untitled", "previous", "sequence", "step")
TRIGGERS: Final = ("catalog_trigger", "page_trigger", "field_trigger")
SHOWN: Final = (
    *("Text", "Link", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline"),
    *("Squiggly", "StrikeOut", "Stamp", "Caret", "Ink", "Popup", "Widget", "PrinterMark", "TrapNet", "Watermark"),
    "Redact",
)
PLAYED: Final = ("FileAttachment", "Sound", "Movie", "Screen", "3D", "RichMedia", "Projection", "Apa")

Wrap = Callable[[pikepdf.Pdf, pikepdf.Object], Any]

WRAPS: Final[dict[str, Wrap]] = {
    "as it is": lambda _document, made: made,
    "an object": lambda document, made: document.make_indirect(made),
    "a stream": lambda document, made: document.make_stream(b"", made),
    "its kind an object": lambda document, made: _with_kind(made, document.make_indirect(made.S)),
}


def _with_kind(made: pikepdf.Object, kind: pikepdf.Object) -> pikepdf.Object:
    made.S = kind
    return made


def _action(kind: str) -> pikepdf.Object:
    more = {"/URI": String("https://contoh.go.id")} if kind == "URI" else {"/N": Name.NextPage}
    return Dictionary({"/S": Name("/" + kind.replace("#20", " ")), **more})


def _put(document: pikepdf.Pdf, made: Any, place: str) -> None:
    page, root = document.pages[0], document.Root
    going = Dictionary(S=Name.GoTo, D=Array([page.obj, Name.Fit]))
    match place:
        case "open":
            root.OpenAction = made
        case "link":
            page.Annots = Array([specimens.annotation(document, "Link", A=made)])
        case "previous":
            page.Annots = Array([specimens.annotation(document, "Link", PA=made)])
        case "outline" | "untitled":
            item = document.make_indirect(
                Dictionary({"/A": made} | ({"/Title": String("a")} if place[0] == "o" else {}))
            )
            root.Outlines = document.make_indirect(Dictionary(First=item, Last=item, Count=1))
        case "next":
            root.OpenAction = Dictionary(S=Name.GoTo, Next=made)
        case "sequence":
            root.OpenAction = Dictionary(S=Name.GoTo, Next=Array([going, Array([made])]))
        case "step":
            page.PresSteps = Dictionary(Type=Name.NavNode, NA=made)
        case "catalog_trigger":
            root.AA = Dictionary(WC=made)
        case "page_trigger":
            page.AA = document.make_indirect(Dictionary(O=made))
        case "field_trigger":
            specimens.fill_form(document, AA=Dictionary(K=made))
        case "names":
            root.Names = Dictionary(JavaScript=Dictionary(Kids=Array([Dictionary(Names=Array([String("a"), made]))])))
        case "nowhere":
            root.Tidak = document.make_indirect(Dictionary(Ada=Array([made])))
        case _:
            raise ValueError(place)


def _file(kind: str, place: str, wrap: Wrap) -> bytes:
    return specimens.pdf(change=lambda document: _put(document, wrap(document, _action(kind)), place))


def _unreachable(kind: str) -> bytes:
    """The action has an entry in the index, and nothing leads to it."""
    made = b"9 0 obj\n<< /S /%b /N /NextPage >>\nendobj\n" % kind.encode()
    return specimens.added_to(specimens.pdf(), 9, made)


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
@pytest.mark.parametrize("place", PLACES)
def test_only_harmless_actions_may_stand_where_a_reader_looks_for_one(place: str, wrap: Wrap) -> None:
    for kind in HARMLESS:
        assert pdf.check(_file(kind, place, wrap), max_pages=1) == 1
    for kind in (*REFUSED, *UNKNOWN):
        data = _file(kind, place, wrap)
        assert pdf_refusal(data) == "document_active_content", kind
        assert pdf.check(rebuilt(data), max_pages=1) == 1


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
@pytest.mark.parametrize("place", [*TRIGGERS, "names"])
def test_nothing_is_set_off_by_itself(place: str, wrap: Wrap) -> None:
    for kind in (*HARMLESS, *REFUSED, *UNKNOWN):
        assert pdf_refusal(_file(kind, place, wrap)) == "document_active_content", kind


def test_what_nothing_leads_to_is_judged_by_what_it_calls_itself() -> None:
    for kind in (*HARMLESS, "P", "Span", "Transparency"):
        assert pdf.check(_unreachable(kind), max_pages=1) == 1
    for kind, data in [
        *((kind, _unreachable(kind)) for kind in REFUSED),
        *((kind, _file(kind, "nowhere", wrap)) for kind, wrap in product(REFUSED, WRAPS.values())),
        ("unknown", specimens.added_to(specimens.pdf(), 9, b"9 0 obj\n<< /Type /Action /S /Apa >>\nendobj\n")),
    ]:
        assert pdf_refusal(data) == "document_active_content", kind


@pytest.mark.parametrize("typed", [True, False], ids=["called annotation", "not called so"])
@pytest.mark.parametrize("indirect", [True, False], ids=["kind an object", "kind in place"])
def test_only_what_shows_may_be_put_upon_a_page(*, typed: bool, indirect: bool) -> None:
    def change(document: pikepdf.Pdf, kind: str, *, reached: bool) -> None:
        made = specimens.annotation(document, kind)
        document.Root.AcroForm = Dictionary(Fields=Array([made] if kind == "Widget" else []))
        if not typed:
            del made.Type
        if indirect:
            made.Subtype = document.make_indirect(made.Subtype)
        if reached:
            del made.Rect
            document.pages[0].Annots = document.make_indirect(Array([made]))
        else:
            document.Root.Tidak = made

    for reached in (True, False):
        for kind in SHOWN:
            made = specimens.pdf(change=partial(change, kind=kind, reached=reached))
            assert pdf.check(made, max_pages=1) == 1
        for kind in PLAYED:
            made = specimens.pdf(change=partial(change, kind=kind, reached=reached))
            assert pdf_refusal(made) == "document_active_content", kind


LEADS: Final = (
    *("https://a.id", "HTTP://a.id:8080/b?c=d:e", "mailto:a@b.id", "tel:0551-21", "a.id", "www.tarakankota.go.id"),
    *("www.a.id:8080/b", "surat/a.pdf", "#bab", "", "a.id?b=c:d", "siti@contoh.id", "10.1.2.3:8080/b"),
    *("ftp://a.id/b", "FTPS://a.id", "news:a.b", "callto:0551", "smsto:0811", "tg://resolve?domain=a", "geo:3.3,117.6"),
    *("urn:isbn:1", "doi:10.1/a", "localhost:8080/x", "localhost:80"),
)
NOWHERE: Final = ("javascript:", "javascript:;", "javascript:void(0)", "JavaScript: void 0;")
OPENS_MORE: Final = (
    *("javascript:1", "java\tscript:1", "\0file:///a", "\\\\a\\b", "//a/b", "/\\a", "C:/a", "..\\a", "x:y"),
    *("ms-msdt:/id", "search-ms:a", "ms-word:ofe|u|https://a.id", "onenote:https://a.id/b", "data:text/html,a"),
    *("vbscript:1", "smb://a/b", "file://a/b", "C:\\a", "localhost:8080:a", "localhost:a", "ms-msdt:8080/a"),
    *("javascript:void(1)", "javascript:void(0);1", "javascript:void(0)//\n1", "javascript:;;", "view-source:a"),
)


@pytest.mark.parametrize(
    ("address", "opens"), [*((each, True) for each in LEADS), *((each, False) for each in OPENS_MORE)]
)
def test_a_link_leads_into_the_web_or_to_mail_and_telephone(address: str, *, opens: bool) -> None:
    def change(document: pikepdf.Pdf) -> None:
        _put(document, Dictionary(S=Name.URI, URI=String(address)), "link")

    def base(document: pikepdf.Pdf) -> None:
        document.Root.URI = Dictionary(Base=String(address))

    for each in (change, base):
        if opens:
            assert pdf.check(specimens.pdf(change=each), max_pages=1) == 1
        else:
            assert pdf_refusal(specimens.pdf(change=each)) == "document_active_content"


@pytest.mark.parametrize("address", NOWHERE)
def test_a_button_of_a_web_page_that_leads_nowhere_is_taken_and_nothing_may_be_put_behind_it(address: str) -> None:
    button = Dictionary(S=Name.URI, URI=String(address))
    assert pdf.check(specimens.pdf(change=lambda document: _put(document, button, "link")), max_pages=1) == 1

    def base(document: pikepdf.Pdf) -> None:
        document.Root.URI = Dictionary(Base=String(address))

    assert pdf_refusal(specimens.pdf(change=base)) == "document_active_content"


@pytest.mark.parametrize(
    "action",
    [
        Dictionary(S=Name.Thread, F=String("lain.pdf")),
        Dictionary(S=Name.Named, N=Name("/AcroSendMail:SendMail")),
        Dictionary(S=String("GoTo")),
        Dictionary(S=Name.GoTo, Next=Dictionary(S=Name.Apa)),
    ],
    ids=["thread-elsewhere", "menu", "text-for-a-name", "next"],
)
def test_a_harmless_kind_that_is_used_for_more_is_refused(action: pikepdf.Object) -> None:
    for place in PLACES:
        made = specimens.pdf(change=lambda document, place=place: _put(document, action, place))  # type: ignore[misc]
        assert pdf_refusal(made) == "document_active_content"


def _stream(document: pikepdf.Pdf, **more: Any) -> None:
    document.Root.Tidak = document.make_stream(b"", Dictionary(**more))


@pytest.mark.parametrize(
    "more", [{"F": String("//a/b")}, {"F": Dictionary(F=String("a"))}, {"Ref": Dictionary(F=String("a"), Page=0)}]
)
def test_a_stream_whose_content_lies_elsewhere_is_refused(more: dict[str, Any]) -> None:
    assert pdf_refusal(specimens.pdf(change=lambda document: _stream(document, **more))) == "document_active_content"
