"""How often one client may ask for what costs something or helps a guesser: a token bucket for each, in memory.

Knows no page and no clock. Who cannot be told apart shares one bucket with all the others who cannot, so that a proxy
that says too little slows people down and lets no flood in.
"""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

UNNAMED: Final = "unnamed"
"""The bucket of all whom a proxy does not tell apart."""

CLIENTS: Final = 10_000
"""Buckets kept at most; the one that was not asked for longest goes first."""


class Limit:
    """So many requests of a client at once, and after that one in every ``pause``.

    Args:
        burst: size of a bucket: large enough for an office of people behind one address.
    """

    def __init__(self, burst: int, pause: timedelta, clients: int = CLIENTS) -> None:
        self._burst, self._pause, self._clients = burst, pause, clients
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, client: str, now: datetime) -> int:
        """Seconds until this client may ask again; 0 for at once."""
        return self._ask(client, now, count=False)

    def take(self, client: str, now: datetime) -> int:
        """The same, and if it is at once, this request counts."""
        return self._ask(client, now, count=True)

    def give_back(self, client: str) -> None:
        """What was counted came to nothing, and is to be asked for again."""
        with self._lock:
            if client in self._buckets:
                left, at = self._buckets[client]
                self._buckets[client] = (min(float(self._burst), left + 1), at)

    def _ask(self, client: str, now: datetime, *, count: bool) -> int:
        if not client:
            return 0
        with self._lock:
            left, at = self._buckets.pop(client, (float(self._burst), now))
            # A rehearsal's clock can be set back; the time until it is there again must not count against anybody.
            left = min(float(self._burst), left + max(now - at, timedelta()) / self._pause)
            free = left >= 1
            self._buckets[client] = (left - 1 if free and count else left, now)
            if len(self._buckets) > self._clients:
                self._buckets.popitem(last=False)
        return 0 if free else max(1, round((1 - left) * self._pause.total_seconds()))


def client_of(address: str | None) -> str:
    """Whose bucket it is: an address, of IPv6 the network of one connection; empty for whoever cannot be told apart.

    Somebody on this machine is a proxy that has not said for whom it asks, or whoever rehearses here.
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    if found.is_loopback:
        return ""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return client_of(str(found.ipv4_mapped))
        return found.exploded[:19]
    return str(found)
