"""The officials' pages: a case to read and decide by an emailed link, the receipt, and the disposition sheet.

Reading never changes anything; only the posted decision does. Who is behind a request is what the link said.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request

from portal.cases import Claims, OfficialView
from portal.core import ticket
from portal.core.application import Application
from portal.core.errors import Conflict, Finding, Invalid, NotFound
from portal.web import case, choices
from portal.web.cards import Explained, document_cards
from portal.web.case import Happening
from portal.web.here import here, now
from portal.web.opened import PAGE, claims_of, is_own, letter_base, open_case, path, turn, ways_out

pages = Blueprint("official", __name__)


@pages.get("/telaah/<token>")
def enter(token: str) -> Any:
    """An emailed link, swapped for a cookie; or the case itself, by its ticket."""
    try:
        number = ticket.parse(token)
    except NotFound:
        claims = here().access.read_link(PAGE, token, now())
        return here().access.enter(PAGE, claims, path(claims["t"]), now())
    if number != token:
        return redirect(path(number), 303)
    claims = claims_of(number)
    return case_page(open_case(claims), claims)


@pages.post("/telaah/<number>/putuskan")
def decide(number: str) -> Any:
    """Fields ``tindakan``, ``peristiwa`` (the event that was seen) and those of the action's form."""
    claims = claims_of(number)
    action, seen = request.form.get("tindakan", ""), request.form.get("peristiwa", type=int)
    view = open_case(claims)
    if _decided_before(view.application, claims, action, seen):
        return _to_receipt(number)
    here().access.check_csrf(PAGE, now())
    if seen is None:
        abort(400)
    raw = request.form.to_dict(flat=False)
    try:
        if action == "sign":
            application = here().signing.sign(claims, raw, seen, view)
        else:
            application = here().cases.decide(claims, action, raw, seen, view)
    except Invalid as invalid:
        return case_page(view, claims, action, raw, invalid.findings), 422
    except Conflict as conflict:
        return _lost(claims, action, seen, conflict)
    return _on_from(application, claims, view)


@pages.get("/telaah/<number>/putuskan")
def decide_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted decision."""
    return redirect(path(ticket.parse(number)), 303)


@pages.get("/telaah/<number>/keputusan")
def receipt(number: str) -> Any:
    """The newest decision of whoever asks, and what has become of it."""
    claims = claims_of(number)
    view = open_case(claims)
    application, sop = view.application, view.sop
    mine = _decided_by(case.history(application, view.words), view, claims)
    if not mine:
        return redirect(path(number), 303)
    waiting = {found.ticket for found, _ in here().cases.desk(claims["r"])}
    step, status = sop.step(application.step), sop.status(application.step, application.state)
    return render_template(
        "official/receipt.html",
        application=application,
        decision=mine[-1],
        at_step=sop.step(application.step_before(mine[-1].event)),
        status=status,
        awaited=view.words.awaited(application.step, application.state),
        step=step,
        task=status.task or step.task,
        others=len(waiting - {number}),
        sheet=f"{path(number)}/lembar",
        **turn(application, claims),
        **ways_out(number, claims),
    )


@pages.get("/telaah/<number>/lembar")
def sheet(number: str) -> Any:
    """The disposition sheet (domain.md 3.5), for whoever has the case or has acted on it."""
    claims = claims_of(number)
    view = open_case(claims)
    application, words = view.application, view.words
    happenings = case.history(application, words)
    if view.moved_on and not _decided_by(happenings, view, claims):
        return redirect(path(number), 303)
    address = f"{here().address}/status/{number}"
    return render_template(
        "official/sheet.html",
        application=application,
        edition=words.sop,
        sender=case.sender(application, words),
        received=next((h.event.at for h in happenings if h.event.data.get("agenda")), application.events[0].at),
        dispositions=[h for h in happenings if "instructions" in h.said],
        others=[h for h in happenings if h.event.action in words.decisions and "instructions" not in h.said],
        back=path(number),
        ticket=number,
        qr=here().equipment.qr(address),
        qr_says=address,
        printed_at=here().language.moment(now()),
    )


# --- within ----------------------------------------------------------------------------------------------------------


def case_page(
    view: OfficialView,
    claims: Claims,
    action: str = "",
    raw: Mapping[str, Any] | None = None,
    findings: Iterable[Finding] = (),
    refusals: Mapping[str, Explained] = MappingProxyType({}),
) -> str:
    """The case to read and decide; ``refusals``: by kind, why the letter sent just now was not taken."""
    if view.moved_on:
        told = case.history(view.application, view.words)[view.moved_on.number - 1]
        return _moved_on_page(view.application, claims, {"office": told.by, "at": told.event.at, "done": told.done})
    findings = tuple(findings)
    return render_template(
        "official/case.html",
        **case.shown(view, here().office.calendar, now()),
        choices=choices.offered(view, action, raw or {}, findings, now()),
        to_come=choices.to_come(view, now()),
        **_letter(view, refusals),
        arranges=here().visits.may_arrange(view.application),
        findings=findings,
        tried=action,
        **ways_out(view.application.ticket, claims),
    )


def _letter(view: OfficialView, refusals: Mapping[str, Explained]) -> dict[str, Any]:
    """The letter to bring signed, where that is what the step is for, and who signed what was brought."""
    if "sign" not in view.actions:
        return {"letters": [], "signatures": []}
    draft, base = here().signing.draft(view), letter_base(view.application.ticket)
    brought = [document for kind in draft.items if (document := draft.document(kind))]
    return {
        "letters": document_cards(draft, base, here().access.csrf(PAGE, now()), refusals),
        "signatures": [signature for document in brought for signature in here().signing.found(document)],
    }


def _moved_on_page(application: Application, claims: Claims, told: Mapping[str, Any], lost: bool = False) -> str:
    """Who acted and when (``told``: office, at, done); nothing of the applicant's."""
    mine = any(is_own(event.actor.email, claims) and event.at == told["at"] for event in application.events)
    return render_template(
        "official/moved_on.html",
        application=application,
        told=told,
        lost=lost,
        receipt=f"{path(application.ticket)}/keputusan" if mine else "",
        **turn(application, claims),
        **ways_out(application.ticket, claims),
    )


def _on_from(application: Application, claims: Claims, view: OfficialView) -> Any:
    """To the receipt of what was just decided."""
    response = _to_receipt(application.ticket)
    if here().cases.has_turn(application, claims["r"], view.officials):
        # The same person has the next step too: on with it, without waiting for the email.
        opened = here().cases.case_claims(application, claims["r"])
        here().access.remember(response, PAGE, opened, path(application.ticket), now())
    return response


def _lost(claims: Claims, action: str, seen: int, conflict: Conflict) -> Any:
    """Somebody acted meanwhile; or both clicks of a double click arrived at once, and the other one counts."""
    if conflict.code != "case_moved_on":
        raise conflict
    kept = here().office.records.load(claims["t"])
    if _decided_before(kept, claims, action, seen):
        return _to_receipt(kept.ticket)
    return _moved_on_page(kept, claims, conflict.facts, lost=True), 409


def _to_receipt(number: str) -> Any:
    return redirect(f"{path(number)}/keputusan", 303)


def _decided_before(application: Application, claims: Claims, action: str, seen: int | None) -> bool:
    """Is this the same click again? Then its decision stands, and there is nothing to refuse."""
    events = application.events
    if seen is None or not 0 < seen < len(events):
        return False
    return events[seen].action == action and is_own(events[seen].actor.email, claims)


def _decided_by(happenings: Iterable[Happening], view: OfficialView, claims: Claims) -> list[Happening]:
    """What the reader of this link decided, oldest first."""
    decided = (happening for happening in happenings if happening.event.action in view.words.decisions)
    return [happening for happening in decided if is_own(happening.event.actor.email, claims)]
