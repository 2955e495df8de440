"""Mending a returned application: only what was named is asked again, and sent back to who returned it."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request

from portal.core.application import Application
from portal.core.draft import Draft
from portal.core.errors import Invalid
from portal.web import cards, fields
from portal.web.applicant import DONE, PAGE, case_facts, own
from portal.web.here import here, now

pages = Blueprint("mending", __name__)

_BASE: Final = "/permohonan/perbaikan/berkas"


@pages.get("/permohonan/perbaikan")
def mend() -> Any:
    application = own()
    if not application.may("resubmit", here().office.sop_of(application)):
        return redirect("/permohonan", 303)
    return _mending_page(application, here().intake.mending(application))


@pages.post("/permohonan/perbaikan")
def resubmit() -> Any:
    """What was typed is kept, then everything is sent, if nothing is missing; a second click changes nothing more."""
    application = own()
    if not application.may("resubmit", here().office.sop_of(application)):
        return redirect(DONE, 303)
    draft = here().intake.begin_mending(application)
    form = here().office.words_of(application).form.only(draft.items)
    raw = dict(request.form.lists())
    if form.fields:
        draft = here().intake.change_form(draft.id, form.clean(raw))
    noticed = "peringatan_dibaca" in request.form
    findings = form.check(draft.form, here().office.today())
    shown = tuple(f for f in findings if not f.passable or f.field in form.fields)
    if any(not (finding.passable and noticed) for finding in shown):
        return _mending_page(application, draft, findings=shown, raw=raw, noticed=noticed), 422
    try:
        here().intake.resubmit(application)
    except Invalid:
        return _mending_page(application, draft, raw=raw, incomplete=True, noticed=noticed), 422
    return redirect(DONE, 303)


@pages.get("/permohonan/perbaikan/berkas")
def mended_documents() -> Any:
    return redirect("/permohonan/perbaikan", 303)


@pages.get("/permohonan/perbaikan/berkas/<kind>/terunggah")
def arrived(kind: str) -> str:
    return cards.arrived(here().intake.mending(own()), kind, _BASE, _csrf())


@pages.post("/permohonan/perbaikan/berkas/<kind>")
def accept_document(kind: str) -> Any:
    application = own()
    draft = here().intake.begin_mending(application)
    return cards.accept(
        draft, kind, _BASE, _csrf(), lambda refusals: _mending_page(application, draft, refusals=refusals)
    )


@pages.post("/permohonan/perbaikan/berkas/<kind>/hapus")
def remove_document(kind: str) -> Any:
    return cards.remove(here().intake.begin_mending(own()), kind, _BASE)


@pages.get("/permohonan/perbaikan/berkas/<kind>/lihat")
def view_document(kind: str) -> Response:
    return cards.view(here().intake.mending(own()), kind)


@pages.get("/permohonan/perbaikan/berkas/unduh/<file>")
def filled_in(file: str) -> Response:
    return cards.filled_in(here().intake.mending(own()), file)


def _mending_page(
    application: Application,
    draft: Draft,
    *,
    findings: tuple[Any, ...] = (),
    raw: Mapping[str, Any] | None = None,
    refusals: Mapping[str, cards.Explained] | None = None,
    incomplete: bool = False,
    noticed: bool = False,
) -> str:
    words = here().office.words_of(application)
    form = words.form.only(draft.items)
    shown = cards.document_cards(draft, _BASE, _csrf(), refusals or {})
    returned = next(event for event in reversed(application.events) if event.action == "return")
    values = fields.as_typed(form, raw, draft.form) if raw is not None else dict(draft.form)
    return render_template(
        "applicant/mend.html",
        **case_facts(application),
        facts=words.said(application, returned),
        sections=fields.asked(form, values),
        values=values,
        findings=findings,
        errors={finding.field: finding.message for finding in findings if not finding.passable},
        noticed=noticed,
        cards=shown,
        refused=bool(refusals),
        missing=[card for card in shown if card.kind in here().intake.missing(draft)] if incomplete else [],
    )


def _csrf() -> str:
    return here().access.csrf(PAGE, now())
