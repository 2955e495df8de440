"""A stand-in for the mkdocs-macros plugin."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Macros:
    """Stands where the mkdocs-macros plugin stands."""

    def __init__(self, project: Path) -> None:
        self.conf: Mapping[str, Any] = {"extra": {"words": {"product": "produk"}}, "docs_dir": str(project / "site")}
        self.config: Mapping[str, Any] = {"include_dir": "site/_partials"}
        self.variables: dict[str, Any] = {}
        self.project_dir = str(project)
        self.page: Any = None
        self.env: Any = None
