"""The SOP's minutes at the very minute at which they are used up, before a pause."""

from datetime import datetime, timedelta

import pytest

from portal.core.progress import standard
from portal.core.sop import Sop
from portal.core.worktime import Calendar
from tests.support.moments import along, at, move
from tests.support.ways import TO_VERIFIKATOR


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


def test_every_pause_leaves_what_was_left_before_it(sop: Sop, calendar: Calendar) -> None:
    """Ten minutes: two used before BSrE's first refusal and three before its second, so five are left."""
    case = along(sop, *TO_VERIFIKATOR)
    case = move(case, "dispatch", case.events[-1].at + timedelta(minutes=2), sop)
    case = move(case, "refuse", at("11-30 09.00"), sop)
    case = move(case, "dispatch", at("11-30 09.03"), sop)
    case = move(case, "refuse", at("12-02 09.00"), sop)
    found = standard(case, sop, calendar, at("12-02 09.01"))
    assert found == {"minutes": 10, "time": "10 menit", "until": "2026-12-02T09:05:00+08:00", "late": False}
