"""A stage on the template's resources in moto."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portal.house import House
from tests.support.stage import Stage, StillClock

if TYPE_CHECKING:
    from cloud import Cloud


class OnAws(Stage):
    def __init__(self, aws: "Cloud", clock: StillClock) -> None:
        from portal import bootstrap_aws

        self.clock = clock
        self.house: House = aws.everything(clock, bootstrap_aws.build_aws)
        self._take_up(self.house)
        self.records, self.mailbox = self.office.records, self.house.engine.mailbox


@contextmanager
def on_aws() -> Iterator[Stage]:
    import cloud

    with cloud.cloud("http://localhost") as aws:
        yield OnAws(aws, StillClock())
