"""Nobody's page is left out of the walks for barriers."""

from pathlib import Path

from tests.support.walks import WALKS

TEMPLATES = Path(__file__).resolve().parents[2] / "functions" / "portal" / "web" / "templates"
PARTS = ("frame/", "macros/", "base.html", "paper.html", "acknowledgement.html")
"""What pages are put together from."""


def test_every_page_is_seen_light_and_dark_narrow_and_wide_by_some_walk() -> None:
    names = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html") if not path.name.startswith("_")}
    assert {name for name in names if not name.startswith(PARTS)} == set().union(*WALKS.values())
