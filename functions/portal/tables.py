"""A table that somebody has saved from a spreadsheet, as rows of texts: CSV or XLSX, whatever its file is called."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from portal.core.errors import DocumentRefused

MOST_ROWS: Final = 2000
MOST_COLUMNS: Final = 50
MOST_UNPACKED: Final = 32 * 1024**2
"""Bytes that an XLSX may unpack to: a small one may hold gigabytes."""

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
