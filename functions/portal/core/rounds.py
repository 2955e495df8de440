"""The office's mail rounds: an official's first email goes at once, further ones go together with the next round.

Decides; never sends anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from portal.core.notices import OWN, SHARED, Notice
from portal.core.sop import APPLICANT
from portal.core.worktime import parse_hours

NEWS: Final = frozenset({"turn", "assigned", "visit_booked", "reminder"})
"""Letters to officials of which the first goes at once."""

COMPANY: Final = frozenset({"overdue"})
"""Letters to officials that go with the next email of that day, and alone only in the evening: he knows of the case."""

RECEIPTS: Final = frozenset({"decided"})
"""Letters to officials that wait for the evening: they tell nobody anything new."""

SPENT: Final = frozenset({"reminder", "escalation"})
"""Letters that tell how things stand when they are sent: of several to one person, one says it all."""

_DAY: Final = timedelta(days=1)

_LATE: Final = timedelta(hours=1)
"""After a day's last round, before its quiet begins."""

_LONGEST: Final = 60
"""More days than an office is ever closed; should it be closed for longer, nothing waits for its rounds."""


@dataclass(frozen=True)
class Rounds:
    """When collected emails go out.

    Attributes:
        times: of the day, earliest first; the last is the evening's. Without any, each email goes alone and at once.
        receipts: "evening", or "each" for one email a decision.
        works: is it a working day? On others nothing goes out, nor before a day's first round, nor long after its last.
            Every day without a quiet hour, if nobody says.
    """

    times: tuple[time, ...]
    zone: tzinfo
    receipts: str = "evening"
    works: Callable[[date], bool] | None = None

    @classmethod
    def of(cls, reminders: Mapping[str, Any], zone: tzinfo, works: Callable[[date], bool] | None = None) -> "Rounds":
        """As ``[reminders]`` of an SOP says; none where it says nothing.

        Raises:
            SopInvalid: ``calendar_invalid`` for what is no time of day.
        """
        said = [f"{text}-23.59" for text in reminders.get("rounds", ())]
        times = {opening for text in said for opening, _ in parse_hours([text], "reminders.rounds")}
        return cls(tuple(sorted(times)), zone, reminders.get("receipts", "evening"), works)

    def collects(self, owed: Notice) -> bool:
        """Can it go with others in one email? Not what somebody has asked for and waits for now."""
        if not self.times or owed.role == APPLICANT or owed.is_asked_for:
            return False
        return owed.letter in NEWS | SPENT | COMPANY or self._is_for_the_evening(owed)

    def join(self, owed: Notice, other: Notice) -> bool:
        """Can both be in one email? The office's list of what is stuck is no part of anybody's own."""
        return self.collects(other) and (owed.letter == "escalation") == (other.letter == "escalation")

    def waits(self, owed: Notice, now: datetime) -> bool:
        """Is it too early for it, whoever else gets an email?"""
        return self.is_quiet(now) or (self._is_for_the_evening(owed) and now < self.round_of(owed))

    def is_quiet(self, now: datetime) -> bool:
        """Is nobody of the office written to now, who could not act before it opens anyway?"""
        here = now.astimezone(self.zone)
        if self.works is None:
            return False
        closed = datetime.combine(here.date(), self.times[-1], self.zone) + _LATE
        return not self.works(here.date()) or here.time() < self.times[0] or here > closed

    def needs_company(self, owed: Notice) -> bool:
        """Can it not be the first that goes at once?"""
        return owed.letter in COMPANY

    def round_of(self, owed: Notice) -> datetime:
        """With which round it goes if it has not gone before."""
        if self._finds_company(owed):
            return max(owed.due_at, self._first_after(owed.queued_at, self.times))
        is_late = self.needs_company(owed) or self._is_for_the_evening(owed)
        return self._first_after(owed.queued_at, self.times[-1:] if is_late else self.times)

    def put_off(self, owed: Notice, now: datetime) -> datetime:
        """Until when it is put off: its round, or after a quiet time that is still on."""
        if self._finds_company(owed):
            return self._first_after(now, self.times)
        planned = self.round_of(owed)
        return max(planned, self._first_after(now, self.times)) if self.is_quiet(now) else planned

    def last(self, now: datetime) -> datetime:
        """The newest round, which is now or was before."""
        before = (at for n in range(_LONGEST) for at in reversed(self._on(now, -n, self.times)) if at <= now)
        return next(before, now - _LONGEST * _DAY)

    def _finds_company(self, owed: Notice) -> bool:
        """Does it wait for another email from round to round, and never go alone?"""
        return self.needs_company(owed) and owed.occasion == SHARED

    def _is_for_the_evening(self, owed: Notice) -> bool:
        is_no_news = owed.letter in RECEIPTS or owed.occasion == OWN
        return is_no_news and self.receipts == "evening"

    def _first_after(self, moment: datetime, times: tuple[time, ...]) -> datetime:
        return next((at for n in range(_LONGEST) for at in self._on(moment, n, times) if at > moment), moment)

    def _on(self, moment: datetime, days: int, times: tuple[time, ...]) -> list[datetime]:
        """The rounds of the day that lies so many after a moment's."""
        day = moment.astimezone(self.zone).date() + days * _DAY
        is_off = self.works is not None and not self.works(day)
        return [] if is_off else [datetime.combine(day, at, self.zone) for at in times]
