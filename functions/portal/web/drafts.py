"""A draft that this browser's cookie opens, and which of its pages comes next."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from flask import Response, abort, redirect, request

from portal.core.draft import Draft
from portal.core.errors import Finding, LinkExpired, LinkForged
from portal.forms.form import Form
from portal.forms.typed import masked_email, texts
from portal.web.access import FORM
from portal.web.here import here, now, present, turn_to

PAGE: Final = "draf"
"""Name of the cookie that opens one draft, and of its forms' tokens."""


def open_draft(id: str) -> Draft:
    """The draft behind this address, for whoever holds its cookie; once sent, its ticket's page.

    Raises:
        LinkForged: no cookie, or that of another draft (``draft_link_needed``).
        NotAllowed: a posted form that is not ours (``form_foreign``).
        NotFound: the draft has expired (``draft_unknown``).
    """
    draft = opened(id)
    if request.method == "POST":
        here().access.check_csrf(PAGE, now())
    if draft.ticket:
        abort(redirect(f"/ajukan/{draft.id}/terkirim", 303))
    return draft


def opened(id: str) -> Draft:
    """The same, sent or not."""
    try:
        claims = here().access.claims(PAGE, now())
    except LinkForged as problem:
        raise LinkForged("draft_link_needed") from problem
    if claims.get("d") != id:
        raise LinkForged("draft_link_needed")
    draft = here().intake.draft(id)
    turn_to(draft.service)
    return draft


def enter(draft: Draft, step: str = "") -> Response:
    """On to a step of the draft, by default the first one that is not done, with the cookie that opens it."""
    path = f"/ajukan/{draft.id}"
    response = redirect(f"{path}/{step or next_step(draft)}", 303)
    here().access.remember(response, PAGE, {"d": draft.id}, path, now())
    return response  # type: ignore[return-value]


def next_step(draft: Draft) -> str:
    """Last part of the address of the first step that is not done."""
    if draft.ticket:
        return "terkirim"
    if wrong(draft):
        return "data"
    return "berkas" if here().intake.missing(draft) else "periksa"


def wrong(draft: Draft) -> list[Finding]:
    """What of the answers does not do; nothing that may be passed over."""
    findings = here().intake.words_of(draft).form.check(draft.form, here().office.today())
    return [finding for finding in findings if not finding.passable]


def beginning() -> str:
    """Stands in a form that begins a draft (field ``mulai``), signed: the id that the draft is going to have."""
    id = begun_as() or here().intake.token()
    return here().office.links.sign("begin", {"d": id}, now() + FORM)


def begun_as() -> str:
    """The id in the posted form; empty if it says none of ours, or too old a one."""
    try:
        return str(here().office.links.read("begin", request.form.get("mulai", ""), now())["d"])
    except (LinkForged, LinkExpired):
        return ""


def mark(answers: Mapping[str, Any]) -> str:
    """Stands in a form for the answers that it was filled in over; other answers have another."""
    return sha256(json.dumps(answers, sort_keys=True, default=str).encode()).hexdigest()[:16]


def overtaken(draft: Draft, form: Form, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands in the draft by now where the posted form (field ``tanda``) was filled in over something else.

    Returns:
        Labels and answers in words of the fields that were typed otherwise; nothing if the form is up to date, or says
        the same anyway: a second click is no second opinion.
    """
    seen = request.form.get("tanda", "")
    if not seen or seen == mark(draft.form):
        return []
    kept = draft.form
    differing = [
        field for field in form.fields.values() if (typed.get(field.name) or "") != (kept.get(field.name) or "")
    ]
    return [
        (field.label, ", ".join(form.words(field.name, answer) for answer in texts(kept.get(field.name))))
        for field in differing
    ]


def csrf() -> str:
    """The token that the draft's forms carry."""
    return here().access.csrf(PAGE, now())


def begun_at() -> str:
    """Where an application for the service that this request is about begins."""
    return "/ajukan" if len(here().office.services) == 1 else f"/ajukan/{present().service}"


def shown_email(form: Mapping[str, Any], opened_by: str = "") -> str:
    """The address that hears of the draft, masked: the applicant's, or that of the official who fills it in."""
    return masked_email(opened_by or str(form.get(present().applicant["email"], "")))
