"""The clockwork of one machine: a thread that calls the same functions that a schedule calls elsewhere."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from portal.clockwork import Clockwork
from portal.core.outage import Outage
from portal.outbox import Outbox

log = logging.getLogger(__name__)

Alarm = Callable[[Outage | None, datetime], None]
"""Hears of the present outage, or that there is none, every so often; and when that is."""

MAIL_EVERY: Final = 1.0
"""Seconds between looks at the owed emails."""

CHORES_EVERY: Final = 30
"""Reminders and expiry are looked at once in so many looks at the emails."""


class Background:
    """Started with the server, stopped with it; an error in one chore is logged and the next round tries again."""

    def __init__(self, outbox: Outbox, clockwork: Clockwork, alarm: Alarm | None = None) -> None:
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
            self.round(chores=rounds % CHORES_EVERY == 0)
            rounds += 1
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
        while not self._stopped.is_set() and self._outbox.send_due(1):
            sent += 1
        return sent
