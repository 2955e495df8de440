"""Office time: which hours of which days count, and arithmetic on them.

Never looks at a clock and never reads a file: moments come in, and the calendar is built from parsed TOML.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from portal.core.errors import SopInvalid

# Opening and closing times of one day, in order; empty when closed.
Hours = tuple[tuple[time, time], ...]
# Working intervals of one day as moments, in order.
Intervals = tuple[tuple[datetime, datetime], ...]
# What the SOP file calls the days of a week.
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Hours by weekday, Monday is 0; a weekday that is not there is closed.
Weekly = Mapping[int, Hours]

# Indonesia's zones. None has daylight saving, so differences of wall-clock times are exact, which all below relies on.
_ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")
_SPAN = re.compile(r"\s*([0-9]{1,2})[.:]([0-9]{2})\s*[-–]\s*([0-9]{1,2})[.:]([0-9]{2})\s*")
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)

# The longest run of days off is two weeks around Idulfitri; a year of them is a mistake in the data.
_LONGEST_CLOSURE_DAYS = 366

# Days whose intervals are remembered: ten years.
_MOST_WORKED_OUT = 3660


@dataclass(frozen=True)
class Override:
    """Other hours from ``first`` to ``last`` included, such as in Ramadan; a weekday not named is closed."""

    first: date
    last: date
    weekly: Weekly
    label: str


@dataclass(frozen=True)
class Calendar:
    """When the office works; every moment returned is in ``zone``.

    Attributes:
        label: how the zone is written after a time, e.g. ``WITA``.
        weekly: the ordinary week.
        overrides: other hours for a while, which count before ``weekly``; they do not overlap.
        holidays: public holidays and cuti bersama -> name; they count before any hours.
        closed: days off of this office only (hari libur tambahan) -> why; the same.
        replacements: working days with their hours (hari kerja pengganti); they count before everything else.
    """

    zone: ZoneInfo
    label: str
    weekly: Weekly
    overrides: tuple[Override, ...] = ()
    holidays: Mapping[date, str] = field(default_factory=dict)
    closed: Mapping[date, str] = field(default_factory=dict)
    replacements: Mapping[date, Hours] = field(default_factory=dict)
    _worked_out: dict[date, Intervals] = field(default_factory=dict, init=False, repr=False, compare=False)

    def local(self, at: datetime) -> datetime:
        """Return the same moment in the office's zone; ValueError for a naive datetime, which names no moment."""
        if at.tzinfo is None:
            raise ValueError(f"not an aware datetime: {at!r}")
        return at.astimezone(self.zone)

    def hours(self, day: date) -> Hours:
        """Return the times of a day; TypeError for a datetime, a date to Python that equals none of the calendar's."""
        if isinstance(day, datetime):
            raise TypeError(f"not a plain date: {day!r}")
        if day in self.replacements:
            return self.replacements[day]
        if day in self.closed or day in self.holidays:
            return ()
        weekly = next((other.weekly for other in self.overrides if other.first <= day <= other.last), self.weekly)
        return weekly.get(day.weekday(), ())

    def intervals(self, day: date) -> Intervals:
        """Return the working intervals of a day as moments, each including its start and not its end."""
        found = self._worked_out.get(day)  # the same few days are asked for by every case
        if found is None:
            found = tuple(
                (datetime.combine(day, opening, self.zone), datetime.combine(day, closing, self.zone))
                for opening, closing in self.hours(day)
            )
            if len(self._worked_out) >= _MOST_WORKED_OUT:
                self._worked_out.clear()
            self._worked_out[day] = found
        return found

    def is_working_day(self, day: date) -> bool:
        """Whether the office works at all on a day."""
        return bool(self.hours(day))

    def is_open(self, at: datetime) -> bool:
        """Whether the office works at a moment; at closing time it does not."""
        here = self.local(at)
        return any(opening <= here < closing for opening, closing in self.intervals(here.date()))

    def knows_holidays_of(self, year: int) -> bool:
        """Whether the year's holidays are in the data; without them a promise into that year is a guess."""
        return any(day.year == year for day in self.holidays)

    def next_opening(self, at: datetime) -> datetime:
        """Return the first working moment from ``at`` on, which is ``at`` itself when open."""
        return next(self._open_from(self.local(at)))[0]

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """Return the earliest moment by which ``minutes`` working minutes have passed since ``start``.

        The end of a full interval is its closing time, not the next opening; no minutes at all are over at once.

        Raises:
            ValueError: for negative minutes.
        """
        if minutes < 0:
            raise ValueError(f"negative minutes: {minutes}")
        left, here = timedelta(minutes=minutes), self.local(start)
        spans = self._open_from(here)
        while left:
            opening, closing = next(spans)
            worked = min(left, closing - opening)
            left -= worked
            here = opening + worked
        return here

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Return the full working minutes from ``start`` to ``end``; 0 when the end is not later."""
        begin, until = self.local(start), self.local(end)
        worked = timedelta()
        for number in range((until.date() - begin.date()).days + 1):
            for opening, closing in self.intervals(begin.date() + number * _DAY):
                worked += max(min(closing, until) - max(opening, begin), timedelta())
        return worked // _MINUTE

    def add_working_days(self, day: date, number: int) -> date:
        """Return the working day that is ``number`` working days after ``day``, or before it when negative.

        The day after a Friday is Monday, and so is the day after a Sunday. 0 is the day itself, or the next working
        day when it is none.
        """
        step = -_DAY if number < 0 else _DAY
        if number == 0:
            return self._working_day_from(day, step)
        for _ in range(abs(number)):
            day = self._working_day_from(day + step, step)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Return how many working days lie after ``first``, up to and including ``last``; 0 when it is not later."""
        return sum(self.is_working_day(first + number * _DAY) for number in range(1, (last - first).days + 1))

    def slots(self, day: date, windows: Sequence[str], length_minutes: int) -> list[datetime]:
        """Return the starts of the visit slots of a day.

        Slots follow each other from the start of each window, e.g. ``["08.00-11.30", "13.00-15.00"]``. One lies whole
        inside its window and inside working hours: none on a day off, none after an early closing in Ramadan.

        Raises:
            SopInvalid: ``calendar_invalid`` for a malformed window or a length below one minute.
        """
        if length_minutes < 1:
            raise _invalid("length_minutes", length_minutes, ">= 1")
        starts = []
        for opening, closing in parse_hours(windows, "windows"):
            start, end = datetime.combine(day, opening, self.zone), datetime.combine(day, closing, self.zone)
            while (after := start + length_minutes * _MINUTE) <= end:
                if self.minutes_between(start, after) == length_minutes:
                    starts.append(start)
                start = after
        return starts

    def _open_from(self, here: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working intervals from a local moment on, without end; the first starts there when open."""
        day = here.date()
        while True:
            day = self._working_day_from(day, _DAY)
            for opening, closing in self.intervals(day):
                if here < closing:
                    yield max(opening, here), closing
            day += _DAY

    def _working_day_from(self, day: date, step: timedelta) -> date:
        for number in range(_LONGEST_CLOSURE_DAYS):
            if self.is_working_day(day + number * step):
                return day + number * step
        raise _invalid("calendar.hours", day, "[HH.MM-HH.MM]")


def calendar(config: Mapping[str, object], holidays: Mapping[str, object]) -> Calendar:
    """Build the calendar from the parsed table ``[calendar]`` of an SOP and the parsed ``schemas/holidays.toml``.

    Raises:
        SopInvalid: ``calendar_invalid`` with ``key``, ``value`` and ``expected``.
    """
    if (zone := config.get("timezone")) not in _ZONES:
        raise _invalid("calendar.timezone", zone, " | ".join(_ZONES))
    weekly = _weekly(config.get("hours"), "calendar.hours")
    if not any(weekly.values()):
        raise _invalid("calendar.hours", config.get("hours"), "[HH.MM-HH.MM]")
    closed = named_days(config.get("closed", []), "calendar.closed", "label")
    replacements = _replacements(config.get("open", []))
    if both := closed.keys() & replacements.keys():
        raise _invalid("calendar.open", min(both), "calendar.open | calendar.closed")
    return Calendar(
        zone=ZoneInfo(str(zone)),
        label=_text(config, "label", "calendar"),
        weekly=weekly,
        overrides=_overrides(config.get("overrides", [])),
        holidays=named_days(holidays.get("holiday", []), "holiday", "name"),
        closed=closed,
        replacements=replacements,
    )


def parse_hours(value: object, key: str) -> Hours:
    """Read hours such as ``["07.30-12.00", "13.00-16.00"]``; a colon or an en dash is accepted too.

    Raises:
        SopInvalid: ``calendar_invalid`` under ``key`` when malformed, out of order or overlapping.
    """
    if not isinstance(value, list | tuple):
        raise _invalid(key, value, "[HH.MM-HH.MM]")
    spans = tuple(_span(item, key) for item in value)
    moments = [moment for span in spans for moment in span]
    if moments != sorted(moments) or any(opening == closing for opening, closing in spans):
        raise _invalid(key, value, "HH.MM < HH.MM <= HH.MM < HH.MM")
    return spans


def _span(value: object, key: str) -> tuple[time, time]:
    numbers = _SPAN.fullmatch(value) if isinstance(value, str) else None
    try:
        hour, minute, last_hour, last_minute = (int(number) for number in (numbers.groups() if numbers else ()))
        return time(hour, minute), time(last_hour, last_minute)
    except ValueError:
        raise _invalid(key, value, "HH.MM-HH.MM") from None


def _weekly(value: object, key: str) -> Weekly:
    if not isinstance(value, Mapping):
        raise _invalid(key, value, "{mon = [HH.MM-HH.MM]}")
    for name in value.keys() - set(WEEKDAYS):
        raise _invalid(f"{key}.{name}", name, " | ".join(WEEKDAYS))
    return {WEEKDAYS.index(name): parse_hours(hours, f"{key}.{name}") for name, hours in value.items()}


def _overrides(value: object) -> tuple[Override, ...]:
    overrides = []
    for key, row in _rows(value, "calendar.overrides"):
        first, last = _day(row, "from", key), _day(row, "until", key)
        if last < first:
            raise _invalid(f"{key}.until", last, f">= {first}")
        overrides.append(Override(first, last, _weekly(row.get("hours"), f"{key}.hours"), _text(row, "label", key)))
    overrides.sort(key=lambda override: override.first)
    for before, after in pairwise(overrides):
        # Which of two should count on a shared day is not for us to guess.
        if after.first <= before.last:
            raise _invalid("calendar.overrides", after.first, f"> {before.last}")
    return tuple(overrides)


def _replacements(value: object) -> Mapping[date, Hours]:
    days = {}
    for key, row in _rows(value, "calendar.open"):
        days[_day(row, "date", key)] = hours = parse_hours(row.get("hours"), f"{key}.hours")
        if not hours:
            raise _invalid(f"{key}.hours", hours, "[HH.MM-HH.MM]")
    return days


def named_days(value: object, key: str, field: str) -> Mapping[date, str]:
    """Read rows of ``date`` and a name; two names of one day are joined, as when two feasts coincide."""
    days: dict[date, str] = {}
    for row_key, row in _rows(value, key):
        day, name = _day(row, "date", row_key), _text(row, field, row_key)
        days[day] = f"{days[day]}, {name}" if day in days else name
    return days


def _rows(value: object, key: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield each table of an array with its key for the error, e.g. ``calendar.closed[1]``."""
    if not isinstance(value, list):
        raise _invalid(key, value, f"[[{key}]]")
    for number, row in enumerate(value):
        if not isinstance(row, Mapping):
            raise _invalid(f"{key}[{number}]", row, f"[[{key}]]")
        yield f"{key}[{number}]", row


def _day(row: Mapping[str, object], field: str, key: str) -> date:
    value = row.get(field)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _invalid(f"{key}.{field}", value, "YYYY-MM-DD")
    return value


def _text(row: Mapping[str, object], field: str, key: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise _invalid(f"{key}.{field}", value, '"..."')
    return value


def _invalid(key: str, value: object, expected: str) -> SopInvalid:
    return SopInvalid("calendar_invalid", key=key, value=value, expected=expected)
