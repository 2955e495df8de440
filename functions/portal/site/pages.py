"""Which pages the site has: those of the office, those that every service has, and those of a service alone.

``site/`` holds the office's; ``site/layanan/`` those that say of any service what its files say; ``pages/`` in a
service's folder its own, which go before those of the same name. One service's pages begin at the root, those of
several at ``/layanan/<service>/``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from portal.core.services import BELOW
from portal.core.sop import Sop

SHARED: Final = BELOW
"""Folder of ``site/`` with the pages that every service has, called as the address below which several services lie."""

OWN: Final = "pages"
"""Folder of a service with its own pages; names that begin with ``_`` are parts of pages, not pages."""

_OF_SEVERAL: Final = ("index.md", f"{SHARED}.md")
"""Pages of an office with several services, which one service needs not: it has a front page itself."""


@dataclass(frozen=True)
class Published:
    """A service as the site tells of it: ``base`` is the address that its pages begin with, ``facts`` what they say."""

    edition: Sop
    folder: Path
    base: str
    facts: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        return str(self.edition.data["title"])

    def sources(self, shared: Path) -> dict[str, Path]:
        """The pages and files of the service by the place in the site at which each is to be."""
        folders = (shared, self.folder / OWN)
        return {f"{self.base[1:]}{name}": path for folder in folders for name, path in _files(folder)}

    def missing(self, shared: Path) -> list[str]:
        """Pages that ``[pages]`` names for the menu, and that are not there."""
        there = {
            name.removesuffix(".md").removesuffix("/index") for name, _ in (*_files(shared), *_files(self.folder / OWN))
        }
        return [name for name in self.edition.data.get("pages", ()) if name not in there]


def is_left_out(source: str, several: bool) -> bool:
    """Is a file of ``site/`` no page of its own: a page of services, or one that a single service has no need of?"""
    return source.startswith(f"{SHARED}/") or (source in _OF_SEVERAL and not several)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(("_", ".")) for part in name.parts):
            yield name.as_posix(), path
