"""Tables as spreadsheets have them: read from CSV or XLSX, whatever the file is called, and written as XLSX."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from portal.core.errors import DocumentRefused

MOST_ROWS: Final = 2000
MOST_COLUMNS: Final = 50
MOST_UNPACKED: Final = 32 * 1024**2
"""Bytes that an XLSX may unpack to: a small one may hold gigabytes."""

FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula, here or where somebody saves the table as CSV."""

WIDTH: Final = 22
"""Of a column, in characters."""

Row = Sequence[str]


def read(content: bytes) -> list[tuple[int, Row]]:
    """The rows that are not empty, each with its number in the file, from 1; dates in ISO form.

    Raises:
        DocumentRefused: neither CSV nor XLSX (``table_unreadable``), nothing in it (``table_empty``), or more than
            ``MOST_ROWS`` rows (``table_too_long``).
    """
    rows: list[tuple[int, Row]] = []
    for number, row in enumerate(_xlsx(content) if content.startswith(b"PK") else _csv(content), 1):
        if any(row):
            rows.append((number, row))
        if len(rows) > MOST_ROWS + 1 or number > 10 * MOST_ROWS:
            raise DocumentRefused("table_too_long", most=MOST_ROWS)
    if not rows:
        raise DocumentRefused("table_empty")
    return rows


def _csv(content: bytes) -> Iterator[Row]:
    if b"\0" in content:
        raise DocumentRefused("table_unreadable")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # as older spreadsheets save it
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            yield [cell.strip() for cell in row[:MOST_COLUMNS]]
    except csv.Error as problem:
        raise DocumentRefused("table_unreadable") from problem


def _xlsx(content: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise DocumentRefused("table_too_long", most=MOST_ROWS)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS):
            yield [_text(cell) for cell in row]
    except DocumentRefused:
        raise
    except Exception as problem:  # whatever openpyxl and its parsers make of a broken file
        raise DocumentRefused("table_unreadable") from problem


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # a number of 18 digits loses its last ones in a spreadsheet; the check will say so
    return str(cell).strip()


def written(heads: Row, rows: Iterable[Sequence[object]]) -> bytes:
    """An XLSX of texts, numbers and days; a text that begins as a formula does is kept, and marked, as a text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    def cell(value: Any, *, bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, _printable(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            made.data_type = "s"
            made.quotePrefix = value.startswith(FORMULA_BEGINS)
        if bold:
            made.font = Font(bold=True)
        return made

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for column in range(1, len(heads) + 1):
        sheet.column_dimensions[chr(ord("A") + column - 1)].width = WIDTH
    sheet.append([cell(head, bold=True) for head in heads])
    for row in rows:
        sheet.append([cell(value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _printable(text: str) -> str:
    """Without what no cell can hold."""
    return "".join(character for character in text if character >= " " or character in "\t\n")
