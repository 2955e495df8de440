"""The hash chain over a ticket's events: writing one link and checking a whole chain, on paper as on line.

Never knows what an event means and never stores one.

A chain proves that nothing before its end was altered, removed or moved. Whether its end was cut off shows only against
a hash kept elsewhere (on a printed receipt, in an email).
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256

# What the chain adds to an entry; both are left out of the entry's own fields.
_LINKS = frozenset({"previous", "hash"})


def genesis(ticket: str) -> str:
    """Return what the first entry of a ticket's chain names as its previous: the SHA-256 of the ticket, in hex.

    Derived from the ticket, so that a chain cannot be passed off as another ticket's.
    """
    return sha256(ticket.encode()).hexdigest()


def canonical(value: object) -> bytes:
    """Return the one way to write ``value`` as JSON: keys sorted by code point, no spaces, UTF-8.

    Raises:
        TypeError: for a float (two machines may print it differently), a key that is not a string, or anything that
            JSON has no word for.
        ValueError: for text that UTF-8 cannot write (half of a surrogate pair).
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(previous: str, entry: Mapping[str, object]) -> str:
    """Return the hash of an entry that follows ``previous``: SHA-256, in hex, over the canonical entry.

    Args:
        previous: hash of the entry before, or ``genesis(ticket)``.
        entry: the entry's own fields; ``previous`` and ``hash``, which a stored entry also carries, are not read.

    Raises:
        TypeError: as ``canonical``.
        ValueError: as ``canonical``.
    """
    own = {key: value for key, value in entry.items() if key not in _LINKS}
    return sha256(canonical({"previous": previous, **own})).hexdigest()


def verify(ticket: str, entries: Iterable[Mapping[str, object]], bare: int = 0) -> int | None:
    """Return the number (from 1) of the first entry that does not fit, or None when the chain holds.

    Args:
        ticket: whose chain it claims to be.
        entries: in order, each with its own fields, ``previous`` and ``hash``.
        bare: of so many at the beginning only the links count, as what their hashes cover is there no more.
    """
    previous = genesis(ticket)
    for number, entry in enumerate(entries, start=1):
        if entry.get("previous") != previous or not (number <= bare or _is_whole(previous, entry)):
            return number
        previous = str(entry["hash"])
    return None


def _is_whole(previous: str, entry: Mapping[str, object]) -> bool:
    try:
        return entry.get("hash") == digest(previous, entry)
    except (TypeError, ValueError):
        # Somebody put in what no entry of ours can hold: altered, not a fault of the check.
        return False


def _plain(value: object) -> object:
    """Copy into what ``json`` writes without any guessing of its own (it would turn the key 1 into "1")."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"not a string key: {key!r}")
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    raise TypeError(f"not canonical JSON: {type(value).__name__}")
