"""The plan of the house: README's table of rooms, read, and what a source does that its row does not allow.

A row is an allow-list. What of ours and of others it does not name is forbidden, and of the standard library whatever
is not ``QUIET``. ``core`` may have no more of it than ``PURE``.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PORTAL: Final = ROOT / "functions" / "portal"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PURE: Final = _words("""
    abc bisect calendar collections contextlib copy dataclasses datetime decimal enum fractions functools
    hashlib heapq html itertools json math operator re string textwrap traceback types typing unicodedata zoneinfo
""")
"""What any room may have of the standard library; ``core`` no more. ``zoneinfo`` reads a table that never differs."""

QUIET: Final = PURE | _words("base64 csv email graphlib hmac io ipaddress logging mimetypes warnings zipfile")
"""What every other room may have besides: nothing that reaches the world by itself."""

ASKING: Final = _words("now utcnow today")
"""Methods of ``datetime`` and ``date`` that look at a clock."""

OPENING: Final = _words("open input print eval exec compile breakpoint globals __import__ __builtins__ __loader__")
"""Builtins by which files, or code that is made up, come in."""

DIFFERENT: Final = _words("hash id")
"""Builtins that answer otherwise in the next process; fields and arguments may be called so."""

FILES: Final = _words("open input eval exec breakpoint __import__ __builtins__ __loader__")
"""The same for rooms that may not read files."""


@dataclass(frozen=True)
class Room:
    """A row of the table.

    Attributes:
        names: of the room, a package; or of the modules that share a row.
        purpose: in one sentence.
        ours: rooms that may be imported; ``others``: outside libraries, and what reaches the world.
    """

    names: tuple[str, ...]
    purpose: str
    ours: frozenset[str]
    others: frozenset[str]

    @property
    def is_package(self) -> bool:
        return (PORTAL / self.names[0].replace(".", "/")).is_dir()


def read_plan(text: str) -> list[Room]:
    """The rooms in the order of the table, the lowest floor first."""
    lines = (line.split("|")[1:] for line in text.splitlines() if line.startswith("| `"))
    named = re.compile(r"`([^`]+)`").findall
    return [
        Room(tuple(named(names)), purpose.strip(), frozenset(named(ours)), frozenset(named(others)))
        for names, purpose, ours, others, _ in (line for line in lines if len(line) == 5)
    ]


PLAN: Final = read_plan((ROOT / "README.md").read_text("utf-8"))
MODULES: Final = sorted(path for path in PORTAL.rglob("*.py") if "__pycache__" not in path.parts)


def module(path: Path) -> str:
    """``core.sop``; ``web`` for the package's own file, empty for the portal's."""
    parts = path.relative_to(PORTAL).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room_of(name: str, plan: list[Room] = PLAN) -> str:
    """The longest name in the plan that the module is or lies below; empty if there is none."""
    known = {each for room in plan for each in room.names}
    steps = name.split(".")
    above = (".".join(steps[:length]) for length in range(len(steps), 0, -1))
    return next((each for each in above if each in known), "")


def row_of(name: str, plan: list[Room] = PLAN) -> Room | None:
    here = room_of(name, plan)
    return next((room for room in plan if here in room.names), None)


def imports(source: str) -> Iterator[str]:
    """Everything imported, also inside functions and for types only: ``portal.core.sop``, ``os``, ``reportlab``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "." * node.level
            elif node.module and _is_package(node.module):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            elif node.module:
                yield node.module


def _is_package(dotted: str) -> bool:
    return dotted.split(".", maxsplit=1)[0] == "portal" and PORTAL.parent.joinpath(*dotted.split(".")).is_dir()


def arrows(sources: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Which module imports which of ours, each named as in the sources."""
    for name, source in sources.items():
        for imported in imports(source):
            if imported.partition(".")[0] == "portal":
                target = imported.removeprefix("portal").removeprefix(".")
                yield name, target if target in sources else target.rpartition(".")[0]


def complaints(name: str, source: str, plan: list[Room] = PLAN) -> list[str]:
    """What a module does that its room's row does not allow."""
    row = row_of(name, plan)
    if row is None:
        return [f"{name}: no row of the table names it"]
    here, found = room_of(name, plan), []
    for imported in imports(source):
        top, _, rest = imported.partition(".")
        if top == "portal":
            target = room_of(rest, plan)
            if target not in {here, *row.ours, *row.names}:
                found.append(f"{name} imports {imported}")
        elif top not in row.others and not _free(top, here):
            found.append(f"{name} imports {imported}")
    return found + [f"{name} calls {call}" for call in _reaching_calls(source, here, row, plan)]


def _free(library: str, room: str) -> bool:
    return library in (PURE if room == "core" else QUIET)


def _reaching_calls(source: str, here: str, row: Room, plan: list[Room]) -> Iterator[str]:
    """Calls by which time, files or the machine's zone would come in without being handed in.

    Time is handed in everywhere but in the wiring, the last two rows; files are for rows with ``pathlib`` or ``os``.
    """
    nodes = list(ast.walk(ast.parse(source)))
    clocks = _names_of(nodes, ("date", "datetime")) | {"date", "datetime"}
    forbidden = OPENING if here == "core" else frozenset() if row.others & {"os", "pathlib"} else FILES
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in forbidden:
            yield node.id
        elif isinstance(node, ast.Attribute) and row not in plan[-2:]:
            if node.attr in ASKING and (here == "core" or _last_name(node.value) in clocks):
                yield node.attr
        elif isinstance(node, ast.Call):
            called = _last_name(node.func)
            if called == "astimezone" and _is_bare(node):
                yield "astimezone()"
            elif here == "core" and called in DIFFERENT:
                yield called


def _names_of(nodes: list[ast.AST], wanted: tuple[str, ...]) -> set[str]:
    """What these are called here, also under another name (``from datetime import datetime as dt``)."""
    aliases = (alias for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names)
    return {alias.asname for alias in aliases if alias.asname and alias.name in wanted}


def _last_name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_bare(call: ast.Call) -> bool:
    """Does it say no zone, so that the machine's own is taken?"""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return all(isinstance(each, ast.Constant) and each.value is None for each in given)
