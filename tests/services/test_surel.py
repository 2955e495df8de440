"""An account of twelve rows: returns to the official before, "A or B acts", a row without a step, a signed letter."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.city import City
from tests.support.server import Clock, serving
from tests.support.services import installed
from tests.support.services_stories import account


@pytest.fixture
def office(tmp_path: Path) -> Iterator[City]:
    clock = Clock()
    with serving(tmp_path / "data", clock, **installed(tmp_path / "schemas", "surel")) as served:
        yield City(served, clock)


def test_an_account_is_made_and_its_letter_signed_to_the_end(office: City) -> None:
    account(office)
