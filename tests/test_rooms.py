"""The plan of the house, checked from the source: who imports whom, and what may not be in Python at all."""

import ast
import re
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.support.plan import MODULES, PLAN, PORTAL, arrows, complaints, imports, module, room_of, row_of

SOURCES = {module(path): path.read_text("utf-8") for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=module)
def test_a_module_imports_only_what_its_row_of_the_table_names(path: Path) -> None:
    name = module(path)
    if path.name == "__init__.py" and (not name or row_of(name) is None or name in ("engines",)):
        assert list(imports(SOURCES[name])) == []
        return
    assert complaints(name, SOURCES[name]) == []


def test_the_table_allows_nothing_that_no_module_needs() -> None:
    used: dict[str, set[str]] = {}
    for name, source in SOURCES.items():
        row = row_of(name)
        for imported in imports(source):
            top, _, rest = imported.partition(".")
            used.setdefault(row.names[0] if row else "", set()).add(room_of(rest) if top == "portal" else top)
    needless = {room.names[0]: (room.ours | room.others) - used.get(room.names[0], set()) for room in PLAN}
    assert {name: sorted(left) for name, left in needless.items() if left} == {}


def test_a_room_names_only_rooms_above_it_in_the_table() -> None:
    """So that the table is a stair: whoever reads it from the top has met every room that a row names."""
    met: set[str] = set()
    for room in PLAN:
        assert room.ours - met == set(), room.names
        met |= set(room.names)


def test_every_room_of_the_table_is_there_and_says_what_it_is_for() -> None:
    for room in PLAN:
        for name in room.names:
            assert name in SOURCES, name
        if room.is_package:
            said = ast.get_docstring(ast.parse(SOURCES[room.names[0]])) or ""
            assert _one_line(said).lower().startswith(_one_line(room.purpose).lower()), room.names


def test_no_module_leads_back_to_itself() -> None:
    """Not even inside a room, or by an import that only types need."""
    TopologicalSorter(_graph(SOURCES)).prepare()


@pytest.mark.parametrize(
    ("name", "source", "told"),
    [
        ("core.application", "import lxml.etree", "core.application imports lxml.etree"),
        ("core.application", "import requests", "core.application imports requests"),
        ("core.application", "def f():\n    import os\n    return os.environ.get('X')", "core.application imports os"),
        ("core.application", "from datetime import datetime\ndef f():\n    return datetime.now()", "calls now"),
        ("core.application", "import datetime as dt\nf = lambda: dt.datetime.utcnow()", "calls utcnow"),
        ("core.application", "from datetime import date\ntoday = date.today", "calls today"),
        ("core.application", "def f(at):\n    return at.astimezone()", "calls astimezone()"),
        ("core.application", "def f():\n    return open('x').read()", "calls open"),
        ("core.application", "reader = open", "calls open"),
        ("core.application", "def f():\n    __import__('socket')", "calls __import__"),
        ("core.application", "eval('1')", "calls eval"),
        ("core.application", "import time", "imports time"),
        ("core.application", "from random import choice", "imports random"),
        ("core.application", "from secrets import token_hex", "imports secrets"),
        ("core.application", "from pathlib import Path", "imports pathlib"),
        ("core.application", "from urllib.request import urlopen", "imports urllib.request"),
        ("core.application", "from importlib import import_module", "imports importlib"),
        ("core.application", "from portal.forms.form import Form", "imports portal.forms.form"),
        ("core.application", "from portal.engines import ports", "imports portal.engines.ports"),
        ("core.application", "from portal.usecases import cases", "imports portal.usecases.cases"),
        ("core.application", "from .. import cases", "imports .."),
        ("forms.form", "import flask", "imports flask"),
        ("usecases.cases", "from datetime import datetime\nat = lambda: datetime.now()", "calls now"),
        ("usecases.cases", "from pathlib import Path", "imports pathlib"),
        ("usecases.cases", "from datetime import datetime as dt\nat = lambda: dt.now()", "calls now"),
        ("usecases.cases", "import datetime as dt\nat = lambda: dt.datetime.now()", "calls now"),
        ("usecases.cases", "def f(at):\n    return at.astimezone(None)", "calls astimezone()"),
        ("usecases.cases", "def f():\n    return open('x')", "calls open"),
        ("usecases.cases", "import gzip", "imports gzip"),
        ("usecases.cases", "import timeit", "imports timeit"),
        ("usecases.cases", "import _socket", "imports _socket"),
        ("usecases.cases", "import tarfile", "imports tarfile"),
        ("core.ledger", "def f(x):\n    return hash(x)", "calls hash"),
        ("forms.form", "import sqlite3", "imports sqlite3"),
        (
            "forms.form",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from portal.web import now",
            "portal.web",
        ),
        ("papers.sheets", "from portal.letters.writing import Letters", "imports portal.letters.writing"),
        ("chart.svg", "import reportlab", "imports reportlab"),
        ("usecases.cases", "from portal.web.access import Access", "imports portal.web.access"),
        (
            "usecases.cases",
            "from portal.engines.local.records import SqliteRecords",
            "imports portal.engines.local.records",
        ),
        ("engines.local.records", "from portal.engines.aws import items", "imports portal.engines.aws.items"),
        ("engines.local.records", "import botocore.session", "imports botocore.session"),
        ("engines.aws.records", "from flask import request", "imports flask"),
        ("web.public.status", "from portal.engines.local.records import SqliteRecords", "imports portal.engines.local"),
        ("web.public.status", "from portal import house", "imports portal.house"),
        ("web.public.status", "import boto3", "imports boto3"),
        ("attic", "", "attic: no row of the table names it"),
    ],
)
def test_what_the_plan_forbids_is_told_wherever_it_is_put(name: str, source: str, told: str) -> None:
    """A test of the tests above: each forbidden thing, put into a module as it is, is what they complain of."""
    as_it_is = SOURCES.get(name, "")
    found = set(complaints(name, f"{as_it_is}\n{source}\n")) - set(complaints(name, as_it_is) if as_it_is else ())
    assert [complaint for complaint in found if told in complaint]


def test_a_circle_is_told() -> None:
    with pytest.raises(CycleError):
        TopologicalSorter(_graph({"a": "import portal.b", "b": "from portal import a"})).prepare()


def _graph(sources: dict[str, str]) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {name: set() for name in sources}
    for here, there in arrows(sources):
        if here != there:
            graph[here].add(there)
    return graph


def _one_line(text: str) -> str:
    return " ".join(text.replace("`", "").split()).rstrip(".")


@pytest.mark.parametrize("path", MODULES, ids=module)
def test_nothing_happens_at_import(path: Path) -> None:
    """Module level holds definitions and plain values: no open files, clients, clocks or environment."""
    plain = {
        "TypeVar",
        "frozenset",
        "timedelta",
        "compile",
        "Path",
        "resolve",
        "getLogger",
        "Blueprint",
        "documents",
        "time",
        "date",
    }
    plain |= {
        "dataclass",
        "MappingProxyType",
        "str",
        "fromkeys",
        "maketrans",
        "translate",
        "replace",
        "enumerate",
        "time",
    }
    plain |= {"range", "join", "sorted", "field", "lru_cache"}
    # Pages and commands are told to their blueprint and their group.
    plain |= {"get", "post", "route", "group", "command", "argument", "option", "Choice", "DateTime", "IntRange"}
    plain |= {"Submission", "Opening", "Disposition", "Work", "Task", "Sign", "Dispatch", "Visit", "Handover"}
    plain |= {"Lock", "BoundedSemaphore", "main", "set"}
    called = {_called(call) for call in _at_import(ast.parse(path.read_text("utf-8")))}
    assert called - plain == set()


def _at_import(tree: ast.AST) -> Iterator[ast.Call | ast.Attribute]:
    """Calls, and looks at the environment, that happen when a module is imported: not those inside functions.

    What decorates a function and what its arguments default to is worked out then too.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            defaults = [default for default in (*node.args.defaults, *node.args.kw_defaults) if default]
            for part in (*getattr(node, "decorator_list", ()), *defaults):
                yield from _at_import(ast.Expression(part))
        else:
            if isinstance(node, ast.Call) or (isinstance(node, ast.Attribute) and node.attr == "environ"):
                yield node
            yield from _at_import(node)


def _called(node: ast.Call | ast.Attribute) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "?")


@pytest.mark.parametrize(
    "source",
    [
        "DATA = os.environ['DATA']",
        "text = open('x').read()",
        "class X:\n    text = open('x').read()",
        "def f(x=open('x')): ...",
        "def f(*, x=connect()): ...",
        "@connect()\ndef f(): ...",
        "if True:\n    os.makedirs('x')",
        "with open('x') as file: ...",
        "f = lambda x=connect(): x",
    ],
)
def test_what_happens_at_import_is_seen_wherever_it_stands(source: str) -> None:
    assert list(_at_import(ast.parse(source)))


@pytest.mark.parametrize(
    "source", ["def f():\n    open('x')", "f = lambda: open('x')", "class X:\n    def f(self): open('x')"]
)
def test_what_waits_in_a_function_does_not_happen_at_import(source: str) -> None:
    assert list(_at_import(ast.parse(source))) == []


INDONESIAN = re.compile(
    r"\b(yang|dan|untuk|dengan|tidak|anda|permohonan|silakan|mohon|berkas|belum|sudah|akan|telah|harus|dari|kepada|tautan)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", MODULES, ids=module)
def test_no_indonesian_sentence_is_in_python(path: Path) -> None:
    """Two or more common Indonesian words in one string are a sentence; addresses and field names have one."""
    tree = ast.parse(path.read_text("utf-8"))
    texts = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and " " in n.value.strip()
    ]
    assert [text for text in texts if len(INDONESIAN.findall(text)) > 1] == []


def test_every_code_that_is_raised_has_its_sentence() -> None:
    messages = tomllib.loads((PORTAL / "messages.toml").read_text("utf-8"))["errors"]
    raised = set()
    refusals = {
        node.name
        for node in ast.parse((PORTAL / "core" / "errors.py").read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and called in refusals:
                said = node.args[3:4] if called == "Problem" else node.args[:1]  # a problem says its key first
                raised |= {arg.value for arg in said if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
    raised -= {"", "mail_refused", "mail_deferred"}  # told to the clerk as the relay's own words
    assert raised - messages.keys() == set()


def test_every_change_of_an_edition_has_its_sentences() -> None:
    sentences = tomllib.loads((PORTAL / "messages.toml").read_text("utf-8"))["changes"]
    calls = [node for node in ast.walk(ast.parse(SOURCES["core.changes"])) if isinstance(node, ast.Call)]
    codes = {
        ast.literal_eval(each.args[0])
        for each in calls
        if getattr(each.func, "id", "") == "Change" and isinstance(each.args[0], ast.Constant)
    }
    codes |= {"step_kind", "step_role", "step_name", "step_time"}
    assert codes == sentences.keys()
    assert all(words.keys() == {"said", "running"} for words in sentences.values())


def test_no_module_grows_past_what_one_can_read_at_once() -> None:
    assert {module(p): n for p in MODULES if (n := len(p.read_text("utf-8").splitlines())) > 350} == {}


TESTS = Path(__file__).parent
TEST_FILES = sorted(TESTS.rglob("*.py"))


def test_no_test_file_grows_past_what_one_can_read_at_once() -> None:
    lengths = {str(path.relative_to(TESTS)): len(path.read_text("utf-8").splitlines()) for path in TEST_FILES}
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def test_nothing_new_lies_at_the_top() -> None:
    texts = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "Makefile", "mkdocs.yml", "pyproject.toml"}
    made = {"build", "data"}
    lying = {path.name for path in TESTS.parent.iterdir() if not path.name.startswith(".")}
    assert lying - made == texts | {"site", "functions", "schemas", "infra", "tests"}


def test_nothing_is_left_half_joined() -> None:
    """Two changes to one place that somebody has still to join: templates take such lines for text."""
    half, kinds = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE), {".py", ".html", ".txt", ".toml", ".json", ".md"}
    rooms = [TESTS.parent / name for name in ("functions", "schemas", "site", "infra", "tests")]
    texts = (path for room in rooms for path in room.rglob("*") if path.suffix in kinds | {".css", ".js", ".yaml"})
    assert [str(path) for path in texts if half.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_what_tests_have_in_common_lies_in_support(path: Path) -> None:
    """No test module is imported by another, nor is a conftest."""
    ours = {name for name in imports(path.read_text("utf-8")) if name.split(".")[0] in ("", "tests")}
    assert {name for name in ours if not name.startswith("tests.support.")} <= {"tests.support"}


@pytest.mark.parametrize("path", sorted((TESTS / "support").glob("*.py")), ids=lambda path: path.stem)
def test_nothing_in_support_is_a_test_of_its_own(path: Path) -> None:
    parts = ast.parse(path.read_text("utf-8")).body
    named = [part.name for part in parts if isinstance(part, ast.FunctionDef | ast.ClassDef)]
    assert [name for name in (path.stem, *named) if name.lower().startswith("test")] == []
