"""What nobody thought of, asked of the portal and of its checker: tables in build/fuzz.md (``make fuzz``)."""

import argparse
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.support.places import ROOT

PARTS: Final = {"Requests by schemathesis": "made_up_requests", "Files by atheris": "made_up_files"}
ENDS: Final = (signal.SIGTERM, signal.SIGINT)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", default="10000")
    parser.add_argument("--seconds", default="900")
    given = parser.parse_args()
    parts = {
        title: [sys.executable, "-m", f"tests.support.{module}", much]
        for (title, module), much in zip(PARTS.items(), (given.requests, given.seconds), strict=True)
    }
    return run(parts, ROOT / "build" / "fuzz.md")


def run(parts: Mapping[str, Sequence[str]], table: Path) -> int:
    """Each in a process of its own, to which it is passed on when this one is to end; what it tells is kept at once."""
    said, failed = ["# Fuzz\n"], False
    child: subprocess.Popen[str] | None = None
    ended: list[int] = []

    def end(number: int, _: Any) -> None:
        ended.append(number)
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGTERM)

    for each in ENDS:
        signal.signal(each, end)
    for title, command in parts.items():
        if ended:
            break
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        if ended:  # between the two
            child.send_signal(signal.SIGTERM)
        found, _ = child.communicate()
        failed |= child.returncode != 0
        said += [f"## {title}\n", found]
        said += [f"\n**It ended with {child.returncode}.**\n"] if child.returncode else [""]
        table.write_text("\n".join(said), "utf-8")
        print("\n".join(said[-3:]), flush=True)
    return int(failed or bool(ended))


if __name__ == "__main__":
    sys.exit(main())
