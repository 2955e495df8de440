"""What a step asks of the applicant: doing it and saying so, with the documents it names.

It is shown on the case's own page.
"""

from typing import Any

from flask import Blueprint, Response, abort, redirect, request

from portal.core.errors import Conflict, Invalid
from portal.web import cards
from portal.web.applicant import DONE, PAGE, TASK_BASE, case_page, own
from portal.web.here import here, now

pages = Blueprint("tasks", __name__)


@pages.post("/permohonan/tugas")
def report() -> Any:
    """Field ``peristiwa``: the event that was seen; so a second click reports no task that comes after."""
    application = own()
    seen = request.form.get("peristiwa", type=int)
    if seen is None:
        abort(400)
    try:
        here().intake.report(application, seen)
    except Invalid:
        return case_page(application, incomplete=True), 422
    except Conflict:
        return redirect("/permohonan", 303)  # which says where the case is by now
    return redirect(DONE, 303)


@pages.get("/permohonan/tugas")
@pages.get("/permohonan/tugas/berkas")
def seen_again() -> Any:
    """Where a browser lands that repeats the address of a posted form, or comes from a document."""
    return redirect("/permohonan", 303)


@pages.get("/permohonan/tugas/berkas/<kind>/terunggah")
def arrived(kind: str) -> str:
    return cards.arrived(here().intake.mending(own()), kind, TASK_BASE, _csrf())


@pages.post("/permohonan/tugas/berkas/<kind>")
def accept_document(kind: str) -> Any:
    application = own()
    draft = here().intake.begin_mending(application)
    return cards.accept(draft, kind, TASK_BASE, _csrf(), lambda refusals: case_page(application, refusals))


@pages.post("/permohonan/tugas/berkas/<kind>/hapus")
def remove_document(kind: str) -> Any:
    return cards.remove(here().intake.begin_mending(own()), kind, TASK_BASE)


@pages.get("/permohonan/tugas/berkas/<kind>/lihat")
def view_document(kind: str) -> Response:
    return cards.view(here().intake.mending(own()), kind)


@pages.get("/permohonan/tugas/berkas/unduh/<file>")
def filled_in(file: str) -> Response:
    return cards.filled_in(here().intake.mending(own()), file)


def _csrf() -> str:
    return here().access.csrf(PAGE, now())
