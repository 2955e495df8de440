"""What the office's own text says, put together from the strings of a parsed SOP file in the text's order."""

from pathlib import Path
from typing import Any

OFFICE_TEXT = Path(__file__).parent / "naskah_sop.txt"

LEFT_BY_CONVERSION = ("**", '<ol style="list-style-type: none">', "<", ">")
"""Marks of the conversion from the office's PDF: bold, a stray list, addresses in brackets."""


def office_text() -> str:
    """The office's text without the marks of its conversion, white space as one space."""
    text = OFFICE_TEXT.read_text("utf-8")
    for mark in LEFT_BY_CONVERSION:
        text = text.replace(mark, "")
    return collapsed(text)


def put_together(sop: dict[str, Any]) -> str:
    """The strings of ``[text]`` and of each step's ``text``, with their numbers, white space as one space."""
    text, labels = sop["text"], sop["text"]["labels"]
    said = [*text["title"], text["year"], *text["institution"], text["address"], text["telephone"]]
    said += [labels["website"], text["website"], labels["email"], text["email"], *text["institution"]]
    for key in ("number", "created", "revised", "approved", "approved_by"):
        said += [labels[key], ":", text[key]]
    said += [labels["name"], text["name"], text["unit"]]
    said += [labels["legal_basis"], *_numbered(text["legal_basis"])]
    said += [labels["qualifications"], *_numbered(text["qualifications"])]
    said += [labels["related"], labels["equipment"], *_numbered(text["related"]), *_numbered(text["equipment"])]
    said += [labels["warning"], labels["record"], text["warning"], *_numbered(text["record"]), *text["title"]]
    said += [labels["step_number"], labels["activity"], labels["actors"], labels["quality"], text["remark_column"]]
    said += [*text["columns"], *text["quality_columns"]]
    for step in sop["steps"]:
        for row in (*step["text"].get("above", ()), step["text"]):
            said += [row.get("number", ""), row.get("activity", ""), *marks(sop, row)]
            said += [row.get(part, "") for part in ("completeness", "time", "output")]
    return collapsed(" ".join(said))


def marks(sop: dict[str, Any], row: dict[str, Any]) -> list[str]:
    """What stands in each actor's column of a row, in the order of the columns."""
    found = {role["column"]: row.get("marks", {}).get(role["key"], "") for role in sop["roles"]}
    return [found.get(column, "") for column in sop["text"]["columns"]]


def office_rows() -> list[list[str]]:
    """The cells of the rows below the headings of the office's table, except of rows in which nothing stands."""
    table = OFFICE_TEXT.read_text("utf-8").partition("\nNo\t")[2].splitlines()[2:]
    rows = [[cell.strip() for cell in line.split("\t")] for line in table]
    return [row for row in rows if any(row)]


def collapsed(text: str) -> str:
    return " ".join(text.split())


def _numbered(lines: list[str]) -> list[str]:
    return [f"{number}. {line}" for number, line in enumerate(lines, start=1)]
