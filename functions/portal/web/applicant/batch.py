"""One person fills in for several: he says once who he is and for which office, opens his own link, and has one page.

The link went to his address, so that whoever opens it has shown that the address is his; there is no account.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core.draft import Draft
from portal.core.errors import Finding, LinkForged, NotFound
from portal.core.sop import Sop
from portal.forms.form import Form
from portal.forms.typed import masked_email
from portal.usecases.batches import MOST, Member
from portal.web import cards, fields
from portal.web.allowed import counted, must_be_allowed_to_write_to
from portal.web.applicant.drafts import beginning, begun_as, next_step, remember
from portal.web.applicant.own_case import PAGE as APPLICANT
from portal.web.here import here, now, present, turn_to

pages = Blueprint("batch", __name__)

PAGE: Final = "usulan"


@pages.route("/usulan", methods=["GET", "POST"])
def begin() -> Any:
    """Of several services that of the first one in which this can be done at all."""
    services = here().office.services
    return _begin(next((sop.service for sop in services if sop.batch), services.first.service))


@pages.route("/usulan/<service:service>", methods=["GET", "POST"])
def begin_one(service: str) -> Any:
    return _begin(service)


@pages.get("/usulan/<token>")
def show(token: str) -> Any:
    """An emailed link, swapped for a cookie; or the page with everybody, by the batch's id."""
    if "." not in token:
        return _page(own(token))
    claims = here().access.read_link(PAGE, token, now())
    batch = here().batches.load(claims["d"])
    if claims["r"] != here().batches.email(batch):
        raise NotFound("batch_unknown")
    return here().access.enter(PAGE, {"d": batch.id, "r": claims["r"]}, path(batch.id), now())


@pages.route("/usulan/<id>/data", methods=["GET", "POST"])
def change(id: str) -> Any:
    """What was said once, said anew: from now on, for those who are not added yet."""
    batch = own(id)
    form, email = here().batches.form(batch.service), here().office.services[batch.service].batch["email"]
    if request.method != "POST":
        return _form_page(form, batch.form, (), batch)
    raw = {**dict(request.form.lists()), email: [here().batches.email(batch)]}
    answers = form.clean(raw)
    findings = form.check(answers, here().office.today())
    if _stops(findings):
        return _form_page(form, fields.as_typed(form, raw, answers), findings, batch), 422
    here().batches.change(batch, answers)
    return redirect(path(id), 303)


@pages.route("/usulan/<id>/pegawai", methods=["GET", "POST"])
def add(id: str) -> Any:
    """One more person: name and address, and on to his form, in which all that is carried over stands already."""
    batch = own(id)
    form = here().office.words(batch.service).form
    asked = form.only([present().applicant["name"], present().applicant["email"]])
    if request.method != "POST":
        return _add_page(batch, asked, {}, ())
    raw = dict(request.form.lists())
    answers = form.clean({**here().batches.begins_with(batch), **raw, **(fields.filled_by(form, other=True) or {})})
    findings = [found for found in form.check(answers, here().office.today()) if found.field in asked.fields]
    address = present().applicant["email"]
    if any(member.email == answers.get(address) for member in here().batches.members(batch)):
        findings.append(Finding(address, here().messages["batch"]["there"]))
    if _stops(findings):
        return _add_page(batch, asked, fields.as_typed(asked, raw, answers), findings), 422
    must_be_allowed_to_write_to([str(answers[address])])
    added = here().batches.members(here().batches.add(batch, [answers]))
    return _enter(next(member.draft for member in added if member.draft and member.email == answers[address]))


@pages.post("/usulan/<id>/buka")
def open_member(id: str) -> Any:
    """What is to be done for one of them (field ``pegawai``), opened here: his draft, or what was returned."""
    batch = own(id)
    member = _member(batch)
    if member and member.draft:
        return _enter(member.draft)
    if member and member.application and member.is_returned:
        mends = f"/{APPLICANT}/{member.ticket}/perbaikan"
        claims = {**here().cases.applicant_claims(member.application), "batch": batch.id}
        return here().access.enter(APPLICANT, claims, mends, now())
    return redirect(path(id), 303)


@pages.post("/usulan/<id>/ingatkan")
def remind(id: str) -> Any:
    """The link that waits for one of them, sent to him once more."""
    batch = own(id)
    if member := _member(batch):
        here().batches.remind(batch, member)
        if member.application and member.is_unconfirmed:
            sop = here().office.sop_of(member.application)
            here().cases.owe_again(member.application, "confirm_address", member.application.applicant(sop))
    return redirect(f"{path(id)}?diingatkan", 303)


@pages.route("/usulan/<id>/hapus", methods=["GET", "POST"])
def drop(id: str) -> Any:
    """Somebody who is not to apply after all, as long as his application was not sent; asked once more first."""
    batch = own(id)
    member = _member(batch)
    if member is None or member.draft is None:
        return redirect(path(id), 303)
    if request.method == "POST":
        here().batches.drop(batch, member.id)
        return redirect(path(id), 303)
    return render_template("batch/drop.html", path=path(id), member=member, csrf=csrf())


@pages.get("/usulan/<id>/buka")
@pages.get("/usulan/<id>/ingatkan")
def seen_again(id: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(path(own(id).id), 303)


# --- within ----------------------------------------------------------------------------------------------------------


def path(id: str) -> str:
    return f"/{PAGE}/{id}"


def own(id: str) -> Draft:
    """The batch of this address, for whoever has opened its link; a posted form must be ours.

    Raises:
        LinkForged: no cookie, or that of another batch (``link_needed``).
        NotAllowed: the form is not ours (``form_foreign``), or too old (``form_late``).
        NotFound: it is over (``batch_unknown``).
    """
    claims = here().access.claims(PAGE, now())
    if claims.get("d") != id:
        raise LinkForged("link_needed", page=PAGE)
    if request.method == "POST":
        here().access.check_csrf(PAGE, now())
    batch = here().batches.load(id)
    turn_to(batch.service)
    return batch


def csrf() -> str:
    return here().access.csrf(PAGE, now())


def _begin(service: str) -> Any:
    turn_to(service)
    form = here().batches.form(service)
    if request.method != "POST":
        return _form_page(form, {}, ())
    raw = dict(request.form.lists())
    answers = form.clean(raw)
    findings = form.check(answers, here().office.today())
    if _stops(findings):
        return _form_page(form, fields.as_typed(form, raw, answers), findings), 422
    batch = counted(partial(here().batches.start, service, answers, begun_as() or here().intake.token()), begun_as())
    return render_template("batch/sent.html", email=masked_email(here().batches.email(batch)))


def _stops(findings: Sequence[Finding]) -> bool:
    return any(not (found.passable and "peringatan_dibaca" in request.form) for found in findings)


def _member(batch: Draft) -> Member | None:
    """Whom the field ``pegawai`` names."""
    wanted = request.values.get("pegawai", "")
    return next((member for member in here().batches.members(batch) if member.id == wanted), None)


def _enter(draft: Draft) -> Any:
    step = next_step(here().intake.draft(draft.id))
    return remember(redirect(f"/ajukan/{draft.id}/{step}", 303), draft, for_batch=True)


def _page(batch: Draft) -> str:
    words, sop = here().office.words(batch.service), present()
    # What he has to do something about comes first; the others stay in their order.
    members = sorted(here().batches.members(batch), key=lambda member: not member.is_returned)
    return render_template(
        "batch/show.html",
        batch=batch,
        path=path(batch.id),
        csrf=csrf(),
        facts=here().batches.form(batch.service).shown(batch.form),
        letters=cards.document_cards(batch, f"{path(batch.id)}/surat", csrf()),
        members=[_told(member, words.items, sop) for member in members],
        counts=[
            sum(member.draft is not None for member in members),
            sum(bool(member.application) and not member.is_returned and not member.is_closed for member in members),
            sum(member.is_returned for member in members),
            sum(member.is_closed for member in members),
        ],
        full=len(batch.members) >= MOST,
        expires=here().intake.expires_at,
        reminded="diingatkan" in request.args,
    )


def _told(member: Member, items: Mapping[str, str], sop: Sop) -> dict[str, Any]:
    """A member with how the case stands, and what is missing or was returned, in words."""
    case = member.application
    told = here().office.words_of(case) if case else None
    returned = next((e for e in reversed(case.events) if e.action == "return"), None) if case else None
    return {
        "member": member,
        "status": told.sop.status(case.step, case.state) if case and told else None,
        "missing": [(told.items if told else items).get(key, key) for key in dict.fromkeys(member.missing)],
        "said": told.said(case, returned) if case and told and returned and member.is_returned else {},
        "letter": sop.batch["letter"] in member.missing,
    }


def _form_page(form: Form, values: Mapping[str, Any], findings: Sequence[Finding], batch: Draft | None = None) -> str:
    return render_template(
        "batch/form.html",
        batch=batch,
        back=path(batch.id) if batch else "",
        action=request.path,
        begun="" if batch else beginning(),
        csrf=csrf() if batch else "",
        sections=fields.asked(form, values),
        fixed=present().batch["email"] if batch else "",
        most=MOST,
        **_said(values, findings),
    )


def _add_page(batch: Draft, asked: Form, values: Mapping[str, Any], findings: Sequence[Finding]) -> str:
    names = (present().applicant["name"], present().applicant["email"])
    return render_template(
        "batch/add.html",
        path=path(batch.id),
        csrf=csrf(),
        fields=[asked.fields[name] for name in names],
        **_said(values, findings),
    )


def _said(values: Mapping[str, Any], findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "values": values,
        "findings": tuple(findings),
        "errors": {found.field: found.message for found in findings if not found.passable},
        "warnings": {found.field: found.message for found in findings if found.passable},
        "noticed": "peringatan_dibaca" in request.form,
    }
