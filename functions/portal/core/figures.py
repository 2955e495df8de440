"""What the recap tells everybody: no figure of one or two, which might be a person's, and none from which it follows.

Every figure belongs to a list (of months, of offices) whose sum is told as well; months and offices are never crossed,
so that a list and its sum are all there is to reckon with.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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
    silent = by_month.unsafe | by_office.unsafe
    lines = by_office.told(silent)
    named = tuple(line for line in lines if any(line.told.values()))
    unnamed = sum(1 for line in lines if None in line.told.values() and line not in named)
    return Public(by_month.total(silent), tuple(by_month.told(silent)), named, unnamed)


def holders(recap: Recap) -> Holders:
    """Offices of which the number is not told, and those past the twelfth, are counted together."""
    each = discreet(recap.holders)
    ranked = sorted(each.items(), key=lambda item: (-(item[1] or 0), item[0]))
    shown = [Figure(office, count) for office, count in ranked if count][:_OFFICES]
    rest = [recap.holders[office] for office, _ in ranked[len(shown) :]]
    together = told(sum(rest)) if not any(map(_is_small, rest)) or _hides_each(rest) else None
    return Holders(tuple(shown), len(rest), together)


def done(recap: Public) -> tuple[Figure, ...]:
    """Applications that were completed per month, the last twelve months in which any was, oldest first."""
    found = [Figure(line.of, line.told["done"]) for line in recap.months if line.told["done"] != 0]
    return tuple(reversed(found[:_MONTHS]))


def told(count: int) -> int | None:
    """The count where it may be told: none at all, or three and more."""
    return None if 0 < count < ENOUGH else count


def discreet(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The parts of a sum that may be told beside it, so that none of one or two can be found by reckoning.

    What has to stay untold with them is taken by its name, as a choice by number would tell of numbers. Where even all
    of it does not hide them (``is_hidden``), the sum must not be told.
    """
    untold = {key for key, count in counts.items() if _is_small(count)}
    spare = sorted(key for key, count in counts.items() if count >= ENOUGH)
    while untold and spare and not _hides_each([counts[key] for key in untold]):
        untold.add(spare.pop(0))
    return {key: None if key in untold else count for key, count in counts.items()}


def is_hidden(counts: Mapping[str, int]) -> bool:
    """Is every part of one or two hidden beside the sum?"""
    untold = [counts[key] for key, count in discreet(counts).items() if count is None]
    return not untold or _hides_each(untold)


def _is_small(count: int) -> bool:
    return told(count) is None


def _hides_each(untold: Sequence[int]) -> bool:
    """Do so many parts that are not told, and not none, have a sum to which several amounts of each may lead?

    Not one part alone; not a sum that might be a person's; and neither the least nor the most that small ones can make.
    """
    rest, number = sum(untold), len(untold)
    return number > 1 and rest >= ENOUGH and rest not in (number, 2 * number)


class _Table:
    """The same measures of several months, or offices."""

    def __init__(self, keys: list[str]) -> None:
        self._counts = {measure: Counter(dict.fromkeys(keys, 0)) for measure in MEASURES}
        self._keys = keys

    def add(self, key: str, counts: Mapping[str, int]) -> None:
        for measure, count in counts.items():
            self._counts[measure][key] += count

    @property
    def unsafe(self) -> frozenset[str]:
        """Measures whose sum would tell a part of one or two."""
        return frozenset(measure for measure, counts in self._counts.items() if not is_hidden(counts))

    def told(self, silent: Collection[str]) -> list[Line]:
        """``silent``: measures of which nothing is told that is not none."""
        each = {
            measure: {key: None if count else 0 for key, count in counts.items()}
            if measure in silent
            else discreet(counts)
            for measure, counts in self._counts.items()
        }
        return [Line(key, {measure: each[measure][key] for measure in MEASURES}) for key in self._keys]

    def total(self, silent: Collection[str]) -> Told:
        sums = {measure: sum(counts.values()) for measure, counts in self._counts.items()}
        return {measure: None if measure in silent and count else told(count) for measure, count in sums.items()}


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
