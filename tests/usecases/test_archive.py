"""The list of all cases, a page at a time: by month, by how cases stand, over several services, there and back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.listing import OPEN, Line, Wanted
from portal.core.steps import State
from portal.usecases.archive import Archive
from tests.support.clerk import ClerkInPerson
from tests.support.stage import Stage
from tests.support.ways import WAYS

FIRST = datetime(2026, 8, 31, 15, 59, tzinfo=UTC)
"""A minute before September begins in Tarakan."""


@pytest.fixture(scope="module")
def lines(shared_stage: Stage) -> list[Line]:
    """Forty closed cases, one a day, every tenth of them rejected, and behind them three that are open."""
    shared_stage.case("confirm")
    (one,) = Archive(shared_stage.office).every(Wanted())
    closed = [
        replace(
            one,
            ticket=f"TTE-{number:02}",
            state=State.DONE if number % 10 else State.REJECTED,
            waits_on="",
            opened=FIRST + timedelta(days=number),
            name=f"ORANG {number:02}",
        )
        for number in range(40)
    ]
    shared_stage.records.keep_lines(closed)
    shared_stage.case(*WAYS["returned"])
    shared_stage.case("confirm")
    return list(Archive(shared_stage.office).every(Wanted()))


@pytest.fixture
def archive(shared_stage: Stage, lines: list[Line]) -> Archive:
    return Archive(shared_stage.office)


def pages(archive: Archive, wanted: Wanted, size: int) -> list[list[Line]]:
    """All of them, one after the other, and the same back again."""
    found = [archive.page(wanted, size)]
    while found[-1].older:
        found.append(archive.page(wanted, size, before=found[-1].older))
    back = found[-1]
    for earlier in found[-2::-1]:
        back = archive.page(wanted, size, after=back.newer)
        assert (back.lines, back.older) == (earlier.lines, earlier.older)
    return [list(page.lines) for page in found]


def test_the_pages_are_all_of_it_newest_first_and_the_same_on_the_way_back(archive: Archive, lines: list[Line]) -> None:
    assert len(lines) == 43
    assert lines == sorted(lines, key=lambda each: (each.opened, each.ticket), reverse=True)
    assert pages(archive, Wanted(), 10) == [lines[n : n + 10] for n in (0, 10, 20, 30, 40)]
    assert pages(archive, Wanted(), 43) == [lines]


@pytest.mark.parametrize(
    ("wanted", "many"),
    [
        (Wanted(state=OPEN), 3),
        (Wanted(state="returned"), 1),
        (Wanted(state="rejected"), 4),
        (Wanted(waits_on="kadis"), 2),
        (Wanted(month="2026-08"), 1),
        (Wanted(month="2026-09"), 30),
        (Wanted(month="2026-09", state="rejected"), 3),
        (Wanted(month="2026-11", state=OPEN), 3),
        (Wanted(month="2026-10", state=OPEN), 0),
        (Wanted(month="1999-01"), 0),
        (Wanted("orang 07"), 1),
        (Wanted("orang", state="done"), 36),
        (Wanted(service="penerbitan"), 43),
    ],
)
def test_what_is_looked_for_is_found_whole_and_in_order(
    archive: Archive, lines: list[Line], wanted: Wanted, many: int
) -> None:
    met = [each for each in lines if wanted.is_met_by(each, archive.month(each))]
    assert len(met) == many
    assert list(archive.every(wanted)) == met
    assert [each for page in pages(archive, wanted, 2) for each in page] == met


def test_one_look_goes_through_so_many_and_says_how_far(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.usecases.archive.MOST", 20)
    wanted = Wanted("orang 03")
    first = archive.page(wanted, 5)
    assert (list(first.lines), first.looked and first.looked.name) == ([], "ORANG 23")
    second = archive.page(wanted, 5, before=first.older)
    assert ([each.name for each in second.lines], second.looked and second.looked.name) == (["ORANG 03"], "ORANG 03")
    assert archive.page(wanted, 5, before=second.older).looked is None
    assert len(archive.page(Wanted(), 20).lines) == 20  # a page that is full is no look that was given up


def test_months_begin_with_the_first_case_and_end_with_today(archive: Archive) -> None:
    assert archive.months() == ["2026-11", "2026-10", "2026-09", "2026-08"]


def test_a_ticket_leads_to_its_case_however_it_is_typed(archive: Archive, lines: list[Line]) -> None:
    number = lines[0].ticket
    assert archive.case(f" {number.lower().replace('-', ' ')}") == number
    assert archive.case("TTE-26-2222-2222") == archive.case("siti") == archive.case("") == ""


def test_an_open_case_that_cannot_be_read_is_on_the_list_of_those_that_are_open(stage: Stage) -> None:
    damaged, sound = stage.case("confirm"), stage.case("confirm")
    with stage.records._database.writing() as connection:
        connection.execute("UPDATE application SET body = '?' WHERE ticket = ?", (damaged,))
    assert {each.ticket for each in Archive(stage.office).every(Wanted(state=OPEN))} == {damaged, sound}
    assert Archive(stage.office).case(damaged) == damaged
    page = ClerkInPerson.at_the_desk(stage).get("/petugas/permohonan?keadaan=open")
    assert page.text.count(damaged) == 1


def test_several_services_are_one_list(stage: Stage) -> None:
    stage.case("confirm")
    (one,) = Archive(stage.office).every(Wanted())
    others = [replace(one, service="lain", ticket=f"LAI-{n}", opened=one.opened + timedelta(days=n)) for n in (-1, 1)]
    stage.records.keep_lines(others)
    first = stage.office.services.first
    services = replace(stage.office.services, editions=(first, replace(first, service="lain", ticket_prefix="LAI")))
    archive = Archive(replace(stage.office, services=services))
    assert list(archive.every(Wanted())) == [others[1], one, others[0]]
    assert list(archive.every(Wanted(service="lain"))) == others[::-1]
