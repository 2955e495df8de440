"""Cases, as they are committed to the records event by event."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from portal.core.application import Application
from portal.core.errors import Conflict
from portal.core.notices import Notice
from portal.engines.ports import Change, Records
from tests.support.builders import a_sop

LEASE = timedelta(minutes=2)
MOMENT = timedelta(microseconds=1)

Open = Callable[..., Records]
"""Opens the one store; ``services`` names those that it serves, ``penerbitan`` if nobody says."""

SERVICE = ("penerbitan",)
Result = TypeVar("Result")


def change(case: Application, **parts: Any) -> Change:
    return Change(case, waits_on=case.waits_on(a_sop()), **parts)


def write(records: Records, case: Application) -> Application:
    """Commit a case event by event, as it happened."""
    for count in range(1, len(case.events) + 1):
        events = case.events[:count]
        moment = replace(case, events=events, step=events[-1].step, state=events[-1].state)
        records.commit(change(moment))
    return case


def at_once(count: int, work: Callable[[int], Result]) -> list[Result | str]:
    """What ``work(0)``, ``work(1)`` ... return, run in as many threads; of a conflict its code is returned."""

    def caught(number: int) -> Result | str:
        try:
            return work(number)
        except Conflict as conflict:
            return conflict.code

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(caught, range(count)))


def claimed(records: Records, now: datetime) -> Notice:
    """The email that is due, held for the lease."""
    held = records.claim_notice(now, LEASE)
    assert held is not None, "nothing is due"
    return held


def tickets(cases: Iterable[Application]) -> list[str]:
    return [case.ticket for case in cases]
