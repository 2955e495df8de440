"""Refusals as pages: which sentence, which status, and the way on; the sentences are those of ``messages.toml``."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from flask import render_template, request
from werkzeug.exceptions import HTTPException, TooManyRequests

from portal.core import errors, ticket
from portal.web.answers import RETRY_AFTER
from portal.web.here import here, now

MINUTES_FROM: Final = 90
"""Seconds from which a wait is told in minutes."""

log = logging.getLogger(__name__)

STATUS: Final[Mapping[type[errors.PortalError], int]] = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.Unavailable: 503,
    errors.DocumentRefused: 422,
    errors.Invalid: 422,
    errors.LinkForged: 403,
    errors.LinkExpired: 410,
}
"""HTTP status by kind of refusal; a code's own ``status`` in ``messages.toml`` goes before."""


def explain(code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Title, sentence, what to do, and a link, for a refusal's code."""
    entry = here().messages["errors"][code]
    return {
        "title": entry["title"],
        "sentence": here().language.fill(entry["sentence"], facts),
        "advice": here().language.fill(entry.get("advice", ""), facts),
        "link": entry.get("link"),
    }


def refused(refusal: errors.PortalError) -> tuple[str, int]:
    entry = here().messages["errors"][refusal.code]
    status = entry.get("status") or next((code for kind, code in STATUS.items() if isinstance(refusal, kind)), 500)
    page = explain(refusal.code, refusal.facts)
    given_back = _given_back(refusal)
    return render_template(
        "error.html",
        code=refusal.code,
        facts=refusal.facts,
        renewal=_renewal(refusal),
        **given_back,
        **page,
    ), status


def _given_back(refusal: errors.PortalError) -> dict[str, Any]:
    """What somebody typed whose session was over, or whose page was open for too long, to be sent once more from here.

    Only what came from a form of ours: nobody else's words are shown on a page of the portal.
    """
    over = refusal.code in ("link_needed", "draft_link_needed", "form_late") or (
        refusal.code == "clerk_needed" and "page" in refusal.facts  # not at the door, where only a code is typed
    )
    if request.method != "POST" or not over or not _is_ours():
        return {"typed": [], "csrf": ""}
    typed = [(name, value) for name, values in request.form.lists() for value in values if name != "csrf"]
    late = refusal.code == "form_late"
    csrf = here().access.csrf(str(refusal.facts["page"]), now()) if late else request.form["csrf"]
    return {"typed": typed, "csrf": csrf}


def _is_ours() -> bool:
    try:
        here().access.once_open(now())
    except (HTTPException, errors.NotAllowed):  # larger than any form of ours, or no form at all
        return False
    return True


def _renewal(refusal: errors.PortalError) -> dict[str, str] | None:
    """How to ask for a new link: with the expired one itself, or with what one knows."""
    page, given = refusal.facts.get("page"), request.view_args or {}
    if isinstance(refusal, errors.LinkExpired):
        return {"page": str(page), "token": str(given.get("token", "")), "ticket": ""}
    if refusal.code == "link_needed":
        return {"page": str(page), "token": "", "ticket": _ticket(given.get("number", given.get("token", "")))}
    return None


def _ticket(named: str) -> str:
    """The ticket that an address names; empty if it is none: what may be a link's secret goes into no other address."""
    try:
        return ticket.parse(named)
    except errors.NotFound:
        return ""


def http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    messages = here().messages["http"]
    entry = messages.get(str(error.code), messages["400" if error.code < 500 else "500"])
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    if error.code == TooManyRequests.code:
        entry, headers["Retry-After"] = _later(entry, int(headers.get("Retry-After", RETRY_AFTER)))
    page = render_template("error.html", code=str(error.code), facts={}, renewal=None, link=None, **entry)
    return page, error.code, headers


def _later(entry: Mapping[str, Any], seconds: int) -> tuple[dict[str, Any], str]:
    """What is said to whoever asks too often, and when he may again: the same in words and in the header."""
    if seconds < MINUTES_FROM:
        return {**entry, "advice": entry["advice"]["seconds"].format(number=seconds)}, str(seconds)
    minutes = -(-seconds // 60)
    return {**entry, "advice": entry["advice"]["minutes"].format(number=minutes)}, str(minutes * 60)


def failed(error: Exception) -> tuple[str, int]:
    log.error("%s: %s", request.url_rule, errors.traced(error))
    entry = here().messages["http"]["500"]
    return render_template("error.html", code="500", facts={}, renewal=None, link=None, **entry), 500
