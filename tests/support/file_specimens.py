"""Files of every kind that somebody may send as a document, each with the verdicts that are right for it."""

import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from portal.documents.inspection import JPEG, PDF, PNG
from tests.support import document_specimens as specimens
from tests.support import photos
from tests.support.document_specimens import jpeg, pdf, picture, png, saved

OTHER: Final = frozenset({"document_type_unknown"})
DAMAGED: Final = frozenset({"document_damaged"})
ACTIVE: Final = frozenset({"document_active_content"})
LARGE: Final = frozenset({"document_too_large_image", "document_too_heavy", "document_damaged"})
HUGE: Final = frozenset({"document_too_large_image"})
PICTURE: Final = frozenset({JPEG, PNG})
"""A picture is kept as either, whichever is smaller."""


class Specimen(NamedTuple):
    """``right``: the media types of what may be kept of it, or the codes with which it may be refused."""

    name: str
    make: Callable[[], bytes]
    right: frozenset[str]


def types() -> Iterator[Specimen]:
    """What a file may be, whatever its name says it is."""
    for name, content in (
        ("html", b"<!DOCTYPE html><script>alert(1)</script>"), ("svg", b"<svg onload='alert(1)'/>"),
        ("xml", b"<?xml version='1.0'?><a/>"), ("text", b"Surat permohonan"), ("rtf", b"{\\rtf1 isi}"),
        ("script", b"#!/bin/sh\nrm -rf /\n"), ("exe", b"MZ" + bytes(200)), ("elf", b"\x7fELF" + bytes(200)),
        ("class", b"\xca\xfe\xba\xbe" + bytes(200)), ("old office", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("gzip", b"\x1f\x8b\x08" + bytes(50)), ("7z", b"7z\xbc\xaf\x27\x1c" + bytes(50)),
        ("rar", b"Rar!\x1a\x07\x01\0"),
        ("mp4", b"\0\0\0\x18ftypmp42" + bytes(100)), ("mov", b"\0\0\0\x14ftypqt  " + bytes(100)),
        ("avi", b"RIFF\x10\0\0\0AVI LIST"), ("wav", b"RIFF\x10\0\0\0WAVEfmt "), ("postscript", b"%!PS-Adobe-3.0\n"),
        ("avif", b"\0\0\0\x1cftypavif" + bytes(100)), ("jpeg 2000", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(100)),
        ("jpeg xl", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(100)), ("fdf", b"%FDF-1.2\n"),
        ("shortcut", b"[InternetShortcut]"),
        ("zeros", bytes(5000)),
    ):  # fmt: skip
        yield Specimen(name, lambda content=content: content, OTHER)  # type: ignore[misc]
    yield Specimen("docx", specimens.docx, OTHER)
    for name, form in (
        ("gif", "GIF"),
        ("tiff", "TIFF"),
        ("bmp", "BMP"),
        ("ico", "ICO"),
        ("ppm", "PPM"),
        ("tga", "TGA"),
    ):
        yield Specimen(name, lambda form=form: saved(picture(), form), OTHER)  # type: ignore[misc]
    yield Specimen("nothing", lambda: b"", frozenset({"document_empty"}))


def pictures() -> Iterator[Specimen]:
    """Photos and scans as cameras and programs write them."""
    turned = Image.Exif()
    turned[0x0112] = 3
    yield Specimen("jpeg", jpeg, PICTURE)
    yield Specimen("jpeg, progressive", lambda: jpeg(progressive=True), PICTURE)
    yield Specimen("jpeg, grey", lambda: jpeg(mode="L"), PICTURE)
    yield Specimen("jpeg, CMYK", lambda: jpeg(mode="CMYK"), PICTURE)
    yield Specimen("jpeg, CMYK of Adobe", lambda: jpeg(mode="CMYK", qtables="web_high"), PICTURE)
    yield Specimen("jpeg, no subsampling", lambda: jpeg(subsampling=0, quality=100), PICTURE)
    yield Specimen("jpeg with GPS", specimens.photo_with_place_and_turn, PICTURE)
    yield Specimen("jpeg upside down", lambda: jpeg(exif=turned), PICTURE)
    yield Specimen("MPO", lambda: saved(picture(), "MPO", save_all=True, append_images=[picture()]), PICTURE)
    yield Specimen("Ultra HDR", _ultra_hdr, PICTURE)
    yield Specimen("png", png, PICTURE)
    yield Specimen("png, 16 bit grey", specimens.deep_grey_png, PICTURE)
    for mode in ("1", "L", "LA", "P", "RGBA"):
        yield Specimen(f"png, {mode}", lambda mode=mode: png(mode=mode), PICTURE)  # type: ignore[misc]
    yield Specimen("png, animated", specimens.animated_png, PICTURE | {"document_animated"})
    yield Specimen("webp", lambda: saved(picture(), "WEBP"), PICTURE)
    yield Specimen("webp, lossless", lambda: saved(picture(), "WEBP", lossless=True), PICTURE)
    yield Specimen("webp, see-through", lambda: saved(picture(mode="RGBA"), "WEBP"), PICTURE)
    yield Specimen("heic", lambda: photos.heic(picture()), PICTURE)
    yield Specimen("heic of nothing", specimens.heic, DAMAGED)
    yield Specimen("KTP, cropped", lambda: jpeg((640, 403)), PICTURE)
    yield Specimen("jpeg, 48 megapixels", lambda: jpeg((8192, 6144)), PICTURE)
    yield Specimen("jpeg, 48 megapixels, progressive", lambda: jpeg((8192, 6144), progressive=True), PICTURE)
    yield Specimen("jpeg, 48 megapixels in passes, 4:4:4", lambda: _in_passes((8000, 6000), 0), PICTURE)
    yield Specimen("jpeg, 81 megapixels in passes, 4:2:0", lambda: _in_passes((9000, 9000), 2), PICTURE)
    yield Specimen("jpeg, 115 megapixels in passes, 4:2:0", lambda: _in_passes((11_500, 10_000), 2), PICTURE)
    yield Specimen("png, 12 megapixels", lambda: png((4032, 3024)), PICTURE)
    yield Specimen("heic, 12 megapixels", lambda: photos.heic(picture((4032, 3024))), PICTURE)
    yield Specimen("webp, 12 megapixels", lambda: saved(picture((4032, 3024)), "WEBP"), PICTURE)
    yield Specimen("png, 48 megapixels", lambda: png((8064, 6048)), PICTURE)
    yield Specimen("png, 48 megapixels, see-through", lambda: png((8064, 6048), "RGBA"), PICTURE)
    yield Specimen("png, 27 megapixels, on its side", _large_on_its_side, PICTURE)
    yield Specimen("heic, 24 megapixels", lambda: photos.heic(picture((5712, 4284)), tile_size=512), PICTURE)
    yield Specimen("heic, 48 megapixels", lambda: photos.heic(picture((8064, 6048)), tile_size=512), PICTURE)


def bombs() -> Iterator[Specimen]:
    """Small files that want to become large, or to take for ever."""
    yield Specimen("png of 40,000 x 40,000", lambda: specimens.bomb_png((40_000, 40_000)), LARGE)
    yield Specimen("png of 7,000 x 7,000, next to nothing in it", lambda: specimens.bomb_png((7_000, 7_000)), LARGE)
    yield Specimen("png, 49 megapixels of one colour", lambda: png((7_000, 7_000), "L"), LARGE | PICTURE)
    yield Specimen("webp, 48 megapixels", lambda: saved(picture((8064, 6048)), "WEBP", method=0), HUGE)
    yield Specimen("jpeg, 81 megapixels in passes, 4:4:4", lambda: _in_passes((9000, 9000), 0), HUGE)
    yield Specimen("jpeg, 115 megapixels in passes, 4:4:4", lambda: _in_passes((11_500, 10_000), 0), HUGE)
    yield Specimen("pdf whose index swells to 200 MB", lambda: specimens.pdf_with_swollen_index(200 * 2**20), LARGE)
    yield Specimen("pdf drawing without end", lambda: pdf(change=specimens.endless_drawing), LARGE)
    yield Specimen("pdf drawing without end on page 2", lambda: pdf(2, change=_endless_second), LARGE)
    yield Specimen("pdf whose page swells to 500 MB", lambda: pdf(change=_swollen), LARGE | {PDF})
    yield Specimen("pdf with a picture of 30,000 x 30,000", lambda: pdf(change=_wide_picture), LARGE | {PDF})
    yield Specimen("pdf, a tree of pages that goes round", _round, DAMAGED | {"document_too_heavy"})
    yield Specimen("pdf of 21 pages", lambda: pdf(21), frozenset({"document_too_many_pages"}))
    yield Specimen("pdf, a page of a kilometre", lambda: pdf(size=(1e7, 1e7)), frozenset({"document_page_size"}))


def polyglots() -> Iterator[Specimen]:
    """Two kinds of file at once: what is kept is one of them, or nothing."""
    yield Specimen("html before a pdf", lambda: b"<script>alert(1)</script>\n" + pdf(), OTHER)
    yield Specimen("exe before a pdf", lambda: b"MZ" + bytes(60) + pdf(), OTHER)
    yield Specimen("zip behind a pdf", lambda: pdf() + specimens.docx(), frozenset({PDF}) | DAMAGED)
    yield Specimen("html behind a pdf", lambda: pdf() + b"<script>alert(1)</script>", frozenset({PDF}))
    yield Specimen("zip behind a jpeg", lambda: jpeg() + specimens.docx(), PICTURE)
    yield Specimen("script behind a png", lambda: png() + b"<?php system('id'); ?>", PICTURE)
    yield Specimen("script in a jpeg's comment", lambda: jpeg(comment=b"<?php system('id'); ?>"), PICTURE)
    yield Specimen("pdf within a jpeg", lambda: jpeg(comment=pdf()[:60_000]), PICTURE)
    yield Specimen("jpeg behind a gif", lambda: b"GIF89a" + jpeg(), OTHER)
    yield Specimen("riff that is webp and avi", lambda: b"RIFF\x10\0\0\0WEBPAVI LIST" + bytes(99), DAMAGED)


def active() -> Iterator[Specimen]:
    """What a PDF may do besides being read."""
    script = {"/S": Name.JavaScript, "/JS": String("app.alert(1)")}
    launch = {"/S": Name.Launch, "/F": String("cmd.exe")}
    for place in ("open", "catalog_trigger", "page_trigger", "link", "names", "outline", "field_trigger", "next"):
        for what, action in (("a script", script), ("a program", launch)):
            make = lambda action=action, place=place: specimens.pdf_with_action(action, place)  # noqa: E731
            yield Specimen(f"pdf with {what}, {place}", make, ACTIVE)
    for address, right in (
        *((each, frozenset({PDF})) for each in ("ftp://a.id", "tel:1", "localhost:8080/x", "javascript:void(0)")),
        *((each, ACTIVE) for each in ("javascript:1", "file:///a", "smb://a/b", "data:text/html,a", "onenote:https:a")),
    ):
        link = {"/S": Name.URI, "/URI": String(address)}
        leads = lambda link=link: specimens.pdf_with_action(link, "link")  # noqa: E731
        yield Specimen(f"pdf with a link to {address}", leads, right)
    yield Specimen("pdf with a dynamic form", lambda: pdf(change=specimens.dynamic_form), ACTIVE)
    yield Specimen("pdf with a file on its page", lambda: pdf(change=specimens.attach_to_page), ACTIVE | {PDF})
    yield Specimen("pdf with a file attached", lambda: pdf(change=specimens.attach), ACTIVE | {PDF})
    yield Specimen("pdf that asks for a password", lambda: _locked("a"), frozenset({"document_encrypted"}))
    yield Specimen("pdf with restrictions only", lambda: _locked(""), frozenset({PDF}))


def cut() -> Iterator[Specimen]:
    """Files that arrived in part, cut at every sixteenth: nothing of them is a document."""
    whole = {
        "pdf": pdf(3), "pdf, compressed": pdf(3, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "jpeg": photos.encoded(picture((1200, 900))), "jpeg, progressive": jpeg((1200, 900), progressive=True),
        "png": png((1200, 900)), "webp": saved(picture((1200, 900)), "WEBP"), "heic": photos.heic(picture((1200, 900))),
    }  # fmt: skip
    for name, data in whole.items():
        for part in range(1, 16):
            piece = data[: len(data) * part // 16]
            yield Specimen(f"{name}, {part} of 16 parts", lambda piece=piece: piece, DAMAGED | OTHER)  # type: ignore[misc]


def everything() -> Iterator[Specimen]:
    for group in (types, pictures, bombs, polyglots, active, cut):
        yield from group()


def _large_on_its_side() -> bytes:
    turned = Image.Exif()
    turned[0x0112] = 6
    return saved(picture((5199, 5199)), "PNG", exif=turned)


def _in_passes(size: tuple[int, int], subsampling: int) -> bytes:
    return jpeg(size, progressive=True, subsampling=subsampling)


def _ultra_hdr() -> bytes:
    """A photo with its gain map behind it, as telephones of today write it."""
    first, gain = jpeg((1600, 1200)), jpeg((400, 300), "L")
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/'/>"
    return first[:2] + b"\xff\xe1" + (len(xmp) + 2).to_bytes(2, "big") + xmp + first[2:] + gain


def _endless_second(document: pikepdf.Pdf) -> None:
    specimens.endless_drawing(document, 1)


def _swollen(document: pikepdf.Pdf) -> None:
    press = zlib.compressobj(9)
    packed = b"".join(press.compress(b"0 0 9 9 re f\n" * 80_000) for _ in range(500)) + press.flush()
    stream = document.make_stream(b"")
    stream.write(packed, filter=Name.FlateDecode)
    document.pages[0].Contents = stream


def _wide_picture(document: pikepdf.Pdf) -> None:
    press = zlib.compressobj(9)
    packed = b"".join(press.compress(bytes(1024 * 1024)) for _ in range(860)) + press.flush()
    image = document.make_stream(b"")
    image.write(packed, filter=Name.FlateDecode)
    image.stream_dict.update(
        Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=30_000,
            Height=30_000,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceGray,
        )
    )
    document.pages[0].Resources = Dictionary(XObject=Dictionary(X=image))
    document.pages[0].Contents = document.make_stream(b"500 0 0 500 0 0 cm /X Do")


def _round() -> bytes:
    data = pdf(2)
    with pikepdf.open(BytesIO(data)) as document:
        pages = document.Root.Pages
        pages.Kids = Array([pages, pages])
        target = BytesIO()
        document.save(target, static_id=True)
    return target.getvalue()


def _locked(user: str) -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="rahasia", user=user))
