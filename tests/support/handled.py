"""The portal on AWS as its functions meet it, and the run of one of them."""

from dataclasses import dataclass
from typing import Any

import cloud

from portal.core.notices import notice
from portal.house import House
from tests.support.server import Clock

KADIS = "kepala.dinas@tarakankota.go.id"


@dataclass(frozen=True)
class Hurried:
    """A run that has so much time left."""

    milliseconds: int
    function_name: str = "portal-mailer"

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


class Office:
    def __init__(self, aws: cloud.Cloud) -> None:
        self.aws, self.clock = aws, Clock()
        self.pages = aws.furnish(self.clock)
        self.mailer: House = aws.houses["mailer"]
        self.box: Any = self.pages.engine.mailbox

    def owe(self, occasion: str) -> None:
        """An official wants a link to all that waits for him."""
        head = next(o for o in self.pages.office.records.officials() if o.email == KADIS)
        actor = head.as_actor(self.pages.office.services.first)
        owed = notice("desk", actor, about="meja", event=0, at=self.clock(), occasion=occasion)
        self.pages.office.records.owe([owed])
