"""What a clerk sets right in a case, each time with a reason: one event more in its chain, and none is taken out."""

from datetime import date, datetime
from typing import Final

from portal.core.application import Actor, Application
from portal.core.errors import NotAllowed
from portal.core.history import moves

UNDOABLE: Final = frozenset(
    {"forward", "return", "reject", "send_back", "complete", "dispatch", "accept", "refuse", "invite", "miss", "attend"}
)
"""Officials' decisions that can be undone: those that record or hand over a product cannot."""


def may_undo(application: Application, closed: date, today: date) -> bool:
    """Is a decision the newest event that moved the case, so that nothing has followed from it?

    A case that was closed by it can be opened again until the recap of that month is added up for good, which is on the
    second day after its end (``compilation.SETTLED``).

    Args:
        closed: the day of that event, at the office.
    """
    if application.moved.action not in UNDOABLE:
        return False
    return not application.is_closed or today <= _last_day_to_reopen(closed)


def undo(application: Application, reason: str, *, by: Actor, closed: date, today: date, at: datetime) -> Application:
    """The case stands as before its newest decision, and whoever had it then has it again.

    Raises:
        NotAllowed: something has followed from it, or it is no decision to undo (``nothing_to_undo``).
    """
    if not may_undo(application, closed, today):
        raise NotAllowed("nothing_to_undo")
    before, undone = moves(application.events)[-2:]
    return application.correct("undo", {"undone": undone.action, "reason": reason}, to=before, by=by, at=at)


def _last_day_to_reopen(closed: date) -> date:
    """The first of the month after."""
    return date(closed.year + closed.month // 12, closed.month % 12 + 1, 1)
