"""Officials hear nothing by night and on days off, when nobody could act; it waits for the first round after them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.core.errors import MailDeferred
from portal.core.rounds import Rounds
from tests.support.office_days import Relay, at
from tests.support.stage import KADIS, Stage, StillClock
from tests.support.ways import EMAIL

SATURDAY, SUNDAY, NEXT_MONDAY = 5, 6, 7


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    stage = Stage(tmp_path, StillClock())
    at(stage, 0)
    relay = Relay(stage)
    reminders, calendar = stage.office.services.first.data["reminders"], stage.office.calendar
    relay.outbox = replace(relay.outbox, rounds=lambda: Rounds.of(reminders, calendar.zone, calendar.is_working_day))
    yield relay
    stage.close()


def got(relay: Relay, email: str) -> int:
    while relay.outbox.send_due():
        pass
    return sum(message.to == email for message in relay.taken)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "until"),
    [(0, 7, 0, 0), (0, 17, 1, 1), (1, 0, 21, 1), (SATURDAY, 15, 0, NEXT_MONDAY), (SUNDAY, 20, 0, NEXT_MONDAY)],
)
def test_a_case_of_the_night_or_of_a_day_off_is_told_of_when_the_office_opens(
    relay: Relay, day: int, hour: int, minute: int, until: int
) -> None:
    at(relay.stage, day, hour, minute)
    number = relay.stage.case("confirm")
    relay.stage.case("confirm")
    assert (got(relay, KADIS), got(relay, EMAIL) > 0) == (0, True)
    at(relay.stage, until, 7, 29)
    assert got(relay, KADIS) == 0
    at(relay.stage, until, 7, 30)
    assert got(relay, KADIS) == 1
    assert number in relay.taken[-1].text


@pytest.mark.parametrize(("hour", "minute"), [(7, 30), (12, 30), (16, 0), (16, 59)])
def test_by_day_the_first_case_is_told_of_at_once(relay: Relay, hour: int, minute: int) -> None:
    at(relay.stage, 1, hour, minute)
    relay.stage.case("confirm")
    assert got(relay, KADIS) == 1


def test_what_the_relay_did_not_take_on_friday_does_not_come_on_saturday(relay: Relay) -> None:
    at(relay.stage, 4, 11)
    relay.answers[KADIS] = MailDeferred("mail_deferred", answer="timed out", relay=True)
    relay.stage.case("confirm")
    got(relay, KADIS)
    relay.answers.clear()
    at(relay.stage, SATURDAY, 9)
    assert got(relay, KADIS) == 0
    at(relay.stage, NEXT_MONDAY, 7, 30)
    assert got(relay, KADIS) == 1


def test_what_waits_through_a_week_of_holidays_has_not_failed(relay: Relay) -> None:
    stage = relay.stage
    day = stage.office.today()
    reminders, zone = stage.office.services.first.data["reminders"], stage.office.calendar.zone
    rounds = Rounds.of(reminders, zone, lambda each: (each - day).days not in range(1, 12))
    relay.outbox = replace(relay.outbox, rounds=lambda: rounds)
    at(stage, 1, 9)
    stage.case("confirm")
    got(relay, KADIS)
    at(stage, 10, 9)
    assert (got(relay, KADIS), relay.outbox.red_list()) == (0, [])
    at(stage, 12, 7, 30)
    assert got(relay, KADIS) == 1
