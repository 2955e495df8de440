"""The items of who took personal data out or erased it, and erasing: items without it."""

from collections.abc import Sequence
from typing import Final

from portal.core.application import Application
from portal.core.handouts import Handout
from portal.core.listing import Line
from portal.core.notices import Notice
from portal.engines import entries
from portal.engines.aws import items, owed, standings
from portal.engines.aws.deletions import decided
from portal.engines.aws.dynamodb import EXISTING, MOST_AT_ONCE, NEW, Key, Table, Write

HANDOUTS: Final = "HANDOUT"


class DynamoAccounts:
    """What ``accounts.Accounts`` promises."""

    _table: Table

    def keep_handout(self, handout: Handout) -> None:
        number = self._table.count(items.counter_key("handouts"))
        kept = {**handout_key(number), **entries.handout_entry(handout)}
        self._table.transact([Write(kept, NEW, conflict="handout_taken")])

    def handouts(self) -> Sequence[Handout]:
        return [entries.handout(item) for item in self._table.partition(HANDOUTS)]

    def erase(self, application: Application, line: Line) -> None:
        ticket = application.ticket
        *events, stone = application.events
        owed.forget_all(self._table, ticket)
        bare = [Write(items.event_item(ticket, event), EXISTING, conflict="event_taken") for event in events]
        last = [
            Write(items.event_item(ticket, stone), NEW, conflict="event_taken"),
            Write(items.application_item(application, "")),
            Write(items.line_item(line)),
            Write(items.line_key(line.service, ticket), deletes=True),  # where an older portal has left it
            standings.write(application, None),
            decided(f"applications/{ticket}/"),
        ]
        # The tombstone comes with the last of them: until then the case still has its form, so that it is found again.
        while len(bare) + len(last) > MOST_AT_ONCE:
            self._table.transact(bare[:MOST_AT_ONCE])
            bare = bare[MOST_AT_ONCE:]
        self._table.transact([*bare, *last])

    def forget_notices(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            self._table.delete(items.notice_key(notice.identity))

    def scrub(self, *, if_owed: bool = False) -> None:
        """What is overwritten or deleted in a table is gone from it; its backups forget it in their own time."""


def handout_key(number: int) -> Key:
    """``HANDOUT``, ``00000012``"""
    return {"PK": HANDOUTS, "SK": f"{number:08d}"}
