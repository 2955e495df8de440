"""What a page is called stands in its head as it is written, whatever characters it has: MkDocs escapes nothing."""

from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader
from lxml.html import document_fromstring

from tests.support.places import ROOT

NAME = 'Kata "Sandi" & <Kode>'
OFFICE = {"short": 'Dinas "A" & B'}


def _head(title: str, **page: object) -> list[str]:
    """The window's title, and those of a shared link and of its house."""
    env = Environment(  # as MkDocs has it
        loader=FileSystemLoader([ROOT / "site" / "_theme", ROOT / "functions" / "portal" / "web" / "templates"])
    )
    env.globals["aset"] = "/aset"
    env.filters["card"] = lambda page: "/kartu.png"
    config = SimpleNamespace(site_name=NAME, site_description=NAME, extra=SimpleNamespace(sop={"office": OFFICE}))
    shown = SimpleNamespace(**{"meta": {"title": title}, "title": title, "is_homepage": False, **page})
    html = document_fromstring(env.get_template("partials/meta.html").render(page=shown, config=config))
    met = [html.xpath(f"//meta[@property='og:{what}']/@content")[0] for what in ("title", "site_name", "description")]
    return [html.findtext(".//title"), *met]


@pytest.mark.parametrize("title", ['Kata "sandi"', "Syarat & cara", "Lebih dari 3 > 2"])
def test_a_title_with_a_quote_is_whole(title: str) -> None:
    whole = f"{title} – {NAME}"
    assert _head(title) == [whole, whole, NAME, NAME]


def test_the_first_page_is_named_after_the_office() -> None:
    whole = f"{NAME} – {OFFICE['short']}"
    assert _head(NAME, is_homepage=True) == [whole, whole, NAME, NAME]
