"""Lambda: every five minutes, owes whoever has a case a word when it is time, the clerk one of what is stuck, and
applicants one about tomorrow's visit."""

from typing import Any

from portal.bootstrap_aws import discreet, rests, warm
from portal.house import House


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, int]:
    """How many emails are owed now; owing one twice a day is owing it once."""
    house = house or warm()
    if rests(house):
        return {}
    clockwork = house.clockwork
    return {"cases": clockwork.look_after_cases(), "drafts": clockwork.remind_drafts()}
