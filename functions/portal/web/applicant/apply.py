"""The applicant's way in: how a draft begins, and how it is gone on with.

From its first page on everything is kept; what a page of the form asks and takes is the business of ``parts``.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request

from portal.core.draft import Draft
from portal.core.errors import LinkExpired, NotFound
from portal.forms.form import Form
from portal.web import fields
from portal.web.allowed import counted
from portal.web.applicant.drafts import (
    beginning,
    begun_as,
    enter,
    next_step,
    open_draft,
    remember,
    shown_email,
    unfinished,
)
from portal.web.applicant.parts import Taken, onward, part_page
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


@pages.get("/ajukan/<draft>/tersimpan")
def saved(draft: str) -> str:
    kept = open_draft(draft)
    expires = here().intake.expires_at(kept)
    email = shown_email(kept.form, kept.opened_by)
    address = fields.home_of(here().intake.words_of(kept).form, present().applicant["email"])
    return render_template("apply/saved.html", draft=kept, email=email, address=address, expires=expires)


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
    return begun(form, fixed, partial(here().intake.start, service))


def begun(form: Form, fixed: Mapping[str, str], start: Callable[..., Draft], token: str = "") -> Any:
    """The first page of a form; or what was typed on it, kept from now on, and on to the next, or what is wrong.

    Args:
        fixed: who the application is for as long as nobody says otherwise.
        start: ``Intake.start`` for this service.
        token: what a form carries that an official begins for somebody; nobody asks him for whom.
    """
    asks = None if token else fields.for_whom(form)
    part = asks or fields.parts(form, fixed)[0]
    if request.method != "POST":
        mine = [] if token else unfinished(present().service)
        # Who comes back to this page having said nothing else yet goes on with the same draft.
        blank = next((draft.id for draft in mine if draft.form.keys() <= form.clean(fixed).keys()), "")
        mine = [draft for draft in mine if draft.id != blank]
        if (room := here().equipment.room) and not mine:
            room.must_suffice()  # nobody begins to type what he then cannot send; what was typed is taken and kept
        return part_page(form, part, fixed, begins=beginning(blank), token=token, mine=mine)
    raw = dict(request.form.lists())
    if asks and any(option.value in raw.get(fields.FILLED_BY, ()) for option in asks.fields[0].options):
        fixed = {fields.FILLED_BY: raw[fields.FILLED_BY][0]}
    elif asks and not raw.keys() & form.fields.keys():  # no button was pressed
        return part_page(form, part, fixed, begins=beginning(), token=token), 422
    # A page that is open somewhere since the form was one long page sends more than this one asks.
    raw |= {name: [answer] for name, answer in fixed.items()}
    posted = fields.whole(form, form.clean(raw), only=raw)
    names = {*part.names, *posted.names}
    taken = Taken.of(form, replace(posted, names=frozenset(names)), raw, fixed)
    shown = part if posted.names <= part.names else posted
    if taken.stops and not begun_as():  # from no page of ours
        return part_page(form, shown, taken.typed, taken, begins=beginning(), token=token), 422
    draft = counted(partial(start, taken.answers, id=begun_as(), names=names), begun_as())
    if taken.stops:
        page = part_page(form, shown, taken.typed, taken, begins=beginning(draft.id), token=token)
        return remember(make_response(page, 422), draft)
    return enter(draft, onward(draft, part, taken.onward))
