"""Receipts as PDF, to keep or to send on: of the application, and of what was handed over. For its applicant only."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect
from werkzeug.exceptions import TooManyRequests

from portal.core.application import Application
from portal.core.errors import NotAllowed
from portal.core.steps import State
from portal.forms.receipt import Receipt, Told
from portal.web.applicant.acknowledged import acknowledged
from portal.web.applicant.drafts import next_step, opened
from portal.web.applicant.own_case import own
from portal.web.here import asker, here, now

pages = Blueprint("receipts", __name__)


@pages.get("/ajukan/<draft>/tanda-terima.pdf")
def of_sent(draft: str) -> Any:
    kept = opened(draft)
    if not kept.ticket:
        return redirect(f"/ajukan/{kept.id}/{next_step(kept)}", 303)
    return _submitted(here().office.records.load(kept.ticket))


@pages.get("/permohonan/<number>/tanda-terima.pdf")
def of_application(number: str) -> Response:
    return _submitted(own(number))


@pages.get("/permohonan/<number>/serah-terima.pdf")
def of_handover(number: str) -> Response:
    application = own(number)
    if application.state is not State.DONE or not application.certificate:
        raise NotAllowed("action_not_now", action="handover", state=application.state.value)
    words, said = here().office.words_of(application), _words()
    event = next(each for each in reversed(application.events) if each.action == "hand_over")
    language, facts = here().language, words.said(application, event)
    product = [
        (fact.label, language.date(fact.text) if fact.is_date else fact.text) for fact in words.product(application)
    ]
    rows = [
        *product,
        (said["handed_over"], language.moment(event.at)),
        (said["by"], f"{event.actor.name}, {event.actor.office}"),
        *((fact.label, fact.text) for fact in facts.values()),
    ]
    name = str(application.value("name", words.sop))
    receiver = facts["received_by"].text if "received_by" in facts else name
    title = said["handover"].format(product=words.sop.data["product"])
    return _printed(application, title, rows, name="serah-terima", receiver=receiver, hash=event.hash)


def _submitted(application: Application) -> Response:
    sop, said = here().office.sop_of(application), _words()
    rows = [
        (said["service"], sop.data["title"]),
        (said["received"], here().language.moment(application.events[0].at)),
        (said["status"], sop.status(application.step, application.state).label),
    ]
    documents = [
        (label, said["document"].format(pages=document.pages, mark=document.sha256[:12]))
        for label, document in sop.brought(application.documents)
    ]
    return _printed(application, said["submitted"], rows, documents, name="tanda-terima")


def _printed(
    application: Application,
    title: str,
    rows: list[Told],
    documents: list[Told] | None = None,
    *,
    name: str,
    **more: str,
) -> Response:
    """Raises TooManyRequests: somebody has too many papers printed."""
    if seconds := here().limits["paper"].take(asker(), now()):
        raise TooManyRequests(retry_after=seconds)
    said, facts = _words(), acknowledged(application)
    whose = [
        (said["ticket"], application.ticket),
        (said["agenda"], application.agenda),
        (said["name"], facts["name"]),
        (facts["office_label"], facts["office"]),
    ]
    receipt = Receipt(
        sop=facts["edition"].data,
        title=title,
        ticket=application.ticket,
        rows=[(label, str(text)) for label, text in (*whose, *rows) if text],
        documents=documents or [],
        words=said,
        address=facts["status_address"],
        printed_at=(here().language.moment(now()), here().office.today()),
        **more,
    )
    answer = Response(here().equipment.receipt(receipt), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{application.ticket}.pdf"'
    return answer


def _words() -> Mapping[str, str]:
    words: Mapping[str, str] = here().messages["receipt"]
    return words
