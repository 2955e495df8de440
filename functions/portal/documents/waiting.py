"""Whose turn it is at something that only so many can do at once: fair between people, and told their number."""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import Final

from portal.core.errors import Unavailable

TWICE: Final = 2
"""So often the same one may stand and wait, as after a second click; more would hold what others wait in."""

FORGOTTEN: Final = 20.0
"""Seconds after which whoever has not asked again is taken to have gone."""

MOST: Final = 10
"""Seconds after which anybody is to ask again."""


class Places:
    """So many at one time, for whoever comes within a call; some before all others.

    Args:
        number: how many.
        long: seconds after which whoever wants all of them has waited for others to come first.
    """

    def __init__(self, number: int, long: float = 5.0) -> None:
        self._number = self._free = number
        self._long = long
        self._before = self._alone = self._overdue = 0  # of those that wait
        self._moved = threading.Condition()

    @contextmanager
    def place(self, *, first: bool, patience: float, alone: bool = False) -> Iterator[None]:
        """Around what is done at it. Raises TimeoutError after so many seconds.

        Args:
            alone: with nothing at the other places; who comes later waits for it too, in the end also who comes first.
        """
        taken, overdue = self._number if alone else 1, False

        def may_come() -> bool:
            if self._free < taken or self._overdue:
                return False
            return first or (not self._before and (alone or not self._alone))

        with self._moved:
            self._before += first
            self._alone += alone
            try:
                came = self._moved.wait_for(may_come, min(patience, self._long) if alone else patience)
                if overdue := not came and alone and patience > self._long:
                    self._overdue += 1
                    came = self._moved.wait_for(lambda: self._free >= taken, patience - self._long)
            finally:
                self._overdue -= overdue
                self._before -= first
                self._alone -= alone
            if not came:
                self._moved.notify_all()
                raise TimeoutError
            self._free -= taken
            self._moved.notify_all()  # who waits behind one that came first may come now
        try:
            yield
        finally:
            with self._moved:
                self._free += taken
                self._moved.notify_all()


class Queue:
    """In memory, for one process.

    Args:
        places: how many may be at it at one time.
        standing: how many may wait within their request; the others are told their number at once, and ask again.
        clock: seconds that only go on.
    """

    def __init__(self, places: int, standing: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._places = self._free = places
        self._standing, self._clock, self._took = standing, clock, 0.5
        self._waiting: OrderedDict[str, tuple[float, str]] = OrderedDict()  # when each asked last, and whose it is
        self._here, self._inside = Counter[str](), Counter[str]()  # who stands and waits; whose are being served
        self._moved = threading.Condition()

    @contextmanager
    def turn(self, who: str, patience: float = 0.0, of: str = "") -> Iterator[None]:
        """Around what is done when it is one's turn.

        No place stays empty for somebody who has gone to come again: whoever stands and waits takes it before him, and
        he keeps his number.

        Args:
            who: the same each time that one asks.
            of: whose that is: each person's first comes before anybody's second; empty for whoever has but one.
            patience: seconds to wait for it within this call, for whoever is near enough to the front; 0: none, and
                never before anybody.

        Raises:
            Unavailable: not yet (``documents_waiting``, with the ``place`` in the queue, which is kept for a while, and
                the ``seconds`` after which to come again).
        """
        self._come_in(who, patience, of or who)
        began = self._clock()
        try:
            yield
        finally:
            with self._moved:
                self._took += (self._clock() - began - self._took) / 8  # the last ones count most
                self._free += 1
                self._inside[of or who] -= 1
                self._inside += Counter()  # whoever has none inside is forgotten
                self._moved.notify_all()

    def _come_in(self, who: str, patience: float, of: str) -> None:
        with self._moved:
            came = self._before(who, of, patience <= 0) < self._free
            if not came and patience > 0 and self._may_stand(who):
                came = self._stand(who, of, patience)
            if not came:
                place = self._place(who) + 1
                raise Unavailable("documents_waiting", place=place, seconds=self._seconds(place))
            del self._waiting[who]
            self._inside[of] += 1
            self._free -= 1

    def _may_stand(self, who: str) -> bool:
        again = self._here[who]
        return not again or (again < TWICE and self._here.total() < self._standing)

    def _stand(self, who: str, of: str, patience: float) -> bool:
        """Wait until there is a place, as long as few enough stand before this one; has it come?"""
        self._here[who] += 1
        self._moved.notify_all()  # whoever stood where this one stands now goes to come again
        try:
            self._moved.wait_for(lambda: not 0 <= self._before(who, of) - self._free < self._standing, patience)
        finally:
            self._here[who] -= 1
            self._here += Counter()
        return self._before(who, of) < self._free

    def _before(self, who: str, of: str, everybody: bool = False) -> int:
        """How many come before this one, who is asking now: of those that stand, or of all that wait."""
        now = self._clock()
        self._waiting[who] = now, of
        for other, (asked, _) in [*self._waiting.items()]:
            if now - asked > FORGOTTEN and not self._here[other]:
                del self._waiting[other]
        before = self._order()[: self._place(who)]
        return len(before) if everybody else sum(each in self._here for each in before)

    def _place(self, who: str) -> int:
        return self._order().index(who)

    def _order(self) -> list[str]:
        """By how many of the same person's are inside or before it, and then by who came first."""
        known, places = Counter(self._inside), list[tuple[int, int, str]]()
        for came, (each, (_, of)) in enumerate(self._waiting.items()):
            places.append((known[of], came, each))
            known[of] += 1
        return [each for _, _, each in sorted(places)]

    def _seconds(self, place: int) -> int:
        """Until this one is likely to be near enough to the front to wait there."""
        return max(1, min(MOST, ceil((place - self._standing) * self._took / self._places)))
