"""An official brings a signed letter: the upload, on the case's own page; the decision itself is ``official``'s."""

from typing import Any

from flask import Blueprint, Response, redirect

from portal.core import ticket
from portal.core.draft import Draft
from portal.web import cards
from portal.web.here import here, now
from portal.web.official.deciding import case_page
from portal.web.official.opened import PAGE, claims_of, letter_base, open_case, open_posted, path

pages = Blueprint("signing", __name__)


@pages.get("/telaah/<number>/surat")
def seen_again(number: str) -> Any:
    """Where a browser lands that comes from the letter."""
    return redirect(f"{path(ticket.parse(number))}#keputusan", 303)


@pages.get("/telaah/<number>/surat/<kind>/terunggah")
def arrived(number: str, kind: str) -> str:
    return cards.arrived(_draft(number), kind, letter_base(number), _csrf())


@pages.post("/telaah/<number>/surat/<kind>")
def accept_letter(number: str, kind: str) -> Any:
    claims, view = open_posted(number)
    draft = here().signing.begin(view)
    return cards.accept(
        draft, kind, letter_base(number), _csrf(), lambda refusals: case_page(view, claims, refusals=refusals)
    )


@pages.post("/telaah/<number>/surat/<kind>/hapus")
def remove_letter(number: str, kind: str) -> Any:
    return cards.remove(here().signing.begin(open_posted(number)[1]), kind, letter_base(number))


@pages.get("/telaah/<number>/surat/<kind>/gambar/<int:page>.jpg")
def picture(number: str, kind: str, page: int) -> Response:
    return cards.picture(_draft(number), kind, page)


@pages.get("/telaah/<number>/surat/<kind>/lihat")
def view_letter(number: str, kind: str) -> Response:
    return cards.view(_draft(number), kind)


def _draft(number: str) -> Draft:
    return here().signing.draft(open_case(claims_of(number)))


def _csrf() -> str:
    return here().access.csrf(PAGE, now())
