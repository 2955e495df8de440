"""Made-up services of an office that does not exist: data only, in ``tests/services``."""

import shutil
from pathlib import Path

from tests.support.places import ROOT, SCHEMAS

SERVICES = ROOT / "tests" / "services"


def installed(target: Path, *names: str) -> Path:
    """The schemas that all services share, with these services beside them; returns the first one's folder."""
    shutil.copytree(SCHEMAS, target, ignore=lambda folder, found: [n for n in found if (Path(folder) / n).is_dir()])
    for name in names:
        shutil.copytree(SERVICES / name, target / name)
    return target / names[0]
