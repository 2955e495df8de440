"""Working time: hours, breaks, days off and visits, held against an oracle that counts every minute."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core import worktime
from portal.core.errors import SopInvalid
from tests.support.calendars import CONFIG, EVENTFUL, ORDINARY, SPRING, WITA, at, calendar


def test_monday_has_two_intervals_friday_one_and_the_weekend_none() -> None:
    assert ORDINARY.intervals(date(2026, 11, 23)) == (
        (at("2026-11-23T07:30"), at("2026-11-23T12:00")),
        (at("2026-11-23T13:00"), at("2026-11-23T16:00")),
    )
    assert ORDINARY.intervals(date(2026, 11, 27)) == ((at("2026-11-27T07:30"), at("2026-11-27T11:30")),)
    assert ORDINARY.intervals(date(2026, 11, 28)) == ORDINARY.intervals(date(2026, 11, 29)) == ()


def test_moments_are_in_wita_whatever_zone_came_in() -> None:
    opening = ORDINARY.next_opening(datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
    assert opening.tzname() == ORDINARY.label == "WITA"
    assert opening.isoformat() == "2026-11-23T07:30:00+08:00"
    assert ORDINARY.is_open(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert not ORDINARY.is_open(datetime(2026, 11, 22, 23, 29, 59, tzinfo=UTC))


def test_an_interval_includes_its_start_and_not_its_end() -> None:
    assert ORDINARY.is_open(at("2026-11-23T07:30"))
    assert ORDINARY.is_open(at("2026-11-23T11:59:59"))
    assert not ORDINARY.is_open(at("2026-11-23T12:00"))
    assert not ORDINARY.is_open(at("2026-11-23T16:00"))


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-23T09:15", "2026-11-23T09:15"),
        ("2026-11-23T12:00", "2026-11-23T13:00"),
        ("2026-11-23T16:00", "2026-11-24T07:30"),
        ("2026-11-27T11:30", "2026-11-30T07:30"),
        ("2026-12-23T16:00", "2026-12-28T07:30"),
    ],
)
def test_the_next_opening_skips_breaks_nights_weekends_and_holidays(moment: str, opening: str) -> None:
    assert ORDINARY.next_opening(at(moment)) == at(opening)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23T09:00", 15, "2026-11-23T09:15"),
        ("2026-11-23T09:00:30", 15, "2026-11-23T09:15:30"),
        ("2026-11-23T11:50", 15, "2026-11-23T13:05"),
        ("2026-11-23T11:45", 15, "2026-11-23T12:00"),
        ("2026-11-23T15:50", 15, "2026-11-24T07:35"),
        ("2026-11-27T11:20", 15, "2026-11-30T07:35"),
        ("2026-11-28T03:00", 100, "2026-11-30T09:10"),
        ("2026-11-28T03:00", 0, "2026-11-28T03:00"),
        ("2026-12-23T15:00", 61, "2026-12-28T07:31"),
    ],
)
def test_minutes_run_only_while_the_office_works(start: str, minutes: int, end: str) -> None:
    assert ORDINARY.add_minutes(at(start), minutes) == at(end)
    assert ORDINARY.minutes_between(at(start), at(end)) == minutes


def test_minutes_do_not_run_backwards() -> None:
    assert ORDINARY.minutes_between(at("2026-11-24T09:00"), at("2026-11-23T09:00")) == 0
    assert ORDINARY.minutes_between(at("2026-11-23T09:00"), at("2026-11-23T09:00")) == 0
    with pytest.raises(ValueError, match="negative"):
        ORDINARY.add_minutes(at("2026-11-23T09:00"), -1)


def test_an_unfinished_minute_does_not_count() -> None:
    assert ORDINARY.minutes_between(at("2026-11-23T09:00:01"), at("2026-11-23T09:01")) == 0
    assert ORDINARY.minutes_between(at("2026-11-23T11:59:30"), at("2026-11-23T13:00:30")) == 1


def test_a_naive_moment_and_a_datetime_for_a_day_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        ORDINARY.is_open(datetime(2026, 11, 23, 9, 0))  # noqa: DTZ001
    with pytest.raises(TypeError, match="plain date"):
        ORDINARY.is_working_day(at("2026-12-25T09:00"))


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-11-28", 1, "2026-11-30"),
        ("2026-11-28", 0, "2026-11-30"),
        ("2026-11-27", 0, "2026-11-27"),
        ("2026-12-23", 1, "2026-12-28"),
        ("2026-12-28", -1, "2026-12-23"),
        ("2026-11-29", -1, "2026-11-27"),
        ("2026-11-23", 5, "2026-11-30"),
    ],
)
def test_working_days_skip_weekends_holidays_and_cuti_bersama(day: str, number: int, expected: str) -> None:
    assert ORDINARY.add_working_days(date.fromisoformat(day), number) == date.fromisoformat(expected)


def test_ramadan_hours_hold_from_the_first_to_the_last_day_and_no_longer() -> None:
    days = [date(2027, 2, 4), date(2027, 2, 8), date(2027, 2, 12), date(2027, 3, 4), date(2027, 3, 5)]
    assert [SPRING.hours(day)[0] for day in days] == [
        (time(7, 30), time(12)),
        (time(8), time(15, 45)),
        (time(8), time(11, 30)),
        (time(8), time(15, 45)),
        (time(7, 30), time(11, 30)),
    ]


def test_a_day_off_of_the_city_closes_and_a_replacement_day_opens_even_a_holiday() -> None:
    assert not SPRING.is_working_day(date(2027, 2, 24))
    assert SPRING.is_working_day(date(2027, 2, 27))
    assert SPRING.is_working_day(date(2027, 3, 12))
    assert SPRING.minutes_between(at("2027-03-12T00:00"), at("2027-03-13T00:00")) == 315
    assert not ORDINARY.is_working_day(date(2027, 3, 12))


def shown(moments: list[datetime]) -> list[str]:
    return [f"{moment:%H.%M}" for moment in moments]


def test_visit_slots_follow_each_other_within_their_windows() -> None:
    day = date(2026, 11, 23)
    assert shown(ORDINARY.slots(day, ["08.00-09.40", "13.00-14.00"], 30)) == [
        "08.00",
        "08.30",
        "09.00",
        "13.00",
        "13.30",
    ]
    assert ORDINARY.slots(day, ("08.00-08.30",), 30) == [at("2026-11-23T08:00")]
    assert ORDINARY.slots(day, (), 30) == ORDINARY.slots(day, ["08.00-08.29"], 30) == []


def test_there_is_no_slot_on_a_day_off_or_outside_office_hours() -> None:
    assert ORDINARY.slots(date(2026, 12, 25), ["08.00-11.30"], 30) == []
    assert shown(ORDINARY.slots(date(2026, 11, 27), ["10.30-13.00"], 30)) == ["10.30", "11.00"]
    assert shown(ORDINARY.slots(date(2026, 11, 23), ["11.15-13.45"], 30)) == ["11.15", "13.15"]
    assert shown(SPRING.slots(date(2027, 3, 12), ["11.45-12.15"], 30)) == ["11.45"]


# The oracle: every minute of 60 days asked one by one, from the facts of the calendar written down a second time.
FIRST_DAY, DAYS = date(2027, 2, 1), 60
ZERO = datetime.combine(FIRST_DAY, time(0), WITA)
OFF = {date(2027, 2, 5), date(2027, 2, 24)} | {date(2027, 3, day) for day in (8, 9, 10, 11, 15, 25, 26)}


def works(minute: int) -> bool:
    day, clock = FIRST_DAY + timedelta(days=minute // 1440), minute % 1440
    if day == date(2027, 2, 27):
        return 540 <= clock < 660
    if day == date(2027, 3, 12):
        return 480 <= clock < 795
    if day in OFF or day.weekday() > 4:
        return False
    friday = day.weekday() == 4
    if date(2027, 2, 8) <= day <= date(2027, 3, 4):
        return 480 <= clock < (690 if friday else 945)
    return 450 <= clock < 690 if friday else (450 <= clock < 720 or 780 <= clock < 960)


ORACLE = [works(minute) for minute in range(DAYS * 1440)]
minutes = st.integers(0, DAYS * 1440 - 1)


def moment(minute: int) -> datetime:
    return ZERO + timedelta(minutes=minute)


@settings(max_examples=200, deadline=None)
@given(minutes, minutes)
def test_minutes_between_agrees_with_counting_every_minute(start: int, end: int) -> None:
    assert SPRING.minutes_between(moment(start), moment(end)) == sum(ORACLE[start:end])


@settings(max_examples=200, deadline=None)
@given(minutes, st.integers(1, 3000))
def test_add_minutes_agrees_with_counting_every_minute(start: int, number: int) -> None:
    end, left = start, number
    while left and end < len(ORACLE):
        left -= ORACLE[end]
        end += 1
    if not left:
        assert SPRING.add_minutes(moment(start), number) == moment(end)


@settings(max_examples=200, deadline=None)
@given(minutes)
def test_opening_agrees_with_looking_at_every_minute(start: int) -> None:
    assert SPRING.is_open(moment(start)) == ORACLE[start]
    if True in ORACLE[start:]:
        assert SPRING.next_opening(moment(start)) == moment(ORACLE.index(True, start))


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)), st.integers(0, 20_000))  # noqa: DTZ001
def test_adding_minutes_and_counting_them_are_inverse_in_any_zone_and_second(naive: datetime, number: int) -> None:
    start = naive.replace(tzinfo=UTC)
    end = SPRING.add_minutes(start, number)
    assert SPRING.minutes_between(start, end) == number
    assert SPRING.minutes_between(start, end - timedelta(microseconds=1)) == max(number - 1, 0)


def test_long_spans_are_counted_by_the_day_and_not_by_the_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []
    intervals = worktime.Calendar.intervals

    def counted(calendar: worktime.Calendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
        asked.append(day)
        return intervals(calendar, day)

    monkeypatch.setattr(worktime.Calendar, "intervals", counted)
    total = ORDINARY.minutes_between(at("2024-01-01T00:00"), at("2034-01-01T00:00"))
    assert ORDINARY.add_minutes(at("2024-01-01T00:00"), total) == at("2033-12-30T11:30")
    assert len(asked) < 2 * 3700


def changed(old: str, new: str) -> str:
    assert old in EVENTFUL
    return EVENTFUL.replace(old, new)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (changed('timezone = "Asia/Makassar"', ""), "calendar.timezone"),
        (changed("Asia/Makassar", "WITA"), "calendar.timezone"),
        (changed("Asia/Makassar", "Europe/Berlin"), "calendar.timezone"),
        (changed('label = "WITA"', 'label = " "'), "calendar.label"),
        (changed("[hours]", "[jam]"), "calendar.hours"),
        (changed(CONFIG, 'timezone = "Asia/Makassar"\nlabel = "WITA"\nhours = {mon = []}\n'), "calendar.hours"),
        (changed("mon =", "senin ="), "calendar.hours.senin"),
        (changed('fri = ["07.30-11.30"]', 'fri = "07.30-11.30"'), "calendar.hours.fri"),
        (changed('fri = ["07.30-11.30"]', "fri = [7.30]"), "calendar.hours.fri"),
        (changed('fri = ["07.30-11.30"]', 'fri = ["07.30"]'), "calendar.hours.fri"),
        (changed('fri = ["07.30-11.30"]', 'fri = ["07.30-24.00"]'), "calendar.hours.fri"),
        (changed('fri = ["07.30-11.30"]', 'fri = ["07.30-11.60"]'), "calendar.hours.fri"),
        (changed('fri = ["07.30-11.30"]', 'fri = ["11.30-07.30"]'), "calendar.hours.fri"),
        (changed('fri = ["07.30-11.30"]', 'fri = ["07.30-07.30"]'), "calendar.hours.fri"),
        (changed('fri = ["07.30-11.30"]', 'fri = ["07.30-11.30", "11.00-12.00"]'), "calendar.hours.fri"),
        (changed('fri = ["07.30-11.30"]', 'fri = ["13.00-14.00", "07.30-11.30"]'), "calendar.hours.fri"),
        (changed("from = 2027-02-08", 'from = "8 Februari"'), "calendar.overrides[0].from"),
        (changed("from = 2027-02-08", "from = 2027-02-08T00:00:00"), "calendar.overrides[0].from"),
        (changed("until = 2027-03-04", "until = 2027-02-07"), "calendar.overrides[0].until"),
        (changed('label = "Ramadan 1448 H"', ""), "calendar.overrides[0].label"),
        (changed("[overrides.hours]\nmon", "[overrides.hours]\nsen"), "calendar.overrides[0].hours.sen"),
        (changed("date = 2027-02-24", ""), "calendar.closed[0].date"),
        (changed('hours = ["09.00-11.00"]', "hours = []"), "calendar.open[0].hours"),
        (changed("date = 2027-02-27", "date = 2027-02-24"), "calendar.open"),
        (changed("[[closed]]", "[closed]"), "calendar.closed"),
        (
            EVENTFUL + "[[overrides]]\nfrom = 2027-03-04\nuntil = 2027-03-20\nlabel = 'x'\nhours = {}\n",
            "calendar.overrides",
        ),
    ],
)
def test_a_malformed_calendar_says_which_key_is_wrong(text: str, key: str) -> None:
    with pytest.raises(SopInvalid) as caught:
        calendar(text)
    assert (caught.value.code, caught.value.facts["key"]) == ("calendar_invalid", key)
    assert caught.value.facts["expected"]


@pytest.mark.parametrize(
    ("holiday", "key"),
    [
        ({"date": "2027-01-01", "name": "Tahun Baru Masehi"}, "holiday[0].date"),
        ({"date": date(2027, 1, 1)}, "holiday[0].name"),
        ("2027-01-01", "holiday[0]"),
    ],
)
def test_malformed_holidays_say_which_row_is_wrong(holiday: dict[str, Any] | str, key: str) -> None:
    with pytest.raises(SopInvalid) as caught:
        calendar(holidays={"holiday": [holiday]})
    assert caught.value.facts["key"] == key


def test_a_malformed_window_or_length_of_visits_is_refused() -> None:
    for windows, length in ((["pagi"], 30), (["08.00-11.30"], 0)):
        with pytest.raises(SopInvalid):
            ORDINARY.slots(date(2026, 11, 23), windows, length)


def test_colons_and_en_dashes_are_read_too() -> None:
    assert worktime.parse_hours(["07:30 – 12:00"], "key") == ((time(7, 30), time(12)),)


def test_a_calendar_closed_for_a_year_is_refused_instead_of_searched_for_ever() -> None:
    closed = worktime.Calendar(zone=WITA, label="WITA", weekly={})
    questions: tuple[Callable[[], object], ...] = (
        lambda: closed.next_opening(at("2026-11-23T09:00")),
        lambda: closed.add_minutes(at("2026-11-23T09:00"), 1),
        lambda: closed.add_working_days(date(2026, 11, 23), 1),
    )
    for question in questions:
        with pytest.raises(SopInvalid):
            question()


def test_two_names_of_one_day_are_both_kept() -> None:
    rows = [{"date": date(2027, 1, 1), "name": "A"}, {"date": date(2027, 1, 1), "name": "B"}]
    assert calendar(holidays={"holiday": rows}).holidays == {date(2027, 1, 1): "A, B"}
