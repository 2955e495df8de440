"""With whom an open case is, until when, and what makes it a matter for the clerk.

The one rule by which nothing waits in silence: at every instant an open case is with a named person whose address
works, or it waits for a dated event, or it is on the clerk's list with its reason. Who is reminded, what has waited too
long and what is on a list is asked for here and decided nowhere else.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from portal.core.application import Actor
from portal.core.officials import Official, eligible, on_duty
from portal.core.parts import Step
from portal.core.progress import deadline
from portal.core.sop import APPLICANT, Sop
from portal.core.standing import Case
from portal.core.steps import KINDS, State
from portal.core.worktime import Calendar


class Reason(StrEnum):
    """Why something is on the clerk's list; its words are under ``[stuck]`` in ``messages.toml``."""

    NOBODY = "nobody"  # nobody has been appointed, or not from today on
    ENDED = "ended"  # whoever was appointed serves no more
    OWN = "own"  # only the applicant himself could act on it
    UNREACHABLE = "unreachable"  # emails to whoever has it do not arrive
    LATE = "late"  # officials have had it for too long
    UNRECORDED = "unrecorded"  # the time of the visit has passed, and nobody has said how it went
    UNANSWERED = "unanswered"  # the outside authority has had it for too long
    SILENT = "silent"  # the applicant has not acted
    UNCONFIRMED = "unconfirmed"  # the applicant's address is not confirmed
    UNREADABLE = "unreadable"  # what is kept of it makes no sense, or its edition is gone: nobody can open it
    RELAY = "relay"  # about no case: no email leaves the portal

    @property
    def is_vacancy(self) -> bool:
        """Can nobody act on it?"""
        return self in (Reason.NOBODY, Reason.ENDED, Reason.OWN)

    @property
    def is_urgent(self) -> bool:
        """Has the clerk to hear of it at once, and not only on the next morning?"""
        return self.is_vacancy or self in (Reason.UNREACHABLE, Reason.UNREADABLE)


@dataclass(frozen=True)
class Patience:
    """Of one state (``[patience]``), in days from its beginning; these where nothing is said, so that none is for ever.

    Attributes:
        remind: when whoever has the case is reminded.
        list: from when on it is on the clerk's list; None where an end is set anyway.
    """

    remind: tuple[int, ...] = (3,)
    list: int | None = 7


Turn = tuple[tuple[Actor, ...], Reason | None]

DRAFT: Final = "draft"
"""What has not been sent, among the states of ``[patience]``."""

SUPERIOR: Final = 2
"""Working days after which a superior hears, where ``[reminders]`` says nothing."""

_TOO_LONG: Final = {
    State.UNCONFIRMED: Reason.UNCONFIRMED,
    State.SENT: Reason.UNANSWERED,
    State.BOOKED: Reason.UNRECORDED,
}
"""What is said of a state that lasts too long; of others, who has it: the applicant or officials."""


@dataclass(frozen=True)
class Wait:
    """How an open case stands.

    Attributes:
        whom: those who have it and whose addresses work; where none works, those it ought to be with.
        since: when they got it, or the visit that was agreed for it.
        reminders: when they are reminded, earliest first; officials from the last one on every working day.
        listed: from when on it is on the clerk's list, whoever has it; None where an end is set anyway.
        ends: when what is agreed or set takes place: a visit, or the end of an unconfirmed application.
        reason: why it is on the clerk's list now; None if it is not.
    """

    whom: tuple[Actor, ...]
    since: datetime
    reminders: tuple[datetime, ...]
    listed: datetime | None
    ends: datetime | None
    reason: Reason | None

    def reminded(self, now: datetime) -> datetime | None:
        """The newest reminder that is due; earlier ones that were missed are not made up for."""
        return max((at for at in self.reminders if at <= now), default=None)

    @property
    def is_with_officials(self) -> bool:
        return all(actor.role != APPLICANT for actor in self.whom)


@dataclass(frozen=True)
class Stuck:
    """An entry of the clerk's list.

    Attributes:
        ticket: empty where it is about no case (the relay is out of reach, say); so are service, product and step.
        product: what is applied for; ``step`` the step's name, empty where that cannot be read, as are the next two.
        office: title of the role that has to act.
        role: its key, or ``APPLICANT``.
        since: since when it is so.
        reason: code of what is wrong and of what to do (``[stuck]`` of ``messages.toml``).
        whom: those it is with, or ought to be; nobody where there is nobody.
    """

    ticket: str
    service: str
    product: str
    step: str
    office: str
    role: str
    since: datetime
    reason: str
    whom: tuple[Actor, ...] = ()


def patience(sop: Sop, state: str) -> Patience:
    """What is said of a state, or of a ``DRAFT``."""
    said = sop.data.get("patience", {}).get(state)
    return Patience(tuple(said["remind"]), said.get("list")) if said else Patience()


@dataclass(frozen=True)
class Posts:
    """Whose turn it is on one day, worked out once for all cases that are at the same step.

    Args:
        officials: everybody ever appointed.
    """

    officials: Sequence[Official]
    day: date
    _known: dict[tuple[str, ...], Turn] = field(default_factory=dict, init=False, repr=False, compare=False)

    def turn(self, case: Case, sop: Sop) -> Turn:
        """Those who have it, whether their addresses work or not; or why there is nobody."""
        if case.waits_on(sop) == APPLICANT:
            return (case.applicant(sop),), None
        if any(case.concerns(each.email, each.number, sop) for each in self.officials):
            return self._turn(case, sop)
        key = case.service, case.sop_version, case.step, case.held_by
        if key not in self._known:
            self._known[key] = self._turn(case, sop)
        return self._known[key]

    def _turn(self, case: Case, sop: Sop) -> Turn:
        able = (official.as_actor(sop) for official in eligible(case, self.officials, sop, self.day))
        meant = tuple({actor.email: actor for actor in able}.values())
        return meant, None if meant else _vacancy(case, self.officials, sop, self.day)


def wait(
    application: Case,
    sop: Sop,
    officials: Sequence[Official],
    failing: Collection[str],
    calendar: Calendar,
    now: datetime,
) -> Wait:
    """How an open case stands.

    Args:
        sop: the edition it runs under; patience in it is the office's of today.
        officials: everybody ever appointed.
        failing: addresses at which emails do not arrive, in lower case.
    """
    return wait_on(application, sop, Posts(officials, calendar.local(now).date()), failing, calendar, now)


def wait_on(
    application: Case, sop: Sop, posts: Posts, failing: Collection[str], calendar: Calendar, now: datetime
) -> Wait:
    """The same of one among many; ``posts`` of today."""
    meant, reason = posts.turn(application, sop)
    reached = tuple(actor for actor in meant if actor.email.lower() not in failing)
    since, reminders, listed = _terms(application, sop, calendar)
    if reason is None and not reached:
        reason = Reason.UNREACHABLE
    elif reason is None and listed and listed <= now:
        reason = _too_long(application.state)
    ends = application.slot or deadline(application, sop)
    return Wait(reached or meant, since, reminders, listed, ends, reason)


def superior(sop: Sop, step: str) -> Step | None:
    """The nearest step before whose officials are others than this one's; None if there is none."""
    here = sop.step(step)
    before = (each for each in reversed(sop.steps[: sop.steps.index(here)]) if not KINDS[each.kind].is_applicants)
    return next((each for each in before if not set(sop.acting(each.role)) & set(sop.acting(here.role))), None)


def superior_hears(case: Case, how: Wait, sop: Sop, calendar: Calendar) -> datetime | None:
    """From which working day on whoever is above hears that officials have had it for long; None of any other case."""
    if not how.is_with_officials or not (case.state.clock_runs or case.slot):
        return None
    return _working_day(how.since, sop.data["reminders"].get("superior_after_working_days", SUPERIOR), calendar)


def _vacancy(application: Case, officials: Iterable[Official], sop: Sop, today: date) -> Reason:
    roles = sop.acting(sop.step(application.step).role)
    posts = [each for each in officials if each.service == application.service and each.role in roles]
    if on_duty(posts, today):
        return Reason.OWN
    return Reason.ENDED if any(each.until and each.until < today for each in posts) else Reason.NOBODY


def _terms(application: Case, sop: Sop, calendar: Calendar) -> tuple[datetime, tuple[datetime, ...], datetime | None]:
    """Since when it is so, when there are reminders, and from when on it is on the clerk's list.

    Officials who have to act are given working days (``[reminders]``), from the time of a visit on if one is agreed.
    """
    since, of = application.slot or application.since, patience(sop, application.state)
    if application.state.clock_runs or application.slot:
        policy = sop.data["reminders"]
        reminder = _working_day(since, policy["after_working_days"], calendar)
        return since, (reminder,), _working_day(since, policy["escalate_after_working_days"], calendar)
    reminders = tuple(since + timedelta(days=days) for days in of.remind)
    return since, reminders, since + timedelta(days=of.list) if of.list else None


def _too_long(state: State) -> Reason:
    return _TOO_LONG.get(state, Reason.SILENT if state.is_with_applicant else Reason.LATE)


def _working_day(since: datetime, number: int, calendar: Calendar) -> datetime:
    """The beginning of the working day that lies so many after."""
    day = calendar.add_working_days(calendar.local(since).date(), number)
    return datetime.combine(day, time.min, calendar.zone)
