"""The holder's way to a new one in place of what is about to end: by the link of the letter that says so.

All that is known is filled in already; what has changed is asked, and the documents.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core.errors import NotFound
from portal.core.register import Certificate
from portal.forms.form import Form
from portal.web import fields
from portal.web.allowed import counted
from portal.web.applicant.drafts import enter
from portal.web.here import here, now, turn_to

pages = Blueprint("renewal", __name__)

PAGE: Final = "perpanjang"


@pages.get("/perpanjang/<token>")
def open_renewal(token: str) -> Any:
    claims = here().access.read_link(PAGE, token, now())
    return here().access.enter(PAGE, claims, "/perpanjang", now())


@pages.get("/perpanjang")
def show() -> str:
    entry = _own()
    form = here().office.words(entry.service).form
    answers = _prefilled(entry, form)
    standing = here().register.standing(entry)
    return render_template(
        "applicant/renew.html",
        entry=entry,
        facts=here().register.facts(entry),
        standing=standing.value,
        word=here().messages["register"]["standings"][standing.value],
        offered=entry.ended is None,
        ended=not standing.is_running,
        sections=form.shown(answers),
        complete=_is_complete(form, answers),
        csrf=here().access.csrf(PAGE, now()),
    )


@pages.post("/perpanjang")
def begin() -> Any:
    """The draft of the application, with what is known; on to what has changed, or to the documents."""
    entry = _own()
    here().access.check_csrf(PAGE, now())
    if entry.ended is not None:
        return redirect("/perpanjang", 303)
    form = here().office.words(entry.service).form
    answers = _prefilled(entry, form)
    draft = counted(partial(here().intake.start, entry.service, answers, renews=entry.id))
    unchanged = request.form.get("tindakan") == "tetap" and _is_complete(form, answers)
    return enter(draft, "" if unchanged else "data")


# --- within ----------------------------------------------------------------------------------------------------------


def _own() -> Certificate:
    """The entry whose letter this browser has opened.

    Raises:
        NotFound: its holder has another address by now (``certificate_unknown``): whoever reads the mail of the old
            one must not read on.
    """
    claims = here().access.claims(PAGE, now())
    turn_to(claims["s"])
    entry = here().office.records.certificate(claims["s"], claims["c"])
    if entry.email.lower() != claims["r"].lower():
        raise NotFound("certificate_unknown")
    return entry


def _prefilled(entry: Certificate, form: Form) -> Mapping[str, Any]:
    return form.clean({**here().register.answers(entry, form), **(fields.filled_by(form, other=False) or {})})


def _is_complete(form: Form, answers: Mapping[str, Any]) -> bool:
    return all(finding.passable for finding in form.check(answers, here().office.today()))
