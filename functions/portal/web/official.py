"""The officials' pages: a case to read and decide by an emailed link, the receipt, and all that waits for a person.

Reading never changes anything; only the posted decision does. Who is behind a request is what the link said.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, abort, redirect, render_template, request

from portal.core import ticket
from portal.core.application import Application
from portal.core.errors import Conflict, Finding, Invalid, LinkForged, NotFound
from portal.forms.typed import masked_email
from portal.forms.wording import awaited
from portal.retention import forgotten_on
from portal.service import OfficialView
from portal.web import case, files, now, rooms
from portal.web.access import SESSION
from portal.web.images import PageImages

pages = Blueprint("official", __name__)

PAGE: Final = "telaah"
DESK: Final = "meja"
WIDTHS: Final = (case.THUMB, case.PAGE)


# --- one case --------------------------------------------------------------------------------------------------------


@pages.get("/telaah/<token>")
def enter(token: str) -> Any:
    """An emailed link, swapped for a cookie; or the case itself, by its ticket."""
    try:
        number = ticket.parse(token)
    except NotFound:
        claims = rooms().access.read_link(PAGE, token, now())
        return rooms().access.enter(PAGE, claims, _path(claims["t"]), now())
    if number != token:
        return redirect(_path(number), 303)
    return _case_page(_claims(number))


@pages.post("/telaah/<number>/putuskan")
def decide(number: str) -> Any:
    """Fields ``tindakan``, ``peristiwa`` (the event that was seen) and those of the action's form."""
    claims = _claims(number)
    portal, access = rooms().portal, rooms().access
    action, seen = request.form.get("tindakan", ""), request.form.get("peristiwa", type=int)
    receipt = redirect(f"{_path(number)}/keputusan", 303)
    view = portal.open_case(claims)
    if _decided_before(view.application, claims, action, seen):
        return receipt
    access.check_csrf(PAGE, now())
    if seen is None:
        abort(400)
    raw = request.form.to_dict(flat=False)
    try:
        application = portal.decide(claims, action, raw, seen, view)
    except Invalid as invalid:
        return _case_page(claims, action, raw, invalid.findings), 422
    except Conflict as conflict:
        if conflict.code != "case_moved_on":
            raise
        kept = portal.records.load(number)
        if _decided_before(kept, claims, action, seen):  # both clicks of a double click arrived at once
            return receipt
        return _moved_on_page(kept, claims, conflict.facts, lost=True), 409
    if portal.has_turn(application, claims["r"], view.officials):
        # The same person has the next step too: on with it, without waiting for the email.
        access.remember(receipt, PAGE, portal.case_claims(application, claims["r"]), _path(number), now())
    return receipt


@pages.get("/telaah/<number>/putuskan")
def decide_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted decision."""
    return redirect(_path(ticket.parse(number)), 303)


@pages.get("/telaah/<number>/keputusan")
def receipt(number: str) -> Any:
    """The newest decision of whoever asks, and what has become of it."""
    claims = _claims(number)
    portal = rooms().portal
    view = portal.open_case(claims)
    application = view.application
    mine = [h for h in case.history(application, view.sop, portal.decisions) if _is_of(h, claims)]
    if not mine:
        return redirect(_path(number), 303)
    waiting = {found.ticket for found, _ in portal.desk(claims["r"])}
    status = view.sop.status(application.step, application.state)
    return render_template(
        "official/receipt.html",
        application=application,
        decision=mine[-1],
        at_step=view.sop.step(application.step_before(mine[-1].event)),
        status=status,
        awaited=awaited(view.sop, application.step, application.state),
        step=view.sop.step(application.step),
        task=status.task or view.sop.step(application.step).task,
        turn=portal.has_turn(application, claims["r"]),
        again=_way_on(application, claims),
        others=len(waiting - {number}),
        **_ways_out(number, claims),
        sheet=f"{_path(number)}/lembar",
    )


@pages.get("/telaah/<number>/lembar")
def sheet(number: str) -> Any:
    """The disposition sheet (domain.md 3.5), for whoever has the case or has acted on it."""
    claims = _claims(number)
    portal = rooms().portal
    view = portal.open_case(claims)
    application, sop = view.application, view.sop
    happenings = case.history(application, sop, portal.decisions)
    if view.moved_on and not any(_is_of(happening, claims) for happening in happenings):
        return redirect(_path(number), 303)
    qr = rooms().extra.get("qr")
    address = f"{rooms().address}/status/{number}"
    return render_template(
        "official/sheet.html",
        application=application,
        edition=sop,
        sender=case.sender(application, sop, portal.application_form(sop)),
        received=next((h.event.at for h in happenings if h.event.data.get("agenda")), application.events[0].at),
        dispositions=[h for h in happenings if "instructions" in h.said],
        others=[h for h in happenings if h.event.action in portal.decisions and "instructions" not in h.said],
        back=_path(number),
        ticket=number,
        qr=qr(address) if qr else "",
        qr_says=address,
        printed_at=rooms().language.moment(now()),
    )


@pages.post("/telaah/<number>/meja")
def send_desk(number: str) -> Any:
    """The desk's own link, to the address that this case's was sent to: who holds that need not be its recipient."""
    claims = _claims(number)
    rooms().access.check_csrf(PAGE, now())
    portal = rooms().portal
    email = portal.open_case(claims).official.email
    portal.owe_desk(email)
    return render_template("official/desk_sent.html", email=masked_email(email), back=_path(number))


@pages.get("/telaah/<number>/meja")
def send_desk_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(_path(ticket.parse(number)), 303)


# --- its documents ---------------------------------------------------------------------------------------------------


@pages.get("/telaah/<number>/berkas/<kind>")
def document(number: str, kind: str) -> Any:
    """All pages of one document, one below the other."""
    view = rooms().portal.open_case(_claims(number))
    if view.moved_on:
        return redirect(_path(number), 303)
    found = case.documents(view.application, view.sop)
    position = next((place for place, entry in enumerate(found) if entry["kind"] == kind), None)
    if position is None:
        raise NotFound("document_unknown")
    return render_template(
        "official/document.html",
        number=number,
        shown=found[position],
        position=position + 1,
        total=len(found),
        before=found[position - 1] if position else None,
        after=found[position + 1] if position + 1 < len(found) else None,
        back=_path(number),
    )


@pages.get("/telaah/<number>/berkas/<kind>/<int:page>.jpg")
def page_image(number: str, kind: str, page: int) -> Any:
    """A stamped page, ``?lebar=`` 320 or 1000 pixels wide."""
    width = request.args.get("lebar", str(case.PAGE))
    if width not in map(str, WIDTHS):
        abort(404)
    view, kept = _document(number, kind)
    if not 1 <= page <= kept.pages:
        raise NotFound("page_unknown")
    mark = f"{kept.sha256[:32]}-{page}-{width}"
    if mark in request.if_none_match:
        response = Response(status=304)
    else:
        stamp = view.sop.data["sentences"]["stamp"].format(ticket=number)
        images: PageImages = rooms().extra["page_images"]
        read = partial(rooms().portal.files.read, kept.key, kept.version)
        image = images.page(read, kept.sha256, kept.media_type, page, int(width), stamp)
        response = Response(image, mimetype="image/jpeg")
    response.set_etag(mark)
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@pages.get("/telaah/<number>/berkas/<kind>/asli")
def original(number: str, kind: str) -> Any:
    """The document as it was brought."""
    _, kept = _document(number, kind)
    return files.serve(kept, f"{number}-{kind}")


# --- all that waits --------------------------------------------------------------------------------------------------


@pages.get("/meja/<token>")
def enter_desk(token: str) -> Any:
    access = rooms().access
    claims = access.read_link(DESK, token, now())
    response = access.enter(DESK, claims, "/meja", now())
    # Cases learn from it only that their reader has the desk open too (``_ways_out``).
    access.remember(response, DESK, claims, f"/{PAGE}", now())
    return response


@pages.get("/meja")
def desk() -> Any:
    """All that waits for the person whose cookie it is; without one, where to ask for a link."""
    try:
        email = rooms().access.claims(DESK, now())["r"]
    except LinkForged:
        return render_template("official/desk_link.html")
    waiting = {found.ticket: (found, official) for found, official in rooms().portal.desk(email)}
    cards = [case.card(rooms().portal, found, official, now()) for found, official in waiting.values()]
    ways = {card.application.ticket: _way_in(card.application, email) for card in cards}
    return render_template("official/desk.html", cards=sorted(cards, key=lambda card: card.urgency), ways=ways)


# --- within ----------------------------------------------------------------------------------------------------------


def _path(number: str) -> str:
    return f"/telaah/{number}"


def _claims(number: str) -> dict[str, Any]:
    """What the link to this case said. Raises LinkForged (``link_needed``), also for that of another case."""
    claims = rooms().access.claims(PAGE, now())
    if claims.get("t") != number:
        raise LinkForged("link_needed", page=PAGE)
    return claims


def _case_page(
    claims: Mapping[str, Any], action: str = "", raw: Mapping[str, Any] | None = None, findings: Iterable[Finding] = ()
) -> str:
    portal = rooms().portal
    view = portal.open_case(claims)
    if view.moved_on:
        told = case.history(view.application, view.sop, portal.decisions)[view.moved_on.number - 1]
        return _moved_on_page(view.application, claims, {"office": told.by, "at": told.event.at, "done": told.done})
    findings = tuple(findings)
    return render_template(
        "official/case.html",
        **case.shown(portal, view, now()),
        choices=case.offered(portal, view, action, raw or {}, findings, now()),
        to_come=case.to_come(view, now()),
        findings=findings,
        tried=action,
        **_ways_out(view.application.ticket, claims),
    )


def _moved_on_page(
    application: Application, claims: Mapping[str, Any], told: Mapping[str, Any], lost: bool = False
) -> str:
    """Who acted and when (``told``: office, at, done); nothing of the applicant's."""
    portal = rooms().portal
    mine = any(event.actor.email == claims["r"].lower() and event.at == told["at"] for event in application.events)
    return render_template(
        "official/moved_on.html",
        application=application,
        told=told,
        lost=lost,
        receipt=f"{_path(application.ticket)}/keputusan" if mine else "",
        turn=portal.has_turn(application, claims["r"]),
        again=_way_on(application, claims),
        **_ways_out(application.ticket, claims),
    )


def _ways_out(number: str, claims: Mapping[str, Any]) -> dict[str, Any]:
    """What forms and the way to the desk (``official/_desk.html``) need."""
    access = rooms().access
    try:
        at_desk = access.claims(DESK, now())["r"].lower() == claims["r"].lower()
    except LinkForged:
        at_desk = False
    return {"path": _path(number), "csrf": access.csrf(PAGE, now()), "at_desk": at_desk}


def _decided_before(application: Application, claims: Mapping[str, Any], action: str, seen: int | None) -> bool:
    """Is this the same click again? Then its decision stands, and there is nothing to refuse."""
    events = application.events
    if seen is None or not 0 < seen < len(events):
        return False
    return events[seen].action == action and events[seen].actor.email == claims["r"].lower()


def _is_of(happening: case.Happening, claims: Mapping[str, Any]) -> bool:
    event = happening.event
    return event.action in rooms().portal.decisions and event.actor.email == claims["r"].lower()


def _document(number: str, kind: str) -> tuple[OfficialView, Any]:
    """A document of the case.

    Raises:
        NotFound: not one of its documents, or the case has moved on (``document_unknown``); past the days that files of
            a closed case are kept (``document_forgotten``).
    """
    portal = rooms().portal
    view = portal.open_case(_claims(number))
    gone = forgotten_on(view.application, portal.sop, portal.calendar)
    if gone and gone <= portal.today():
        raise NotFound("document_forgotten", day=rooms().language.date(gone))
    if view.moved_on:
        raise NotFound("document_unknown")
    return view, view.application.document(kind)


def _way_on(application: Application, claims: Mapping[str, Any]) -> str:
    """Address of the case's present state, if this request's cookie opens that; empty otherwise.

    A link opens one state of one case, and nothing on its pages opens another: whoever was forwarded a link to a closed
    case must not come from there to one that is ready to decide.
    """
    portal = rooms().portal
    opened = portal.case_claims(application, claims["r"]) == dict(claims)
    return _path(application.ticket) if opened and portal.has_turn(application, claims["r"]) else ""


def _way_in(application: Application, email: str) -> str:
    """A link to the case as it is now, for a page that only the link to this person's own desk opens."""
    claims = rooms().portal.case_claims(application, email)
    return _path(rooms().portal.links.sign(PAGE, claims, now() + SESSION))
