"""A played month of an office: nobody is forgotten, nothing comes twice, and mail to officials is kind."""

from collections.abc import Iterator
from datetime import date

import pytest

from portal.commands.rehearsing import played, told
from portal.core.steps import State
from portal.month import Month
from tests.support.command_line import Run

pytestmark = pytest.mark.long

DECEMBER = date(2026, 12, 1)
"""With two holidays, on the 24th and 25th."""


@pytest.fixture(scope="module")
def month() -> Iterator[Month]:
    """40 people apply; a week with a Plh., one without a verifikator, and three days without mail are in it."""
    with played(DECEMBER, 40, 1) as found:
        yield found


def test_it_is_a_whole_month_in_which_much_happens(month: Month) -> None:
    cases = [month.office.records.load(each) for each in month.diary.tickets]
    assert len(cases) > 30
    assert {case.first_damage() for case in cases} == {None}
    actions = {event.action for case in cases for event in case.events}
    assert actions >= {"confirm", "return", "resubmit", "dispatch", "refuse", "book", "miss", "hand_over", "reject"}
    assert sum(case.state is State.DONE for case in cases) > 15
    assert date(2026, 12, 24) not in month.working_days()
    assert len(month.working_days()) == 21
    assert not [each for each in month.diary.taken if month.outage[0] <= each.at < month.outage[1]]
    acting = [event.actor.office for case in cases for event in case.events if event.actor.office.startswith("Plh.")]
    assert acting


def test_nobody_is_forgotten_on_any_day_and_every_case_is_explained_at_the_end(month: Month) -> None:
    assert month.diary.forgotten == []
    look = month.house.watch.look()
    waiting = {case.ticket for case, _ in look.waits}
    assert [case.ticket for case in month.diary.open_cases() if case.ticket not in waiting] == []
    assert all(how.whom or how.ends or how.reason for _, how in look.waits)
    text = told(month, 1)
    assert all(case.ticket in text for case in month.diary.open_cases())


def test_nothing_is_told_to_anybody_twice(month: Month) -> None:
    assert month.diary.twice() == []


def test_officials_get_at_most_one_email_for_three_that_are_owed(month: Month) -> None:
    assert len(month.diary.delivered(officials=True)) * 3 <= len(month.diary.owed(officials=True))


def test_forecasts_are_compared_with_what_happened_at_every_step_and_for_the_end(month: Month) -> None:
    sop = month.office.services.first
    assert {each.step for each in month.diary.missed} == {*(step.key for step in sop.steps[1:]), ""}
    assert f"{sop.steps[1].name}: " in told(month, 1)


def test_the_same_seed_plays_the_same_month() -> None:
    def played_once(seed: int) -> str:
        with played(DECEMBER, 2, seed) as month:
            return told(month, 0)

    assert played_once(3) == played_once(3) != played_once(4)


@pytest.mark.parametrize("given", [("--month", "Desember"), ("--applications", "0")])
def test_what_is_no_month_is_refused(run: Run, given: tuple[str, str]) -> None:
    assert run("month", *given).exit_code == 2
