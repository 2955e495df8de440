"""Closing one's case in a browser that others use too, as offices share computers."""

from typing import Any

from flask import Blueprint, redirect, render_template

from portal.core import ticket
from portal.core.errors import LinkForged
from portal.web.applicant import drafts
from portal.web.applicant.own_case import CONFIRMING, PAGE, own, path
from portal.web.here import here, now

pages = Blueprint("leaving", __name__)


@pages.post("/permohonan/<number>/keluar")
def leave(number: str) -> Any:
    """The case, and the draft it was sent from, are closed in this browser, and no other; emailed links open them."""
    left = f"{path(ticket.parse(number))}/keluar"
    try:
        own(number)
    except LinkForged:  # closed already, in another tab
        return redirect(left, 303)
    response = here().access.leave(left, *((page, f"/{page}/{number}") for page in (PAGE, CONFIRMING)))
    drafts.forget(response, number)
    return response


@pages.get("/permohonan/<number>/keluar")
def left(number: str) -> Any:
    """That it is closed, whichever it was; whoever has it open is led back to it."""
    number = ticket.parse(number)
    try:
        here().access.claims(PAGE, now())
    except LinkForged:
        return render_template("applicant/left.html", number=number)
    return redirect(path(number), 303)
