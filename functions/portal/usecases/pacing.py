"""Emails that anybody can have sent to an address: the first goes at once, those after it at ever longer intervals.

So nobody's mailbox is flooded through the portal, however many drafts are begun or links asked for in his name; and
whoever asks reads the same on the page. What goes out is remembered for half a day, under a seal instead of an address.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portal.core.notices import Notice
from portal.engines.ports import Records

LETTERS: Final = frozenset(
    {
        *("draft_saved", "colleague_begun", "confirm_address", "new_link", "tickets"),
        *("batch_link", "code", "desk", "clerk_link"),
    }
)
"""What a stranger can cause; all else follows from what an official, or the applicant by his own link, has done."""

ONCE_ONLY: Final = frozenset({"confirm_address", "colleague_begun"})
"""Of these, what cannot be asked for again; each is waited for, however long it takes."""

FIRST: Final = timedelta(minutes=1)
SLOWEST: Final = timedelta(hours=1)
SLOWEST_CODE: Final = timedelta(minutes=2)
"""A code is good for ten minutes, and is asked for with a link that has arrived already: nobody is locked out by it."""

TURN: Final = timedelta(minutes=4)
"""How long a sender has for the email that he may send, before another sender may: a ``LEASE`` of the outbox."""

REMEMBERED: Final = timedelta(hours=12)
FORGOTTEN: Final = timedelta(hours=6)
"""After so long nobody waits for what he asked for, and a flood of it is over."""


@dataclass(frozen=True)
class Pacing:
    """Attributes:
    seal: what stands for a text, so that it cannot be read back (``Links.seal``).
    """

    records: Records
    seal: Callable[[str], str]

    def waits_until(self, owed: Notice, now: datetime) -> datetime | None:
        """When the next email of this kind may go to this address; None if it may go now, and then no other may."""
        if owed.letter not in LETTERS:
            return None
        of, turn = self._of(owed), 0
        sent = sorted(datetime.fromisoformat(mark.partition(" ")[0]) for mark in self.records.used(of, now))
        if sent:
            # Beyond 6 doublings the pause is past its ceiling anyway.
            slowest = SLOWEST_CODE if owed.letter == "code" else SLOWEST
            until: datetime = sent[-1] + min(slowest, FIRST * 2 ** min(len(sent) - 1, 6))
            if until > now:
                return until
            turn = len(sent)
        me = self.seal("\n".join(map(str, owed.identity)))
        first = self.records.hold(f"{of}-{turn}", me, now, now + TURN)
        return None if first == me else now + FIRST

    def is_over(self, owed: Notice, now: datetime) -> bool:
        """Is it not worth sending any more, having waited for its turn this long?"""
        return owed.letter not in ONCE_ONLY and now - owed.queued_at > FORGOTTEN

    def has_gone(self, owed: Notice, now: datetime) -> None:
        if owed.letter in LETTERS:
            self.records.use(self._of(owed), f"{now.isoformat()} {owed.email}", now, now + REMEMBERED)

    def _of(self, owed: Notice) -> str:
        return f"sent-{self.seal(f'{owed.letter} {owed.recipient.lower()}')}"
