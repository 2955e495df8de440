"""What a step asks of the applicant: doing it and saying so, with the documents it names.

It is shown on the case's own page.
"""

from typing import Any

from flask import Blueprint, Response, abort, redirect, request

from portal.core import ticket
from portal.core.errors import Conflict, Invalid
from portal.web import cards
from portal.web.applicant.own_case import PAGE, case_page, done, own, path, task_base
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


@pages.get("/permohonan/<number>/tugas/berkas/<kind>/terunggah")
def arrived(number: str, kind: str) -> str:
    return cards.arrived(here().intake.mending(own(number)), kind, task_base(number), _csrf())


@pages.post("/permohonan/<number>/tugas/berkas/<kind>")
def accept_document(number: str, kind: str) -> Any:
    application = own(number)
    draft = here().intake.begin_mending(application)
    return cards.accept(draft, kind, task_base(number), _csrf(), lambda refusals: case_page(application, refusals))


@pages.post("/permohonan/<number>/tugas/berkas/<kind>/hapus")
def remove_document(number: str, kind: str) -> Any:
    return cards.remove(here().intake.begin_mending(own(number)), kind, task_base(number))


@pages.post("/permohonan/<number>/tugas/berkas/<kind>/halaman")
def arrange(number: str, kind: str) -> Any:
    return cards.arrange(here().intake.begin_mending(own(number)), kind, task_base(number))


@pages.get("/permohonan/<number>/tugas/berkas/<kind>/gambar/<int:page>.jpg")
def picture(number: str, kind: str, page: int) -> Response:
    return cards.picture(here().intake.mending(own(number)), kind, page)


@pages.get("/permohonan/<number>/tugas/berkas/<kind>/lihat")
def view_document(number: str, kind: str) -> Response:
    return cards.view(here().intake.mending(own(number)), kind)


@pages.get("/permohonan/<number>/tugas/berkas/unduh/<file>")
def filled_in(number: str, file: str) -> Response:
    return cards.filled_in(here().intake.mending(own(number)), file)


def _csrf() -> str:
    return here().access.csrf(PAGE, now())
