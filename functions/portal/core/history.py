"""What the events of a case say of how it stands: since when, whose turn it is, and what may be decided upon.

Most events move a case. Some only keep what was done about it (``KEEPING``): it stands as before, so nothing that is
counted from a move begins anew by them. Which of the two an event is, its action says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portal.core.events import Event
from portal.core.steps import State

KEEPING: Final = frozenset({"resend", "amend", "assign", "erase"})
"""Actions that move nothing: a link sent again, a typing error set right, a case given to somebody, data erased."""

UNNOTICED: Final = frozenset({"resend", "assign"})
"""Those of them that change nothing of what somebody reads who is about to decide."""

Events = Sequence[Event]


@dataclass(frozen=True)
class Stay:
    """The office's present turn at a step, while its clock runs.

    Attributes:
        turn: number of the event with which it began; ``since`` when.
        counted: the stretches that count, which are over; it counts again since ``runs``.
    """

    step: str
    turn: int
    since: datetime
    counted: tuple[tuple[datetime, datetime], ...]
    runs: datetime


class Course:
    """What a case can say of its course."""

    events: tuple[Event, ...]

    @property
    def opened(self) -> datetime:
        """When it was sent."""
        return self.events[0].at

    @property
    def turn(self) -> Event:
        """The event that brought the case to whoever has it now: entry into the step, say, or coming back mended."""
        return turn(self.events)

    @property
    def moved(self) -> Event:
        """The newest event that moved it, and after which nothing was more than kept (``KEEPING``)."""
        return moves(self.events)[-1]

    @property
    def entered(self) -> Event:
        """The event that brought it to its present step and state; picking another visit, say, changes neither."""
        return entered(self.events)

    @property
    def since(self) -> datetime:
        return self.entered.at

    @property
    def held_by(self) -> str:
        """Address, in lower case, of whom alone it was given to; empty while all have it who may act."""
        return holder(assignment(self.events))

    @property
    def stay(self) -> Stay | None:
        """None while the SOP's clock stands still."""
        return stay(self.events)


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


def stays(events: Events, now: datetime) -> Iterator[tuple[Event, list[tuple[State, datetime, datetime]]]]:
    """Every turn of the case, with its stretches of time."""
    first, spans = events[0], list[tuple[State, datetime, datetime]]()
    before = first
    for event, end in stretches(events, now):
        if event.step != before.step or before.state is State.RETURNED:
            yield first, spans
            first, spans = event, []
        spans.append((event.state, event.at, end))
        before = event
    yield first, spans


def stay(events: Events) -> Stay | None:
    """The present one; None while the SOP's clock stands still."""
    if not moves(events)[-1].state.clock_runs:
        return None
    *_, (first, spans) = stays(events, events[-1].at)
    *over, (_, runs, _) = spans
    counted = tuple((start, end) for state, start, end in over if state.clock_runs)
    return Stay(first.step, first.number, first.at, counted, runs)


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
