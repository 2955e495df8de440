"""The applicant's way in, step 1: what he states.

What is asked and every rule about it are the schema's; what becomes of it is ``intake``'s.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request

from portal.core.draft import Draft
from portal.core.errors import Conflict, Finding, LinkExpired, NotFound
from portal.forms.form import Form
from portal.web import fields
from portal.web.drafts import (
    beginning,
    begun_as,
    begun_at,
    csrf,
    enter,
    mark,
    next_step,
    open_draft,
    overtaken,
    shown_email,
)
from portal.web.here import here, now, present, turn_to

pages = Blueprint("apply", __name__)


@pages.route("/ajukan", methods=["GET", "POST"])
def begin() -> Any:
    """The form, or which of several services it is to be."""
    services = here().office.services
    if len(services) > 1 and request.method == "GET":
        return render_template("apply/services.html")
    return _begin(services.first.service, other=False)


@pages.route("/ajukan/orang-lain", methods=["GET", "POST"])
def begin_for_other() -> Any:
    services = here().office.services
    if len(services) > 1 and request.method == "GET":
        return redirect("/ajukan", 303)
    return _begin(services.first.service, other=True)


@pages.route("/ajukan/<service:service>", methods=["GET", "POST"])
def begin_one(service: str) -> Any:
    return _begin(service, other=False)


@pages.route("/ajukan/<service:service>/orang-lain", methods=["GET", "POST"])
def begin_one_for_other(service: str) -> Any:
    return _begin(service, other=True)


@pages.route("/ajukan/<draft>/data", methods=["GET", "POST"])
def data(draft: str) -> Any:
    kept = open_draft(draft)
    form = here().intake.words_of(kept).form
    fixed = {name: kept.form[name] for name in (fields.FILLED_BY,) if name in kept.form}
    if request.method != "POST":
        return form_page(form, fixed, {**form.clean(fixed), **kept.form}, draft=kept)
    return filled_in(form, fixed, lambda values: here().intake.change_form(kept.id, values, kept.form), draft=kept)


@pages.get("/ajukan/<draft>/tersimpan")
def saved(draft: str) -> str:
    kept = open_draft(draft)
    expires = here().intake.expires_at(kept)
    email = shown_email(kept.form, kept.opened_by)
    return render_template("apply/saved.html", draft=kept, email=email, expires=expires)


@pages.get("/ajukan/lanjut/<token>")
def resume(token: str) -> Any:
    """The link in the email: from here on the draft opens with a cookie.

    Raises:
        NotFound: the draft has expired, or the address was changed since (``draft_unknown``): whoever reads the mail
            of a mistyped address must not read on.
    """
    try:
        claims = here().access.read_link("draft", token, now())
    except LinkExpired as expired:
        raise NotFound("draft_unknown") from expired  # the link lives exactly as long as the draft
    draft = here().intake.draft(claims["d"])
    if claims["r"] != (draft.opened_by or draft.form.get(turn_to(draft.service).applicant["email"])):
        raise NotFound("draft_unknown")
    return enter(draft)


@pages.get("/ajukan/<draft>")
def where_left(draft: str) -> Any:
    kept = open_draft(draft)
    return redirect(f"/ajukan/{kept.id}/{next_step(kept)}", 303)


# --- within ----------------------------------------------------------------------------------------------------------


def _begin(service: str, other: bool) -> Any:
    turn_to(service)
    form = here().office.words(service).form
    fixed = fields.filled_by(form, other)
    if fixed is None:
        abort(404)
    sop = present()
    if sop.first.kind == "opening":
        return render_template("apply/by_official.html", opener=sop.role(sop.first.role).label)
    if request.method != "POST":
        return form_page(form, fixed, form.clean(fixed))
    return filled_in(form, fixed, partial(here().intake.start, service, id=begun_as()))


def filled_in(
    form: Form,
    fixed: Mapping[str, str],
    keep: Callable[[Mapping[str, Any]], Draft],
    draft: Draft | None = None,
    token: str = "",
) -> Any:
    """What was typed, kept and on to the next step; or the page again, with what is wrong.

    Args:
        fixed: answers that nobody is asked for here.
        token: what a form carries where there is no draft yet.
    """
    raw = {**dict(request.form.lists()), **fixed}
    values = form.clean(raw)
    findings = form.check(values, here().office.today())
    save_only = request.form.get("tindakan") == "simpan"
    if save_only:
        # What is still missing may wait; where to send the link may not.
        findings = tuple(f for f in findings if f.field == present().applicant["email"] and not f.passable)
    noticed = "peringatan_dibaca" in request.form
    typed = fields.as_typed(form, raw, values)
    if draft and (changed := overtaken(draft, form, values)):
        return form_page(form, fixed, typed, findings, noticed, draft, changed=changed), 409
    if any(not (finding.passable and noticed) for finding in findings):
        return form_page(form, fixed, typed, findings, noticed, draft, token), 422
    try:
        kept = keep(values)
    except Conflict as conflict:
        if not draft or conflict.code != "draft_changed":
            raise
        draft = here().intake.draft(draft.id)  # changed at this very moment
        return form_page(form, fixed, typed, (), noticed, draft, changed=overtaken(draft, form, values)), 409
    return enter(kept, "tersimpan" if save_only else "")


def form_page(
    form: Form,
    fixed: Mapping[str, str],
    values: Mapping[str, Any],
    findings: tuple[Finding, ...] = (),
    noticed: bool = False,
    draft: Draft | None = None,
    token: str = "",
    changed: Sequence[tuple[str, str]] = (),
) -> str:
    """The page with the form; arguments as for ``filled_in``; ``changed`` as ``drafts.overtaken`` tells it."""
    return render_template(
        "apply/form.html",
        action=f"/ajukan/{draft.id}/data" if draft else request.path,
        begun="" if draft else beginning(),
        begun_at=begun_at(),
        csrf=csrf() if draft else token,
        opening=bool(draft.opened_by if draft else token),
        draft=draft,
        other=fixed.get(fields.FILLED_BY) == fields.OTHER,
        for_other_offered=bool(fixed),
        hidden=fields.hidden(form, values),
        sections=fields.asked(form, values),
        values=values,
        findings=findings,
        errors={finding.field: finding.message for finding in findings if not finding.passable},
        noticed=noticed,
        mark=mark(draft.form) if draft else "",
        changed=changed,
    )
