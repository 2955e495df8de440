"""Browsers that officials use their links in: known by a mark, or by a code typed there; everything else is strange.

Opening a link puts a mark into the browser and nothing anywhere else, so that what scanners of mail open binds nobody.
A decision is kept with the mark of its browser; whatever else is done from a link's pages, or staying signed in, keeps
that the link is in use there. From then on the same link asks for a code wherever else it is opened.
"""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from flask import after_this_request

from portal.core.errors import LinkExpired, LinkForged
from portal.usecases.cases import Claims, Means, OfficialView
from portal.web.access import SESSION
from portal.web.here import here, now

COOKIE: Final = "perangkat"
PATH: Final = "/telaah"
DESK: Final = "meja"
PATHS: Final = (PATH, f"/{DESK}")
CODE: Final = "kode"
"""Last part of the address at which a code is asked for."""

REMEMBERED: Final = timedelta(days=30)
MOST: Final = 20
"""Links that a browser keeps in mind as in use there; of others it is kept once more."""

LEFT: Final = "pergi"
"""Cookie that says who has left his desk in a browser, and a mark of which time that was: the cookies of his cases are
each for its own page, and stay there. What was opened since then says so (``g``)."""


def mark() -> str:
    """Of this browser; empty if it has none."""
    return str(_kept().get("d", ""))


def entering(page: str, claims: Claims) -> dict[str, Any]:
    """What a link says that is opened here, and with it (``elsewhere``) whether it is in use in other browsers only."""
    used = here().office.records.used(_link(page, claims), now()) if _asks() else ()
    # A way from the desk leads nowhere once that is closed: it may stand open in another tab.
    opened = since(claims["r"]) if not claims.get("way") or is_at_desk(claims["r"]) else {}
    return {**claims, **opened, **({"elsewhere": 1} if used and mark() not in used else {})}


def use(page: str, claims: Claims) -> None:
    """Keep that the link is in use in this browser, which is not strange; the browser itself keeps that it is kept."""
    kept, link = _kept(), _link(page, claims)
    if link in kept.get("b", ()):
        return
    device = mark() or _new_mark()
    here().office.records.use(link, device, now(), now() + REMEMBERED)
    said = {**kept, "d": device, "b": [*kept.get("b", ()), link][-MOST:]}

    @after_this_request
    def keep(response: Any) -> Any:
        return _remember(response, said)


def is_strange(view: OfficialView, claims: Claims) -> bool:
    """Has the link's reader used it, or decided with it, in other browsers only, and typed no code in this one?"""
    if needs_code(claims):
        return True
    later = (event for event in view.application.events[claims["n"] :] if event.actor.email == claims["r"].lower())
    marks = {event.data["device"] for event in later if "device" in event.data}
    return _asks() and bool(marks) and mark() not in marks and not _is_trusted(claims)


def needs_code(claims: Claims) -> bool:
    """Was the link in use elsewhere when it was opened here (``entering``), and was no code typed since?

    An office may do without (``device_code`` in its ``[office]``).
    """
    return bool(claims.get("elsewhere")) and _asks() and not _is_trusted(claims)


def means(claims: Claims) -> Means:
    """By what the reader of this link decides in this browser."""
    link = "desk" if claims.get("way") else "email"
    return Means(mark(), link, _is_trusted(claims))


def marked(response: Any) -> Any:
    """The answer, with which the browser keeps its mark for another ``REMEMBERED``."""
    return _remember(response, {"d": mark() or _new_mark(), "r": _kept().get("r", [])})


def trusted(response: Any, email: str) -> Any:
    """The answer, with which the browser keeps that this person has typed a code there."""
    kept = _kept()
    people = [*(each for each in kept.get("r", ()) if each != email.lower()), email.lower()]
    return _remember(response, {"d": mark() or _new_mark(), "r": people})


def is_at_desk(email: str) -> bool:
    """Is this person's desk open in this browser?"""
    try:
        desk = here().access.claims(DESK, now())
    except LinkForged:
        return False
    return bool(desk["r"].lower() == email.lower()) and not needs_code(desk)


def left(response: Any, email: str) -> Any:
    """The answer, with which this person's cases are closed in this browser as well, for as long as any was open."""
    people = {**_left(), email.lower(): here().intake.token()[:12]}
    here().access.keep(response, LEFT, {"g": dict([*people.items()][-MOST:])}, PATHS, now(), SESSION)
    return response


def has_left(claims: Claims) -> bool:
    """Since these were opened in this browser."""
    return since(claims["r"]).get("g") not in (None, claims.get("g"))


def since(email: str) -> dict[str, str]:
    """What a page that this person opens now says of when, if he has left his desk here before."""
    found = _left().get(email.lower())
    return {"g": found} if found else {}


def _left() -> dict[str, str]:
    try:
        return dict(here().access.kept(LEFT, now())["g"])
    except (LinkForged, LinkExpired):
        return {}


def _asks() -> bool:
    return bool(here().office.services.office.get("device_code", True))


def _is_trusted(claims: Claims) -> bool:
    return claims["r"].lower() in _kept().get("r", ())


def _link(page: str, claims: Claims) -> str:
    """Which link it is, whoever minted it when: of a desk the person's, of a case also how it stood."""
    said = [page, *(str(claims.get(name, "")) for name in ("t", "n")), claims["r"].lower()]
    return sha256(" ".join(said).encode()).hexdigest()[:16]


def _new_mark() -> str:
    return here().intake.token()[:12]


def _kept() -> Mapping[str, Any]:
    try:
        return here().access.kept(COOKIE, now())
    except (LinkForged, LinkExpired):
        return {}


def _remember(response: Any, claims: Mapping[str, Any]) -> Any:
    here().access.keep(response, COOKIE, claims, PATHS, now(), REMEMBERED)
    return response
