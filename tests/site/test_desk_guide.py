"""The guide of the clerk's desk: every command has its place in it, and what it says to press can be pressed."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from portal.commands.cli import main
from tests.support.places import ROOT

GUIDE = (ROOT / "site" / "panduan" / "meja.md").read_text("utf-8")
TEMPLATES = ROOT / "functions" / "portal" / "web" / "templates"

ELSEWHERE = {"Kembalikan untuk Perbaikan"}
"""What officials press: a word of the SOP file."""


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, (*path, name))
    else:
        yield " ".join(path)


def test_every_command_has_its_place_on_the_desk_or_says_why_it_has_none() -> None:
    rows = dict(re.findall(r"^\| `([a-z -]+)` \| (.+) \|$", GUIDE, re.MULTILINE))
    assert rows.keys() == set(commands(main))
    assert [name for name, place in rows.items() if not re.match(r"\*\*|Tidak ada: |Halaman ", place)] == []


def test_what_is_to_be_pressed_stands_on_a_page() -> None:
    written = " ".join(path.read_text("utf-8") for path in sorted(Path(TEMPLATES).rglob("*.html")))
    bold = set(re.findall(r"\*\*([^*]+)\*\*", GUIDE)) - ELSEWHERE
    assert len(bold) > 20
    assert [words for words in sorted(bold) if words not in written] == []
