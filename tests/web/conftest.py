"""Portals to play on, and who opens their pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.applying import World, world_in
from tests.support.office import Office, Person


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path)
    yield opened
    opened.office.records.close()  # type: ignore[attr-defined]


@pytest.fixture
def person(office: Office) -> Callable[[str], Person]:
    return lambda email: Person(office, email)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path / "data") as opened:
        yield opened
