"""Several who send on one store at the same moment: what a round has for a person goes in one email, by one of them."""

from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

from portal.core.notices import Notice
from portal.core.rounds import Rounds
from tests.support.commits import at_once
from tests.support.office_days import Relay, at
from tests.support.stage import KABID, KADIS, STATISTISI, Stage, StillClock

OFFICIALS = (KADIS, KABID, STATISTISI)
SENDERS = 4


def relay_of(stage: Stage, met: Barrier | None = None) -> Relay:
    """One whose sender, with his first email in hand, waits for the others to have theirs, if there are such."""
    relay = Relay(stage)
    whole, written = relay.outbox.letter, list[Notice]()

    def letter(owed: Notice) -> Any:
        if met and not written:
            written.append(owed)
            with suppress(BrokenBarrierError):
                met.wait(1)
        return whole(owed)

    rounds = Rounds((time(7, 30), time(10)), stage.office.calendar.zone)
    relay.outbox = replace(relay.outbox, rounds=lambda: rounds, letter=letter)
    return relay


def test_of_several_senders_at_once_each_person_gets_one_email_of_a_round(tmp_path: Path) -> None:
    stage = Stage(tmp_path, StillClock())
    at(stage, 0)
    for way in (("confirm",), ("confirm", "forward"), ("confirm", "forward", "forward")) * 2:
        stage.case(*way)
    while relay_of(stage).outbox.send_due():
        pass
    for day in range(1, 4):
        at(stage, day, 8)
        for way in (("confirm",), ("confirm", "forward"), ("confirm", "forward", "forward")) * 3:
            stage.case(*way)
        owed = [each for each in stage.records.unsent() if each.recipient in OFFICIALS]
        assert min(sum(each.recipient == email for each in owed) for email in OFFICIALS) >= 3
        at(stage, day, 10)
        others = [Stage(tmp_path, StillClock()) for _ in range(SENDERS)]
        met = Barrier(SENDERS)
        relays = [relay_of(each, met) for each in others]
        for each in others:
            each.clock.at = stage.clock.at + timedelta(seconds=1)

        def drain(number: int, relays: list[Relay] = relays) -> None:
            while relays[number].outbox.send_due(1):
                pass

        assert set(map(str, at_once(SENDERS, drain))) == {"None"}
        for relay in relays:
            while replace(relay.outbox).send_due():
                pass
        taken = [message.to for relay in relays for message in relay.taken]
        assert {email: taken.count(email) for email in OFFICIALS} == dict.fromkeys(OFFICIALS, 1), day
        assert not [each for each in stage.records.unsent() if each.recipient in OFFICIALS]
        for each in others:
            each.close()
    stage.close()
