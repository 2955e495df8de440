"""All cases for a clerk: looked for, listed, written to a spreadsheet, and one of them read from end to end.

What is searched for is posted and kept in a cookie, so that no name stays in an address.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for

from portal.core import amending, ticket
from portal.core.application import Application
from portal.core.clocks import clocks
from portal.core.errors import Finding, NotFound
from portal.core.handouts import CASES
from portal.core.history import assignment
from portal.core.listing import OPEN, Line, Wanted
from portal.core.notices import Notice
from portal.core.officials import Official, eligible, given
from portal.core.sop import APPLICANT
from portal.core.steps import State
from portal.forms.wording import Words
from portal.tables import written
from portal.usecases.archive import MOST
from portal.usecases.corrections import EVERYBODY
from portal.usecases.retention import forgotten_on
from portal.web.case import history, spare
from portal.web.clerk import searched
from portal.web.clerk.desk import role_label
from portal.web.clerk.entry import csrf, reader, sent_by_reader
from portal.web.here import here, now, turn_to

pages = Blueprint("clerk_archive", __name__)

PATH: Final = "/petugas/permohonan"
REASON: Final = "alasan"
PLACE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+]{21}#[A-Z0-9-]{1,20}")

SIZE: Final = 25
"""Cases on a page."""

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get(PATH)
def show() -> Any:
    """The cases, newest first, by what is looked for; a whole ticket leads to its case at once.

    A page begins behind a place (``sesudah``, ``Line.place``), or ends before one (``sebelum``).
    """
    reader()
    search = request.args.get("pencarian", "")
    archive, wanted, before = here().archive, _wanted(searched.text(search)), _place("sesudah")
    if number := archive.case(wanted.text):
        return redirect(case_path(number), 303)
    found = archive.page(wanted, SIZE, before, "" if before else _place("sebelum"))
    is_alone = len(found.lines) == 1 and not (found.newer or found.older)
    if is_alone and wanted.text and wanted == Wanted(text=wanted.text):
        return redirect(case_path(found.lines[0].ticket), 303)
    return render_template(
        "clerk/cases.html",
        wanted=wanted,
        rows=[(line, *in_words(line)) for line in found.lines],
        page=found,
        most=MOST,
        begun=not before,
        query=_query(wanted, search if wanted.text else ""),
        **_choices(),
        csrf=csrf(),
    )


@pages.post(PATH)
def search() -> Any:
    """Off to what is found, to which one can come back: the words are kept in this browser, and their number is all
    that an address says of them.
    """
    sent_by_reader()
    wanted = _wanted(searched.typed())
    number = searched.next_number() if wanted.text else ""
    response = redirect(url_for(".show", **_query(wanted, number)), 303)
    return searched.kept(response, number, wanted.text) if number else response


@pages.post(f"{PATH}/xlsx")
def export() -> Response:
    """The same list as a spreadsheet, all of it; who took it is kept first."""
    clerk = sent_by_reader()
    rows = [_row(line) for line in here().archive.every(_wanted(searched.typed()))]
    here().handouts.listed(CASES, len(rows), clerk.as_actor(here().corrections.title))
    content = written(here().messages["clerk"]["columns"], rows)
    answer = Response(content, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="permohonan-{here().office.today()}.xlsx"'
    return answer


@pages.get(f"{PATH}/xlsx")
def export_again() -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(PATH, 303)


@pages.get(f"{PATH}/<number>")
def case(number: str) -> Any:
    reader()
    if (parsed := ticket.parse(number)) != number:
        return redirect(case_path(parsed), 303)
    return case_page(number)


def case_page(
    number: str, tried: str = "", findings: Sequence[Finding] = (), typed: Mapping[str, str] = MappingProxyType({})
) -> str:
    """One case from end to end: who, in what capacity, when; and what may be done about it.

    Args:
        tried: what a clerk has just tried to do; ``findings`` what is wrong with it, and ``typed`` for it.
    """
    application, office = here().office.records.load(number), here().office
    if stone := application.erased:
        damage = bool(application.first_damage()) or not here().erasing.is_accounted_for(application)
        words = here().messages["erasing"]
        return render_template(
            "clerk/erased.html",
            application=application,
            stone=stone,
            words=words,
            damage=damage,
            leaving=not here().erasing.is_done(application.ticket),
        )
    words, sop = office.words_of(application), turn_to(application.service)
    officials = office.records.officials(sop.service) if assignment(application.events) else ()
    holders = given(application, officials, words.sop, office.today())
    times = clocks(application, words.sop, office.calendar, office.clock())
    return render_template(
        "clerk/case.html",
        application=application,
        edition=words.sop,
        status=words.sop.status(application.step, application.state),
        step=words.sop.step(application.step),
        awaited=words.awaited(application.step, application.state),
        happenings=history(application, words),
        clocks=[(each, spare(each.due, office.calendar, each.until)) for each in times.values()],
        answers=words.form.shown(application.form),
        documents=words.sop.brought(application.documents),
        forgotten=forgotten_on(application, sop, office.calendar),
        name=application.value("name", words.sop),
        address=application.address(words.sop),
        owed=[(notice, here().outbox.subject(notice)) for notice in office.records.unsent() if _fails(notice, number)],
        damage=application.first_damage(),
        may_undo=here().corrections.may_undo(application),
        recipients=_recipients(application, words),
        receivers=_receivers(application, words, holders),
        holders=list(dict.fromkeys(each.name for each in holders)),
        may_amend=bool(here().corrections.amendable(application).fields),
        has_visit=here().visits.may_arrange(application) or bool(here().visits.may_come(application)),
        tried=tried,
        findings=findings,
        typed=typed,
        just_done=application.events[-1].action if "tercatat" in request.args else "",
        csrf=csrf(),
    )


def _fails(notice: Notice, number: str) -> bool:
    """Is it about this case, and among the emails that failed? What was put off once is only on its way."""
    return notice.about == number and notice.is_red(now())


def _recipients(application: Application, words: Words) -> list[dict[str, str]]:
    """To whom a link may be sent again, as choices."""
    office, sop, found = here().office, words.sop, []
    if amending.may_resend(application, APPLICANT, sop):
        found.append({"value": APPLICANT, "label": f"{sop.applying.label}: {application.address(sop)}"})
    if amending.may_resend(application, amending.HOLDER, sop):
        able = eligible(application, office.officials(sop.service), sop, office.today())
        names = ", ".join(dict.fromkeys(official.name for official in able))
        if names:
            awaited = words.awaited(application.step, application.state)
            found.append({"value": amending.HOLDER, "label": f"{awaited}: {names}"})
    return found


def _receivers(application: Application, words: Words, holders: Sequence[Official]) -> list[dict[str, str]]:
    """To whom the case may be given, as choices; not to whom has it alone already."""
    had = {each.email.lower() for each in holders}
    people = here().corrections.assignable(application)
    found = [{"value": each.email, "label": f"{each.name}, {each.office}"} for each in people if each.email not in had]
    if people and assignment(application.events):
        awaited = words.awaited(application.step, application.state)
        found.append({"value": EVERYBODY, "label": here().messages["clerk"]["everybody"].format(office=awaited)})
    return found


def case_path(number: str) -> str:
    return f"{PATH}/{number}"


def in_words(line: Line) -> tuple[str, str, str, str]:
    """Product, step, state and who has to act."""
    sop = here().office.services[line.service]
    try:
        step, state = sop.step(line.step).name, sop.status(line.step, line.state.value).label
    except NotFound:  # a step that only an earlier edition knows
        step, state = line.step, sop.status_texts[line.state.value].label
    return sop.data["product"], step, state, role_label(line.service, line.waits_on) if line.waits_on else ""


def _query(wanted: Wanted, search: str) -> dict[str, Any]:
    """What the address of a list says of what is wanted; ``search``: the number of its text, if it has one."""
    said = {"layanan": wanted.service, "keadaan": wanted.state, "menunggu": wanted.waits_on, "bulan": wanted.month}
    return {name: value for name, value in {**said, "pencarian": search}.items() if value}


def _wanted(text: str) -> Wanted:
    """This text, and what the form or the address says."""
    asked, services = request.values, here().office.services
    service, state = asked.get("layanan", ""), asked.get("keadaan", "")
    role, month = asked.get("menunggu", ""), asked.get("bulan", "")
    return Wanted(
        text=text,
        service=service if service in services else "",
        state=state if state in (OPEN, *State) else "",
        waits_on=role if role in dict(_roles()) else "",
        month=month if re.fullmatch("[0-9]{4}-[0-9]{2}", month) else "",
    )


def _place(asked: str) -> str:
    """A place on the list, if that is what is named."""
    place = request.args.get(asked, "")
    return place if PLACE.fullmatch(place) else ""


def _choices() -> dict[str, Any]:
    texts = here().office.services.first.status_texts
    return {
        "states": [(state.value, texts[state.value].label) for state in State if state.value in texts],
        "roles": list(dict(_roles()).items()),
        "months": here().archive.months(),
    }


def _roles() -> Iterator[tuple[str, str]]:
    for sop in here().office.services:
        yield APPLICANT, sop.applying.label
        for step in sop.steps:
            if sop.role(step.role) is not sop.applying:
                yield step.role, sop.role(step.role).label


def _row(line: Line) -> list[object]:
    product, step, state, who = in_words(line)
    local = here().office.calendar.local
    opened, since = local(line.opened).date(), local(line.since).date()
    return [line.ticket, product, line.name, line.number, line.office, line.agenda, opened, step, state, who, since]
