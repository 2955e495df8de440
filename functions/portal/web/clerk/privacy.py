"""What is kept about one person, for a clerk who is asked for it (UU 27/2022): handed out as one archive."""

from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request

from portal.core.draft import Draft
from portal.core.errors import Finding, NotFound
from portal.core.handouts import GONE
from portal.forms.typed import one_line
from portal.usecases.register import page_of
from portal.usecases.retention import forgotten_on
from portal.web.clerk.entry import csrf, reader, sent_by_reader
from portal.web.here import here
from portal.web.refusals import explain

pages = Blueprint("clerk_privacy", __name__)

PATH: Final = "/petugas/data-pribadi"
LOG: Final = "/petugas/unduhan"
WHO: Final = "siapa"

SIZE: Final = 25
"""Handouts on a page."""


@pages.get(PATH)
def ask() -> str:
    reader()
    return _page("")


@pages.post(PATH)
def find() -> Any:
    """Field ``siapa``: a ticket, NIK, NIP or address; posted, so that it stays in no address."""
    sent_by_reader()
    asked = who()
    try:
        return _page(asked, here().dossiers.find(asked))
    except NotFound as refused:
        return _page(asked, findings=[Finding(WHO, explain(refused.code, refused.facts)["sentence"])]), 422


@pages.post(f"{PATH}/unduh")
def download() -> Any:
    """Fields ``siapa``, and ``berkas`` if the files are wanted too; who took it is kept first."""
    clerk = sent_by_reader()
    dossier, words = here().dossiers.find(who()), here().messages["dossier"]
    here().handouts.person(dossier, clerk.as_actor(here().corrections.title))
    content = here().dossiers.packed(dossier, words, here().language, files="berkas" in request.form)
    answer = Response(content, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="data-pribadi-{here().office.today()}.zip"'
    return answer


@pages.get(f"{PATH}/unduh")
def ask_again() -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(PATH, 303)


@pages.get(LOG)
def log() -> str:
    """Who took what out, and when; the newest first."""
    reader()
    taken = here().handouts.newest()
    shown, number, last = page_of(taken, request.args.get("hal", ""), SIZE)
    tickets = {ticket for each in shown if each.what in GONE for ticket in each.tickets}
    return render_template(
        "clerk/handouts.html",
        shown=shown,
        found=len(taken),
        number=number,
        last=last,
        what=here().messages["handouts"],
        leaving={ticket for ticket in tickets if not here().erasing.is_done(ticket)},
    )


def who() -> str:
    """Of whom the posted form is."""
    return one_line(request.form.get(WHO, ""))[:200]


def _answers(draft: Draft) -> list[tuple[str, str]]:
    """What a draft says, in the words of its form."""
    shown = here().office.words(draft.service).form.shown(draft.form)
    return [(field.label, answer) for _, answers in shown for field, answer in answers]


def _page(asked: str, dossier: Any = None, findings: list[Finding] | None = None) -> str:
    office = here().office
    found = [
        (case, office.services[case.service], forgotten_on(case, office.services[case.service], office.calendar))
        for case in (dossier.cases if dossier else ())
    ]
    return render_template(
        "clerk/privacy.html",
        who=asked,
        dossier=dossier,
        found=found,
        answers={draft.id: _answers(draft) for draft in dossier.drafts} if dossier and dossier.by_name else {},
        today=office.today(),
        erased="dihapus" in request.args,
        leaving="dihapus" in request.args and not here().erasing.is_done(),
        findings=findings or [],
        csrf=csrf(),
    )
