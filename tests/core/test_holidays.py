"""The frozen holidays: those of the library, as decreed, with a label each, and next year's in time."""

import importlib.util
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from tests.support.calendars import HOLIDAYS, ORDINARY, WITA
from tests.support.places import ROOT


def freeze_holidays() -> ModuleType:
    spec = importlib.util.spec_from_file_location("freeze_holidays", ROOT / "infra" / "freeze_holidays.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


YEARS = sorted({row["date"].year for row in HOLIDAYS["holiday"]})
RENEW = (
    "Renew schemas/holidays.toml: .venv/bin/python infra/freeze_holidays.py {year} (first `make lock` for a newer one)"
)


def test_the_holidays_of_the_coming_year_are_there() -> None:
    """From November on the next year is wanted; the SKB 3 Menteri that fixes it appears in September or October."""
    year = (datetime.now(WITA) + timedelta(days=61)).year
    rows = [row for row in HOLIDAYS["holiday"] if row["date"].year == year]
    assert ORDINARY.knows_holidays_of(year), RENEW.format(year=year)
    assert {row["kind"] for row in rows} == {"libur", "cuti_bersama"}, RENEW.format(year=year)


@pytest.mark.parametrize("year", YEARS)
def test_the_frozen_dates_are_those_of_the_library(year: int) -> None:
    def by_date(row: Mapping[str, Any]) -> tuple[date, str]:
        return row["date"], row["kind"]

    frozen = [row for row in HOLIDAYS["holiday"] if row["date"].year == year]
    assert sorted(frozen, key=by_date) == sorted(freeze_holidays().taken(HOLIDAYS["labels"], [year]), key=by_date), (
        "The library changed its mind. See whether visits are promised on these days, then: " + RENEW.format(year=year)
    )


def test_the_number_of_holidays_of_each_year_is_the_decreed_one() -> None:
    def count(year: int, kind: str) -> int:
        return sum(row["date"].year == year and row["kind"] == kind for row in HOLIDAYS["holiday"])

    counts = {year: (count(year, "libur"), count(year, "cuti_bersama")) for year in range(2024, 2028)}
    assert counts == {2024: (19, 10), 2025: (17, 11), 2026: (17, 8), 2027: (18, 8)}


def test_cuti_bersama_of_2026_are_those_of_the_decree() -> None:
    frozen = {row["date"] for row in HOLIDAYS["holiday"] if row["kind"] == "cuti_bersama" and row["date"].year == 2026}
    decreed = ["02-16", "03-18", "03-20", "03-23", "03-24", "05-15", "05-28", "12-24"]
    assert frozen == {date.fromisoformat(f"2026-{day}") for day in decreed}


def test_a_day_is_an_estimate_only_where_the_library_calls_it_one() -> None:
    estimated = {row["date"] for row in HOLIDAYS["holiday"] if row["estimated"] and row["date"].year < 2028}
    assert estimated <= {date(2027, 3, 10), date(2027, 3, 11), date(2027, 5, 17)}


def test_renewing_a_year_keeps_the_others_and_the_labels() -> None:
    text = (ROOT / "schemas" / "holidays.toml").read_text("utf-8")
    last, new = YEARS[-1], YEARS[-1] + 1
    assert freeze_holidays().frozen(text, [last]) == text
    longer = tomllib.loads(freeze_holidays().frozen(text, [last, new]))
    assert longer["labels"] == HOLIDAYS["labels"]
    assert [row for row in longer["holiday"] if row["date"].year < new] == HOLIDAYS["holiday"]
    assert len([row for row in longer["holiday"] if row["date"].year == new]) >= 15


@pytest.mark.parametrize("year", range(2024, 2035))
def test_every_holiday_the_library_knows_has_a_label_of_ours(year: int) -> None:
    assert freeze_holidays().taken(HOLIDAYS["labels"], [year])
