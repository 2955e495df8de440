"""Emails go out in the order they were owed; what cannot be delivered holds up no other."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from portal.core.errors import MailDeferred, MailRefused, Unavailable
from portal.engines.ports import Message
from portal.usecases.outbox import LEASE
from tests.support.at_once import at_once
from tests.support.office_days import Relay, at, mail_to
from tests.support.stage import KABID, KADIS, VERIFIKATOR, Stage, StillClock
from tests.support.ways import EMAIL, TO_VERIFIKATOR


@pytest.fixture
def relay(stage: Stage) -> Relay:
    return Relay(stage)


def test_emails_go_out_in_the_order_they_were_owed(stage: Stage, relay: Relay) -> None:
    number = stage.case("confirm", "forward")
    assert relay.outbox.send_due() == 5  # that it is his turn is no news to whoever has decided already
    assert ["Draf" in message.subject for message in relay.taken[:2]] == [True, False]
    assert {message.to for message in relay.taken[:3]} == {EMAIL}
    assert {message.to for message in relay.taken[3:]} == {KABID, KADIS}
    assert all(number in message.subject for message in relay.taken[1:])
    assert relay.outbox.send_due() == 0


def test_only_so_many_are_sent_at_once(stage: Stage, relay: Relay) -> None:
    stage.case("confirm", "forward")
    assert [relay.outbox.send_due(4), relay.outbox.send_due(4), relay.outbox.send_due(4)] == [4, 1, 0]


def test_a_sender_that_crashes_is_relieved_after_its_lease(stage: Stage, relay: Relay) -> None:
    stage.draft(kinds=())
    assert stage.records.claim_notice(stage.clock(), LEASE)
    assert relay.outbox.send_due() == 0
    stage.clock.at += LEASE
    assert relay.outbox.send_due() == 1


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Relay]:
    """Twenty emails are owed, at a time that stands still: no lease runs out however long the senders take."""
    stage = Stage(tmp_path, StillClock(), patient=False)
    for _ in range(5):
        stage.case("confirm")
    yield Relay(stage)
    stage.close()


def test_two_senders_never_send_the_same(busy: Relay) -> None:
    def send() -> None:
        with suppress(Unavailable):  # on a busy machine one may have waited too long for its turn to write
            busy.outbox.send_due()

    at_once(*[send] * 4)
    send()
    assert len(busy.taken) == len({(message.to, message.text) for message in busy.taken}) == 20


@pytest.mark.parametrize(("passed", "sent"), [(LEASE - timedelta(seconds=1), 20), (LEASE, 21)])
def test_what_one_sender_is_held_up_with_no_other_sends_until_its_lease_is_over(
    busy: Relay, passed: timedelta, sent: int
) -> None:
    send, held_up = busy.send, threading.Event()

    def slowly(message: Message, at: datetime) -> None:
        if not held_up.is_set():
            held_up.set()
            busy.stage.clock.at += passed
            busy.outbox.send_due()  # the other one, meanwhile
        send(message, at)

    busy.send = slowly  # type: ignore[method-assign]
    busy.outbox.send_due()
    assert len(busy.taken) == sent
    assert list(busy.stage.records.unsent()) == []


def test_what_the_relay_puts_off_is_tried_again_ever_more_slowly(stage: Stage, relay: Relay) -> None:
    relay.answers[EMAIL] = MailDeferred("mail_deferred", answer="451 greylisted")
    stage.draft(kinds=())
    tries, began = [], stage.clock()
    for _ in range(3000):
        before = next(stage.records.unsent()).attempts
        relay.outbox.send_due()
        (owed,) = stage.records.unsent()
        if owed.attempts > before:
            tries.append(owed.due_at - stage.clock.at)
        stage.clock.forward(seconds=30)
    pauses = [round(pause.total_seconds(), -1) for pause in tries]
    assert pauses[:6] == [10, 20, 40, 80, 160, 320]
    assert pauses == sorted(pauses)
    assert max(pauses) <= timedelta(hours=6).total_seconds()
    assert (owed.problem, owed.hopeless) == ("451 greylisted", False)

    del relay.answers[EMAIL]
    stage.clock.forward(hours=6)
    assert relay.outbox.send_due() == 1
    assert list(stage.records.unsent()) == []
    assert stage.clock.at - began > timedelta(days=1)


def test_what_the_relay_refuses_is_never_tried_again_and_red(stage: Stage, relay: Relay) -> None:
    relay.answers[EMAIL] = MailRefused("mail_refused", answer="550 no such user")
    stage.draft(kinds=())
    relay.outbox.send_due()
    stage.clock.forward(days=1)
    relay.answers.clear()
    assert relay.outbox.send_due() == 0
    assert [(red.recipient, red.problem) for red in relay.outbox.red_list()] == [(EMAIL, "550 no such user")]


def test_one_that_cannot_be_delivered_holds_up_no_other(stage: Stage, relay: Relay) -> None:
    relay.answers[KADIS] = MailDeferred("mail_deferred", answer="421")
    relay.answers[EMAIL] = RuntimeError("a fault of our own")
    stage.case("confirm", "forward")
    assert relay.outbox.send_due() == 1
    assert [message.to for message in relay.taken] == [KABID]
    assert {owed.problem for owed in stage.records.unsent()} == {"421", "unwritten: RuntimeError"}


def test_what_is_undelivered_past_the_deadline_is_red_and_still_tried(stage: Stage, relay: Relay) -> None:
    relay.answers[EMAIL] = MailDeferred("mail_deferred", answer="451")
    stage.draft(kinds=())
    at(stage, 0, 20)
    relay.outbox.send_due()
    assert relay.outbox.red_list() == []
    at(stage, 1, 9)
    relay.outbox.send_due()
    assert len(relay.outbox.red_list()) == 1
    relay.answers.clear()
    stage.clock.forward(hours=6)
    relay.outbox.send_due()
    assert relay.outbox.red_list() == []


def test_a_draft_that_is_gone_is_nothing_to_write_about_and_nothing_to_worry_about(stage: Stage) -> None:
    stage.mailbox.failing = True
    stage.draft(kinds=())
    stage.outbox.send_due()
    at(stage, 31)
    stage.clockwork.expire()
    stage.mailbox.failing = False
    assert stage.mail() == []
    assert stage.outbox.red_list() == []


def test_whoever_left_the_office_meanwhile_reads_nothing_of_a_case_any_more(stage: Stage) -> None:
    stage.mail()
    stage.case("confirm")
    stage.records.appoint(replace(stage.records.officials()[0], until=date(2026, 11, 22)))
    assert mail_to(stage, KADIS) == []
    assert stage.outbox.red_list() == []


def test_a_letter_names_the_capacity_of_today(stage: Stage) -> None:
    """The same person: head of division until last month, now acting head of division."""
    (kabid,) = (official for official in stage.records.officials() if official.role == "kabid")
    stage.records.appoint(replace(kabid, until=date(2026, 10, 31)))
    stage.records.appoint(replace(kabid, capacity="Plt.", since=date(2026, 11, 1)))
    stage.case("confirm", "forward")
    (turn,) = mail_to(stage, KABID)
    assert "Anda bertindak sebagai: Plt. Kepala Bidang Statistik dan Persandian" in turn["text"]


def test_a_letter_names_the_minutes_that_are_left_after_bsre_had_the_case(stage: Stage) -> None:
    number = stage.case(*TO_VERIFIKATOR)
    stage.clock.forward(minutes=4)
    stage.act(number, "dispatch")
    at(stage, 2, 9)
    stage.act(number, "refuse")
    case = stage.load(number)
    (verifikator,) = (o for o in stage.records.officials() if o.email == VERIFIKATOR)
    stage.cases.owe_again(case, "turn", verifikator.as_actor(stage.office.services.first))
    text = mail_to(stage, VERIFIKATOR, "Pemeriksaan")[-1]["text"]
    assert "Rabu, 25 November 2026 pukul 09.0" in text.partition("Waktu baku")[2]
