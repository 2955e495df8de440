"""What happened to an application, who did it, and how it is written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from portal.core.steps import State


@dataclass(frozen=True)
class Actor:
    """Who acted, and as what: ``role`` of the SOP, ``office`` as it is printed (with Plt. or Plh.), ``number`` NIP."""

    role: str
    name: str = ""
    office: str = ""
    email: str = ""
    number: str = ""


@dataclass(frozen=True)
class Event:
    """One thing that happened, chained to the one before by hash (``ledger``).

    Attributes:
        number: 1, 2, 3 ...: the version of the application after it.
        step: the step the application is at afterwards; ``state`` likewise.
        data: what was decided: JSON values only.
    """

    number: int
    action: str
    at: datetime
    step: str
    state: State
    actor: Actor
    data: Mapping[str, Any]
    previous: str
    hash: str

    def entry(self) -> dict[str, Any]:
        """The event as plain values: what the hash covers, and what is stored."""
        return {
            "number": self.number,
            "action": self.action,
            "at": self.at.isoformat(),
            "step": self.step,
            "state": self.state.value,
            "actor": vars(self.actor),
            "data": dict(self.data),
            "previous": self.previous,
            "hash": self.hash,
        }

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Self:
        when, where = datetime.fromisoformat(entry["at"]), State(entry["state"])
        return cls(**{**entry, "at": when, "state": where, "actor": Actor(**entry["actor"])})
