"""Everything that is proven by going through all of it, as tables in build/proof.md (`make proof`, minutes).

What is made up at random is in build/fuzz.md (`make fuzz`).
"""

import platform
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.support import file_table, interrupted_table, killed, proofs_elsewhere, timing_table
from tests.support.once import worked_out_once
from tests.support.places import ROOT

TABLES: Final[Mapping[str, Callable[[], Iterable[str]]]] = {
    "An interruption at every call of the story": interrupted_table.table,
    "The same on AWS": interrupted_table.aws_table,
    "Files of every kind": file_table.table,
    "kill -9 of the real server while people type": killed.table,
    "How long a stranger waits for what is there and for what is not": timing_table.table,
    "The rest, by tests": proofs_elsewhere.table,
}


FAILED: Final = "**"
"""What failed, was lost or is "no" stands in bold in each of them."""


def main() -> int:
    """All of them, or those whose titles begin as the arguments say."""
    chosen = {title: table for title, table in TABLES.items() if title.startswith(tuple(sys.argv[1:] or [""]))}
    return write(chosen, ROOT / "build" / "proof.md")


def write(tables: Mapping[str, Callable[[], Iterable[str]]], file: Path) -> int:
    """As many of them as there are at any time; non-zero if any line says that something failed."""
    said = [f"# Proof\n\n{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}.\n"]
    failed = False
    with worked_out_once():
        for title, table in tables.items():
            print(title, file=sys.stderr)
            begun = time.monotonic()
            lines = [*table()]
            failed |= any(FAILED in line for line in lines)
            said += [f"## {title}\n", *lines, f"\n{(time.monotonic() - begun) / 60:.0f} minutes.\n"]
            file.write_text("\n".join(said), "utf-8")
            print("\n".join(said[-len(lines) - 2 :]), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
