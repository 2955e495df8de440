"""A case to read and decide by an emailed link, or to read who was faster; what was decided is ``decided``.

Reading never changes anything; only the posted decision does. Who is behind a request is what the link said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request

from portal.core import ticket
from portal.core.application import Application
from portal.core.errors import Conflict, Finding, Invalid, NotAllowed, NotFound
from portal.core.forecast import expect
from portal.usecases.cases import Claims, OfficialView
from portal.web import case
from portal.web.cards import Explained, document_cards
from portal.web.here import here, now
from portal.web.official import choices, devices, shown
from portal.web.official.opened import (
    DESK,
    PAGE,
    claims_of,
    decided_before,
    is_own,
    letter_base,
    open_case,
    path,
    turn,
    ways_out,
)

pages = Blueprint("official", __name__)


@pages.get("/telaah/<token>")
def enter(token: str) -> Any:
    """An emailed link, swapped for a cookie; or the case itself, by its ticket."""
    try:
        number = ticket.parse(token)
    except NotFound:
        claims = here().access.read_link(PAGE, token, now())
        return devices.marked(here().access.enter(PAGE, devices.entering(PAGE, claims), path(claims["t"]), now()))
    if number != token:
        return redirect(path(number), 303)
    claims = claims_of(number)
    view = open_case(claims, told=True)
    page = case_page(view, claims)
    return page if view.moved_on else shown.noted(make_response(page), view.application, claims["r"])


@pages.post("/telaah/<number>/putuskan")
def decide(number: str) -> Any:
    """Fields ``tindakan``, ``peristiwa`` (the event that was seen) and those of the action's form."""
    claims = claims_of(number)
    action, seen = request.form.get("tindakan", ""), request.form.get("peristiwa", type=int)
    view = _as_sent(open_case(claims))
    if decided_before(view.application, claims, action, seen):
        return _to_receipt(number)
    raw = request.form.to_dict(flat=False)
    try:
        opened = here().access.check_csrf(PAGE, now())
    except NotAllowed as refusal:
        if refusal.code != "form_late":
            raise
        return case_page(view, claims, action, raw, stale={"late": True}), 403
    if opened != claims:
        claims, view = opened, _as_sent(open_case(opened))
    if seen is None:
        abort(400)
    try:
        if action == "sign":
            application = here().signing.sign(claims, raw, seen, view, devices.means(claims))
        else:
            application = here().cases.decide(claims, action, raw, seen, view, means=devices.means(claims))
    except Invalid as invalid:
        return case_page(view, claims, action, raw, invalid.findings), 422
    except NotAllowed as refusal:
        if refusal.code not in ("deputy_serves", "case_given"):
            raise
        return case_page(view, claims, action, raw), 409
    except Conflict as conflict:
        return _lost(claims, action, raw, seen, conflict)
    return _on_from(application, claims, view)


@pages.get("/telaah/<number>/putuskan")
def decide_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted decision."""
    return redirect(path(ticket.parse(number)), 303)


@pages.get("/telaah/<number>/ambil")
def take_back(number: str) -> Any:
    """The case with its decisions for whoever has it not himself: what he decides here he has taken knowingly."""
    claims = claims_of(number)
    view = open_case(claims)
    if not view.instead or not view.actions:
        return redirect(path(number), 303)
    return case_page(replace(view, taken_back=True), claims)


# --- within ----------------------------------------------------------------------------------------------------------


def case_page(
    view: OfficialView,
    claims: Claims,
    action: str = "",
    raw: Mapping[str, Any] | None = None,
    findings: Iterable[Finding] = (),
    refusals: Mapping[str, Explained] = MappingProxyType({}),
    stale: Mapping[str, Any] | None = None,
) -> str:
    """The case to read and decide.

    Args:
        action: the decision that was sent and not kept; ``raw`` what was typed for it, to be shown again.
        refusals: by kind, why the letter sent just now was not taken.
        stale: why the page it was sent from was out of date: ``late``, or ``office``, ``at`` and ``done`` of what
            happened meanwhile.
    """
    if view.moved_on:
        told = case.history(view.application, view.words)[view.moved_on.number - 1]
        happened = {"office": told.by, "at": told.event.at, "done": told.done}
        return _moved_on_page(view, claims, happened, _typed(view, claims, action, raw))
    findings = tuple(findings)
    is_lent = view.instead is not None and not view.taken_back
    offered = [] if is_lent else choices.offered(view, action, raw or {}, findings, now())
    return render_template(
        "official/case.html",
        **case.shown(view, here().office.calendar, now()),
        forecast=expect(
            view.application, view.sop, here().office.calendar, now(), here().experience.of(view.application)
        ),
        choices=offered,
        typed=[] if any(choice.action == action for choice in offered) else _typed(view, claims, action, raw),
        to_come=choices.to_come(view, now()),
        **_letter(view, refusals),
        arranges=view.instead is None and here().visits.may_arrange(view.application),
        deputy=view.deputy if view.actions and not view.holder else None,
        holder=view.holder if view.actions else None,
        taken_back=view.taken_back,
        findings=findings,
        tried=action,
        stale=stale,
        **ways_out(view.application.ticket, claims),
    )


def _as_sent(view: OfficialView) -> OfficialView:
    """The case as the page had it from which something was sent: taken back, or not."""
    return replace(view, taken_back=request.form.get("diambil") == "ya")


def _letter(view: OfficialView, refusals: Mapping[str, Explained]) -> dict[str, Any]:
    """The letter to bring signed, where that is what the step is for, and who signed what was brought."""
    if "sign" not in view.actions or (view.instead and not view.taken_back):
        return {"letters": [], "signatures": []}
    draft, base = here().signing.draft(view), letter_base(view.application.ticket)
    brought = [document for kind in draft.items if (document := draft.document(kind))]
    return {
        "letters": document_cards(draft, base, here().access.csrf(PAGE, now()), refusals),
        "signatures": [signature for document in brought for signature in here().signing.found(document)],
    }


def _typed(view: OfficialView, claims: Claims, action: str, raw: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What was typed for a decision that is not kept, by the labels of its fields, to be copied."""
    if raw is None or action not in view.words.decisions:
        return []
    form = view.words.decision_form(claims["s"], action)
    typed = [(field.label, words) for _, answers in form.shown(form.clean(raw)) for field, words in answers]
    return [(label, words) for label, words in typed if words]


def _moved_on_page(
    view: OfficialView,
    claims: Claims,
    told: Mapping[str, Any],
    typed: Iterable[tuple[str, str]] = (),
    lost: bool = False,
) -> str:
    """Who acted and when (``told``: office, at, done), and what the reader had typed; nothing of the applicant's."""
    application = view.application
    mine = any(is_own(event.actor.email, claims) and event.at == told["at"] for event in application.events)
    return render_template(
        "official/moved_on.html",
        application=application,
        told=told,
        lost=lost,
        typed=list(typed),
        receipt=f"{path(application.ticket)}/keputusan" if mine else "",
        **turn(application, claims),
        **ways_out(application.ticket, claims),
    )


def _on_from(application: Application, claims: Claims, view: OfficialView) -> Any:
    """To the receipt of what was just decided."""
    response = _to_receipt(application.ticket)
    if claims.get("way") == DESK:
        devices.use(DESK, {"r": claims["r"]})
    if here().cases.has_turn(application, claims["r"], view.officials):
        # The same person has the next step too: on with it, without waiting for the email.
        opened = {**claims, **here().cases.case_claims(application, claims["r"])}
        here().access.remember(response, PAGE, opened, path(application.ticket), now())
    return response


def _lost(claims: Claims, action: str, raw: Mapping[str, Any], seen: int, conflict: Conflict) -> Any:
    """Somebody acted meanwhile; or both clicks of a double click arrived at once, and the other one counts.

    Where the decision is possible even so, the page has it again, with what was typed, and says what happened.
    """
    if conflict.code != "case_moved_on":
        raise conflict
    view = open_case(claims)
    if decided_before(view.application, claims, action, seen):
        return _to_receipt(view.application.ticket)
    if not view.moved_on and action in view.actions:
        return case_page(view, claims, action, raw, stale=conflict.facts), 409
    return _moved_on_page(view, claims, conflict.facts, _typed(view, claims, action, raw), lost=True), 409


def _to_receipt(number: str) -> Any:
    return redirect(f"{path(number)}/keputusan", 303)
