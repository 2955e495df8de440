"""The clockwork of one machine: a thread that calls the same functions that a schedule calls elsewhere, and one that
reads the emails that came back, of which the relay tells elsewhere."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from portal.core.errors import Unavailable
from portal.core.outage import Outage
from portal.engines.ports import Records
from portal.usecases.clockwork import Clockwork
from portal.usecases.outbox import Outbox
from portal.web.here import Inbox

log = logging.getLogger(__name__)

Alarm = Callable[[Outage | None, datetime], None]
"""Hears of the present outage, or that there is none, every so often; and when that is."""


def always() -> bool:
    """It is our turn: nobody else is there."""
    return True


def never() -> bool:
    return False


MAIL_EVERY: Final = 1.0
"""Seconds between looks at the owed emails."""

CHORES_EVERY: Final = 30
"""Reminders and expiry are looked at once in so many looks at the emails."""

RETURNS_EVERY: Final = 180.0
"""Seconds between looks at the emails that came back."""


class Background:
    """Started with the server, stopped with it; an error in one chore is logged and the next round tries again.

    Args:
        turn: is it this process that does it, of several? Asked before each round.
        joins: may it send emails beside the one whose turn it is? Asked when it is not its own.
    """

    def __init__(
        self,
        outbox: Outbox,
        clockwork: Clockwork,
        alarm: Alarm | None = None,
        turn: Callable[[], bool] = always,
        joins: Callable[[], bool] = never,
    ) -> None:
        self._turn, self._joins = turn, joins
        self._outbox = outbox
        self._clockwork = clockwork
        self._alarm = alarm
        self._outage: Outage | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clockwork", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns once the email under way, if any, has been settled; a relay that dawdles is waited for 10 s."""
        self._stopped.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        rounds = 0
        while not self._stopped.is_set():
            if self._turn():
                self.round(chores=rounds % CHORES_EVERY == 0)
                rounds += 1
            elif self._joins():
                self.round(chores=False)
            self._stopped.wait(MAIL_EVERY)

    def round(self, *, chores: bool) -> None:
        """Owed emails, and every so often the chores; one that fails does not keep the others from their turn."""
        seldom = (self._look_at_relay, *self._clockwork.chores()) if chores else ()
        for chore in (self._send_mail, *seldom):
            try:
                chore()
            except Exception as problem:
                # The kind only: the message may hold personal data.
                log.warning("%s failed: %s", chore.__name__, type(problem).__name__)

    def _look_at_relay(self) -> int:
        """Says in the log when the relay goes out and when it is back, and calls for somebody; 1 while it is out."""
        before, self._outage = self._outage, self._outbox.outage()
        if self._outage and not before:
            log.error("the mail relay takes nothing since %s", self._outage.since.isoformat(timespec="seconds"))
        if before and not self._outage:
            log.warning("the mail relay is back")
        if self._alarm:
            self._alarm(self._outage, self._outbox.clock())
        return int(self._outage is not None)

    def _send_mail(self) -> int:
        """All that is due, one by one, so that the end of the portal waits for one email and not for all of them."""
        sent = 0
        try:
            while not self._stopped.is_set() and self._outbox.send_due(1):
                sent += 1
        finally:
            self._outbox.let_go()
        return sent


class Returns:
    """Reads the emails that came back: in a thread of its own, as a mailbox that dawdles is to hold up no email."""

    def __init__(
        self,
        inbox: Inbox,
        records: Records,
        clock: Callable[[], datetime],
        alarm: Alarm | None = None,
        turn: Callable[[], bool] = always,
    ) -> None:
        self._turn = turn
        self._inbox = inbox
        self._records = records
        self._clock = clock
        self._alarm = alarm
        self._out = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="returns", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """A look that is under way is waited for 5 s; cut short, it is made again at the next start."""
        self._stopped.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopped.is_set():
            mine = self._turn()
            if mine:
                self.look()
            self._stopped.wait(RETURNS_EVERY if mine else MAIL_EVERY)

    def look(self) -> None:
        """Once; says in the log when the mailbox cannot be read and when it can again, and calls for somebody."""
        why = ""
        try:
            for word in self._inbox.words(self._clock()):
                self._records.came_back(word, self._clock())
        except Exception as problem:
            # The kind only, or what the mailbox says of itself: the message may hold personal data.
            why = str(problem.facts.get("problem", "")) if isinstance(problem, Unavailable) else ""
            why = why or type(problem).__name__
        since = self._inbox.out_since
        if why and since is None:
            log.warning("look failed: %s", why)
        if since and not self._out:
            log.error(
                "the mailbox of returned emails cannot be read since %s: %s", since.isoformat(timespec="seconds"), why
            )
        if self._out and not since:
            log.warning("the mailbox of returned emails can be read again")
        self._out = since is not None
        if self._alarm:
            self._alarm(Outage(since, 0) if since else None, self._clock())
