"""What is noted of an office that is played: emails that were owed and that arrived, and forecasts that were wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.notices import Identity, Notice


class Noting:
    """Stands before records, and notes every email that is ever owed."""

    def __init__(self, records: Any) -> None:
        self._records = records
        self.owed: dict[Identity, Notice] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def owe(self, notices: Sequence[Notice]) -> None:
        self._note(notices)
        self._records.owe(notices)

    def commit(self, change: Any) -> None:
        self._records.commit(change)
        self._note(change.notices)

    def save_draft(self, draft: Any, notices: Sequence[Notice] = ()) -> None:
        self._records.save_draft(draft, notices)
        self._note(notices)

    def _note(self, notices: Sequence[Notice]) -> None:
        for each in notices:
            self.owed.setdefault(each.identity, each)


@dataclass(frozen=True)
class Taken:
    """An email that the relay took: to whom, what of, and the tickets that it names."""

    at: datetime
    to: str
    notices: Sequence[Notice]
    tickets: frozenset[str]


@dataclass(frozen=True)
class Missed:
    """By how much a step's end was foretold wrongly: ``minutes`` of work, later than told if above 0."""

    ticket: str
    step: str
    minutes: int
