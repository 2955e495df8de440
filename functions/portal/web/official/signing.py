"""An official brings a signed letter: the upload, on the case's own page; the decision itself is ``official``'s."""

from typing import Any

from flask import Blueprint, redirect

from portal.core import ticket
from portal.usecases.cases import Claims, OfficialView
from portal.web.card_routes import Place, documents
from portal.web.here import here, now
from portal.web.official.deciding import case_page
from portal.web.official.opened import PAGE, claims_of, letter_base, open_case, open_posted, path

pages = Blueprint("signing", __name__)


@pages.get("/telaah/<number>/surat")
def seen_again(number: str) -> Any:
    """Where a browser lands that comes from the letter."""
    return redirect(f"{path(ticket.parse(number))}#keputusan", 303)


@documents(pages, "/telaah/<number>/surat", photos=False)
def _place(number: str, changes: bool) -> Place:
    claims, view = open_posted(number) if changes else _seen(number)
    draft = here().signing.begin(view) if changes else here().signing.draft(view)
    base = letter_base(view.application.ticket)
    return Place(draft, base, _csrf(), lambda refusals: case_page(view, claims, refusals=refusals))


def _seen(number: str) -> tuple[Claims, OfficialView]:
    claims = claims_of(number)
    return claims, open_case(claims)


def _csrf() -> str:
    return here().access.csrf(PAGE, now())
