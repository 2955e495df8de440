"""An official's desk: all that waits for one person, behind a link of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template

from portal.core import ticket
from portal.core.application import Application
from portal.core.errors import LinkForged
from portal.core.notices import Official
from portal.forms.typed import masked_email
from portal.web.access import SESSION
from portal.web.case import Deadline, deadline, sender
from portal.web.here import here, now
from portal.web.opened import DESK, PAGE, open_case, path, posted
from portal.web.register import kept_by

pages = Blueprint("desk", __name__)


@dataclass(frozen=True)
class Card:
    """A case among all that waits for one person, who acts on it as ``office``; ``way`` leads to it."""

    application: Application
    product: str
    sender: Mapping[str, str]
    step: str
    task: str
    office: str
    since: datetime
    deadline: Deadline | None
    way: str

    @property
    def urgency(self) -> tuple[bool, datetime]:
        """Sorts by the time that is left; where none is promised, a visit's time, and last who waits longest."""
        if self.deadline and self.deadline.at:
            return False, self.deadline.at
        return True, self.application.slot or self.since


@pages.get("/meja/<token>")
def enter(token: str) -> Any:
    access = here().access
    claims = access.read_link(DESK, token, now())
    response = access.enter(DESK, claims, "/meja", now())
    # Cases learn from it only that their reader has the desk open too (``opened.ways_out``).
    access.remember(response, DESK, claims, f"/{PAGE}", now())
    return response


@pages.get("/meja")
def show() -> Any:
    """All that waits for the person whose cookie it is; without one, where to ask for a link."""
    try:
        email = here().access.claims(DESK, now())["r"]
    except LinkForged:
        return render_template("official/desk_link.html")
    cards = [_card(application, official, email) for application, official in here().cases.desk(email)]
    by_urgency, opens = sorted(cards, key=lambda card: card.urgency), here().cases.opens(email)
    return render_template("official/desk.html", cards=by_urgency, opens=opens, registers=kept_by(email))


@pages.post("/telaah/<number>/meja")
def send_link(number: str) -> Any:
    """The desk's own link, to the address that this case's was sent to: who holds that need not be its recipient."""
    email = open_case(posted(number)).official.email
    here().cases.owe_desk(email)
    return render_template("official/desk_sent.html", email=masked_email(email), back=path(number))


@pages.get("/telaah/<number>/meja")
def send_link_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(path(ticket.parse(number)), 303)


def _card(application: Application, official: Official, email: str) -> Card:
    office = here().office
    words = office.words_of(application)
    step, status = words.sop.step(application.step), words.sop.status(application.step, application.state)
    return Card(
        application=application,
        product=office.services[application.service].data["product"],
        sender=sender(application, words),
        step=step.name,
        task=status.task or step.task,
        office=official.as_actor(words.sop).office,
        since=application.since,
        deadline=deadline(application, words.sop, office.calendar, now()),
        # To the case as it is now, on a page that only the link to this person's own desk opens.
        way=path(office.links.sign(PAGE, here().cases.case_claims(application, email), now() + SESSION)),
    )
