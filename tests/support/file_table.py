"""What becomes of every kind of file: verdict, seconds of processor and megabytes, as ``make proof`` writes it."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from portal.core.errors import DocumentRefused
from portal.documents import inspection
from portal.documents.inspection import PDF, Limits
from tests.support.file_programs import exported
from tests.support.file_specimens import Specimen, everything

SECONDS: Final = 2.0
MEGABYTES: Final = 300
"""What one file may cost."""


class Cost(NamedTuple):
    verdict: str
    seconds: float
    megabytes: float


def judged(data: bytes) -> Cost:
    """The verdict, and what the child took for it, which is started for this file alone: some 0.5 seconds are the start
    of Python and its libraries, which a portal pays once for hundreds of files.
    """
    try:
        kind = inspection._media_type(data) if data else ""
    except DocumentRefused as refused:
        return Cost(refused.code, 0, 0)
    if not data:
        return Cost("document_empty", 0, 0)
    largest = Limits().max_bytes if kind == PDF else Limits().max_photo
    if len(data) > largest:
        return Cost("document_too_large", 0, 0)
    request = inspection._checking(data, kind, Limits())
    return _child(json.dumps(request).encode() + b"\n" + data)


def wrong(specimen: Specimen, cost: Cost) -> bool:
    return cost.verdict not in specimen.right


def table() -> Iterator[str]:
    yield "| File | Verdict | Seconds | MB |\n|---|---|---|---|"
    found = [(each, judged(each.make())) for each in everything()]
    with tempfile.TemporaryDirectory() as folder:
        programs, missing = exported(Path(folder))
        found += [(each, judged(each.make())) for each in programs]
    cuts = [pair for pair in found if " of 16 parts" in pair[0].name]
    for specimen, cost in found:
        if (specimen, cost) not in cuts or wrong(specimen, cost):
            note = " **wrong**" if wrong(specimen, cost) else ""
            yield f"| {specimen.name} | {cost.verdict}{note} | {cost.seconds:.1f} | {cost.megabytes:.0f} |"
    amiss = sum(wrong(*pair) for pair in found)
    slow = [each.name for each, cost in found if cost.seconds > SECONDS]
    heavy = [each.name for each, cost in found if cost.megabytes > MEGABYTES]
    yield f"\n{len(found)} files, {len(cuts)} of them cut at a sixteenth: {amiss} wrong verdicts."
    yield f"Over {SECONDS:g} seconds: {', '.join(slow) or 'none'}. Over {MEGABYTES} MB: {', '.join(heavy) or 'none'}."
    if missing:
        yield f"Not here, and left out: {', '.join(missing)}."


def _child(request: bytes) -> Cost:
    command = [sys.executable, "-P", "-m", "portal.documents"]
    with tempfile.TemporaryFile() as given:
        given.write(request)
        given.seek(0)
        child = subprocess.Popen(
            command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=inspection._child_environment(),
        )  # fmt: skip
        peak, over = [0.0], threading.Event()
        watching = threading.Thread(target=_watch, args=(child.pid, peak, over))
        watching.start()
        assert child.stdout is not None
        said = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = ended = os.waitstatus_to_exitcode(status)
        child.stdout.close()
        over.set()
        watching.join()
    spent = used.ru_utime + used.ru_stime
    if ended in (-inspection._OUT_OF_TIME, -inspection._OUT_OF_MEMORY):
        return Cost("document_too_heavy", spent, peak[0])
    if ended:
        return Cost("document_damaged" if ended < 0 else "documents_unavailable", spent, peak[0])
    head = json.loads(said.partition(b"\n")[0])
    return Cost(head.get("refused") or head["media_type"], spent, peak[0])


def _watch(child: int, peak: list[float], over: threading.Event) -> None:
    """The most memory that it ever had; the last look before its end counts."""
    while not over.wait(0.005):
        try:
            told = Path(f"/proc/{child}/status").read_text("ascii")
        except OSError:
            return
        for line in told.splitlines():
            if line.startswith("VmHWM:"):
                peak[0] = max(peak[0], int(line.split()[1]) / 1024)
