"""The applicant's way in: data, documents, reading it over, sending, and the ticket.

What is asked and every rule about it are the schema's; what becomes of it is ``intake``'s.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Blueprint, Response, abort, redirect, render_template, request

from portal.core.draft import Draft
from portal.core.errors import Finding, Invalid, LinkExpired, LinkForged, NotFound
from portal.core.progress import confirm_by
from portal.core.steps import State
from portal.forms.form import Form
from portal.forms.typed import masked_email
from portal.web import cards, fields, now, rooms

pages = Blueprint("apply", __name__)

PAGE: Final = "draf"
"""Name of the cookie that opens one draft, and of its forms' tokens."""


# --- Step 1: data ------------------------------------------------------------------------------------------------


@pages.route("/ajukan", methods=["GET", "POST"])
def begin() -> Any:
    return _begin(other=False)


@pages.route("/ajukan/orang-lain", methods=["GET", "POST"])
def begin_for_other() -> Any:
    return _begin(other=True)


@pages.route("/ajukan/<draft>/data", methods=["GET", "POST"])
def data(draft: str) -> Any:
    kept = _open(draft)
    form = rooms().portal.application_form()
    fixed = {name: kept.form[name] for name in (fields.FILLED_BY,) if name in kept.form}
    if request.method != "POST":
        return _form_page(form, fixed, {**form.clean(fixed), **kept.form}, draft=kept)
    return _filled_in(form, fixed, lambda values: rooms().intake.change_form(kept.id, values), draft=kept)


@pages.get("/ajukan/<draft>/tersimpan")
def saved(draft: str) -> str:
    kept = _open(draft)
    expires = kept.expires_at(rooms().portal.sop.data["draft_days"])
    return render_template("apply/saved.html", draft=kept, email=_masked_email(kept.form), expires=expires)


@pages.get("/ajukan/lanjut/<token>")
def resume(token: str) -> Any:
    """The link in the email: from here on the draft opens with a cookie.

    Raises:
        NotFound: the draft has expired, or the address was changed since (``draft_unknown``): whoever reads the mail
            of a mistyped address must not read on.
    """
    try:
        claims = rooms().access.read_link("draft", token, now())
    except LinkExpired as expired:
        raise NotFound("draft_unknown") from expired  # the link lives exactly as long as the draft
    draft = rooms().intake.draft(claims["d"])
    if claims["r"] != draft.form.get(_email_field()):
        raise NotFound("draft_unknown")
    return _enter(draft)


@pages.get("/ajukan/<draft>")
def where_left(draft: str) -> Any:
    kept = _open(draft)
    return redirect(f"/ajukan/{kept.id}/{_next_step(kept)}", 303)


# --- Step 2: documents ---------------------------------------------------------------------------------------------


@pages.get("/ajukan/<draft>/berkas")
def documents(draft: str) -> str:
    return _documents_page(_open(draft), {})


@pages.get("/ajukan/<draft>/berkas/<kind>/terunggah")
def arrived(draft: str, kind: str) -> str:
    kept = _open(draft)
    return cards.arrived(kept, kind, _base(kept), _csrf())


@pages.post("/ajukan/<draft>/berkas/<kind>")
def accept_document(draft: str, kind: str) -> Any:
    kept = _open(draft)
    return cards.accept(kept, kind, _base(kept), _csrf(), lambda refusals: _documents_page(kept, refusals))


@pages.post("/ajukan/<draft>/berkas/<kind>/hapus")
def remove_document(draft: str, kind: str) -> Any:
    kept = _open(draft)
    return cards.remove(kept, kind, _base(kept))


@pages.get("/ajukan/<draft>/berkas/<kind>/lihat")
def view_document(draft: str, kind: str) -> Response:
    return cards.view(_open(draft), kind)


@pages.get("/ajukan/<draft>/berkas/unduh/<file>")
def filled_in(draft: str, file: str) -> Response:
    return cards.filled_in(_open(draft), file)


# --- Step 3: reading over, sending -----------------------------------------------------------------------------------


@pages.route("/ajukan/<draft>/periksa", methods=["GET", "POST"])
def check(draft: str) -> Any:
    kept = _open(draft)
    if request.method != "POST":
        return _check_page(kept)
    if "pernyataan" not in request.form:
        return _check_page(kept, unstated=True), 422
    try:
        rooms().intake.submit(kept.id, kept)
    except Invalid:
        return _check_page(kept), 422
    return redirect(f"/ajukan/{kept.id}/terkirim", 303)


@pages.get("/ajukan/<draft>/terkirim")
def sent(draft: str) -> Any:
    return _sent_page("apply/sent.html", draft)


@pages.get("/ajukan/<draft>/tanda-terima")
def acknowledgement(draft: str) -> Any:
    return _sent_page("apply/acknowledgement.html", draft)


# --- within ----------------------------------------------------------------------------------------------------------


def _begin(other: bool) -> Any:
    form = rooms().portal.application_form()
    fixed = fields.filled_by(form, other)
    if fixed is None:
        abort(404)
    if request.method != "POST":
        return _form_page(form, fixed, form.clean(fixed))
    return _filled_in(form, fixed, rooms().intake.start)


def _filled_in(
    form: Form, fixed: Mapping[str, str], keep: Callable[[Mapping[str, Any]], Draft], draft: Draft | None = None
) -> Any:
    raw = {**dict(request.form.lists()), **fixed}
    values = form.clean(raw)
    findings = form.check(values, rooms().portal.today())
    save_only = request.form.get("tindakan") == "simpan"
    if save_only:
        # What is still missing may wait; where to send the link may not.
        findings = tuple(f for f in findings if f.field == _email_field() and not f.passable)
    noticed = "peringatan_dibaca" in request.form
    if any(not (finding.passable and noticed) for finding in findings):
        return _form_page(form, fixed, fields.as_typed(form, raw, values), findings, noticed, draft), 422
    kept = keep(values)
    return _enter(kept, "tersimpan" if save_only else "")


def _form_page(
    form: Form,
    fixed: Mapping[str, str],
    values: Mapping[str, Any],
    findings: tuple[Finding, ...] = (),
    noticed: bool = False,
    draft: Draft | None = None,
) -> str:
    return render_template(
        "apply/form.html",
        action=f"/ajukan/{draft.id}/data" if draft else request.path,
        csrf=_csrf() if draft else "",
        draft=draft,
        other=fixed.get(fields.FILLED_BY) == fields.OTHER,
        for_other_offered=bool(fixed),
        hidden=fields.hidden(form, values),
        sections=fields.asked(form, values),
        values=values,
        findings=findings,
        errors={finding.field: finding.message for finding in findings if not finding.passable},
        noticed=noticed,
    )


def _open(id: str) -> Draft:
    """The draft behind this address, for whoever holds its cookie; once sent, its ticket's page.

    Raises:
        LinkForged: no cookie, or that of another draft (``draft_link_needed``).
        NotAllowed: a posted form that is not ours (``form_foreign``).
        NotFound: the draft has expired (``draft_unknown``).
    """
    draft = _any(id)
    if request.method == "POST":
        rooms().access.check_csrf(PAGE, now())
    if draft.ticket:
        abort(redirect(f"/ajukan/{draft.id}/terkirim", 303))
    return draft


def _any(id: str) -> Draft:
    try:
        claims = rooms().access.claims(PAGE, now())
    except LinkForged as problem:
        raise LinkForged("draft_link_needed") from problem
    if claims.get("d") != id:
        raise LinkForged("draft_link_needed")
    return rooms().intake.draft(id)


def _enter(draft: Draft, step: str = "") -> Response:
    """On to a step of the draft, by default the first one that is not done, with the cookie that opens it."""
    path = f"/ajukan/{draft.id}"
    response = redirect(f"{path}/{step or _next_step(draft)}", 303)
    rooms().access.remember(response, PAGE, {"d": draft.id}, path, now())
    return response  # type: ignore[return-value]


def _next_step(draft: Draft) -> str:
    if draft.ticket:
        return "terkirim"
    if _wrong(draft):
        return "data"
    return "berkas" if rooms().intake.missing(draft) else "periksa"


def _wrong(draft: Draft) -> list[Finding]:
    findings = rooms().portal.application_form().check(draft.form, rooms().portal.today())
    return [finding for finding in findings if not finding.passable]


def _csrf() -> str:
    return rooms().access.csrf(PAGE, now())


def _base(draft: Draft) -> str:
    return f"/ajukan/{draft.id}/berkas"


def _documents_page(draft: Draft, refusals: Mapping[str, cards.Explained]) -> str:
    return render_template(
        "apply/documents.html",
        draft=draft,
        cards=cards.document_cards(draft, _base(draft), _csrf(), refusals),
        samples=rooms().extra.get("samples", ()),
        refused=bool(refusals),
    )


def _check_page(draft: Draft, unstated: bool = False) -> str:
    form = rooms().portal.application_form()
    return render_template(
        "apply/check.html",
        draft=draft,
        csrf=_csrf(),
        other=draft.form.get(fields.FILLED_BY) == fields.OTHER,
        sections=form.shown(draft.form),
        wrong=[(finding, form.fields[finding.field].label) for finding in _wrong(draft)],
        requirements=rooms().portal.sop.requirements,
        missing=rooms().intake.missing(draft),
        twins=cards.twins(draft),
        unstated=unstated,
    )


def _sent_page(template: str, id: str) -> Any:
    draft = _any(id)
    if not draft.ticket:
        return redirect(f"/ajukan/{draft.id}/{_next_step(draft)}", 303)
    portal, qr = rooms().portal, rooms().extra.get("qr")
    application = portal.records.load(draft.ticket)
    sop = portal.sop_of(application)
    status_address = f"{rooms().address}/status/{application.ticket}"
    submitted = application.events[0].at
    form, field = portal.application_form(sop), sop.applicant["office"]
    return render_template(
        template,
        draft=draft,
        application=application,
        edition=sop,
        status=sop.status(application.step, application.state),
        unconfirmed=application.state is State.UNCONFIRMED,
        submitted=submitted,
        confirm_until=confirm_by(application, sop),
        name=application.value("name", sop),
        office=form.label(field, application.value("office", sop)),
        office_label=form.fields[field].label,
        email=_masked_email(application.form),
        status_address=status_address,
        qr_code=qr(status_address) if qr else "",
    )


def _email_field() -> str:
    return str(rooms().portal.sop.applicant["email"])


def _masked_email(form: Mapping[str, Any]) -> str:
    return masked_email(str(form.get(_email_field(), "")))
