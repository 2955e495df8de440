"""What the events of a case say of how it stands: since when, whose turn it is, and what may be decided upon.

Most events move a case. Some only keep what was done about it (``KEEPING``): it stands as before, so nothing that is
counted from a move begins anew by them. Which of the two an event is, its action says.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from portal.core.events import Event
from portal.core.steps import State

KEEPING: Final = frozenset({"resend", "amend", "assign", "erase"})
"""Actions that move nothing: a link sent again, a typing error set right, a case given to somebody, data erased."""

UNNOTICED: Final = frozenset({"resend", "assign"})
"""Those of them that change nothing of what somebody reads who is about to decide."""

Events = Sequence[Event]


def moves(events: Events) -> list[Event]:
    """Those that moved the case, oldest first; the first event always did."""
    return [event for event in events if event.action not in KEEPING]


def turn(events: Events) -> Event:
    """The event that brought the case to whoever has it now: entry into the step, or coming back."""
    newest = before = events[0]
    for event in moves(events)[1:]:
        if event.step != before.step or before.state is State.RETURNED or event.action == "undo":
            newest = event
        before = event
    return newest


def entered(events: Events) -> Event:
    """The move that brought it to its present step and state; picking another visit, say, changes neither."""
    moved = moves(events)
    here = moved[-1].step, moved[-1].state
    before = (n for n, event in enumerate(moved) if (event.step, event.state) != here)
    return moved[max(before, default=-1) + 1]


def assignment(events: Events) -> Event | None:
    """By which the case came into the hands of one of several who may act (``holder``); None while all of them have it.

    A clerk gave it to him, or he took it from whom it was given to. That holds for as long as it is at that step, also
    while it is mended, and again once a decision is undone that led on from there.
    """
    held: Event | None = None
    before: list[tuple[Event, Event | None]] = []
    step = events[0].step
    for event in events:
        stays = event.step == step
        if event.action == "assign":
            held = event if event.data.get("to") else None  # nothing is left of it once a case is erased
        elif event.action == "undo":
            undone, earlier = before.pop()
            held = held if stays and held is not undone else earlier
        elif event.action not in KEEPING:
            before.append((event, held))
            held = (event if "taken_over" in event.data else held) if stays else None
        step = event.step
    return held


def holder(assigned: Event | None) -> str:
    """Address, in lower case, of whom a case came to by an ``assignment``; empty without one."""
    if assigned is None:
        return ""
    return str(assigned.data["to"] if assigned.action == "assign" else assigned.actor.email).lower()


def stretches(events: Events, now: datetime) -> Iterator[tuple[Event, datetime]]:
    """Every move with the time until which it stood as after it: the next one, or ``now``; once closed, its own."""
    moved = moves(events)
    ends = [event.at for event in moved[1:]] + [moved[-1].at if moved[-1].state.is_closed else now]
    return zip(moved, ends, strict=True)


def overtaking(events: Events, seen: int) -> Event | None:
    """What happened first after the case was seen as of event ``seen``; None if it is still as it was then.

    A number that no event has was never seen: the newest event then.
    """
    if not 0 < seen <= len(events):
        return events[-1]
    return next((event for event in events[seen:] if event.action not in UNNOTICED), None)


def again(events: Events, seen: int, action: str) -> Event | None:
    """What this action has done already, sent from a page with the case as of event ``seen``: the same click again."""
    since = overtaking(events, seen)
    return since if since and since.number > seen > 0 and since.action == action else None
