"""Where an application is: for anybody who has the ticket number; and whether the portal is well, for a monitor."""

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug.exceptions import TooManyRequests

from portal.application import Application
from portal.errors import NotFound, Unavailable
from portal.progress import status
from portal.web import explain, now, rooms
from portal.web.limits import client_of

pages = Blueprint("status", __name__)


@pages.get("/status")
def ask() -> Any:
    """The form for a ticket; ``?tiket=`` is what somebody typed here or on the site."""
    typed = request.args.get("tiket", "").strip()
    if not typed:
        return render_template("status/ask.html", typed="", refusal=None)
    try:
        application = _find(typed)
    except NotFound as unknown:
        return _unknown(typed, unknown)
    return redirect(f"/status/{application.ticket}", 303)


@pages.get("/status/<ticket>")
def show(ticket: str) -> Any:
    """Step, dates, what comes next. Unknown and malformed numbers get the same answer."""
    wants_json = _wants_json()
    try:
        application = _find(ticket)
    except NotFound as unknown:
        return (jsonify(error=unknown.code), 404) if wants_json else _unknown("", unknown)
    portal = rooms().portal
    found = status(application, portal.sop_of(application), portal.calendar, now())
    if wants_json:
        return jsonify(found)
    return render_template("status/show.html", status=found, at=datetime.fromisoformat)


@pages.get("/sehat")
def health() -> Any:
    """For a monitor: counts and ages only; 503 when the records do not answer.

    ``red`` counts emails that do not arrive, ``nobody`` cases that nobody can act on; with either, not all is ``ok``.
    """
    try:
        unsent = [notice for notice in rooms().portal.records.unsent() if not notice.hopeless]
        red, nobody = len(rooms().clockwork.red_list()), rooms().clockwork.watch.nobody()
    except Unavailable:
        return jsonify(ok=False, records=False), 503
    oldest = max((now() - notice.queued_at).total_seconds() for notice in unsent) if unsent else 0
    this_year = rooms().portal.today().year
    calendar = rooms().portal.calendar.knows_holidays_of(this_year)
    return jsonify(
        ok=red == 0 and nobody == 0 and calendar,
        records=True,
        calendar=calendar,
        unsent=len(unsent),
        oldest_unsent_seconds=int(oldest),
        red=red,
        nobody=nobody,
    )


def _find(typed: str) -> Application:
    """The application of a ticket. Raises NotFound, and TooManyRequests for whoever has guessed too often already."""
    limit, client = rooms().limits["ticket"], client_of(request.remote_addr)
    if seconds := limit.wait(client, now()):
        raise TooManyRequests(retry_after=seconds)
    try:
        return rooms().portal.find(typed)
    except NotFound:
        limit.take(client, now())
        raise


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.args.get("format") == "json" or best == "application/json"


def _unknown(typed: str, unknown: NotFound) -> tuple[str, int]:
    return render_template("status/ask.html", typed=typed, refusal=explain(unknown.code, unknown.facts)), 404
