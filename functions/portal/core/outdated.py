"""Which owed emails tell what is not so any more, or would go to somebody whom the case concerns no more."""

from collections.abc import Iterable

from portal.core.application import Application
from portal.core.history import assignment
from portal.core.notices import Notice
from portal.core.sop import APPLICANT, Sop


def is_for_another(owed: Notice, application: Application, sop: Sop) -> bool:
    """Is it to an address that the applicant's letters no longer go to? Its link would open the case to a stranger."""
    left = owed.role == APPLICANT and owed.recipient.lower() != application.address(sop).lower()
    return left and owed.letter != "address_left"


def is_outdated(owed: Notice, application: Application) -> bool:
    """Does it tell an official of what is not so any more? What was asked for is answered all the same."""
    told, slot = application.events[owed.event - 1], application.slot
    if owed.letter == "visit_booked":
        return slot is None or slot.isoformat() != told.data["slot"]
    if owed.letter == "assigned":
        return application.moved.number > told.number or assignment(application.events) != told
    if owed.letter == "overdue":
        return told != application.turn or application.stay is None
    has_moved_on = (told.step, told.state) != (application.step, application.state) or told != application.turn
    return owed.letter == "turn" and not owed.is_asked_for and has_moved_on


def is_told_otherwise(owed: Notice, others: Iterable[Notice]) -> bool:
    """Has the same person got the same word of the same event for another occasion, or will he, alone and sooner?"""
    said = (owed.letter, owed.event, owed.recipient)
    alike = (n for n in others if (n.letter, n.event, n.recipient) == said and n.occasion != owed.occasion)
    return any(each.sent_at or owed.occasion for each in alike)
