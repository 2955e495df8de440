"""What nobody thought of, asked of the portal and of its checker: tables in build/fuzz.md (``make fuzz``)."""

import argparse
import subprocess
import sys
from typing import Final

from tests.support.places import ROOT

PARTS: Final = {"Requests by schemathesis": "made_up_requests", "Files by atheris": "made_up_files"}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", default="10000")
    parser.add_argument("--seconds", default="900")
    given = parser.parse_args()
    said, failed = ["# Fuzz\n"], False
    for (title, module), much in zip(PARTS.items(), (given.requests, given.seconds), strict=True):
        command = [sys.executable, "-m", f"tests.support.{module}", much]
        found = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False)
        failed |= found.returncode != 0
        ended = "" if found.returncode == 0 else f"\n**It ended with {found.returncode}.**\n"
        said += [f"## {title}\n", found.stdout, ended]
        print("\n".join(said[-3:]), flush=True)
    (ROOT / "build" / "fuzz.md").write_text("\n".join(said), "utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
