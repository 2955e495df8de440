"""Changes the core in a thousand small ways, one at a time, and asks the core's own tests to notice each.

    make mutants                                    # long: half an hour and more on two idle cores
    make mutants MUTANTS="portal.core.ticket.*"     # those of one module, or of one function

Fails when fewer than 95 % are noticed, when one that is not noticed is missing in tests/core/survivors.toml, where the
reason why nobody minds is told, or when one that is listed there is noticed after all. All of it happens below
build/mutants, where build/mutmut/bin/mutmut then shows each (``mutmut browse``).
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
MUTMUT: Final = ROOT / "build" / "mutmut"
WORK: Final = ROOT / "build" / "mutants"
LISTED: Final = ROOT / "tests" / "core" / "survivors.toml"
WANTED: Final = 0.95

SETTINGS: Final = """
[tool.mutmut]
source_paths = ["src/portal/core"]
also_copy = ["src", "functions", "infra", "schemas", "conftest.py"]
pytest_add_cli_args_test_selection = ["tests/core"]
pytest_add_cli_args = ["--hypothesis-profile=mutants", "-p", "no:unraisableexception"]
use_git_change_detection = false

[tool.pytest.ini_options]
pythonpath = ["src", "infra", "."]
markers = ["long: as in the repository"]
filterwarnings = ["error"]
"""

PLAIN_FIRST: Final = """
from hypothesis import is_hypothesis_test


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: is_hypothesis_test(item.obj))
"""
"""The first test that notices ends the run of a mutant, and those with one example are the fastest."""

NOTICED: Final = frozenset({"killed", "timeout"})


def main(only: Sequence[str]) -> int:
    lay_out()
    mutmut("run", *only)
    verdicts = dict(read_verdicts(mutmut("results", "--all", "true", quietly=True)))
    missed = {described(name): name for name, verdict in verdicts.items() if verdict not in NOTICED}
    noticed = sum(verdict in NOTICED for verdict in verdicts.values())
    print(f"{noticed} of {len(verdicts)} mutants were noticed, {noticed / len(verdicts):.1%}; wanted: {WANTED:.0%}.")
    listed = excused(tomllib.loads(LISTED.read_text("utf-8")))
    wrong = [
        f"Not noticed, and not in {LISTED.name}: {missed[each]}\n  '''{each}'''," for each in missed.keys() - listed
    ]
    if not only:
        wrong += [f"In {LISTED.name}, but noticed or gone:\n  '''{each}'''," for each in listed - missed.keys()]
    print("\n".join(sorted(wrong)))
    return int(bool(wrong) or noticed < WANTED * len(verdicts))


def lay_out() -> None:
    """The core, its tests and what they read, as mutmut wants them: below src/, in a project of their own."""
    shutil.rmtree(WORK, ignore_errors=True)
    nothing_compiled = shutil.ignore_patterns("__pycache__")
    for folder in ("functions/portal", "infra", "schemas", "tests/core", "tests/services", "tests/support"):
        shutil.copytree(ROOT / folder, WORK / folder, ignore=nothing_compiled)
    for file in ("__init__.py", "conftest.py"):
        shutil.copy(ROOT / "tests" / file, WORK / "tests")
    (WORK / "src").symlink_to("functions")
    (WORK / "pyproject.toml").write_text(SETTINGS, "utf-8")
    (WORK / "conftest.py").write_text(PLAIN_FIRST, "utf-8")
    for source in (WORK / "functions/portal/core").glob("*.py"):
        source.write_text(with_plain_properties(source.read_text("utf-8")), "utf-8")


def with_plain_properties(source: str) -> str:
    """The same module with ``x = property(x)`` after each property, since mutmut leaves decorated functions alone."""
    lines = source.splitlines()
    properties = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and [ast.unparse(each) for each in node.decorator_list] == ["property"]
    ]
    for node in sorted(properties, key=lambda node: node.lineno, reverse=True):
        lines.insert(node.end_lineno or 0, f"    {node.name} = property({node.name})")
        del lines[node.decorator_list[0].lineno - 1]
    return "\n".join(lines) + "\n"


def mutmut(*arguments: str, quietly: bool = False) -> str:
    """What mutmut says, unless it says it itself."""
    environment = {**os.environ, "PYTHONPATH": str(MUTMUT)}
    command = [str(MUTMUT / "bin" / "mutmut"), *arguments]
    said = subprocess.run(  # noqa: S603 (our own words, and names that mutmut gave)
        command, cwd=WORK, env=environment, check=True, text=True, stdout=subprocess.PIPE if quietly else None
    )
    return str(said.stdout)


def read_verdicts(results: str) -> Iterator[tuple[str, str]]:
    """The name and the verdict of each mutant that was tried, from ``mutmut results``."""
    for name, verdict in re.findall(r"^ +(\S+): (.+)$", results, re.MULTILINE):
        if verdict != "not checked":
            yield name, verdict


def described(name: str) -> str:
    """Function and change, ``ticket.parse: before -> after``, which stays when lines or other mutants come and go."""
    module, _, function = name.rpartition(".")
    as_it_was = f"{function.rpartition('_')[0]}_orig"
    bodies = functions_of(WORK / "mutants" / "src" / f"{module.replace('.', '/')}.py")
    changed = list(
        unified_diff(bodies[as_it_was], [line.replace(function, as_it_was) for line in bodies[function]], n=0)
    )
    before, after = (" ".join(line[1:].strip() for line in changed[2:] if line.startswith(sign)) for sign in "-+")
    plainly = re.sub("^x[_ǁ]", "", function.rpartition("__mutmut_")[0]).replace("ǁ", ".")
    return f"{module.removeprefix('portal.core.')}.{plainly}: {before} -> {after}"


@cache
def functions_of(path: Path) -> Mapping[str, Sequence[str]]:
    """The lines of every function in a file that mutmut wrote, by its name there."""
    source = path.read_text("utf-8")
    lines = source.splitlines()
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return {node.name: lines[node.lineno - 1 : node.end_lineno] for node in functions}


def excused(listed: Mapping[str, Sequence[Mapping[str, Sequence[str]]]]) -> set[str]:
    return {mutant for reason in listed["reason"] for mutant in reason["mutants"]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
