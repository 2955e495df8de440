"""Google's Lighthouse on one page, in Debian's Chromium: scores out of 100, and what cost points."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from playwright.sync_api import sync_playwright

from tests.support.chromium import ARGUMENTS, BUILD, PATIENCE

Device = Literal["mobile", "desktop"]

LIGHTHOUSE: Final = BUILD / "npm" / "node_modules" / ".bin" / "lighthouse"
CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
BY_DESIGN: Final = "is-crawlable"
"""Not asked of a page that is deliberately kept from search engines, such as an official's."""


@dataclass(frozen=True)
class Report:
    """Attributes:
    scores: by category.
    lost: what cost points, as ``category: audit``.
    times: first and largest paint and blocking, in milliseconds.
    host: Lighthouse's own measure of this machine at that moment; busy ones blur times.
    """

    scores: Mapping[str, int]
    lost: tuple[str, ...]
    times: Mapping[str, int]
    host: int

    @property
    def perfect(self) -> bool:
        return set(self.scores.values()) == {100}


def look_at(address: str, device: Device, cookie: str = "", hidden: bool = False) -> Report:
    """Load the page once as Lighthouse does: a slow phone on a slow network, or a desk.

    Args:
        hidden: the page says noindex on purpose.
    """
    command = [str(LIGHTHOUSE), address, "--quiet", "--output=json"]
    command += ["--preset=desktop"] if device == "desktop" else []
    command += ["--disable-full-page-screenshot", f"--only-categories={','.join(CATEGORIES)}"]
    command += [f"--skip-audits={BY_DESIGN}"] if hidden else []
    with _browser_of(address, cookie) as browser:
        run = subprocess.run(
            [*command, *browser],
            env=os.environ | {"CHROME_PATH": shutil.which("chromium") or ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    if run.returncode:
        raise RuntimeError(f"Lighthouse on {address}: {run.stderr[-800:]}")
    told: dict[str, Any] = json.loads(run.stdout)
    if problem := told.get("runtimeError"):
        raise RuntimeError(f"Lighthouse on {address}: {problem['message']}")
    scores, lost = {}, []
    for name in CATEGORIES:
        category = told["categories"][name]
        scores[name] = round(100 * (category["score"] or 0))
        for reference in category["auditRefs"]:
            audit = told["audits"].get(reference["id"], {})
            if reference["weight"] and audit.get("score") is not None and audit["score"] < 0.9:
                lost.append(f"{name}: {reference['id']} {audit.get('displayValue', '')}".strip())
    names = {"paint": "first-contentful-paint", "largest": "largest-contentful-paint", "blocked": "total-blocking-time"}
    times = {short: round(told["audits"][audit]["numericValue"]) for short, audit in names.items()}
    return Report(scores, tuple(lost), times, round(told["environment"]["benchmarkIndex"]))


@contextmanager
def _browser_of(address: str, cookie: str) -> Iterator[list[str]]:
    """What tells Lighthouse to start a browser of its own; or, where cookies open the page, which one has them.

    As a header of every request (``--extra-headers``) they would be gone as soon as the page sets one of its own.
    """
    if not cookie:
        yield [f"--chrome-flags={' '.join(ARGUMENTS)} --headless=new"]
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [shutil.which("chromium") or "", *ARGUMENTS, "--headless=new", f"--user-data-dir={profile}"]
        with subprocess.Popen([*command, "--remote-debugging-port=0"], stderr=subprocess.DEVNULL) as running:
            try:
                port = _port(Path(profile, "DevToolsActivePort"))
                with sync_playwright() as playwright:
                    kept = [each.split("=", 1) for each in cookie.split("; ")]
                    playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}").contexts[0].add_cookies(
                        [{"name": name, "value": value, "url": address} for name, value in kept]
                    )
                yield [f"--port={port}", "--disable-storage-reset"]
            finally:
                running.terminate()


def _port(told: Path) -> int:
    """Where the browser listens, once it has written it down."""
    until = time.monotonic() + PATIENCE
    while not (told.exists() and told.read_text()):
        assert time.monotonic() < until, "Chromium does not say where it listens"
        time.sleep(0.05)
    return int(told.read_text().split()[0])
