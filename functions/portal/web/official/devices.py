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
PATHS: Final = (PATH, "/meja")
CODE: Final = "kode"
"""Last part of the address at which a code is asked for."""

REMEMBERED: Final = timedelta(days=30)
MOST: Final = 20
"""Links that a browser keeps in mind as in use there; of others it is kept once more."""

LEFT: Final = "pergi"
"""Cookie that says who has left his desk in a browser; those of his cases are each for its own page, and stay there."""


def mark() -> str:
    """Of this browser; empty if it has none."""
    return str(_kept().get("d", ""))


def entering(page: str, claims: Claims) -> dict[str, Any]:
    """What a link says that is opened here, and with it (``elsewhere``) whether it is in use in other browsers only."""
    used = here().office.records.used(_link(page, claims), now()) if _asks() else ()
    return {**claims, **({"elsewhere": 1} if used and mark() not in used else {})}


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


def left(response: Any, email: str) -> Any:
    """The answer, with which this person's cases are closed in this browser as well, for as long as any was open."""
    return _note_left(response, [*(each for each in _left() if each != email.lower()), email.lower()][-MOST:])


def has_left(claims: Claims) -> bool:
    return claims["r"].lower() in _left()


def back(response: Any, claims: Claims) -> Any:
    """The answer to an opened link, whose reader is there again."""
    if not has_left(claims):
        return response
    return _note_left(response, [each for each in _left() if each != claims["r"].lower()])


def _left() -> list[str]:
    try:
        return list(here().access.kept(LEFT, now())["r"])
    except (LinkForged, LinkExpired):
        return []


def _note_left(response: Any, people: list[str]) -> Any:
    here().access.keep(response, LEFT, {"r": people}, PATHS, now(), SESSION)
    return response


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
