"""A service's folder, read and checked: its SOP, its form, and the office hours with the holidays beside them.

The portal that runs a service and the site that prints it both take it from here.
"""

import json
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from portal import forms, worktime
from portal.errors import SopInvalid
from portal.sop import Sop, parse

_Parsed = TypeVar("_Parsed")


def read_sop(folder: Path) -> Sop:
    """A service's SOP, checked against ``sop.schema.json`` and its cross-references.

    Raises:
        SopInvalid: names the file, the key, and what is expected there.
    """
    path, form_path = folder / "sop.toml", folder / "application.schema.json"
    forms.validate(read_json(folder.parent / "sop.schema.json"), read_toml(path), str(path))
    _check_form(read_json(form_path), form_path)
    return trusted_sop(folder)


def trusted_sop(folder: Path) -> Sop:
    """The same of a folder that ``read_sop`` has checked before: checking takes a cold start a tenth of a second."""
    path = folder / "sop.toml"
    with _about(path):
        return parse(read_toml(path), read_json(folder / "application.schema.json"))


def read_calendar(edition: Sop, folder: Path) -> worktime.Calendar:
    """The office hours of a service's SOP, with the holidays that lie beside it.

    Raises:
        SopInvalid: hours that are none, of the office or for visits (``calendar_invalid``).
    """
    with _about(folder / "sop.toml"):
        for number, step in enumerate(edition.steps):
            for day, windows in (step.visit.windows if step.visit else {}).items():
                worktime.parse_hours(windows, f"steps[{number}].visit.windows.{day}")
        return worktime.calendar(edition.data["calendar"], read_toml(folder.parent / "holidays.toml"))


def _check_form(form: Any, path: Path) -> None:
    """Raises SopInvalid: no form can be made of the schema; the facts name the key that is missing or odd."""
    try:
        forms.Form(form)
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        raise SopInvalid(
            "sop_invalid", file=str(path), key=str(problem).strip("'"), expected="JSON Schema"
        ) from problem


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Whatever is wrong inside is told with the file it is about."""
    try:
        yield
    except SopInvalid as problem:
        raise SopInvalid(problem.code, **{"file": str(path), **problem.facts}) from problem


def read_json(path: Path) -> Any:
    """Raises SopInvalid (``sop_unreadable``)."""
    return _read(path, json.loads)


def read_toml(path: Path) -> dict[str, Any]:
    """Raises SopInvalid (``sop_unreadable``)."""
    return _read(path, tomllib.loads)


def _read(path: Path, parsed: Callable[[str], _Parsed]) -> _Parsed:
    try:
        return parsed(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise SopInvalid("sop_unreadable", file=str(path), key="", expected=str(problem)) from problem
