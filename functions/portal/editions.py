"""A service's folder, read and checked: its SOP, its form, its papers; the office it belongs to, and the holidays.

The portal that runs a service and the site that prints it both take it from here.
"""

import json
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from portal.core import worktime
from portal.core.errors import Problem, SopInvalid
from portal.core.language import Language
from portal.core.services import Services
from portal.core.sop import Sop, parse, restore
from portal.core.soundness import problems
from portal.forms.form import validate
from portal.forms.gathering import of_batch
from portal.forms.references import UNMADE, check_form
from portal.forms.shape import completed

if TYPE_CHECKING:
    from portal.papers import letterheads, stationery

OFFICE: Final = "office.toml"
WORDS: Final = "words.toml"
GATHERING: Final = "batch.schema.json"

_Parsed = TypeVar("_Parsed")


def offered(schemas: Path, named: Sequence[str] = ()) -> list[Path]:
    """The folders of the services that an office offers, or of those that are named, in that order."""
    return [schemas / name for name in named or read_toml(schemas / OFFICE).get("services", ())]


def read_services(schemas: Path, named: Sequence[str], read: Callable[[Path], Sop]) -> Services:
    """The present editions of the services offered.

    Raises:
        SopInvalid: one does not fit, is not called as its folder is, or is there twice.
    """
    editions = []
    for folder in offered(schemas, named):
        edition = read(folder)
        if edition.service != folder.name:
            file = str(folder / "sop.toml")
            raise SopInvalid("sop_invalid", file=file, key="service", value=edition.service, expected=folder.name)
        editions.append(edition)
    return Services(editions, _said_by_the_office(schemas) if len(editions) > 1 else {})


def read_sop(folder: Path) -> Sop:
    """A service's SOP, checked against ``sop.schema.json``, its form, and what its parts say of one another.

    Raises:
        SopInvalid: tells everything that does not fit: the file, the key, what is there and what is expected.
    """
    edition, found = sketch(folder)
    if found:
        raise SopInvalid.of(found)
    return edition or trusted_sop(folder)


def sketch(folder: Path) -> tuple[Sop | None, Sequence[Problem]]:
    """The SOP as far as it can be made out, and all that is wrong with it; of a sound one, nothing is."""
    path, form_path, schemas = folder / "sop.toml", folder / "application.schema.json", folder.parent
    found: list[Problem] = []
    data = form = shape = form_shape = None
    with noted(found):
        data = read_toml(path)
    with noted(found):
        shape = read_json(schemas / "sop.schema.json")
        if data is not None:
            data = _in_full(data, schemas)
            validate(shape, data, str(path))
            _check_office(data, path)
    with noted(found):
        form = read_json(form_path)
        form_shape = read_json(schemas / "form.schema.json")
        validate(form_shape, form, str(form_path))
    if form is not None:
        with noted(found, form_path):
            check_form(form)
    if data is None or form is None or shape is None or form_shape is None:
        return None, found
    if found:
        data, form = completed(shape, data), completed(form_shape, form)
    with suppress(*UNMADE, SopInvalid):  # an office that cannot be read has been told of
        if "batch" in data and not found:  # else what it borrows is told of already
            with noted(found, folder / GATHERING):
                data = _gathered(data, form, form_shape, folder)
        edition = parse(_at_the_office(data, schemas), form)
        add_new(found, [replace(problem, file=str(path)) for problem in problems(edition)])
        return edition, found
    return None, found


def trusted_sop(folder: Path) -> Sop:
    """The same of a folder that ``read_sop`` has checked before: checking takes a cold start a tenth of a second."""
    data = _at_the_office(_in_full(read_toml(folder / "sop.toml"), folder.parent), folder.parent)
    form = read_json(folder / "application.schema.json")
    return parse(_with_batch(data, form, folder), form)


def read_office(schemas: Path) -> dict[str, Any]:
    """What ``office.toml`` says: ``services``, the folders that are offered, ``office`` and ``calendar``.

    Raises:
        SopInvalid: it says something that does not fit ``office.schema.json``, or is not there.
    """
    path = schemas / OFFICE
    data = read_toml(path)
    validate(read_json(schemas / "office.schema.json"), data, str(path))
    return data


def _said_by_the_office(schemas: Path) -> dict[str, Any]:
    """What is said for several services together: by ``office.toml``, and in words that fit any of them."""
    office, words = schemas / OFFICE, schemas / WORDS
    named: dict[str, Any] = read_messages()["several"]
    said = _at_the_office(named, schemas) if office.exists() else named
    return {**said, "sentences": read_toml(words)["sentences"]} if words.exists() else said


def _at_the_office(data: Mapping[str, Any], schemas: Path) -> dict[str, Any]:
    """A service's file with what it leaves to its office to say; with all of it, where it stands without an office."""
    path = schemas / OFFICE
    office = read_toml(path) if path.exists() else {}
    said = {**office.get("office", {}), **data.get("office", {})}
    if "short" in said:
        said.setdefault("agency", said["short"])
    return {**data, "office": said, "calendar": data.get("calendar", office.get("calendar", {}))}


def _gathered(data: dict[str, Any], form: Any, shape: Any, folder: Path) -> dict[str, Any]:
    """The same with the form of its batches. Raises SopInvalid: that does not fit, or cannot be put together."""
    try:
        batch = _with_batch(data, form, folder)
        validate(shape, batch["batch"]["form"], str(folder / GATHERING))
        check_form(batch["batch"]["form"])
        return batch
    except UNMADE as problem:
        raise SopInvalid("sop_invalid", key=str(problem).strip("'"), expected="JSON Schema") from problem


def _with_batch(data: Mapping[str, Any], form: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What a service says, with the form of its batches where it has any."""
    more = {"form": of_batch(read_json(folder / GATHERING), form)} if "batch" in data else {}
    return {**data, "batch": {**data["batch"], **more}} if more else {**data}


def _in_full(said: Mapping[str, Any], schemas: Path) -> dict[str, Any]:
    """What a service says, and where it says nothing, the words that fit any (``words.toml``)."""
    path = schemas / WORDS
    return _over(said, read_toml(path)) if path.exists() else {**said}


def _over(said: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    tables = {key for key, word in words.items() if isinstance(word, Mapping) and isinstance(said.get(key), Mapping)}
    return {**words, **said, **{key: _over(said[key], words[key]) for key in tables}}


def _check_office(data: Mapping[str, Any], path: Path) -> None:
    """Raises SopInvalid: names the service's file where that says anything of the kind itself, else the office's."""
    schemas = path.parents[1]
    merged = _at_the_office(data, schemas)
    said = {"services": [data["service"]], "office": merged["office"], "calendar": merged["calendar"]}
    told = path if {"office", "calendar"} & data.keys() else schemas / OFFICE
    validate(read_json(schemas / "office.schema.json"), said, str(told))
    emblem = merged["office"].get("emblem")
    if emblem and not (schemas / emblem).is_file():
        raise SopInvalid(
            "sop_invalid", file=str(told), key="office.emblem", value=emblem, expected=str(schemas / emblem)
        )


def read_old(path: Path, present: Sop) -> Sop:
    """An edition of before: of a service's folder, or of a file with a snapshot (``Sop.snapshot``). Judges nothing.

    Raises:
        SopInvalid: it cannot be read, or nothing can be made of it.
    """
    try:
        return trusted_sop(path) if path.is_dir() else restore(_read(path, str), present)
    except UNMADE as problem:
        raise SopInvalid("sop_unreadable", file=str(path), expected=str(problem)) from problem


def read_calendar(edition: Sop, folder: Path) -> worktime.Calendar:
    """The office hours of a service's SOP, with the holidays that lie beside it.

    Raises:
        SopInvalid: hours that are none, of the office or for visits (``calendar_invalid``); all of them.
    """
    path, beside, office = folder / "sop.toml", folder.parent / "holidays.toml", folder.parent / OFFICE
    if office.exists() and read_toml(office).get("calendar") == edition.data["calendar"]:
        path = office
    found: list[Problem] = []
    for key, hours in _hours(edition):
        with noted(found, path if key.startswith("calendar.") else folder / "sop.toml"):
            worktime.parse_hours(hours, key)
    with noted(found, beside):
        holidays = read_toml(beside)
        with noted(found, beside):
            worktime.named_days(holidays.get("holiday", []), "holiday", "name")
        if not found:
            with _about(path):
                return worktime.calendar(edition.data["calendar"], holidays)
        with noted(found, path):
            worktime.calendar(edition.data["calendar"], {})
    raise SopInvalid.of(found)


def _hours(edition: Sop) -> Iterator[tuple[str, object]]:
    """Everything in the SOP that has to be hours, by its key."""
    said = edition.data["calendar"]
    weeks = {"calendar.hours": said.get("hours")}
    weeks |= {f"calendar.overrides[{n}].hours": each.get("hours") for n, each in enumerate(said.get("overrides", ()))}
    weeks |= {f"steps[{n}].visit.windows": step.visit.windows for n, step in enumerate(edition.rows) if step.visit}
    for key, week in weeks.items():
        for day, hours in week.items() if isinstance(week, Mapping) else ():
            yield f"{key}.{day}", hours
    for number, each in enumerate(said.get("open", ())):
        yield f"calendar.open[{number}].hours", each.get("hours")


def read_papers(edition: Sop, folder: Path, calendar: worktime.Calendar | None = None) -> "stationery.Papers | None":
    """The papers that people print and sign, with the official forms in their places; None for a service without any.

    Args:
        calendar: the office's, where it has been read already.

    Raises:
        SopInvalid: ``papers.toml`` or ``formulir/resmi.toml`` says something that does not fit; or a form lies in the
            folder that the list does not name, or the other way about.
    """
    from portal.papers.stationery import Papers

    path, listed = folder / "papers.toml", folder / "formulir" / "resmi.toml"
    if not path.exists():
        return None
    found: list[Problem] = []
    data = official = None
    with noted(found):
        data = read_toml(path)
        validate(read_json(folder.parent / "papers.schema.json"), data, str(path))
    with noted(found):
        official = read_toml(listed) if listed.exists() else {}
        validate(read_json(folder.parent / "official-forms.schema.json"), official, str(listed))
    if found or data is None or official is None:
        raise SopInvalid.of(found)
    with noted(found, path):
        language = read_language(calendar or read_calendar(edition, folder))
        papers = Papers(data, official, edition, language, read_letterheads(folder.parent))
    named = [form["file"] for form in official.get("forms", ())]
    present = sorted({file.name for file in listed.parent.glob("*") if not file.name.startswith(".")} - {listed.name})
    for file in sorted({*named} ^ {*present}):
        there = file if file in present else None
        found.append(Problem(file, there, ", ".join(named if there else present) or "resmi.toml", file=str(listed)))
    if found:
        raise SopInvalid.of(found)
    return papers


def read_letterheads(schemas: Path) -> "letterheads.Letterheads":
    """What heads the letters of the agencies (``letterhead`` of ``office.toml``). Raises SopInvalid."""
    from portal.papers import letterheads

    said = read_office(schemas).get("letterhead", {}) if (schemas / OFFICE).exists() else {}
    picture = schemas / said["emblem"] if "emblem" in said else None
    if picture and not picture.is_file():
        raise SopInvalid.of([Problem("letterhead.emblem", said["emblem"], str(picture), file=str(schemas / OFFICE))])
    return letterheads.listed(said, picture.read_bytes() if picture else b"")


@contextmanager
def noted(found: list[Problem], path: Path | None = None) -> Iterator[None]:
    """Whatever is wrong inside is added to what was found, with the file it is about; what was told is not repeated."""
    try:
        yield
    except SopInvalid as invalid:
        add_new(found, [replace(told, file=told.file or str(path or "")) for told in invalid.problems])


def add_new(found: list[Problem], more: Iterable[Problem]) -> None:
    """Add what was not told of its place yet."""
    told = {(problem.file, problem.key) for problem in found}
    found += [problem for problem in more if (problem.file, problem.key) not in told]


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Whatever is wrong inside is told with the file it is about."""
    found: list[Problem] = []
    with noted(found, path):
        yield
    if found:
        raise SopInvalid.of(found)


@cache
def read_messages() -> dict[str, Any]:
    """The sentences of ``messages.toml``: what is said by page, command line and paper alike."""
    return read_toml(Path(__file__).with_name("messages.toml"))


def read_language(calendar: worktime.Calendar) -> Language:
    """How dates, times and numbers are written where the office is."""
    return Language(read_messages()["dates"]["months"], read_messages()["dates"]["days"], calendar.zone, calendar.label)


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
