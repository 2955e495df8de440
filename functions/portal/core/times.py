"""How long a SOP allows for a step: minutes, hours, working days, or not said at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

UNITS: Final[Mapping[str, int]] = {"minutes": 1, "hours": 60, "working_days": 0}
"""In what a time can be said -> minutes in one of it; 0 for days, whose minutes are the calendar's business."""


@dataclass(frozen=True)
class Time:
    """A ``number`` of ``unit``, which is a key of ``UNITS``."""

    number: int
    unit: str

    @property
    def minutes(self) -> int | None:
        """Minutes in office hours; None for a time in working days."""
        return self.number * UNITS[self.unit] if UNITS[self.unit] else None


def time_of(step: Mapping[str, Any]) -> Time | None:
    """What a step of ``sop.toml`` says of its time; None where it says nothing."""
    return next((Time(step[unit], unit) for unit in UNITS if unit in step), None)


def in_words(time: Time, words: Mapping[str, str]) -> str:
    """The words for a time, such as ``{minutes} menit`` under ``minutes``; empty where there are none for its unit."""
    return words.get(time.unit, "").replace(f"{{{time.unit}}}", str(time.number))


def added(times: Iterable[Time | None]) -> list[Time]:
    """What is said of them added up, days apart from minutes; empty if nothing is."""
    said = [time for time in times if time]
    days = sum(time.number for time in said if time.minutes is None)
    minutes = sum(time.minutes or 0 for time in said)
    return [time for time in (Time(days, "working_days"), Time(minutes, "minutes")) if time.number]
