"""A calendar and the value that is read from it, both written out; and what is said of one that does not fit."""

import tomllib
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.core import worktime
from portal.core.errors import SopInvalid
from portal.core.worktime import Calendar, Override, parse_hours

DAYS_OFF = tomllib.loads("""
[[holiday]]
date = 2027-01-01
name = "Tahun Baru"
[[holiday]]
date = 2027-02-06
name = "Imlek"
[[holiday]]
date = 2027-02-06
name = "Isra Mikraj"
""")

WHOLE = """
timezone = "Asia/Makassar"
label = "WITA"
[hours]
mon = ["07.30-12.00", "13.00-16.00"]
fri = ["07.30-11.30"]
sat = []
[[overrides]]
from = 2027-05-01
until = 2027-05-01
label = "Satu hari"
hours = {mon = ["09.00-10.00"]}
[[overrides]]
from = 2027-02-08
until = 2027-03-04
label = "Ramadan"
hours = {tue = ["08.00-15.45"]}
[[closed]]
date = 2027-02-24
label = "Libur kota"
[[open]]
date = 2027-02-27
hours = ["09.00-11.00"]
"""

WEEK = "timezone = 'Asia/Makassar'\nlabel = 'WITA'\n[hours]\nmon = ['07.30-12.00']\n"


def read(text: str, days_off: dict[str, Any] | None = None) -> Calendar:
    return worktime.calendar(tomllib.loads(text), DAYS_OFF if days_off is None else days_off)


def test_everything_in_the_file_is_in_the_calendar_overrides_in_order_of_their_days() -> None:
    assert read(WHOLE) == Calendar(
        zone=ZoneInfo("Asia/Makassar"),
        label="WITA",
        weekly={
            0: ((time(7, 30), time(12)), (time(13), time(16))),
            4: ((time(7, 30), time(11, 30)),),
            5: (),
        },
        overrides=(
            Override(date(2027, 2, 8), date(2027, 3, 4), {1: ((time(8), time(15, 45)),)}, "Ramadan"),
            Override(date(2027, 5, 1), date(2027, 5, 1), {0: ((time(9), time(10)),)}, "Satu hari"),
        ),
        holidays={date(2027, 1, 1): "Tahun Baru", date(2027, 2, 6): "Imlek, Isra Mikraj"},
        closed={date(2027, 2, 24): "Libur kota"},
        replacements={date(2027, 2, 27): ((time(9), time(11)),)},
    )


def test_what_is_left_out_is_none() -> None:
    plain = read(WEEK, {})
    assert (plain.overrides, plain.holidays, plain.closed, plain.replacements) == ((), {}, {}, {})
    assert plain == Calendar(ZoneInfo("Asia/Makassar"), "WITA", {0: ((time(7, 30), time(12)),)})


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"])
def test_every_zone_of_indonesia_will_do(zone: str) -> None:
    assert read(WEEK.replace("Asia/Makassar", zone)).zone == ZoneInfo(zone)


def test_every_day_of_the_week_has_its_name_monday_first() -> None:
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    hours = "".join(f"{name} = ['07.30-{8 + number:02}.00']\n" for number, name in enumerate(names))
    weekly = read(WEEK.replace("mon = ['07.30-12.00']\n", hours)).weekly
    assert weekly == {number: ((time(7, 30), time(8 + number)),) for number in range(7)}


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ([], ()),
        (["07.30-12.00"], ((time(7, 30), time(12)),)),
        (("7.30-12.00", "12.00-13.15"), ((time(7, 30), time(12)), (time(12), time(13, 15)))),
        (["  07:05 – 09:10 "], ((time(7, 5), time(9, 10)),)),
        (["0.00-23.59"], ((time(0), time(23, 59)),)),
    ],
)
def test_hours_are_read_as_people_write_them(written: object, spans: worktime.Hours) -> None:
    assert parse_hours(written, "calendar.hours.mon") == spans


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("07.30-12.00", "[HH.MM-HH.MM]"),
        (None, "[HH.MM-HH.MM]"),
        (["11.30-07.30"], "HH.MM < HH.MM <= HH.MM < HH.MM"),
        (["07.30-07.30"], "HH.MM < HH.MM <= HH.MM < HH.MM"),
        (["07.30-12.00", "11.59-13.00"], "HH.MM < HH.MM <= HH.MM < HH.MM"),
    ],
)
def test_hours_out_of_order_are_refused_as_a_whole(written: object, expected: str) -> None:
    assert refusal(written, "calendar.hours.mon") == {
        "key": "calendar.hours.mon",
        "value": written,
        "expected": expected,
    }


@pytest.mark.parametrize(
    "written", ["pagi", "07.30", "007.30-12.00", "7.3-12.00", "07.30-12.00x", "24.00-25.00", 7.5, None]
)
def test_a_range_that_is_none_is_refused_by_itself(written: object) -> None:
    expected = {"key": "steps[5].visit", "value": written, "expected": "HH.MM-HH.MM"}
    assert refusal(["06.00-07.00", written], "steps[5].visit") == expected


def refusal(written: object, key: str) -> dict[str, object]:
    with pytest.raises(SopInvalid, match="calendar_invalid") as caught:
        parse_hours(written, key)
    return caught.value.facts


ZONES = "Asia/Jakarta | Asia/Pontianak | Asia/Makassar | Asia/Jayapura"
NAMES = "mon | tue | wed | thu | fri | sat | sun"
TABLE = "{mon = [HH.MM-HH.MM]}"


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "expected"),
    [
        ("Makassar", "Tarakan", "calendar.timezone", "Asia/Tarakan", ZONES),
        ('label = "WITA"', "label = 8", "calendar.label", 8, '"..."'),
        ('label = "WITA"', 'label = " "', "calendar.label", " ", '"..."'),
        ("[hours]", "[jam]", "calendar.hours", None, TABLE),
        ("mon = ", "sen = ", "calendar.hours.sen", "sen", NAMES),
        ('"07.30-11.30"', '"siang"', "calendar.hours.fri", "siang", "HH.MM-HH.MM"),
        ("from = 2027-05-01", "from = 8", "calendar.overrides[0].from", 8, "YYYY-MM-DD"),
        ("until = 2027-03-04", "until = 'x'", "calendar.overrides[1].until", "x", "YYYY-MM-DD"),
        ("until = 2027-03-04", "until = 2027-02-07", "calendar.overrides[1].until", date(2027, 2, 7), ">= 2027-02-08"),
        ("from = 2027-05-01", "from = 2027-03-04", "calendar.overrides", date(2027, 3, 4), "> 2027-03-04"),
        ('label = "Ramadan"', "", "calendar.overrides[1].label", None, '"..."'),
        ("hours = {tue", "jam = {tue", "calendar.overrides[1].hours", None, TABLE),
        ('hours = {tue = ["08.00-15.45"]}', "hours = 8", "calendar.overrides[1].hours", 8, TABLE),
        ("{tue =", "{sel =", "calendar.overrides[1].hours.sel", "sel", NAMES),
        ("[[closed]]", "[closed]", "calendar.closed", {"date": date(2027, 2, 24), "label": "Libur kota"},
         "[[calendar.closed]]"),
        ("date = 2027-02-24", "date = 2027-02-24T08:00:00", "calendar.closed[0].date", datetime(2027, 2, 24, 8),  # noqa: DTZ001
         "YYYY-MM-DD"),
        ('label = "Libur kota"', "label = ''", "calendar.closed[0].label", "", '"..."'),
        ("date = 2027-02-27", "", "calendar.open[0].date", None, "YYYY-MM-DD"),
        ('hours = ["09.00-11.00"]', "hours = []", "calendar.open[0].hours", (), "[HH.MM-HH.MM]"),
        ('hours = ["09.00-11.00"]', "hours = 9", "calendar.open[0].hours", 9, "[HH.MM-HH.MM]"),
        ("date = 2027-02-27", "date = 2027-02-24", "calendar.open", date(2027, 2, 24),
         "calendar.open | calendar.closed"),
    ],
)  # fmt: skip
def test_a_calendar_that_does_not_fit_says_where_what_and_what_is_expected(
    old: str, new: str, key: str, value: object, expected: str
) -> None:
    assert old in WHOLE
    with pytest.raises(SopInvalid) as refusal:
        read(WHOLE.replace(old, new, 1))
    assert refusal.value.code == "calendar_invalid"
    assert refusal.value.facts == {"key": key, "value": value, "expected": expected}


def test_a_week_in_which_the_office_never_works_is_refused() -> None:
    with pytest.raises(SopInvalid) as refusal:
        read(WEEK.replace("['07.30-12.00']", "[]"))
    assert refusal.value.facts == {"key": "calendar.hours", "value": {"mon": []}, "expected": "[HH.MM-HH.MM]"}


@pytest.mark.parametrize(
    ("rows", "key", "value", "expected"),
    [
        ({"date": date(2027, 1, 1)}, "holiday", {"date": date(2027, 1, 1)}, "[[holiday]]"),
        ([{"date": date(2027, 1, 1), "name": "x"}, "2027-01-02"], "holiday[1]", "2027-01-02", "[[holiday]]"),
        ([{"date": "2027-01-01", "name": "x"}], "holiday[0].date", "2027-01-01", "YYYY-MM-DD"),
        ([{"date": date(2027, 1, 1), "label": "x"}], "holiday[0].name", None, '"..."'),
    ],
)
def test_holidays_that_do_not_fit_say_the_same(rows: object, key: str, value: object, expected: str) -> None:
    with pytest.raises(SopInvalid) as refusal:
        read(WEEK, {"holiday": rows})
    assert refusal.value.facts == {"key": key, "value": value, "expected": expected}


def test_it_is_known_of_which_years_the_holidays_are_in_the_data() -> None:
    calendar = read(WEEK)
    assert [year for year in range(2025, 2030) if calendar.knows_holidays_of(year)] == [2027]
    assert not read(WEEK, {}).knows_holidays_of(2027)


def test_visits_of_a_minute_are_possible_and_shorter_ones_are_refused() -> None:
    calendar, monday = read(WEEK), date(2027, 1, 4)
    assert [f"{start:%H.%M}" for start in calendar.slots(monday, ["08.00-08.03"], 1)] == ["08.00", "08.01", "08.02"]
    with pytest.raises(SopInvalid, match="calendar_invalid") as refused:
        calendar.slots(monday, ["08.00-08.03"], 0)
    assert refused.value.facts == {"key": "length_minutes", "value": 0, "expected": ">= 1"}
    with pytest.raises(SopInvalid, match="calendar_invalid") as refused:
        calendar.slots(monday, ["pagi"], 30)
    assert refused.value.facts == {"key": "windows", "value": "pagi", "expected": "HH.MM-HH.MM"}
