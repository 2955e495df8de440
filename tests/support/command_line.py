"""The command line in this process and in one of its own."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.support.places import ROOT

Run = Callable[..., Result]


def serve(data: Path, port: int, *options: str, **environ: str) -> subprocess.Popen[str]:
    """``portal serve`` as a process of its own."""
    command = [sys.executable, "-m", "portal", "--data", str(data), "serve", "--port", str(port), *options]
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "functions"), "SENDER": "portal@example.go.id"}
    return subprocess.Popen(
        command, env={**given, **environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def answer(port: int, path: str) -> int:
    """The HTTP status of a page, as soon as anything is served there."""
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as found:
                return int(found.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return int(refused.code)
        except OSError:
            assert time.monotonic() < until, "nothing is served"
            time.sleep(0.05)
