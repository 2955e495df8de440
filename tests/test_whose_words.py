"""Whatever people read that belongs to no service and no office says neither's words, wherever it is kept."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.other_office import OURS
from tests.support.places import ROOT, SCHEMAS

COMMENT = re.compile(r'{#.*?#}|^\s*#.*?$|\s# .*?$|<!--.*?-->|"\$comment": .*?$', re.DOTALL | re.MULTILINE)


def read_by_people() -> Iterator[Path]:
    portal = ROOT / "functions" / "portal"
    for suffix in ("toml", "html", "txt", "js", "json", "css"):
        yield from portal.rglob(f"*.{suffix}")
    yield from (path for path in (ROOT / "site").rglob("*.md") if "developers" not in path.parts)
    yield from (ROOT / "site").rglob("*.html")
    yield from (SCHEMAS / name for name in ("words.toml", "holidays.toml", "decision.schema.json"))
    yield from SCHEMAS.glob("*.schema.json")


def test_they_are_neutral() -> None:
    said = {
        str(path.relative_to(ROOT)): sorted({found.group() for found in OURS.finditer(text)})
        for path in read_by_people()
        if (text := COMMENT.sub("", path.read_text("utf-8")))
    }
    assert len(said) > 150
    assert {path: words for path, words in said.items() if words} == {}
