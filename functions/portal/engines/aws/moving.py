"""The items as pieces and back, and the mark that lets nobody else write."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from portal.core.errors import Unavailable
from portal.engines import entries
from portal.engines.aws import items
from portal.engines.aws.accounts import HANDOUTS, handout_key
from portal.engines.aws.dynamodb import Item, Table
from portal.engines.moving import REFUSALS, Making, Piece

MOVE: Final = {"PK": "MOVE", "SK": "MOVE"}

KNOWN_FOR: Final = 10.0
"""Seconds for which a function goes by the mark that it has seen last."""

SETTLED: Final = 75.0
"""Seconds after which nobody writes any more who has not seen the mark: those above, and the longest that a function
which writes at somebody's wish or sends emails may run (60 s)."""

_END: Final = "null"
"""The place after everything."""

_OWN: Final = frozenset({"PK", "SK", "GSI1PK", "GSI1SK", "expires_at"})
"""Attributes that are the table's and no noun's."""

_DERIVED: Final = ("MOVE", "HOLDER", "STANDING", "SWEEP", "DELETION", "SCANNER", items.COMPILED)
"""Beginnings of partitions whose items can be made anew, or are settled before a move."""

_COUNTED: Final[Mapping[str, str]] = {"official": "officials", "handout": "handouts"}
"""Series by which the table itself keeps an order."""


class Latch:
    """What is known of the mark, looked at anew every few seconds.

    Args:
        read: asks the table; ``monotonic`` tells seconds.
    """

    def __init__(self, read: Callable[[], str], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._read, self._monotonic = read, monotonic
        self._known, self._at = "", -KNOWN_FOR

    def mark(self) -> str:
        if (now := self._monotonic()) - self._at >= KNOWN_FOR:
            self._known, self._at = self._read(), now
        return self._known

    def must_be_open(self) -> None:
        """Raises Unavailable, by the code of the mark."""
        if mark := self.mark():
            raise Unavailable(REFUSALS[mark])


class DynamoMoving:
    """What ``moving.MovableRecords`` promises; of two processes one may write for some seconds more (``SETTLED``)."""

    _table: Table
    _latch: Latch | None
    _draft_life: timedelta

    def move_mark(self) -> str:
        return self._latch.mark() if self._latch else self._read_mark()

    def _read_mark(self) -> str:
        found = self._table.get(MOVE)
        return str(found["mark"]) if found else ""

    def mark_move(self, mark: str) -> None:
        if mark:
            self._table.put_all([{**MOVE, "mark": mark}])
        else:
            self._table.delete(MOVE)

    def pages(self, after: str, now: datetime) -> Iterator[tuple[Sequence[Piece], str]]:
        if after == _END:
            return
        for page, place in self._table.scanned(json.loads(after) if after else None):
            kept = (item for item in page if item.get("expires_at", now.timestamp()) >= now.timestamp())
            yield [piece for item in kept if (piece := _piece(item))], json.dumps(place)

    def take_in(self, pieces: Iterable[Piece]) -> None:
        taken = list(pieces)
        self._table.put_all(item for piece in taken for item in self._items(piece))
        for kind, series in _COUNTED.items():
            numbers = [int(piece.entry.get("place") or piece.key[0]) for piece in taken if piece.kind == kind]
            if numbers:
                values, fewer = {":given": max(numbers)}, "attribute_not_exists(given) OR given < :given"
                self._table.update(items.counter_key(series), "SET given = :given", values, fewer)

    def forget_everything(self) -> None:
        for page, _ in self._table.scanned(None):
            self._table.delete_all({"PK": item["PK"], "SK": item["SK"]} for item in page if item["PK"] != MOVE["PK"])

    def _items(self, piece: Piece) -> Iterable[Item]:
        if piece.kind == "draft":
            return [items.draft_item(entries.draft(piece.entry), self._draft_life)]
        return _KEEP[piece.kind](piece.key, piece.entry)


# --- items to pieces -------------------------------------------------------------------------------------------------


def _piece(item: Item) -> Piece | None:
    """None of what is no piece."""
    partition, sort = str(item["PK"]), str(item["SK"])
    begins, _, rest = partition.partition("#")
    if begins in _DERIVED or partition.endswith(f"/{items.COMPILED}"):
        return None
    with Making(begins, f"{partition} {sort}"):
        if partition.endswith((items.FACTS, items.TALLIES)):
            return _of_recap(partition, sort, item)
        if begins == "COUNTER" and rest in _COUNTED.values():
            return None
        if begins == "APPLICATION" and sort != begins:
            return Piece("event", (rest, int(sort.partition("#")[2])), item["entry"])
        kind, key, entry = _MAKE[begins](rest, sort, item)
        return Piece(kind, key, entry)


def _of_recap(partition: str, sort: str, item: Item) -> Piece:
    if partition.endswith(items.FACTS):
        return Piece("fact", (partition.removesuffix(items.FACTS), sort.partition("#")[2]), item["fact"])
    entry = {"through": item["through"], "cases": item["cases"], "text": item["text"]}
    return Piece("tally", (partition.removesuffix(items.TALLIES), sort), entry)


def _own(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in _OWN}


def _case(item: Item) -> dict[str, Any]:
    names = ("service", "sop_version", "form", "documents")
    since = item["GSI1SK"].partition("#")[0] if item["waits_on"] else ""
    application = {name: item[name] for name in names}
    return {"waits_on": item["waits_on"], "since": since, "application": application, "version": item["version"]}


def _notice(item: Item) -> tuple[str, tuple[str | int, ...], dict[str, Any]]:
    noun = entries.notice(item)
    told = {"email": item.get("email", ""), "came_back": item.get("came_back", 0)}
    return "notice", noun.identity, {**entries.notice_entry(noun), **told}


_MAKE: Final[Mapping[str, Callable[[str, str, Item], tuple[str, tuple[str | int, ...], Mapping[str, Any]]]]] = {
    "FOUNDER": lambda _, sort, item: ("founder", (), {"service": item["service"]}),
    "SOP": lambda rest, sort, item: ("sop", (rest,), {"text": item["text"]}),
    items.OFFICIALS: lambda _, sort, item: (
        "official",
        tuple(sort.removeprefix("/").split("#", 2)),
        {"place": item["place"], "official": item["official"]},
    ),
    "COUNTER": lambda rest, sort, item: ("counter", (rest,), {"number": item["given"]}),
    items.CLAIMS: lambda _, sort, item: ("claim", (sort,), {"ticket": item["ticket"]}),
    "APPLICATION": lambda rest, sort, item: ("case", (rest,), _case(item)),
    "NOTICE": lambda rest, sort, item: _notice(item),
    "DRAFT": lambda rest, sort, item: ("draft", (rest,), entries.draft_entry(entries.draft(item))),
    "CERTIFICATE": lambda rest, sort, item: (
        "certificate",
        (rest, sort),
        entries.certificate_entry(entries.certificate(item)),
    ),
    "LINE": lambda rest, sort, item: ("line", (rest, item.get("ticket", sort)), _own(item)),
    "TOLD": lambda rest, sort, item: ("told", (rest,), {"at": item["told_at"], "by": item["told_by"]}),
    "USED": lambda rest, sort, item: ("used", (rest, sort), {"until": item["expires_at"]}),
    HANDOUTS: lambda _, sort, item: ("handout", (int(sort),), entries.handout_entry(entries.handout(item))),
}
"""By the beginning of the partition: kind, key and entry."""

# --- and back --------------------------------------------------------------------------------------------------------

Parts = tuple[str | int, ...]
Entry = Mapping[str, Any]


def _case_item(key: Parts, entry: Entry) -> Item:
    ticket, waits_on = str(key[0]), entry["waits_on"]
    listed = {"GSI1PK": items.waiting_list(waits_on), "GSI1SK": f"{entry['since']}#{ticket}"} if waits_on else {}
    kept = {"ticket": ticket, **entry["application"], "version": entry["version"], "waits_on": waits_on}
    return {**items.application_key(ticket), **listed, **kept}


def _notice_item(entry: Entry) -> Item:
    few = {name: entry[name] for name in ("email", "came_back") if entry[name]}
    return {**items.notice_item(entries.notice(entry)), **few}


def _certificate_items(entry: Entry) -> list[Item]:
    certificate = entries.certificate(entry)
    return [items.certificate_item(certificate), *items.holder_keys(certificate)]


def _tally_items(key: Parts, entry: Entry) -> list[Item]:
    book, month = map(str, key)
    through = {"month": month, "through": entry["through"], "cases": entry["cases"]}
    tallies, done = f"{book}{items.TALLIES}", f"{book}{items.COMPILED}"
    return [
        {"PK": tallies, "SK": month, **through, "text": entry["text"]},
        {"PK": done, "SK": month, **through},
    ]


_KEEP: Final[Mapping[str, Callable[[Parts, Entry], Iterable[Item]]]] = {
    "founder": lambda key, entry: [{**items.FOUNDER, **entry}],
    "sop": lambda key, entry: [items.sop_item(str(key[0]), entry["text"])],
    "official": lambda key, entry: [{**items.official_place(*map(str, key)), **entry}],
    "counter": lambda key, entry: [{**items.counter_key(str(key[0])), "given": entry["number"]}],
    "claim": lambda key, entry: [items.claim_item(str(key[0]), entry["ticket"])],
    "case": lambda key, entry: [_case_item(key, entry)],
    "event": lambda key, entry: [{**items.event_key(str(key[0]), int(key[1])), "entry": entry}],
    "notice": lambda key, entry: [_notice_item(entry)],
    "certificate": lambda key, entry: _certificate_items(entry),
    "line": lambda key, entry: [{**items.line_key(str(key[0]), f"{entry.get('opened', '')}#{key[1]}"), **entry}],
    "fact": lambda key, entry: [items.fact_item(f"{key[0]}{items.FACTS}", str(key[1]), entry)],
    "tally": _tally_items,
    "told": lambda key, entry: [{**items.told_key(str(key[0])), "told_at": entry["at"], "told_by": entry["by"]}],
    "used": lambda key, entry: [{**items.used_key(str(key[0]), str(key[1])), "expires_at": entry["until"]}],
    "handout": lambda key, entry: [{**handout_key(int(key[0])), **entry}],
}
