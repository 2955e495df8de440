"""The items of who took personal data out: numbered one after the other."""

from collections.abc import Sequence
from typing import Final

from portal.core.handouts import Handout
from portal.engines import entries
from portal.engines.aws import items
from portal.engines.aws.dynamodb import NEW, Key, Table, Write

HANDOUTS: Final = "HANDOUT"


class DynamoAccounts:
    """What ``accounts.Accounts`` promises."""

    _table: Table

    def keep_handout(self, handout: Handout) -> None:
        self._table.transact([self._handout(handout)])

    def handouts(self) -> Sequence[Handout]:
        return [entries.handout(item) for item in self._table.partition(HANDOUTS)]

    def _handout(self, handout: Handout) -> Write:
        number = self._table.count(items.counter_key("handouts"))
        return Write({**handout_key(number), **entries.handout_entry(handout)}, NEW, conflict="handout_taken")


def handout_key(number: int) -> Key:
    """``HANDOUT``, ``00000012``"""
    return {"PK": HANDOUTS, "SK": f"{number:08d}"}
