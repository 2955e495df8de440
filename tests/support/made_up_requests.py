"""Ten thousand requests that schemathesis makes up from ``openapi.json``: run by its own Python (``make fuzz``)."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.support.asked_anything import Portal
from tests.support.places import ROOT

CASES: Final = 10_000
SPEC: Final = "/openapi.json"


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        portal = Portal(Path(folder) / "data")
        (ROOT / "build" / "openapi.json").write_text(json.dumps(portal.spec, indent=1), "utf-8")
        operations = ask(portal, cases)
    asked = sum(portal.asked.values())
    print("| Answer | Times |\n|---|---:|")
    for status, times in sorted(portal.asked.items()):
        print(f"| {status} | {times} |")
    print(f"\n{asked} requests to {operations} operations, {len(portal.broken)} that broke something.")
    print("".join(f"- {each}\n" for each in sorted(set(portal.broken))))
    print(f"\n{(time.monotonic() - begun) / 60:.0f} minutes.")
    sys.exit(bool(portal.broken))


def ask(portal: Portal, cases: int) -> int:
    schema = schemathesis.openapi.from_wsgi(SPEC, with_spec(portal))
    operations = [found.ok() for found in schema.get_all_operations()]
    each = -(-cases // len(operations))
    for operation in operations:
        half = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
        for mode, number in zip(half, (each - each // 2, each // 2), strict=True):
            _ask_one(operation, mode, number)
    return len(operations)


def _ask_one(operation: Any, mode: Any, number: int) -> None:
    @settings(
        max_examples=number, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def once(case: Any) -> None:
        case.call()

    try:
        once()
    except Exception as error:  # what cannot be made up for this operation
        print(f"{operation.label}, {mode}: {type(error).__name__}: {str(error)[:150]}", file=sys.stderr)


def with_spec(portal: Portal) -> Callable[..., Iterable[bytes]]:
    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == SPEC:
            start("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(portal.spec).encode()]
        return portal(environ, start)

    return answer


if __name__ == "__main__":
    main()
