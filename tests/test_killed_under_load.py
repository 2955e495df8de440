"""kill -9 of the real server while people type; ``make proof`` does it fifty times."""

from pathlib import Path

import pytest

from tests.support.killed import killed

pytestmark = pytest.mark.long


def test_what_was_answered_is_there_although_the_server_is_killed_again_and_again(disk: Path) -> None:
    found = killed(disk, 3)
    assert (found.lost, found.whole) == ((), True)
    assert found.answered > 0
