"""Calendars of the office: an ordinary one, and a spring with everything in it."""

import tomllib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.core import worktime
from tests.support.places import ROOT

HOLIDAYS = tomllib.loads((ROOT / "schemas" / "holidays.toml").read_text("utf-8"))
WITA = ZoneInfo("Asia/Makassar")

CONFIG = """
timezone = "Asia/Makassar"
label = "WITA"
[hours]
mon = ["07.30-12.00", "13.00-16.00"]
tue = ["07.30-12.00", "13.00-16.00"]
wed = ["07.30-12.00", "13.00-16.00"]
thu = ["07.30-12.00", "13.00-16.00"]
fri = ["07.30-11.30"]
"""

# A spring with everything in it: Ramadan hours 8 Feb - 4 Mar, holidays and cuti bersama of Nyepi, Idulfitri and Paskah.
EVENTFUL = (
    CONFIG
    + """
[[overrides]]
from = 2027-02-08
until = 2027-03-04
label = "Ramadan 1448 H"
[overrides.hours]
mon = ["08.00-15.45"]
tue = ["08.00-15.45"]
wed = ["08.00-15.45"]
thu = ["08.00-15.45"]
fri = ["08.00-11.30"]
[[closed]]
date = 2027-02-24
label = "Hari libur kota"
[[open]]
date = 2027-02-27
hours = ["09.00-11.00"]
[[open]]
date = 2027-03-12
hours = ["08.00-12.00", "12.00-13.15"]
"""
)


def calendar(text: str = CONFIG, holidays: dict[str, Any] | None = None) -> worktime.Calendar:
    return worktime.calendar(tomllib.loads(text), HOLIDAYS if holidays is None else holidays)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WITA)


ORDINARY = calendar()
SPRING = calendar(EVENTFUL)
