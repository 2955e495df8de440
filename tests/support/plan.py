"""The plan of the house: README's table of rooms, read, and what a source does that its row does not allow.

A row is an allow-list. What of ours and of others it does not name is forbidden; of the standard library, whatever
reaches the world (``REACHING``) has to be named as well. ``core`` may have no more of it than ``PURE``.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PORTAL: Final = ROOT / "functions" / "portal"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


REACHING: Final = _words("""
    asyncio builtins code codeop compileall concurrent ctypes dbm dis ensurepip faulthandler fcntl fileinput
    ftplib gc getpass glob grp http imaplib importlib inspect linecache mailbox marshal mmap multiprocessing
    netrc nntplib os pathlib pickle pkgutil platform poplib posix pty pwd py_compile random resource runpy sched secrets
    select selectors shelve shutil signal site smtplib socket socketserver sqlite3 ssl subprocess sys syslog
    tempfile termios threading time tomllib tty urllib uuid venv webbrowser wsgiref xmlrpc zipapp zipimport
    _thread
""")
"""Of the standard library: time, chance, files of others, processes, threads, the network, code that is made up."""

PURE: Final = _words("""
    abc bisect calendar collections contextlib copy dataclasses datetime decimal enum fractions functools
    hashlib html itertools json math operator re string textwrap traceback types typing unicodedata zoneinfo
""")
"""All that ``core`` may have of it. ``zoneinfo`` reads a table that is the same everywhere and always."""

ASKING: Final = _words("now utcnow today fromtimestamp utcfromtimestamp")
"""Methods of ``datetime`` and ``date`` that look at a clock, or at where the machine stands."""

OPENING: Final = _words("open input print eval exec compile breakpoint __import__")


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
    calls = _reaching_calls(source) if here == "core" else _clocks(source) if row != plan[-1] else ()
    return found + [f"{name} calls {call}" for call in calls]


def _free(library: str, room: str) -> bool:
    if room == "core":
        return library in PURE
    return library in sys.stdlib_module_names and library not in REACHING


def _clocks(source: str) -> Iterator[str]:
    """Time is handed in everywhere but in the wiring, the last row."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
            whose = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if whose in ("date", "datetime"):
                yield f"{whose}.{node.attr}"


def _reaching_calls(source: str) -> Iterator[str]:
    """Calls in ``core`` by which time, files or the machine's zone would come in without being handed in."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in OPENING:
            yield node.id
        elif isinstance(node, ast.Attribute) and node.attr in ASKING:
            yield node.attr
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "astimezone" and not node.args:
            yield "astimezone()"
