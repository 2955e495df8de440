"""Lambda: deletes the versions of documents that are owed to be deleted, as soon as the table's stream tells of them,
and every five minutes what could not be deleted then. No other function may."""

import logging
from typing import Any, Final

from portal.bootstrap_aws import discreet, rests, warm
from portal.core.errors import PortalError
from portal.house import House

log = logging.getLogger(__name__)

ROOM: Final = 30_000
"""Milliseconds that one deletion may take at most; with less left, the next call goes on."""


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, Any]:
    """How much is settled; a failure is told when the schedule calls, and never holds up the stream."""
    house = house or warm()
    if rests(house) or not house.deletions:
        return {"settled": 0}
    try:
        settled = house.deletions.carry_out(lambda: context.get_remaining_time_in_millis() > ROOM)
    except PortalError as problem:
        if "Records" not in event:
            raise
        log.error("something could not be deleted: %s", type(problem).__name__)
        return {"settled": 0}
    return {"settled": settled}
