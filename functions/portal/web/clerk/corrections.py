"""What a clerk sets right in a case, or does about it, from the case's own page; each time with a reason."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core import ticket
from portal.core.application import Application
from portal.core.errors import Conflict, Finding, NotAllowed
from portal.forms.wording import Words
from portal.web import fields
from portal.web.case import history
from portal.web.clerk.archive import PATH, REASON, case_page, case_path
from portal.web.clerk.entry import csrf, reader, sent_by_reader
from portal.web.here import here, turn_to
from portal.web.refusals import explain

pages = Blueprint("clerk_corrections", __name__)

WHOM: Final = "kepada"
RECEIVER: Final = "penerima"
NOTICED: Final = "peringatan_dibaca"
READ_OVER: Final = "diperiksa"


@pages.post(f"{PATH}/<number>/batalkan")
def undo(number: str) -> Any:
    """Fields ``peristiwa`` (the decision that was seen) and ``alasan``."""
    clerk, number = sent_by_reader(), ticket.parse(number)
    try:
        here().corrections.undo(number, seen(), reason(), clerk)
    except NotAllowed as refused:
        if refused.code != "reason_missing":
            raise
        return case_page(number, "undo", found(REASON, refused), {REASON: reason()}), 422
    return redirect(done(number), 303)


@pages.post(f"{PATH}/<number>/kirim-ulang")
def resend(number: str) -> Any:
    """Fields ``kepada`` (the applicant, or whoever has the case), ``peristiwa`` and ``alasan``."""
    clerk, number, to = sent_by_reader(), ticket.parse(number), request.form.get(WHOM, "")
    try:
        if not to:
            raise NotAllowed("resend_unchosen")
        here().corrections.resend(number, seen(), to, reason(), clerk)
    except NotAllowed as refused:
        if refused.code not in ("reason_missing", "resend_unchosen"):
            raise
        field = REASON if refused.code == "reason_missing" else WHOM
        return case_page(number, "resend", found(field, refused), {REASON: reason(), WHOM: to}), 422
    return redirect(done(number), 303)


@pages.post(f"{PATH}/<number>/serahkan")
def assign(number: str) -> Any:
    """Fields ``penerima`` (an address of those who may act, or all of them), ``peristiwa`` and ``alasan``."""
    clerk, number, to = sent_by_reader(), ticket.parse(number), request.form.get(RECEIVER, "")
    try:
        here().corrections.assign(number, seen(), to, reason(), clerk)
    except NotAllowed as refused:
        if refused.code not in ("reason_missing", "assign_unchosen", "nothing_assigned"):
            raise
        field = REASON if refused.code == "reason_missing" else RECEIVER
        return case_page(number, "assign", found(field, refused), {REASON: reason(), RECEIVER: to}), 422
    return redirect(done(number), 303)


@pages.get(f"{PATH}/<number>/betulkan")
def amending(number: str) -> Any:
    """The answers that may be set right."""
    reader()
    application = here().office.records.load(ticket.parse(number))
    return _amending_page(application, application.form)


@pages.post(f"{PATH}/<number>/betulkan")
def amend(number: str) -> Any:
    """The form's fields, ``alasan`` and ``peristiwa``; kept only once what is changed has been read over."""
    clerk, corrections = sent_by_reader(), here().corrections
    application, raw = here().office.records.load(ticket.parse(number)), request.form.to_dict(flat=False)
    amended, form = corrections.amended(application, raw), corrections.amendable(application)
    try:
        if READ_OVER in request.form or not amended.changes:
            corrections.amend(application.ticket, seen(), amended, reason(), clerk)
            return redirect(done(application.ticket), 303)
    except Conflict as conflict:
        changed = explain(conflict.code, conflict.facts)["sentence"]
        return _amending_page(application, fields.as_typed(form, raw, amended.form), stale=changed), 409
    except NotAllowed as refused:
        if refused.code not in ("reason_missing", "nothing_amended"):
            raise
        field = REASON if refused.code == "reason_missing" else ""
        return _amending_page(application, fields.as_typed(form, raw, amended.form), found(field, refused)), 422
    findings = [each for each in amended.findings if not (each.passable and NOTICED in request.form)]
    if not reason():
        findings += found(REASON, NotAllowed("reason_missing"))
    if findings:
        return _amending_page(application, fields.as_typed(form, raw, amended.form), findings), 422
    return _read_over_page(application, amended.changes, raw)


@pages.get(f"{PATH}/<number>/batalkan")
@pages.get(f"{PATH}/<number>/kirim-ulang")
@pages.get(f"{PATH}/<number>/serahkan")
def seen_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(case_path(ticket.parse(number)), 303)


def seen() -> int:
    """The event as of which the case was seen; 0 for what is none."""
    given = request.form.get("peristiwa", "")
    return int(given) if given.isdecimal() and len(given) < 9 else 0


def reason() -> str:
    return request.form.get(REASON, "").strip()[:1000]


def found(field: str, refused: NotAllowed) -> list[Finding]:
    return [Finding(field, explain(refused.code, refused.facts)["sentence"])]


def done(number: str) -> str:
    """The case, with a word that what was just done is in its history."""
    return f"{case_path(number)}?tercatat"


# --- within ----------------------------------------------------------------------------------------------------------


def _amending_page(
    application: Application, values: Mapping[str, Any], findings: Sequence[Finding] = (), stale: str = ""
) -> Any:
    form = here().corrections.amendable(application)
    if not form.fields:
        return redirect(case_path(application.ticket), 303)
    return render_template(
        "clerk/amend.html",
        **_facts(application),
        sections=fields.asked(form, values),
        values=values,
        findings=findings,
        errors={finding.field: finding.message for finding in findings if not finding.passable},
        noticed=NOTICED in request.form,
        reason=reason(),
        stale=stale,
    )


def _read_over_page(
    application: Application, changes: Mapping[str, Mapping[str, Any]], raw: Mapping[str, Sequence[str]]
) -> str:
    words = here().office.words_of(application)
    address = words.sop.applicant.get("email", "")
    return render_template(
        "clerk/amend_check.html",
        **_facts(application),
        changes=[_in_words(words, name, change) for name, change in changes.items()],
        address=str(changes[address]["to"]) if address in changes else "",
        former=application.address(words.sop),
        reason=reason(),
        sent=[(name, value) for name, values in raw.items() if name != "csrf" for value in values],
    )


def _facts(application: Application) -> dict[str, Any]:
    turn_to(application.service)
    words = here().office.words_of(application)
    return {
        "application": application,
        "name": application.value("name", words.sop),
        "path": case_path(application.ticket),
        "latest": history(application, words)[-1],
        "csrf": csrf(),
    }


def _in_words(words: Words, name: str, change: Mapping[str, Any]) -> dict[str, str]:
    field = words.form.fields[name]
    was, now = (words.form.words(name, str(change[when])) if change[when] else "" for when in ("from", "to"))
    return {"label": field.label, "was": was, "now": now}
