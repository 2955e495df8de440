"""What the public pages say about a service: its SOP file, read once and handed to MkDocs; and its papers to download.

Never writes a sentence itself: the pages and partials under ``site/`` do, with the values given here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from portal.chart import layout
from portal.chart.svg import svg
from portal.config import Config
from portal.core.errors import SopInvalid
from portal.core.sop import Sop, Step
from portal.documents.inspection import Limits
from portal.editions import read_calendar, read_language, read_papers, read_sop
from portal.papers.printing import Press
from portal.papers.sheets import OfficialForm, Paper
from portal.papers.sop_paper import Source, print_sop
from portal.papers.stationery import Papers

DOWNLOADS: Final = "formulir"
"""Folder of the site that the papers lie in, and of the service that the official forms come from."""

_SOP_PAGE: Final = "sop"


@dataclass(frozen=True)
class Download:
    """A paper as the download page offers it: ``files`` by name, and the official form where that has its place."""

    paper: Paper | None
    official: OfficialForm | None
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Cell:
    """An actor's cell of the SOP's table: the ``sign`` that the office's text has there; does the actor act?

    Who acts is put together from what the step says (domain 6.2); the text itself has no sign for it in most rows.
    """

    column: str
    sign: str
    acts: bool


@dataclass(frozen=True)
class Row:
    """A row of the SOP's table: the number of its step, 0 for a row that is none; its verbatim parts; its cells."""

    number: int
    text: Mapping[str, str]
    cells: list[Cell]


class MacrosPlugin(Protocol):
    """The part of the mkdocs-macros plugin that is used here."""

    conf: Mapping[str, Any]
    variables: dict[str, Any]
    project_dir: str

    def macro(self, v: Callable[..., Any], name: str = "") -> Callable[..., Any]:
        """Make a function callable from pages."""


@dataclass(frozen=True)
class SopFile:
    """The SOP as a file of the site, beside the page that offers it."""

    name: str
    content: bytes = field(repr=False)

    @property
    def kilobytes(self) -> int:
        return max(1, round(len(self.content) / 1024))


def define_env(env: MacrosPlugin) -> None:
    """Give pages and theme the SOP of the service that ``extra.service`` of mkdocs.yml names.

    Raises:
        mkdocs.exceptions.PluginError: the SOP is not one that the portal would run, in one line with file and key
            of the first mistake; or a library that draws its paper is missing.
    """
    from mkdocs.exceptions import PluginError

    folder = Path(env.project_dir) / "schemas" / env.conf["extra"]["service"]
    try:
        edition = read_sop(folder)
        calendar = read_calendar(edition, folder)  # pages print the hours as they are written: they have to be hours
        papers = read_papers(edition, folder)
    except SopInvalid as problem:
        first = problem.problems[0]  # `portal check` tells all
        told = (first.file, first.key, first.value if isinstance(first.value, str) else "", first.expected)
        raise PluginError(": ".join(filter(None, told))) from problem
    env.conf["extra"]["sop"] = edition.data  # the theme's own templates see the configuration only
    limits = limits_of(Limits())
    env.variables.update({"sop": edition.data, "form": edition.form, "total_minutes": edition.minutes})
    env.variables.update({"total_time": edition.total_time, "untimed": len(edition.untimed)})
    env.variables.update({"table": table(edition), "limits": limits, "applicants_steps": applicants_steps(edition)})
    site = str(env.conf.get("site_url") or "").rstrip("/")
    env.macro(edition.step, "step")
    env.macro(lambda key: edition.time(edition.step(key)), "time_of")
    env.macro(edition.role, "role")
    env.macro(read_language(calendar).date, "date")
    beyond = bool(env.conf["extra"].get("portal_notes", True))
    env.variables["charts"] = charts(edition, beyond)
    try:
        env.variables["downloads"] = list(downloads(papers, folder, site)) if papers else []
        env.variables["sop_file"] = sop_file(edition, site, beyond)
    except ImportError as problem:
        raise PluginError(str(problem)) from problem
    if papers:
        env.macro(lambda key: papers.sheet(_of(papers, key)), "sheet")
    env.macro(lambda action: [reason.label for reason in edition.reasons_for(action)], "reasons")
    env.macro(lambda meaning: edition.form["properties"][edition.applicant[meaning]]["examples"][0], "example")


def limits_of(limits: Limits) -> dict[str, int]:
    """Return what an upload may measure, in the units that people read: ``megabytes``, ``pages``, ``pixels``."""
    return {
        "megabytes": limits.max_bytes // 1024**2,
        "pages": limits.max_pages,
        "pixels": limits.min_pixels,
    }


def on_post_build(env: MacrosPlugin) -> None:
    """Put the papers into the built site, each beside the page that offers it."""
    file: SopFile = env.variables["sop_file"]
    papers = [(DOWNLOADS, each.files) for each in env.variables["downloads"]]
    for folder, files in [*papers, (_SOP_PAGE, {file.name: file.content})]:
        target = Path(env.conf["site_dir"]) / folder
        target.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (target / name).write_bytes(content)


def charts(sop: Sop, beyond: bool) -> dict[str, str]:
    """The SOP's flowchart as pictures for its page: ``across`` for wide screens and paper, ``down`` for phones."""
    return {
        "across": svg(layout.across(sop, beyond=beyond), "bagan-lebar", "flow-across"),
        "down": svg(layout.down(sop, beyond=beyond), "bagan-tegak", "flow-down"),
    }


def sop_file(sop: Sop, site_url: str, notes: bool) -> SopFile:
    """The SOP as a PDF that leads back to its page; without a public address to the rehearsal's, and it says so."""
    address = (site_url or Config.from_environment({}).address).rstrip("/")
    source = Source(sop, f"{address}/{_SOP_PAGE}/", rehearsal=not site_url, notes=notes)
    return SopFile(f"sop-{sop.service}.pdf", print_sop(source))


def downloads(papers: Papers, folder: Path, site: str) -> Iterator[Download]:
    """Every paper in the order of ``papers.toml``, an official form in the place of the one it replaces, then the rest.

    Args:
        folder: of the service; official forms lie in its ``formulir``.
        site: public address of the site, or nothing where it is not known.
    """
    press = Press(papers, site)
    for paper in papers.all:
        official = papers.stands_in(paper)
        if official:
            yield Download(paper, official, _kept(folder, official))
        else:
            names = (f"{paper.key}.{ending}" for ending in paper.formats)
            yield Download(paper, None, {name: press.print(name)[0] for name in names})
    for form in papers.official:
        if not form.replaces:
            yield Download(None, form, _kept(folder, form))


def _kept(folder: Path, form: OfficialForm) -> dict[str, bytes]:
    return {form.file: (folder / DOWNLOADS / form.file).read_bytes()}


def _of(papers: Papers, key: str) -> Paper:
    return next(paper for paper in papers.all if paper.key == key)


def table(sop: Sop) -> list[Row]:
    """The rows of the SOP's table in order, with those that are no steps."""
    rows = []
    for number, step in enumerate(sop.rows, start=1):
        rows += [Row(0, row, _cells(sop, row.get("marks", {}))) for row in step.above]
        rows.append(Row(number, step.text, _cells(sop, step.marks, step)))
    return rows


def applicants_steps(sop: Sop) -> list[int]:
    """The numbers of the steps that the applicant acts in, comes to, or is where the office's text marks him."""
    applicant = sop.applying.key
    return [
        number
        for number, step in enumerate(sop.rows, start=1)
        if applicant in (step.role, *step.marks) or step.kind in ("visit", "handover")
    ]


def _cells(sop: Sop, marks: Mapping[str, str], step: Step | None = None) -> list[Cell]:
    columns: list[str] = sop.data["text"]["columns"]
    signs = {sop.role(key).column: sign for key, sign in marks.items()}
    acting = {sop.role(key).column for key in sop.acting(step.role)} if step else set()
    return [Cell(column, signs.get(column, ""), column in acting) for column in columns]
