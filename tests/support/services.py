"""Made-up services of an office that does not exist: data only, in ``tests/services``."""

import shutil
from pathlib import Path

from tests.support.places import ROOT, SCHEMAS

SERVICES = ROOT / "tests" / "services"


def installed(target: Path, *names: str) -> dict[str, str]:
    """What tells a portal to run these services, of that office; ``target``: where the folders are put together.

    A service is made up, or it is the repository's own.
    """
    target.mkdir(parents=True)
    shared = [path for path in SCHEMAS.iterdir() if path.is_file() and path.name != "office.toml"]
    for path in (*shared, SERVICES / "office.toml"):
        shutil.copy(path, target)
    for name in names:
        made_up = SERVICES / name
        shutil.copytree(made_up if made_up.is_dir() else SCHEMAS / name, target / name)
    return {"SCHEMAS": str(target), "SERVICES": ",".join(names)}
