"""What the recap's pictures show of it: no figure of fewer than three, which might have been a person's.

The pictures are what people pass on; the tables beside them are the record.
"""

from collections import Counter
from typing import Final, NamedTuple

from portal.core.recap import ENOUGH, Recap

_OFFICES: Final = 12
"""So many bars are taken in at a glance; further offices are shown together."""
_MONTHS: Final = 12
_CASES: Final = frozenset({"done", "rejected", "withdrawn", "lapsed"})
"""Outcomes that close a case; what becomes of a certificate later is another count."""


class Figure(NamedTuple):
    """A bar: of what, and how many; None stands for one or two."""

    of: str
    number: int | None


class Holders(NamedTuple):
    """Holders per office, most first; and how many ``others`` have how many ``together`` (None: one or two)."""

    offices: tuple[Figure, ...]
    others: int
    together: int | None


def holders(recap: Recap) -> Holders:
    """Offices with fewer than three holders, and those past the twelfth, are counted together."""
    ranked = sorted(recap.holders.items(), key=lambda item: (-item[1], item[0]))
    shown = [Figure(office, count) for office, count in ranked if count >= ENOUGH][:_OFFICES]
    rest = ranked[len(shown) :]
    return Holders(tuple(shown), len(rest), told(sum(count for _, count in rest)))


def closed(recap: Recap) -> tuple[Figure, ...]:
    """Applications closed per month, the last twelve months in which any was, oldest first."""
    months: Counter[str] = Counter()
    for row in recap.rows:
        months[row.month] += sum(count for outcome, count in row.outcomes.items() if outcome in _CASES)
    return tuple(Figure(month, told(months[month])) for month in sorted(+months)[-_MONTHS:])


def told(count: int) -> int | None:
    """The count where it may be told: none at all, or three and more."""
    return None if 0 < count < ENOUGH else count
