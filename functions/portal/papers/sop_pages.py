"""The pages of the SOP's paper: rows and paragraphs from top to bottom, and a foot with the QR code on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from portal.chart.flowchart import fill
from portal.core.sop import Sop
from portal.papers import qr
from portal.papers.flowchart_pdf import BOLD, PLAIN

WIDTH, HEIGHT = 841.89, 595.28
"""A4 across, in points."""
SIDE, TOP, FOOT = 42.5, 34.0, 66.0
"""Margins; the foot stands in the lower one."""
ROOM: Final = WIDTH - 2 * SIDE
PAD: Final = 4.0
_QR: Final = 48.0


@dataclass(frozen=True)
class Source:
    """What the paper is made from.

    Attributes:
        address: of the page that shows this SOP; printed, and as a QR code.
        rehearsal: the address is not the office's own, and the paper says so.
        notes: with what the portal adds.
    """

    sop: Sop
    address: str
    rehearsal: bool
    notes: bool


Cell = tuple[float, Sequence[Any]]
"""The width of a cell, and its paragraphs."""


class Pages:
    """The pages one after another; ``y`` is how far down the present one is written.

    Args:
        canvas: reportlab's; ``pen``: ``sheet_parts.Pen``.
        pages: how many pages there are in all, for their feet.
    """

    def __init__(self, canvas: Any, pen: Any, source: Source, pages: int) -> None:
        self.canvas, self.source, self._pages = canvas, source, pages
        self.data, self.text = source.sop.data, source.sop.data["text"]
        self.labels: dict[str, str] = self.text["labels"]
        self.words: dict[str, str] = self.data["paper"]
        self.page, self.y = 1, HEIGHT - TOP
        self._pen = pen

    # --- Pages ------------------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Finish the page and begin another."""
        self.close()
        self.page, self.y = self.page + 1, HEIGHT - TOP

    def close(self) -> None:
        """Write the foot of the page."""
        facts = {**self.text, "version": self.source.sop.version[:12]}
        where = self.words["rehearsal_address" if self.source.rehearsal else "address"]
        said = [fill(self.words["version"], **facts), fill(where, address=self.source.address)]
        said.append(fill(self.words["page"], page=self.page, pages=self._pages))
        self.canvas.setFillGray(0)
        qr.draw(self.canvas, self.source.address, SIDE, FOOT - 6 - _QR, _QR)
        self.canvas.setFont(PLAIN, 8)
        for number, each in enumerate(said):
            self.canvas.drawString(SIDE + _QR + 8, FOOT - 20 - 12 * number, each)
        self.canvas.showPage()

    def mark(self, key: str) -> None:
        """A bookmark to what begins here."""
        self.canvas.bookmarkPage(key)
        self.canvas.addOutlineEntry(self.words[key], key, 0)

    # --- Text -------------------------------------------------------------------------------------------------------

    def paragraph(
        self, text: str, size: float = 8.5, bold: bool = False, centred: bool = False, hang: float = 0
    ) -> Any:
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        style = ParagraphStyle(
            "text",
            fontName=BOLD if bold else PLAIN,
            fontSize=size,
            leading=size * 1.22,
            alignment=1 if centred else 0,
            leftIndent=hang,
            bulletFontSize=size,
        )
        number, _, rest = self._pen.shown(text).partition(" ")
        return Paragraph(escape(rest), style, bulletText=number) if hang else self._pen.write(text, style)

    def write(self, paragraphs: Sequence[Any], left: float, width: float, top: float) -> float:
        """Write paragraphs below a height; returns where they end."""
        for each in paragraphs:
            top -= each.wrap(width, HEIGHT)[1]
            each.drawOn(self.canvas, left, top)
        return top

    def measure(self, paragraphs: Sequence[Any], width: float) -> float:
        return float(sum(each.wrap(width, HEIGHT)[1] for each in paragraphs))

    def row(self, cells: Sequence[Cell], least: float = 0) -> float:
        """A ruled row of cells, on the next page if this one is full; one taller than a page goes on over pages.

        Returns:
            The height of its last part.
        """
        high = max(least, *(self.measure(said, width - 2 * PAD) + 2 * PAD for width, said in cells))
        if self.y - high < FOOT and high <= HEIGHT - TOP - FOOT:
            self.turn()
        if self.y - high < FOOT:
            now, later = zip(*(self._cut(cell, self.y - FOOT - 2 * PAD) for cell in cells), strict=True)
            if any(said for _, said in now) and any(said for _, said in later):
                self._draw_row(now, self.y - FOOT)
                self.turn()
                return self.row(later, least)
        self._draw_row(cells, high)
        return high

    def _cut(self, cell: Cell, room: float) -> tuple[Cell, Cell]:
        """What of a cell's paragraphs still fits, and the rest."""
        width, said = cell
        fits = 0
        while fits < len(said) and self.measure(said[: fits + 1], width - 2 * PAD) <= room:
            fits += 1
        return (width, said[:fits]), (width, said[fits:])

    def _draw_row(self, cells: Sequence[Cell], high: float) -> None:
        left = SIDE
        self.canvas.setLineWidth(0.5)
        for width, said in cells:
            self.canvas.rect(left, self.y - high, width, high)
            self.write(said, left + PAD, width - 2 * PAD, self.y - PAD)
            left += width
        self.y -= high
