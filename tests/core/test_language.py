"""Dates, times and numbers as they are written in Tarakan."""

import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.language import Language
from tests.support.places import ROOT

MESSAGES = ROOT / "functions" / "portal" / "messages.toml"
DATES = tomllib.loads(MESSAGES.read_text("utf-8"))["dates"]
WITA = ZoneInfo("Asia/Makassar")
LANGUAGE = Language(DATES["months"], DATES["days"], WITA, "WITA")
MORNING = datetime(2026, 11, 22, 9, 5, tzinfo=WITA)
moments = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def test_a_moment_is_written_with_day_month_year_and_the_time_with_a_dot() -> None:
    assert LANGUAGE.date(MORNING) == "22 November 2026"
    assert LANGUAGE.day(MORNING) == "Minggu, 22 November 2026"
    assert LANGUAGE.time(MORNING) == "09.05 WITA"
    assert LANGUAGE.moment(MORNING) == "22 November 2026 09.05 WITA"


def test_the_months_and_days_are_all_there_in_order() -> None:
    assert [LANGUAGE.month(f"2026-{number:02}") for number in range(1, 13)] == [
        "Januari 2026", "Februari 2026", "Maret 2026", "April 2026", "Mei 2026", "Juni 2026",
        "Juli 2026", "Agustus 2026", "September 2026", "Oktober 2026", "November 2026", "Desember 2026",
    ]  # fmt: skip
    monday = date(2026, 11, 23)
    week = [LANGUAGE.day(monday + timedelta(days=number)).split(",")[0] for number in range(7)]
    assert week == ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]


@pytest.mark.parametrize("value", [date(2026, 3, 1), "2026-03-01", datetime(2026, 2, 28, 16, 0, tzinfo=UTC)])
def test_a_day_is_the_same_however_it_is_given(value: date | str) -> None:
    """The last one is midnight in Tarakan already."""
    assert LANGUAGE.date(value) == "1 Maret 2026"


@given(moment=moments, hours=st.integers(-12, 14))
def test_the_zone_a_moment_comes_in_does_not_matter(moment: datetime, hours: int) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    assert (LANGUAGE.day(elsewhere), LANGUAGE.moment(elsewhere)) == (LANGUAGE.day(moment), LANGUAGE.moment(moment))


@given(moment=moments)
def test_what_is_written_can_be_read_back(moment: datetime) -> None:
    day, month, year, time, _ = LANGUAGE.moment(moment).split()
    hour, minute = time.split(".")
    read = datetime(int(year), DATES["months"].index(month) + 1, int(day), int(hour), int(minute), tzinfo=WITA)
    assert read == moment.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("number", "written"), [(0, "0"), (999, "999"), (1000, "1.000"), (1234567, "1.234.567"), (-4500, "-4.500")]
)
def test_thousands_are_set_apart_by_a_dot(number: int, written: str) -> None:
    assert LANGUAGE.number(number) == written


def test_a_sentence_is_filled_and_moments_in_it_are_written_out() -> None:
    facts = {"office": "Kepala Dinas", "at": MORNING.astimezone(UTC), "unused": 1}
    assert LANGUAGE.fill("{office} pada {at}.", facts) == "Kepala Dinas pada 22 November 2026 09.05 WITA."


def test_days_in_a_sentence_are_written_out_too() -> None:
    facts = {"until": date(2028, 11, 25), "from": "2026-11-25", "number": 1234}
    assert LANGUAGE.fill("{from} sampai {until}, {number}", facts) == "2026-11-25 sampai 25 November 2028, 1234"


def test_what_fills_a_sentence_is_not_filled_again() -> None:
    assert LANGUAGE.fill("Diisi {value}.", {"value": "{office} {0} {"}) == "Diisi {office} {0} {."
    assert LANGUAGE.fill("", {}) == ""


@pytest.mark.parametrize("wrong", ["", "22-11-2026", "2026-13-01"])
def test_what_is_no_date_is_not_guessed(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        LANGUAGE.date(wrong)
