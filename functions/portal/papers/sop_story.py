"""What stands on the SOP's paper, from the first page to the last: identity, steps, flowchart, notes; and the foot."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from reportlab.platypus import Flowable, PageBreak, Paragraph, Spacer

from portal.chart import layout
from portal.chart.flowchart import Chart, sections
from portal.core.sop import Sop
from portal.papers import qr, sop_steps
from portal.papers.flowchart_pdf import draw_section, fitting, legend
from portal.papers.sop_parts import FOOT, ROOM, SIDE, Bookmark, grid, row, table, write, write_item
from portal.papers.typeface import PLAIN, Pen

_QR: Final = 48.0
_LABEL, _ABOUT = 92.0, 150.0
_LEGEND: Final = 24.0
"""Height of what says, above a chart, which lines are dashed."""


def draw_foot(canvas: Any, address: str, said: Iterable[str]) -> None:
    """The code that leads to an address, and lines of text beside it."""
    qr.draw(canvas, address, SIDE, FOOT - 6 - _QR, _QR)
    canvas.setFont(PLAIN, 8)
    for number, each in enumerate(said):
        canvas.drawString(SIDE + _QR + 8, FOOT - 20 - 12 * number, each)


def story(sop: Sop, with_notes: bool) -> Iterator[Flowable]:
    """All that stands on the paper, from the first page to the last; ``with_notes``: also what the portal adds."""
    pen, marks = Pen(), sop.data["paper"]
    yield Bookmark("identity", marks["identity"])
    yield from _identity(sop, pen)
    yield PageBreak()
    yield Bookmark("steps", marks["steps"])
    yield from (write(pen, said, 10, bold=True, centred=True) for said in sop.data["text"]["title"])
    yield Spacer(1, 8)
    yield from sop_steps.tables(sop, pen)
    yield PageBreak()
    yield Bookmark("chart", marks["chart"])
    yield from _chart(sop, with_notes, pen)
    notes = [note for note in sop.data.get("notes", ()) if note["public"]]
    if with_notes and notes:
        yield PageBreak()
        yield Bookmark("notes", marks["notes"])
        yield write(pen, marks["notes"], 12, bold=True)
        yield write(pen, marks["notes_intro"])
        yield Spacer(1, 8)
        for note in notes:
            about = write(pen, f"{note['number']}. {note['about']}", bold=True)
            yield row(about, write(pen, note["text"]), widths=(_ABOUT, ROOM - _ABOUT))


def _identity(sop: Sop, pen: Pen) -> Iterator[Flowable]:
    """Title, identity block, and what the SOP rests on."""
    text, labels, half = sop.data["text"], sop.data["text"]["labels"], ROOM / 2
    yield from (write(pen, said, 12, bold=True, centred=True) for said in text["title"])
    yield from (write(pen, said, 10, centred=True) for said in _said(text, "year"))
    yield Spacer(1, 8)
    keys = [key for key in ("number", "created", "revised", "approved", "approved_by", "name") if key in text]
    facts: list[list[Any]] = [["", write(pen, labels[key], bold=True), write(pen, text[key])] for key in keys]
    facts[0][0] = _office(sop, pen)
    office = (0, 0), (0, -1)
    yield table(facts, [half, _LABEL, half - _LABEL], grid(), ("SPAN", *office), ("VALIGN", *office, "MIDDLE"))
    parts = ("legal_basis", "qualifications", "related", "equipment", "warning", "record")
    blocks = [_block(labels[key], text[key], pen) for key in parts if key in text]
    for pair in zip(blocks[::2], blocks[1::2], strict=False):
        yield row(*pair, widths=(half, half))
    if len(blocks) % 2:
        yield row(blocks[-1], widths=(ROOM,))
    yield Spacer(1, 6)
    yield write(pen, sop.data["paper"]["note"], 8)


def _office(sop: Sop, pen: Pen) -> list[Paragraph]:
    text, labels = sop.data["text"], sop.data["text"]["labels"]
    contact = " ".join(f"{labels[key]} {text[key]}" for key in ("website", "email") if key in text)
    large = [write(pen, said, 10, bold=True, centred=True) for said in (*text["institution"], *_said(text, "unit"))]
    small = [write(pen, said, centred=True) for said in (*_said(text, "address", "telephone"), contact) if said]
    head = len(text["institution"])
    return [*large[:head], *small, *large[head:]]


def _said(text: Mapping[str, Any], *keys: str) -> list[str]:
    """Of parts that a SOP may leave out, those that are there."""
    return [text[key] for key in keys if key in text]


def _block(label: str, said: str | list[str], pen: Pen) -> list[Paragraph]:
    heading = write(pen, label, bold=True)
    if isinstance(said, str):
        return [heading, write(pen, said)]
    return [heading, *(write_item(pen, number, each) for number, each in enumerate(said, start=1))]


def _chart(sop: Sop, with_notes: bool, pen: Pen) -> Iterator[Flowable]:
    """The flowchart, a page for each page of the office's own."""
    chart = layout.across(sop, beyond=with_notes)
    dashed = sop.data["chart"]["legend"]["beyond"] if with_notes else ""
    for number, section in enumerate(sections(chart)):
        if number:
            yield PageBreak()
        yield write(pen, chart.title, 10, bold=True)
        yield _Section(chart, section, dashed)


class _Section(Flowable):
    """A section of the flowchart in what is left of a page, below what its dashed lines mean."""

    def __init__(self, chart: Chart, section: tuple[float, float], dashed: str) -> None:
        super().__init__()
        self._chart, self._section, self._dashed = chart, section, dashed

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width, self.height = width, height
        return width, height

    def draw(self) -> None:
        if self._dashed:
            legend(self.canv, self._dashed, (0, self.height - _LEGEND / 2))
        scale = fitting(self._chart, self.width, self.height - _LEGEND)
        left = (self.width - self._chart.width * scale) / 2
        draw_section(self.canv, self._chart, self._section, (left, self.height - _LEGEND), scale)
