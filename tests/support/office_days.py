"""Days of the office: a stage goes to a time, does its chores, and its mail is read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.engines.ports import Message
from tests.support.stage import Stage
from tests.support.ways import WAYS

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""08.00 WITA, when every stage begins."""

OFFICE = "dkisp@tarakankota.go.id"


def at(stage: Stage, day: int, hour: int = 8, minute: int = 0) -> None:
    """Go to that day (0: the Monday) and time of the office."""
    stage.clock.at = MONDAY + timedelta(days=day, hours=hour - 8, minutes=minute)


def mail_to(stage: Stage, email: str, subject: str = "") -> list[dict[str, Any]]:
    return [mail for mail in stage.mail() if mail["to"] == email and subject in mail["subject"]]


def chores(stage: Stage) -> None:
    for chore in stage.clockwork.chores():
        chore()


class Relay:
    """A relay that answers as it is told to, by recipient; takes everything else."""

    def __init__(self, stage: Stage) -> None:
        self.answers: dict[str, Exception] = {}
        self.taken: list[Message] = []
        self.outbox = replace(stage.outbox, mail=self)
        self.stage, self.clockwork = stage, stage.clockwork

    def send(self, message: Message, at: datetime) -> None:
        if message.to in self.answers:
            raise self.answers[message.to]
        self.taken.append(message)


def booked(stage: Stage, index: int) -> str:
    """A case with a visit at the so-and-so-manieth free time; 0 is Tuesday 08.00, 11 Wednesday 08.00."""
    number = stage.case(*WAYS["invited"])
    case = stage.load(number)
    stage.visits.book(case, stage.visits.slots(case)[index])
    return number
