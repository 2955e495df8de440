"""The documents of a case, for the official whose turn it is: stamped pages, a copy to open, the original to save."""

from typing import Any

from flask import Blueprint, redirect, render_template

from portal.core.draft import Document
from portal.core.errors import NotFound
from portal.usecases.cases import OfficialView
from portal.usecases.retention import forgotten_on
from portal.web import case, files
from portal.web.here import here
from portal.web.official.opened import claims_of, open_case, path

pages = Blueprint("originals", __name__)


@pages.get("/telaah/<number>/berkas/<kind>")
def document(number: str, kind: str) -> Any:
    """All pages of one document, one below the other."""
    view = open_case(claims_of(number))
    if view.moved_on:
        return redirect(path(number), 303)
    found = case.documents(view.application, view.sop)
    position = next((place for place, entry in enumerate(found) if entry["kind"] == kind), None)
    if position is None:
        raise NotFound("document_unknown")
    return render_template(
        "official/document.html",
        number=number,
        shown=found[position],
        position=position + 1,
        total=len(found),
        before=found[position - 1] if position else None,
        after=found[position + 1] if position + 1 < len(found) else None,
        back=path(number),
    )


@pages.get("/telaah/<number>/berkas/<kind>/<int:page>.jpg")
def page_image(number: str, kind: str, page: int) -> Any:
    """A stamped page, ``?lebar=`` 320 or 1000 pixels wide."""
    view, kept = _document(number, kind)
    return files.page_as_asked(kept, page, view.sop.data["sentences"]["stamp"].format(ticket=number))


@pages.get("/telaah/<number>/berkas/<kind>/salinan")
def copy(number: str, kind: str) -> Any:
    """The document to open: what is seen of it, and nothing else that the file may hold."""
    _, kept = _document(number, kind)
    return files.rebuilt(kept, f"{number}-{kind}")


@pages.get("/telaah/<number>/berkas/<kind>/asli")
def original(number: str, kind: str) -> Any:
    """The document as it was brought: to be saved, and never opened by the browser."""
    _, kept = _document(number, kind)
    return files.serve(kept, f"{number}-{kind}-asli", shown=False)


def _document(number: str, kind: str) -> tuple[OfficialView, Document]:
    """A document of the case.

    Raises:
        NotFound: not one of its documents, or the case has moved on (``document_unknown``); past the days that files of
            a closed case are kept (``document_forgotten``).
    """
    office = here().office
    view = open_case(claims_of(number))
    gone = forgotten_on(view.application, office.services[view.application.service], office.calendar)
    if gone and gone <= office.today():
        raise NotFound("document_forgotten", day=here().language.date(gone))
    if view.moved_on:
        raise NotFound("document_unknown")
    return view, view.application.document(kind)
