"""What the recap tells everybody: no figure of one or two, which might be a person's, and none from which it follows.

Every figure belongs to a list (of months, of offices) whose sum is told as well; months and offices are never crossed,
so that a list and its sum are all there is to reckon with.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from portal.core.recap import ENOUGH, Recap, Row

MEASURES: Final = ("done", "rejected", "dropped", "returns", "holders", "expiring", "revoked")
"""What is counted; ``dropped`` is what nobody went on with (``withdrawn``, ``lapsed``)."""

_OFFICES: Final = 12
"""So many bars are taken in at a glance; further offices are shown together."""
_MONTHS: Final = 12

Told = Mapping[str, int | None]
"""Figures by what they count; None for those that are not told."""


class Figure(NamedTuple):
    """A bar: of what, and how many; None where that is not told."""

    of: str
    number: int | None


class Holders(NamedTuple):
    """Holders per office, most first; and how many ``others`` have how many ``together`` (None: one or two)."""

    offices: tuple[Figure, ...]
    others: int
    together: int | None


class Line(NamedTuple):
    """A month, or an office, with its figures."""

    of: str
    told: Told


@dataclass(frozen=True)
class Public:
    """Attributes:
    months: newest first, each with all ``MEASURES``.
    offices: by name, those of which some figure is told.
    unnamed: how many offices have figures, and none that is told.
    """

    total: Told
    months: tuple[Line, ...]
    offices: tuple[Line, ...]
    unnamed: int

    def of_month(self, month: str) -> Told:
        """The figures of a month; of none given, those of all months."""
        return dict(self.months)[month] if month else self.total


def public(recap: Recap) -> Public:
    """What may be told of all months; what is told of one of them is a part of that."""
    months = {row.month: None for row in recap.rows}
    offices = {row.office: None for row in sorted(recap.rows, key=lambda row: row.office)}
    by_month, by_office = _Table(list(months)), _Table(list(offices))
    for row in recap.rows:
        counts = _counts(row)
        by_month.add(row.month, counts)
        by_office.add(row.office, counts)
    named = tuple(line for line in by_office.told() if any(line.told.values()))
    silent = sum(1 for line in by_office.told() if None in line.told.values() and line not in named)
    return Public(by_month.total(), tuple(by_month.told()), named, silent)


def holders(recap: Recap) -> Holders:
    """Offices of which the number is not told, and those past the twelfth, are counted together."""
    each = discreet(recap.holders)
    ranked = sorted(each.items(), key=lambda item: (-(item[1] or 0), item[0]))
    shown = [Figure(office, count) for office, count in ranked if count][:_OFFICES]
    rest = [office for office, _ in ranked[len(shown) :]]
    return Holders(tuple(shown), len(rest), told(sum(recap.holders[office] for office in rest)))


def done(recap: Public) -> tuple[Figure, ...]:
    """Applications that were completed per month, the last twelve months in which any was, oldest first."""
    found = [Figure(line.of, line.told["done"]) for line in recap.months if line.told["done"] != 0]
    return tuple(reversed(found[:_MONTHS]))


def told(count: int) -> int | None:
    """The count where it may be told: none at all, or three and more."""
    return None if 0 < count < ENOUGH else count


def discreet(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The parts of a sum that may be told beside it: what is not told is at least two parts and at least three in all,
    so that no single one can be found by subtraction. What more has to stay untold is the smallest there is."""
    untold = {key for key, count in counts.items() if told(count) is None}
    spare = sorted((count, key) for key, count in counts.items() if count >= ENOUGH)
    while untold and spare and (len(untold) < 2 or sum(counts[key] for key in untold) < ENOUGH):
        untold.add(spare.pop(0)[1])
    return {key: None if key in untold else count for key, count in counts.items()}


class _Table:
    """The same measures of several months, or offices."""

    def __init__(self, keys: list[str]) -> None:
        self._counts = {measure: Counter(dict.fromkeys(keys, 0)) for measure in MEASURES}
        self._keys = keys

    def add(self, key: str, counts: Mapping[str, int]) -> None:
        for measure, count in counts.items():
            self._counts[measure][key] += count

    def told(self) -> list[Line]:
        told = {measure: discreet(counts) for measure, counts in self._counts.items()}
        return [Line(key, {measure: told[measure][key] for measure in MEASURES}) for key in self._keys]

    def total(self) -> Told:
        return {measure: told(sum(counts.values())) for measure, counts in self._counts.items()}


def _counts(row: Row) -> dict[str, int]:
    of = row.outcomes.get
    return {
        "done": of("done", 0),
        "rejected": of("rejected", 0),
        "dropped": of("withdrawn", 0) + of("lapsed", 0),
        "returns": row.returns,
        "holders": row.holders,
        "expiring": row.expiring,
        "revoked": of("revoked", 0),
    }
