"""The SOP's own record ("Pencatatan dan pendataan"): holders per office and month, outcomes, minutes per step.

Facts about closed applications, free of personal data, and their sums.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate
from typing import Any, Final

from portal.core.application import Application
from portal.core.register import ends_within, soon
from portal.core.sop import Sop
from portal.core.steps import State
from portal.core.worktime import Calendar

ENOUGH: Final = 3
"""So many cases say what is usual; one or two may have been anything."""

Tally = Mapping[str, Any]
"""What facts add up to: texts that lead to whole numbers, or to more of the kind (``tally``)."""


def minutes_per_step(application: Application, calendar: Calendar, now: datetime) -> dict[str, int]:
    """Working minutes the office has had the case at each step; that of others does not count."""
    minutes: Counter[str] = Counter()
    for step, state, start, end in application.spans(now):
        minutes[step] += calendar.minutes_between(start, end) if state.clock_runs else 0
    return dict(minutes)


def days_with_others(application: Application, calendar: Calendar, now: datetime) -> dict[str, int]:
    """Working days that the case lay at each step with an outside authority, or with an applicant who was asked to come
    or to do something; what was to be mended or confirmed is no part of the usual way."""
    days: Counter[str] = Counter()
    for step, state, start, end in application.spans(now):
        if state in (State.SENT, State.INVITED, State.BOOKED, State.MISSED, State.ASKED):
            days[step] += calendar.working_days_between(calendar.local(start).date(), calendar.local(end).date())
    return dict(days)


def fact(application: Application, sop: Sop, calendar: Calendar) -> dict[str, Any]:
    """What is kept for good of a closed application: office, dates, outcome, minutes; nobody's name or number."""
    closed_at = (application.closing or application.moved).at
    return {
        "ticket": application.ticket,
        "service": application.service,
        "office": _office(application, sop),
        "received": _day(application.events[0].at, calendar),
        "closed": _day(closed_at, calendar),
        "outcome": application.state.value,
        "rounds": application.round,
        "returns": sum(event.action == "return" for event in application.events),
        "minutes": minutes_per_step(application, calendar, closed_at),
        "waits": days_with_others(application, calendar, closed_at),
        "valid_until": str(application.certificate.get("valid_until", "")),
    }


def is_of_a_case(fact: Mapping[str, Any]) -> bool:
    """Is it of a closed application, and not what the register corrects (``register.correction``)?"""
    return "counts" not in fact


def month_of(fact: Mapping[str, Any]) -> str:
    """``2026-11``: the month of closing, at the office."""
    closed: str = fact["closed"]
    return closed[:7]


@dataclass(frozen=True)
class Row:
    """One office in one month (of closing).

    Attributes:
        outcomes: applications closed, by outcome (``done``, ``rejected``, ``withdrawn``, ``lapsed``), and what was
            handed over that month and has been ``revoked`` or ``replaced`` since.
        holders: what was handed over that month, or issued before the portal, and still stands today.
        expiring: how many of these end soon.
    """

    month: str
    office: str
    outcomes: Mapping[str, int]
    returns: int
    holders: int
    expiring: int = 0


@dataclass(frozen=True)
class StepTime:
    """Minutes needed at a step against the SOP's standard, over completed applications.

    ``standard`` is None where the SOP says working days, or nothing.
    """

    step: str
    standard: int | None
    cases: int
    average: int
    median: int


@dataclass(frozen=True)
class Recap:
    """``waits``: by step, for how many working days cases usually lay there with others (``usual_waits``)."""

    rows: tuple[Row, ...]
    steps: tuple[StepTime, ...]
    outcomes: Mapping[str, int]
    holders: Mapping[str, int]
    waits: Mapping[str, int] = field(default_factory=dict)

    @property
    def total_holders(self) -> int:
        return sum(self.holders.values())

    @property
    def expiring(self) -> int:
        """How many of the holders' products end soon."""
        return sum(row.expiring for row in self.rows)


def tally(facts: Iterable[Mapping[str, Any]]) -> Tally:
    """What facts add up to: all that ``summarise`` wants to know of them, in whole numbers that add up further.

    Per month and office the outcomes, the returns and how many certificates end on which day (no day: never), so that
    those still valid can be counted on any day; per step how many completed cases took how many minutes, and lay how
    many working days with others, so that average and median over any months are exact. As JSON has it, keys are texts,
    numbers too::

        {"months": {"2026-11": {"BKPSDM": {"outcomes": {"done": 2}, "returns": 1, "ends": {"2028-11-30": 2}}}},
         "steps": {"telaah_kadis": {"10": 1, "25": 1}}, "waits": {"pemeriksaan": {"2": 2}}}

    A correction of the register counts where what it corrects was counted: in the month of the hand-over. So fewer than
    none may end on a day, in the tally of a later month, and only with that of the month itself make a number.

    As JSON text, an office takes some 100 bytes in a month and 17 more for each day on which certificates end; a step
    takes some 8 for each number of minutes that a case took. So a month of 100 cases takes some 10 KB, and one of 5000
    stays below the 400 KB of a DynamoDB item even if no two of them took equally long anywhere.
    """
    return merge(_alone(fact) for fact in facts)


def of_month(tally: Tally, month: str) -> Tally:
    """What the tally of another month says of this one: the register's corrections."""
    return {"months": {month: counts} if (counts := tally.get("months", {}).get(month)) else {}}


def merge(tallies: Iterable[Tally]) -> Tally:
    """The tally of all their facts together."""
    total: dict[str, Any] = {}
    for part in tallies:
        _add(part, total)
    return total


def summarise(tallies: Iterable[Tally], sop: Sop, today: date) -> Recap:
    """The recap as of ``today``: rows newest month first, steps in the SOP's order."""
    total = merge(tallies)
    months, steps = total.get("months", {}), total.get("steps", {})
    rows = [
        _row(month, office, months[month][office], today, soon(sop))
        for month in sorted(months, reverse=True)
        for office in sorted(months[month])
    ]
    outcomes: Counter[str] = Counter()
    holders: Counter[str] = Counter()
    for row in rows:
        outcomes.update(row.outcomes)
        holders[row.office] += row.holders
    return Recap(
        rows=tuple(rows),
        steps=tuple(_step_time(step.key, step.minutes, steps.get(step.key, {})) for step in sop.steps),
        outcomes=outcomes,
        holders=+holders,
        waits=usual_waits([total]),
    )


def usual_waits(tallies: Iterable[Tally], at_least: int = ENOUGH) -> dict[str, int]:
    """For how many working days half of the completed cases lay with others, by step, where there were enough."""
    waits = merge(tallies).get("waits", {})
    found = {step: _step_time(step, None, spent) for step, spent in waits.items()}
    return {step: time.median for step, time in found.items() if time.cases >= at_least}


def _alone(fact: Mapping[str, Any]) -> Tally:
    """The tally of a single fact."""
    if not is_of_a_case(fact):
        return merge(map(_correction, fact["counts"]))
    counts: dict[str, Any] = {"outcomes": {fact["outcome"]: 1}, "returns": fact["returns"]}
    steps: Tally = {}
    waits: Tally = {}
    if fact["outcome"] == State.DONE:
        counts["ends"] = {fact["valid_until"]: 1}
        steps = {step: {str(minutes): 1} for step, minutes in fact["minutes"].items()}
        waits = {step: {str(days): 1} for step, days in fact.get("waits", {}).items()}
    return {"months": {month_of(fact): {fact["office"]: counts}}, "steps": steps, **({"waits": waits} if waits else {})}


def _correction(said: Mapping[str, Any]) -> Tally:
    outcomes = {said["outcome"]: 1} if said["outcome"] else {}
    counts = {"outcomes": outcomes, "returns": 0, "ends": {said["until"]: said["holders"]}}
    return {"months": {said["month"]: {said["office"]: counts}}}


def _add(part: Tally, total: dict[str, Any]) -> None:
    """Number upon number, however deep they lie."""
    for key, value in part.items():
        if isinstance(value, Mapping):
            _add(value, total.setdefault(key, {}))
        else:
            total[key] = total.get(key, 0) + value


def _row(month: str, office: str, counts: Tally, today: date, soon: int) -> Row:
    ends = counts.get("ends", {})
    holders = sum(count for until, count in ends.items() if not until or date.fromisoformat(until) >= today)
    return Row(month, office, counts["outcomes"], counts["returns"], holders, ends_within(ends, today, soon))


def _step_time(step: str, standard: int | None, spent: Mapping[str, int]) -> StepTime:
    """``spent``: how many cases took how many minutes."""
    cases = sum(spent.values())
    if not cases:
        return StepTime(step, standard, 0, 0, 0)
    minutes = sorted((int(minutes), count) for minutes, count in spent.items())
    average = sum(each * count for each, count in minutes) / cases
    upto = list(accumulate(count for _, count in minutes))
    # Of an odd number of cases both are the one in the middle.
    middle = [minutes[bisect_right(upto, place)][0] for place in ((cases - 1) // 2, cases // 2)]
    return StepTime(step, standard, cases, _whole(average), _whole(sum(middle) / 2))


def _whole(minutes: float) -> int:
    # Half a minute counts as one: 15.5 minutes are not within a standard of 15, whatever ``round`` makes of 14.5.
    return int(minutes + 0.5)


def _office(application: Application, sop: Sop) -> str:
    """The office as stated; where no official went through it to the end, only what the form's list offers.

    Anybody can send an application and let it lapse, and the recap is public: what was typed freely needs a reader.
    """
    if application.state is State.DONE:
        return application.value("office", sop)
    return str(application.form.get(sop.applicant["office"], ""))


def _day(at: datetime, calendar: Calendar) -> str:
    return at.astimezone(calendar.zone).date().isoformat()
