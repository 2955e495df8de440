"""An official's desk: all that waits for one person as a list, behind a link of its own.

What is searched for is posted, so that no name stays in an address.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core import ticket
from portal.core.application import Application
from portal.core.clocks import due
from portal.core.errors import LinkForged
from portal.core.listing import Wanted
from portal.core.officials import Official
from portal.core.standing import Standing
from portal.core.times import Time
from portal.forms.typed import masked_email, one_line
from portal.usecases.cases import Claims
from portal.usecases.desks import Desks
from portal.usecases.register import page_of
from portal.web.access import SESSION
from portal.web.case import Deadline, deadline, sender
from portal.web.here import here, now
from portal.web.official import devices, shown, together
from portal.web.official.opened import DESK, PAGE, at_desk, open_posted, path, sent_from_desk
from portal.web.official.register import kept_by

pages = Blueprint("desk", __name__)

SIZE: Final = 20
"""Cases on a page: some three screens of a phone."""

_PATHS: Final = ("/meja", f"/{PAGE}")
"""Cases learn from the second only that their reader has the desk open too (``opened.ways_out``)."""


@dataclass(frozen=True)
class Place:
    """Where a case is among all that waits for one person, who acts on it as ``official``.

    Attributes:
        key: service and step, as they are chosen from; ``step`` the step's name.
        until: when the SOP's time is over; None where none is promised.
        action: what may be decided on it together with others, or empty; ``label``: how that is called.
    """

    standing: Standing
    official: Official
    office: str
    key: str
    step: str
    until: datetime | None
    action: str
    label: str

    def is_at(self, place: str) -> bool:
        """Is it there, or anywhere in that service ("penerbitan/")? Everything is nowhere in particular."""
        return place in ("", self.key, f"{self.standing.service}/")

    @property
    def urgency(self) -> tuple[bool, datetime]:
        """Sorts by the time that is left; where none is promised, a visit's time, and last who waits longest."""
        if self.until:
            return False, self.until
        return True, self.standing.slot or self.standing.since


@dataclass(frozen=True)
class Card:
    """A case as its reader sees it on the desk; ``way`` leads to it.

    Attributes:
        choice: what a tick sends for it, once it was opened, where it may be decided together with others.
        unrecorded: is the day of its visit over, and nobody has said how it went?
    """

    application: Application
    product: str
    sender: Mapping[str, str]
    step: str
    status: str
    office: str
    since: datetime
    deadline: Deadline | None
    way: str
    action: str
    choice: str
    unrecorded: bool

    @property
    def spare(self) -> Time | None:
        """Working time that is left by the SOP, or over; None where none is promised."""
        return self.deadline.spare if self.deadline else None


@pages.get("/meja/<token>")
def enter(token: str) -> Any:
    claims = here().access.read_link(DESK, token, now())
    if _stays(claims):
        return redirect("/meja", 303)
    return devices.marked(_remembered(redirect("/meja", 303), devices.entering(DESK, claims), SESSION))


@pages.post("/meja/tetap")
def stay() -> Any:
    """From now on this browser opens the desk without a link for a while; the link asks for a code anywhere else."""
    return _remembered(redirect("/meja", 303), {"r": sent_from_desk(), "stays": 1}, devices.REMEMBERED)


@pages.post("/meja/keluar")
def leave() -> Any:
    """Whoever's desk it is, it is closed in this browser, and his cases with it; emailed links open them again."""
    email = here().access.once_open(now())["r"]
    return devices.left(here().access.leave("/meja", *((DESK, at) for at in _PATHS)), email)


@pages.get("/meja/tetap")
@pages.get("/meja/keluar")
def seen_again() -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect("/meja", 303)


@pages.route("/meja", methods=["GET", "POST"])
def show() -> Any:
    """What waits for the person whose cookie it is, most urgent first; without one, where to ask for a link.

    Posted: what is searched for (``cari``), the service and step (``langkah``), the page (``hal``), and what is ticked.
    """
    try:
        claims = at_desk()
    except LinkForged:
        if request.method == "POST":
            raise
        return render_template("official/desk_link.html")
    email = sent_from_desk() if request.method == "POST" else str(claims["r"])
    officials = here().office.records.officials()
    desks = Desks(here().office)
    waiting, others = desks.of(email, officials)
    places = sorted((_place(*each) for each in waiting), key=lambda each: each.urgency)
    lent = desks.lent(email, officials)
    wanted, asked_place = Wanted(text=one_line(request.form.get("cari", ""))), request.form.get("langkah", "")
    found = [each for each in places if wanted.is_met_by(each.standing.line, "") and each.is_at(asked_place)]
    rows, number, last = page_of(found, request.form.get("hal", ""), SIZE)
    cards, chosen = _cards(rows, email), {claims["t"] for claims in together.ticked(email)}
    on_page = {card.application.ticket: card for card in cards}
    elsewhere = [each for each in places if each.standing.ticket in chosen and each.standing.ticket not in on_page]
    ticked = [on_page[ticket] for ticket in on_page if ticket in chosen] + _cards(elsewhere, email)
    choosable = [card for card in ticked if card.choice]
    may_tick = bool(choosable) or any(card.choice for card in cards)  # if not, there is nothing to send either
    return render_template(
        "official/desk.html",
        cards=cards,
        all=len(places),
        found=len(found),
        number=number,
        last=last,
        text=wanted.text,
        place=asked_place,
        places=_places(places),
        ticked=choosable,
        labels=sorted({each.label for each in places if each.action and may_tick}),
        most=together.MOST,
        offices=len({each.office for each in places}),
        others=_cards([_place(*each) for each in others[:SIZE]], email),
        all_others=len(others),
        lent=_cards([_place(standing, official) for standing, official, _ in lent[:SIZE]], email),
        all_lent=len(lent),
        deputies={deputy.post: deputy.as_actor(here().office.sop_of(case)) for case, _, deputy in lent},
        deputies_until=min((deputy.until for _, _, deputy in lent if deputy.until), default=None),
        opens=here().cases.opens(email, officials),
        registers=kept_by(email, officials),
        stays=bool(claims.get("stays")),
        days=devices.REMEMBERED.days,
        csrf=here().access.csrf(DESK, now()),
    )


@pages.post("/telaah/<number>/meja")
def send_link(number: str) -> Any:
    """The desk's own link, to the address that this case's was sent to: who holds that need not be its recipient."""
    email = open_posted(number)[1].official.email
    here().cases.owe_desk(email)
    return render_template("official/desk_sent.html", email=masked_email(email), back=path(number))


@pages.get("/telaah/<number>/meja")
def send_link_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(path(ticket.parse(number)), 303)


def _stays(claims: Claims) -> bool:
    """Is this person signed in here for longer already?"""
    try:
        kept = here().access.claims(DESK, now())
    except LinkForged:
        return False
    return bool(kept.get("stays")) and kept["r"] == claims["r"]


def _remembered(response: Any, claims: Claims, life: timedelta) -> Any:
    for at in _PATHS:
        here().access.remember(response, DESK, claims, at, now(), life)
    return response


def _place(standing: Standing, official: Official) -> Place:
    office = here().office
    sop = office.sop_of(standing)
    action = next((each for each in standing.official_actions(sop) if each in sop.together), "")
    return Place(
        standing=standing,
        official=official,
        office=official.as_actor(sop).office,
        key=f"{standing.service}/{standing.step}",
        step=sop.step(standing.step).name,
        until=due(standing, sop, office.calendar),
        action=action,
        label=sop.action(standing.step, action).label if action else "",
    )


def _cards(places: Iterable[Place], email: str) -> list[Card]:
    """Of those whose cases are there and can be read, each as it is by now."""
    by_ticket = {each.standing.ticket: each for each in places}
    return [_card(case, by_ticket[case.ticket], email) for case in here().office.each(by_ticket)]


def _card(application: Application, place: Place, email: str) -> Card:
    office, access_until = here().office, now() + SESSION
    words = office.words_of(application)
    sop, claims = words.sop, here().cases.case_claims(application, email)
    return Card(
        application=application,
        product=office.services[application.service].data["product"],
        sender=sender(application, words),
        step=place.step,
        status=sop.status(application.step, application.state).label,
        office=place.office,
        since=application.since,
        deadline=deadline(application, sop, office.calendar, now()),
        # To the case as it is now, on a page that only the link to this person's own desk opens.
        way=path(office.links.sign(PAGE, {**claims, "way": DESK}, access_until)),
        action=place.action,
        choice=together.choice(application, claims) if place.action and shown.is_opened(application, email) else "",
        unrecorded=here().watch.is_unrecorded(application),
    )


def _places(places: Sequence[Place]) -> list[tuple[str, str]]:
    """Services and their steps to choose from; a service alone only where there are several."""
    steps = {each.key: each.step for each in places}
    services = here().office.services
    products = {each.standing.service: services[each.standing.service].data["product"] for each in places}
    if len(products) < 2:
        return sorted(steps.items(), key=lambda place: place[1])
    named = {f"{service}/": product for service, product in products.items()}
    named |= {place: f"{products[place.partition('/')[0]]}: {step}" for place, step in steps.items()}
    return sorted(named.items(), key=lambda place: place[1])
