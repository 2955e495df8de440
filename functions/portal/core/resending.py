"""Links that go out once more, and what is owed by an event that moves nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from portal.core.amending import HOLDER
from portal.core.application import Actor, Application, Event
from portal.core.history import KEEPING, assignment, holder
from portal.core.notices import AGAIN, Notice, notice, owed
from portal.core.officials import Official, eligible
from portal.core.sop import Sop
from portal.core.steps import State


def link_again(application: Application, letter: str, actor: Actor, *, at: datetime, occasion: str) -> Notice:
    """A fresh link that somebody has asked for: of the event by which the case came to whoever it is for."""
    of = {"turn": application.turn.number, "confirm_address": application.entered.number}
    about, event = application.ticket, of.get(letter, application.version)
    return notice(letter, actor, about=about, event=event, at=at, occasion=f"{AGAIN}{occasion}")


def turn_again(
    application: Application, actor: Actor, held: Event, gone: date | None = None, *, at: datetime
) -> Notice:
    """To one of several, that it is his turn again: whoever had it by ``held`` has it no more, or not alone.

    Args:
        gone: since when he is away; each absence is told of once.
    """
    occasion = f"after-{held.number}{f'-{gone}' if gone else ''}"
    return notice("turn", actor, about=application.ticket, event=application.turn.number, at=at, occasion=occasion)


def owed_by_any(application: Application, officials: Iterable[Official], sop: Sop, day: date) -> tuple[Notice, ...]:
    """All emails that the newest event owes, whether it moved the case or not; arguments as for ``notices.owed``."""
    if application.events[-1].action in KEEPING:
        return tuple(_owed_again(application, officials, sop, day))
    return owed(application, officials, sop, day)


def _owed_again(application: Application, officials: Iterable[Official], sop: Sop, day: date) -> Iterator[Notice]:
    """What is owed by an event that moves nothing: the link that is sent again, say, or word of what was set right."""
    event = application.events[-1]
    if event.action == "assign":
        yield from _owed_to_whom_it_is_given(application, event, officials, sop, day)
        return
    again = partial(link_again, application, at=event.at, occasion=str(event.number))
    applicant, unconfirmed = application.applicant(sop), application.state is State.UNCONFIRMED
    if event.action == "resend" and event.data["to"] == HOLDER:
        for official in eligible(application, officials, sop, day):
            yield again("turn", official.as_actor(sop))
    else:
        news = "new_link" if event.action == "resend" else "amended"
        yield again("confirm_address" if unconfirmed else news, applicant)
    if "was" in event.data and not unconfirmed:  # nobody's address is taken from him in silence
        former = replace(applicant, email=event.data["was"])
        yield notice("address_left", former, about=application.ticket, event=event.number, at=event.at)


def _owed_to_whom_it_is_given(
    application: Application, event: Event, officials: Iterable[Official], sop: Sop, day: date
) -> Iterator[Notice]:
    """Whoever has it now and had it not before; who has it no more is spared an email, and reads so behind his link."""
    had = assignment(application.events[:-1])
    for official in eligible(application, officials, sop, day):
        actor = official.as_actor(sop)
        if event.data["to"]:
            yield notice("assigned", actor, about=application.ticket, event=event.number, at=event.at)
        elif had and actor.email != holder(had):
            yield turn_again(application, actor, had, at=event.at)
