"""What a step asks of the applicant: doing it and saying so, with the documents it names.

It is shown on the case's own page.
"""

from typing import Any

from flask import Blueprint, abort, redirect, request

from portal.core import ticket
from portal.core.errors import Conflict, Invalid
from portal.web.applicant.own_case import PAGE, case_page, done, own, path, task_base
from portal.web.card_routes import Place, documents
from portal.web.here import here, now

pages = Blueprint("tasks", __name__)


@pages.post("/permohonan/<number>/tugas")
def report(number: str) -> Any:
    """Field ``peristiwa``: the event that was seen; so a second click reports no task that comes after."""
    application = own(number)
    seen = request.form.get("peristiwa", type=int)
    if seen is None:
        abort(400)
    try:
        here().intake.report(application, seen)
    except Invalid:
        return case_page(application, incomplete=True), 422
    except Conflict:
        return redirect(path(number), 303)  # which says where the case is by now
    return redirect(done(number), 303)


@pages.get("/permohonan/<number>/tugas")
@pages.get("/permohonan/<number>/tugas/berkas")
def seen_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted form, or comes from a document."""
    return redirect(path(ticket.parse(number)), 303)


@documents(pages, "/permohonan/<number>/tugas/berkas")
def _place(number: str, changes: bool) -> Place:
    application = own(number)
    draft = here().intake.begin_mending(application) if changes else here().intake.mending(application)
    return Place(draft, task_base(application.ticket), _csrf(), lambda refusals: case_page(application, refusals))


def _csrf() -> str:
    return here().access.csrf(PAGE, now())
