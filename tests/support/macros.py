"""A stand-in for the mkdocs-macros plugin."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Macros:
    """Stands where the mkdocs-macros plugin stands."""

    def __init__(self, project: Path) -> None:
        self.conf: Mapping[str, Any] = {"extra": {"service": "penerbitan"}}
        self.variables: dict[str, Any] = {}
        self.project_dir = str(project)
        self.macros: dict[str, Any] = {}

    def macro(self, v: Any, name: str = "") -> Any:
        self.macros[name] = v
        return v
