"""A PDF built anew from what is seen of its pages, for whoever opens it here: text, pictures, fonts, nothing else."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from portal.documents.pdf import opened

# What pages, their resources, pictures, fonts, patterns and functions are made of (ISO 32000-1, 7.7.3.3, 7.8, 8 and 9).
# Whatever has another name is left out: annotations, actions, attachments, forms, metadata, private data of programs.
_NAMES: Final = frozenset({
    "/Type", "/Subtype", "/Length", "/Filter", "/DecodeParms", "/Predictor", "/Colors", "/Columns",
    "/BitsPerComponent", "/EarlyChange", "/K", "/EndOfLine", "/EncodedByteAlign", "/Rows", "/EndOfBlock",
    "/BlackIs1", "/DamagedRowsBeforeError", "/ColorTransform", "/JBIG2Globals", "/MediaBox", "/CropBox",
    "/Rotate", "/UserUnit", "/Contents", "/Resources", "/Group", "/S", "/CS", "/I", "/ProcSet", "/ExtGState",
    "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/Width", "/Height", "/ImageMask", "/Mask",
    "/Decode", "/Interpolate", "/Intent", "/SMask", "/SMaskInData", "/Matte", "/BBox", "/Matrix", "/FormType",
    "/LW", "/LC", "/LJ", "/ML", "/D", "/RI", "/OP", "/op", "/OPM", "/BG", "/BG2", "/UCR", "/UCR2", "/TR", "/TR2",
    "/HT", "/FL", "/SM", "/SA", "/BM", "/CA", "/ca", "/AIS", "/TK", "/BC", "/G", "/N", "/Alternate", "/Range",
    "/WhitePoint", "/BlackPoint", "/Gamma", "/Colorants", "/Process", "/MixingHints", "/Components",
    "/PatternType", "/PaintType", "/TilingType", "/XStep", "/YStep", "/ShadingType", "/Background", "/AntiAlias",
    "/Coords", "/Domain", "/Function", "/Extend", "/BitsPerCoordinate", "/BitsPerFlag", "/VerticesPerRow",
    "/FunctionType", "/Size", "/BitsPerSample", "/Order", "/Encode", "/C0", "/C1", "/Functions", "/Bounds",
    "/BaseFont", "/Name", "/FirstChar", "/LastChar", "/Widths", "/FontDescriptor", "/Encoding", "/ToUnicode",
    "/DescendantFonts", "/CIDSystemInfo", "/Registry", "/Ordering", "/Supplement", "/DW", "/W", "/DW2", "/W2",
    "/CIDToGIDMap", "/BaseEncoding", "/Differences", "/FontBBox", "/FontMatrix", "/CharProcs", "/FontName",
    "/FontFamily", "/FontStretch", "/FontWeight", "/Flags", "/ItalicAngle", "/Ascent", "/Descent", "/Leading",
    "/CapHeight", "/XHeight", "/StemV", "/StemH", "/AvgWidth", "/MaxWidth", "/MissingWidth", "/FontFile",
    "/FontFile2", "/FontFile3", "/CharSet", "/CIDSet", "/Style", "/Lang", "/Length1", "/Length2", "/Length3",
    "/UseCMap", "/WMode", "/CMapName",
})  # fmt: skip

# Their entries have names that the page or the font chose.
_NAMED_FREELY: Final = frozenset(
    ("/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/CharProcs", "/Colorants")
)
_ANY: Final[frozenset[str]] = frozenset()


def rebuilt(data: bytes) -> bytes:
    """Its pages in a file of their own; forms filled in and stamps put on are part of them as they are seen.

    Args:
        data: a PDF that was accepted.

    Raises:
        Exception: a library's own, for a file it cannot cope with.
    """
    import pikepdf

    target = BytesIO()
    with opened(_flattened(data)) as source, pikepdf.new() as made:
        seen: set[tuple[int, int]] = set()
        for page in source.pages:
            _strip(page.obj, seen)
            made.pages.append(page)
        made.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return target.getvalue()


def _flattened(data: bytes) -> bytes:
    """The file with whatever is put upon its pages drawn into them."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    for page in document:
        pypdfium2.raw.FPDFPage_Flatten(page, pypdfium2.raw.FLAT_NORMALDISPLAY)
        page.close()
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _strip(page: Any, seen: set[tuple[int, int]]) -> None:
    """Leave out whatever has another name, down to the last thing that the page leads to, each of them once.

    Args:
        seen: number and generation of the objects that this was done to, of this page and of those before.
    """
    waiting = [(page, _NAMES | {"/Parent"})]
    while waiting:
        thing, names = waiting.pop()
        for name in set(thing.keys()) - names if names else ():
            del thing[name]
        for name, value in thing.items():
            if name == "/Parent" and thing is page:
                continue
            for inner in _inside(value):
                if not inner.is_indirect or inner.objgen not in seen:
                    seen.add(inner.objgen)
                    waiting.append((inner, _ANY if name in _NAMED_FREELY else _NAMES))


def _inside(value: Any) -> Iterator[Any]:
    """The dictionaries in a value, those of streams too."""
    from pikepdf import Array, Dictionary, Stream

    if isinstance(value, Dictionary | Stream):
        yield value
    elif isinstance(value, Array):
        for each in value:
            yield from _inside(each)
