"""A link that is lost or too old: a new one goes to the registered address, and nobody learns whether there is one."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, render_template, request

from portal.core.amending import HOLDER, may_resend
from portal.core.application import Application
from portal.core.errors import LinkExpired, LinkForged, NotAllowed, NotFound
from portal.core.officials import able
from portal.core.register import Certificate
from portal.core.steps import State
from portal.forms.typed import email, one_line
from portal.usecases import tickets
from portal.web.access import without_tail
from portal.web.applicant.batch import PAGE as BATCH
from portal.web.applicant.own_case import CONFIRMING, PAGE
from portal.web.applicant.renewal import PAGE as RENEWAL
from portal.web.here import here, now

pages = Blueprint("lost_links", __name__)

OF_A_DESK: Final = ("meja", "petugas")
"""Links for which an address is enough, as they are about no one case."""


@pages.get("/tautan")
def ask_link() -> str:
    ticket = one_line(request.args.get("tiket", ""))
    return render_template("applicant/ask_link.html", sent=False, page=_asked_page(), ticket=ticket)


@pages.post("/tautan")
def send_link() -> Any:
    """A fresh link, to the registered address only; the answer never tells whether there was anything to send.

    Nor does the time it takes: where none is owed, as much is written (``tickets.owe_nobody``).
    """
    page, token = _asked_page(), request.form.get("token", "")
    ticket, address = (one_line(request.form.get(name, "")) for name in ("tiket", "email"))
    owed, asker = False, address
    try:
        if token:
            claims = _said_by(page, token)
            asker = _link_of(claims)
            owed = _renew(page, claims)
        elif page in OF_A_DESK:
            owed = _owe_desk(page, address)
        elif page == BATCH or (page == PAGE and not ticket):
            owed = _owe_tickets(address)
        else:
            owed = _remind(ticket, address, page)
    except (NotFound, NotAllowed, LinkForged):
        pass  # same answer as for the others
    if not owed:
        tickets.owe_nobody(here().office, asker)
    return render_template("applicant/ask_link.html", sent=True, page=page, ticket="")


def _asked_page() -> str:
    page = request.values.get("halaman", PAGE)
    return page if page in (PAGE, CONFIRMING, RENEWAL, BATCH, "telaah", *OF_A_DESK) else PAGE


def _said_by(page: str, token: str) -> dict[str, Any]:
    """The claims of a genuine link, expired or not. Raises LinkForged."""
    try:
        claims = here().office.links.read(page, without_tail(token), now())
    except LinkExpired as expired:
        claims = dict(expired.facts["claims"])  # type: ignore[call-overload]
    return claims


def _link_of(claims: Mapping[str, Any]) -> str:
    """To ``tickets.owe_nobody`` who holds a genuine link: one of the same case, certificate or draft to the same person
    is no other.
    """
    return f"{' '.join(str(claims.get(name, '')) for name in ('t', 'c', 'd', 'r'))}@"


def _renew(page: str, claims: Mapping[str, Any]) -> bool:
    """A genuine but expired link earns its registered recipient a new one."""
    if page in OF_A_DESK:
        return _owe_desk(page, claims["r"])
    if page == RENEWAL:
        return _owe_renewal(here().office.records.certificate(claims["s"], claims["c"]))
    if page == BATCH:
        here().batches.owe_link(here().batches.load(claims["d"]))
        return True
    application = here().office.records.load(claims["t"]).must_be_there()
    return _owe_official(application, claims["r"]) if page == "telaah" else _owe_applicant(application)


def _owe_desk(page: str, address: str) -> bool:
    return (here().cases.owe_desk if page == "meja" else here().entrance.owe_link)(address)


def _owe_tickets(typed: str) -> bool:
    """To an address that the form would take; it is looked for only when the email is written."""
    address = email(typed)
    if "@" not in address or len(address) > tickets.LONGEST:
        return False
    tickets.owe(here().office, address)
    return True


def _remind(typed: str, address: str, page: str) -> bool:
    application = here().office.find(typed).must_be_there()
    if page == "telaah":
        return _owe_official(application, address)
    if page == RENEWAL:
        entry = here().office.records.certificate(application.service, application.ticket)
        return address.lower() == entry.email and _owe_renewal(entry)
    return _is_applicant(application, address) and _owe_applicant(application)


def _is_applicant(application: Application, address: str) -> bool:
    """By the address in the form, or by the one that was confirmed before the form was mended."""
    sop = here().office.sop_of(application)
    return application.concerns(address, "", sop) or address.lower() == application.address(sop).lower()


def _owe_renewal(entry: Certificate) -> bool:
    here().register.owe_again(entry)
    return True


def _owe_applicant(application: Application) -> bool:
    sop = here().office.sop_of(application)
    letter = "confirm_address" if application.state is State.UNCONFIRMED else "new_link"
    here().cases.owe_again(application, letter, application.applicant(sop))
    return True


def _owe_official(application: Application, address: str) -> bool:
    """To whoever could act on it, also where it was given to another: his page says so, and how he takes it over."""
    office, sop = here().office, here().office.sop_of(application)
    if not may_resend(application, HOLDER, sop):
        return False
    acting = able(application, office.officials(sop.service), sop, office.today())
    his = [official for official in acting if official.email.lower() == address.lower()]
    for official in his:
        here().cases.owe_again(application, "turn", official.as_actor(sop))
    return bool(his)
