"""How long cases usually lie with others, by the recap of the last months; read once a day, and only when wanted."""

import logging
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from portal.core.application import Application
from portal.core.errors import Unavailable, traced
from portal.core.forecast import Usual
from portal.core.recap import usual_waits
from portal.core.steps import State
from portal.office import Office

log = logging.getLogger(__name__)

MONTHS: Final = 3
"""The month of today and those before it that count: what was usual a year ago may not be so today."""


@dataclass
class Experience:
    office: Office
    _read: dict[str, tuple[date, Usual]] = field(default_factory=dict, init=False, repr=False)

    def of(self, application: Application) -> Usual:
        """What is usual in its service; nothing is read for a case of which nothing can be expected."""
        waits_to_be_sent = application.state in (State.UNCONFIRMED, State.RETURNED)
        return {} if application.is_closed or waits_to_be_sent else self.usual(application.service)

    def usual(self, service: str) -> Usual:
        """By step, in working days; nothing while the records do not answer, as a forecast is worth no refusal."""
        today = self.office.today()
        read_on, known = self._read.get(service, (None, {}))
        if read_on != today:
            try:
                known = usual_waits(tally for _, tally in self.office.records.tallies(service, _before(today)))
            except Unavailable:
                return {}
            except Exception as problem:
                log.error("what is usual in %s cannot be read: %s", service, traced(problem))
                known = {}
            self._read[service] = (today, known)
        return known


def _before(today: date) -> str:
    """The last month that no longer counts, ``2026-08``."""
    months = today.year * 12 + today.month - 1 - MONTHS
    return f"{months // 12}-{months % 12 + 1:02}"
