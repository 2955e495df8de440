"""The markup of letters: from one text, as a letter's file and its values make it, to plain text and to blocks.

At the beginning of a line: ``- `` and ``1. `` for lists, ``! `` for what must not be overlooked,
``=> label: address`` for the one button, ``-> label: address`` for another link. Only what the file itself says is
markup: what people typed comes in through ``value``, and never is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from portal.forms.typed import visible

# Put before every value, and before its further lines; values themselves cannot contain them.
_MARK: Final = "\x02"
_FURTHER: Final = "\x03"
_LINE_ENDS: Final = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")

_KINDS: Final = (
    ("button", re.compile(r"=> (.+): (\S+)")),
    ("link", re.compile(r"-> (.+): (\S+)")),
    ("notice", re.compile(r"! ()(.+)")),
    ("list", re.compile(r"- ()(.+)")),
    ("steps", re.compile(r"\d+\. ()(.+)")),
)
# "Nomor tiket: TTE-...": a label of the letter, and nothing but a value after it.
_LABELLED: Final = re.compile(rf"{_MARK}?([^:{_MARK}]+:) {_MARK}(.+)")
_EMPTY_LINE: Final = re.compile(rf"(?:^|\n)[{_MARK}{_FURTHER} ]*(?=\n|$)")


@dataclass(frozen=True)
class Line:
    """A line of a block; ``label`` is empty, or what stands before a value ("Nomor tiket:") or names a link."""

    label: str
    text: str


@dataclass(frozen=True)
class Block:
    """A stretch of a letter: ``kind`` is paragraph, list, steps, notice, button or link (the text is the address)."""

    kind: str
    lines: tuple[Line, ...]


def value(said: object) -> object:
    """A value on its way into a letter: each line marked as typed, without control characters."""
    if not isinstance(said, str):
        return said
    return _MARK + f"\n{_FURTHER}".join(map(visible, _LINE_ENDS.split(said)))


def one_line(text: str) -> str:
    """For subjects and titles: no markup, no line break."""
    return " ".join(_unmarked(text).split())


def plain(text: str) -> str:
    """As plain text: addresses on a line of their own, at most one empty line between two others."""
    lines = "\n".join(_unmarked(_without_markup(line)).rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def blocks(text: str) -> list[Block]:
    """As blocks, for a page to show."""
    return [block for stretch in _EMPTY_LINE.split(text) for block in _runs(stretch.strip("\n").split("\n"))]


def _unmarked(text: str) -> str:
    return text.replace(_MARK, "").replace(_FURTHER, "")


def _without_markup(line: str) -> str:
    kind, found = _kind(line)
    if kind in ("button", "link"):
        return f"{found.label}:\n{found.text}"
    return found.text if kind == "notice" else line


def _runs(lines: Iterable[str]) -> Iterator[Block]:
    """Neighbouring lines of one kind in one block."""
    run = Block("", ())
    for line in filter(None, lines):
        kind, found = _kind(line)
        if line.startswith(_FURTHER) and run.lines:
            last = run.lines[-1]
            run = replace(run, lines=(*run.lines[:-1], replace(last, text=f"{last.text}\n{_unmarked(line)}")))
        elif kind == run.kind and kind not in ("button", "link"):
            run = replace(run, lines=(*run.lines, found))
        else:
            if run.lines:
                yield run
            run = Block(kind, (found,))
    if run.lines:
        yield run


def _kind(line: str) -> tuple[str, Line]:
    for kind, pattern in _KINDS:
        if found := pattern.fullmatch(line):
            return kind, Line(_unmarked(found[1]), _unmarked(found[2]))
    if found := _LABELLED.fullmatch(line):
        return "paragraph", Line(_unmarked(found[1]), _unmarked(found[2]))
    return "paragraph", Line("", _unmarked(line))
