"""Mending a returned application: only what was named is asked again, and sent back to who returned it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from portal.core import ticket
from portal.core.application import Application
from portal.core.draft import Document, Draft
from portal.core.errors import Invalid, NotFound
from portal.forms.wording import Fact
from portal.web import cards, fields, files
from portal.web.applicant.drafts import mark, overtaken
from portal.web.applicant.own_case import PAGE, case_facts, case_page, done, own, path
from portal.web.card_routes import Place, documents
from portal.web.here import here, now

pages = Blueprint("mending", __name__)


@pages.get("/permohonan/<number>/perbaikan")
def mend(number: str) -> Any:
    application = _own(number)
    if not application.may("resubmit", here().office.sop_of(application)):
        return redirect(_back(number, path(number)), 303)
    return _mending_page(application, here().intake.mending(application))


@pages.post("/permohonan/<number>/perbaikan")
def resubmit(number: str) -> Any:
    """What was typed is kept, then everything is sent, if nothing is missing; a second click changes nothing more."""
    application, raw = _own(number), dict(request.form.lists())
    if not application.may("resubmit", here().office.sop_of(application)):
        return _sent_already(application, raw)
    draft = here().intake.begin_mending(application)
    form = here().office.words_of(application).form.only(draft.items)
    if form.fields:
        values = form.clean(raw)
        if changed := overtaken(draft, form, values):
            return _mending_page(application, draft, raw=raw, changed=changed), 409
        draft = here().intake.change_form(draft.id, values)
    noticed = "peringatan_dibaca" in request.form
    findings = form.check(draft.form, here().office.today())
    shown = tuple(f for f in findings if not f.passable or f.field in form.fields)
    unchanged = () if noticed else _unchanged(application, draft)
    if unchanged or any(not (finding.passable and noticed) for finding in shown):
        page = _mending_page(
            application, draft, findings=shown, raw=raw, incomplete=True, noticed=noticed, unchanged=unchanged
        )
        return page, 422
    try:
        here().intake.resubmit(application, _filler())
    except Invalid:
        return _mending_page(application, draft, raw=raw, incomplete=True, noticed=noticed), 422
    return redirect(_back(number, done(number)), 303)


@pages.get("/permohonan/<number>/perbaikan/berkas")
def mended_documents(number: str) -> Any:
    return redirect(f"{path(ticket.parse(number))}/perbaikan", 303)


@pages.get("/permohonan/<number>/perbaikan/sebelumnya/<kind>/<int:page>.jpg")
def former_page(number: str, kind: str, page: int) -> Response:
    """A page of a document as it was returned, ``?lebar=`` 320 or 1000 pixels wide."""
    application = own(number)
    if not application.may("resubmit", here().office.sop_of(application)):
        raise NotFound("document_unknown")
    return files.page_as_asked(application.document(kind), page)


@documents(pages, "/permohonan/<number>/perbaikan/berkas")
def _place(number: str, changes: bool) -> Place:
    application = _own(number)
    draft = here().intake.begin_mending(application) if changes else here().intake.mending(application)
    return Place(
        draft,
        _base(application.ticket),
        _csrf(),
        lambda refusals: _mending_page(application, draft, refusals=refusals),
    )


def _own(number: str) -> Application:
    """For the applicant, and for whoever fills in for him and others."""
    return own(number, mends=True)


def _batch() -> str:
    """Id of the batch from whose page this browser came to mend; empty for the applicant himself."""
    return str(here().access.claims(PAGE, now()).get("batch", ""))


def _filler() -> str:
    """Name of whoever mends for the applicant; empty if that is the applicant himself."""
    return here().batches.name(here().batches.load(batch)) if (batch := _batch()) else ""


def _back(number: str, own_page: str) -> str:
    """Where one goes from here: to one's own case, or back to the page with everybody."""
    return f"/usulan/{batch}" if (batch := _batch()) else own_page


def _sent_already(application: Application, raw: Mapping[str, Any]) -> Any:
    """On to the case, if the same was sent before; else what was typed here and is in nobody's hands, to be copied."""
    form = here().office.words_of(application).form
    form = form.only(name for name in raw if name in form.fields)
    typed = {name: value for name, value in form.clean(raw).items() if value != application.form.get(name)}
    if not typed or _batch():
        return redirect(_back(application.ticket, done(application.ticket)), 303)
    answers = [(field.label, words) for _, shown in form.shown(typed) for field, words in shown]
    return case_page(application, not_kept=answers), 409


def _unchanged(application: Application, draft: Draft) -> tuple[str, ...]:
    """Names of the fields that were returned and say the same still."""
    form = here().office.words_of(application).form.only(draft.items)
    named = [name for name in application.returned["items"] if name in form.fields]
    return tuple(name for name in named if draft.form.get(name) == application.form.get(name))


def _mending_page(
    application: Application,
    draft: Draft,
    *,
    findings: tuple[Any, ...] = (),
    raw: Mapping[str, Any] | None = None,
    refusals: Mapping[str, cards.Explained] | None = None,
    incomplete: bool = False,
    noticed: bool = False,
    changed: Sequence[tuple[str, str]] = (),
    unchanged: Sequence[str] = (),
) -> str:
    words = here().office.words_of(application)
    form = words.form.only(draft.items)
    returned = next(event for event in reversed(application.events) if event.action == "return")
    facts = words.said(application, returned)
    shown = cards.document_cards(
        draft, _base(application.ticket), _csrf(), refusals or {}, notes=_notes(application, facts)
    )
    values = fields.as_typed(form, raw, form.clean(raw)) if raw is not None else dict(draft.form)
    return render_template(
        "applicant/mend.html",
        **case_facts(application),
        back=_back(application.ticket, path(application.ticket)),
        of=_batch(),
        facts=facts,
        # What somebody brought himself is not shown to who mends for him.
        former=() if _batch() else _former(application),
        named=application.returned["items"],
        before={field.name: said for _, shown in form.shown(application.form) for field, said in shown},
        unchanged=[form.fields[name] for name in unchanged],
        sections=fields.asked(form, values),
        values=values,
        findings=findings,
        errors={finding.field: finding.message for finding in findings if not finding.passable},
        noticed=noticed,
        mark=mark(draft.form),
        changed=changed,
        cards=shown,
        refused=bool(refusals),
        missing=[card for card in shown if card.kind in here().intake.missing(draft)] if incomplete else [],
    )


def _former(application: Application) -> list[dict[str, Any]]:
    """The documents that were returned, as they were, for the macro ``thumbs``."""
    named = application.returned["items"]
    found = here().office.sop_of(application).brought(application.documents)
    return [_shown(application, label, each) for label, each in found if each.requirement in named]


def _shown(application: Application, label: str, document: Document) -> dict[str, Any]:
    pictures = f"{path(application.ticket)}/perbaikan/sebelumnya/{document.kind}"
    # The content's mark is part of the address: what is returned next time must not be shown from a browser's cache.
    mark = f"v={document.sha256[:8]}"
    return {
        "label": label,
        "view": f"{path(application.ticket)}/berkas/{document.kind}",
        "thumb": f"{pictures}/1.jpg?lebar={files.THUMB}&{mark}",
        "pages": [f"{pictures}/{page}.jpg?{mark}" for page in range(1, document.pages + 1)],
    }


def _notes(application: Application, facts: Mapping[str, Fact]) -> dict[str, str]:
    """Why each document was returned, by its key; of several files nobody knows which of them is meant."""
    why = ". ".join(fact.text.rstrip(".") for name, fact in facts.items() if name != "items")
    asked = here().office.sop_of(application).documents
    return {
        each.key: f"{why}." for each in asked if why and each.files == 1 and each.key in application.returned["items"]
    }


def _base(number: str) -> str:
    return f"{path(number)}/perbaikan/berkas"


def _csrf() -> str:
    return here().access.csrf(PAGE, now())
