"""The items of the list of all cases: read all of a service, or some beside a place.

Those that an older portal kept lie by their tickets, until the next night has put them in their places.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from portal.core.listing import Line
from portal.engines import entries
from portal.engines.aws import items
from portal.engines.aws.dynamodb import MOST_AT_ONCE, NEW, Item, Table, Write

_FIRST: Final = "0"
_UNPLACED: Final = "A"
"""Places begin with a digit, and tickets with a letter."""


class DynamoLines:
    """What ``ports.Records`` promises of the list of all cases."""

    _table: Table

    def lines(self, service: str) -> Iterator[Line]:
        unplaced = {line.ticket: line for line in entries.readable(entries.line, self._unplaced(service))}
        for line in entries.readable(entries.line, self._table.partition(items.lines_of(service), before=_UNPLACED)):
            unplaced.pop(line.ticket, None)  # written anew since
            yield line
        yield from unplaced.values()

    def lines_by_age(self, service: str, most: int, place: str = "", *, newer: bool = False) -> Sequence[Line]:
        beside = {"after": place or _FIRST} if newer else {"before": place or _UNPLACED}
        placed = self._table.partition(items.lines_of(service), **beside, page=most)
        found = islice(entries.readable(entries.line, (item for item in placed if item["SK"] < _UNPLACED)), most)
        unplaced = entries.readable(entries.line, self._unplaced(service))
        others = [line for line in unplaced if not place or (line.place > place if newer else line.place < place)]
        by_ticket = {line.ticket: line for line in (*others, *found)}
        return sorted(by_ticket.values(), key=lambda line: line.place, reverse=not newer)[:most]

    def place_lines(self, service: str) -> int:
        unplaced, placed = self._unplaced(service), 0
        while some := list(islice(unplaced, MOST_AT_ONCE // 2)):
            read = list(entries.readable(lambda item: (item, entries.line(item)), some))
            self._table.transact([write for item, line in read for write in _placed(item, line)])
            placed += len(read)
        return placed

    def keep_lines(self, lines: Sequence[Line]) -> None:
        writes = [Write(items.line_item(line), NEW) for line in lines]
        for start in range(0, len(writes), MOST_AT_ONCE):
            self._table.transact(writes[start : start + MOST_AT_ONCE])

    def _unplaced(self, service: str) -> Iterator[Item]:
        return self._table.partition(items.lines_of(service), after=_UNPLACED)


def _placed(item: Item, line: Line) -> list[Write]:
    """In its place, unless what is there is as new; where it was, only if nobody has written there meanwhile."""
    was = {":since": item["since"]}
    return [
        Write(items.line_item(line), f"{NEW} OR since < :since", was),
        Write({"PK": item["PK"], "SK": item["SK"]}, "since = :since", was, deletes=True),
    ]
