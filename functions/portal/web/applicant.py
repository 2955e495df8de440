"""The applicant's own case, behind the emailed link: confirming, mending, visits, withdrawing, papers."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request

from portal.core.application import Application
from portal.core.errors import NotAllowed, NotFound
from portal.core.progress import deadline, forecast, history, standard, turn_to_come
from portal.core.steps import State
from portal.retention import forgotten_on
from portal.web import files
from portal.web.acknowledged import acknowledged
from portal.web.cards import Card, Explained, document_cards
from portal.web.here import here, now, present, turn_to
from portal.web.refusals import explain

pages = Blueprint("applicant", __name__)

PAGE: Final = "permohonan"
CONFIRMING: Final = "konfirmasi"

TASK_BASE: Final = "/permohonan/tugas/berkas"
"""Below it lie the documents that a step asks the applicant for."""

DONE: Final = "/permohonan?terkirim"
"""The case, with a word that what the applicant just did has been kept."""

# Which notes of officials are meant for the applicant; those of a disposition are between officials.
_OFFERED: Final = ("resubmit", "withdraw", "book", "cancel_visit", "report", "receive")
"""What the applicant is offered on the page where it can be done."""

_TOLD: Final = ("return", "reject", "invite", "move_visit", "cancel_visit", "miss", "record", "hand_over")


# --- Confirming the address ------------------------------------------------------------------------------------------


@pages.get("/konfirmasi/<token>")
def open_confirmation(token: str) -> Any:
    claims = here().access.read_link(CONFIRMING, token, now())
    return here().access.enter(CONFIRMING, claims, "/konfirmasi", now())


@pages.route("/konfirmasi", methods=["GET", "POST"])
def confirm() -> Any:
    """A page with one button; only the button confirms, whatever a mail scanner opens."""
    application = own(CONFIRMING)
    if request.method == "POST":
        here().cases.confirm(application.ticket, application)
        return redirect("/konfirmasi", 303)
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
    claims = here().access.read_link(PAGE, token, now())
    return here().access.enter(PAGE, claims, "/permohonan", now())


@pages.get("/permohonan")
def show() -> str:
    return case_page(own())


def case_page(
    application: Application, refusals: Mapping[str, Explained] = MappingProxyType({}), incomplete: bool = False
) -> str:
    """The case, with what it asks of the applicant now.

    Args:
        refusals: by kind, why the file sent just now was not taken.
        incomplete: tell which documents of the step's task are missing.
    """
    office, words = here().office, here().office.words_of(application)
    sop, calendar = words.sop, office.calendar
    return render_template(
        "applicant/show.html",
        **case_facts(application),
        sections=words.form.shown(application.form),
        standard=standard(application, sop, calendar, now()),
        product=words.product(application),
        expected=forecast(application, sop, calendar, now()).get(sop.steps[-1].key),
        may={action: application.may(action, sop) for action in _OFFERED},
        action=sop.action(application.step, "report"),
        cards=_task_cards(application, refusals),
        incomplete=incomplete,
        at=datetime.fromisoformat,
        deadline=deadline(application, sop),
        next=turn_to_come(application, sop),
        events=_events(application),
        done=[label for _, label in history(application, sop)][-1],
        just_done=application.events[-1].action if "terkirim" in request.args else "",
        forgotten_on=forgotten_on(application, present(), calendar),
        today=office.today(),
    )


@pages.get("/permohonan/berkas/<kind>")
def document(kind: str) -> Response:
    """The applicant's own document, as it is kept."""
    application, office = own(), here().office
    kept = application.document(kind)
    gone = forgotten_on(application, present(), office.calendar)
    if gone and gone <= office.today():
        raise NotFound("document_forgotten", day=here().language.date(gone))
    return files.serve(kept)


@pages.get("/permohonan/tanda-terima")
def acknowledgement() -> str:
    application = own()
    return render_template("applicant/acknowledgement.html", **_paper(application))


@pages.get("/permohonan/serah-terima")
def handover() -> str:
    application = own()
    if application.state is not State.DONE or not application.certificate:
        raise NotAllowed("action_not_now", action="handover", state=application.state.value)
    product = here().office.words_of(application).product(application)
    return render_template(
        "applicant/handover.html", **_paper(application), product=product, events=_events(application)
    )


@pages.route("/permohonan/batal", methods=["GET", "POST"])
def withdraw() -> Any:
    application = own()
    if request.method == "POST":
        here().cases.withdraw(application)
        return redirect(DONE, 303)
    if not application.may("withdraw", here().office.sop_of(application)):
        return redirect("/permohonan", 303)
    return render_template("applicant/withdraw.html", **case_facts(application))


@pages.post("/permohonan/terima")
def receive() -> Any:
    here().cases.receive(own())
    return redirect(DONE, 303)


@pages.get("/permohonan/terima")
def receive_again() -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect("/permohonan", 303)


# --- Visits ----------------------------------------------------------------------------------------------------------


@pages.get("/permohonan/jadwal")
def slots() -> Any:
    return _slots_page(own(), None)


@pages.post("/permohonan/jadwal")
def book() -> Any:
    application = own()
    try:
        slot = datetime.fromisoformat(request.form.get("jadwal", ""))
        here().visits.book(application, slot)
    except (ValueError, TypeError):
        return _slots_page(application, explain("slot_unchosen", {})), 422
    except NotAllowed as taken:
        if taken.code != "slot_taken":
            raise
        return _slots_page(application, explain(taken.code, taken.facts)), 409
    return redirect(DONE, 303)


@pages.route("/permohonan/jadwal/batal", methods=["GET", "POST"])
def call_off() -> Any:
    """The visit is off, the application goes on."""
    application = own()
    if request.method == "POST":
        here().visits.call_off(application)
        return redirect(DONE, 303)
    if not application.may("cancel_visit", here().office.sop_of(application)):
        return redirect("/permohonan", 303)
    return render_template("applicant/call_off.html", **case_facts(application))


@pages.get("/permohonan/jadwal.ics")
def calendar_entry() -> Response:
    application = own()
    if application.booking is None:
        raise NotAllowed("action_not_now", action="book", state=application.state.value)
    sop = here().office.sop_of(application)
    text = here().equipment.calendar_entry(application.ticket, application.booking, sop, now())
    headers = {"Content-Disposition": f'attachment; filename="{application.ticket}.ics"'}
    return Response(text, mimetype="text/calendar", headers=headers)


# --- within ----------------------------------------------------------------------------------------------------------


def own(page: str = PAGE) -> Application:
    """The application this browser's cookie opens; a posted form must be ours."""
    claims = here().access.claims(page, now())
    if request.method == "POST":
        here().access.check_csrf(page, now())
    application = here().office.records.load(claims["t"])
    turn_to(application.service)
    return application


def case_facts(application: Application) -> dict[str, Any]:
    sop = here().office.sop_of(application)
    return {
        "application": application,
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
    return document_cards(draft, TASK_BASE, here().access.csrf(PAGE, now()), refusals)


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
    ]


def _slots_page(application: Application, refusal: Explained | None) -> Any:
    if not application.may("book", here().office.sop_of(application)):
        return redirect("/permohonan", 303)
    return render_template("applicant/slots.html", **case_facts(application), days=by_day(application), refusal=refusal)
