"""The plan of the house, checked from the source: who imports whom, and what may not be in Python at all."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS = ROOT / "functions"
PORTAL = FUNCTIONS / "portal"

CORE = {"sop", "ticket", "errors", "worktime", "ledger", "identity", "language", "steps", "application", "notices"}
CORE |= {"draft", "recap", "progress"}
PORTS = {"engines.ports"}
CHART = {"flowchart", "flowchart_layout", "flowchart_svg"}
PACKAGES = {"engines", "engines.local", "engines.aws"}

# room -> what of ours it may import (a prefix ending in "*" stands for everything below)
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "ticket": {"errors"},
    "ledger": set(),
    "worktime": {"errors"},
    "language": set(),
    "identity": set(),
    "typed": {"identity"},
    "sop": {"errors"},
    "steps": {"sop", "errors"},
    "draft": {"errors"},
    "application": {"sop", "errors", "draft", "ledger", "steps"},
    "notices": {"application", "sop", "steps"},
    "recap": {"application", "sop", "steps", "worktime"},
    "progress": {"application", "sop", "steps", "worktime"},
    "questions": CORE | {"typed"},
    "forms": CORE | {"questions", "typed"},
    "wording": CORE | {"forms"},
    "icalendar": set(),
    "markup": set(),
    "papers": CORE | PORTS | {"icalendar", "markup", "wording"},
    "sheets": set(),
    "stationery": CORE | {"forms", "questions", "sheets", "typed"},
    "sheet_parts": {"sheets"},
    "sheet_pdf": {"sheets", "sheet_parts"},
    "sheet_docx": {"sheets"},
    "printing": {"errors", "sheets", "stationery", "sheet_pdf", "sheet_docx"},
    "pdf": CORE,
    "pictures": CORE,
    "documents": CORE | {"pdf", "pictures"},
    "samples": CORE,
    "links": CORE,
    "lettering": set(),
    "flowchart": {"sop", "steps"},
    "flowchart_layout": {"sop", "flowchart", "lettering"},
    "flowchart_svg": {"flowchart"},
    "flowchart_pdf": {"flowchart", "flowchart_svg"},
    "sop_pages": {"sop", "flowchart", "flowchart_pdf"},
    "sop_steps": {"sop", "flowchart", "flowchart_pdf", "sop_pages"},
    "sop_paper": CHART | {"sop", "flowchart_pdf", "sheet_parts", "sop_pages", "sop_steps"},
    "editions": CORE | {"forms", "stationery"},
    "publish": CORE
    | CHART
    | {"config", "documents", "editions", "printing", "sheets", "sop_pages", "sop_paper", "stationery"},
    "edge": set(),
    "social": set(),
    "site_build": {"edge", "social"},
    "service": CORE | PORTS | {"forms", "links", "wording"},
    "intake": CORE | PORTS | {"service"},
    "retention": CORE | PORTS | {"service"},
    "watch": CORE | {"service"},
    "compilation": CORE | PORTS | {"service"},
    "clockwork": CORE | PORTS | {"service", "retention", "compilation", "watch", "wording"},
    "background": {"clockwork"},
    "engines.ports": CORE,
    "engines.folding": set(),
    "engines.mime": CORE | PORTS | {"engines.folding"},
    "engines.local.database": CORE,
    "engines.local.rows": CORE | PORTS | {"engines.local.database"},
    "engines.local.records": CORE | PORTS | {"engines.local.database", "engines.local.rows"},
    "engines.local.files": CORE | PORTS | {"links"},
    "engines.local.mail": CORE | PORTS | {"engines.local.database", "engines.mime"},
    "engines.aws.items": CORE | PORTS,
    "engines.aws.feedback": CORE | {"engines.mime"},
    "engines.aws.faults": CORE,
    "engines.aws.dynamodb": CORE | {"engines.aws.faults"},
    "engines.aws.records": CORE | PORTS | {"engines.aws.items", "engines.aws.dynamodb", "engines.aws.feedback"},
    "engines.aws.files": CORE | PORTS | {"engines.aws.faults"},
    "engines.aws.mail": CORE | PORTS | {"engines.aws.faults", "engines.mime"},
    "web": CORE | {"edge", "editions", "service", "intake", "clockwork", "web.*"},
    "web.*": CORE
    | PORTS
    | CHART
    | {"links", "service", "retention", "compilation", "forms", "typed", "wording", "samples", "web.*"},
    "config": {"errors"},
    "house": CORE
    | PORTS
    | {
        "clockwork",
        "documents",
        "editions",
        "forms",
        "intake",
        "links",
        "papers",
        "printing",
        "service",
        "web",
        "web.images",
    },
    "bootstrap": {"*"},
    "bootstrap_aws": {"*"},
    "cli": {
        "application",
        "service",
        "identity",
        "bootstrap",
        "config",
        "house",
        "background",
        "web",
        "editions",
        "errors",
        "language",
        "notices",
        "sop",
    },
    "__main__": {"cli"},
}

# outside libraries -> the rooms that may know them
OUTSIDE = {
    "flask": {"web.*"},
    "werkzeug": {"web.*"},
    "sqlite3": {"engines.local.*"},
    "smtplib": {"engines.local.*"},
    "botocore": {"bootstrap*", "engines.aws.faults", "engines.aws.dynamodb", "engines.aws.files", "engines.aws.mail"},
    "jsonschema": {"forms"},
    "referencing": {"forms"},
    "itsdangerous": {"links"},
    "pikepdf": {"documents", "pdf", "samples"},
    "PIL": {"documents", "pictures", "pdf", "samples", "social"},
    "pypdfium2": {"documents", "pdf", "pictures"},
    "segno": {"papers", "sheet_pdf", "sheet_docx", "sop_pages"},
    "reportlab": {"sheet_pdf", "sheet_parts", "sop_pages", "sop_paper"},
    "docx": {"sheet_docx"},
    "click": {"cli"},
    "waitress": {"cli"},
    "whitenoise": {"bootstrap"},
    "jinja2": {"papers", "site_build", "web.*"},
}

MODULES = sorted(path for path in PORTAL.rglob("*.py") if "__pycache__" not in path.parts)


def room(path: Path) -> str:
    parts = path.relative_to(PORTAL).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module in ("portal", "portal.engines", "portal.web"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module


def allows(patterns: set[str], name: str) -> bool:
    return any(name == p or (p.endswith("*") and name.startswith(p[:-1])) or p == f"{name}.*" for p in patterns)


@pytest.mark.parametrize("path", MODULES, ids=room)
def test_a_room_imports_only_the_rooms_the_plan_allows(path: Path) -> None:
    here = room(path)
    if not here or here in PACKAGES:
        assert list(imports(path)) == []
        return
    allowed = MAY_IMPORT.get(here) or next((v for k, v in MAY_IMPORT.items() if allows({k}, here)), None)
    assert here in MAY_IMPORT or allowed is not None, f"{here}: add the room to the plan"
    known = {room(module) for module in MODULES} - PACKAGES
    ours = {name.removeprefix("portal.") for name in imports(path) if name.startswith("portal.")}
    assert {name for name in ours & known if not allows(allowed or set(), name)} == set()


@pytest.mark.parametrize("path", MODULES, ids=room)
def test_an_outside_library_stays_in_its_room(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)}
    assert {library for library in used & OUTSIDE.keys() if not allows(OUTSIDE[library], room(path))} == set()


@pytest.mark.parametrize("path", MODULES, ids=room)
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
    plain |= {"range", "join", "sorted"}
    plain |= {"Submission", "Disposition", "Dispatch", "Visit", "Handover", "Lock", "BoundedSemaphore", "main", "set"}
    called: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef | ast.If):
            continue
        for call in (n for n in ast.walk(node) if isinstance(n, ast.Call)):
            called.add(call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "?"))
    assert called - plain == set()


INDONESIAN = re.compile(
    r"\b(yang|dan|untuk|dengan|tidak|anda|permohonan|silakan|mohon|berkas|belum|sudah|akan|telah|harus|dari|kepada|tautan)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", MODULES, ids=room)
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
    messages = tomllib.loads((PORTAL / "web" / "messages.toml").read_text("utf-8"))["errors"]
    raised = set()
    refusals = {
        node.name
        for node in ast.parse((PORTAL / "errors.py").read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in refusals:
                raised |= {
                    arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    raised -= {"", "mail_refused", "mail_deferred"}  # told to the clerk as the relay's own words
    assert raised - messages.keys() == set()


def test_no_module_grows_past_what_one_can_read_at_once() -> None:
    assert {room(p): n for p in MODULES if (n := len(p.read_text("utf-8").splitlines())) > 350} == {}
