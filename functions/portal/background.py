"""The clockwork of one machine: a thread that calls the same functions that a schedule calls elsewhere."""

import logging
import threading
from typing import Final

from portal.clockwork import Clockwork

log = logging.getLogger(__name__)

MAIL_EVERY: Final = 1.0
"""Seconds between looks at the owed emails."""

CHORES_EVERY: Final = 30
"""Reminders and expiry are looked at once in so many looks at the emails."""


class Background:
    """Started with the server, stopped with it; an error in one round is logged and the next round tries again."""

    def __init__(self, clockwork: Clockwork) -> None:
        self._clockwork = clockwork
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clockwork", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        rounds = 0
        while not self._stopped.is_set():
            self._round(chores=rounds % CHORES_EVERY == 0)
            rounds += 1
            self._stopped.wait(MAIL_EVERY)

    def _round(self, *, chores: bool) -> None:
        try:
            self._clockwork.send_due()
            if chores:
                self._clockwork.remind()
                self._clockwork.remind_visits()
                self._clockwork.expire()
        except Exception as problem:
            # The kind only: the message may hold personal data.
            log.warning("a round of the clockwork failed: %s", type(problem).__name__)
