"""Makers of good and bad files. Each returns bytes; the same arguments give the same file."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw

A4 = (595, 842)
SCRIPT = {"/S": Name.JavaScript, "/JS": String("app.alert(1)")}

Change = Callable[[pikepdf.Pdf], None]


def pdf(pages: int = 1, size: tuple[float, float] = A4, change: Change | None = None, **save: Any) -> bytes:
    """A PDF with a black square near the top left of each page; ``change`` is done to it before it is saved."""
    with pikepdf.new() as document:
        for _ in range(pages):
            page = document.add_blank_page()
            page.MediaBox = Array([0, 0, *size])
            page.Contents = document.make_stream(b"0 0 0 rg 50 %d 100 100 re f" % (size[1] - 150))
        if change:
            change(document)
        target = BytesIO()
        document.save(target, deterministic_id="encryption" not in save, **save)
    return target.getvalue()


def pdf_with_action(action: dict[str, Any], place: str = "open") -> bytes:
    """A PDF that carries the action where a reader would look for one."""

    def change(document: pikepdf.Pdf) -> None:
        made = document.make_indirect(Dictionary(action))
        page = document.pages[0]
        if place == "open":
            document.Root.OpenAction = made
        elif place == "catalog_trigger":
            document.Root.AA = Dictionary(WC=made)
        elif place == "page_trigger":
            page.AA = Dictionary(O=made)
        elif place == "link":
            page.Annots = Array([annotation(document, "Link", A=made)])
        elif place == "names":
            document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), made])))
        elif place == "outline":
            item = document.make_indirect(Dictionary(Title=String("a"), A=made))
            document.Root.Outlines = document.make_indirect(Dictionary(First=item, Last=item, Count=1))
        elif place == "field_trigger":
            fill_form(document, AA=Dictionary(K=made))
        elif place == "next":
            harmless = Dictionary(S=Name.GoTo, D=Array([page.obj, Name.Fit]), Next=Array([made]))
            document.Root.OpenAction = harmless
        else:
            raise ValueError(place)

    return pdf(change=change)


def added_to(data: bytes, number: int, made: bytes) -> bytes:
    """The file with a further version behind it, in which that object is another; ``made`` is the whole of it."""
    before = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    with pikepdf.open(BytesIO(data)) as document:
        root = document.Root.objgen[0]
    index = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Root %d 0 R /Size 90 /Prev %d >>\n"
    body = data + made
    return body + index % (number, len(data), root, before) + b"startxref\n%d\n%%%%EOF\n" % len(body)


def annotation(document: pikepdf.Pdf, subtype: str, **more: Any) -> pikepdf.Object:
    box = Array([50, 50, 250, 80])
    return document.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name("/" + subtype), Rect=box, **more))


def fill_form(document: pikepdf.Pdf, **more: Any) -> None:
    """One text field, filled in with a broad black bar for an appearance."""
    look = document.make_stream(b"0 0 0 rg 0 0 200 30 re f")
    look.stream_dict.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 200, 30])))
    field = annotation(
        document, "Widget", FT=Name.Tx, T=String("nama"), V=String("Siti"), F=4, AP=Dictionary(N=look), **more
    )
    document.pages[0].Annots = Array([field])
    document.Root.AcroForm = Dictionary(Fields=Array([field]), DA=String("/Helv 0 Tf 0 g"))


def attach(document: pikepdf.Pdf) -> None:
    document.attachments["rahasia.exe"] = b"MZ"


def attach_to_page(document: pikepdf.Pdf) -> None:
    document.pages[0].Annots = Array([annotation(document, "FileAttachment", Contents=String("buka"))])


def dynamic_form(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=document.make_stream(b"<xdp/>"))


def like_an_office_program(document: pikepdf.Pdf) -> None:
    """What Word and LibreOffice add: a destination to open at, links, bookmarks, tags, viewer preferences."""
    root, page = document.Root, document.pages[0]
    root.OpenAction = Array([page.obj, Name.XYZ, None, None, 0])
    web = Dictionary(S=Name.URI, URI=String("https://dkisp.tarakankota.go.id/"))
    mail = Dictionary(S=Name.URI, URI=String("mailto:dkisp@tarakankota.go.id"))
    inside = Dictionary(S=Name.GoTo, D=Array([page.obj, Name.Fit]))
    page.Annots = Array([annotation(document, "Link", A=action) for action in (web, mail, inside)])
    page.Resources = Dictionary(Font=Dictionary(AA=Dictionary(Type=Name.Font, FontDescriptor=Dictionary())))
    root.Names = Dictionary(Dests=Dictionary(Names=Array([])), EmbeddedFiles=Dictionary(Names=Array([])))
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.MarkInfo = Dictionary(Marked=True)
    root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=Array([Dictionary(S=Name.P)]))
    root.Lang = String("id-ID")


def signed(document: pikepdf.Pdf) -> None:
    """The traces of an electronic signature (its value is not a real one)."""
    value = document.make_indirect(
        Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), SubFilter=Name("/ETSI.CAdES.detached"))
    )
    value.Contents, value.ByteRange = String("0" * 64), Array([0, 10, 20, 30])
    field = annotation(document, "Widget", FT=Name.Sig, T=String("Signature1"), V=value, F=132)
    document.pages[0].Annots = Array([field])
    document.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)


def endless_drawing(document: pikepdf.Pdf, page: int = 0) -> None:
    """Ten forms, each of which draws the next one forty times: small to store, 40**10 things to draw."""
    inner = document.make_stream(b"0 0 9 9 re f")
    box = Array([0, 0, 100, 100])
    inner.stream_dict.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=box))
    for _ in range(10):
        outer = document.make_stream(b"/X Do " * 40)
        outer.stream_dict.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=box))
        outer.Resources = Dictionary(XObject=Dictionary(X=inner))
        inner = outer
    document.pages[page].Resources = Dictionary(XObject=Dictionary(X=inner))
    document.pages[page].Contents = document.make_stream(b"/X Do")


def pdf_with_swollen_index(size: int) -> bytes:
    """A PDF whose cross-reference stream, a few kilobytes in the file, grows to ``size`` bytes."""
    press = zlib.compressobj(9)
    block = bytes(1024 * 1024)
    packed = b"".join(press.compress(block) for _ in range(size // len(block))) + press.flush()
    head = b"%PDF-1.5\n"
    index = b"1 0 obj\n<< /Type /XRef /Size %d /W [1 2 1] /Root 2 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
    body = index % (size // 4, len(packed)) + packed + b"\nendstream\nendobj\n"
    return head + body + b"startxref\n%d\n%%%%EOF\n" % len(head)


def picture(size: tuple[int, int] = (1000, 640), mode: str = "RGB") -> Image.Image:
    """White with a black square in the top left corner, so that turning it over shows."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), fill="black")
    return image.convert(mode)


def jpeg(size: tuple[int, int] = (1000, 640), mode: str = "RGB", **save: Any) -> bytes:
    return saved(picture(size, mode), "JPEG", **save)


def png(size: tuple[int, int] = (1000, 640), mode: str = "RGB", **save: Any) -> bytes:
    return saved(picture(size, mode), "PNG", **save)


def saved(image: Image.Image, form: str, **save: Any) -> bytes:
    target = BytesIO()
    image.save(target, form, **save)
    return target.getvalue()


def photo_with_place_and_turn() -> bytes:
    """A phone's photo: lying on its side (orientation 6), with the place and the phone's name in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Telepon Contoh"
    exif.get_ifd(0x8825).update({1: "N", 2: (3.0, 18.0, 0.0), 3: "E", 4: (117.0, 35.0, 0.0)})
    return jpeg(exif=exif, comment=b"catatan kamera", icc_profile=b"profil warna " * 20)


def deep_grey_png(size: tuple[int, int] = (640, 480)) -> bytes:
    """A 16 bit greyscale PNG: the left half at a quarter of full white, the right half white."""
    row = struct.pack(">H", 0x4000) * (size[0] // 2) + b"\xff\xff" * (size[0] // 2)
    return _png(size, 16, zlib.compress((b"\0" + row) * size[1]))


def bomb_png(size: tuple[int, int]) -> bytes:
    """A PNG that says it is of that size and is next to nothing in the file."""
    return _png(size, 8, zlib.compress(bytes(1000)))


def _png(size: tuple[int, int], depth: int, packed: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", *size, depth, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def animated_png() -> bytes:
    return png(save_all=True, append_images=[Image.new("RGB", (1000, 640), "red")], duration=100)


def heic(brand: bytes = b"heic") -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + bytes(500)


def docx() -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return target.getvalue()
