"""A renewal of six rows: begun by an official, the applicant acting in rows 2 and 4 by link, no visit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.city import City
from tests.support.server import Clock, serving
from tests.support.services import installed
from tests.support.services_stories import renewal


@pytest.fixture
def office(tmp_path: Path) -> Iterator[City]:
    clock = Clock()
    with serving(tmp_path / "data", clock, **installed(tmp_path / "schemas", "perpanjangan")) as served:
        yield City(served, clock)


def test_a_renewal_runs_from_the_officials_desk_to_its_end(office: City) -> None:
    renewal(office)
