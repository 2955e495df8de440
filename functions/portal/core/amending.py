"""What a clerk does about a case that stays where it is: a link sent again, given to one person, an error set right.

Each is one event more in its chain, with the clerk's name and a reason, and begins no time anew (``history``).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from portal.core.application import Actor, Application
from portal.core.draft import Answers, fingerprints
from portal.core.errors import NotAllowed
from portal.core.history import assignment, holder
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import State

HOLDER: Final = "holder"
"""Stands for whoever has the case now, where it is said to whom a link goes."""


def may_resend(application: Application, to: str, sop: Sop) -> bool:
    """Is there a link to send, ``to`` the applicant, also after the end, or to whoever has the case?"""
    if to == APPLICANT:
        return application.state is not State.LAPSED
    return to == HOLDER and application.waits_on(sop) not in ("", APPLICANT)


def resend(application: Application, to: str, reason: str, *, by: Actor, sop: Sop, at: datetime) -> Application:
    """A fresh link for the applicant, or for whoever has the case now.

    Raises:
        NotAllowed: nobody to send it to (``action_not_now``), or one's own application.
    """
    if not may_resend(application, to, sop):
        raise NotAllowed("action_not_now", action="resend", state=application.state.value)
    return _kept(application, "resend", {"to": to, "reason": reason}, by=by, sop=sop, at=at)


def assign(
    application: Application, to: Actor | None, reason: str, *, by: Actor, sop: Sop, at: datetime
) -> Application:
    """The case in the hands of one of those who may act where it is, or (None) of all of them again.

    Raises:
        NotAllowed: no official has it now (``action_not_now``), it is so already (``nothing_assigned``), or one's own
            application.
    """
    if not may_resend(application, HOLDER, sop):
        raise NotAllowed("action_not_now", action="assign", state=application.state.value)
    email = to.email.lower() if to else ""
    if email == holder(assignment(application.events)):
        raise NotAllowed("nothing_assigned")
    said = {"to": email, "name": to.name if to else "", "reason": reason}
    return _kept(application, "assign", said, by=by, sop=sop, at=at)


def may_amend(application: Application, name: str) -> bool:
    """May a field be set right? Not after the end, nor while the applicant himself is asked to mend it."""
    mends = application.state is State.RETURNED and name in application.returned["items"]
    return not application.is_closed and not mends


def amend(application: Application, form: Answers, reason: str, *, by: Actor, sop: Sop, at: datetime) -> Application:
    """The case with these answers: what was there before is kept with the event.

    A corrected address is the one that letters go to from now on, as the clerk vouches for it in his name; of an
    application that is not confirmed yet, it has to be confirmed like the first one.

    Raises:
        NotAllowed: nothing to set right (``nothing_amended``), or not now or by the clerk (``action_not_now``).
    """
    changes = changed(application.form, form)
    if not changes:
        raise NotAllowed("nothing_amended")
    if not all(may_amend(application, name) for name in changes):
        raise NotAllowed("action_not_now", action="amend", state=application.state.value)
    data: dict[str, Any] = {"changes": changes, "reason": reason}
    new = str(form.get(sop.applicant.get("email", ""), ""))
    if sop.applicant.get("email", "") in changes:
        data |= {"email": new, "was": application.address(sop)}
    said = {**data, **fingerprints(form, application.documents)}
    return _kept(replace(application, form=form), "amend", said, by=by, sop=sop, at=at)


def readdressed(application: Application) -> int:
    """Number of the event by which a clerk set the address right last; 0 if none did."""
    return next((e.number for e in reversed(application.events) if e.action == "amend" and "email" in e.data), 0)


def changed(before: Answers, after: Answers) -> dict[str, Mapping[str, Any]]:
    """By field, what was said and what is said: ``from`` and ``to``, empty where nothing is."""
    names = [*before, *(name for name in after if name not in before)]
    return {
        name: {"from": before.get(name, ""), "to": after.get(name, "")}
        for name in names
        if before.get(name, "") != after.get(name, "")
    }


def _kept(
    application: Application, action: str, data: Mapping[str, Any], *, by: Actor, sop: Sop, at: datetime
) -> Application:
    if application.concerns(by.email, by.number, sop):
        raise NotAllowed("own_application")
    return application.correct(action, data, to=application.moved, by=by, at=at)
