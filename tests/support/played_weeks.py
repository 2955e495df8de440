"""Two and a half weeks of an office, played: who sends and who looks at the desk when, and each email to officials."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any

from portal.core.notices import Notice
from portal.core.rounds import Rounds
from portal.core.steps import State
from portal.engines.ports import Message
from portal.forms.letter import Letter
from tests.support.office_days import MONDAY
from tests.support.stage import KABID, KADIS, OTHER_VERIFIKATOR, STATISTISI, VERIFIKATOR, Stage

LOOKS = {KADIS: (9.5, 14.25), KABID: (10.75, 15), STATISTISI: (8.5, 13.75), VERIFIKATOR: (9, 14)}
"""When they sit down, in hours of the day; the other verifikator is told of all and leaves it to the first."""

ARRIVALS = {0: (8.2, 8.3, 8.4, 9.1), 2: (10.1, 10.2, 20.5), 4: (13.5,), 7: (8.4, 8.5, 9.9, 10.3)}
ARRIVALS |= {9: (13.1, 13.2, 15.6), 11: (8.1, 8.2, 8.6), 14: (8.2, 12.4)}
"""When applicants confirm, by day from the Monday: 20 cases, as offices send them, one letter for several people."""

ABSENT = {(KADIS, 8), (KADIS, 9), (STATISTISI, 10)}
"""Who does not look at all on a day, so that the clockwork reminds."""

NEXT = {State.WAITING: "forward", State.READY: "hand_over", State.SENT: "accept", State.BOOKED: "attend"}
AT = {"pemeriksaan": "dispatch", "passphrase": "invite", "penyerahan": "record"}


@dataclass(frozen=True)
class Owed:
    """An email owed to an official; ``own``: of what one did oneself; ``sent``: None if it was dropped."""

    letter: str
    recipient: str
    own: bool
    queued: datetime
    sent: datetime | None


class Weeks:
    """Plays on a stage; afterwards ``owed`` is all that was owed to officials, and ``messages`` what they got."""

    def __init__(self, stage: Stage, rounds: Rounds | None) -> None:
        self.stage, self.messages, self._order = stage, list[tuple[datetime, Message]](), count()
        self._agenda = list[tuple[datetime, int, Callable[[], object]]]()
        self.outbox = replace(stage.outbox, mail=self, rounds=lambda: rounds, join=_unwritten)
        self.tickets, self._returned = list[str](), False

    def send(self, message: Message, at: datetime) -> None:
        self.messages.append((at, message))

    def play(self, days: int = 18) -> None:
        for day in range(days):
            for hour in (7.5, 10, 13, 16):
                self._plan(day, hour + 0.01, self._chores)
            for hour in ARRIVALS.get(day, ()):
                self._plan(day, hour, lambda: self.tickets.append(self.stage.case("confirm")))
            for email, hours in LOOKS.items():
                if day % 7 < 5 and (email, day) not in ABSENT:
                    for hour in hours:
                        self._plan(day, hour, partial(self._sit_down, email))
            self._plan(day, 19, self._applicants)
        while self._agenda:
            at, _, deed = heappop(self._agenda)
            self.stage.clock.at = at
            deed()
            while self.outbox.send_due():
                pass

    def _plan(self, day: int, hour: float, deed: Callable[[], object]) -> None:
        heappush(self._agenda, (MONDAY + timedelta(days=day, hours=hour - 8), next(self._order), deed))

    def _chores(self) -> None:
        self.stage.clockwork.remind()

    def _sit_down(self, email: str) -> None:
        for case, _ in self.stage.cases.desk(email):
            action = AT.get(case.step, "forward") if case.state is State.WAITING else NEXT[case.state]
            sop = self.stage.office.sop_of(case)
            opens = case.opens_at(action, sop)
            if (opens and opens > self.stage.clock.at) or action not in case.official_actions(sop):
                continue
            if action == "accept" and self.stage.clock.at - case.events[-1].at < timedelta(days=1):
                continue
            if email == KADIS and not self._returned:
                self._returned, action = True, "return"
            self.stage.act(case.ticket, action)

    def _applicants(self) -> None:
        for case in list(self.stage.records.waiting_on("penerbitan", "applicant")):
            self.stage.act(case.ticket, "resubmit" if case.state is State.RETURNED else "book")

    @property
    def owed(self) -> list[Owed]:
        query = "SELECT letter, recipient, occasion = 'own', queued_at, sent_at FROM notice WHERE role <> 'applicant'"
        with closing(sqlite3.connect(self.stage.data / "portal.sqlite")) as database:
            return [Owed(*row[:3], *map(_moment, row[3:])) for row in database.execute(query)]

    def to_officials(self) -> list[tuple[datetime, str]]:
        everybody = {*LOOKS, OTHER_VERIFIKATOR}
        return [(at, message.to) for at, message in self.messages if message.to in everybody]


def _unwritten(written: Sequence[tuple[Notice, Letter]]) -> Message:
    """To whom and of what; what it says is for the tests of letters."""
    return Message(written[0][0].recipient, "", "", "")


def _moment(text: str | None) -> Any:
    return datetime.fromisoformat(text) if text else None
