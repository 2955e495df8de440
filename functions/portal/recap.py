"""The SOP's own record ("Pencatatan dan pendataan"): holders per office and month, outcomes, minutes per step.

Facts about closed applications, free of personal data, and their sums.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from portal.application import Application
from portal.sop import Sop
from portal.steps import State
from portal.worktime import Calendar


def minutes_per_step(application: Application, calendar: Calendar, now: datetime) -> dict[str, int]:
    """Working minutes the office has had the case at each step; time with applicant or BSrE does not count."""
    minutes: Counter[str] = Counter()
    for step, state, start, end in application.spans(now):
        minutes[step] += calendar.minutes_between(start, end) if state.clock_runs else 0
    return dict(minutes)


def fact(application: Application, sop: Sop, calendar: Calendar) -> dict[str, Any]:
    """What is kept for good of a closed application: office, dates, outcome, minutes; nobody's name or number."""
    closed_at = application.events[-1].at
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
        "valid_until": str(application.certificate.get("valid_until", "")),
    }


@dataclass(frozen=True)
class Row:
    """One office in one month (of closing).

    Attributes:
        outcomes: applications closed, by outcome (``done``, ``rejected``, ``withdrawn``, ``lapsed``).
        holders: certificates handed over that month and still valid today.
    """

    month: str
    office: str
    outcomes: Mapping[str, int]
    returns: int
    holders: int


@dataclass(frozen=True)
class StepTime:
    """Minutes needed at a step against the SOP's standard, over completed applications."""

    step: str
    standard: int
    cases: int
    average: int
    median: int


@dataclass(frozen=True)
class Recap:
    rows: tuple[Row, ...]
    steps: tuple[StepTime, ...]
    outcomes: Mapping[str, int]
    holders: Mapping[str, int]

    @property
    def total_holders(self) -> int:
        return sum(self.holders.values())


def summarise(facts: Iterable[Mapping[str, Any]], sop: Sop, today: date) -> Recap:
    """The recap as of ``today``: rows newest month first, steps in the SOP's order."""
    kept = list(facts)
    groups: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for entry in kept:
        groups[entry["closed"][:7], entry["office"]].append(entry)
    rows = sorted((_row(key, group, today) for key, group in groups.items()), key=lambda row: row.office)
    rows.sort(key=lambda row: row.month, reverse=True)
    return Recap(
        rows=tuple(rows),
        steps=tuple(_step_time(step.key, step.minutes, kept) for step in sop.steps),
        outcomes=Counter(entry["outcome"] for entry in kept),
        holders=Counter(entry["office"] for entry in kept if _holds(entry, today)),
    )


def _row(key: tuple[str, str], group: list[Mapping[str, Any]], today: date) -> Row:
    month, office = key
    return Row(
        month=month,
        office=office,
        outcomes=Counter(entry["outcome"] for entry in group),
        returns=sum(entry["returns"] for entry in group),
        holders=sum(_holds(entry, today) for entry in group),
    )


def _step_time(step: str, standard: int, facts: list[Mapping[str, Any]]) -> StepTime:
    minutes = [entry["minutes"][step] for entry in facts if entry["outcome"] == State.DONE and step in entry["minutes"]]
    if not minutes:
        return StepTime(step, standard, 0, 0, 0)
    return StepTime(step, standard, len(minutes), _whole(sum(minutes) / len(minutes)), _whole(median(minutes)))


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


def _holds(entry: Mapping[str, Any], today: date) -> bool:
    until = entry["valid_until"]
    return entry["outcome"] == State.DONE and (not until or date.fromisoformat(until) >= today)


def _day(at: datetime, calendar: Calendar) -> str:
    return at.astimezone(calendar.zone).date().isoformat()
