"""Browsers that officials decide in: known by a mark, or by a code that was typed there; everything else is strange.

Opening a link puts a mark into the browser and nothing anywhere else, so that what scanners of mail open binds nobody.
A decision is kept with the mark of its browser. From then on the same link asks for a code wherever else it is opened.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flask import request

from portal.cases import Claims, Means, OfficialView
from portal.core.errors import LinkExpired, LinkForged
from portal.web.here import here, now

COOKIE: Final = "perangkat"
PATH: Final = "/telaah"
PATHS: Final = (PATH, "/meja")
CODE: Final = "kode"
"""Last part of the address at which a code is asked for."""

REMEMBERED: Final = timedelta(days=30)


def mark() -> str:
    """Of this browser; empty if it has none."""
    return str(_kept().get("d", ""))


def is_strange(view: OfficialView, claims: Claims) -> bool:
    """Has the link's reader decided with it in other browsers only, and typed no code in this one?

    An office may do without (``device_code`` in its ``[office]``).
    """
    if not here().office.services.office.get("device_code", True):
        return False
    later = (event for event in view.application.events[claims["n"] :] if event.actor.email == claims["r"].lower())
    marks = {event.data["device"] for event in later if "device" in event.data}
    kept = _kept()
    return bool(marks) and kept.get("d") not in marks and claims["r"].lower() not in kept.get("r", ())


def means(claims: Claims) -> Means:
    """By what the reader of this link decides in this browser."""
    link = "desk" if claims.get("w") else "email"
    return Means(mark(), link, claims["r"].lower() in _kept().get("r", ()))


def marked(response: Any) -> Any:
    """The answer, with which the browser keeps its mark for another ``REMEMBERED``."""
    kept = _kept()
    return _remember(response, {"d": kept.get("d") or here().intake.token()[:12], "r": kept.get("r", [])})


def trusted(response: Any, email: str) -> Any:
    """The answer, with which the browser keeps that this person has typed a code there."""
    kept = _kept()
    people = [*(each for each in kept.get("r", ()) if each != email.lower()), email.lower()]
    return _remember(response, {"d": kept.get("d") or here().intake.token()[:12], "r": people})


def _kept() -> Mapping[str, Any]:
    try:
        return here().office.links.read(COOKIE, request.cookies.get(COOKIE, ""), now())
    except (LinkForged, LinkExpired):
        return {}


def _remember(response: Any, claims: Mapping[str, Any]) -> Any:
    signed = here().office.links.sign(COOKIE, claims, now() + REMEMBERED)
    for path in PATHS:
        here().access.keep(response, COOKIE, signed, path, REMEMBERED)
    return response
