"""The office's mail rounds: an official's first email goes at once, further ones go together with the next round.

Decides; never sends anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Final

from portal.core.notices import OWN, Notice
from portal.core.sop import APPLICANT
from portal.core.worktime import parse_hours

NEWS: Final = frozenset({"turn", "visit_booked", "reminder"})
"""Letters to officials of which the first goes at once."""

RECEIPTS: Final = frozenset({"decided"})
"""Letters to officials that wait for the evening: they tell nobody anything new."""

SPENT: Final = frozenset({"reminder", "escalation"})
"""Letters that tell how things stand when they are sent: of several to one person, one says it all."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Rounds:
    """When collected emails go out, every day of the week.

    Attributes:
        times: of the day, earliest first; the last is the evening's. Without any, each email goes alone and at once.
        receipts: "evening", or "each" for one email a decision.
    """

    times: tuple[time, ...]
    zone: tzinfo
    receipts: str = "evening"

    @classmethod
    def of(cls, reminders: Mapping[str, Any], zone: tzinfo) -> "Rounds":
        """As ``[reminders]`` of an SOP says; none where it says nothing.

        Raises:
            SopInvalid: ``calendar_invalid`` for what is no time of day.
        """
        said = [f"{text}-23.59" for text in reminders.get("rounds", ())]
        times = {opening for text in said for opening, _ in parse_hours([text], "reminders.rounds")}
        return cls(tuple(sorted(times)), zone, reminders.get("receipts", "evening"))

    def collects(self, owed: Notice) -> bool:
        """Can it go with others in one email? Not what somebody has asked for and waits for now."""
        if not self.times or owed.role == APPLICANT or owed.is_asked_for:
            return False
        return owed.letter in NEWS | SPENT or self._is_for_the_evening(owed)

    def join(self, owed: Notice, other: Notice) -> bool:
        """Can both be in one email? The office's list of what is stuck is no part of anybody's own."""
        return self.collects(other) and (owed.letter == "escalation") == (other.letter == "escalation")

    def waits(self, owed: Notice, now: datetime) -> bool:
        """Is it too early for it, whoever else gets an email?"""
        return self._is_for_the_evening(owed) and now < self.round_of(owed)

    def round_of(self, owed: Notice) -> datetime:
        """With which round it goes if it has not gone before."""
        times = self.times[-1:] if self._is_for_the_evening(owed) else self.times
        return min(at for at in self._around(owed.queued_at, times) if at > owed.queued_at)

    def last(self, now: datetime) -> datetime:
        """The newest round, which is now or was before."""
        return max(at for at in self._around(now, self.times) if at <= now)

    def _is_for_the_evening(self, owed: Notice) -> bool:
        is_no_news = owed.letter in RECEIPTS or owed.occasion == OWN
        return is_no_news and self.receipts == "evening"

    def _around(self, moment: datetime, times: tuple[time, ...]) -> list[datetime]:
        day = moment.astimezone(self.zone).date()
        return [datetime.combine(day + n * _DAY, at, self.zone) for n in (-1, 0, 1) for at in times]
