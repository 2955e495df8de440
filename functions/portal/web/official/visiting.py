"""A visit that is agreed, in the hands of the official who expects it: moved to another time, or called off.

Whoever is on leave leaves that to his Plh., and whoever has the case not himself to whom it was given.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core import ticket
from portal.core.errors import Finding, Invalid, NotAllowed
from portal.usecases.cases import Claims, OfficialView
from portal.web import case
from portal.web.applicant.own_case import by_day
from portal.web.here import here
from portal.web.official import choices, devices
from portal.web.official.opened import PAGE, claims_of, open_case, path, posted, ways_out
from portal.web.refusals import explain

pages = Blueprint("visiting", __name__)

ACTIONS: Final = ("move_visit", "cancel_visit")
TIME: Final = "jadwal"
"""The field with the time that was picked."""


@pages.get("/telaah/<number>/jadwal")
def show(number: str) -> Any:
    claims = claims_of(number)
    return _page(open_case(claims), claims)


@pages.post("/telaah/<number>/jadwal")
def arrange(number: str) -> Any:
    """Fields ``tindakan``, ``peristiwa`` (the version that was seen), ``note`` and, to move, ``jadwal``."""
    claims = posted(number)
    view = open_case(claims)
    action, seen = request.form.get("tindakan", ""), request.form.get("peristiwa", type=int) or 0
    visits, by, note = here().visits, view.official.as_actor(view.sop), request.form.get("note", "")
    if view.moved_on or view.instead or action not in ACTIONS:
        return redirect(path(ticket.parse(number)), 303)
    try:
        if action == "cancel_visit":
            visits.cancel(view.application, by=by, note=note, seen=seen)
        else:
            slot = datetime.fromisoformat(request.form.get(TIME, ""))
            visits.move(view.application, slot, by=by, note=note, seen=seen)
    except Invalid as invalid:
        return _page(view, claims, action, invalid.findings), 422
    except (ValueError, TypeError):
        return _page(view, claims, action, _unpicked("slot_unchosen")), 422
    except NotAllowed as refused:
        if refused.code != "slot_taken":
            raise
        return _page(view, claims, action, _unpicked(refused.code)), 409
    devices.use(PAGE, claims)
    return redirect(f"{path(number)}/keputusan", 303)


# --- within ----------------------------------------------------------------------------------------------------------


def _unpicked(code: str) -> list[Finding]:
    return [Finding(TIME, explain(code, {})["sentence"])]


def _page(view: OfficialView, claims: Claims, tried: str = "", findings: Iterable[Finding] = ()) -> Any:
    application, findings = view.application, tuple(findings)
    if view.moved_on or view.instead or not here().visits.may_arrange(application):
        return redirect(path(application.ticket), 303)
    return render_template(
        "official/visit.html",
        application=application,
        step=view.sop.step(application.step),
        sender=case.sender(application, view.words),
        days=by_day(application),
        choices=[
            choices.choice(
                view,
                action,
                request.form.to_dict(flat=False) if action == tried else None,
                findings,
                is_open=action == tried,
            )
            for action in ACTIONS
        ],
        slot=request.form.get(TIME, ""),
        findings=findings,
        tried=tried,
        **ways_out(application.ticket, claims),
    )
