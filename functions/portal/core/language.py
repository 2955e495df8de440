"""How dates, times and numbers are written in Indonesian; the words come from ``messages.toml``."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Language:
    """Attributes:
    months: twelve names, January first; ``days`` seven, Monday first.
    zone: where the office is; ``zone_label`` what is printed after a time, such as WITA.
    """

    months: Sequence[str]
    days: Sequence[str]
    zone: dt.tzinfo
    zone_label: str

    def date(self, value: dt.date | dt.datetime | str) -> str:
        """22 November 2026"""
        day = self._day(value)
        return f"{day.day} {self.months[day.month - 1]} {day.year}"

    def day(self, value: dt.date | dt.datetime | str) -> str:
        """Minggu, 22 November 2026"""
        return f"{self.days[self._day(value).weekday()]}, {self.date(value)}"

    def month(self, value: str) -> str:
        """November 2026, from 2026-11"""
        year, month = value.split("-")
        return f"{self.months[int(month) - 1]} {year}"

    def time(self, value: dt.datetime) -> str:
        """09.30 WITA"""
        return f"{value.astimezone(self.zone):%H.%M} {self.zone_label}"

    def moment(self, value: dt.datetime) -> str:
        """22 November 2026 09.30 WITA"""
        return f"{self.date(value)} {self.time(value)}"

    def number(self, value: int) -> str:
        """1.234"""
        return f"{value:,}".replace(",", ".")

    def fill(self, sentence: str, facts: Mapping[str, Any]) -> str:
        """A sentence with its placeholders filled; moments and days among the facts are written out."""
        return sentence.format_map({key: self._written(fact) for key, fact in facts.items()})

    def _written(self, fact: Any) -> Any:
        if isinstance(fact, dt.datetime):
            return self.moment(fact)
        return self.date(fact) if isinstance(fact, dt.date) else fact

    def _day(self, value: dt.date | dt.datetime | str) -> dt.date:
        if isinstance(value, str):
            return dt.date.fromisoformat(value)
        return value.astimezone(self.zone).date() if isinstance(value, dt.datetime) else value
