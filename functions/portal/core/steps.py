"""The kinds of step a SOP may have: what may be decided in which state, and what follows.

A table per kind, and nothing else: no words, no clock, no storage; times come as arguments.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from enum import StrEnum
from typing import Final

from portal.core.errors import NotAllowed
from portal.core.parts import Step
from portal.core.sop import APPLICANT, Sop


class State(StrEnum):
    """Where an application is within its step."""

    UNCONFIRMED = "unconfirmed"  # sent, but the email address is not confirmed yet
    WAITING = "waiting"  # an official is to decide
    RETURNED = "returned"  # the applicant is to mend
    SENT = "sent"  # an outside authority has it
    INVITED = "invited"  # the applicant is to pick a visit
    BOOKED = "booked"  # a visit is agreed
    MISSED = "missed"  # nobody came; the applicant is to pick again
    ASKED = "asked"  # the applicant is to do the step's task
    READY = "ready"  # the product is recorded and can be handed over
    DONE = "done"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # the email address was never confirmed

    @property
    def is_closed(self) -> bool:
        return self in (State.DONE, State.REJECTED, State.WITHDRAWN, State.LAPSED)

    @property
    def is_with_applicant(self) -> bool:
        """Does the applicant have to act next, even where an official may close the case instead?"""
        return self in (State.UNCONFIRMED, State.RETURNED, State.INVITED, State.MISSED, State.ASKED)

    @property
    def clock_runs(self) -> bool:
        """The SOP's minutes count only while the office itself has the case and nobody else does."""
        return self in (State.WAITING, State.READY)


NEXT: Final = "next"
"""Follow-up of an action that ends its step: the next step begins, or the application is done."""

BACK: Final = "back"
"""Follow-up of an action that gives the case back to the officials who had it before."""

Moves = Mapping[State, Mapping[str, State | str]]

_APPLICANT_MENDS: Moves = {State.RETURNED: {"resubmit": State.WAITING, "withdraw": State.WITHDRAWN}}
_APPLICANT_MAY_WITHDRAW: Moves = {State.WAITING: {"withdraw": State.WITHDRAWN}, **_APPLICANT_MENDS}

_WAYS_BACK: Mapping[str, State | str] = {"return": State.RETURNED, "reject": State.REJECTED, "send_back": BACK}


class Kind:
    """What a kind of step permits.

    Attributes:
        entry: the state in which the step begins.
        official: state -> action -> state that follows, for the officials of the step's role.
        applicant: the same for the applicant.
        portal: the same for the clockwork.
        office: the same for whoever of the office arranges things, apart from what is decided on the case.
        optional: what its officials may do only at steps that say so (``Step.also``).
        begins: does a service begin with it, and nowhere else is its place?
        ends: may a service end with it?
        closes: does it end with the product in the owner's hands, so that nothing can follow?
        is_applicants: is it the applicant who has the step, and no official?
        opens: action -> from when on it may be done, of the visit that is agreed; any time for those not named.
    """

    entry: State = State.WAITING
    official: Moves = {}
    applicant: Moves = {}
    portal: Moves = {}
    office: Moves = {}
    opens: Mapping[str, Callable[[datetime], datetime]] = {}
    optional: tuple[str, ...] = ()
    begins: bool = False
    ends: bool = True
    closes: bool = False
    is_applicants: bool = False


class Submission(Kind):
    """The applicant sends, and confirms the email address; only then does an official hear of it."""

    entry = State.UNCONFIRMED
    begins, ends, is_applicants = True, False, True
    applicant = {State.UNCONFIRMED: {"confirm": NEXT, "withdraw": State.WITHDRAWN}}
    portal = {State.UNCONFIRMED: {"lapse": State.LAPSED}}


class Opening(Kind):
    """An official fills the form in for somebody, whose address he vouches for; sending it is all there is to it."""

    begins, ends = True, False


class Disposition(Kind):
    """A superior reviews and forwards with an instruction."""

    ends = False
    official = {State.WAITING: {"forward": NEXT, **_WAYS_BACK}}
    optional = ("send_back",)
    applicant = _APPLICANT_MAY_WITHDRAW


class Work(Kind):
    """An official does something outside of the portal, and reports that it is done."""

    official = {State.WAITING: {"complete": NEXT, **_WAYS_BACK}}
    optional = ("return", "reject", "send_back")
    applicant = _APPLICANT_MAY_WITHDRAW


class Task(Kind):
    """The applicant does something and says so, or uploads what the step names; nobody has to come."""

    entry = State.ASKED
    is_applicants = True
    applicant = {State.ASKED: {"report": NEXT, "withdraw": State.WITHDRAWN}}


class Dispatch(Kind):
    """Completeness is checked, the case goes to an outside authority, and its answer is recorded."""

    official = {
        State.WAITING: {"dispatch": State.SENT, **_WAYS_BACK},
        State.SENT: {"accept": NEXT, "refuse": State.WAITING},
    }
    optional = ("send_back",)
    applicant = _APPLICANT_MAY_WITHDRAW


class Sign(Kind):
    """An official brings a letter that was signed outside of the portal, which sees neither key nor passphrase."""

    official = {State.WAITING: {"sign": NEXT, **_WAYS_BACK}}
    optional = ("return", "reject", "send_back")
    applicant = _APPLICANT_MAY_WITHDRAW


class Visit(Kind):
    """The applicant is invited, picks a time, and comes; whoever never does may be closed by the office."""

    official = {
        State.WAITING: {"invite": State.INVITED},
        State.INVITED: {"reject": State.REJECTED},
        State.BOOKED: {"attend": NEXT, "miss": State.MISSED},
        State.MISSED: {"reject": State.REJECTED},
    }
    applicant = {
        State.INVITED: {"book": State.BOOKED},
        State.BOOKED: {"book": State.BOOKED, "cancel_visit": State.INVITED},
        State.MISSED: {"book": State.BOOKED},
    }
    office = {
        State.INVITED: {"walk_in": NEXT},
        State.BOOKED: {"move_visit": State.BOOKED, "cancel_visit": State.INVITED, "walk_in": NEXT},
        State.MISSED: {"walk_in": NEXT},
    }
    # Whoever comes early on the day is served; nobody has stayed away before the time has come.
    opens = {"attend": lambda slot: datetime.combine(slot, time.min, slot.tzinfo), "miss": lambda slot: slot}


class Handover(Kind):
    """The product is recorded and handed over; the case is archived."""

    closes = True
    official = {State.WAITING: {"record": State.READY}, State.READY: {"hand_over": NEXT}}
    # A word of thanks, as it were: the case is closed already, and stays so without it.
    applicant = {State.DONE: {"receive": State.DONE}}


KINDS: Final[Mapping[str, Kind]] = {
    "submission": Submission(),
    "opening": Opening(),
    "disposition": Disposition(),
    "work": Work(),
    "task": Task(),
    "sign": Sign(),
    "dispatch": Dispatch(),
    "visit": Visit(),
    "handover": Handover(),
}


def official_actions(sop: Sop, step: str, state: State) -> tuple[str, ...]:
    """What the officials of the step's role may decide now."""
    return tuple(_officials(sop, step, state))


def opens_at(sop: Sop, step: str, action: str, slot: datetime | None) -> datetime | None:
    """From when on an official may do this, where that depends on the visit agreed (``slot``, in the office's zone)."""
    opens = _kind(sop, step).opens.get(action)
    return opens(slot) if opens and slot else None


def must_be_open(sop: Sop, step: str, action: str, slot: datetime | None, at: datetime) -> None:
    """Raises NotAllowed (``visit_to_come``; facts ``action``, ``slot`` and ``opens``: a moment, or a whole day)."""
    opens = opens_at(sop, step, action, slot)
    if opens and at < opens:
        label = sop.action(step, action).label
        raise NotAllowed("visit_to_come", action=label, slot=slot, opens=slot if opens == slot else opens.date())


def applicant_actions(sop: Sop, step: str, state: State) -> tuple[str, ...]:
    """What the applicant may do now."""
    return tuple(_kind(sop, step).applicant.get(state, {}))


def office_actions(sop: Sop, step: str, state: State) -> tuple[str, ...]:
    """What whoever of the office arranges visits may do now."""
    return tuple(_kind(sop, step).office.get(state, {}))


def waits_on(sop: Sop, step: str, state: State) -> str:
    """Who has to act: a role of the SOP, ``APPLICANT``, or nobody ("") once closed.

    A role that stands for several ("A or B") is one key; under it everybody finds the case who may act
    (``Sop.waiting_lists``).
    """
    if state.is_closed:
        return ""
    return APPLICANT if state.is_with_applicant else sop.step(step).role


def official_before(sop: Sop, step: str) -> Step | None:
    """The nearest step before that officials have, to which a case can be given back; None if there is none."""
    before = sop.steps[: sop.steps.index(sop.step(step))]
    return next((s for s in reversed(before) if not (KINDS[s.kind].is_applicants or KINDS[s.kind].begins)), None)


def follow(sop: Sop, step: str, state: State, action: str) -> tuple[str, State]:
    """The step and state an action leads to.

    Raises:
        NotAllowed: the action is not possible here (``action_not_now``).
    """
    kind = _kind(sop, step)
    others = (moves.get(state, {}) for moves in (kind.applicant, kind.portal, kind.office))
    for possible in (_officials(sop, step, state), *others):
        if action in possible:
            return _resolve(sop, step, possible[action])
    raise NotAllowed("action_not_now", action=action, state=state.value)


def after_opening(sop: Sop) -> tuple[str, State]:
    """The step and state in which a service begins that an official has opened."""
    return _resolve(sop, sop.first.key, NEXT)


def _officials(sop: Sop, step: str, state: State) -> Mapping[str, State | str]:
    kind, also = _kind(sop, step), sop.step(step).also
    possible = kind.official.get(state, {})
    return {action: to for action, to in possible.items() if action not in kind.optional or action in also}


def _resolve(sop: Sop, step: str, outcome: State | str) -> tuple[str, State]:
    if isinstance(outcome, State):
        return step, outcome
    following = official_before(sop, step) if outcome == BACK else sop.after(step)
    if following is None:
        return step, State.DONE
    return following.key, KINDS[following.kind].entry


def _kind(sop: Sop, step: str) -> Kind:
    return KINDS[sop.step(step).kind]
