"""The items that are kept for a while: which browsers use a link, who has a turn."""

from collections.abc import Sequence
from datetime import datetime

from portal.engines.aws import items
from portal.engines.aws.dynamodb import Table


class DynamoUses:
    """What ``uses.Uses`` promises."""

    _table: Table

    def use(self, link: str, device: str, now: datetime, until: datetime) -> None:
        key, end = items.used_key(link, device), int(until.timestamp())
        self._table.update(key, "SET expires_at = :end", {":end": end})

    def used(self, link: str, now: datetime) -> Sequence[str]:
        # What has ended may still lie there for some days.
        found = self._table.partition(items.used_of(link))
        return [item["SK"] for item in found if item["expires_at"] > now.timestamp()]

    def hold(self, turn: str, who: str, now: datetime, until: datetime) -> str:
        key, values = items.used_key(turn, "TURN"), {":who": who, ":end": int(until.timestamp())}
        free = "attribute_not_exists(PK) OR expires_at <= :now"
        while True:
            given = {**values, ":now": int(now.timestamp())}
            if held := self._table.update(key, "SET held_by = :who, expires_at = :end", given, free):
                return str(held["held_by"])
            if held := self._table.get(key):
                return str(held["held_by"])
