"""A case that an official's emailed link has opened: whose link it was, and the ways from one page to the next.

A link opens one state of one case for one person; nothing on its pages opens another.
"""

from typing import Any, Final

from flask import abort, redirect

from portal.core.application import Application
from portal.core.errors import LinkForged
from portal.core.history import again
from portal.usecases.cases import Claims, OfficialView
from portal.web.here import here, now, turn_to
from portal.web.official import devices

PAGE: Final = "telaah"
DESK: Final = devices.DESK


def path(number: str) -> str:
    return f"/{PAGE}/{number}"


def letter_base(number: str) -> str:
    """Below it lies the letter that an official brings signed."""
    return f"{path(number)}/surat"


def claims_of(number: str) -> dict[str, Any]:
    """What the link to this case said.

    Raises LinkForged (``link_needed``), also for that of another case, and once its reader has left his desk here.
    """
    claims = here().access.claims(PAGE, now())
    if claims.get("t") != number or devices.has_left(claims):
        raise LinkForged("link_needed", page=PAGE)
    return claims


def posted(number: str) -> dict[str, Any]:
    """What the page with the posted form had open, whichever of the case's links was opened since.

    Raises:
        LinkForged: as ``claims_of``. NotAllowed: as ``Access.check_csrf``.
    """
    claims_of(number)
    return here().access.check_csrf(PAGE, now())


def open_posted(number: str) -> tuple[dict[str, Any], OfficialView]:
    """What stands behind the page with the posted form, whose link is in use here from now on; raises as both."""
    claims = posted(number)
    view = open_case(claims)
    devices.use(PAGE, claims)
    return claims, view


def at_desk() -> dict[str, Any]:
    """What the link to this browser's desk said; on a strange device first the code's page.

    Raises:
        LinkForged: no desk is open here (``link_needed``).
    """
    claims = here().access.claims(DESK, now())
    if devices.needs_code(claims):
        abort(redirect(f"/{DESK}/{devices.CODE}", 303))
    return claims


def sent_from_desk() -> str:
    """Whose desk the posted form is of; its link is in use here from now on. Raises as ``Access.check_csrf``."""
    at_desk()
    claims = here().access.check_csrf(DESK, now())
    devices.use(DESK, claims)
    return str(claims["r"])


def open_case(claims: Claims, told: bool = False) -> OfficialView:
    """What stands behind the link, on a page in the words of its service; on a strange device first the code's page.

    Args:
        told: for a page that, once the case has moved on, tells no more than that.

    Raises:
        As ``Cases.open_case``.
    """
    view = behind(claims)
    if devices.is_strange(view, claims) and not (told and view.moved_on):
        abort(redirect(f"{path(claims['t'])}/{devices.CODE}", 303))
    return view


def behind(claims: Claims) -> OfficialView:
    """The same on whatever device."""
    view = here().cases.open_case(claims)
    turn_to(view.application.service)
    return view


def ways_out(number: str, claims: Claims) -> dict[str, Any]:
    """What forms and the way to the desk (``official/_desk.html``) need."""
    csrf = here().access.csrf(PAGE, now())
    return {"path": path(number), "csrf": csrf, "at_desk": devices.is_at_desk(claims["r"])}


def turn(application: Application, claims: Claims) -> dict[str, Any]:
    """Whether it is this person's ``turn``, and where to go ``again`` if this request's cookie opens that state.

    Whoever was forwarded a link to a closed case must not come from there to one that is ready to decide.
    """
    has_turn = here().cases.has_turn(application, claims["r"])
    opened = here().cases.case_claims(application, claims["r"]).items() <= claims.items()
    return {"turn": has_turn, "again": path(application.ticket) if has_turn and opened else ""}


def decided_before(application: Application, claims: Claims, action: str, seen: int | None) -> bool:
    """Is this the same click again? Then its decision stands, and there is nothing to refuse."""
    done = again(application.events, seen or 0, action)
    return done is not None and is_own(done.actor.email, claims)


def is_own(actor_email: str, claims: Claims) -> bool:
    """Did the reader of this link act there?"""
    return bool(actor_email == claims["r"].lower())
