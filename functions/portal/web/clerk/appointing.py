"""A clerk appoints officials, for good or to stand in; what follows is told first (``clerk_follows``)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core.clerks import Clerk
from portal.core.errors import Finding, NotAllowed, PortalError
from portal.core.officials import Official
from portal.forms import typed
from portal.web.clerk.entry import csrf, reader, sent_by_reader
from portal.web.clerk.follows import BACK, day, findings_of, settle, typed_fields
from portal.web.clerk.people import PATH, offered, post_label
from portal.web.here import here

pages = Blueprint("clerk_appointing", __name__)

APPOINT: Final = f"{PATH}/tunjuk"


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


# --- within ----------------------------------------------------------------------------------------------------------


def _appoint(clerk: Clerk | None) -> Any:
    values: dict[str, Any] = {**typed_fields(), "jabatan": request.form.getlist("jabatan")}
    if BACK in request.form:
        return _form(values)
    wanted, refused = _wanted(values)
    refused += [fault for official in wanted for fault in here().appointing.faults(official)]
    if refused:
        return _form(values, findings_of(refused)), 422
    return settle([here().appointing.appointment(official) for official in wanted], clerk, APPOINT, values)


def _wanted(values: dict[str, Any]) -> tuple[list[Official], list[PortalError]]:
    """Whom the form appoints, and what of it cannot be read."""
    first, last, refused = day("mulai"), day("sampai"), list[PortalError]()
    refused += [each for each in (first, last) if isinstance(each, PortalError)]
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
