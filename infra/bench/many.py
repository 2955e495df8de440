"""Does a deed ask more of AWS where the portal has many services? The same application, beside none and beside many."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from package import ROOT

from bench import acts, walk
from bench.acts import DEEDS
from bench.meter import Act
from bench.tables import amount, table

SERVICES: Final = (1, 20)
OWN: Final = "penerbitan"
PATHS: Final[Mapping[str, str]] = {f"/ajukan/{OWN}": "/ajukan", f"/rekap/{OWN}": "/rekap"}
"""Addresses with the service in them, and what they are where there is only one."""


def measured(work: Path, dynamodb: str) -> dict[int, Sequence[Act]]:
    """All that one application of the office's own service took, by the number of services that the portal has."""
    return {number: _one_application(work / f"services-{number}", number, dynamodb) for number in SERVICES}


def report(found: Mapping[int, Sequence[Act]]) -> str:
    """Calls, and units read and written, of each deed; a deed once beside how it is with one service."""
    rows = []
    for name in DEEDS:
        asked = [_asked(acts.deed(name, some)) for some in found.values()]
        ratios = [amount(now / before) for before, now in zip(asked[0], asked[-1], strict=True) if before]
        rows.append([name, *(" / ".join(map(amount, each)) for each in asked), ", ".join(ratios)])
    heads = [f"{number} service{'s' if number > 1 else ''}" for number in found]
    return table(["calls / RRU / WRU", *heads, "times"], rows)


def _asked(deed: acts.Deed) -> tuple[float, ...]:
    times = max(deed.times, 1)
    return sum(deed.calls.values()) / times, deed.reads / times, deed.writes / times


def _one_application(folder: Path, number: int, dynamodb: str) -> Sequence[Act]:
    names = lay_out(folder, number)
    several = {"SCHEMAS": str(folder), "SERVICES": ",".join(names)}
    with walk.city(dynamodb, **several) as city:
        city.cases().case("lapse")  # the process has taken one in
        city.deliver()
        before = len(city.meter.acts)
        walk.through_the_sop(city, apply_at=f"/ajukan/{OWN}" if number > 1 else "/ajukan")
        city.minute()
        city.hour()
        city.night()
        city.public().get(f"/rekap/{OWN}" if number > 1 else "/rekap")
        return [replace(act, name=_as_alone(act.name)) for act in city.meter.acts[before:]]


def lay_out(folder: Path, number: int) -> list[str]:
    """The office's own service, and so many less one that differ from it in name and ticket only; returns the names."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "schemas", folder)
    names = [OWN]
    for other in range(1, number):
        name, prefix = f"{OWN}_{other}", f"T{chr(ord('A') + other - 1)}"
        shutil.copytree(folder / OWN, folder / name)
        sop = folder / name / "sop.toml"
        text = sop.read_text("utf-8")
        for before, after in (
            (f'service = "{OWN}"', f'service = "{name}"'),
            ('prefix = "TTE"', f'prefix = "{prefix}"'),
        ):
            if before not in text:
                raise ValueError(before)
            text = text.replace(before, after, 1)
        sop.write_text(text, "utf-8")
        names.append(name)
    return names


def _as_alone(name: str) -> str:
    method, _, path = name.partition(" ")
    return f"{method} {PATHS.get(path, path)}".strip()
