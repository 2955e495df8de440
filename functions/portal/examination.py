"""A service's folder examined whole: everything in it that does not fit, each with its place; reads, changes nothing.

What the portal itself needs of it is the business of ``editions``; this is for the person who writes the folder.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from textwrap import shorten
from typing import Any
from zoneinfo import ZoneInfo

from portal.core.changes import changes
from portal.core.errors import Problem
from portal.core.sop import Sop
from portal.core.worktime import Calendar
from portal.editions import (
    add_new,
    noted,
    read_calendar,
    read_json,
    read_messages,
    read_papers,
    read_toml,
    sketch,
)
from portal.forms.references import UNMADE
from portal.forms.shape import validate
from portal.places import line_of, lines


def examine(folder: Path) -> tuple[Sop | None, list[Problem]]:
    """The SOP as far as it can be made out, and all problems of its folder by file and line."""
    edition, told = sketch(folder)
    found = list(told)
    if edition:
        with noted(found):
            read_calendar(edition, folder)
        # Whether a paper fits does not depend on the hours, which may be what is wrong; on the form it does.
        with noted(found), suppress(*UNMADE):
            read_papers(edition, folder, Calendar(ZoneInfo("UTC"), "", {}))
    with noted(found):
        _check_rehearsal(edition, folder, found)
    for shape in sorted(folder.parent.glob("*.schema.json")):  # those too that no file of the folder is held against
        with noted(found):
            read_json(shape)
    placed = list(_placed(found))
    order = list(dict.fromkeys(problem.file for problem in placed))
    return edition, sorted(placed, key=lambda problem: (order.index(problem.file), problem.line))


def in_words(problem: Problem) -> str:
    """File and line; then the key, what is there, and what is expected."""
    said = read_messages()["cli"]
    there = said["absent"] if problem.value is None else json.dumps(problem.value, ensure_ascii=False, default=str)
    facts = {
        "place": f"{problem.file}:{problem.line}" if problem.line else problem.file,
        "title": read_messages()["errors"][problem.code]["title"],
        "key": problem.key,
        "value": shorten(there, 120, placeholder=" …"),
        "expected": problem.expected,
    }
    # Of a file that cannot be read, ``expected`` is what the reader said.
    last = "problem_said" if problem.code == "sop_unreadable" else "problem_expected"
    parts = ("problem", "problem_value" if problem.key else "", last if problem.expected else "")
    return "\n".join(said[part].format_map(facts) for part in parts if part)


def compared(old: Sop, new: Sop) -> str:
    """What a new edition says otherwise than the old one, and what that means for the cases under way."""
    words, found = read_messages(), list(changes(old, new))
    facts = {"service": new.service, "old": old.version[:12], "new": new.version[:12]}
    told = [words["cli"]["changes" if found else "changes_none"].format_map(facts)]
    for change in found:
        said = words["changes"][change.code]
        told += [f"- {said['said'].format_map(change.facts)}", f"  {said['running'].format_map(change.facts)}"]
    return "\n".join(told)


def _check_rehearsal(edition: Sop | None, folder: Path, found: list[Problem]) -> None:
    path = folder / "rehearsal.toml"
    if not path.exists():
        return
    data = read_toml(path)
    with noted(found, path):
        validate(read_json(folder.parent / "rehearsal.schema.json"), data, str(path))
    if edition:
        add_new(found, [replace(problem, file=str(path)) for problem in _of_rehearsal(edition, data)])


def _of_rehearsal(edition: Sop, data: Any) -> Iterator[Problem]:
    acting = [role.key for role in edition.roles if role.key != edition.applying.key]
    documents = [requirement.key for requirement in edition.documents]
    samples = [sample.get("name") for sample in data.get("samples", ())]
    wanted = [(f"officials[{n}].role", each.get("role"), acting) for n, each in enumerate(data.get("officials", ()))]
    for number, sample in enumerate(data.get("samples", ())):
        wanted.append((f"samples[{number}].document", sample.get("document"), documents))
        wanted.append((f"samples[{number}].of", sample.get("of"), samples))
    for key, value, allowed in wanted:
        if value is not None and value not in allowed:
            yield Problem(key, value, ", ".join(allowed), "sop_reference_unknown")


def _placed(found: list[Problem]) -> Iterator[Problem]:
    places: dict[str, dict[str, int]] = {}
    for problem in found:
        path = Path(problem.file)
        if problem.file not in places:
            places[problem.file] = lines(path.name, path.read_bytes()) if path.is_file() else {}
        # What cannot be read at all says itself where.
        said = re.search(r"\bline ([0-9]+)", problem.expected) if problem.code == "sop_unreadable" else None
        line = int(said[1]) if said else line_of(problem.key, places[problem.file])
        yield replace(problem, line=line)
