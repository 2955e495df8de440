"""Emails that did not arrive, for a clerk: tried again, or taken off the list once somebody has telephoned."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from portal.core.application import Application
from portal.core.notices import Notice
from portal.core.sop import APPLICANT
from portal.office import sound
from portal.usecases.outbox import mark_of
from portal.web.case import telephones
from portal.web.clerk.entry import csrf, reader, sent_by_reader
from portal.web.here import here

pages = Blueprint("clerk_mail", __name__)

PATH = "/petugas/email"


@pages.get(PATH)
def show() -> str:
    reader()
    return render_template(
        "clerk/mail.html",
        red=[(mark_of(owed), owed, _to_call(owed)) for owed in here().outbox.red_list()],
        done=request.args.get("selesai", ""),
        csrf=csrf(),
    )


def _to_call(owed: Notice) -> list[tuple[str, str]]:
    """The numbers of an applicant; none of an official's is known, nor those of what is no case."""
    office = here().office

    def numbers(case: Application) -> list[tuple[str, str]]:
        return telephones(case, office.words_of(case))

    return list(sound(office.each([owed.about] if owed.role == APPLICANT else []), numbers))


@pages.post(f"{PATH}/kirim-ulang")
def send_again() -> Any:
    sent_by_reader()
    here().outbox.settle(request.form.get("email", ""), again=True)
    return redirect(f"{PATH}?selesai=ulang", 303)


@pages.post(f"{PATH}/tertangani")
def told_otherwise() -> Any:
    sent_by_reader()
    here().outbox.settle(request.form.get("email", ""), again=False)
    return redirect(f"{PATH}?selesai=tertangani", 303)


@pages.get(f"{PATH}/kirim-ulang")
@pages.get(f"{PATH}/tertangani")
def show_again() -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(PATH, 303)
