"""One letter disposed of once: what an official has decided on one of its cases, decided on the others that wait.

Each of them stays a case of its own: one event each, one write each; what keeps one from being decided keeps no other.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect

from portal.core import batch, ticket
from portal.core.application import Application, Event
from portal.forms.form import Form
from portal.usecases.batches import MOST
from portal.usecases.cases import Claims, OfficialView
from portal.web.case import sender
from portal.web.here import here
from portal.web.official import together
from portal.web.official.opened import is_own, open_posted, path

pages = Blueprint("one_letter", __name__)

LINK = "letter"


@pages.post("/telaah/<number>/bersama")
def decide(number: str) -> Any:
    """The newest decision of whoever asks, made on the other cases that his page named (``pilih``)."""
    claims, view = open_posted(number)
    event = decided(view, claims)
    if event is None:
        return redirect(f"{path(number)}/keputusan", 303)
    step = view.application.step_before(event)
    said = _said(view.words.decision_form(step, event.action), event)

    def may(other: OfficialView) -> bool:
        return other.application.batch == view.application.batch and batch.disposes(
            event, other.application.step, other.sop
        )

    chosen = together.ticked(claims["r"])[:MOST]
    return together.done_page(together.all_decided(chosen, event.action, said, may, LINK))


@pages.get("/telaah/<number>/bersama")
def seen_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(f"{path(ticket.parse(number))}/keputusan", 303)


def decided(view: OfficialView, claims: Claims) -> Event | None:
    """The newest disposition of the reader of a link, if the case is one of several of a letter."""
    own = (event for event in reversed(view.application.events) if is_own(event.actor.email, claims))
    newest = next((event for event in own if event.action in view.words.decisions), None)
    if newest is None or not view.application.batch:
        return None
    step = view.application.step_before(newest)
    return newest if batch.disposes(newest, step, view.sop) else None


def others(view: OfficialView, claims: Claims, waiting: list[Application]) -> list[dict[str, Any]]:
    """The cases that the same disposition can be made on: who asks, the ticket, and what is sent for it."""
    event = decided(view, claims)
    if event is None:
        return []
    found = batch.of_one_letter(view.application, event, waiting, view.sop)
    return [
        {
            **sender(other, here().office.words_of(other)),
            "ticket": other.ticket,
            "choice": together.choice(other, here().cases.case_claims(other, claims["r"])),
        }
        for other in found
    ][:MOST]


def _said(form: Form, event: Event) -> Mapping[str, Any]:
    """What was said with a decision, without by what it was made."""
    return {name: answer for name, answer in event.data.items() if name in form.fields}
