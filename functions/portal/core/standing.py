"""How an open case stands: the little of it that the rules of whose turn it is, and how long it may wait, ask for.

It is kept beside each open case by the case's own last move, so that a list of all open cases needs no case read. The
rules take a case or its standing, and say the same of both.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.core.application import Actor, Application
from portal.core.history import Stay
from portal.core.listing import Line, line
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import State, official_actions


class Case(Protocol):
    """What ``Application`` and ``Standing`` both can say; of each, what ``Application`` writes of it."""

    @property
    def ticket(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def sop_version(self) -> str: ...
    @property
    def step(self) -> str: ...
    @property
    def state(self) -> State: ...
    @property
    def version(self) -> int: ...
    @property
    def opened(self) -> datetime: ...
    @property
    def since(self) -> datetime: ...
    @property
    def slot(self) -> datetime | None: ...
    @property
    def held_by(self) -> str: ...
    @property
    def stay(self) -> Stay | None: ...
    def waits_on(self, sop: Sop) -> str: ...
    def official_actions(self, sop: Sop) -> tuple[str, ...]: ...
    def applicant(self, sop: Sop) -> Actor: ...
    def concerns(self, email: str, number: str, sop: Sop) -> bool: ...


@dataclass(frozen=True)
class Standing:
    """Of one open case.

    Attributes:
        line: the case in the list of all.
        version: number of its newest event; ``turn`` of the one that brought it to whoever has it.
        address: where letters to the applicant go; ``email`` what the form says, in lower case.
    """

    line: Line
    sop_version: str
    version: int
    turn: int
    address: str
    email: str
    held_by: str
    slot: datetime | None
    stay: Stay | None

    @property
    def ticket(self) -> str:
        return self.line.ticket

    @property
    def service(self) -> str:
        return self.line.service

    @property
    def step(self) -> str:
        return self.line.step

    @property
    def state(self) -> State:
        return self.line.state

    @property
    def opened(self) -> datetime:
        return self.line.opened

    @property
    def since(self) -> datetime:
        return self.line.since

    def waits_on(self, _: Sop) -> str:
        return self.line.waits_on

    def official_actions(self, sop: Sop) -> tuple[str, ...]:
        return official_actions(sop, self.step, self.state)

    def applicant(self, _: Sop) -> Actor:
        return Actor(APPLICANT, self.line.name, email=self.address)

    def concerns(self, email: str, number: str, _: Sop) -> bool:
        same_email = bool(email) and email.lower() in (self.email, self.address.lower())
        return same_email or (bool(number) and number == self.line.number)


def standing(application: Application, sop: Sop) -> Standing:
    """How it stands; ``sop`` is the edition that it runs under."""
    return Standing(
        line=line(application, sop),
        sop_version=application.sop_version,
        version=application.version,
        turn=application.turn.number,
        address=application.address(sop),
        email=application.value("email", sop).lower(),
        held_by=application.held_by,
        slot=application.slot,
        stay=application.stay,
    )
