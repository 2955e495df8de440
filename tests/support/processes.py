"""Processes of their own, for what only shows between processes or when one is killed."""

import os
import subprocess
import sys

from tests.support.places import ROOT


def run(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process that runs this code with these arguments in ``sys.argv[1:]``; the portal and tests may be imported."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}"},
    )


def said(process: subprocess.Popen[str]) -> list[str]:
    """The lines of a process that ended well."""
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 0
    return output.splitlines()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def start(processes: list[subprocess.Popen[str]]) -> None:
    """Let processes that said "ready" go on, at the same moment."""
    for process in processes:
        assert first_line(process) == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()


def complete_lines(output: str) -> list[str]:
    """Without the last one if the process was killed while writing it."""
    return [line.rstrip("\n") for line in output.splitlines(keepends=True) if line.endswith("\n")]
