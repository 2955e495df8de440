"""Which cases a browser has shown to an official, as they stood then: only what was read may be decided with others.

Kept in that browser alone, signed: whoever opens a page changes nothing that the portal keeps.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from portal.core.application import Application
from portal.core.errors import LinkExpired, LinkForged
from portal.web.here import here, now

COOKIE: Final = "dibuka"
PATHS: Final = ("/telaah", "/meja")
"""Where it is written, and where it is asked for."""

KEPT: Final = timedelta(days=14)
MOST: Final = 200
"""Cases; with more of them, those opened longest ago are to be opened again. A cookie holds 4096 bytes."""


def noted(response: Any, application: Application, email: str) -> Any:
    """The answer, by which the browser keeps that it has shown this person the case as it stands."""
    mark = _mark(application, email)
    marks = [*(each for each in _marks() if each != mark), mark][-MOST:]
    here().access.keep(response, COOKIE, {"o": " ".join(marks)}, PATHS, now(), KEPT)
    return response


def is_opened(application: Application, email: str) -> bool:
    """Has it been shown to this person here, and has nothing happened since?"""
    return _mark(application, email) in _marks()


def _mark(application: Application, email: str) -> str:
    return sha256(f"{application.ticket} {application.version} {email.lower()}".encode()).hexdigest()[:10]


def _marks() -> list[str]:
    try:
        said = here().access.kept(COOKIE, now())
    except (LinkForged, LinkExpired):
        return []
    return str(said["o"]).split()
