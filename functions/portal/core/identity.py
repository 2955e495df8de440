"""National numbers of a person: NIK, NIP (PNS) and NI PPPK, taken apart and checked against each other.

Never decides whether a broken rule stops the form or only warns; the schema does, and holds the sentences.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from portal.core.separators import without_separators

# Kepmendagri 300.2.2-2138 Tahun 2025 as amended by 300.2.2-2430 Tahun 2025: 38 provinces, read in cahyadsn/wilayah
# (MIT). A NIK keeps the code of its first registration and provinces divide, so an unknown code may only ever warn.
PROVINCES = frozenset(
    str(code)
    for codes in (
        range(11, 20),
        (21,),
        range(31, 37),
        range(51, 54),
        range(61, 66),
        range(71, 77),
        (81, 82),
        range(91, 97),
    )
    for code in codes
)

# The earliest year of appointment a PPPK number can carry (domain.md 2.3).
_FIRST_PPPK_YEAR = 2019
_OLDEST_BIRTH_YEAR = 1950
_YOUNGEST_AT_APPOINTMENT = 17

_NIK = re.compile(
    r"(?P<region>[0-9]{6})(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year2>[0-9]{2})(?P<serial>(?!0000)[0-9]{4})"
)
_NIP = re.compile(
    r"(?P<born>[0-9]{8})(?P<appointed_year>[0-9]{4})(?P<appointed_code>[0-9]{2})(?P<sex>[12])(?P<serial>[0-9]{3})"
)
_EIGHTEEN_DIGITS = re.compile(r"[0-9]{18}")


def digits(text: str) -> str:
    """Drop the separators people type: spaces, dots, dashes, and the invisible marks that come with pasted text.

    Every other character stays, for the check of the number to see it.
    """
    return without_separators(text, also=".")


@dataclass(frozen=True)
class Nik:
    """A NIK taken apart (domain.md 2.1): ``PPKKCC DDMMYY SSSS``.

    Attributes:
        region: six digits of the district of first registration, which stays when the person moves.
        day: day of birth, 1 to 31; the 40 added for women is taken off.
        month: month of birth, 1 to 12.
        year2: last two digits of the year of birth; the century is not in the number.
        female: whether 40 was added to the day.
        serial: 1 to 9999.
    """

    region: str
    day: int
    month: int
    year2: int
    female: bool
    serial: int

    @property
    def province(self) -> str:
        return self.region[:2]

    def could_be_born_on(self, day: date) -> bool:
        """Whether the number was built from this date of birth."""
        return (self.day, self.month, self.year2) == (day.day, day.month, day.year % 100)

    def has_possible_birth(self) -> bool:
        """Whether the day exists in 19yy or in 20yy: the latter has all days of the former, as 2000 was a leap year."""
        return _real_date(2000 + self.year2, self.month, self.day) is not None


def nik(number: str) -> Nik | None:
    """Take a NIK of 16 digits apart; None when its structure is impossible (domain.md 2.1).

    Impossible: not 16 digits, one digit repeated, a day outside 1-31 and 41-71, a month outside 1-12, serial 0000.
    """
    parts = _NIK.fullmatch(number)
    if parts is None or len(set(number)) == 1:
        return None
    day, month = int(parts["day"]), int(parts["month"])
    female = day > 40
    day -= 40 * female
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return Nik(parts["region"], day, month, int(parts["year2"]), female, int(parts["serial"]))


@dataclass(frozen=True)
class Nip:
    """A NIP or NI PPPK taken apart (domain.md 2.2, 2.3): ``YYYYMMDD YYYYMM S NNN``, for PPPK ``YYYYMMDD YYYYFF S NNN``.

    Attributes:
        born: date of birth; None when the digits are no date.
        appointed_year: four digits of the year of appointment.
        appointed_code: month of appointment of a PNS, contract code of a PPPK (21 and 24 occur).
        female: sex digit 2.
        serial: 0 to 999; numbers are given out from 1.
    """

    born: date | None
    appointed_year: int
    appointed_code: int
    female: bool
    serial: int


def nip(number: str) -> Nip | None:
    """Take a number of 18 digits apart; None for anything else and for a sex digit other than 1 and 2."""
    parts = _NIP.fullmatch(number)
    if parts is None:
        return None
    born = parts["born"]
    return Nip(
        born=_real_date(int(born[:4]), int(born[4:6]), int(born[6:])),
        appointed_year=int(parts["appointed_year"]),
        appointed_code=int(parts["appointed_code"]),
        female=parts["sex"] == "2",
        serial=int(parts["serial"]),
    )


def grouped_nip(number: str) -> str:
    """Write 18 digits as ``19650111 200012 1 002``; anything else is returned as it is."""
    if not _EIGHTEEN_DIGITS.fullmatch(number):
        return number
    return f"{number[:8]} {number[8:14]} {number[14]} {number[15:]}"


Rule = Callable[[Mapping[str, str], date], bool]


def _nik_structure(values: Mapping[str, str], _today: date) -> bool:
    return not values.get("nik") or _nik_of(values) is not None


def _nik_province_known(values: Mapping[str, str], _today: date) -> bool:
    person = _nik_of(values)
    return person is None or person.province in PROVINCES


def _nik_possible_date(values: Mapping[str, str], _today: date) -> bool:
    person = _nik_of(values)
    return person is None or person.has_possible_birth()


def _nik_matches_nip_birth(values: Mapping[str, str], _today: date) -> bool:
    person, employee = _nik_of(values), _nip_of(values)
    return person is None or employee is None or employee.born is None or person.could_be_born_on(employee.born)


def _nik_matches_nip_sex(values: Mapping[str, str], _today: date) -> bool:
    person, employee = _nik_of(values), _nip_of(values)
    return person is None or employee is None or person.female == employee.female


def _nip_structure(values: Mapping[str, str], today: date) -> bool:
    if not values.get("nip"):
        return True
    employee = _nip_of(values)
    return (
        employee is not None
        and employee.born is not None
        and _OLDEST_BIRTH_YEAR <= employee.born.year <= today.year - _YOUNGEST_AT_APPOINTMENT
        and employee.appointed_year >= employee.born.year + _YOUNGEST_AT_APPOINTMENT
        and employee.serial > 0
    )


def _nip_fits_pns(values: Mapping[str, str], today: date) -> bool:
    employee = _nip_of(values)
    if values.get("status_kepegawaian") != "PNS" or employee is None:
        return True
    return employee.appointed_year <= today.year and 1 <= employee.appointed_code <= 12


def _nip_fits_pppk(values: Mapping[str, str], today: date) -> bool:
    employee = _nip_of(values)
    if values.get("status_kepegawaian") != "PPPK" or employee is None:
        return True
    return _FIRST_PPPK_YEAR <= employee.appointed_year <= today.year


# Each is True when there is nothing to say: the rule is kept, or a value it needs is missing or unreadable (then the
# rule of that value speaks, and nobody reads two sentences about one slip of the finger).
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "nik_structure": _nik_structure,
        "nik_province_known": _nik_province_known,
        "nik_possible_date": _nik_possible_date,
        "nik_matches_nip_birth": _nik_matches_nip_birth,
        "nik_matches_nip_sex": _nik_matches_nip_sex,
        "nip_structure": _nip_structure,
        "nip_fits_pns": _nip_fits_pns,
        "nip_fits_pppk": _nip_fits_pppk,
    }
)


def _nik_of(values: Mapping[str, str]) -> Nik | None:
    return nik(digits(values.get("nik") or ""))


def _nip_of(values: Mapping[str, str]) -> Nip | None:
    return nip(digits(values.get("nip") or ""))


def _real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
