"""Google's Lighthouse on one page, in Debian's Chromium: scores out of 100, and what cost points."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tests.support.chromium import ARGUMENTS, BUILD

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
    command = [
        str(LIGHTHOUSE),
        address,
        "--quiet",
        "--output=json",
        f"--chrome-flags={' '.join(ARGUMENTS)} --headless=new",
    ]
    command += ["--preset=desktop"] if device == "desktop" else []
    command += ["--disable-full-page-screenshot", f"--only-categories={','.join(CATEGORIES)}"]
    command += [f"--skip-audits={BY_DESIGN}"] if hidden else []
    command += [f"--extra-headers={json.dumps({'Cookie': cookie})}"] if cookie else []
    environment = os.environ | {"CHROME_PATH": shutil.which("chromium") or ""}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
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
