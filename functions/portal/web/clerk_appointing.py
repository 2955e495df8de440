"""A clerk appoints officials, lets them act, be away and go, and corrects their names.

Every form is sent twice: first to be told what will follow, then to let it. What follows may have changed meanwhile;
then it is told anew.
"""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core import appointments
from portal.core.appointments import Amendment
from portal.core.clerks import Clerk
from portal.core.errors import Finding, NotAllowed, PortalError
from portal.core.identity import digits
from portal.core.notices import Official
from portal.forms import typed
from portal.web.clerk_desk import days_of_visits
from portal.web.clerk_entry import csrf, reader, sent_by_reader
from portal.web.clerk_people import (
    PATH,
    mark_of,
    offered,
    official_of,
    official_page,
    post_label,
    same_person,
    visit_of,
)
from portal.web.here import here
from portal.web.refusals import explain

pages = Blueprint("clerk_appointing", __name__)

APPOINT: Final = f"{PATH}/tunjuk"
SEEN: Final = "akibat"
BACK: Final = "kembali"

FIELDS: Final = {
    "appointment_nameless": "nama",
    "appointment_number": "nip",
    "appointment_email": "email",
    "appointment_decree": "surat",
    "appointment_endless": "sampai",
    "appointment_past": "sampai",
    "appointment_overlaps": "mulai",
    "successor_wanted": "sampai",
    "appointment_begun": "",
    "post_wanted": "jabatan",
    "capacity_unreadable": "sekaligus",
}
"""Where on the form a refusal belongs; one of several days names its field itself."""

LONGEST: Final = 200


@pages.get(APPOINT)
def ask() -> str:
    reader()
    given = {"mulai": here().office.today().isoformat(), "jabatan": [request.args.get("jabatan", "")]}
    return _form(given)


@pages.post(f"{APPOINT}/periksa")
def check() -> Any:
    sent_by_reader()
    return _appoint(None)


@pages.post(f"{APPOINT}/catat")
def appoint() -> Any:
    """Fields as of the form, and ``akibat``: what it was said that follows."""
    return _appoint(sent_by_reader())


@pages.get(f"{APPOINT}/periksa")
@pages.get(f"{APPOINT}/catat")
def ask_again() -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(APPOINT, 303)


@pages.post(f"{PATH}/<id>/periksa")
def check_change(id: str) -> Any:
    sent_by_reader()
    return _change(official_of(id), None)


@pages.post(f"{PATH}/<id>/catat")
def change(id: str) -> Any:
    """Fields ``perubahan`` (which change), those of that change, and ``akibat``."""
    clerk = sent_by_reader()
    return _change(official_of(id), clerk)


@pages.get(f"{PATH}/<id>/periksa")
@pages.get(f"{PATH}/<id>/catat")
def one_again(id: str) -> Any:
    """As ``ask_again``."""
    return redirect(f"{PATH}/{mark_of(official_of(id))}", 303)


# --- appointing ------------------------------------------------------------------------------------------------------


def _appoint(clerk: Clerk | None) -> Any:
    values: dict[str, Any] = {**_typed(), "jabatan": request.form.getlist("jabatan")}
    if BACK in request.form:
        return _form(values)
    wanted, refused = _wanted(values)
    refused += [fault for official in wanted for fault in here().appointing.faults(official)]
    if refused:
        return _form(values, _findings(refused)), 422
    return _settle([here().appointing.appointment(official) for official in wanted], clerk, APPOINT, values)


def _wanted(values: dict[str, Any]) -> tuple[list[Official], list[PortalError]]:
    """Whom the form appoints, and what of it cannot be read."""
    first, last, refused = *_days("mulai", "sampai"), list[PortalError]()
    refused += [day for day in (first, last) if isinstance(day, PortalError)]
    posts = [post for post in offered() if "/".join(post) in values["jabatan"]]
    refused += [] if posts else [NotAllowed("post_wanted")]
    capacity = values.get("kedudukan", "")
    facts = {
        "name": values.get("nama", ""),
        "email": typed.email(values.get("email", "")),
        "number": values.get("nip", ""),
        "capacity": capacity if capacity in ("Plt.", "Plh.") else "",
        "decree": values.get("surat", ""),
        "replaces": values.get("menggantikan", "") if capacity in ("Plt.", "Plh.") else "",
        "since": first if isinstance(first, date) else here().office.today(),
        "until": last if isinstance(last, date) else None,
    }
    if isinstance(last, PortalError):
        facts["until"] = facts["since"]  # so that no further day is asked for
    return [Official(service, role, **facts) for service, role in posts], refused


def _form(values: dict[str, Any], findings: Sequence[Finding] = ()) -> str:
    today, holders = here().office.today(), dict[str, str]()
    for official in here().office.records.officials():
        if official.serves(today) and not official.capacity:
            holders[official.email.lower()] = f"{official.name}, {post_label(official.service, official.role)}"
    return render_template(
        "clerk/appoint.html",
        options=[{"value": "/".join(post), "label": post_label(*post)} for post in offered()],
        replaceable=[{"value": email, "label": who} for email, who in holders.items()],
        values=values,
        findings=findings,
        action=f"{APPOINT}/periksa",
        csrf=csrf(),
    )


# --- changing --------------------------------------------------------------------------------------------------------


def _change(official: Official, clerk: Clerk | None) -> Any:
    values = _typed()
    deed = values.get("perubahan", "")
    if BACK in request.form:
        return official_page(official, values=values, deed=deed)
    try:
        made = _amendments(official, deed, values)
        return _settle(made, clerk, f"{PATH}/{mark_of(official)}", values)
    except PortalError as refused:
        if refused.code not in FIELDS and refused.code != "day_unreadable":
            raise
        return official_page(official, values=values, deed=deed, findings=_findings([refused])), 422


def _amendments(official: Official, deed: str, values: dict[str, str]) -> list[Amendment]:
    """Raises PortalError: why it cannot be."""
    today = here().office.today()
    if deed == "betulkan":
        return [appointments.correction(official, values.get("nama", ""), values.get("nip", ""), today)]
    if deed == "akhiri":
        return [here().appointing.ending(official, *_read("sampai"))]
    if deed == "batalkan":
        return [appointments.cancelling(official, today)]
    if deed == "cuti":
        first, last = _read("mulai", "sampai")
        return [appointments.absence(each, first, last, today) for each in same_person(official)]
    if deed == "kapasitas":
        return [appointments.capacity(official, _number("sekaligus"), today)]
    if deed == "masuk":
        (first,) = _read("mulai")
        return [appointments.presence(each, first, today) for each in same_person(official)]
    return []


# --- both ------------------------------------------------------------------------------------------------------------


def _settle(made: Sequence[Amendment], clerk: Clerk | None, back: str, values: dict[str, Any]) -> Any:
    """Told what follows, or done if that was told and still is so; done twice is done once."""
    done = f"{PATH}?selesai={made[0].what if made else ''}"
    if all(amendment.changes_nothing for amendment in made):
        return redirect(done, 303)
    outlook = here().appointing.outlook(made)
    seen = sha256(repr(outlook).encode()).hexdigest()[:16]
    if clerk and request.form.get(SEEN) == seen:
        here().appointing.carry_out(made, clerk)
        return redirect(done, 303)
    return render_template(
        "clerk/follows.html",
        outlook=outlook,
        label_of=lambda official: post_label(official.service, official.role),
        today=here().office.today(),
        visits=_visits_on_leave(made[0]),
        typed=[(name, each) for name, said in values.items() for each in ([said] if isinstance(said, str) else said)],
        changed=bool(clerk),
        seen=seen,
        back=back,
        csrf=csrf(),
    )


def _visits_on_leave(amendment: Amendment) -> list[date]:
    """The day of each visit that is agreed for the days of somebody's absence, in an office that receives visitors."""
    official = amendment.after
    if amendment.what != "absent" or visit_of(official) is None:
        return []
    first, last = official.away[-1]
    lines = [line for line in here().archive.lines() if line.service == official.service]
    return sorted(day for day in days_of_visits(lines) if first <= day <= last)


def _typed() -> dict[str, str]:
    names = [name for name in request.form if name not in ("csrf", SEEN, BACK)]
    return {name: typed.one_line(request.form[name])[:LONGEST] for name in names}


def _day(name: str) -> date | PortalError | None:
    text = typed.day(typed.one_line(request.form.get(name, "")))
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return NotAllowed("day_unreadable", field=name)


def _days(*names: str) -> list[date | PortalError | None]:
    return [_day(name) for name in names]


def _read(*names: str) -> list[date]:
    """Raises NotAllowed (``day_unreadable``)."""
    found = []
    for name in names:
        day = _day(name)
        if not isinstance(day, date):
            raise NotAllowed("day_unreadable", field=name)
        found.append(day)
    return found


def _number(name: str) -> int | None:
    """Raises NotAllowed (``capacity_unreadable``)."""
    text = digits(typed.one_line(request.form.get(name, "")))
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 2):
        raise NotAllowed("capacity_unreadable")
    return int(text) if text else None


def _findings(refused: Sequence[PortalError]) -> list[Finding]:
    """Each of them once, though several offices may be refused for the same reason."""
    found = [
        Finding(str(fault.facts.get("field", "")) or FIELDS[fault.code], explain(fault.code, fault.facts)["sentence"])
        for fault in refused
    ]
    return list(dict.fromkeys(found))
