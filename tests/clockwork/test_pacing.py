"""Nobody's mailbox is flooded through the portal: the first email at once, the next ones ever more seldom."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from portal.core.application import Actor
from portal.core.errors import MailDeferred
from portal.core.notices import notice
from portal.engines.ports import Message
from portal.usecases.pacing import FIRST, REMEMBERED, SLOWEST, SLOWEST_CODE, TURN, Pacing
from tests.support.at_once import at_once
from tests.support.office_days import Relay
from tests.support.stage import Stage, StillClock
from tests.support.ways import EMAIL

MINUTE = timedelta(minutes=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    playing = Stage(tmp_path, StillClock())
    yield playing
    playing.close()


@pytest.fixture
def relay(stage: Stage) -> Relay:
    relay = Relay(stage)
    pacing = Pacing(stage.records, partial(stage.office.links.seal, "sent"))
    relay.outbox = replace(relay.outbox, pacing=pacing)
    return relay


def sent(relay: Relay) -> list[Message]:
    """What goes out now."""
    before = len(relay.taken)
    while relay.outbox.send_due():
        pass
    return relay.taken[before:]


def test_drafts_begun_in_somebodys_name_write_to_him_once_and_then_ever_more_seldom(stage: Stage, relay: Relay) -> None:
    for _ in range(40):
        stage.draft(kinds=())
    assert len(sent(relay)) == 1
    gaps, waited = list[int](), 0
    while len(gaps) < 9:
        stage.clock.at += MINUTE
        waited += 1
        if went := sent(relay):
            assert len(went) == 1
            gaps.append(waited)
            waited = 0
    assert gaps == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_of_all_that_a_day_brings_an_address_gets_a_few_of_each_kind_an_hour(stage: Stage, relay: Relay) -> None:
    for _ in range(120):
        stage.draft(kinds=())
    hours = []
    for _ in range(6):
        went = 0
        for _ in range(60):
            went += len(sent(relay))
            stage.clock.at += MINUTE
        hours.append(went)
    assert hours == [6, 1, 1, 1, 1, 1]


def test_a_flood_is_over_after_some_hours_and_what_cannot_be_asked_for_again_still_comes(
    stage: Stage, relay: Relay
) -> None:
    for _ in range(60):
        stage.draft(kinds=())
    numbers = [stage.case() for _ in range(15)]
    for _ in range(30 * 6):
        sent(relay)
        stage.clock.at += timedelta(minutes=10)
    assert not list(stage.records.unsent())
    drafts = [message for message in relay.taken if "Draf" in message.subject]
    confirmations = [message for message in relay.taken if "Konfirmasi" in message.subject]
    assert len(drafts) < 15
    assert len(confirmations) == len(numbers)


def test_what_is_sent_on_the_way_of_an_application_waits_for_nothing(stage: Stage, relay: Relay) -> None:
    """Each of its emails is the first of its kind; and what an official decides is told however often he does."""
    number = stage.case()
    assert [message.subject.split(" —")[0] for message in sent(relay)]
    for action in ("confirm", "return", "resubmit", "return", "resubmit", "return"):
        stage.act(number, action)
        assert sent(relay), action
    assert not list(stage.records.unsent())


def test_a_code_never_comes_when_it_is_good_no_more(stage: Stage) -> None:
    """However often codes were asked for today, by whomever: the next one waits two minutes at most."""
    pacing = Pacing(stage.records, partial(stage.office.links.seal, "sent"))
    clerk = Actor("clerk", "Rina", email="rina@tarakankota.go.id")
    for number in range(12):
        owed = notice("code", clerk, about="petugas", event=0, at=stage.clock.at, occasion=str(number))
        until = pacing.waits_until(owed, stage.clock.at) or stage.clock.at
        assert until - stage.clock.at <= SLOWEST_CODE
        stage.clock.at = until
        assert pacing.waits_until(owed, stage.clock.at) is None
        pacing.has_gone(owed, stage.clock.at)


def test_others_are_written_to_meanwhile(stage: Stage, relay: Relay) -> None:
    for _ in range(5):
        stage.draft(kinds=())
    stage.draft(kinds=(), email="wati@tarakankota.go.id")
    assert sorted(message.to for message in sent(relay)) == [EMAIL, "wati@tarakankota.go.id"]


def test_half_a_day_later_the_first_goes_at_once_again(stage: Stage, relay: Relay) -> None:
    stage.draft(kinds=())
    assert len(sent(relay)) == 1
    stage.clock.at += REMEMBERED
    for _ in range(2):
        stage.draft(kinds=())
    assert len(sent(relay)) == 1
    stage.clock.at += FIRST
    assert len(sent(relay)) == 1


def test_what_the_relay_did_not_take_was_not_sent(stage: Stage, relay: Relay) -> None:
    relay.answers[EMAIL] = MailDeferred("mail_deferred", answer="451", relay=False)
    stage.draft(kinds=())
    assert sent(relay) == []
    relay.answers.clear()
    stage.clock.at += timedelta(seconds=30)
    assert len(sent(relay)) == 1


def test_what_waits_is_no_trouble_and_is_not_on_the_clerks_list(stage: Stage, relay: Relay) -> None:
    for _ in range(9):
        stage.draft(kinds=())
    for _ in range(20):
        sent(relay)
        stage.clock.at += SLOWEST / 4
    assert relay.outbox.red_list() == []
    assert relay.outbox.outage() is None


def test_no_address_is_kept_for_it(stage: Stage, relay: Relay) -> None:
    stage.draft(kinds=())
    sent(relay)
    rows, _ = stage.dump()
    remembered = [row for row in rows if "INSERT INTO" in row and '"used"' in row]
    assert len(remembered) == 2, "that it went, and whose turn it was"
    assert not [row for row in remembered if EMAIL in row]


def test_a_real_portal_paces_and_a_rehearsal_shows_each_at_once(tmp_path: Path, stage: Stage) -> None:
    assert stage.outbox.pacing is None
    real = Stage(tmp_path / "real", StillClock(), rehearsal=False)
    assert real.outbox.pacing is not None
    real.close()


def test_of_two_senders_at_the_same_moment_one_writes_to_the_address(stage: Stage) -> None:
    """Each with an email of its own in hand, both having seen that nothing has gone yet."""
    pacing = Pacing(stage.records, partial(stage.office.links.seal, "sent"))
    somebody = Actor("applicant", "Siti", email="siti@tarakankota.go.id")
    several = [notice("new_link", somebody, about=f"T{n}", event=0, at=stage.clock.at) for n in range(4)]
    now = stage.clock.at
    waits = at_once(*(partial(pacing.waits_until, owed, now) for owed in several))
    assert sorted(waits, key=str) == [*[now + FIRST] * 3, None]


def test_whose_turn_it_is_may_try_again_and_another_has_it_once_he_is_gone(stage: Stage) -> None:
    pacing = Pacing(stage.records, partial(stage.office.links.seal, "sent"))
    somebody, now = Actor("applicant", "Siti", email="siti@tarakankota.go.id"), stage.clock.at
    one, two = (notice("new_link", somebody, about=f"T{n}", event=0, at=now) for n in range(2))
    assert pacing.waits_until(one, now) is None
    assert pacing.waits_until(replace(one, attempts=1), now + MINUTE) is None
    assert pacing.waits_until(two, now + MINUTE) == now + MINUTE + FIRST
    assert pacing.waits_until(two, now + TURN) is None
