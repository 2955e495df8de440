"""What the office's own text says, put together from the strings of a parsed SOP file in the text's order."""

from pathlib import Path
from typing import Any

OFFICE_TEXT = Path(__file__).parent / "naskah_sop.txt"

LEFT_BY_CONVERSION = ("**", '<ol style="list-style-type: none">', "<", ">", "↓")
"""Marks of the conversion from the office's PDF: bold, a stray list, addresses in brackets, what is left of arrows."""


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
        row, ends = step["text"], step["kind"] == "handover"
        said += [row["number"], row["activity"], *([labels["end"]] if ends else [])]
        said += [row["completeness"], row["time"], row["output"]]
    return collapsed(" ".join(said))


def collapsed(text: str) -> str:
    return " ".join(text.split())


def _numbered(lines: list[str]) -> list[str]:
    return [f"{number}. {line}" for number, line in enumerate(lines, start=1)]
