"""A case as a line of the list, and which lines somebody means."""

from dataclasses import replace

import pytest

from portal.core.listing import OPEN, Line, Wanted, line, newest_first
from portal.core.steps import State
from tests.support.builders import AT, a_sop, after, application

LINE = Line(
    ticket="TTE-26-4F7K-9QXM",
    service="penerbitan",
    name="Siti Nur Aminah",
    number="199001052015032001",
    office="BKPSDM",
    agenda="17",
    step="kadis",
    state=State.WAITING,
    waits_on="kadis",
    opened=AT,
    since=AT,
)


def test_a_line_says_what_the_case_does() -> None:
    case = after(application(), "confirm")
    made = line(case, a_sop())
    assert (made.ticket, made.service, made.state) == (case.ticket, case.service, case.state)
    assert (made.name, made.waits_on) == (case.value("name", a_sop()), case.waits_on(a_sop()))
    assert (made.number, made.office) == (case.value("number", a_sop()), case.value("office", a_sop()))
    assert (made.agenda, made.step) == (case.agenda, case.step) == ("1", "disposisi_kadis")
    assert all((made.name, made.number, made.office))
    assert (made.opened, made.since) == (case.events[0].at, case.since)


@pytest.mark.parametrize(
    "text", ["", "siti", "AMINAH nur", "199001052015032001", "19900105 201503 2 001", "2001", "17", "nur"]
)
def test_it_is_found_by_words_of_the_name_by_number_or_by_agenda(text: str) -> None:
    assert Wanted(text).is_met_by(LINE, "2026-11")


def test_it_is_found_by_its_ticket_as_people_type_it() -> None:
    number = application().ticket
    typed = f" {number.lower().replace('-', ' ')} "
    assert Wanted(typed).is_met_by(replace(LINE, ticket=number), "2026-11")
    assert not Wanted(typed).is_met_by(LINE, "2026-11")


@pytest.mark.parametrize("text", ["budi", "siti budi", "1", "001", "1990 siti", "0000", "=1+1"])
def test_it_is_not_found_by_what_it_does_not_say(text: str) -> None:
    assert not Wanted(text).is_met_by(LINE, "2026-11")


@pytest.mark.parametrize(
    ("wanted", "met"),
    [
        (Wanted(service="penerbitan", state=OPEN, waits_on="kadis", month="2026-11"), True),
        (Wanted(state="waiting"), True),
        (Wanted(state="rejected"), False),
        (Wanted(service="surel"), False),
        (Wanted(waits_on="kabid"), False),
        (Wanted(month="2026-10"), False),
    ],
)
def test_a_list_can_be_asked_for_by_how_cases_stand(wanted: Wanted, met: bool) -> None:
    assert wanted.is_met_by(LINE, "2026-11") is met
    closed = replace(LINE, state=State.REJECTED)
    assert not Wanted(state=OPEN).is_met_by(closed, "2026-11")


def test_the_newest_comes_first_and_the_order_is_always_the_same() -> None:
    older = replace(LINE, ticket="A", opened=AT.replace(year=2025))
    same = replace(LINE, ticket="Z")
    assert [each.ticket for each in newest_first([older, LINE, same])] == ["Z", LINE.ticket, "A"]


def test_what_is_no_ticket_finds_no_case_by_its_ticket() -> None:
    assert not Wanted("XXXX").is_met_by(replace(LINE, ticket="XXXX"), "2026-11")
