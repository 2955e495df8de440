"""Emails that did not arrive, for a clerk: tried again, or taken off the list once somebody has telephoned."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request

from portal.core.application import Application
from portal.core.notices import Notice
from portal.core.officials import Official
from portal.core.sop import APPLICANT
from portal.office import sound
from portal.usecases.outbox import mark_of
from portal.web.case import telephones
from portal.web.clerk import people
from portal.web.clerk.archive import case_path
from portal.web.clerk.entry import csrf, reader, sent_by_reader
from portal.web.here import here

pages = Blueprint("clerk_mail", __name__)

PATH = "/petugas/email"


@pages.get(PATH)
def show() -> str:
    reader()
    officials = here().office.records.officials()
    return render_template(
        "clerk/mail.html",
        red=[(mark_of(owed), owed, *_about(owed, officials)) for owed in here().outbox.red_list()],
        done=request.args.get("selesai", ""),
        csrf=csrf(),
    )


def _about(owed: Notice, officials: Sequence[Official]) -> tuple[list[tuple[str, str]], str]:
    """An applicant's numbers, and the page on which the address is set right; of whoever has none, neither.

    No number of an official is known, nor those of what is no case.
    """
    office = here().office
    if owed.role != APPLICANT:
        held = (each for each in reversed(officials) if each.email.lower() == owed.recipient.lower())
        official = next(held, None)
        return [], f"{people.PATH}/{people.mark_of(official)}" if official else ""

    def told(case: Application) -> Iterator[tuple[list[tuple[str, str]], str]]:
        words = office.words_of(case)
        amends = words.sop.applicant["email"] in here().corrections.amendable(case).fields
        yield telephones(case, words), f"{case_path(case.ticket)}/betulkan" if amends else ""

    return next(sound(office.each([owed.about]), told), ([], ""))


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
