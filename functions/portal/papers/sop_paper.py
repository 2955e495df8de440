"""The SOP as a paper: a PDF in the form that government SOPs have, A4 across, drawn from the SOP file alone.

The same SOP and address give the same bytes. Every word is the SOP file's. The library that draws is loaded with the
first paper, not before.
"""

from dataclasses import dataclass

from portal.chart.flowchart import fill
from portal.core.sop import Sop
from portal.papers.gaps import without_gaps


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


def print_sop(source: Source) -> bytes:
    """The PDF.

    Raises:
        ImportError: the library that draws it is not installed.
    """
    from reportlab.pdfgen.canvas import Canvas

    from portal.papers.pages import print_pages
    from portal.papers.sop_parts import PAGE, WRITTEN
    from portal.papers.sop_story import draw_foot, story

    data = source.sop.data
    text, words = data["text"], data["paper"]
    facts = {key: str(text.get(key, "")) for key in ("number", "created", "revised", "approved", "unit", "year")}
    edition = without_gaps(words["version"], {**facts, "version": source.sop.version[:12]})
    where = fill(words["rehearsal_address" if source.rehearsal else "address"], address=source.address)

    def foot(canvas: Canvas, pages: int) -> None:
        number = fill(words["page"], page=canvas.getPageNumber(), pages=pages)
        draw_foot(canvas, source.address, (edition, where, number))

    return print_pages(
        lambda: story(source.sop, source.notes),
        foot,
        PAGE,
        WRITTEN,
        Canvas,
        title=" ".join(text["title"]),
        author=data["office"]["name"],
        subject=without_gaps(words["subject"], facts),
        keywords=fill(words["keywords"], title=data["title"]),
        lang="id-ID",
    )
