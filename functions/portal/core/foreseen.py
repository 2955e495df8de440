"""What the portal will do by itself, and when, if nobody does anything before: of a case, by the rules it is kept by.

Decides nothing: whatever is told here is asked of the same rules again when it comes to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.application import Application
from portal.core.clocks import due
from portal.core.patience import Reason, Wait, superior, superior_hears
from portal.core.sop import Sop
from portal.core.standing import Case
from portal.core.steps import State
from portal.core.worktime import Calendar


class Kind(StrEnum):
    """What is going to happen; its words are under ``[foreseen]`` in ``messages.toml``."""

    OVERDUE = "overdue"  # the SOP's time passes, of which whoever has the case hears unless he brought it there himself
    REMINDED = "reminded"  # the same in the digest of a working day
    ABOVE = "above"  # whoever is above hears that officials have had it for long
    ASKED = "asked"  # the applicant is reminded
    LISTED = "listed"  # the case comes on the clerk's list
    LAPSES = "lapses"  # it is closed, as its address was not confirmed
    VISIT = "visit"
    VISIT_REMINDED = "visit_reminded"
    TOLD = "told"  # the office gets the list of what is stuck
    MAIL = "mail"  # emails that were collected go out
    BEGINS = "begins"  # an appointment
    ENDS = "ends"  # on its last day
    AWAY = "away"  # an official is absent from that day on
    DRAFTS_ASKED = "drafts_asked"
    DRAFTS_GONE = "drafts_gone"
    FILES_GONE = "files_gone"
    RECORDS_GONE = "records_gone"
    EXPIRING = "expiring"  # holders are written to before what was issued ends


@dataclass(frozen=True)
class Foreseen:
    """One thing that is going to happen.

    Attributes:
        at: when; of what happens some time on a day, its beginning (``is_of_a_day``).
        ticket: of which case; empty where it is about none, or about several.
        whom: names of those it concerns.
        number: of how many it is.
    """

    at: datetime
    kind: Kind
    ticket: str = ""
    whom: tuple[str, ...] = ()
    number: int = 1
    is_of_a_day: bool = False


def of_case(case: Case, how: Wait, sop: Sop, calendar: Calendar, now: datetime) -> Iterator[Foreseen]:
    """All that is ahead of an open case, in no order; what is due already, and happens once, is not."""
    names = tuple(actor.name for actor in how.whom)
    if how.is_with_officials and how.reason is None:
        runs_out = due(case, sop, calendar)
        if runs_out and runs_out > now:
            yield Foreseen(runs_out, Kind.OVERDUE, case.ticket, names)
    heard = superior_hears(case, how, sop, calendar) if superior(sop, case.step) else None
    if heard and heard > now:
        yield Foreseen(opening(heard.date(), calendar), Kind.ABOVE, case.ticket)
    if how.is_with_officials:
        yield from (Foreseen(at, Kind.REMINDED, case.ticket, names) for at in _digests(how, calendar, now))
    elif how.reason is not Reason.UNREACHABLE:
        yield from (Foreseen(at, Kind.ASKED, case.ticket, names) for at in how.reminders if at > now)
    if how.listed and how.listed > now and how.reason is None:
        yield Foreseen(how.listed, Kind.LISTED, case.ticket, names, is_of_a_day=True)
    if how.ends and how.ends > now:
        kind = Kind.LAPSES if case.state is State.UNCONFIRMED else Kind.VISIT
        yield Foreseen(how.ends, kind, case.ticket, names)


def eve(application: Application, days: int, calendar: Calendar) -> datetime | None:
    """When an applicant is reminded of the visit that is agreed: once the office opens so many working days before.

    None without one, or where it was agreed no earlier than on that day.
    """
    if application.slot is None:
        return None
    day = calendar.add_working_days(calendar.local(application.slot).date(), -days)
    agreed = calendar.local(application.moved.at).date()
    return opening(day, calendar) if agreed < day else None


def opening(day: date, calendar: Calendar) -> datetime:
    """When the office opens on a working day."""
    return calendar.intervals(day)[0][0]


def _digests(how: Wait, calendar: Calendar, now: datetime) -> Iterator[datetime]:
    """The first one that is ahead, and no more of them: whoever acts ends them."""
    if not how.whom or not how.reminders:
        return
    if how.reminders[-1] > now:
        yield calendar.next_opening(how.reminders[-1])
        return
    today = calendar.local(now).date()
    if calendar.is_working_day(today) and opening(today, calendar) > now:
        yield opening(today, calendar)
    else:
        yield opening(calendar.add_working_days(today, 1), calendar)
