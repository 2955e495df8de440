"""May the personal data of a case be erased, on what ground, and the case without it.

Somebody may ask for it at any time. What the office has to keep stays for its term (``[retention]``), unless one of a
few grounds goes before; and nothing is erased that is still needed: a case that runs, an entry that stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.core import redaction
from portal.core.application import Actor, Application
from portal.core.draft import fingerprints
from portal.core.errors import NotAllowed
from portal.core.register import Certificate
from portal.core.sop import Sop
from portal.core.steps import State


class Ground(StrEnum):
    """Why it may be erased."""

    OVER = "over"  # its term is over: nobody has to say why
    UNUSED = "unused"  # the applicant took it back, or never confirmed it: nothing came of it
    FOREIGN = "foreign"  # somebody else used his data without his knowing, and nothing was issued
    DECREE = "decree"  # whoever decides on the office's archive has decided so in writing


class Stays(StrEnum):
    """Why nothing may be erased now, whatever the ground."""

    OPEN = "open"
    STANDS = "stands"  # what was issued is still valid
    OTHERS = "others"  # it is somebody else's, who was helped with it


@dataclass(frozen=True)
class Verdict:
    """Attributes:
    stays: why it cannot go; None if it can.
    until: the day from which it may go without any ground; None where that is not known yet.
    grounds: those on which it may go before that day, or ``OVER`` alone.
    """

    stays: Stays | None = None
    until: date | None = None
    grounds: tuple[Ground, ...] = ()

    def allows(self, ground: Ground | None) -> bool:
        """May it go, on this ground or on none?"""
        return self.stays is None and (Ground.OVER in self.grounds or ground in self.grounds)


def judge(application: Application, entry: Certificate | None, sop: Sop, closed: date, today: date) -> Verdict:
    """May a case go, with its entry in the register if it has one?

    Args:
        sop: the present edition, as the terms are the office's of today.
        closed: the day of its closing, at the office.
    """
    if not application.is_closed:
        return Verdict(Stays.OPEN)
    if entry:
        found = judge_entry(entry, sop, today)
        if found.stays:
            return found
    until = max(filter(None, (years_after(closed, sop), found.until if entry else None)))
    if until <= today:
        return Verdict(None, until, (Ground.OVER,))
    unused = application.state in (State.WITHDRAWN, State.LAPSED)
    grounds = {Ground.UNUSED: unused, Ground.FOREIGN: application.state is not State.DONE, Ground.DECREE: True}
    return Verdict(None, until, tuple(ground for ground, fits in grounds.items() if fits))


def judge_entry(entry: Certificate, sop: Sop, today: date) -> Verdict:
    """May an entry of the register go?"""
    until = entry.forgotten_on(sop.data["retention"]["record_years"])
    if entry.standing(today).is_running or until is None:
        return Verdict(Stays.STANDS, until)
    return Verdict(None, until, (Ground.OVER,) if until <= today else (Ground.DECREE,))


def erase(application: Application, said: Mapping[str, Any], *, by: Actor, sop: Sop, at: datetime) -> Application:
    """The case without its form, its documents, what its events say and who the applicant was.

    Args:
        said: ``ground`` and ``reason``; no personal data.

    Raises:
        NotAllowed: it is open (``action_not_now``), erased already (``data_erased``), or one's own.
    """
    if not application.must_be_there().is_closed:
        raise NotAllowed("action_not_now", action=redaction.ERASE, state=application.state.value)
    if application.concerns(by.email, by.number, sop):
        raise NotAllowed("own_application")
    events = tuple(map(redaction.bare, application.events))
    rest = replace(application, form={}, documents=(), events=events)
    data = {**said, "left": redaction.left(events), **fingerprints({}, ())}
    return rest.correct(redaction.ERASE, data, to=application.moved, by=by, at=at)


def years_after(closed: date, sop: Sop) -> date:
    year = closed.year + sop.data["retention"]["record_years"]
    try:
        return closed.replace(year=year)
    except ValueError:  # the 29th of February
        return date(year, 3, 1)
