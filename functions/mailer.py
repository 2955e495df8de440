"""Lambda: sends an email as soon as the table's stream tells that it is owed, and every minute what is due again."""

import json
import logging
from collections.abc import Iterable
from typing import Any, Final

from portal.bootstrap_aws import warm
from portal.clockwork import Clockwork
from portal.house import House

log = logging.getLogger(__name__)

ROOM: Final = 20_000
"""Milliseconds that one email may take at most; with less left, the next minute's look goes on."""


def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, Any]:
    """For the stream's records, which of them to bring again; for the schedule, how things stand."""
    clockwork = (house or warm()).clockwork
    if "Records" in event:
        return {"batchItemFailures": [{"itemIdentifier": number} for number in _not_sent(clockwork, event["Records"])]}
    while context.get_remaining_time_in_millis() > ROOM and clockwork.send_due(most=1):
        pass
    return _measured(clockwork, context.function_name)


def _not_sent(clockwork: Clockwork, records: Iterable[dict[str, Any]]) -> list[str]:
    """The sequence number of the first record from which on the stream is to begin anew; empty if all is well.

    Each record is one email that became due. An email that the relay does not take is no failure of the record: when to
    try it again is kept with it.
    """
    for record in records:
        try:
            clockwork.send_due(most=1)
        except Exception as problem:
            # The kind only: the message may hold personal data.
            log.error("an owed email could not be looked at: %s", type(problem).__name__)
            return [record["dynamodb"]["SequenceNumber"]]
    return []


def _measured(clockwork: Clockwork, function: str) -> dict[str, Any]:
    """Age of the oldest email still to be sent, and number of red ones; CloudWatch reads them from the log.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    now = clockwork.portal.clock()
    waiting = [owed.queued_at for owed in clockwork.portal.records.unsent() if not owed.hopeless]
    oldest = int((now - min(waiting)).total_seconds()) if waiting else 0
    found: dict[str, Any] = {"OldestUnsentSeconds": oldest, "RedEmails": len(clockwork.red_list())}
    metrics = [{"Name": name} for name in found]
    described = {"Namespace": "Portal", "Dimensions": [["FunctionName"]], "Metrics": metrics}
    about = {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": [described]}
    print(json.dumps({"_aws": about, "FunctionName": function, **found}))
    return found
