"""The pages of the SOP's paper: rows and paragraphs from top to bottom, and a foot with the QR code on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from portal.flowchart import fill
from portal.flowchart_pdf import BOLD, PLAIN
from portal.sop import Sop

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


class Pages:
    """The pages one after another; ``y`` is how far down the present one is written."""

    def __init__(self, canvas: Any, source: Source, pages: int) -> None:
        self.canvas, self.source, self._pages = canvas, source, pages
        self.data, self.text = source.sop.data, source.sop.data["text"]
        self.labels: dict[str, str] = self.text["labels"]
        self.words: dict[str, str] = self.data["paper"]
        self.page, self.y = 1, HEIGHT - TOP

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
        self._qr(SIDE, FOOT - 6 - _QR)
        self.canvas.setFont(PLAIN, 8)
        for number, each in enumerate(said):
            self.canvas.drawString(SIDE + _QR + 8, FOOT - 20 - 12 * number, each)
        self.canvas.showPage()

    def mark(self, key: str) -> None:
        """A bookmark to what begins here."""
        self.canvas.bookmarkPage(key)
        self.canvas.addOutlineEntry(self.words[key], key, 0)

    def _qr(self, left: float, bottom: float) -> None:
        import segno

        matrix = segno.make_qr(self.source.address, error="m").matrix
        size = _QR / len(matrix)
        self.canvas.setFillGray(0)
        for row, modules in enumerate(matrix):
            for column, dark in enumerate(modules):
                if dark:
                    y = bottom + _QR - (row + 1) * size
                    # A little larger, as viewers leave white seams between what only touches.
                    self.canvas.rect(left + column * size, y, size + 0.1, size + 0.1, stroke=0, fill=1)

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
        number, _, rest = text.partition(" ")
        return Paragraph(escape(rest), style, bulletText=number) if hang else Paragraph(escape(text), style)

    def write(self, paragraphs: Sequence[Any], left: float, width: float, top: float) -> float:
        """Write paragraphs below a height; returns where they end."""
        for each in paragraphs:
            top -= each.wrap(width, HEIGHT)[1]
            each.drawOn(self.canvas, left, top)
        return top

    def measure(self, paragraphs: Sequence[Any], width: float) -> float:
        return float(sum(each.wrap(width, HEIGHT)[1] for each in paragraphs))

    def row(self, cells: Sequence[tuple[float, Sequence[Any]]], least: float = 0) -> float:
        """A ruled row of cells, each its width and paragraphs, on the next page if this one is full; its height."""
        high = max(least, *(self.measure(said, width - 2 * PAD) + 2 * PAD for width, said in cells))
        if self.y - high < FOOT:
            self.turn()
        left = SIDE
        self.canvas.setLineWidth(0.5)
        for width, said in cells:
            self.canvas.rect(left, self.y - high, width, high)
            self.write(said, left + PAD, width - 2 * PAD, self.y - PAD)
            left += width
        self.y -= high
        return high
