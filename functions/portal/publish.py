"""What the public pages say about a service: its SOP file, read once and handed to MkDocs.

Never writes a sentence itself: the pages and partials under ``site/`` do, with the values given here.
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

Sop = Mapping[str, Any]
Table = Mapping[str, Any]


class MacrosPlugin(Protocol):
    """The part of the mkdocs-macros plugin that is used here."""

    conf: Mapping[str, Any]
    variables: dict[str, Any]
    project_dir: str

    def macro(self, v: Callable[..., Any], name: str = "") -> Callable[..., Any]:
        """Make a function callable from pages."""


def define_env(env: MacrosPlugin) -> None:
    """Give pages and theme the SOP of the service that ``extra.service`` of mkdocs.yml names.

    Raises:
        mkdocs.exceptions.PluginError: the SOP file is missing, not TOML, or lacks what every page needs.
    """
    from mkdocs.exceptions import PluginError

    path = Path(env.project_dir) / "schemas" / env.conf["extra"]["service"] / "sop.toml"
    try:
        sop = read(path)
        minutes = total_minutes(sop)
        marks = {step["key"]: marks_of(sop, step) for step in sop["steps"]}
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PluginError(f"{path}: {error}") from error
    except KeyError as error:
        raise PluginError(f"{path}: the key {error} is missing") from error
    env.conf["extra"]["sop"] = sop  # the theme's own templates see the configuration only
    env.variables.update({"sop": sop, "total_minutes": minutes, "marks": marks})
    env.macro(lambda key: step_named(sop, key), "step")
    env.macro(lambda key: role_named(sop, key), "role")
    env.macro(lambda decision: reasons_for(sop, decision), "reasons")


def read(path: Path) -> Sop:
    """Return the SOP file as plain tables.

    Raises:
        OSError: it cannot be read.
        tomllib.TOMLDecodeError: it is not TOML; the message names line and column.
    """
    return tomllib.loads(path.read_text(encoding="utf-8"))


def total_minutes(sop: Sop) -> int:
    """Return the minutes of handling of all steps together (domain 6.2: 100)."""
    return sum(step["minutes"] for step in sop["steps"])


def marks_of(sop: Sop, step: Table) -> list[str]:
    """Return one mark for each actor column of the SOP, in order: ``acts``, ``joins``, ``ends`` or nothing.

    The applicant joins a visit and is where a handover ends (domain 6.2, column evidence of steps 6 and 7).
    """
    columns: list[str] = sop["text"]["columns"]
    marks = dict.fromkeys(columns, "")
    applicant = next(each["role"] for each in sop["steps"] if each["kind"] == "submission")
    theirs = {"visit": "joins", "handover": "ends"}.get(step["kind"], "")
    marks[role_named(sop, applicant)["column"]] = theirs
    marks[role_named(sop, step["role"])["column"]] = "acts"
    return [marks[column] for column in columns]


def step_named(sop: Sop, key: str) -> Table:
    """Return the step with this key.

    Raises:
        KeyError: there is none.
    """
    return _with_key(sop["steps"], key)


def role_named(sop: Sop, key: str) -> Table:
    """Return the role with this key.

    Raises:
        KeyError: there is none.
    """
    return _with_key(sop["roles"], key)


def reasons_for(sop: Sop, decision: str) -> list[str]:
    """Return the labels of the reasons that a decision (``return``, ``reject``, ``refuse``) may give."""
    return [reason["label"] for reason in sop["reasons"] if decision in reason["for"]]


def _with_key(tables: list[Table], key: str) -> Table:
    for table in tables:
        if table["key"] == key:
            return table
    raise KeyError(key)
