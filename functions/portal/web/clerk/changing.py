"""A clerk lets an official go, be away or come back, or corrects his name or address; what follows is told first."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, request

from portal.core import appointments
from portal.core.appointments import Amendment
from portal.core.clerks import Clerk
from portal.core.errors import NotAllowed, PortalError
from portal.core.identity import digits
from portal.core.officials import Official
from portal.forms import typed
from portal.web.clerk.entry import sent_by_reader
from portal.web.clerk.follows import BACK, FIELDS, day, findings_of, settle, typed_fields
from portal.web.clerk.people import PATH, mark_of, official_of, official_page, same_person
from portal.web.here import here

pages = Blueprint("clerk_changing", __name__)


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


# --- within ----------------------------------------------------------------------------------------------------------


def _change(official: Official, clerk: Clerk | None) -> Any:
    values = typed_fields()
    deed = values.get("perubahan", "")
    if BACK in request.form:
        return official_page(official, values=values, deed=deed)
    try:
        made = _amendments(official, deed, values)
        return settle(made, clerk, f"{PATH}/{mark_of(official)}", values)
    except PortalError as refused:
        if refused.code not in FIELDS and refused.code != "day_unreadable":
            raise
        return official_page(official, values=values, deed=deed, findings=findings_of([refused])), 422


def _amendments(official: Official, deed: str, values: dict[str, str]) -> list[Amendment]:
    """Raises PortalError: why it cannot be."""
    today = here().office.today()
    if deed == "betulkan":
        return [appointments.correction(official, values.get("nama", ""), values.get("nip", ""), today)]
    if deed == "alamat":
        return here().appointing.readdressing(official, values.get("email", ""))
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


def _read(*names: str) -> list[date]:
    """Raises NotAllowed (``day_unreadable``)."""
    found = []
    for name in names:
        said = day(name)
        if not isinstance(said, date):
            raise NotAllowed("day_unreadable", field=name)
        found.append(said)
    return found


def _number(name: str) -> int | None:
    """Raises NotAllowed (``capacity_unreadable``)."""
    text = digits(typed.one_line(request.form.get(name, "")))
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 2):
        raise NotAllowed("capacity_unreadable")
    return int(text) if text else None
