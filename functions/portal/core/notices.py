"""Which emails an event owes to whom, and what becomes of an owed email that cannot be delivered.

Decides; never renders, sends or stores.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from portal.core.application import Actor, Application, Event
from portal.core.clerks import CLERK
from portal.core.draft import Draft
from portal.core.officials import Official, eligible
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import State

FIRST_RETRY: Final = timedelta(seconds=10)
SLOWEST_RETRY: Final = timedelta(hours=6)
RELAY_RETRY: Final = timedelta(minutes=5)
"""The slowest where the relay itself is out, so that it shows soon that it is back."""

PATIENCE: Final = timedelta(days=1)
"""How long the relay may put an email off before it is on the red list; trying goes on after that."""

RELAY_OUT: Final = "relay out since "
"""Beginning of the problem of an email that any relay in that state would have held up."""

PUT_OFF: Final = timedelta(minutes=10)
"""What is due later than that, and has not failed, is put off and not in a sender's hands."""

UNWRITTEN: Final = "unwritten: "
"""Beginning of the problem of an email that the portal itself could not write: nobody's address is to blame."""

DEADLINE: Final = timedelta(days=7)
"""The same for an email that has not even been tried."""

AGAIN: Final = "again-"
"""Beginning of the occasion of a letter that somebody asked for."""

OWN: Final = "own"
"""Occasion of a letter that tells somebody what his own decision has led to."""

SHARED: Final = "shared"
"""Occasion of a letter about what several have, so that it makes no email of its own to each of them."""

APPLICANT_LETTERS: Final[Mapping[str, str]] = {
    "submit": "confirm_address",
    "confirm": "received",
    "open": "opened",
    "report": "reported",
    "resubmit": "mended",
    "return": "returned",
    "reject": "rejected",
    "withdraw": "withdrawn",
    "lapse": "lapsed",
    "dispatch": "dispatched",
    "refuse": "refused",
    "invite": "invited",
    "book": "booked",
    "move_visit": "visit_moved",
    "cancel_visit": "visit_cancelled",
    "walk_in": "visit_done",
    "miss": "missed",
    "record": "ready",
    "hand_over": "handed_over",
    "undo": "undone",
}
"""Letter to the applicant by action; actions not named here are no news to the applicant."""

OF_A_BATCH: Final[Mapping[str, str]] = {"draft_saved": "colleague_begun", "draft_waiting": "colleague_waiting"}
"""What a colleague reads whose draft somebody else has begun, instead of what one reads about one's own."""

VISIT_LETTERS: Final[Mapping[str, str]] = {
    "book": "visit_booked",
    "move_visit": "visit_booked",
    "cancel_visit": "visit_off",
}
"""Letter to the officials who expect a visit, by action; whoever acted himself knows, and needs no receipt of it."""


Shares = Callable[["Notice"], bool]
"""May it go with others to the same person in one email? Told by its letter, occasion and role alone."""

Identity = tuple[str, int, str, str, str]
"""What tells a notice from every other: about, event, letter, recipient, occasion."""


def alone(_: "Notice") -> bool:
    """Each goes in an email of its own."""
    return False


@dataclass(frozen=True)
class Notice:
    """An owed email.

    The first five attributes are its identity: the same event cannot owe the same letter to the same person twice.

    Attributes:
        about: ticket, or id of a draft.
        event: number of the event that owes it (0 for a draft); ``occasion`` tells repeats apart, such as a renewed
            link or the reminder of a day.
        role: as what the person receives it: a role of the SOP, or ``APPLICANT``.
        due_at: not to be tried before; moves on with every failure and while a sender holds it.
        problem: the relay's last answer, empty so far, and with it since when the relay itself is out if that is what
            holds the email up (``relay_out_since``); ``hopeless`` when repeating is pointless.
        dropped_at: given up without anybody having to know any more: nobody misses it, or a person has seen to it.
    """

    about: str
    event: int
    letter: str
    recipient: str
    occasion: str
    role: str
    name: str
    queued_at: datetime
    due_at: datetime
    attempts: int = 0
    problem: str = ""
    hopeless: bool = False
    sent_at: datetime | None = None
    dropped_at: datetime | None = None

    @property
    def identity(self) -> Identity:
        return self.about, self.event, self.letter, self.recipient, self.occasion

    @property
    def email(self) -> str:
        """Tells the email of this attempt from every other one, and nothing of whom it is to: 16 hexadecimal digits."""
        return sha256("\n".join(map(str, (*self.identity, self.attempts))).encode()).hexdigest()[:16]

    @property
    def is_owed(self) -> bool:
        """Has it neither been taken by the relay nor been dropped?"""
        return self.sent_at is None and self.dropped_at is None

    @property
    def relay_out_since(self) -> datetime | None:
        """Since when it is held up by the relay itself, and not by anything about this email; else None."""
        told = self.problem.removeprefix(RELAY_OUT) if self.problem.startswith(RELAY_OUT) else ""
        return datetime.fromisoformat(told.partition(": ")[0]) if told else None

    @property
    def is_unwritten(self) -> bool:
        """Did the portal fail to write it, so that it says nothing about the recipient's address?"""
        return self.problem.startswith(UNWRITTEN)

    @property
    def is_mailbox_full(self) -> bool:
        """Does the answer say that there is no room (X.2.2; 552 without a status of its own, RFC 3463 and 5321)?"""
        status = re.search(r"(?<![\d.])[245]\.(\d{1,3}\.\d{1,3})(?!\.?\d)", self.problem)
        return status[1] == "2.2" if status else re.search(r"\b552\b", self.problem) is not None

    @property
    def turn(self) -> str:
        """Of whoever writes an email of several notices to its recipient, so that there are no two such emails."""
        return f"email/{self.recipient}"

    @property
    def is_asked_for(self) -> bool:
        """Has somebody asked for it just now, who waits for it?"""
        return self.occasion.startswith(AGAIN)

    def held(self, until: datetime) -> "Notice":
        """Taken by a sender; should it crash, the notice is due again at ``until``."""
        return replace(self, due_at=until, attempts=self.attempts + 1)

    def delivered(self, at: datetime) -> "Notice":
        return replace(self, sent_at=at, problem="")

    def failed(self, problem: str, at: datetime, *, hopeless: bool = False, relay: bool = False) -> "Notice":
        """Not taken by the relay; due again after 10 s, 20 s, 40 s ... at most 6 h.

        Args:
            relay: it is the relay that is out: out of reach, refusing whatever comes, or rejecting our login.
        """
        # Beyond 12 doublings the pause is past its ceiling anyway; the bound keeps the power small.
        pause = min(RELAY_RETRY if relay else SLOWEST_RETRY, FIRST_RETRY * 2 ** min(self.attempts - 1, 12))
        said = f"{RELAY_OUT}{(self.relay_out_since or at).isoformat()}: {problem}" if relay else problem
        return replace(self, due_at=at + pause, problem=said, hopeless=hopeless)

    def put_off(self, until: datetime) -> "Notice":
        """Not to be sent before then, though nothing has gone wrong."""
        return replace(self, due_at=until)

    def readdressed(self, email: str, at: datetime) -> "Notice":
        """Owed to another address instead, as if nobody had tried it yet."""
        return replace(self, recipient=email, queued_at=at, due_at=at, attempts=0, problem="", hopeless=False)

    def dropped(self, at: datetime, problem: str = "") -> "Notice":
        """No longer owed, and on no list; the last answer stays if no other ``problem`` is named."""
        return replace(self, problem=problem or self.problem, dropped_at=at)

    def renewed(self, at: datetime) -> "Notice":
        """To be tried once more, although it seemed hopeless; the last answer stays until there is another."""
        return replace(self, due_at=at, hopeless=False)

    def is_red(self, now: datetime) -> bool:
        """Must the clerk hear of it?"""
        if not self.problem and self.due_at > now + PUT_OFF:
            return False  # it waits for a round, which may be after a week of holidays
        patience = PATIENCE if self.problem else DEADLINE
        return self.is_owed and (self.hopeless or now - self.queued_at > patience)


def notice(letter: str, actor: Actor, *, about: str, event: int, at: datetime, occasion: str = "") -> Notice:
    """An owed email to one person, due at once."""
    return Notice(about, event, letter, actor.email, occasion, actor.role, actor.name, at, at)


def hourly(at: datetime) -> str:
    """Occasion of what somebody asks for and gets once an hour, however often he asks."""
    return f"{AGAIN}{at:%Y-%m-%dT%H}"


def about_draft(letter: str, draft: Draft, sop: Sop, at: datetime, occasion: str = "") -> tuple[Notice, ...]:
    """A letter with the link by which a draft is gone on with; none where there is no address, or a case is mended."""
    name, email = (str(draft.form.get(sop.applicant[meaning], "")) for meaning in ("name", "email"))
    if not email or draft.mends or draft.is_batch:
        return ()
    letter = OF_A_BATCH[letter] if draft.batch else letter
    # Whoever opens that link can send it: of an official's draft it is for him alone.
    actor = Actor(APPLICANT, "" if draft.opened_by else name, email=draft.opened_by or email)
    return (notice(letter, actor, about=draft.id, event=0, at=at, occasion=occasion),)


def owed(application: Application, officials: Iterable[Official], sop: Sop, day: date) -> tuple[Notice, ...]:
    """All emails that the newest event owes, which is a move: ``resending`` has the others.

    ``day`` is the office's, on which appointments begin and end.

    The applicant hears what concerns him; whoever's turn it has become hears of it; an official who decided gets a
    receipt of it. Officials whose own application it is are passed over; who they are is only asked if it matters.
    """
    event = application.events[-1]
    addressees = [*_applicant(application, sop, event), *_turn(application, officials, sop, day), *_receipt(event)]
    about, number, at = application.ticket, event.number, event.at
    return tuple(
        notice(letter, actor, about=about, event=number, at=at, occasion=_occasion(letter, actor, event))
        for letter, actor in addressees
    )


def _occasion(letter: str, actor: Actor, event: Event) -> str:
    """That it is one's own turn again is no news to whoever has just brought that about."""
    return OWN if letter == "turn" and actor.email == event.actor.email.lower() else ""


def _applicant(application: Application, sop: Sop, event: Event) -> Iterator[tuple[str, Actor]]:
    letter, asked = APPLICANT_LETTERS.get(event.action), application.state is State.ASKED
    if event.action == "undo" and event.data["undone"] not in APPLICANT_LETTERS:
        return  # who was not told of a decision need not hear that it is undone
    if event.action == "walk_in" and "slot" not in event.data:
        letter = ""  # he is here and knows, and no calendar expects him
    # Who is asked for something at once learns from that letter that the case was opened for him.
    if letter and not (asked and event.action == "open"):
        yield letter, application.applicant(sop)
    if asked:
        yield "asked", application.applicant(sop)
    if application.state is State.DONE and event is application.closing and event.action != "hand_over":
        yield "finished", application.applicant(sop)


def _turn(application: Application, officials: Iterable[Official], sop: Sop, day: date) -> Iterator[tuple[str, Actor]]:
    event = application.events[-1]
    is_new = application.turn is event and application.state is State.WAITING
    letter = "turn" if is_new else VISIT_LETTERS.get(event.action, "")
    if letter:
        for official in eligible(application, officials, sop, day):
            if is_new or official.email.lower() != event.actor.email.lower():
                yield letter, official.as_actor(sop)


def _receipt(event: Event) -> Iterator[tuple[str, Actor]]:
    if event.actor.role not in (APPLICANT, CLERK, "portal") and event.action not in VISIT_LETTERS:
        yield "decided", event.actor
