"""What all tests share: contract modules whose asserts explain themselves, the parsed SOP, and a portal to play on."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the rule holds.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

pytest.register_assert_rewrite("contract_files", "contract_mail", "contract_records")

if TYPE_CHECKING:
    from stage import Stage

    from portal.sop import Sop
    from portal.worktime import Calendar

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"


@pytest.fixture(scope="session")
def sop() -> "Sop":
    """The SOP of the repository, read once."""
    from portal.editions import read_sop

    return read_sop(SCHEMAS / "penerbitan")


@pytest.fixture(scope="session")
def calendar(sop: "Sop") -> "Calendar":
    """Its office hours with the frozen holidays."""
    import tomllib

    from portal import worktime

    return worktime.calendar(sop.data["calendar"], tomllib.loads((SCHEMAS / "holidays.toml").read_text("utf-8")))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator["Stage"]:
    """A rehearsing portal of one's own, with its sample officials, on a Monday at 08.00 WITA."""
    yield from _playing(tmp_path)


@pytest.fixture(scope="module")
def shared_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Stage"]:
    """The same for a whole file of tests that leave each other's cases alone."""
    yield from _playing(tmp_path_factory.mktemp("stage"))


def _playing(data: Path) -> Iterator["Stage"]:
    from stage import Stage

    playing = Stage(data)
    yield playing
    playing.close()
