"""Cases, as they are committed to the records event by event."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from portal.core.application import Application
from portal.core.errors import Conflict
from portal.engines.ports import Change, Records
from tests.support.builders import a_sop

LEASE = timedelta(minutes=2)
MOMENT = timedelta(microseconds=1)

Open = Callable[[], Records]


def change(case: Application, **parts) -> Change:
    return Change(case, waits_on=case.waits_on(a_sop()), **parts)


def write(records: Records, case: Application) -> Application:
    """Commit a case event by event, as it happened."""
    for count in range(1, len(case.events) + 1):
        events = case.events[:count]
        moment = replace(case, events=events, step=events[-1].step, state=events[-1].state)
        records.commit(change(moment))
    return case


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """What ``work(0)``, ``work(1)`` ... return, run in as many threads; an error is returned, not raised."""

    def caught(number: int) -> object:
        try:
            return work(number)
        except Conflict as conflict:
            return conflict.code

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(caught, range(count)))


def tickets(cases: Iterable[Application]) -> list[str]:
    return [case.ticket for case in cases]
