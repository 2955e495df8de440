"""Lambda: every night, adds up the recap's facts of the days that have settled, so that its page need not."""

from typing import Any

from portal.bootstrap_aws import discreet, rests, warm
from portal.house import House


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, int]:
    """How many months were added up; none while a move is at the records, or after it."""
    house = house or warm()
    if rests(house):
        return {}
    return {"compiled": house.clockwork.compilation.compile_recap()}
