"""Writes a sheet as DOCX, for an office program: known answers as text, the rest as dots to type over.

The same sheet gives the same bytes.
"""

from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from portal.papers import qr
from portal.papers.sheet_pdf import fitting
from portal.papers.sheet_people import WITH_SIGNATURE
from portal.papers.sheets import (
    Blank,
    Block,
    Boxes,
    Items,
    Letterhead,
    Line,
    People,
    Row,
    Rows,
    Sheet,
    Signatures,
    Single,
    Text,
)
from portal.papers.typeface import balanced

_FONT: Final = "Arial"
_BODY: Final = 11  # points
_EMBLEM: Final = 24  # millimetres of its place beside a letterhead; the other side of that is as wide
_EMBLEM_HIGH: Final = 23
_LANGUAGE: Final = "id-ID"
_MUTED: Final = "4A5560"
_WIDTH: Final = 165  # millimetres between the margins
_CELL: Final = 11  # points of room that an office program leaves at the sides of a cell
_NUMBER: Final = 8  # millimetres of a column with numbers
_LEFT, _CENTER, _RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_ALIGNED: Final = {"left": _LEFT, "right": _RIGHT}


def draw(sheet: Sheet) -> bytes:
    """The sheet as a DOCX file, written as large or small as the same sheet's PDF."""
    document, scale = Document(), fitting(sheet)
    _set_up(document, sheet, scale)
    for number, block in enumerate(sheet.blocks):
        start = len(document.element.body)
        _block(document, block, scale)
        if sheet.ending <= number < len(sheet.blocks) - 1:
            _keep_with_next(document.element.body[start - 1 :])  # the last one there is the section itself
    if sheet.is_shortened:
        _say(_paragraph(document, _LEFT, 0), sheet.words["shortened"], 8.5, muted=True)
    if sheet.is_sample:
        _foot(document, sheet)
    target = BytesIO()
    document.save(target)
    return _settled(target.getvalue(), sheet)


def _block(document: Any, block: Block, scale: float) -> None:
    match block:
        case Letterhead():
            _letterhead(document, block, scale)
        case Text():
            _text(document, block, scale)
        case Single():
            _say(_paragraph(document, _ALIGNED[block.align], 8 * scale), _written(block.row, 24))
        case Rows():
            _rows(document, block)
        case Items():
            _items(document, block)
        case Signatures():
            _signatures(document, block)
        case People():
            _people(document, block, scale)


def _set_up(document: Any, sheet: Sheet, scale: float) -> None:
    page, normal = document.sections[0], document.styles["Normal"]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin = Mm(25), Mm(20), Mm(16)
    page.bottom_margin, page.footer_distance = Mm(30 if sheet.is_sample else 20), Mm(8)
    normal.font.name, normal.font.size = _FONT, Pt(_BODY * scale)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(0), 1
    fonts = normal.element.rPr.rFonts
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), _FONT)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), _LANGUAGE)
    told = document.core_properties
    moment = datetime.combine(sheet.paper.date, time(), UTC).replace(tzinfo=None)
    told.title, told.subject, told.author, told.keywords = sheet.paper.title, sheet.note, sheet.author, sheet.edition
    told.last_modified_by, told.comments, told.language = sheet.author, "", _LANGUAGE
    told.created = told.modified = moment
    told.revision = 1


# --- Blocks ----------------------------------------------------------------------------------------------------------


def _letterhead(document: Any, block: Letterhead, scale: float) -> None:
    table = _table(document, 1, (_EMBLEM, _WIDTH - 2 * _EMBLEM, _EMBLEM))
    picture, head, _ = table.rows[0].cells
    picture.vertical_alignment = head.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    if block.emblem:
        _emblem(picture.paragraphs[0], block.emblem)
    elif block.place:
        _say(picture.paragraphs[0], f"[{block.place}]", 7, muted=True)
    for number, line in enumerate(block.lines):
        size = (12, 13, 9)[min(number, 2)] * scale
        text = line if isinstance(line, str) else line.value or f"[{line.label}]"
        text = balanced(text, size, Mm(_WIDTH - 2 * _EMBLEM).pt - _CELL) if number == 1 else text
        paragraph = head.add_paragraph() if number else head.paragraphs[0]
        paragraph.alignment, paragraph.paragraph_format.space_after = _CENTER, Pt(0)
        _say(paragraph, text, size, bold=number == 1)
    paragraph = _paragraph(document, _LEFT, 0)
    _say(paragraph, " ", 2)
    _rule(paragraph)
    _gap(document)


def _text(document: Any, block: Text, scale: float) -> None:
    size = {"title": 12.5, "small": 8.5, "notice": 8.5}.get(block.style, _BODY) * scale
    paragraph = _paragraph(document, _CENTER if block.style in ("title", "notice") else _LEFT, 8 * scale)
    _say(paragraph, block.text, size, bold=block.style in ("title", "heading", "notice"), muted=block.style == "small")


def _items(document: Any, block: Items) -> None:
    for number, item in enumerate(block.items, start=1):
        paragraph = _paragraph(document, _LEFT, 0)
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Mm(8), Mm(-6)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(8))
        _say(paragraph, f"{number}.\t{item}")
    _gap(document)


def _rows(document: Any, block: Rows) -> None:
    indent = 8 if block.is_indented else 0
    widths = (indent + 41, 4, _WIDTH - indent - 45)
    table = _table(document, len(block.rows), widths)
    if block.is_ruled:
        table.style = "Table Grid"
    for number, row in enumerate(block.rows):
        label, colon, answer = (cell.paragraphs[0] for cell in table.rows[number].cells)
        label.paragraph_format.left_indent = Mm(indent)
        _say(label, row.label)
        _say(colon, ":")
        _say(answer, _answered(row))
    _gap(document)


def _signatures(document: Any, block: Signatures) -> None:
    columns = [None, *block.columns] if len(block.columns) == 1 else list(block.columns)
    table = _table(document, 1, (_WIDTH / 2,) * 2)
    _keep_whole(table)
    for cell, column in zip(table.rows[0].cells, columns, strict=True):
        if column is None:
            continue
        room = f"({column.room})" if column.room else ""
        lines = [*map(_line, column.above), "", "", room, "", *map(_line, column.below)]
        for number, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.space_before = Pt(0 if number else 10)
            _say(paragraph, line)


def _people(document: Any, block: People, scale: float) -> None:
    title = _paragraph(document, _LEFT, 6 * scale)
    title.paragraph_format.page_break_before = True
    _say(title, block.title)
    table = _table(document, len(block.rows) + 1, (_NUMBER, *block.widths))
    table.style = "Table Grid"
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _keep_whole(table)
    for cell, head in zip(table.rows[0].cells, ("No", *block.heads), strict=True):
        _say(cell.paragraphs[0], head, 8.5, bold=True)
    for number, row in enumerate(block.rows, 1):
        for cell, lines in zip(table.rows[number].cells, ((str(number),), *row), strict=True):
            _say(cell.paragraphs[0], "\n".join(lines), 8.5)
    _gap(document)
    # Whoever signs below the table does so on a page with some of those that he names.
    _keep_with_next([*(row._tr for row in table.rows[-WITH_SIGNATURE:]), document.paragraphs[-1]._p])


def _foot(document: Any, sheet: Sheet) -> None:
    foot = document.sections[0].footer
    foot.is_linked_to_previous = False
    table = foot.add_table(1, 2, Mm(_WIDTH))
    _set_widths(table, (_WIDTH - 20, 20))
    text, picture = table.rows[0].cells
    lines = text.paragraphs[0], text.add_paragraph(), text.add_paragraph()
    for paragraph in lines:
        paragraph.paragraph_format.space_after = Pt(0)
    _say(lines[0], sheet.note, 7, muted=True)
    _say(lines[1], f"{sheet.edition} ", 7, muted=True)
    before, between = sheet.words["page"].split("{page}")
    between, after = between.split("{pages}")
    for words, field in ((before, "PAGE"), (between, "NUMPAGES"), (f"{after}.", "")):
        _say(lines[1], words, 7, muted=True)
        if field:
            _count(lines[1], field)
    _say(lines[2], sheet.where, 7, muted=True)
    if sheet.where.startswith("http"):
        _code(picture.paragraphs[0], sheet.where)


# --- Within ----------------------------------------------------------------------------------------------------------


def _answered(row: Row) -> str:
    if isinstance(row, Boxes):
        return "\n".join(f"{'☒' if box.is_ticked else '☐'} {box.label}" for box in row.boxes)
    return _written(row, 60)


def _line(line: Line) -> str:
    return line if isinstance(line, str) else _written(line, 30, is_named=not line.prefix)


def _written(blank: Blank, dots: int, is_named: bool = False) -> str:
    """What is known, or so many dots; ``is_named``: in brackets before them, what belongs there."""
    open_line = f"[{blank.label}]" if is_named else "." * dots
    value = blank.value or ("" if blank.is_fixed else open_line)
    return f"{blank.prefix} {value}{blank.suffix}".strip()


def _paragraph(document: Any, alignment: Any, after: float) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = alignment
    paragraph.paragraph_format.space_after = Pt(after)
    return paragraph


def _gap(document: Any) -> None:
    """A little room; also what keeps two tables from growing together."""
    _say(_paragraph(document, _LEFT, 0), " ", 5)


def _say(paragraph: Any, text: str, size: float = 0, *, bold: bool = False, muted: bool = False) -> None:
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if muted:
        run.font.color.rgb = RGBColor.from_string(_MUTED)


def _table(document: Any, rows: int, widths: tuple[float, ...]) -> Any:
    table = document.add_table(rows, len(widths))
    _set_widths(table, widths)
    for row in table.rows:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    return table


def _set_widths(table: Any, widths: tuple[float, ...]) -> None:
    """In millimetres; kept as they are, however long a word is."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _keep_whole(table: Any) -> None:
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _keep_with_next(elements: Any) -> None:
    """Every paragraph in them stays on the page of what follows."""
    for element in elements:
        for found in element.iter(qn("w:p")):
            found.get_or_add_pPr().get_or_add_keepNext()


def _emblem(paragraph: Any, picture: bytes) -> None:
    """As large as its place allows, in its own proportions."""
    shape = paragraph.add_run().add_picture(BytesIO(picture))
    ratio = min(Mm(_EMBLEM - 4) / shape.width, Mm(_EMBLEM_HIGH) / shape.height)
    shape.width, shape.height = round(shape.width * ratio), round(shape.height * ratio)


def _rule(paragraph: Any) -> None:
    """The double line below a letterhead."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "thickThinSmallGap"), ("sz", "18"), ("space", "4"), ("color", "auto")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)


def _count(paragraph: Any, instruction: str) -> None:
    """A number that the office program counts itself: the page, or all pages."""
    for tag, said in (
        ("fldChar", "begin"),
        ("instrText", instruction),
        ("fldChar", "separate"),
        ("t", "1"),
        ("fldChar", "end"),
    ):
        part = OxmlElement(f"w:{tag}")
        if tag == "fldChar":
            part.set(qn("w:fldCharType"), said)
        else:
            part.text = said
        run = paragraph.add_run()
        run.font.size, run.font.color.rgb = Pt(7), RGBColor.from_string(_MUTED)
        run._r.append(part)


def _code(paragraph: Any, address: str) -> None:
    paragraph.alignment = _RIGHT
    shape = paragraph.add_run().add_picture(BytesIO(qr.png(address)), width=Mm(16))
    shape._inline.docPr.set("descr", address)


def _settled(content: bytes, sheet: Sheet) -> bytes:
    """The same file without the time at which it was packed."""
    target, day = BytesIO(), sheet.paper.date
    with ZipFile(BytesIO(content)) as packed, ZipFile(target, "w", ZIP_DEFLATED) as anew:
        for name in packed.namelist():
            anew.writestr(ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0)), packed.read(name), ZIP_DEFLATED)
    return target.getvalue()
