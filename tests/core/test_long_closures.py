"""Days on which nobody works: how far ahead the next one that somebody does is looked for."""

from datetime import date, time, timedelta

import pytest

from portal.core.errors import SopInvalid
from portal.core.worktime import Calendar
from tests.support.calendars import WITA, at

MONDAY = date(2026, 11, 23)


def open_once(day: date) -> Calendar:
    return Calendar(zone=WITA, label="WITA", weekly={}, replacements={day: ((time(8), time(9)),)})


def test_a_day_of_work_is_found_a_year_ahead_and_a_year_back() -> None:
    later, before = MONDAY + timedelta(days=365), MONDAY - timedelta(days=366)
    assert open_once(later).next_opening(at("2026-11-23T10:00")) == at("2027-11-23T08:00")
    assert open_once(later).add_working_days(MONDAY, 0) == later
    assert open_once(before).add_working_days(MONDAY, -1) == before


def test_what_is_farther_off_is_a_mistake_in_the_calendar() -> None:
    with pytest.raises(SopInvalid) as refusal:
        open_once(MONDAY + timedelta(days=366)).add_working_days(MONDAY, 0)
    assert refusal.value.code == "calendar_invalid"
    assert refusal.value.facts == {"key": "calendar.hours", "value": MONDAY, "expected": "[HH.MM-HH.MM]"}


def test_working_days_are_counted_one_by_one_in_both_directions() -> None:
    busy = Calendar(zone=WITA, label="WITA", weekly={number: ((time(8), time(9)),) for number in range(7)})
    assert [busy.add_working_days(MONDAY, number) - MONDAY for number in (-2, -1, 0, 1, 2)] == [
        timedelta(days=number) for number in (-2, -1, 0, 1, 2)
    ]
