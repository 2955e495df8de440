"""Is the mail relay out? Told from the emails that it did not take, and for which it gave no reason of theirs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portal.core.notices import Notice

GRACE: Final = timedelta(minutes=2)
"""How long a relay may be out before anybody is called: less is a hiccup."""


@dataclass(frozen=True)
class Outage:
    """The relay is out of reach, refuses us, or rejects our login.

    Attributes:
        since: the first try that failed of those that it still holds up.
        held_up: how many emails wait.
    """

    since: datetime
    held_up: int

    def lasts(self, now: datetime) -> bool:
        return now - self.since >= GRACE


def outage(unsent: Iterable[Notice]) -> Outage | None:
    """The present outage, if there is one; it ends with the last of these emails that the relay takes or refuses."""
    owed = [notice for notice in unsent if notice.is_owed and not notice.hopeless]
    since = [notice.relay_out_since for notice in owed if notice.relay_out_since]
    return Outage(min(since), len(owed)) if since else None
