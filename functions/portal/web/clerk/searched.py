"""What a clerk has lately looked for, kept in his browser until he leaves: an address says its number alone."""

from typing import Any, Final

from flask import request

from portal.core.errors import LinkExpired, LinkForged
from portal.forms.typed import one_line
from portal.web.access import SESSION
from portal.web.clerk.entry import PATH, SEARCHED
from portal.web.here import here, now

MOST: Final = 5
LONGEST: Final = 100
"""So many searches, of so many letters each."""


def typed() -> str:
    """What the posted form looks for (``cari``)."""
    return one_line(request.form.get("cari", ""))[:LONGEST]


def text(number: str) -> str:
    """What was looked for under this number; empty if that is not known here, or not any more."""
    return _lately().get(number, "")


def next_number() -> str:
    return str(max(map(int, _lately()), default=0) + 1)


def kept(response: Any, number: str, words: str) -> Any:
    """The answer, with which the browser keeps what was looked for."""
    latest = [*_lately().items(), (number, words)][-MOST:]
    here().access.keep(response, SEARCHED, {"s": dict(latest)}, (PATH,), now(), SESSION)
    return response


def _lately() -> dict[str, str]:
    """By number, the last one last."""
    try:
        return dict(here().access.kept(SEARCHED, now())["s"])
    except (LinkForged, LinkExpired):
        return {}
