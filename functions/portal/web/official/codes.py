"""An official's link in a strange browser (``devices``): a six-digit code, sent to his own address, opens it there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core import ticket
from portal.core.application import Actor
from portal.core.errors import LinkExpired, LinkForged, NotAllowed
from portal.forms.typed import masked_email
from portal.usecases.cases import Claims
from portal.usecases.codes import Codes
from portal.web.here import here, now
from portal.web.official import devices
from portal.web.official.opened import DESK, behind, claims_of, path, posted, ways_out
from portal.web.refusals import STATUS, explain

pages = Blueprint("codes", __name__)

PURPOSE = devices.COOKIE

ASKED: Final = "kode-diminta"
"""Cookie that says for which code a page has the form, as long as that is good."""


@dataclass(frozen=True)
class Door:
    """What a code opens.

    Attributes:
        path: of its pages; ``ticket`` of the case, empty for a desk.
        whom: whose link it is, and to whom the code goes.
        ways: what the page needs for its forms.
        is_shut: is a code needed at all?
    """

    path: str
    ticket: str
    whom: Actor
    ways: dict[str, Any]
    is_shut: bool


@pages.get("/telaah/<number>/kode")
def offer(number: str) -> Any:
    """Says why a code is needed; only the button sends one."""
    return _offered(_case(claims_of(number)))


@pages.post("/telaah/<number>/kode/kirim")
def send(number: str) -> Any:
    return _sent(_case(posted(number)))


@pages.get("/telaah/<number>/kode/kirim")
def seen_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(f"{path(ticket.parse(number))}/{devices.CODE}", 303)


@pages.post("/telaah/<number>/kode")
def check(number: str) -> Any:
    """Fields ``diminta`` (what ``send`` put into the form) and ``kode``."""
    claims = posted(number)
    return _checked(claims, lambda: _case(claims))


@pages.get("/meja/kode")
def offer_desk() -> Any:
    """The same for the link to a desk."""
    return _offered(_desk(here().access.claims(DESK, now())))


@pages.post("/meja/kode/kirim")
def send_for_desk() -> Any:
    return _sent(_desk(here().access.check_csrf(DESK, now())))


@pages.get("/meja/kode/kirim")
def desk_seen_again() -> Any:
    return redirect(f"/{DESK}/{devices.CODE}", 303)


@pages.post("/meja/kode")
def check_for_desk() -> Any:
    claims = here().access.check_csrf(DESK, now())
    return _checked(claims, lambda: _desk(claims))


# --- within ----------------------------------------------------------------------------------------------------------


def _case(claims: Claims) -> Door:
    view = behind(claims)
    number = view.application.ticket
    ways, is_shut = ways_out(number, claims), devices.is_strange(view, claims)
    return Door(path(number), number, view.official.as_actor(view.sop), ways, is_shut)


def _desk(claims: Claims) -> Door:
    """Raises NotAllowed (``not_appointed``)."""
    held = here().cases.appointments(claims["r"])
    if not held:
        raise NotAllowed("not_appointed")
    whom = held[0].as_actor(here().office.services[held[0].service])
    ways = {"path": f"/{DESK}", "csrf": here().access.csrf(DESK, now())}
    return Door(f"/{DESK}", "", whom, ways, devices.needs_code(claims))


def _offered(door: Door) -> Any:
    return _page(door, _asked(door)) if door.is_shut else redirect(door.path, 303)


def _sent(door: Door) -> Any:
    """Off to the page with the form, so that going back there sends no second code."""
    response = redirect(f"{door.path}/{devices.CODE}", 303)
    claims = {"n": _codes().ask(PURPOSE, door.whom), "r": door.whom.email}
    here().access.keep(response, ASKED, claims, (response.location,), now(), _codes().life)
    return response


def _asked(door: Door) -> str:
    """What was asked for here lately, for this person; empty if nothing was."""
    try:
        said = here().access.kept(ASKED, now())
    except (LinkForged, LinkExpired):
        return ""
    return str(said["n"]) if said["r"] == door.whom.email else ""


def _checked(claims: Claims, door: Callable[[], Door]) -> Any:
    asked = request.form.get("diminta", "")
    try:
        email = _codes().check(PURPOSE, asked, request.form.get("kode", ""), devices.mark() or "-")
    except LinkForged:
        return _page(door(), ""), 422
    except NotAllowed as refusal:
        if refusal.code == "code_paused":  # nothing can be typed or sent until then
            raise
        status = here().messages["errors"][refusal.code].get("status", STATUS[NotAllowed])
        again = asked if refusal.code == "code_wrong" else ""
        return _page(door(), again, explain(refusal.code, refusal.facts)), status
    if email.lower() != claims["r"].lower():
        raise NotAllowed("form_foreign")
    return devices.trusted(redirect(path(claims["t"]) if "t" in claims else f"/{DESK}", 303), email)


def _page(door: Door, asked: str, refusal: Any = None) -> str:
    return render_template(
        "official/code.html",
        ticket=door.ticket,
        email=masked_email(door.whom.email),
        asked=asked,
        refusal=refusal,
        minutes=int(_codes().life.total_seconds()) // 60,
        days=devices.REMEMBERED.days,
        **door.ways,
    )


def _codes() -> Codes:
    return Codes(here().office)
