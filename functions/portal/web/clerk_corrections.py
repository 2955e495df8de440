"""What a clerk sets right in a case, from the case's own page; each time with a reason."""

from typing import Any

from flask import Blueprint, redirect, request

from portal.core import ticket
from portal.core.errors import NotAllowed
from portal.web.clerk_archive import PATH, REASON, case_page, case_path
from portal.web.clerk_entry import sent_by_reader
from portal.web.here import here
from portal.web.refusals import explain

pages = Blueprint("clerk_corrections", __name__)


@pages.post(f"{PATH}/<number>/batalkan")
def undo(number: str) -> Any:
    """Fields ``peristiwa`` (the decision that was seen) and ``alasan``."""
    clerk, number = sent_by_reader(), ticket.parse(number)
    seen, reason = request.form.get("peristiwa", ""), request.form.get(REASON, "").strip()[:1000]
    known = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
    try:
        here().corrections.undo(number, known, reason, clerk)
    except NotAllowed as refused:
        if refused.code != "reason_missing":
            raise
        return case_page(number, explain(refused.code, refused.facts)["sentence"], reason), 422
    return redirect(f"{case_path(number)}?dibatalkan", 303)


@pages.get(f"{PATH}/<number>/batalkan")
def undo_again(number: str) -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(case_path(ticket.parse(number)), 303)
