"""The register of what has been issued, behind the desk of those who keep it: looked up, and what happens recorded.

What is searched for is posted, so that no name stays in an address.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core.errors import Finding, Invalid, LinkForged, NotAllowed
from portal.core.officials import Official
from portal.core.register import HOLDER, Certificate, Standing, keeps_register
from portal.core.sop import Sop
from portal.forms.form import Field
from portal.usecases.register import ACTIONS
from portal.web import fields
from portal.web.here import here, now, turn_to
from portal.web.official.opened import DESK, at_desk, sent_from_desk

pages = Blueprint("register", __name__)

SIZE: Final = 25
"""Entries on a page."""
MOST: Final = 50
"""Entries that are shown of those found; who finds more is asked for more words."""
LISTS: Final = ("", Standing.EXPIRING, Standing.EXPIRED, Standing.REVOKED, Standing.REPLACED)
"""By how they stand, each in the order of their ends; nothing for all that stand."""
ABOVE: Final = "/meja/register"
PLACE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}#[A-Za-z0-9-]{1,60}")


@dataclass(frozen=True)
class Choice:
    """What may be recorded of an entry, with its own fields; what came back with findings is ``open``."""

    action: str
    title: str
    fields: tuple[Field, ...]
    values: Mapping[str, Any]
    errors: Mapping[str, str]
    open: bool


@pages.get("/meja/register")
def registers() -> Any:
    """Those that this person keeps; the only one at once."""
    try:
        found = kept_by(_email())
    except LinkForged:
        return render_template("official/desk_link.html")
    if not found:
        raise NotAllowed("register_not_yours")
    if len(found) == 1:
        return redirect(path(found[0].service), 303)
    return render_template("official/registers.html", kept=found, above=ABOVE)


@pages.get("/meja/register/<service:service>")
def show(service: str) -> str:
    keeper_of(service)
    return listed(service, _common(service))


def listed(service: str, common: Mapping[str, Any]) -> str:
    """Those that stand in one way, next to end first, a page from a place on, or the one before a place."""
    standing, after, before = request.args.get("keadaan", ""), _place("sesudah"), _place("sebelum")
    standing = standing if standing in LISTS else ""
    if before:
        found = here().register.listed(service, standing, "", SIZE + 1, before)
        if found[SIZE:]:  # a page that is not the first
            return _list_page(common, found[1:], standing=standing, after=found[0].place, next=found[-1].place)
        after = ""
    found = here().register.listed(service, standing, after, SIZE + 1)
    return _list_page(
        common, found[:SIZE], standing=standing, after=after, next=found[SIZE - 1].place if found[SIZE:] else ""
    )


@pages.post("/meja/register/<service:service>")
def search(service: str) -> str:
    keeper_of(service)
    sent_from_desk()
    return found_in(service, _common(service))


def found_in(service: str, common: Mapping[str, Any]) -> str:
    """Those with this name, staff number, ticket or serial (``cari``), however they stand; all without any."""
    text = request.form.get("cari", "").strip()
    if not text:
        return listed(service, common)
    found = here().register.find(service, text)
    return _list_page(common, found[:MOST], text=text, found=len(found))


@pages.get("/meja/register/<service:service>/entri/<id>")
def entry(service: str, id: str) -> str:
    return _entry_page(keeper_of(service), here().office.records.certificate(service, id))


@pages.post("/meja/register/<service:service>/entri/<id>/periksa")
def check(service: str, id: str) -> Any:
    """What is about to be recorded, to be read once more; nothing is kept yet."""
    official = keeper_of(service)
    sent_from_desk()
    kept, action, raw = _asked(service, id)
    register = here().register
    try:
        values = register.checked(kept, action, raw)
    except Invalid as refused:
        return _entry_page(official, kept, action, raw, refused.findings), 422
    form = register.form(service, action)
    return render_template(
        "official/entry_check.html",
        **_common(service),
        entry=kept,
        action=action,
        title=form.sections[0].title,
        answers=[(field, words) for _, answers in form.shown(values) for field, words in answers],
        before={name: getattr(kept, name) for name in HOLDER} if action == "change" else {},
        hidden={**values, "tindakan": action, "versi": kept.version},
    )


@pages.post("/meja/register/<service:service>/entri/<id>/catat")
def record(service: str, id: str) -> Any:
    official = keeper_of(service)
    sent_from_desk()
    kept, action, raw = _asked(service, id)
    seen = request.form.get("versi", "")
    by = official.as_actor(here().register.sop(service))
    try:
        here().register.record(kept, action, raw, int(seen) if seen.isdecimal() and len(seen) < 9 else 0, by)
    except Invalid as refused:
        return _entry_page(official, kept, action, raw, refused.findings), 422
    return redirect(f"{path(service)}/entri/{id}?tercatat", 303)


@pages.get("/meja/register/<service:service>/entri/<id>/periksa")
@pages.get("/meja/register/<service:service>/entri/<id>/catat")
def entry_again(service: str, id: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(f"{path(service)}/entri/{id}", 303)


def path(service: str) -> str:
    return f"{ABOVE}/{service}"


def kept_by(email: str, officials: Iterable[Official] | None = None) -> list[Sop]:
    """The services whose register this person keeps today."""
    held = here().cases.appointments(email, officials)
    return [sop for sop in here().office.services if any(keeps_register(official, sop) for official in held)]


def keeper_of(service: str) -> Official:
    """Under which appointment the reader of this page keeps the register, on a page in the words of its service.

    Raises:
        LinkForged: no desk is open in this browser (``link_needed``).
        NotAllowed: the register is kept by others (``register_not_yours``).
    """
    sop = turn_to(service)
    for official in here().cases.appointments(_email(), here().office.records.officials(service)):
        if keeps_register(official, sop):
            return official
    raise NotAllowed("register_not_yours")


# --- within ----------------------------------------------------------------------------------------------------------


def _place(asked: str) -> str:
    """A place on the list, if that is what the address names."""
    place = request.args.get(asked, "")
    return place if PLACE.fullmatch(place) else ""


def _email() -> str:
    return str(at_desk()["r"])


def _asked(service: str, id: str) -> tuple[Certificate, str, Mapping[str, Any]]:
    kept, action = here().office.records.certificate(service, id), request.form.get("tindakan", "")
    if action not in ACTIONS or not here().register.reasons(service, action):
        raise NotAllowed("form_foreign")
    return kept, action, dict(request.form.lists())


def _common(service: str) -> dict[str, Any]:
    return common(path(service), here().access.csrf(DESK, now()), keeps=True)


def common(path: str, csrf: str, *, keeps: bool) -> dict[str, Any]:
    """What every page of a register needs.

    Args:
        path: of the register where its reader has it; ``keeps``: does he record and import there?
    """
    return {
        "path": path,
        "csrf": csrf,
        "keeps": keeps,
        "standings": here().messages["register"]["standings"],
        "labels": {name: asked["title"] for name, asked in here().register.schemas["entry"]["properties"].items()},
    }


def _list_page(common: Mapping[str, Any], entries: Sequence[Certificate], **more: Any) -> str:
    register = here().register
    shown = [(entry, register.standing(entry).value) for entry in entries]
    nothing = {"text": "", "standing": "", "after": "", "next": "", "found": len(shown)}
    first = entries[0].place if entries and more.get("after") else ""
    return render_template(
        "official/register.html",
        **common,
        entries=shown,
        lists=LISTS,
        most=MOST,
        first=first,
        **{**nothing, **more},
    )


def _entry_page(
    official: Official,
    kept: Certificate,
    action: str = "",
    raw: Mapping[str, Any] | None = None,
    findings: Iterable[Finding] = (),
) -> str:
    register, findings = here().register, tuple(findings)
    return render_template(
        "official/entry.html",
        **_common(kept.service),
        **told(kept),
        choices=[_choice(kept, key, key == action, raw or {}, findings) for key in register.actions(kept, official)],
        own=kept.concerns(official.email, official.number),
        findings=findings,
        tried=action,
        just_done="tercatat" in request.args,
    )


def told(kept: Certificate) -> dict[str, Any]:
    """An entry as its page tells it."""
    register = here().register
    return {
        "entry": kept,
        "standing": register.standing(kept).value,
        "history": [
            (each, register.reason(kept, each), register.changes(kept, each)) for each in reversed(kept.recorded)
        ],
        "actions_done": here().messages["register"]["done"],
    }


def _choice(kept: Certificate, action: str, tried: bool, raw: Mapping[str, Any], findings: Iterable[Finding]) -> Choice:
    form = here().register.form(kept.service, action)
    holder = {name: getattr(kept, name) for name in HOLDER} if action == "change" else {}
    return Choice(
        action=action,
        title=form.sections[0].title,
        fields=tuple(form.fields.values()),
        values=fields.as_typed(form, raw, form.clean(raw)) if tried else holder,
        errors={finding.field: finding.message for finding in findings} if tried else {},
        open=tried,
    )
