"""What the public pages say about each service: its SOP file, read once and handed to MkDocs; its papers to download.

Never writes a sentence itself: the pages and partials under ``site/`` do, with the values given here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

from jinja2 import FileSystemLoader

from portal.chart import layout
from portal.chart.svg import svg
from portal.config import Config
from portal.core.errors import SopInvalid
from portal.core.parts import Step
from portal.core.sop import Sop
from portal.documents.inspection import Limits
from portal.editions import read_calendar, read_language, read_papers, read_services, read_sop
from portal.papers.printing import Press
from portal.papers.sheets import OfficialForm, Paper
from portal.papers.sop_paper import Source, print_sop
from portal.papers.stationery import Papers
from portal.site.pages import OWN, SHARED, Published

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
    """The part of the mkdocs-macros plugin that is used here: ``conf`` is of the site, ``config`` the plugin's own."""

    conf: Mapping[str, Any]
    config: Mapping[str, Any]
    variables: dict[str, Any]
    project_dir: str
    page: Any
    env: Any


@dataclass(frozen=True)
class SopFile:
    """The SOP as a file of the site, beside the page that offers it."""

    name: str
    content: bytes = field(repr=False)

    @property
    def kilobytes(self) -> int:
        return max(1, round(len(self.content) / 1024))


def define_env(env: MacrosPlugin) -> None:
    """Give pages and theme the services that ``office.toml`` lists, or those that ``extra.chosen`` of mkdocs.yml names.

    Raises:
        mkdocs.exceptions.PluginError: a SOP is not one that the portal would run, in one line with file and key of
            the first mistake; a page that it names is not there; or a library that draws its paper is missing.
    """
    from mkdocs.exceptions import PluginError

    extra: dict[str, Any] = env.conf["extra"]
    schemas = Path(env.project_dir) / (extra.get("schemas") or "schemas")
    named = [name.strip() for name in (extra.get("chosen") or "").split(",") if name.strip()]
    site = str(env.conf.get("site_url") or "").rstrip("/")
    try:
        offered = read_services(schemas, named, read_sop)
        services = [Published(edition, schemas / edition.service, offered.base(edition.service)) for edition in offered]
        for each in services:
            each.facts.update(facts_of(each, site, extra))
    except SopInvalid as problem:
        first = problem.problems[0]  # `portal check` tells all
        told = (first.file, first.key, first.value if isinstance(first.value, str) else "", first.expected)
        raise PluginError(": ".join(filter(None, told))) from problem
    except ImportError as problem:
        raise PluginError(str(problem)) from problem
    shared = Path(env.conf.get("docs_dir", "site")) / SHARED
    for each in services:
        if missing := each.missing(shared):
            raise PluginError(f"{each.folder / OWN}: {', '.join(missing)}")
    extra["services"], extra["sop"] = services, offered.general  # the theme's templates see only this
    extra["general"] = dict(services[0].facts)  # what pages say that are about no service
    product = services[0].edition.data["product"]
    if len(services) > 1:
        product = extra["words"]["product"]
        extra["general"] |= {"sop": offered.general, "secrets": extra["words"]["secrets"]}
    env.variables.update({"services": services, "product": product, **extra["general"]})


def on_pre_page_macros(env: MacrosPlugin) -> None:
    """Before a page is written: what it says is its own service's, and so are the parts that it is made of."""
    source = env.page.file.src_uri
    about: Published | None = env.conf["extra"]["of_page"].get(source)
    env.variables.update(about.facts if about else env.conf["extra"]["general"])
    own = (about or env.variables["services"][0]).folder / OWN / "_partials"
    env.env.loader = _loader(str(own), str(Path(env.project_dir) / env.config["include_dir"]))


@cache
def _loader(*folders: str) -> FileSystemLoader:
    return FileSystemLoader(folders)


def facts_of(published: Published, site: str, extra: Mapping[str, Any]) -> dict[str, Any]:
    """What the pages of a service may say.

    Args:
        site: public address of the site, or nothing where it is not known.
        extra: of mkdocs.yml: ``portal_notes``, with what the portal adds to the SOP; ``words`` of the site's own.

    Raises:
        SopInvalid: its hours or papers do not fit.
        ImportError: a library that draws its papers is missing.
    """
    edition, folder, beyond = published.edition, published.folder, bool(extra.get("portal_notes", True))
    calendar = read_calendar(edition, folder)  # pages print the hours as they are written: they have to be hours
    papers = read_papers(edition, folder)
    own = site and f"{site}{published.base}".rstrip("/")
    return {
        "base": published.base,
        "sop": edition.data,
        "form": edition.form,
        "total_minutes": edition.minutes,
        "total_time": edition.total_time,
        "untimed": len(edition.untimed),
        "days_at_least": days_at_least(edition),
        "table": table(edition),
        "limits": limits_of(Limits()),
        "applicants_steps": applicants_steps(edition),
        "charts": charts(edition, beyond),
        "downloads": list(downloads(papers, folder, own)) if papers else [],
        "sop_file": sop_file(edition, own, beyond),
        "secrets": edition.data["sentences"].get("secrets") or extra.get("words", {}).get("secrets"),
        "apply": "/ajukan" if published.base == "/" else f"/ajukan/{edition.service}",
        "officials": officials(edition),
        "pictures": {path.stem for path in (folder / OWN / "assets" / "panduan").glob("*.webp")},
        "step": edition.step,
        "time_of": {row.key: edition.time(row) for row in edition.rows}.__getitem__,
        "role": edition.role,
        "number": edition.number,
        "date": read_language(calendar).date,
        "sheet": lambda key: papers and papers.sheet(_of(papers, key)),
        "reasons": lambda action: [reason.label for reason in edition.reasons_for(action)],
        "example": lambda meaning: edition.form["properties"][edition.applicant[meaning]]["examples"][0],
    }


def days_at_least(sop: Sop) -> int:
    """How many working days after the first one the end is at the soonest: each visit is on another day than its
    invitation, and what the SOP allows in days takes those."""
    times = [row.time for row in sop.rows if row.time and row.time.minutes is None]
    return sum(step.kind == "visit" for step in sop.steps) + sum(time.number for time in times)


def limits_of(limits: Limits) -> dict[str, int]:
    """Return what an upload may measure, in the units that people read: ``megabytes``, ``pages``, ``pixels``."""
    return {
        "megabytes": limits.max_bytes // 1024**2,
        "pages": limits.max_pages,
        "pixels": limits.min_pixels,
    }


def on_post_build(env: MacrosPlugin) -> None:
    """Put the papers into the built site, each beside the page that offers it."""
    for published in env.variables["services"]:
        facts = published.facts
        file: SopFile = facts["sop_file"]
        papers = [(DOWNLOADS, each.files) for each in facts["downloads"]]
        for folder, files in [*papers, (_SOP_PAGE, {file.name: file.content})]:
            target = Path(env.conf["site_dir"]) / published.base[1:] / folder
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


def officials(sop: Sop) -> list[str]:
    """The titles of those who forward a case by an emailed link; in a SOP without any, of all who act in it."""
    acting = [step for step in sop.steps if step.role != sop.first.role]
    forwarding = [step.role for step in acting if step.kind == "disposition"]
    return [sop.role(key).label for key in dict.fromkeys(forwarding or [step.role for step in acting])]


def _cells(sop: Sop, marks: Mapping[str, str], step: Step | None = None) -> list[Cell]:
    columns: list[str] = sop.data["text"]["columns"]
    signs = {sop.role(key).column: sign for key, sign in marks.items()}
    acting = {sop.role(key).column for key in sop.acting(step.role)} if step else set()
    return [Cell(column, signs.get(column, ""), column in acting) for column in columns]
