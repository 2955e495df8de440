"""What an official has decided, to look at afterwards: the receipt, and the disposition sheet."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, redirect, render_template

from portal.usecases.cases import Claims, OfficialView
from portal.web import case
from portal.web.case import Happening
from portal.web.here import here, now
from portal.web.official import one_letter
from portal.web.official.opened import claims_of, is_own, open_case, path, turn, ways_out

pages = Blueprint("decided", __name__)


@pages.get("/telaah/<number>/keputusan")
def receipt(number: str) -> Any:
    """The newest decision of whoever asks, and what has become of it."""
    claims = claims_of(number)
    view = open_case(claims)
    application, sop = view.application, view.sop
    mine = _decided_by(case.history(application, view.words), view, claims)
    if not mine:
        return redirect(path(number), 303)
    waiting = {found.ticket: found for found, _ in here().cases.desk(claims["r"])}
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
        others=len(waiting.keys() - {number}),
        of_letter=one_letter.others(view, claims, [*waiting.values()]),
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


def _decided_by(happenings: Iterable[Happening], view: OfficialView, claims: Claims) -> list[Happening]:
    """What the reader of this link decided, oldest first."""
    decided = (happening for happening in happenings if happening.event.action in view.words.decisions)
    return [happening for happening in decided if is_own(happening.event.actor.email, claims)]
