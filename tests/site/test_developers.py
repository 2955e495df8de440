"""What is written for those who carry the portal on names only what there is, and reaches nobody else by accident."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from portal.commands import cli
from portal.commands.officials import official
from tests.support.site_page import DEVELOPERS, Page

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "build" / "site"
PAGES = sorted((ROOT / "site" / "developers").rglob("*.md"))
WRITTEN = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")), *PAGES]
DOMAIN = ROOT / "site" / "developers" / "domain.md"
DECISIONS = [page for page in PAGES if re.match(r"\d", page.name)]

ROOMS = ("functions", "infra", "schemas", "site", "tests")
READ = {".css", ".html", ".js", ".json", ".md", ".py", ".sh", ".toml", ".txt", ".xml", ".yaml", ".yml"}
INVENTED = {"schemas/lain/sop.toml"}
"""By a test, to be missing."""

FILE = re.compile(rf"(?<![\w/.-])(?:{'|'.join(ROOMS)})/[\w./-]*\w\.(?:{'|'.join(sorted(end[1:] for end in READ))})\b")
PLACE = re.compile(rf"(?<=`)(?:\.\w[\w.-]*/|(?:{'|'.join(ROOMS)})/)[\w./*-]*(?=`)")
"""In what is written, a folder or a pattern too; what has a ``<name>`` in it is none."""

TARGET = re.compile(r"(?:`|^ *)(?:\w+=\S+ )*make ([a-z][a-z-]*)", re.MULTILINE)
COMMAND = re.compile(r"python -m portal ((?:official )?[a-z-]+)")
LINK = re.compile(r"\]\((?!https?:)([^)\s]*)\)")
CITED = re.compile(r"\bdomain(?:\.md)? (\d+(?:\.\d+)?(?:, \d+\.\d+)*)")


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob("*") if path.suffix in READ and path != Path(__file__))
    yield from (*WRITTEN, ROOT / "Makefile", ROOT / "mkdocs.yml", ROOT / "pyproject.toml")


def missing_files(text: str) -> set[str]:
    return {name for name in FILE.findall(text) if not (ROOT / name).exists()} - INVENTED


def missing_places(text: str) -> set[str]:
    return {name for name in PLACE.findall(text) if not any(ROOT.glob(name.rstrip("/")))}


def missing_targets(text: str) -> set[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return {name for name in TARGET.findall(text) if not re.search(rf"^{name}:", makefile, re.MULTILINE)}


def missing_commands(text: str) -> set[str]:
    return set(COMMAND.findall(text)) - {*cli.main.commands, *(f"official {name}" for name in official.commands)}


def dead_links(page: Path, text: str) -> set[str]:
    return {link for link in LINK.findall(text) if not leads_somewhere(page, link)}


def leads_somewhere(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    return target.exists() and (not anchor or anchor in anchors(target.read_text("utf-8")))


def anchors(text: str) -> set[str]:
    """Of headings, as the site and the hosts of code make them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


def unknown_sections(text: str) -> set[str]:
    sections = set(re.findall(r"^#{2,3} (\d+(?:\.\d+)?)\.? ", DOMAIN.read_text("utf-8"), re.MULTILINE))
    return {number for said in CITED.findall(text) for number in said.split(", ")} - sections


def found(pages: Iterable[Path], wrong: Callable[[str], set[str]]) -> dict[str, list[str]]:
    told = {str(page.relative_to(ROOT)): sorted(wrong(page.read_text("utf-8"))) for page in pages}
    return {page: names for page, names in told.items() if names}


def test_every_file_that_is_named_anywhere_is_there() -> None:
    assert found(sources(), missing_files) == {}


@pytest.mark.parametrize("wrong", [missing_places, missing_targets, missing_commands])
def test_what_is_written_names_only_what_there_is(wrong: Callable[[str], set[str]]) -> None:
    assert found(WRITTEN, wrong) == {}


def test_links_lead_somewhere_also_where_the_code_is_hosted() -> None:
    told = {page.name: dead_links(page, page.read_text("utf-8")) for page in WRITTEN}
    assert {name: links for name, links in told.items() if links} == {}


def test_every_section_of_the_domain_that_is_cited_is_there() -> None:
    cited = {number for path in sources() for number in CITED.findall(path.read_text("utf-8"))}
    assert {"1.3", "2.1", "2.8", "3.5"} <= cited
    assert found(sources(), unknown_sections) == {}


@pytest.mark.parametrize(
    ("ask", "text", "told"),
    [
        (missing_files, "as functions/portal/attic.py does", "functions/portal/attic.py"),
        (missing_places, "in `tests/attic/`", "tests/attic/"),
        (missing_places, "in `tests/support/attic_*.py`", "tests/support/attic_*.py"),
        (missing_places, "`.attic/run`", ".attic/run"),
        (missing_targets, "`make attic`", "attic"),
        (missing_commands, "`python -m portal official dismiss --role x`", "official dismiss"),
        (lambda text: dead_links(ROOT / "README.md", text), "[a](attic.md)", "attic.md"),
        (lambda text: dead_links(DOMAIN, text), "[a](#attic)", "#attic"),
        (unknown_sections, "(domain" + ".md 2.3, 9.9)", "9.9"),
    ],
)
def test_what_is_not_there_is_told(ask: Callable[[str], set[str]], text: str, told: str) -> None:
    """A test of the tests above."""
    assert ask(text) == {told}


# --- the decisions ----------------------------------------------------------------------------------------------------


def test_decisions_are_numbered_and_all_of_them_are_listed() -> None:
    numbers = [int(page.name[:2]) for page in DECISIONS]
    listed = LINK.findall((DECISIONS[0].parent / "index.md").read_text("utf-8"))
    assert numbers == list(range(1, len(DECISIONS) + 1))
    assert sorted(listed) == [page.name for page in DECISIONS]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_says_what_led_to_it_and_what_follows_on_half_a_page(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequence"]
    assert re.search(r"^\d{1,2} \w+ 20\d\d · \[All decisions\]", text, re.MULTILINE)
    assert f"\n# {int(page.name[:2])}. " in text
    assert len(text.split()) < 300


# --- on the site ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built() -> dict[str, Page]:
    assert (SITE / "index.html").is_file(), "the site is not built: make build"
    paths = {path.relative_to(SITE).as_posix().removesuffix("index.html"): path for path in SITE.rglob("*.html")}
    return {url: Page(url=f"/{url}", html=path.read_text("utf-8")) for url, path in paths.items()}


def test_search_engines_and_the_sites_own_search_pass_them_over(built: dict[str, Page]) -> None:
    assert len(DEVELOPERS) > 20
    assert {built[url].meta.get("robots") for url in DEVELOPERS} == {"noindex"}
    index = json.loads((SITE / "search/search_index.json").read_text("utf-8"))
    assert [entry["location"] for entry in index["docs"] if "developers" in entry["location"]] == []


def test_of_the_public_pages_only_the_guides_lead_there(built: dict[str, Page]) -> None:
    leading = {url for url, page in built.items() if any("developers" in link for link in page.links)}
    assert leading - set(DEVELOPERS) == {"panduan/"}
