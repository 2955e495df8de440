"""The applicant's own case, behind the emailed link: confirming, mending, visits, withdrawing, papers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, Response, abort, redirect, render_template, request

from portal.core import ticket
from portal.core.amending import readdressed
from portal.core.application import Application
from portal.core.errors import LinkForged, NotAllowed, NotFound
from portal.core.forecast import expect
from portal.core.progress import deadline, history, reasons, standard, turn_to_come
from portal.core.steps import State
from portal.usecases.retention import forgotten_on
from portal.web import files
from portal.web.applicant.acknowledged import acknowledged
from portal.web.cards import Card, Explained, document_cards
from portal.web.desk_code import desk_code
from portal.web.here import here, now, present, turn_to
from portal.web.refusals import explain

pages = Blueprint("applicant", __name__)

PAGE: Final = "permohonan"
CONFIRMING: Final = "konfirmasi"

BEFORE: Final = ("perbaikan", "jadwal", "jadwal.ics", "batal", "tanda-terima", "serah-terima", "tugas", "berkas")
"""Pages of a case whose addresses had no ticket once."""

# Which notes of officials are meant for the applicant; those of a disposition are between officials.
_OFFERED: Final = ("resubmit", "withdraw", "book", "cancel_visit", "report", "receive")
"""What the applicant is offered on the page where it can be done."""

_TOLD: Final = frozenset(
    {"return", "reject", "invite", "move_visit", "cancel_visit", "miss", "record", "hand_over", "undo", "amend"}
)


# --- Confirming the address ------------------------------------------------------------------------------------------


@pages.get("/konfirmasi/<token>")
def open_confirmation(token: str) -> Any:
    """An emailed link, swapped for a cookie; or the page with one button, by its ticket."""
    return _by_link(CONFIRMING, token) or _confirmation_page(own(token, CONFIRMING))


@pages.post("/konfirmasi/<number>")
def confirm(number: str) -> Any:
    """Only the button confirms, whatever a mail scanner opens."""
    application = own(number, CONFIRMING)
    here().cases.confirm(application.ticket, application)
    return redirect(f"/{CONFIRMING}/{number}", 303)


@pages.get("/konfirmasi")
def opened_confirmation() -> Any:
    return _to_what_is_open(CONFIRMING)


def _confirmation_page(application: Application) -> str:
    sop = here().office.sop_of(application)
    return render_template(
        "applicant/confirm.html",
        application=application,
        unconfirmed=application.state is State.UNCONFIRMED,
        lapsed=application.state is State.LAPSED,
        deadline=deadline(application, sop),
        status=sop.status(application.step, application.state),
        csrf=here().access.csrf(CONFIRMING, now()),
    )


# --- The case --------------------------------------------------------------------------------------------------------


@pages.get("/permohonan/<token>")
def open_case(token: str) -> Any:
    """An emailed link, swapped for a cookie; or the case itself, by its ticket."""
    if token in BEFORE:
        return _to_what_is_open(PAGE, token)
    return _by_link(PAGE, token) or case_page(own(token))


@pages.get("/permohonan")
@pages.get("/permohonan/<path:before>")
def opened_case(before: str = "") -> Any:
    """An address of the time when it named no ticket: on to the case that this browser has open."""
    if before and before.partition("/")[0] not in BEFORE:
        abort(404)
    return _to_what_is_open(PAGE, before)


def case_page(
    application: Application,
    refusals: Mapping[str, Explained] = MappingProxyType({}),
    incomplete: bool = False,
    not_kept: Sequence[tuple[str, str]] = (),
) -> str:
    """The case, with what it asks of the applicant now.

    Args:
        refusals: by kind, why the file sent just now was not taken.
        incomplete: tell which documents of the step's task are missing.
        not_kept: labels and answers of what was typed on a page from before the case was sent.
    """
    office, words = here().office, here().office.words_of(application)
    sop, calendar = words.sop, office.calendar
    forecast = expect(application, sop, calendar, now(), here().experience.of(application))
    return render_template(
        "applicant/show.html",
        **case_facts(application),
        sections=words.form.shown(application.form),
        standard=standard(application, sop, calendar, now()),
        product=words.product(application),
        expected=forecast.at.get(sop.steps[-1].key),
        usual=forecast.is_usual,
        why=reasons(forecast, sop),
        may={action: application.may(action, sop) for action in _OFFERED},
        action=sop.action(application.step, "report"),
        cards=_task_cards(application, refusals),
        incomplete=incomplete,
        not_kept=not_kept,
        at=datetime.fromisoformat,
        deadline=deadline(application, sop),
        next=turn_to_come(application, sop),
        events=_events(application),
        desk_code=desk_code(application.ticket) if application.slot else "",
        done=next(label for event, label in history(application, sop) if event is application.moved),
        just_done=application.moved.action if "terkirim" in request.args else "",
        forgotten_on=forgotten_on(application, present(), calendar),
        today=office.today(),
    )


@pages.get("/permohonan/<number>/berkas/<kind>")
def document(number: str, kind: str) -> Response:
    """The applicant's own document, as it is kept."""
    application, office = own(number), here().office
    kept = application.document(kind)
    gone = forgotten_on(application, present(), office.calendar)
    if gone and gone <= office.today():
        raise NotFound("document_forgotten", day=here().language.date(gone))
    return files.serve(kept)


@pages.get("/permohonan/<number>/tanda-terima")
def acknowledgement(number: str) -> str:
    application = own(number)
    return render_template("applicant/acknowledgement.html", **_paper(application))


@pages.get("/permohonan/<number>/serah-terima")
def handover(number: str) -> str:
    application = own(number)
    if application.state is not State.DONE or not application.certificate:
        raise NotAllowed("action_not_now", action="handover", state=application.state.value)
    product = here().office.words_of(application).product(application)
    return render_template(
        "applicant/handover.html", **_paper(application), product=product, events=_events(application)
    )


@pages.route("/permohonan/<number>/batal", methods=["GET", "POST"])
def withdraw(number: str) -> Any:
    application = own(number)
    if request.method == "POST":
        here().cases.withdraw(application)
        return redirect(done(number), 303)
    if not application.may("withdraw", here().office.sop_of(application)):
        return redirect(path(number), 303)
    return render_template("applicant/withdraw.html", **case_facts(application))


@pages.post("/permohonan/<number>/terima")
def receive(number: str) -> Any:
    here().cases.receive(own(number))
    return redirect(done(number), 303)


@pages.get("/permohonan/<number>/terima")
def receive_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(path(ticket.parse(number)), 303)


# --- Visits ----------------------------------------------------------------------------------------------------------


@pages.get("/permohonan/<number>/jadwal")
def slots(number: str) -> Any:
    return _slots_page(own(number), None)


@pages.post("/permohonan/<number>/jadwal")
def book(number: str) -> Any:
    application = own(number)
    try:
        slot = datetime.fromisoformat(request.form.get("jadwal", ""))
        here().visits.book(application, slot)
    except (ValueError, TypeError):
        return _slots_page(application, explain("slot_unchosen", {})), 422
    except NotAllowed as taken:
        if taken.code != "slot_taken":
            raise
        return _slots_page(application, explain(taken.code, taken.facts)), 409
    return redirect(done(number), 303)


@pages.route("/permohonan/<number>/jadwal/batal", methods=["GET", "POST"])
def call_off(number: str) -> Any:
    """The visit is off, the application goes on."""
    application = own(number)
    if request.method == "POST":
        here().visits.call_off(application)
        return redirect(done(number), 303)
    if not application.may("cancel_visit", here().office.sop_of(application)):
        return redirect(path(number), 303)
    return render_template("applicant/call_off.html", **case_facts(application))


@pages.get("/permohonan/<number>/jadwal.ics")
def calendar_entry(number: str) -> Response:
    application = own(number)
    if application.booking is None:
        raise NotAllowed("action_not_now", action="book", state=application.state.value)
    sop = here().office.sop_of(application)
    text = here().equipment.calendar_entry(application.ticket, application.booking, sop, now())
    headers = {"Content-Disposition": f'attachment; filename="{application.ticket}.ics"'}
    return Response(text, mimetype="text/calendar", headers=headers)


# --- within ----------------------------------------------------------------------------------------------------------


def path(number: str) -> str:
    return f"/{PAGE}/{number}"


def task_base(number: str) -> str:
    """Below it lie the documents that a step asks the applicant for."""
    return f"{path(number)}/tugas/berkas"


def done(number: str) -> str:
    """The case, with a word that what the applicant just did has been kept."""
    return f"{path(number)}?terkirim"


def own(number: str, page: str = PAGE, *, mends: bool = False) -> Application:
    """The application of this address, for whoever has opened its link; a posted form must be ours.

    Args:
        mends: also for whoever fills it in with others, and came from his batch.

    Raises:
        LinkForged: no cookie, or that of another case (``link_needed``).
        NotAllowed: the form is not ours (``form_foreign``), or too old (``form_late``), or the link went to an address
            that has been set right since (``address_left``).
    """
    claims = here().access.claims(page, now())
    if claims["t"] != number or ("batch" in claims and not mends):
        raise LinkForged("link_needed", page=page)
    if request.method == "POST":
        here().access.check_csrf(page, now())
    application = here().office.records.load(claims["t"]).must_be_there()
    if claims.get("n", 0) != readdressed(application):
        raise NotAllowed("address_left")
    turn_to(application.service)
    return application


def _by_link(page: str, token: str) -> Any:
    """Where an emailed link leads, with the cookie of its case, or a ticket typed by hand; None for a ticket itself."""
    try:
        number = ticket.parse(token)
    except NotFound:
        claims = here().access.read_link(page, token, now())
        return here().access.enter(page, claims, f"/{page}/{claims['t']}", now())
    return None if number == token else redirect(f"/{page}/{number}", 303)


def _to_what_is_open(page: str, rest: str = "") -> Any:
    number = here().access.claims(page, now())["t"]
    return redirect(f"/{page}/{number}" + (f"/{rest}" if rest else ""), 303)


def case_facts(application: Application) -> dict[str, Any]:
    sop = here().office.sop_of(application)
    return {
        "application": application,
        "path": path(application.ticket),
        "edition": sop,
        "status": sop.status(application.step, application.state),
        "step": sop.step(application.step),
        "csrf": here().access.csrf(PAGE, now()),
    }


def by_day(application: Application) -> dict[date, list[datetime]]:
    """The free times to come, by day."""
    days: defaultdict[date, list[datetime]] = defaultdict(list)
    for slot in here().visits.slots(application):
        days[here().office.calendar.local(slot).date()].append(slot)
    return days


def _task_cards(application: Application, refusals: Mapping[str, Explained]) -> list[Card]:
    """The documents that the step asks the applicant for now."""
    sop = here().office.sop_of(application)
    if not (application.may("report", sop) and sop.step(application.step).documents):
        return []
    draft = here().intake.mending(application)
    return document_cards(draft, task_base(application.ticket), here().access.csrf(PAGE, now()), refusals)


def _paper(application: Application) -> dict[str, Any]:
    return {**case_facts(application), **acknowledged(application)}


def _events(application: Application) -> list[dict[str, Any]]:
    """The history in words, with what officials say to the applicant."""
    words = here().office.words_of(application)
    return [
        {
            "event": event,
            "label": label,
            "by": event.actor.office,
            "facts": words.said(application, event) if event.action in _TOLD else {},
        }
        for event, label in history(application, words.sop)
        if event.action != "assign"  # who of the office has it is the office's own business
    ]


def _slots_page(application: Application, refusal: Explained | None) -> Any:
    if not application.may("book", here().office.sop_of(application)):
        return redirect(path(application.ticket), 303)
    return render_template("applicant/slots.html", **case_facts(application), days=by_day(application), refusal=refusal)
