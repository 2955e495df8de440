"""What runs for long keeps what it has found, whatever ends it, and says by its end whether something failed."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.support import proof, proofs_elsewhere
from tests.support.places import ROOT

GOES_ON: Final = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("so far") or 3))
print("begun", file=sys.stderr, flush=True)
time.sleep(60)
"""
RUNS: Final = """
import sys
from pathlib import Path
from tests.support.fuzz import run
table, parts = Path(sys.argv[1]), dict(zip(sys.argv[2::2], sys.argv[3::2]))
sys.exit(run({title: [sys.executable, "-c", code] for title, code in parts.items()}, table))
"""


def _runs(table: Path, **parts: str) -> Sequence[str]:
    return [sys.executable, "-c", RUNS, str(table), *(each for part in parts.items() for each in part)]


def test_the_table_of_made_up_things_is_there_after_each_part(tmp_path: Path) -> None:
    table = tmp_path / "fuzz.md"
    ended = subprocess.run(
        _runs(table, First="print('one')", Second="1 / 0"), cwd=ROOT, capture_output=True, check=False
    )
    assert ended.returncode == 1
    said = table.read_text("utf-8")
    assert [said.count(each) for each in ("## First", "one\n", "## Second", "**It ended with 1.**")] == [1, 1, 1, 1]
    assert (
        subprocess.run(_runs(table, First="print('one')"), cwd=ROOT, capture_output=True, check=False).returncode == 0
    )


@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGINT])
def test_who_ends_it_early_has_the_table_too(tmp_path: Path, ends: signal.Signals) -> None:
    table = tmp_path / "fuzz.md"
    command = _runs(table, First="print('one')", Second=GOES_ON, Third="print('never')")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        assert run.stderr is not None
        assert run.stderr.readline() == b"begun\n"
        os.kill(run.pid, ends)
        assert run.wait(timeout=60) == 1
    said = table.read_text("utf-8")
    assert [each in said for each in ("one", "so far", "**It ended with 3.**", "never")] == [True, True, True, False]


def test_a_proof_in_which_something_failed_ends_so_and_keeps_what_came_before(tmp_path: Path) -> None:
    file = tmp_path / "proof.md"
    assert proof.write({"Good": lambda: ["| a | 0 |"]}, file) == 0
    assert proof.write({"Bad": lambda: ["| a | **1** |"], "Good": lambda: ["| b | 0 |"]}, file) == 1

    def breaks() -> list[str]:
        raise ValueError("breaks")

    with pytest.raises(ValueError, match="breaks"):
        proof.write({"Good": lambda: ["| c | 0 |"], "Breaks": breaks}, file)
    assert "| c | 0 |" in file.read_text("utf-8")


def test_tests_that_fail_or_are_none_count_as_failed(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_good(): pass\ndef test_bad(): assert False\n", "utf-8")
    (tmp_path / "test_no.py").write_text("import nothing_of_that_name\n", "utf-8")
    paths = {"bad": [f"{tmp_path}/test_it.py"], "broken": [f"{tmp_path}/test_no.py"], "gone": [f"{tmp_path}/gone.py"]}
    _, bad, broken, gone = proofs_elsewhere.table(paths)
    assert [proof.FAILED in line for line in (bad, broken, gone)] == [True, True, True]
    assert bad.startswith("| bad | 2 | **1,")
    _, good = proofs_elsewhere.table({"good": [f"{tmp_path}/test_it.py::test_good"]})
    assert proof.FAILED not in good
