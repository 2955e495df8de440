"""What tests prove that are not tables of their own: run here, and counted by what they are about."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from xml.etree import ElementTree as ET

from tests.support.places import ROOT

TESTS: Final[Mapping[str, Sequence[str]]] = {
    "the records or the disk take nothing, at every form": ["tests/web/test_store_fails.py"],
    "the disk full to the last page under the real server": ["tests/test_full_disk.py"],
    "the relay is away for eight days": ["tests/web/test_mail_fails.py"],
    "the real server killed after each step, and within one": ["tests/test_durability.py"],
    "two workers whose clocks are five minutes apart": ["tests/test_clocks_apart.py"],
    "two at the same moment": ["tests/web/test_same_moment.py"],
    "records of the stream repeated, late, shuffled": [
        "tests/aws/test_stream_out_of_order.py", "tests/aws/test_handlers.py",
    ],
    "everything against a table of one page, on both engines": ["tests/test_model.py"],
    "the story interrupted on AWS": ["tests/test_interrupted.py"],
    "links forged, cut, rotated, replayed, of others; no oracle": [
        "tests/web/test_links_gone_wrong.py", "tests/web/test_no_oracle.py", "tests/web/test_discretion.py",
    ],
    "scanners, other sites, every form and method": ["tests/web/test_get_changes_nothing.py"],
    "hostile texts on pages, in mail, tables and papers": [
        "tests/web/test_hostile_strings.py", "tests/web/test_typed_markup.py",
    ],
    "hosts, redirects, headers, bodies": [
        "tests/web/test_bad_requests.py", "tests/web/test_bad_http.py", "tests/web/test_bodies.py",
        "tests/web/test_browser_rules.py", "tests/web/test_limits.py",
    ],
    "malware and active content": ["tests/web/test_malware.py", "tests/documents/test_active_content.py"],
}  # fmt: skip


def table(tests: Mapping[str, Sequence[str]] = TESTS) -> Iterator[str]:
    yield "| What | Tests | Failed | Left out | Seconds |\n|---|---:|---:|---:|---:|"
    for what, paths in tests.items():
        yield f"| {' | '.join(map(str, (what, *_counted(paths))))} |"


def _counted(paths: Sequence[str]) -> Iterator[object]:
    with TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", f"--junitxml={told}", *paths]
        ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode
        suite = next(ET.parse(told).iter("testsuite")) if told.exists() else ET.Element("testsuite")
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    yield suite.get("tests", 0)
    yield f"**{failed}, ended with {ended}**" if failed or ended else 0
    yield suite.get("skipped", 0)
    yield round(float(suite.get("time", 0)))
