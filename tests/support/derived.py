"""A service made from ``schemas/penerbitan`` by writing something else, or nothing, in a few places."""

import re
import shutil
from pathlib import Path

from tests.support.places import SCHEMAS

LISTS = ("legal_basis", "qualifications", "related", "equipment", "record")
LINES = (
    "year", "address", "telephone", "website", "email", "number", "created", "revised", "approved", "approved_by",
    "unit", "warning",
)  # fmt: skip
PARTS = (*LINES, *LISTS)
"""What a SOP may leave out of its identity block."""


def derived(beside: Path, *changes: tuple[str, str], file: str = "sop.toml") -> Path:
    """The folder of a copy below ``beside``; each change is a pattern (over lines) and what stands there instead."""
    folder = beside / "schemas" / "penerbitan"
    if not folder.exists():
        shutil.copytree(SCHEMAS, beside / "schemas")
    path = folder / file
    text = path.read_text("utf-8")
    for pattern, instead in changes:
        text, found = re.subn(pattern, instead, text, flags=re.MULTILINE)
        assert found, pattern
    path.write_text(text, "utf-8")
    return folder


def step(key: str, pattern: str) -> str:
    """A pattern within one step, which is group 1 and what follows it."""
    return rf'(^key = "{key}"\nkind = (?:(?!^\[\[steps\]\]).*\n)*?){pattern}'


def without(key: str) -> tuple[str, str]:
    """What takes a part out of ``[text]``."""
    if key in LISTS:
        return rf"(^\[text\]\n(?:.*\n)*?){key} = \[(?:[^\]]*\n)*?[^\]\n]*\]\n", r"\1"
    return rf"(^\[text\]\n(?:.*\n)*?){key} = .*\n", r"\1"
