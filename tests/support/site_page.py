"""One built page of the site, as far as tests look at it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.support.places import ROOT
from tests.support.sop_texts import collapsed

BLOCKS = {"p", "li", "dt", "dd", "td", "th", "h1", "h2", "h3", "label", "summary", "caption", "title", "b", "button"}
LOADED = {("link", "href"), ("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src")}

DEVELOPERS = [
    path.relative_to(ROOT / "site").with_suffix("").as_posix().removesuffix("index").rstrip("/") + "/"
    for path in sorted((ROOT / "site/developers").rglob("*.md"))
]
"""For those who carry the portal on: in English, and kept from search engines."""


@dataclass
class Page(HTMLParser):
    """What a test wants to know about one built page."""

    url: str
    html: str
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)
    fields: list[dict[str, str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    lang: str = ""
    title: str = ""
    canonical: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._skipped = ""
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if given.get("rel") == "canonical":
            self.canonical = given["href"]
            return
        if "id" in given:
            self.ids.add(given["id"])
        for name, value in given.items():
            if (tag, name) in LOADED:
                self.loaded.append(value)
            if (tag, name) in LOADED | {("a", "href"), ("form", "action")}:
                self.links.append(value)
        if tag == "html":
            self.lang = given.get("lang", "")
        elif tag == "meta" and (named := given.get("name") or given.get("property")):
            self.meta[named] = given.get("content", "")
        elif tag == "form":
            self.forms.append(given)
        elif tag == "input":
            self.fields.append(given)
        elif tag == "tr":
            self.rows.append([])
        elif tag == "td" and self.rows:
            self.rows[-1].append("")
        elif tag in {"script", "style", "pre"}:
            self._skipped = tag
        if tag in BLOCKS:
            self.blocks.append("")
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipped:
            self._skipped = ""
        if tag == "title":
            self.title = self.title or collapsed(self.blocks[-1])
        if tag in BLOCKS - {"b"}:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self.blocks:
            self.blocks[-1] += data
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    @property
    def text(self) -> str:
        return collapsed(" ".join(self.blocks))
