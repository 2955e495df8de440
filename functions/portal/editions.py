"""A service's folder, read and checked: its SOP, its form, its papers, and the office hours with the holidays.

The portal that runs a service and the site that prints it both take it from here.
"""

import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from portal.core import worktime
from portal.core.errors import SopInvalid
from portal.core.language import Language
from portal.core.sop import Sop, parse
from portal.forms.form import Form, validate

if TYPE_CHECKING:
    from portal.papers.stationery import Papers

_Parsed = TypeVar("_Parsed")


def read_sop(folder: Path) -> Sop:
    """A service's SOP, checked against ``sop.schema.json`` and its cross-references.

    Raises:
        SopInvalid: names the file, the key, and what is expected there.
    """
    path, form_path = folder / "sop.toml", folder / "application.schema.json"
    data = read_toml(path)
    validate(read_json(folder.parent / "sop.schema.json"), data, str(path))
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
        for number, step in enumerate(edition.rows):
            for day, windows in (step.visit.windows if step.visit else {}).items():
                worktime.parse_hours(windows, f"steps[{number}].visit.windows.{day}")
        return worktime.calendar(edition.data["calendar"], read_toml(folder.parent / "holidays.toml"))


def read_papers(edition: Sop, folder: Path) -> "Papers | None":
    """The papers that people print and sign, with the official forms in their places; None for a service without any.

    Raises:
        SopInvalid: ``papers.toml`` or ``formulir/resmi.toml`` says something that does not fit; or a form lies in the
            folder that the list does not name, or the other way about.
    """
    from portal.papers.stationery import Papers

    path, listed = folder / "papers.toml", folder / "formulir" / "resmi.toml"
    if not path.exists():
        return None
    data, official = read_toml(path), read_toml(listed) if listed.exists() else {}
    validate(read_json(folder.parent / "papers.schema.json"), data, str(path))
    validate(read_json(folder.parent / "official-forms.schema.json"), official, str(listed))
    with _about(path):
        papers = Papers(data, official, edition, read_language(read_calendar(edition, folder)))
    named = {form.file for form in papers.official}
    present = {file.name for file in listed.parent.glob("*") if not file.name.startswith(".")} - {listed.name}
    if named != present:
        raise SopInvalid(
            "sop_invalid", file=str(listed), key=min(named ^ present), expected=", ".join(sorted(present)) or "-"
        )
    return papers


def _check_form(form: Any, path: Path) -> None:
    """Raises SopInvalid: no form can be made of the schema; the facts name the key that is missing or odd."""
    try:
        Form(form)
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


@cache
def read_messages() -> dict[str, Any]:
    """The sentences of ``messages.toml``: what is said by page, command line and paper alike."""
    return read_toml(Path(__file__).with_name("messages.toml"))


def read_language(calendar: worktime.Calendar) -> Language:
    """How dates, times and numbers are written where the office is."""
    dates = read_messages()["dates"]
    return Language(dates["months"], dates["days"], calendar.zone, calendar.label)


def read_json(path: Path) -> Any:
    """Raises SopInvalid (``sop_unreadable``)."""
    return _read(path, json.loads)


def read_toml(path: Path) -> dict[str, Any]:
    """What a file says, or what ``parse_beforehand`` has laid beside it. Raises SopInvalid (``sop_unreadable``)."""
    beforehand = _beforehand(path)
    if beforehand.exists():
        found: dict[str, Any] = pickle.loads(beforehand.read_bytes())  # noqa: S301 - it lies among our own code
        return found
    return _read(path, _parsed)


def parse_beforehand(path: Path) -> None:
    """Lay what a TOML file says beside it, for a package; parsing takes a function a twentieth of a cold start."""
    _beforehand(path).write_bytes(pickle.dumps(_read(path, _parsed)))


def _parsed(text: str) -> dict[str, Any]:
    import tomllib  # which a package has no use for

    return tomllib.loads(text)


def _beforehand(path: Path) -> Path:
    return path.with_name(f"{path.name}.parsed")


def _read(path: Path, parsed: Callable[[str], _Parsed]) -> _Parsed:
    try:
        return parsed(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise SopInvalid("sop_unreadable", file=str(path), key="", expected=str(problem)) from problem
