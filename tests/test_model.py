"""Whatever people do in whatever order, the portal is where a table of one page says."""

from pathlib import Path

import pytest

from tests.support.model import Walk
from tests.support.model_on_aws import on_aws
from tests.support.stage import Stage, StillClock


def test_on_one_machine_all_is_as_the_table_says_whatever_people_do(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "data", StillClock())
    walk = Walk(stage, 20261127)
    walk.go(60)
    assert min(walk.done, walk.refused) > 25
    stage.close()


@pytest.mark.long
@pytest.mark.cloud
def test_on_aws_all_is_as_the_table_says_whatever_people_do() -> None:
    with on_aws() as stage:
        walk = Walk(stage, 20261127)
        walk.go(40)
    assert min(walk.done, walk.refused) > 15
