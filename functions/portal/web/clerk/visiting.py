"""A visit from the clerk's desk: moved, called off, or the applicant is here, as agreed or unannounced.

Where the code on an applicant's page and on a day's printed list leads; whoever is no clerk finds the way in there.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core import ticket
from portal.core.application import Application
from portal.core.errors import Finding, Invalid, NotAllowed
from portal.web import case
from portal.web.applicant.own_case import by_day
from portal.web.clerk.archive import PATH, case_path
from portal.web.clerk.corrections import done, seen
from portal.web.clerk.entry import csrf, reader, sent_by_reader
from portal.web.here import here, turn_to
from portal.web.refusals import explain

pages = Blueprint("clerk_visiting", __name__)

ARRANGED: Final = ("move_visit", "cancel_visit")
HERE: Final = ("attend", "walk_in")
TIME: Final = "jadwal"
NOTE: Final = "note"


@pages.get(f"{PATH}/<number>/kunjungan")
def show(number: str) -> Any:
    reader()
    return _page(here().office.records.load(ticket.parse(number)).must_be_there())


@pages.post(f"{PATH}/<number>/kunjungan")
def act(number: str) -> Any:
    """Fields ``tindakan``, ``peristiwa`` (the version that was seen), ``note`` and, to move, ``jadwal``."""
    clerk, action = sent_by_reader(), request.form.get("tindakan", "")
    application = here().office.records.load(ticket.parse(number)).must_be_there()
    by, note = clerk.as_actor(here().corrections.title), request.form.get(NOTE, "").strip()[:1000]
    visits = here().visits
    try:
        if action == "move_visit":
            slot = datetime.fromisoformat(request.form.get(TIME, ""))
            visits.move(application, slot, by=by, note=note, seen=seen())
        elif action == "cancel_visit":
            visits.cancel(application, by=by, note=note, seen=seen())
        elif action in HERE:
            visits.come(application, action, by=by, note=note, seen=seen())
        else:
            return redirect(_path(application.ticket), 303)
    except Invalid as invalid:
        return _page(application, action, invalid.findings), 422
    except (ValueError, TypeError):
        return _page(application, action, _refused(TIME, "slot_unchosen")), 422
    except NotAllowed as refused:
        if refused.code == "slot_taken":
            return _page(application, action, _refused(TIME, refused.code)), 409
        if refused.code == "reason_missing":
            return _page(application, action, _refused(NOTE, refused.code)), 422
        raise
    return redirect(done(application.ticket), 303)


# --- within ----------------------------------------------------------------------------------------------------------


def _path(number: str) -> str:
    return f"{case_path(number)}/kunjungan"


def _refused(field: str, code: str) -> list[Finding]:
    return [Finding(field, explain(code, {})["sentence"])]


def _page(application: Application, tried: str = "", findings: Iterable[Finding] = ()) -> Any:
    visits, office = here().visits, here().office
    can_move, comes = visits.may_arrange(application), visits.may_come(application)
    if not can_move and not comes:
        return redirect(case_path(application.ticket), 303)
    turn_to(application.service)
    words, findings = office.words_of(application), tuple(findings)
    sop = words.sop
    return render_template(
        "clerk/visit.html",
        application=application,
        path=case_path(application.ticket),
        step=sop.step(application.step),
        sender=case.sender(application, words),
        status=sop.status(application.step, application.state),
        text={action: sop.action(application.step, action) for action in (*ARRANGED, *HERE)},
        can_move=can_move,
        comes=comes,
        days=by_day(application) if can_move else {},
        tried=tried,
        typed=request.form.get(NOTE, ""),
        slot=request.form.get(TIME, ""),
        findings=findings,
        errors={finding.field: finding.message for finding in findings},
        csrf=csrf(),
    )
