"""What holds at the very minute, hour or day at which something changes."""

from datetime import date, datetime, timedelta

import pytest

from portal.core.errors import NotAllowed
from portal.core.progress import standard
from portal.core.sop import Sop
from portal.core.steps import must_be_open, opens_at
from portal.core.worktime import Calendar
from tests.support.moments import along, at, move
from tests.support.stage import TO_VERIFIKATOR

VISIT = "passphrase"


@pytest.mark.parametrize(
    ("used", "left_after"),
    [(9, "11-30 09.01"), (10, ""), (11, "")],
    ids=["a minute left", "used up to the minute", "a minute over"],
)
def test_minutes_used_up_to_the_minute_before_a_pause_ran_out_then(
    sop: Sop, calendar: Calendar, used: int, left_after: str
) -> None:
    """Ten minutes for the verifikator; what is left after BSrE's answer counts on, and what is used up does not."""
    case = along(sop, *TO_VERIFIKATOR)
    began = case.events[-1].at
    case = move(case, "dispatch", began + timedelta(minutes=used), sop)
    case = move(case, "refuse", at("11-30 09.00"), sop)
    found = standard(case, sop, calendar, at("11-30 09.00"))
    assert found is not None
    ran_out = at(left_after) if left_after else began + timedelta(minutes=10)
    assert datetime.fromisoformat(found["until"]) == ran_out
    assert found["late"] is (not left_after)


def test_a_visit_opens_with_its_day_for_who_came_and_with_its_hour_for_who_did_not(sop: Sop) -> None:
    slot = at("11-25 09.00")
    assert opens_at(sop, VISIT, "attend", slot) == at("11-25 00.00")
    assert opens_at(sop, VISIT, "miss", slot) == slot
    assert opens_at(sop, VISIT, "reject", slot) is None
    assert opens_at(sop, VISIT, "attend", None) is None


@pytest.mark.parametrize(("action", "opens"), [("attend", date(2026, 11, 25)), ("miss", at("11-25 09.00"))])
def test_who_is_too_early_is_told_a_day_where_the_whole_day_will_do_and_else_the_hour(
    sop: Sop, action: str, opens: date
) -> None:
    slot = at("11-25 09.00")
    with pytest.raises(NotAllowed) as caught:
        must_be_open(sop, VISIT, action, slot, at("11-24 23.59"))
    assert caught.value.code == "visit_to_come"
    assert (caught.value.facts["slot"], caught.value.facts["opens"]) == (slot, opens)
    assert type(caught.value.facts["opens"]) is type(opens), "a day is told as a day, an hour as an hour"
    assert caught.value.facts["action"] == sop.action(VISIT, action).label


@pytest.mark.parametrize(
    ("action", "when"), [("attend", "11-25 00.00"), ("miss", "11-25 09.00"), ("reject", "11-23 08.00")]
)
def test_at_the_very_moment_it_is_open(sop: Sop, action: str, when: str) -> None:
    must_be_open(sop, VISIT, action, at("11-25 09.00"), at(when))
