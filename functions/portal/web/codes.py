"""An official's link in a strange browser (``devices``): a six-digit code, sent to his own address, opens it there."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from portal.cases import OfficialView
from portal.codes import Codes
from portal.core import ticket
from portal.core.errors import LinkForged, NotAllowed
from portal.forms.typed import masked_email
from portal.web import devices
from portal.web.here import here
from portal.web.opened import behind, claims_of, path, posted, ways_out
from portal.web.refusals import STATUS, explain

pages = Blueprint("codes", __name__)

PURPOSE = devices.COOKIE


@pages.get("/telaah/<number>/kode")
def offer(number: str) -> Any:
    """Says why a code is needed; only the button sends one."""
    claims = claims_of(number)
    view = behind(claims)
    if not devices.is_strange(view, claims):
        return redirect(path(number), 303)
    return _page(view, "")


@pages.post("/telaah/<number>/kode/kirim")
def send(number: str) -> Any:
    view = behind(posted(number))
    return _page(view, _codes().ask(PURPOSE, view.official.as_actor(view.sop)))


@pages.get("/telaah/<number>/kode/kirim")
def seen_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(f"{path(ticket.parse(number))}/{devices.CODE}", 303)


@pages.post("/telaah/<number>/kode")
def check(number: str) -> Any:
    """Fields ``diminta`` (what ``send`` put into the form) and ``kode``."""
    claims = posted(number)
    asked = request.form.get("diminta", "")
    try:
        email = _codes().check(PURPOSE, asked, request.form.get("kode", ""))
    except LinkForged:
        return _page(behind(claims), ""), 422
    except NotAllowed as refusal:
        status = here().messages["errors"][refusal.code].get("status", STATUS[NotAllowed])
        again = asked if refusal.code == "code_wrong" and refusal.facts["left"] else ""
        return _page(behind(claims), again, explain(refusal.code, refusal.facts)), status
    if email.lower() != claims["r"].lower():
        raise NotAllowed("form_foreign")
    return devices.trusted(redirect(path(number), 303), email)


def _page(view: OfficialView, asked: str, refusal: Any = None) -> str:
    number = view.application.ticket
    claims = claims_of(number)
    return render_template(
        "official/code.html",
        ticket=number,
        email=masked_email(view.official.email),
        asked=asked,
        refusal=refusal,
        minutes=int(_codes().life.total_seconds()) // 60,
        days=devices.REMEMBERED.days,
        **ways_out(number, claims),
    )


def _codes() -> Codes:
    return Codes(here().office)
