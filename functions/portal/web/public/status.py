"""Where an application is: for anybody who has the ticket number; and whether the portal is well, for a monitor."""

import re
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.exceptions import TooManyRequests

from portal.core.application import Application
from portal.core.errors import NotAllowed, NotFound, Unavailable
from portal.core.progress import status
from portal.web.here import asker, here, now, turn_to
from portal.web.refusals import explain

pages = Blueprint("status", __name__)

_LIKE_A_TICKET: Final = re.compile(r"[A-Za-z0-9 -]{1,21}")


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
    """Step, dates, what comes next. Unknown and malformed numbers get the same answer.

    Shown again as it was, for as long as nothing is written and the minute is the same.
    """
    wants_json, changes = _wants_json(), here().office.records.changes()
    try:
        _hold_guessers()
        if changes is None:
            return _shown(ticket, wants_json)
        mark = changes, now().replace(second=0, microsecond=0)
        body = here().answers.of((ticket, wants_json), mark, lambda: _shown(ticket, wants_json).get_data(as_text=True))
        return Response(body, mimetype="application/json" if wants_json else "text/html")
    except NotFound as unknown:
        return (jsonify(error=unknown.code), 404) if wants_json else _unknown(_as_a_ticket(ticket), unknown)
    except NotAllowed as erased:
        if not wants_json:
            raise
        at: Any = erased.facts["at"]
        return jsonify(error=erased.code, erased=at.isoformat(timespec="seconds")), 410


def _shown(ticket: str, wants_json: bool) -> Response:
    """Raises NotFound, and NotAllowed (``data_erased``)."""
    application = _find(ticket)
    edition = here().office.sop_of(application.must_be_there())
    usual = here().experience.of(application)
    found = status(application, edition, here().office.calendar, now(), usual)
    if wants_json:
        return jsonify(found)
    chart = here().charts.of(edition, application.step, application.state)
    return Response(render_template("status/show.html", status=found, chart=chart, at=datetime.fromisoformat))


@pages.get("/sehat")
def health() -> Any:
    """For a monitor: counts and ages only; 503 when the records do not answer, and why if that is known (``problem``).

    ``red`` counts emails that do not arrive, ``nobody`` cases that nobody can act on, ``unread`` cases that cannot be
    read, ``relay`` is false while the mail relay takes nothing, ``inbox`` (if there is one) while the mailbox that
    emails come back to cannot be read, ``room`` (if it can end) while no documents are taken in, ``scanner`` (if
    there is one) while malware is not looked for and so none are either; with any of these, not all is ``ok``.
    ``unscanned`` is true where nobody wants it to be looked for (CLAMD=off, MALWARE=off, a rehearsal).
    ``stuck`` counts cases on the clerk's list, for whatever reason.
    """
    if closed := here().equipment.closed:
        return _ill(closed)
    try:
        # But for who rehearses, everybody gets what was counted last, where it was counted a moment ago.
        found = here().watch.health(anew=not here().limits["health"].take("all" if _is_stranger() else "", now()))
    except Unavailable as problem:
        return _ill(problem.code)
    inbox = here().equipment.inbox
    read = {"inbox": inbox.out_since is None} if inbox else {}
    room = here().equipment.room
    read |= {"room": not room.is_scarce} if room else {}
    scanner = here().equipment.scanner
    read |= {"scanner": scanner.answers(now())} if scanner else {}
    oldest = (now() - found.oldest).total_seconds() if found.oldest else 0
    this_year = here().office.today().year
    calendar = here().office.calendar.knows_holidays_of(this_year)
    return jsonify(
        ok=found.red == found.nobody == found.unread == 0 and found.relay is None and calendar and all(read.values()),
        records=True,
        unscanned=scanner is None,
        relay=found.relay is None,
        **read,
        calendar=calendar,
        unsent=found.unsent,
        oldest_unsent_seconds=int(oldest),
        red=found.red,
        nobody=found.nobody,
        unread=found.unread,
        stuck=found.stuck,
    )


def _is_stranger() -> bool:
    return bool(asker())


def _ill(code: str) -> Any:
    words = here().messages["health"]
    return jsonify(ok=False, records=False, **({"problem": words[code]} if code in words else {})), 503


def _find(typed: str) -> Application:
    """The application of a ticket. Raises NotFound, and TooManyRequests for whoever has guessed too often already."""
    _hold_guessers()
    try:
        application = here().office.find(typed)
    except NotFound:
        here().limits["ticket"].take(asker(), now())
        raise
    turn_to(application.service)
    return application


def _hold_guessers() -> None:
    if seconds := here().limits["ticket"].wait(asker(), now()):
        raise TooManyRequests(retry_after=seconds)


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.args.get("format") == "json" or best == "application/json"


def _as_a_ticket(asked: str) -> str:
    """What an address names, to be mended, if it is no longer than a ticket; a link's secret is shown nowhere again."""
    return asked if _LIKE_A_TICKET.fullmatch(asked) else ""


def _unknown(typed: str, unknown: NotFound) -> tuple[str, int]:
    return render_template("status/ask.html", typed=typed, refusal=explain(unknown.code, unknown.facts)), 404
