"""Rehearsal only: the mailbox, the time machine, sample documents, and where to begin. Not registered in production."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request

from portal.core.clerks import clerks
from portal.core.progress import deadline, standard
from portal.core.sop import APPLICANT
from portal.web.here import SentMail, TimeMachine, here, now

pages = Blueprint("rehearsal", __name__)

_SPANS: Final = {"jam": timedelta(hours=1), "hari": timedelta(days=1), "pekan": timedelta(days=8)}
_JUST_AFTER: Final = timedelta(minutes=1)
_FAR: Final = timedelta(days=3660)
"""Holidays are not known for ever."""


@pages.get("/_latihan")
def start() -> str:
    office, props = here().office, here().rehearsal.props
    told = [
        {
            "edition": edition,
            "officials": [o.as_actor(edition) for o in office.officials() if o.service == edition.service],
            "samples": props[edition.service]["samples"],
        }
        for edition in office.services
    ]
    return render_template("rehearsal/start.html", told=told, clerk=clerks(office.services.office)[0])


@pages.get("/_mailbox")
def mailbox() -> str:
    """Every email, newest first."""
    box = _mailbox()
    return render_template(
        "rehearsal/mailbox.html",
        messages=list(reversed(box.messages())),
        failing=box.failing,
        collecting=box.collecting,
        rounds=here().office.services.first.data["reminders"].get("rounds", ()),
        at=datetime.fromisoformat,
    )


@pages.get("/_mailbox.json")
def mailbox_json() -> Response:
    """``[{id, to, subject, text, html, links, sent_at}]``, oldest first."""
    fields = ("id", "to", "subject", "text", "html", "links", "sent_at")
    return jsonify([{field: message[field] for field in fields} for message in _mailbox().messages()])


@pages.get("/_mailbox/<id>")
def message_html(id: str) -> Response:
    """One email as its reader's program shows it, shut off from the portal."""
    for message in _mailbox().messages():
        if str(message["id"]) == id:
            response = Response(message["html"], mimetype="text/html")
            response.headers["Content-Security-Policy"] = (
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
                "sandbox allow-popups allow-top-navigation-by-user-activation"
            )
            return response
    return abort(404)


@pages.post("/_mailbox/relai")
def relay() -> Any:
    """Let the mail relay fail, or work again."""
    _mailbox().failing = request.form.get("mati") == "ya"
    return redirect("/_mailbox", 303)


@pages.post("/_mailbox/putaran")
def collect() -> Any:
    """Let officials' emails come together in the office's rounds, or each by itself (field ``kumpul``)."""
    _mailbox().collecting = request.form.get("kumpul") == "ya"
    return redirect("/_mailbox", 303)


@pages.get("/_jam")
def clock() -> str:
    return _clock_page()


@pages.post("/_jam")
def move_clock() -> Any:
    """Forward by a fixed span, to the next opening of the office, to what falls due next, to a day, or back to now.

    What is due then is done at once.
    """
    machine, move = _time_machine(), request.form.get("maju", "")
    if move == "kembali":
        machine.reset()
    elif move == "buka":
        machine.forward(_opening() - now())
    elif move in _SPANS:
        machine.forward(_SPANS[move])
    elif move == "tempo":
        due = _next_due()
        if due is None:
            return _clock_page("nothing_due"), 409
        machine.forward(due - now() + _JUST_AFTER)
    elif move == "tanggal":
        there = _on_day(request.form.get("tanggal", ""))
        if there is None:
            return _clock_page("no_day"), 422
        machine.forward(there - now())
    else:
        abort(400)
    for chore in here().clockwork.chores():
        chore()
    return redirect("/_jam", 303)


@pages.post("/_gangguan")
def break_down() -> Any:
    """Let the mail relay, the files or the table fail, or work again (fields ``apa`` and ``mati``)."""
    switch = here().rehearsal.switches.get(request.form.get("apa", "")) or abort(400)
    switch.failing = request.form.get("mati") == "ya"
    return redirect("/_jam#gangguan", 303)


def _clock_page(refusal: str = "") -> str:
    """``refusal``: why the clock did not move, a key of the template's sentences."""
    return render_template(
        "rehearsal/clock.html",
        offset=_time_machine().offset,
        refusal=refusal,
        typed=request.form.get("tanggal", ""),
        switches={name: switch.failing for name, switch in here().rehearsal.switches.items()},
    )


def _mailbox() -> SentMail:
    return here().rehearsal.mailbox or abort(404)


def _time_machine() -> TimeMachine:
    return here().rehearsal.time_machine or abort(404)


def _opening() -> datetime:
    """When the office opens next; while it is open, that is on the next working day."""
    calendar = here().office.calendar
    if not calendar.is_open(now()):
        return calendar.next_opening(now())
    tomorrow = calendar.add_working_days(here().office.today(), 1)
    return calendar.intervals(tomorrow)[0][0]


def _on_day(typed: str) -> datetime | None:
    """When the office opens on that day, or at 8 where it does not; None for what is no day, or one that has passed."""
    calendar = here().office.calendar
    try:
        day = date.fromisoformat(typed)
        hours = calendar.intervals(day)
        there = hours[0][0] if hours else datetime.combine(day, time(8), calendar.zone)
    except (ValueError, OverflowError):
        return None
    return there if now() < there < now() + _FAR else None


def _next_due() -> datetime | None:
    """What falls due next by itself: the SOP's time of a case, a visit, the end of a draft, an email to be tried."""
    office, at = here().office, now()
    moments = [notice.due_at for notice in office.records.unsent()]
    for case in here().watch.with_officials():
        found = standard(case, office.sop_of(case), office.calendar, at)
        moments += [datetime.fromisoformat(found["until"])] if found and found["until"] else []
        moments += [case.slot] if case.slot else []
    for edition in office.services:
        for case in office.listed(edition.service, APPLICANT):
            moments += [until] if (until := deadline(case, office.sop_of(case))) else []
            moments += [case.slot] if case.slot else []
    for draft in office.records.drafts_before(at):
        moments += [] if draft.ticket or draft.mends else [here().intake.expires_at(draft)]
    return min((moment for moment in moments if moment > at), default=None)


@pages.get("/_contoh/<name>")
def sample_file(name: str) -> Response:
    """A sample document to upload."""
    return _sample(here().office.services.first.service, name)


@pages.get("/_contoh/<service:service>/<name>")
def sample_file_of(service: str, name: str) -> Response:
    return _sample(service, name)


def _sample(service: str, name: str) -> Response:
    from portal.documents.samples import sample

    props = here().rehearsal.props[service]
    for spec in props["samples"]:
        if spec["file"] == name:
            content, media_type = sample(spec["name"], props)
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(content, mimetype=media_type, headers=headers)
    return abort(404)
