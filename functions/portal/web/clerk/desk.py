"""The clerk's desk in one look: what is late or stuck, what waits on whom, mail that failed, who comes today."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core.application import Application
from portal.core.clocks import in_office
from portal.core.errors import LinkForged, NotFound
from portal.core.listing import Line
from portal.core.officials import Official, on_duty
from portal.core.progress import Waiting
from portal.core.sop import APPLICANT, Sop
from portal.core.standing import Standing
from portal.core.times import Time
from portal.office import sound
from portal.usecases.register import page_of
from portal.usecases.watch import Look
from portal.web.case import sender, telephones
from portal.web.clerk.entry import csrf, reader
from portal.web.desk_code import desk_code
from portal.web.here import here, now

pages = Blueprint("clerk_desk", __name__)

SHOWN: Final = 8
"""Late or stuck cases on the desk itself; all of them have a page of their own."""

SIZE: Final = 25


@dataclass(frozen=True)
class Load:
    """What waits on one role of a service, or on its applicants.

    Attributes:
        who: the role's title; ``names`` of those who serve in it today.
        oldest: since when the one that has waited longest is where it is.
    """

    service: Sop
    role: str
    who: str
    names: Sequence[str]
    number: int
    oldest: datetime


@dataclass(frozen=True)
class Coming:
    """Somebody who is expected for a visit."""

    application: Application
    product: str
    at: datetime
    name: str
    office: str


@pages.get("/petugas")
def show() -> Any:
    try:
        clerk = reader()
    except LinkForged:
        return redirect("/petugas/masuk", 303)
    look, scanner = here().watch.glance(), here().equipment.scanner
    officials, attention, lines = here().office.records.officials(), here().watch.attention(look), open_lines(look)
    return render_template(
        "clerk/desk.html",
        clerk=clerk,
        attention=attention,
        call=to_call(attention[:SHOWN], lines),
        shown=SHOWN,
        spent=spent(attention[:SHOWN]),
        names={line.ticket: line.name for line in lines},
        running=len(lines),
        red=here().outbox.red_list(),
        relay=here().outbox.outage(),
        unscanned=scanner is not None and not scanner.answers(now()),
        why=here().messages["stuck"],
        loads=loads(lines, officials),
        coming=coming([standing for standing, _ in look.waits], here().office.today()),
        csrf=csrf(),
    )


@pages.get("/petugas/perhatian")
def stuck() -> str:
    """All that is late or stuck, the longest waiting first."""
    reader()
    look = here().watch.glance()
    attention = here().watch.attention(look)
    found, number, last = page_of(attention, request.args.get("hal", ""), SIZE)
    lines = open_lines(look)
    names = {line.ticket: line.name for line in lines}
    return render_template(
        "clerk/stuck.html",
        found=found,
        call=to_call(found, lines),
        spent=spent(found),
        names=names,
        why=here().messages["stuck"],
        total=len(attention),
        number=number,
        last=last,
    )


@pages.get("/petugas/kunjungan")
def visits() -> Any:
    """Who is expected on a day (``hari``), to be printed; from today backwards, the days of which something is not yet
    recorded.
    """
    reader()
    day, today = _day(request.args.get("hari", "")), here().office.today()
    calendar, standings = here().office.calendar, list(here().watch.standings())
    expected = coming(standings, day)
    earlier = calendar.add_working_days(day, -1)
    unrecorded = max((each for each in days_of_visits(standings) if each < min(day, today)), default=None)
    return render_template(
        "clerk/visits.html",
        day=day,
        coming=expected,
        codes={each.application.ticket: desk_code(each.application.ticket) for each in expected},
        before=earlier if earlier >= today else unrecorded,
        today=today,
        after=calendar.add_working_days(day, 1),
        printed_at=here().language.moment(now()),
    )


def spent(found: Iterable[Waiting]) -> dict[str, Time]:
    """By ticket, how long each has been with whoever has it, in the office's time."""
    calendar, at = here().office.calendar, now()
    return {each.ticket: in_office(min(each.since, at), at, calendar) for each in found}


def loads(lines: Sequence[Line], officials: Sequence[Official]) -> list[Load]:
    """What waits on whom, the longest waiting first."""
    waiting: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        waiting.setdefault((line.service, line.waits_on), []).append(line)
    found = [_load(service, role, held, officials) for (service, role), held in waiting.items()]
    return sorted(found, key=lambda load: load.oldest)


def to_call(found: Iterable[Waiting], lines: Iterable[Line]) -> dict[str, list[tuple[str, str]]]:
    """By ticket, the numbers of applicants who are to be called, as nobody else can act on their cases."""
    with_applicants = {line.ticket for line in lines if line.waits_on == APPLICANT}
    office = here().office

    def numbers(case: Application) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        yield case.ticket, telephones(case, office.words_of(case))

    return dict(
        sound(office.each(each.ticket for each in found if each.reason and each.ticket in with_applicants), numbers)
    )


def open_lines(look: Look[Standing]) -> list[Line]:
    """The lines of all open cases, of those too that cannot be read, where they are not long past."""
    return [standing.line for standing, _ in look.waits] + here().archive.among_newest(look.unread)


def coming(standings: Iterable[Standing], day: date) -> list[Coming]:
    """Who is expected on a day, the first one first."""
    booked = here().office.each(each.ticket for each in standings if _is_on(day, each.slot))
    return sorted(sound(booked, partial(_coming, day)), key=lambda each: (each.at, each.name))


def days_of_visits(standings: Iterable[Standing]) -> list[date]:
    """The day of each visit that is agreed."""
    return [here().office.calendar.local(each.slot).date() for each in standings if each.slot]


def role_label(service: str, role: str) -> str:
    """The title of whoever has to act; the bare key of a role that today's edition does not know."""
    sop = here().office.services[service]
    if role == APPLICANT:
        return sop.applying.label
    try:
        return sop.role(role).label
    except NotFound:
        return role


def _load(service: str, role: str, held: Sequence[Line], officials: Sequence[Official]) -> Load:
    today, sop = here().office.today(), here().office.services[service]
    try:
        acting = sop.acting(role) if role != APPLICANT else ()
    except NotFound:
        acting = (role,)
    names = [o.name for o in on_duty(officials, today) if o.service == service and o.role in acting]
    oldest = min(line.since for line in held)
    return Load(sop, role, role_label(service, role), tuple(dict.fromkeys(names)), len(held), oldest)


def _coming(day: date, application: Application) -> Iterator[Coming]:
    office = here().office
    if application.slot and _is_on(day, application.slot):
        who = sender(application, office.words_of(application))
        product = office.services[application.service].data["product"]
        yield Coming(application, product, application.slot, who["name"], who["office"])


def _is_on(day: date, slot: datetime | None) -> bool:
    return slot is not None and here().office.calendar.local(slot).date() == day


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return here().office.today()
