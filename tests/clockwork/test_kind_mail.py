"""Officials' emails are collected: the first goes at once, further ones together, what is out of date not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.core.clerks import Clerk
from portal.core.errors import MailDeferred
from portal.core.notices import Notice
from portal.core.patience import Reason
from portal.core.rounds import NEWS, Rounds
from portal.engines.ports import CameBack, Message
from portal.usecases.outbox import LEASE
from tests.support.office_days import Relay, at, chores
from tests.support.played_weeks import Weeks
from tests.support.stage import KABID, KADIS, OTHER_VERIFIKATOR, VERIFIKATOR, Stage, StillClock
from tests.support.ways import EMAIL, TO_VERIFIKATOR, TO_VISIT

pytestmark = pytest.mark.long

TIMES = (time(7, 30), time(10), time(13), time(16))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path, StillClock())
    at(stage, 0)
    yield stage
    stage.close()


@pytest.fixture
def relay(office: Stage) -> Relay:
    relay = Relay(office)
    relay.outbox = replace(relay.outbox, rounds=lambda: Rounds(TIMES, office.office.calendar.zone))
    return relay


def delivered(relay: Relay, email: str) -> list[Any]:
    """What this person has got by now, which was sent since the last look."""
    while relay.outbox.send_due():
        pass
    mine = [message for message in relay.taken if message.to == email]
    relay.taken[:] = [message for message in relay.taken if message.to != email]
    return mine


def subjects(relay: Relay, email: str) -> list[str]:
    return [message.subject.removeprefix("[TTE Tarakan] ") for message in delivered(relay, email)]


def test_the_first_case_is_told_at_once_and_further_ones_together_one_tap_from_each(
    office: Stage, relay: Relay
) -> None:
    first = office.case("confirm")
    assert subjects(relay, KADIS) == [f"Mohon disposisi: permohonan Sertifikat Elektronik — {first}"]
    further = [office.case("confirm"), office.case("confirm")]
    at(office, 0, 9, 59)
    assert delivered(relay, KADIS) == []
    at(office, 0, 10)
    (message,) = delivered(relay, KADIS)
    assert message.subject == "[TTE Tarakan] 2 permohonan menunggu tindak lanjut Anda"
    links = [word for word in message.text.split() if "/telaah/" in word]
    opened = [office.browser().get(link, follow_redirects=True).request.path for link in links]
    assert sorted(opened) == sorted(f"/telaah/{number}" for number in further)
    assert list(office.records.unsent()) == []


def test_what_comes_at_the_same_moment_is_one_email(office: Stage, relay: Relay) -> None:
    for _ in range(35):
        office.case("confirm")
    assert subjects(relay, KADIS) == ["35 permohonan menunggu tindak lanjut Anda"]


def test_after_a_round_without_an_email_the_next_case_is_told_at_once(office: Stage, relay: Relay) -> None:
    for hour in (8, 11, 14, 17):
        at(office, 0, hour)
        office.case("confirm")
        assert len(delivered(relay, KADIS)) == 1
    office.case("confirm")
    at(office, 1, 7, 29)
    assert delivered(relay, KADIS) == []
    at(office, 1, 7, 30)
    assert len(delivered(relay, KADIS)) == 1


def test_what_was_dealt_with_meanwhile_is_not_told(office: Stage, relay: Relay) -> None:
    office.case("confirm")
    delivered(relay, KADIS)
    office.act(office.case("confirm"), "forward")
    gone = office.case("confirm")
    office.act(gone, "withdraw")
    at(office, 0, 10)
    assert delivered(relay, KADIS) == []
    # A case that was told of in vain takes nobody's place: the next one goes at once.
    at(office, 0, 10, 1)
    office.act(office.case("confirm"), "withdraw")
    assert delivered(relay, KADIS) == []
    office.case("confirm")
    assert len(delivered(relay, KADIS)) == 1


def test_receipts_come_in_the_evening_in_one_email_with_every_fingerprint(office: Stage, relay: Relay) -> None:
    numbers = [office.case("confirm") for _ in range(3)]
    delivered(relay, KADIS)
    for number in numbers:
        office.act(number, "forward")
    at(office, 0, 15, 59)
    assert delivered(relay, KADIS) == []
    at(office, 0, 16)
    (message,) = delivered(relay, KADIS)
    assert message.subject == "[TTE Tarakan] Bukti keputusan: 3 keputusan Anda tercatat"
    for number in numbers:
        assert office.load(number).events[-1].hash in message.text


def test_receipts_come_each_at_once_where_the_office_asks_for_them(office: Stage, relay: Relay) -> None:
    relay.outbox = replace(relay.outbox, rounds=lambda: Rounds(TIMES, office.office.calendar.zone, receipts="each"))
    numbers = [office.case("confirm", "forward") for _ in range(2)]
    assert sorted(subject.split(" — ")[1] for subject in subjects(relay, KADIS)) == sorted(numbers)


def test_a_link_that_somebody_asks_for_waits_for_no_round(office: Stage, relay: Relay) -> None:
    first, second = office.case("confirm"), office.case("confirm")
    assert len(delivered(relay, KADIS)) == 1
    actor = office.official(second).as_actor(office.office.services.first)
    office.cases.owe_again(office.load(second), "turn", actor)
    office.cases.owe_desk(KADIS)
    assert len(delivered(relay, KADIS)) == 2
    assert first


def test_a_reminder_goes_with_what_else_is_told_and_applicants_wait_for_nothing(office: Stage, relay: Relay) -> None:
    old = office.case("confirm")
    delivered(relay, KADIS)
    at(office, 0, 17)
    office.case("confirm")
    office.case("confirm")
    assert len(delivered(relay, EMAIL)) == 9
    delivered(relay, KADIS)
    at(office, 1, 7, 30)
    chores(office)
    (message,) = delivered(relay, KADIS)
    assert f"- {old} — Telaah Kepala Dinas, sejak 23 November 2026 08.00 WITA" in message.text


def test_ones_own_next_turn_is_no_news_but_a_colleague_hears_at_once(office: Stage, relay: Relay) -> None:
    number = office.case(*TO_VISIT)
    assert [subject.split(" — ")[0] for subject in subjects(relay, OTHER_VERIFIKATOR)] == [
        "Undang pemohon untuk mengisi passphrase"
    ]
    assert delivered(relay, VERIFIKATOR) == []
    at(office, 0, 16)
    (evening,) = delivered(relay, VERIFIKATOR)
    assert evening.subject == "[TTE Tarakan] 1 permohonan menunggu tindak lanjut Anda"
    assert evening.text.count("sidik digital") == 2
    assert number in evening.text


def test_the_first_one_is_tried_again_soon_when_the_relay_puts_it_off_or_its_sender_crashes(
    office: Stage, relay: Relay
) -> None:
    relay.answers[KADIS] = MailDeferred("mail_deferred", answer="451")
    office.case("confirm")
    assert delivered(relay, KADIS) == []
    office.case("confirm")
    relay.answers.clear()
    office.clock.forward(seconds=10)
    assert len(delivered(relay, KADIS)) == 1

    at(office, 0, 11)
    office.case("confirm")
    crashed = office.records.claim_notice(office.clock(), LEASE)
    while crashed.recipient != KADIS:
        office.records.settle_notice(crashed.delivered(office.clock()))
        crashed = office.records.claim_notice(office.clock(), LEASE)
    assert office.records.goes_first(crashed, office.clock() - timedelta(hours=1), office.clock())
    office.clock.at += LEASE
    assert len(delivered(relay, KADIS)) == 1


def test_what_another_sender_takes_hold_of_while_this_one_writes_is_left_to_him(office: Stage, relay: Relay) -> None:
    office.case("confirm")
    assert len(delivered(relay, KADIS)) == 1
    for _ in range(4):
        office.case("confirm")
    assert delivered(relay, KADIS) == []
    at(office, 0, 10)
    whole, his = relay.outbox.letter, list[Notice | None]()

    def slowly(owed: Notice) -> Any:
        if not his:
            office.clock.forward(seconds=1)
            his.append(office.records.claim_notice(office.clock(), LEASE))
        return whole(owed)

    relay.outbox = replace(relay.outbox, letter=slowly)
    assert relay.outbox.send_due(1) == 1
    assert [owed.identity for owed in office.records.unsent()] == [each.identity for each in his if each]


def test_after_days_without_a_relay_each_official_gets_one_email_of_what_still_is_so(
    office: Stage, relay: Relay
) -> None:
    relay.answers = {email: MailDeferred("mail_deferred", answer="no connection") for email in (KADIS, KABID)}
    at_kadis, passed = [office.case("confirm") for _ in range(3)], office.case("confirm", "forward")
    for day in range(7):
        for hour in (7, 8, 10, 13, 16):
            at(office, day, hour, 30)
            chores(office)
            relay.outbox.send_due()
    assert not [message for message in relay.taken if message.to in (KADIS, KABID)]
    office.act(at_kadis[0], "forward")
    relay.answers.clear()
    at(office, 7, 12)
    (kadis,), (kabid,) = delivered(relay, KADIS), delivered(relay, KABID)
    assert all(number in kadis.text for number in (*at_kadis[1:], passed))
    assert kadis.text.count("/telaah/") == 2
    assert kabid.text.count("/telaah/") == 2
    at(office, 7, 15)
    assert (delivered(relay, KADIS), delivered(relay, KABID)) == ([], [])


def test_one_case_that_cannot_be_written_of_holds_up_no_other(office: Stage, relay: Relay) -> None:
    numbers = [office.case("confirm") for _ in range(3)]
    whole = relay.outbox.letter

    def bent(owed: Any) -> Any:
        if owed.about == numbers[1]:
            raise KeyError(owed.about)
        return whole(owed)

    relay.outbox = replace(relay.outbox, letter=bent)
    assert subjects(relay, KADIS) == ["2 permohonan menunggu tindak lanjut Anda"]
    assert {owed.about for owed in office.records.unsent()} == {numbers[1]}


def test_what_waits_for_its_round_is_not_thought_stuck(office: Stage, relay: Relay) -> None:
    office.act(office.case("confirm"), "forward")
    office.case("confirm", "forward")
    delivered(relay, EMAIL)
    since = {(owed.letter, relay.outbox.due_since(owed)) for owed in office.records.unsent()}
    evening, noon = (office.clock().replace(hour=hour - 8) for hour in (16, 10))
    assert since == {("decided", evening)}
    office.case("confirm", "forward")
    delivered(relay, EMAIL)
    since = {(owed.letter, relay.outbox.due_since(owed)) for owed in office.records.unsent()}
    assert since == {("decided", evening), ("turn", noon)}


def test_without_rounds_each_email_goes_alone_and_at_once(office: Stage) -> None:
    relay = Relay(office)
    relay.outbox = replace(relay.outbox, rounds=lambda: Rounds.of({}, office.office.calendar.zone))
    for _ in range(3):
        office.case(*TO_VERIFIKATOR[:2])
    assert (len(delivered(relay, KABID)), len(delivered(relay, KADIS))) == (3, 3)


def test_played_weeks_bring_officials_a_third_of_the_emails_and_nobody_hears_later(office: Stage) -> None:
    """20 cases in 2½ weeks: every email that is owed went out by itself before."""
    rounds = Rounds(TIMES, office.office.calendar.zone)
    weeks = Weeks(office, rounds)
    weeks.play()
    owed, got = weeks.owed, weeks.to_officials()
    assert len(owed) > 400
    assert len(got) * 3 <= len(owed)
    assert {office.load(number).is_closed for number in weeks.tickets} == {True, False}
    for each in owed:
        if each.letter not in NEWS or each.sent is None or each.sent == each.queued or each.own:
            continue
        just_sent = [moment for moment, to in got if to == each.recipient]
        assert any(rounds.last(each.queued) <= moment <= each.queued for moment in just_sent), each
        assert each.sent - each.queued <= timedelta(hours=15, minutes=31), each


def test_a_digest_that_comes_back_is_word_of_every_case_in_it(office: Stage, relay: Relay) -> None:
    marked: list[Sequence[Notice]] = []

    def mark(message: Message, together: Sequence[Notice]) -> Message:
        marked.append(together)
        return message

    office.case("confirm")
    delivered(relay, KADIS)
    relay.outbox = replace(relay.outbox, mark=mark)
    further = [office.case("confirm"), office.case("confirm")]
    at(office, 0, 10)
    delivered(relay, KADIS)
    (digest,) = (together for together in marked if together[0].recipient == KADIS)
    assert sorted(owed.about for owed in digest) == sorted(further)
    office.records.came_back(CameBack([owed.identity for owed in digest], "550 5.1.1", True), office.clock())
    assert sorted(owed.about for owed in relay.outbox.red_list()) == sorted(further)
    assert {stuck.reason for stuck in office.watch.stuck()} == {Reason.UNREACHABLE}


def test_cases_that_a_clerk_gives_to_somebody_are_told_together_and_each_once(office: Stage, relay: Relay) -> None:
    numbers = [office.case(*TO_VERIFIKATOR) for _ in range(3)]
    for number in numbers:
        clerk = Clerk("Rina Contoh", "rina@tarakankota.go.id")
        office.house.corrections.assign(number, 5, OTHER_VERIFIKATOR, "Ia yang memeriksanya.", clerk)
    at(office, 0, 16)
    told = "".join(message.text for message in delivered(relay, OTHER_VERIFIKATOR))
    assert [told.count(f"Nomor tiket: {number}") for number in numbers] == [1, 1, 1]
    assert not any(number in message.text for message in delivered(relay, VERIFIKATOR) for number in numbers)
