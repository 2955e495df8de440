"""What all tests share: support whose asserts explain themselves, the parsed SOP, and a portal to play on."""

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the rule holds.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
# For `make mutants`: the same examples every time, and fewer, as they are gone through for thousands of mutants.
settings.register_profile(
    "mutants", settings.get_profile("any machine"), derandomize=True, database=None, max_examples=30
)

# Before any of them is imported, so that their asserts explain themselves too.
pytest.register_assert_rewrite("tests.support")

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from portal.core.sop import Sop
    from portal.core.worktime import Calendar
    from tests.support.city import City
    from tests.support.in_chromium import Someone
    from tests.support.stage import Stage


MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes that have to be free there."""


def pytest_configure() -> None:
    """What tests keep lies in memory where there is enough: thousands of small databases need no disk."""
    # Half a million objects of libraries stay to the end: to go through them again and again takes a twentieth of all.
    gc.set_threshold(100_000, 50, 50)
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long first, then those with many tests: nobody is left alone with a long one at the end."""
    tests = Counter(item.path for item in items)
    for item in items:
        drives = item.path.parent.name == "browser" and "browser" in getattr(item, "fixturenames", ())
        if drives and not item.get_closest_marker("browser"):
            raise pytest.UsageError(f"{item.nodeid} drives a browser and is not marked so")
    items.sort(key=lambda item: (item.get_closest_marker("long") is None, -tests[item.path]))


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder on a real disk, for whatever is killed while it writes: in memory nothing is ever half written."""
    from tests.support.places import ROOT

    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as folder:
        yield Path(folder)


@pytest.fixture(scope="session", autouse=True)
def _swiftly() -> Iterator[None]:
    from tests.support.once import worked_out_once

    with worked_out_once():
        yield


@pytest.fixture(scope="session")
def sop() -> "Sop":
    """The SOP of the repository, read once."""
    from portal.editions import read_sop
    from tests.support.places import SCHEMAS

    return read_sop(SCHEMAS / "penerbitan")


@pytest.fixture(scope="session")
def calendar(sop: "Sop") -> "Calendar":
    """Its office hours with the frozen holidays."""
    import tomllib

    from portal.core import worktime
    from tests.support.places import SCHEMAS

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
    from tests.support.stage import Stage

    playing = Stage(data)
    yield playing
    playing.close()


# --- in a real browser -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    from tests.support.chromium import chromium

    with chromium() as started:
        yield started


@pytest.fixture
def city(tmp_path: Path) -> Iterator["City"]:
    """The portal as a server on this machine, and everybody who uses it."""
    from tests.support.city import City
    from tests.support.server import Clock, serving

    clock = Clock()
    with serving(tmp_path, clock) as served:
        yield City(served, clock)


@pytest.fixture
def someone(browser: "Browser", city: "City") -> Iterator["Someone"]:
    """Makes people; they leave before the portal closes."""
    from portal.web.official.devices import COOKIE, PATHS
    from tests.support.chromium import Person
    from tests.support.devices import known_to

    here: list[Person] = []

    def comes(**differently: Any) -> Person:
        here.append(Person(browser, city.address, deliver=city.house.outbox.send_due, **differently))
        for path in PATHS:
            here[-1].keep(COOKIE, known_to(city.house), path)
        return here[-1]

    yield comes
    for person in here:
        person.context.close()
