"""What a page costs over the wire: its own bytes and those of all it loads at once, as compressed as they are sent."""

import gzip
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

KB = 1024

LOADED = {("script", "src"), ("img", "src"), ("source", "src"), ("iframe", "src")}
LINKED = {"stylesheet", "icon", "preload", "modulepreload"}


@dataclass
class Loads(HTMLParser):
    """The addresses that a browser fetches together with a page."""

    html: str
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [value for name, value in attrs if (tag, name) in LOADED and value]
        if tag == "link" and LINKED & set((given.get("rel") or "").split()) and given.get("href"):
            self.found.append(given["href"] or "")


@dataclass(frozen=True)
class Weight:
    """Bytes by address, the page's own first."""

    parts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.parts.values())

    def without(self, beginning: str) -> int:
        """Bytes of everything but what lies below an address (a case's documents, say)."""
        return sum(size for address, size in self.parts.items() if beginning not in address)


def fetch(address: str, headers: Mapping[str, str] | None = None) -> tuple[bytes, Mapping[str, str]]:
    """The body as it is sent to a browser that understands gzip, and the headers."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip", **(headers or {})})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read(), dict(answer.headers.items())


def weigh(address: str, cookie: str = "") -> Weight:
    """Fetch a page and all it loads, once each."""
    headers = {"Cookie": cookie} if cookie else {}
    sent, told = fetch(address, headers)
    page = gzip.decompress(sent) if told.get("Content-Encoding") == "gzip" else sent
    parts = {address: len(sent)}
    for link in Loads(page.decode()).found:
        full = urljoin(address, link)
        if full not in parts and not full.startswith("data:"):
            parts[full] = len(fetch(full, headers)[0])
    return Weight(parts)
