"""A draft that this browser's cookie opens, and which of its pages comes next."""

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from flask import Response, abort, redirect, request

from portal.core.draft import Draft, answers_to
from portal.core.errors import Finding, LinkExpired, LinkForged, NotFound
from portal.forms.form import Form
from portal.forms.typed import masked_email, texts
from portal.web import fields
from portal.web.access import FORM, SESSION
from portal.web.here import here, now, present, turn_to

PAGE: Final = "draf"
"""Name of the cookie that opens one draft, and of its forms' tokens."""

MINE: Final = "draf-saya"
"""Name of the cookie that says which drafts a browser may open, for the page with which an application begins."""

_MINE_AT: Final = ("/ajukan", "/permohonan")
"""Where it is told: there, and where a case is left, which closes the draft that it was sent from."""

_AT_MOST: Final = 5  # drafts that a browser is offered


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
    return remember(redirect(f"/ajukan/{draft.id}/{step or next_step(draft)}", 303), draft)


def remember(response: Any, draft: Draft, *, for_batch: bool = False) -> Response:
    """The same answer, with the cookie that opens the draft: as long as it lives, until a link to it can be mailed.

    Args:
        for_batch: whoever opens it came from the page of its batch, and goes back there.
    """
    access, path = here().access, f"/ajukan/{draft.id}"
    life = SESSION if shown_email(draft.form) else max(here().intake.expires_at(draft) - now(), SESSION)
    claims = {"d": draft.id, "batch": draft.batch} if for_batch or behind(draft) else {"d": draft.id}
    access.remember(response, PAGE, claims, path, now(), life)
    if not draft.opened_by and "batch" not in claims:
        others = [entry for entry in _mine() if entry[0] != draft.id][1 - _AT_MOST :]
        known = [*others, (draft.id, (now() + life).isoformat())]
        access.keep(response, f"cookie.{MINE}", {"d": known}, _MINE_AT, now(), here().intake.expires_at(draft) - now())
    return response  # type: ignore[no-any-return]


def forget(response: Any, number: str) -> None:
    """Closes in this browser the drafts that were sent as this case; the others stay known, and open."""
    access = here().access
    sent: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for id, until in _mine():
        with suppress(NotFound):
            (sent if here().intake.draft(id).ticket == number else others).append((id, until))
    if not sent:
        return
    for id, _ in sent:
        access.forget(response, PAGE, f"/ajukan/{id}")
    last = max((datetime.fromisoformat(until) for _, until in others), default=now())
    access.keep(response, f"cookie.{MINE}", {"d": others}, _MINE_AT, now(), last - now())


def behind(draft: Draft) -> str:
    """Address of the batch from whose page this browser opened the draft; empty if it came another way."""
    try:
        claims = here().access.claims(PAGE, now())
    except LinkForged:
        return ""
    known = claims.get("d") == draft.id and bool(draft.batch) and claims.get("batch") == draft.batch
    return f"/usulan/{draft.batch}" if known else ""


def unfinished(service: str) -> list[Draft]:
    """The drafts of this service that this browser may open and that were not sent, the newest first."""
    found = []
    for id, until in reversed(_mine()):
        with suppress(NotFound):
            draft = here().intake.draft(id) if until > now().isoformat() else None
            if draft and not (draft.ticket or draft.batch) and draft.service == service:
                found.append(draft)
    return found


def _mine() -> list[tuple[str, str]]:
    """Ids of drafts, and until when their cookies open them."""
    try:
        return [(id, until) for id, until in here().access.claims(MINE, now())["d"]]
    except LinkForged:
        return []


def next_step(draft: Draft) -> str:
    """Last part of the address of the first step, or part of the form, that is not done."""
    if draft.ticket:
        return "terkirim"
    if found := wrong(draft):
        return f"data/{first_home(draft, found)}"
    return "berkas" if here().intake.missing(draft) else "periksa"


def wrong(draft: Draft) -> list[Finding]:
    """What of the answers does not do; nothing that may be passed over."""
    findings = here().intake.words_of(draft).form.check(draft.form, here().office.today())
    return [finding for finding in findings if not finding.passable]


def first_home(draft: Draft, found: Sequence[Finding]) -> str:
    """Key of the first part of the form with one of these findings."""
    form = here().intake.words_of(draft).form
    homes = {fields.home_of(form, finding.field) for finding in found}
    order = [fields.FOR_WHOM, *(part.key for part in fields.parts(form, draft.form))]
    return next((key for key in order if key in homes), min(homes))


def beginning(id: str = "") -> str:
    """Stands in a form that begins a draft (field ``mulai``), signed: the id that the draft is going to have."""
    id = id or begun_as() or here().intake.token()
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


def overtaken(
    draft: Draft, form: Form, typed: Mapping[str, Any], names: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """What stands in the draft by now where the posted form (field ``tanda``) was filled in over something else.

    Args:
        names: the questions of the page; None: all of them. What was changed on another page does not concern it.

    Returns:
        Labels and answers in words of the fields that were typed otherwise; nothing if the form is up to date, or says
        the same anyway: a second click is no second opinion.
    """
    seen = request.form.get("tanda", "")
    kept = draft.form if names is None else answers_to(draft.form, names)
    if not seen or seen == mark(kept):
        return []
    differing = [
        field
        for field in form.fields.values()
        if (names is None or field.name in names) and (typed.get(field.name) or "") != (kept.get(field.name) or "")
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
    """The address that hears of the draft, masked: the applicant's, or that of the official who fills it in.

    Empty as long as the applicant's is not known.
    """
    email = str(form.get(present().applicant["email"], ""))
    return masked_email(opened_by or email) if email else ""
