"""The owed emails in the table: queued, held, settled, and unsent again when they come back."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from portal.core.notices import SLOWEST_RETRY, Notice, Shares, alone
from portal.core.sop import APPLICANT
from portal.engines import entries
from portal.engines.aws import items
from portal.engines.aws.dynamodb import EXISTING, NEW, Key, Table, Write
from portal.engines.ports import MOST_IN_ONE, CameBack

_WRITES: Final = "TURN"

_AHEAD: Final = 25
"""How many due emails a sender reads the keys of at a time: others may be faster at the first ones."""

_HELD: Final = "SET due_at = :until, GSI1SK = :until, attempts = attempts + :one"
_SETTLED: Final = (
    "SET due_at = :due_at, problem = :problem, hopeless = :hopeless, sent_at = :sent_at, dropped_at = :dropped_at"
)
_ON_LIST: Final = "GSI1PK = :list, GSI1SK = :place"
_OFF_LISTS: Final = "REMOVE GSI1PK, GSI1SK"

# Also the relay's word that this very attempt came back may be faster than the sender's that it was sent.
_UNSENT: Final = "attribute_exists(GSI1PK)"
_NOT_BACK: Final = "(attribute_not_exists(came_back) OR came_back < :attempts)"


def queued(notices: Sequence[Notice]) -> list[Write]:
    """One already queued stays as it is; the first of two alike is kept, as a transaction takes no item twice."""
    alike = {notice.identity: notice for notice in reversed(notices)}
    return [Write(items.notice_item(notice), NEW) for notice in alike.values()]


def forget_all(table: Table, about: str) -> None:
    """All emails about a ticket, a draft or an entry."""
    for each in table.partition(items.notices_of(about)):
        table.delete({"PK": each["PK"], "SK": each["SK"]})


def claim(table: Table, now: datetime, lease: timedelta, shares: Shares) -> Notice | None:
    """As ``Records.claim_notice``."""
    keys = table.listed(items.OUTBOX, until=entries.moment(now), page=_AHEAD)
    written_to = set[str]()
    while page := list(islice(keys, _AHEAD)):
        passed = _shared(table, page, written_to, shares)
        for key in page:
            # The index may still list what another sender holds or has sent by now; the item itself tells.
            held, waits = (None, False) if _named(key) in passed else _claim_under(table, key, now, lease, shares)
            if held is not None:
                return held
            if waits:
                written_to.add(items.recipient(key))
                passed |= _shared(table, page, {items.recipient(key)}, shares)
    return None


def claim_under(table: Table, key: Key, now: datetime, lease: timedelta, shares: Shares) -> Notice | None:
    """As ``Streamed.claim_under``."""
    return _claim_under(table, key, now, lease, shares)[0]


def _claim_under(table: Table, key: Key, now: datetime, lease: timedelta, shares: Shares) -> tuple[Notice | None, bool]:
    """And whether it waits until another sender has written to its recipient."""
    if shares is alone:
        return _held_if_due(table, key, now, lease), False
    found = table.get(key)
    owed = entries.notice(found) if found else None
    if owed is None or not owed.is_owed or owed.hopeless or owed.due_at > now:
        return None, False
    if not shares(owed):
        return _held_if_due(table, key, now, lease), False
    turn, mark = items.used_key(owed.turn, _WRITES), owed.held(now + lease).email
    free = "attribute_not_exists(PK) OR expires_at <= :now"
    values = {":who": mark, ":now": int(now.timestamp()), ":end": int((now + lease).timestamp())}
    # Before the notice, so that nobody who has one of them meets another sender with the next.
    if table.update(turn, "SET held_by = :who, held_at = :now, expires_at = :end", values, free) is None:
        return None, True
    held = _held_if_due(table, key, now, lease)
    if held is None:
        _give_up_turn(table, owed.turn, mark)
    return held, False


def _shared(table: Table, keys: Sequence[Key], recipients: Container[str], shares: Shares) -> set[tuple[str, str]]:
    """Which of these to these people share an email: found in one request, as there may be thousands to one person."""
    theirs = table.get_all(key for key in keys if items.recipient(key) in recipients)
    return {_named(item) for item in theirs if shares(entries.notice(item))}


def _named(key: Mapping[str, Any]) -> tuple[str, str]:
    return key["PK"], key["SK"]


def _held_if_due(table: Table, key: Key, now: datetime, lease: timedelta) -> Notice | None:
    held = table.update(
        key,
        _HELD,
        {":until": entries.moment(now + lease), ":one": 1, ":outbox": items.OUTBOX, ":now": entries.moment(now)},
        "GSI1PK = :outbox AND due_at <= :now",
    )
    return None if held is None else entries.notice(held)


def claim_also(
    table: Table, held: Notice, wanted: Callable[[Notice], bool], now: datetime, lease: timedelta
) -> Sequence[Notice]:
    """As ``Records.claim_also``."""
    keys = (key for key in table.listed(items.OUTBOX) if items.recipient(key) == held.recipient)
    found = sorted(map(entries.notice, table.get_all(keys)), key=lambda n: (n.queued_at, n.identity))
    free = (other for other in found if other.due_at <= now or other.due_at > now + 2 * lease)
    taken = [other for other in free if other.identity != held.identity and wanted(other)]
    tried = (_held_as_read(table, other, now + lease) for other in taken[: MOST_IN_ONE - 1])
    return [other for other in tried if other is not None]


def goes_first(table: Table, held: Notice, since: datetime, now: datetime) -> bool:
    """As ``Records.goes_first``."""
    told = table.update(
        items.told_key(held.recipient),
        "SET told_at = :now, told_by = :by",
        {":now": entries.moment(now), ":since": entries.moment(since), ":by": list(held.identity)},
        "attribute_not_exists(told_at) OR told_at < :since OR told_by = :by",
    )
    return told is not None


def settle(table: Table, notice: Notice) -> None:
    """As ``Records.settle_notice``."""
    key, item = items.notice_key(notice.identity), items.notice_item(notice)
    kept = ("due_at", "problem", "hopeless", "sent_at", "dropped_at", "attempts")
    values = {f":{name}": item[name] for name in kept}
    condition = f"{_UNSENT} AND {_NOT_BACK if notice.sent_at else 'attempts = :attempts'}"
    if "GSI1PK" in item:
        values |= {":list": item["GSI1PK"], ":place": item["GSI1SK"]}
        table.update(key, f"{_SETTLED}, {_ON_LIST}", values, condition)
    else:
        table.update(key, f"{_SETTLED} {_OFF_LISTS}", values, condition)
    if notice.role != APPLICANT:
        _give_up_turn(table, notice.turn, notice.email)


def came_back(table: Table, word: CameBack, at: datetime) -> None:
    """As ``Records.came_back``."""
    # The relay itself has tried for hours, so there is no hurry.
    again = entries.moment(at + SLOWEST_RETRY)
    values = {":nothing": None, ":problem": word.problem, ":final": word.final, ":again": again}
    values[":list"] = items.HOPELESS if word.final else items.OUTBOX
    for identity in word.identities:
        table.update(
            items.notice_key(identity),
            "SET sent_at = :nothing, dropped_at = :nothing, problem = :problem, hopeless = :final, due_at = :again,"
            " came_back = attempts, GSI1PK = :list, GSI1SK = :again",
            values,
            f"{EXISTING} AND (attribute_not_exists(came_back) OR came_back < attempts)",
        )


def unsent(table: Table) -> Iterator[Notice]:
    """As ``Records.unsent``."""
    return (notice for notice, _ in unsent_or_returned(table))


def unsent_or_returned(table: Table) -> Sequence[tuple[Notice, bool]]:
    """As ``Streamed.unsent_or_returned``."""
    keys = [key for name in (items.OUTBOX, items.HOPELESS) for key in table.listed(name)]
    found = ((entries.notice(item), item.get("came_back", 0)) for item in table.get_all(keys))
    owed = [(notice, 0 < came_back == notice.attempts) for notice, came_back in found if notice.is_owed]
    return sorted(owed, key=lambda each: (each[0].queued_at, each[0].identity))


def _give_up_turn(table: Table, turn: str, mark: str) -> None:
    """If it is still that notice's; the item goes by itself."""
    table.update(items.used_key(turn, _WRITES), "SET expires_at = held_at", {":who": mark}, "held_by = :who")


def _held_as_read(table: Table, notice: Notice, until: datetime) -> Notice | None:
    """Held, unless another sender has taken it since it was read."""
    values = {":until": entries.moment(until), ":one": 1, ":outbox": items.OUTBOX, ":tried": notice.attempts}
    held = table.update(items.notice_key(notice.identity), _HELD, values, "GSI1PK = :outbox AND attempts = :tried")
    return None if held is None else entries.notice(held)
