"""Ten thousand requests that schemathesis makes up from ``openapi.json``: run by its own Python (``make fuzz``)."""

import json
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
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
    ended = threading.Event()  # no exception: Hypothesis would take it for something that the portal did
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: ended.set())
    with tempfile.TemporaryDirectory() as folder:
        portal = Portal(Path(folder) / "data")
        (ROOT / "build" / "openapi.json").write_text(json.dumps(portal.spec, indent=1), "utf-8")
        ask(portal, cases, ended)
        print(*tell(portal), sep="\n", flush=True)
    sys.exit(bool(portal.broken) or ended.is_set())


def tell(portal: Portal) -> Iterator[str]:
    yield "| Answer | Times |\n|---|---:|"
    yield from (f"| {status} | {times} |" for status, times in sorted(portal.asked.items()))
    yield f"\n{sum(portal.asked.values())} requests, {len(portal.broken)} that broke something."
    yield from (f"- {each}" for each in sorted(set(portal.broken)))


def ask(portal: Portal, cases: int, ended: threading.Event) -> None:
    schema = schemathesis.openapi.from_wsgi(SPEC, with_spec(portal))
    operations = [found.ok() for found in schema.get_all_operations()]
    each = -(-cases // len(operations))
    for operation in operations:
        half = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
        for mode, number in zip(half, (each - each // 2, each // 2), strict=True):
            if ended.is_set():
                return
            _ask_one(operation, mode, number, ended, portal.broken)


def _ask_one(operation: Any, mode: Any, number: int, ended: threading.Event, amiss: list[str]) -> None:
    @settings(
        max_examples=number, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def once(case: Any) -> None:
        if not ended.is_set():
            case.call(base_url="http://localhost")  # else a "?" in a part of the address is taken for a mistake of ours

    try:
        once()
    except Exception as error:  # the rest of what was to be asked there is not asked
        amiss.append(f"{operation.label}, {mode}, cannot be made up: {type(error).__name__}: {str(error)[:150]}")


def with_spec(portal: Portal) -> Callable[..., Iterable[bytes]]:
    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == SPEC:
            start("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(portal.spec).encode()]
        return portal(environ, start)

    return answer


if __name__ == "__main__":
    main()
