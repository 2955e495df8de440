"""What a printed paper consists of, as data: blocks from top to bottom, and what is to be written on each line.

``stationery`` makes sheets of a service's ``papers.toml``; ``sheet_pdf`` and ``sheet_docx`` draw them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True)
class Blank:
    """One thing to be written: as ``value`` says, or by whoever fills in the paper where that is empty.

    Attributes:
        name: of the field; the same question twice on a paper has the same name.
        limit: characters, at most.
        lines: to leave free for it.
        cells: boxes of one digit each; 0 for a plain line.
        is_fixed: the paper says it itself; nobody writes it.
    """

    name: str
    label: str
    hint: str = ""
    prefix: str = ""
    suffix: str = ""
    value: str = ""
    limit: int = 200
    lines: int = 1
    cells: int = 0
    is_fixed: bool = False

    @property
    def tip(self) -> str:
        return f"{self.label}. {self.hint}" if self.hint else self.label


@dataclass(frozen=True)
class Box:
    """Something to tick."""

    name: str
    label: str
    is_ticked: bool = False


@dataclass(frozen=True)
class Boxes:
    """Things to tick under one question; ``is_settled``: answered already."""

    label: str
    hint: str
    boxes: tuple[Box, ...]

    @property
    def is_settled(self) -> bool:
        return any(box.is_ticked for box in self.boxes)


Row = Blank | Boxes
Line = str | Blank


@dataclass(frozen=True)
class Letterhead:
    """``emblem``: a picture to the left of the lines. Its place stays free until there is one; ``place`` names it."""

    lines: tuple[Line, ...]
    emblem: bytes = b""
    place: str = ""


@dataclass(frozen=True)
class Text:
    """``style``: title, heading, body, small or notice."""

    text: str
    style: str = "body"


@dataclass(frozen=True)
class Single:
    """One line of its own; ``align``: left or right."""

    row: Blank
    align: str


@dataclass(frozen=True)
class Rows:
    """Labels with what belongs to them; ``is_ruled``: as a table with lines, for a form rather than a letter."""

    rows: tuple[Row, ...]
    is_ruled: bool = False
    is_indented: bool = False


@dataclass(frozen=True)
class Items:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """``room``: what an empty paper says where one signs; where somebody will, nothing stands in the way."""

    above: tuple[Line, ...]
    room: str
    below: tuple[Line, ...]


@dataclass(frozen=True)
class Signatures:
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class People:
    """A table with a numbered row for each of several people, on a page of its own.

    Attributes:
        heads: what the columns say; the number's has none of its own.
        widths: of the columns after the number, in millimetres.
        rows: for each person, for each column its lines.
    """

    title: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]


_STARTS: Final = ("heading", "body")

Block = Letterhead | Text | Single | Rows | Items | Signatures | People


@dataclass(frozen=True)
class Paper:
    """What is known of a paper without its content.

    Attributes:
        anchor: where the download page explains it.
        document: key of the SOP's document that it becomes once it is signed; empty if it is not uploaded.
        formats: endings, such as ``pdf``.
        use: what it is for; ``note``: what it is not.
        several: it is for several people at once, and so never empty.
    """

    key: str
    title: str
    anchor: str
    document: str
    formats: tuple[str, ...]
    version: str
    date: date
    use: str
    note: str
    several: bool = False


@dataclass(frozen=True)
class OfficialForm:
    """A form of an outside authority, as the office was given it: ``replaces`` is the key of a paper, or empty."""

    file: str
    title: str
    use: str
    version: str
    date: date
    replaces: str = ""


@dataclass(frozen=True)
class Sheet:
    """A paper to be drawn.

    Attributes:
        edition: one line with version, date and number of the SOP; ``note``: what an empty paper is not.
        where: public address of the paper's own page, or its path alone where the public address is not known.
        is_shortened: an answer was too long for the paper and ends with an ellipsis.
        words: ``page`` (with {page} and {pages}), ``unprintable`` and ``shortened``.
        author: the office.
        pages: that it keeps to, if it can by being written smaller; 0 where it takes what it needs.
        is_sample: it holds nobody's answers, nobody signs it, and it says in its foot what it is and where it is from.
    """

    paper: Paper
    blocks: tuple[Block, ...]
    edition: str
    note: str
    where: str
    words: Mapping[str, str]
    author: str
    is_shortened: bool = False
    pages: int = 0
    is_sample: bool = True

    @property
    def ending(self) -> int:
        """Where in ``blocks`` the part begins that stays on one page with the signatures, so that none stands alone."""
        last = len(self.blocks) - 1
        if not self.blocks or not isinstance(self.blocks[last], Signatures):
            return len(self.blocks)
        annex = max((n for n, block in enumerate(self.blocks) if isinstance(block, People)), default=-1)
        starts = (n for n, block in enumerate(self.blocks) if isinstance(block, Text) and block.style in _STARTS)
        return max((start for start in starts if start > annex), default=last)
