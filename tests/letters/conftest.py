"""Everything that is ever sent, once as it is and once by people who type whatever they can."""

import pytest

from portal.core.sop import Sop
from portal.editions import read_sop
from tests.support.correspondence import HOSTILE, Office, Sent, as_it_is, story
from tests.support.places import SCHEMAS


@pytest.fixture(scope="session")
def edition() -> Sop:
    return read_sop(SCHEMAS / "penerbitan")


@pytest.fixture(scope="session")
def sent(edition: Sop, tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    return story(Office(tmp_path_factory.mktemp("office"), edition, as_it_is))


@pytest.fixture(scope="session")
def hostile(edition: Sop, tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """The same correspondence with people who type markup, HTML and header lines wherever they can."""
    return story(Office(tmp_path_factory.mktemp("hostile"), edition, lambda text: f"{text} {HOSTILE}"))
