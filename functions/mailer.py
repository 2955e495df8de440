"""Lambda: sends an email as soon as the table's stream tells that it is owed, and every minute what is due again."""

import json
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from portal.bootstrap_aws import discreet, rests, warm
from portal.core.notices import Notice, Shares
from portal.engines.ports import Streamed
from portal.house import House
from portal.usecases.outbox import Outbox

log = logging.getLogger(__name__)

ROOM: Final = 20_000
"""Milliseconds that one email may take at most; with less left, the next minute's look goes on."""

MOST: Final = 1000
"""Emails in one look; time is what ends it."""


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> dict[str, Any]:
    """For the stream's records, which of them to bring again; for the schedule, how things stand."""
    house = house or warm()
    if "Records" in event:
        return {"batchItemFailures": [{"itemIdentifier": number} for number in _not_sent(house, event["Records"])]}
    outbox = house.outbox
    if rests(house):
        return _measured(outbox, context.function_name, [])
    outbox.send_due(MOST, partial(_while_there_is_room, outbox, context))
    return _measured(outbox, context.function_name, _streamed(outbox).unsent_or_returned())


def _while_there_is_room(
    outbox: Outbox, context: Any, now: datetime, lease: timedelta, shares: Shares
) -> Notice | None:
    room: bool = context.get_remaining_time_in_millis() > ROOM
    return outbox.records.claim_notice(now, lease, shares) if room else None


def _not_sent(house: House, records: Iterable[dict[str, Any]]) -> list[str]:
    """The sequence number of the first record from which on the stream is to begin anew; empty if all is well.

    An email that the relay does not take is no failure of its record: when to try it again is kept with it.
    """
    outbox = house.outbox
    store = _streamed(outbox)
    for record in records:
        key = {name: value["S"] for name, value in record["dynamodb"]["Keys"].items()}
        try:
            if rests(house):
                return []  # what is owed is found by the look of every minute, wherever it is by then
            outbox.send_due(1, partial(store.claim_under, key))
        except Exception as problem:
            # The kind only: the message may hold personal data.
            log.error("an owed email could not be looked at: %s", type(problem).__name__)
            return [record["dynamodb"]["SequenceNumber"]]
    return []


def _streamed(outbox: Outbox) -> Streamed:
    if not isinstance(outbox.records, Streamed):
        raise TypeError("records that have no stream")
    return outbox.records


def _measured(outbox: Outbox, function: str, unsent: Sequence[tuple[Notice, bool]]) -> dict[str, Any]:
    """Age of the oldest email still to be sent, and number of red ones; CloudWatch reads them from the log.

    What came back from a full mailbox is not late by our doing: hours of it are to hide no outage.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    now = outbox.clock()
    ours = [owed for owed, returned in unsent if not (owed.hopeless or returned)]
    waiting = [since for owed in ours if (since := outbox.due_since(owed)) <= now]
    oldest = int((now - min(waiting)).total_seconds()) if waiting else 0
    found: dict[str, Any] = {
        "OldestUnsentSeconds": oldest,
        "RedEmails": len(outbox.red_list([owed for owed, _ in unsent])),
    }
    metrics = [{"Name": name} for name in found]
    described = {"Namespace": "Portal", "Dimensions": [["FunctionName"]], "Metrics": metrics}
    about = {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": [described]}
    print(json.dumps({"_aws": about, "FunctionName": function, **found}))
    return found
