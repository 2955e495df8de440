"""Everything that is proven by going through all of it, as tables in build/proof.md (`make proof`, minutes).

What is made up at random is in build/fuzz.md (`make fuzz`).
"""

import platform
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from tests.support import file_table, interrupted_table, killed, proofs_elsewhere
from tests.support.once import worked_out_once
from tests.support.places import ROOT

TABLES: Final[Mapping[str, Callable[[], Iterable[str]]]] = {
    "An interruption at every call of the story": interrupted_table.table,
    "Files of every kind": file_table.table,
    "kill -9 of the real server while people type": killed.table,
    "The rest, by tests": proofs_elsewhere.table,
}


def main() -> None:
    said = [f"# Proof\n\n{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}.\n"]
    with worked_out_once():
        for title, table in TABLES.items():
            begun = time.monotonic()
            said += [f"## {title}\n", *table(), f"\n{(time.monotonic() - begun) / 60:.0f} minutes.\n"]
            print("\n".join(said[-1:]), flush=True)
    (ROOT / "build" / "proof.md").write_text("\n".join(said), "utf-8")


if __name__ == "__main__":
    main()
