"""The SOP as a paper: a PDF in the form that government SOPs have, A4 across, drawn from the SOP file alone.

The same SOP and address give the same bytes. Every word is the SOP file's.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from portal.chart import layout
from portal.chart.flowchart import fill, sections
from portal.papers import sop_steps
from portal.papers.flowchart_pdf import draw_section, fitting, legend
from portal.papers.sop_pages import FOOT, HEIGHT, PAD, ROOM, SIDE, TOP, WIDTH, Pages, Source


def print_sop(source: Source) -> bytes:
    """The PDF.

    Raises:
        ImportError: the libraries that draw it are not installed.
    """
    pages = _draw(source, pages=0)[1]
    return _draw(source, pages)[0]


def _draw(source: Source, pages: int) -> tuple[bytes, int]:
    from reportlab.pdfgen.canvas import Canvas

    from portal.papers.sheet_parts import Pen

    data, target = source.sop.data, BytesIO()
    canvas = Canvas(target, pagesize=(WIDTH, HEIGHT), invariant=1, lang="id-ID")
    canvas.setTitle(" ".join(data["text"]["title"]))
    canvas.setAuthor(data["office"]["name"])
    canvas.setCreator(data["office"]["name"])
    canvas.setSubject(fill(data["paper"]["subject"], **data["text"]))
    canvas.setKeywords(fill(data["paper"]["keywords"], title=data["title"]))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    paper = Pages(canvas, Pen(), source, pages)
    _identity(paper)
    _steps(paper)
    _chart(paper)
    if source.notes:
        _notes(paper)
    paper.close()
    canvas.save()
    return target.getvalue(), paper.page


def _identity(paper: Pages) -> None:
    """Title, identity block, and what the SOP rests on."""
    text = paper.text
    paper.mark("identity")
    title = [paper.paragraph(said, 12, bold=True, centred=True) for said in text["title"]]
    title.append(paper.paragraph(text["year"], 10, centred=True))
    paper.y = paper.write(title, SIDE, ROOM, paper.y) - 8
    contact = [text["address"], text["telephone"]]
    contact.append(f"{paper.labels['website']} {text['website']} {paper.labels['email']} {text['email']}")
    office = [paper.paragraph(said, 10, bold=True, centred=True) for said in text["institution"]]
    office += [paper.paragraph(said, 8.5, centred=True) for said in contact]
    office += [paper.paragraph(text["unit"], 10, bold=True, centred=True)]
    _identity_block(paper, office)
    for left, right in (("legal_basis", "qualifications"), ("related", "equipment"), ("warning", "record")):
        paper.row([(ROOM / 2, _block(paper, left)), (ROOM / 2, _block(paper, right))])
    paper.y = paper.write([paper.paragraph(paper.words["note"], 8)], SIDE, ROOM, paper.y - 6)


def _identity_block(paper: Pages, office: Sequence[Any]) -> None:
    half, label = ROOM / 2, 92.0
    rows = [
        (paper.paragraph(paper.labels[key], bold=True), paper.paragraph(paper.text[key]))
        for key in ("number", "created", "revised", "approved", "approved_by", "name")
    ]
    heights = [paper.measure([said], half - label - 2 * PAD) + 2 * PAD for _, said in rows]
    high, top = sum(heights), paper.y
    paper.canvas.setLineWidth(0.5)
    paper.canvas.rect(SIDE, top - high, half, high)
    paper.write(office, SIDE + PAD, half - 2 * PAD, top - (high - paper.measure(office, half - 2 * PAD)) / 2)
    for (name, said), each in zip(rows, heights, strict=True):
        paper.canvas.rect(SIDE + half, top - each, label, each)
        paper.canvas.rect(SIDE + half + label, top - each, half - label, each)
        paper.write([name], SIDE + half + PAD, label - 2 * PAD, top - PAD)
        paper.write([said], SIDE + half + label + PAD, half - label - 2 * PAD, top - PAD)
        top -= each
    paper.y -= high


def _block(paper: Pages, key: str) -> list[Any]:
    said = paper.text[key]
    heading = paper.paragraph(paper.labels[key], bold=True)
    if isinstance(said, str):
        return [heading, paper.paragraph(said)]
    return [heading, *(paper.paragraph(f"{number}. {each}", hang=16) for number, each in enumerate(said, start=1))]


def _steps(paper: Pages) -> None:
    """The table of steps on pages of its own."""
    paper.turn()
    paper.mark("steps")
    title = [paper.paragraph(said, 10, bold=True, centred=True) for said in paper.text["title"]]
    paper.y = paper.write(title, SIDE, ROOM, paper.y) - 8
    sop_steps.draw(paper)


def _chart(paper: Pages) -> None:
    """The flowchart, a page for each page of the office's own."""
    chart = layout.across(paper.source.sop, beyond=paper.source.notes)
    scale = fitting(chart, ROOM, HEIGHT - TOP - FOOT - 36)
    for number, section in enumerate(sections(chart)):
        paper.turn()
        if not number:
            paper.mark("chart")
        heading = paper.paragraph(chart.title, 10, bold=True)
        paper.y = paper.write([heading], SIDE, ROOM, paper.y) - 12
        if paper.source.notes:
            legend(paper.canvas, paper.data["chart"]["legend"]["beyond"], (SIDE, paper.y))
        left = SIDE + (ROOM - chart.width * scale) / 2
        draw_section(paper.canvas, chart, section, (left, paper.y - 12), scale)


def _notes(paper: Pages) -> None:
    """The portal's notes, apart from the office's text."""
    notes = [note for note in paper.data.get("notes", ()) if note["public"]]
    if not notes:
        return
    paper.turn()
    paper.mark("notes")
    said = [paper.paragraph(paper.words["notes"], 12, bold=True), paper.paragraph(paper.words["notes_intro"])]
    paper.y = paper.write(said, SIDE, ROOM, paper.y) - 8
    for note in notes:
        about = paper.paragraph(f"{note['number']}. {note['about']}", bold=True)
        paper.row([(150.0, [about]), (ROOM - 150.0, [paper.paragraph(note["text"])])])
