"""The recap's sums: added up month by month in the background, and read without going through all facts."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from portal.core.recap import Tally, month_of, of_month, tally
from portal.core.sop import Sop
from portal.engines.ports import Compiled
from portal.office import Office

SETTLED: Final = timedelta(days=2)
"""So long after a day nothing is written of it any more: yesterday may still get a fact, the day before may not.

A case closes at the time of its event, by the office's clock, and is written a moment later, in a sweep some minutes.
"""


class Compilation:
    """The daily addition, for each service by itself.

    Every month from the first fact on gets a tally, and a new one until its last day has settled; then never again. So
    the work of a day is one month's facts, and the first run or one after an outage makes up for all there is to do.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._compiled_on: date | None = None

    def compile_recap(self) -> int:
        """Returns how many months were added up. Each is kept as it is done, so that a run cut short is gone on with.

        A tally that cannot be kept costs the page a longer reading and no truth; the next round tries again.
        """
        today = self._office.today()
        if self._compiled_on == today:
            return 0
        settled = _settled(today)
        due = [(edition.service, month) for edition in self._office.services for month in self._due(edition, settled)]
        for service, month in due:
            self._compile(service, month, _end(month, settled))
        self._compiled_on = today
        return len(due)

    def _due(self, edition: Sop, settled: str) -> list[str]:
        compiled = self._office.records.compiled(edition.service)
        through = {each.month: each.through for each in compiled}
        sound = [each.month for each in _sound(compiled, settled)]
        # What a clock put back has left ahead of its time is emptied, before the time comes at which it would count.
        first = min(sound) if sound else self._first_month(edition.service, settled)
        wanted = {*_months(first, settled), *(through.keys() - sound)}
        return sorted(month for month in wanted if through.get(month) != _end(month, settled))

    def _first_month(self, service: str, settled: str) -> str:
        months = map(month_of, self._office.records.facts(service))
        return min(settled[:7], next(months, settled[:7]))

    def _compile(self, service: str, month: str, through: str) -> None:
        facts = [fact for fact in self._office.records.facts(service, month) if fact["closed"] <= through]
        self._office.records.keep_tally(service, Compiled(month, through, len(facts)), tally(facts))


@dataclass(frozen=True)
class Sums:
    """What a recap is made of.

    Attributes:
        months: those of which there is something to say, newest first.
        month: the one chosen; empty for all of them.
        tallies: of the month chosen, or of all; up to this very moment.
    """

    months: Sequence[str]
    month: str
    tallies: Sequence[Tally]


def read_sums(office: Office, service: str, asked: str = "") -> Sums:
    """A service's sums of a month, or of all if there is nothing of the one asked for.

    Reads tallies and the facts of the last few days, which are in none yet: however many cases are stored, there is one
    tally a month. Those of later months are read for a month too, as what the register corrects of it is in them. Only
    while the addition has not run, as before its first night, are there more facts to read.
    """
    records, settled = office.records, _settled(office.today())
    compiled = _sound(records.compiled(service), settled)
    newest = list(records.facts_after(service, _added_up(compiled)))
    months = {each.month for each in compiled if each.cases} | {month_of(fact) for fact in newest}
    month = asked if asked in months else ""
    kept = [(each, summed) for each, summed in records.tallies(service) if each.through <= settled]
    # Each tally's own word counts: it may have been made anew since the last look.
    through = {each.month: each.through for each, _ in kept}
    rest = [fact for fact in newest if fact["closed"] > through.get(month_of(fact), "")]
    parts = [(each.month, summed) for each, summed in kept] + [(month_of(fact), tally([fact])) for fact in rest]
    chosen = [summed if month in ("", of) else of_month(summed, month) for of, summed in parts if of >= month]
    return Sums(sorted(months, reverse=True), month, chosen)


def _sound(compiled: Iterable[Compiled], settled: str) -> list[Compiled]:
    """Those made at a time that has come; a clock put back, as in a rehearsal, leaves others, to be made anew."""
    return [each for each in compiled if each.through <= settled]


def _added_up(compiled: Sequence[Compiled]) -> str:
    """The day up to which nothing is left out; empty if there is none."""
    ends = [each.through for each in compiled]
    unfinished = (each.through for each in compiled if each.through < _last_day(each.month))
    return next(unfinished, ends[-1] if ends else "")


def _settled(today: date) -> str:
    return str(today - SETTLED)


def _months(first: str, last: str) -> Iterator[str]:
    """``2026-11``, ``2026-12``, ``2027-01`` ... up to the month of the day ``last``."""
    year, month = map(int, first.split("-"))
    while (name := f"{year:04d}-{month:02d}") <= last[:7]:
        yield name
        year, month = year + month // 12, month % 12 + 1


def _end(month: str, settled: str) -> str:
    """Up to which day a month can be added up: its last, or the last that has settled."""
    return min(_last_day(month), settled)


def _last_day(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{month}-{monthrange(year, number)[1]:02d}"
