"""Lambda: every hour, owes officials what waits where their duty has begun and their digest of late cases, whoever
watches over them a word of those far too late, and applicants one about tomorrow's visit."""

from typing import Any

from portal.bootstrap_aws import discreet, warm
from portal.house import House


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, int]:
    """How many emails are owed now; owing one twice a day is owing it once."""
    clockwork = (house or warm()).clockwork
    officials = clockwork.announce() + clockwork.remind()
    return {"officials": officials, "escalated": clockwork.escalate(), "visits": clockwork.remind_visits()}
