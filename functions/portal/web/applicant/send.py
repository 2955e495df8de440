"""The applicant's way in, step 3: reading it over, sending, and the ticket."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from portal.core.draft import Draft
from portal.core.errors import Conflict, Invalid
from portal.core.progress import confirm_by
from portal.core.steps import State
from portal.web import cards, fields
from portal.web.applicant.acknowledged import acknowledged
from portal.web.applicant.drafts import csrf, next_step, open_draft, opened, shown_email, wrong
from portal.web.here import here

pages = Blueprint("send", __name__)


@pages.route("/ajukan/<draft>/periksa", methods=["GET", "POST"])
def check(draft: str) -> Any:
    kept = open_draft(draft)
    if request.method != "POST":
        return _check_page(kept)
    if request.form.get("versi", type=int) not in (None, kept.version):
        return _check_page(kept, changed=True), 409
    if "pernyataan" not in request.form:
        return _check_page(kept, unstated=True), 422
    try:
        here().intake.submit(kept.id, kept)
    except Invalid:
        return _check_page(kept), 422
    except Conflict as conflict:
        if conflict.code != "draft_changed":
            raise
        return _check_page(here().intake.draft(kept.id), changed=True), 409
    return redirect(f"/ajukan/{kept.id}/terkirim", 303)


@pages.get("/ajukan/<draft>/terkirim")
def sent(draft: str) -> Any:
    return _sent_page("apply/sent.html", draft)


@pages.get("/ajukan/<draft>/tanda-terima")
def acknowledgement(draft: str) -> Any:
    return _sent_page("apply/acknowledgement.html", draft)


def _check_page(draft: Draft, unstated: bool = False, changed: bool = False) -> str:
    """``changed``: what was to be sent is not what had been read over."""
    words = here().intake.words_of(draft)
    form = words.form
    return render_template(
        "apply/check.html",
        draft=draft,
        csrf=csrf(),
        other=draft.form.get(fields.FILLED_BY) == fields.OTHER,
        sections=[(fields.key_of(section), section, answers) for section, answers in form.shown(draft.form)],
        wrong=[
            (finding, form.fields[finding.field].label, fields.home_of(form, finding.field)) for finding in wrong(draft)
        ],
        requirements=words.sop.requirements,
        missing=here().intake.missing(draft),
        twins=cards.twins(draft),
        unstated=unstated,
        changed=changed,
    )


def _sent_page(template: str, id: str) -> Any:
    draft = opened(id)
    if not draft.ticket:
        return redirect(f"/ajukan/{draft.id}/{next_step(draft)}", 303)
    application = here().office.records.load(draft.ticket)
    sop = here().office.sop_of(application)
    return render_template(
        template,
        draft=draft,
        status=sop.status(application.step, application.state),
        unconfirmed=application.state is State.UNCONFIRMED,
        confirm_until=confirm_by(application, sop),
        email=shown_email(application.form),
        other=bool(draft.opened_by) or application.form.get(fields.FILLED_BY) == fields.OTHER,
        **acknowledged(application),
    )
