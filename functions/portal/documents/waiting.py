"""Whose turn it is at something that only so many can do at once: first come, first served, and told their number."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from portal.core.errors import Unavailable

FORGOTTEN: Final = 20.0
"""Seconds after which whoever has not asked again is taken to have gone."""


class Queue:
    """In memory, for one process.

    Args:
        places: how many may be at it at one time.
        standing: how many may wait within their request; the others are told their number at once, and ask again.
        clock: seconds that only go on.
    """

    def __init__(self, places: int, standing: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._free, self._standing, self._clock = places, standing, clock
        self._waiting: OrderedDict[str, float] = OrderedDict()  # when each asked last
        self._moved = threading.Condition()

    @contextmanager
    def turn(self, who: str, patience: float = 0.0) -> Iterator[None]:
        """Around what is done when it is one's turn.

        Args:
            who: the same each time that one asks.
            patience: seconds to wait for it within this call.

        Raises:
            Unavailable: not yet (``documents_waiting``, with the ``place`` in the queue, which is kept for a while).
        """
        self._come_in(who, patience)
        try:
            yield
        finally:
            with self._moved:
                self._free += 1
                self._moved.notify_all()

    def _come_in(self, who: str, patience: float) -> None:
        with self._moved:
            if not self._is_next(who) and patience > 0 and self._standing > 0:
                self._standing -= 1
                try:
                    self._moved.wait_for(lambda: self._is_next(who), patience)
                finally:
                    self._standing += 1
            if not self._is_next(who):
                raise Unavailable("documents_waiting", place=self._place(who) + 1)
            del self._waiting[who]
            self._free -= 1

    def _is_next(self, who: str) -> bool:
        """Is there a place for this one, after all who came before?"""
        now = self._clock()
        self._waiting[who] = now
        for other, asked in [*self._waiting.items()]:
            if now - asked > FORGOTTEN:
                del self._waiting[other]
        return self._place(who) < self._free

    def _place(self, who: str) -> int:
        return list(self._waiting).index(who)
