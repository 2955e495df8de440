"""A decision is undone as long as nothing has followed from it; the chain goes on, and nothing is taken out of it."""

from datetime import date

import pytest

from portal.core.application import Actor, Application
from portal.core.clerks import CLERK
from portal.core.corrections import may_undo, undo
from portal.core.errors import NotAllowed
from portal.core.notices import owed
from portal.core.steps import State
from tests.support.builders import AT, a_sop, after, application, official

BY = Actor(CLERK, "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
DAY = date(2026, 11, 23)


def undone(case: Application, closed: date = DAY, today: date = DAY) -> Application:
    return undo(case, "Keliru.", by=BY, closed=closed, today=today, at=AT)


@pytest.mark.parametrize("action", ["forward", "return", "reject"])
def test_the_case_stands_as_before_and_says_who_why_and_what(action: str) -> None:
    before = after(application(), "confirm")
    case = undone(after(before, action))
    assert (case.step, case.state) == (before.step, before.state)
    event = case.events[-1]
    assert (event.actor, event.data) == (BY, {"undone": action, "reason": "Keliru."})
    assert case.first_damage() is None
    assert case.turn is event
    assert case.events[:-1] == after(before, action).events


def test_whoever_had_it_is_told_and_the_applicant_if_he_was_told_of_the_decision() -> None:
    kadis = official("kadis")
    confirmed = after(application(), "confirm")
    letters = {
        action: [n.letter for n in owed(undone(after(confirmed, action)), [kadis], a_sop(), DAY)]
        for action in ("forward", "reject")
    }
    assert letters == {"forward": ["turn"], "reject": ["undone", "turn"]}


@pytest.mark.parametrize(
    "actions", [(), ("confirm",), ("confirm", "forward", "withdraw"), ("confirm", "return", "undo")]
)
def test_what_is_no_decision_or_was_followed_by_something_stays(actions: tuple[str, ...]) -> None:
    case = application()
    for action in actions:
        case = undone(case) if action == "undo" else after(case, action)
    assert not may_undo(case, DAY, DAY)
    with pytest.raises(NotAllowed, match=r"^nothing_to_undo$"):
        undone(case)


@pytest.mark.parametrize(
    ("closed", "today", "may"),
    [
        (DAY, date(2026, 12, 1), True),
        (DAY, date(2026, 12, 2), False),
        (date(2026, 12, 31), date(2027, 1, 1), True),
        (date(2026, 12, 31), date(2027, 1, 2), False),
    ],
)
def test_a_closed_case_opens_again_only_until_its_month_is_added_up(closed: date, today: date, may: bool) -> None:
    rejected = after(after(application(), "confirm"), "reject")
    assert rejected.state is State.REJECTED
    assert may_undo(rejected, closed, today) is may
    assert may_undo(after(after(application(), "confirm"), "forward"), closed, today)
