"""What happens without anybody asking: emails go out in order, officials are reminded, what is over is cleared away."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.background import Background
from portal.core.errors import MailDeferred, MailRefused, NotFound
from portal.core.notices import Official
from portal.engines.ports import Message
from portal.outbox import LEASE
from tests.support.stage import (
    EMAIL,
    FORM,
    KABID,
    KADIS,
    OTHER_VERIFIKATOR,
    STATISTISI,
    TO_VERIFIKATOR,
    VERIFIKATOR,
    WAYS,
    Stage,
)

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
        self.clockwork = stage.clockwork

    def send(self, message: Message, at: datetime) -> None:
        if message.to in self.answers:
            raise self.answers[message.to]
        self.taken.append(message)


@pytest.fixture
def relay(stage: Stage) -> Relay:
    return Relay(stage)


# --- sending ---


def test_emails_go_out_in_the_order_they_were_owed(stage: Stage, relay: Relay) -> None:
    number = stage.case("confirm", "forward")
    assert relay.outbox.send_due() == 6
    assert ["Draf" in message.subject for message in relay.taken[:2]] == [True, False]
    assert {message.to for message in relay.taken[:2]} == {EMAIL}
    assert {message.to for message in relay.taken[2:4]} == {EMAIL, KADIS}
    assert {message.to for message in relay.taken[4:]} == {KABID, KADIS}
    assert all(number in message.subject for message in relay.taken[1:])
    assert relay.outbox.send_due() == 0


def test_only_so_many_are_sent_at_once(stage: Stage, relay: Relay) -> None:
    stage.case("confirm", "forward")
    assert [relay.outbox.send_due(4), relay.outbox.send_due(4), relay.outbox.send_due(4)] == [4, 2, 0]


def test_a_sender_that_crashes_is_relieved_after_its_lease(stage: Stage, relay: Relay) -> None:
    stage.draft(kinds=())
    assert stage.records.claim_notice(stage.clock(), LEASE)
    assert relay.outbox.send_due() == 0
    stage.clock.forward(minutes=2)
    assert relay.outbox.send_due() == 1


def test_two_senders_never_send_the_same(stage: Stage, relay: Relay) -> None:
    for _ in range(5):
        stage.case("confirm")
    senders = [threading.Thread(target=relay.outbox.send_due) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(relay.taken) == len({(message.to, message.text) for message in relay.taken}) == 20


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
    assert {owed.problem for owed in stage.records.unsent()} == {"421", "RuntimeError"}


def test_what_is_undelivered_past_the_deadline_is_red_and_still_tried(stage: Stage, relay: Relay) -> None:
    relay.answers[EMAIL] = MailDeferred("mail_deferred", answer="451")
    stage.draft(kinds=())
    at(stage, 6)
    relay.outbox.send_due()
    assert relay.outbox.red_list() == []
    at(stage, 7, 9)
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
    at(stage, 8)
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
    stage.cases.owe_again(case, "turn", verifikator.as_actor(stage.office.sop))
    text = mail_to(stage, VERIFIKATOR, "Pemeriksaan")[-1]["text"]
    assert "Rabu, 25 November 2026 pukul 09.0" in text.partition("Waktu baku")[2]


# --- reminding officials ---


def reminders(stage: Stage, email: str = KADIS) -> list[dict[str, Any]]:
    return mail_to(stage, email, "Pengingat: ")


def test_a_case_of_yesterday_is_reminded_of_once_the_office_opens(stage: Stage) -> None:
    stage.case("confirm")
    at(stage, 0, 15)
    chores(stage)
    at(stage, 1, 0, 1)
    chores(stage)
    at(stage, 1, 7, 29)
    chores(stage)
    assert reminders(stage) == []
    at(stage, 1, 7, 30)
    chores(stage)
    assert len(reminders(stage)) == 1


def test_there_is_one_reminder_a_working_day_and_none_on_days_off(stage: Stage) -> None:
    """From a Wednesday over Christmas (cuti bersama on Thursday, Friday, then the weekend) to the Tuesday after."""
    at(stage, 29)
    stage.case("confirm")
    days = []
    for day in range(30, 37):
        for hour in (8, 11, 15):
            at(stage, day, hour)
            chores(stage)
        days.append(len(reminders(stage)))
    assert days == [1, 1, 1, 1, 1, 2, 3]


def test_a_reminder_stays_the_same_when_its_first_case_is_dealt_with(stage: Stage) -> None:
    first, second = stage.case("confirm"), stage.case("confirm")
    at(stage, 1, 9)
    chores(stage)
    (mail,) = reminders(stage)
    assert mail["text"].index(first) < mail["text"].index(second)
    stage.act(first, "forward")
    at(stage, 1, 10)
    chores(stage)
    assert len(reminders(stage)) == 1


def test_one_person_in_several_roles_gets_one_list_longest_waiting_first(stage: Stage) -> None:
    stage.records.appoint(Official("kadis", "Rangkap", KABID.upper(), capacity="Plh."))
    stage.records.appoint(Official("kabid", "Rangkap", KABID, capacity="Plt.", since=date(2026, 1, 1)))
    at_kabid, at_kadis = stage.case("confirm", "forward"), stage.case("confirm")
    newest = stage.case("confirm", "forward")
    at(stage, 1, 9)
    chores(stage)
    (mail,) = reminders(stage, KABID)
    assert mail["subject"] == "[TTE Tarakan] Pengingat: 3 permohonan menunggu tindak lanjut"
    places = [mail["text"].index(number) for number in (at_kabid, at_kadis, newest)]
    assert places == sorted(places)
    assert [mail["text"].count(number) for number in (at_kabid, at_kadis, newest)] == [1, 1, 1]


def test_the_reminder_counts_late_cases_and_mentions_the_others(stage: Stage) -> None:
    stage.case("confirm")
    at(stage, 1, 9)
    stage.case("confirm")
    chores(stage)
    (mail,) = reminders(stage)
    assert "Pengingat: 1 permohonan" in mail["subject"]
    assert "Ada 1 permohonan lain di meja kerja Anda." in mail["text"]


@pytest.mark.parametrize("state", ["unconfirmed", "returned", "sent", "invited", "missed", "done", "rejected"])
def test_nobody_is_reminded_of_what_others_have(stage: Stage, state: str) -> None:
    stage.case(*WAYS[state])
    at(stage, 3, 9)
    chores(stage)
    assert [mail["subject"] for mail in stage.mail() if "Pengingat: " in mail["subject"] or mail["to"] == OFFICE] == []


def test_a_visit_that_nobody_recorded_is_reminded_of_the_day_after(stage: Stage) -> None:
    """Booked for Tuesday 08.00. Until then the office waits; after that the office has it."""
    stage.case(*WAYS["booked"])
    for day in (0, 1):
        at(stage, day, 15)
        chores(stage)
    assert reminders(stage, VERIFIKATOR) == []
    at(stage, 2, 9)
    chores(stage)
    (mail,) = reminders(stage, VERIFIKATOR)
    assert "Pengisian passphrase, sejak 24 November 2026 08.00 WITA" in mail["text"]


def test_only_those_in_office_are_reminded_and_never_of_their_own_application(stage: Stage) -> None:
    kadis = next(o for o in stage.records.officials() if o.role == "kadis")
    stage.records.appoint(replace(kadis, until=date(2026, 11, 23)))
    stage.records.appoint(Official("kadis", "Siti", EMAIL))
    stage.records.appoint(Official("kadis", "Nanti", "nanti@tarakankota.go.id", since=date(2027, 1, 1)))
    stage.case("confirm")
    at(stage, 1, 9)
    chores(stage)
    assert [mail["to"] for mail in stage.mail() if "Pengingat: " in mail["subject"]] == []


def test_both_verifikator_are_reminded(stage: Stage) -> None:
    stage.case(*TO_VERIFIKATOR)
    at(stage, 1, 9)
    chores(stage)
    assert [len(reminders(stage, email)) for email in (VERIFIKATOR, OTHER_VERIFIKATOR, STATISTISI)] == [1, 1, 0]


# --- escalation ---


def escalations(stage: Stage) -> list[dict[str, Any]]:
    return mail_to(stage, OFFICE)


def test_the_office_hears_on_the_third_working_day_and_once_a_day(stage: Stage) -> None:
    number = stage.case("confirm")
    counts = []
    for day in range(1, 6):
        for hour in (5, 9, 14):
            at(stage, day, hour)
            chores(stage)
        counts.append(len(escalations(stage)))
    assert counts == [0, 0, 1, 2, 2]  # Tuesday to Saturday
    mail = escalations(stage)[0]
    assert mail["subject"] == "[TTE Tarakan] Perlu perhatian: 1 permohonan belum ditindaklanjuti"
    assert f"{number} — Telaah Kepala Dinas, sejak 23 November 2026 08.0" in mail["text"]
    assert "belum ada pejabat" not in mail["text"]


def test_a_case_that_nobody_is_appointed_for_is_told_as_such(stage: Stage) -> None:
    number = stage.case("confirm")
    kadis = next(o for o in stage.records.officials() if o.role == "kadis")
    stage.records.appoint(replace(kadis, until=date(2026, 11, 23)))
    at(stage, 3, 9)
    chores(stage)
    (mail,) = escalations(stage)
    assert f"{number} — Telaah Kepala Dinas, sejak" in mail["text"]
    assert "(belum ada pejabat yang bertugas)" in mail["text"]


def test_the_escalation_names_nobody_and_opens_nothing(stage: Stage) -> None:
    stage.case("confirm")
    stage.case(*TO_VERIFIKATOR)
    at(stage, 3, 9)
    chores(stage)
    (mail,) = escalations(stage)
    names = [official.name for official in stage.records.officials()]
    assert not [word for word in (*names, FORM["nama_ktp"], EMAIL, FORM["nip"]) if word in mail["text"] + mail["html"]]
    assert mail["links"] == []


# --- visits ---


def visits(stage: Stage) -> list[dict[str, Any]]:
    return mail_to(stage, EMAIL, "Pengingat jadwal")


def booked(stage: Stage, index: int) -> str:
    """A case with a visit at the so-and-so-manieth free time; 0 is Tuesday 08.00, 11 Wednesday 08.00."""
    number = stage.case(*WAYS["invited"])
    case = stage.load(number)
    stage.visits.book(case, stage.visits.slots(case)[index])
    return number


def test_the_applicant_hears_once_a_day_before_the_visit(stage: Stage) -> None:
    booked(stage, 11)
    at(stage, 1, 7, 59)
    chores(stage)
    assert visits(stage) == []
    for hour in (8, 12, 20):
        at(stage, 1, hour)
        chores(stage)
    (mail,) = visits(stage)
    assert "Rabu, 25 November 2026 pukul 08.00 WITA" in mail["subject"]
    at(stage, 2, 8)
    chores(stage)
    assert len(visits(stage)) == 1


def test_whoever_just_booked_for_tomorrow_is_not_reminded_on_top(stage: Stage) -> None:
    booked(stage, 0)
    for hour in (8, 9, 15, 23):
        at(stage, 0, hour, 30)
        chores(stage)
    assert visits(stage) == []


def test_a_portal_that_was_down_still_reminds_before_the_visit_begins(stage: Stage) -> None:
    booked(stage, 11)
    at(stage, 2, 7)
    chores(stage)
    assert len(visits(stage)) == 1


def test_another_time_is_another_reminder(stage: Stage) -> None:
    number = booked(stage, 11)
    at(stage, 1, 9)
    chores(stage)
    assert len(visits(stage)) == 1
    case = stage.load(number)
    stage.visits.book(case, next(slot for slot in stage.visits.slots(case) if slot > MONDAY + timedelta(days=3)))
    at(stage, 2, 14)
    chores(stage)
    assert ["Rabu, 25" in mail["subject"] for mail in visits(stage)] == [True, False]


@pytest.mark.parametrize("later", ["rebooked", "passed"])
def test_a_reminder_that_comes_too_late_is_not_sent_at_all(stage: Stage, later: str) -> None:
    number = booked(stage, 11)
    stage.mail()
    stage.mailbox.failing = True
    at(stage, 1, 9)
    chores(stage)
    stage.outbox.send_due()
    if later == "rebooked":
        case = stage.load(number)
        stage.visits.book(case, stage.visits.slots(case)[-1])
    at(stage, 2, 9 if later == "passed" else 7)
    stage.mailbox.failing = False
    assert visits(stage) == []
    assert stage.outbox.red_list() == []


# --- what is over ---


def files(stage: Stage) -> list[Path]:
    folders = (stage.data / "berkas" / name for name in ("drafts", "mending"))
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_a_draft_past_its_days_goes_with_its_files(stage: Stage) -> None:
    old = stage.draft()
    at(stage, 3)
    young = stage.draft()
    at(stage, 7, 8, 1)
    assert stage.clockwork.expire() == 1
    with pytest.raises(NotFound):
        stage.records.load_draft(old.id)
    assert stage.records.load_draft(young.id) == young
    assert files(stage)
    assert all(young.id in str(path) for path in files(stage))
    at(stage, 11)
    stage.clockwork.expire()
    assert files(stage) == []


def test_a_draft_lives_to_its_last_day(stage: Stage) -> None:
    draft = stage.draft()
    stage.clock.at = draft.created_at + timedelta(days=7, seconds=-2)
    assert stage.clockwork.expire() == 0


def test_what_was_sent_keeps_its_documents_when_the_draft_goes(stage: Stage) -> None:
    number = stage.case("confirm")
    at(stage, 8)
    stage.clockwork.expire()
    assert files(stage) == []
    for document in stage.load(number).documents:
        assert stage.office.files.read(document.key, document.version)


def test_what_was_never_confirmed_lapses_and_the_applicant_hears_of_it(stage: Stage) -> None:
    number, confirmed = stage.case(), stage.case("confirm")
    at(stage, 7)
    stage.clockwork.expire()
    assert stage.load(number).state == "unconfirmed"
    at(stage, 7, 9)
    stage.clockwork.expire()
    assert (stage.load(number).state, stage.load(confirmed).state) == ("lapsed", "waiting")
    assert any(number in mail["subject"] for mail in mail_to(stage, EMAIL)[-2:])
    assert [fact["outcome"] for fact in stage.records.facts()] == ["lapsed"]
    assert stage.clockwork.expire() == 0


def test_a_returned_case_keeps_what_was_mended_for_as_long_as_it_takes(stage: Stage) -> None:
    number = stage.case(*WAYS["returned"])
    mending = stage.intake.begin_mending(stage.load(number))
    stage.records.save_draft(mending.with_document(stage.document(mending, "ktp")))
    at(stage, 40)
    stage.clockwork.expire()
    assert stage.intake.mending(stage.load(number)).document("ktp")
    assert [mending.id in str(path) for path in files(stage)] == [True]


@pytest.mark.parametrize("ending", ["resubmit", "withdraw"])
def test_what_was_mended_goes_once_the_case_has_moved_on(stage: Stage, ending: str) -> None:
    number = stage.case(*WAYS["returned"])
    mending = stage.intake.begin_mending(stage.load(number))
    stage.act(number, ending)
    at(stage, 8)
    stage.clockwork.expire()
    with pytest.raises(NotFound):
        stage.records.load_draft(mending.id)
    assert files(stage) == []


def test_what_mended_a_case_that_is_no_more_goes_and_holds_up_nothing(stage: Stage) -> None:
    number = stage.case(*WAYS["returned"])
    stage.intake.begin_mending(stage.load(number))
    other = stage.draft()
    with sqlite3.connect(stage.data / "portal.sqlite") as database:
        database.execute("DELETE FROM event WHERE ticket = ?", (number,))
        database.execute("DELETE FROM application WHERE ticket = ?", (number,))
    database.close()
    at(stage, 8)
    stage.clockwork.expire()
    with pytest.raises(NotFound):
        stage.records.load_draft(other.id)
    assert files(stage) == []


def test_nothing_is_owed_twice_however_often_the_chores_run(stage: Stage) -> None:
    stage.case("confirm")
    booked(stage, 11)
    stage.case()
    at(stage, 1, 9)
    chores(stage)
    stage.mail()
    before = len(stage.mail())
    for _ in range(5):
        chores(stage)
    assert len(stage.mail()) == before


# --- the thread ---


@pytest.fixture
def background(stage: Stage) -> Iterator[Background]:
    thread = Background(stage.outbox, stage.clockwork)
    yield thread
    thread.stop()


def wait_for(condition: Any) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def running() -> bool:
    return any(thread.name == "clockwork" and thread.is_alive() for thread in threading.enumerate())


def test_owed_emails_go_out_by_themselves_and_chores_are_done(stage: Stage, background: Background) -> None:
    stage.case("confirm")
    at(stage, 1, 9)
    background.start()
    wait_for(lambda: len(stage.mailbox.messages()) == 5)
    assert sum("Pengingat: " in mail["subject"] for mail in stage.mailbox.messages()) == 1


def test_a_failing_round_is_logged_without_personal_data_and_the_next_one_works(
    stage: Stage, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    stage.case("confirm")
    stage.records.close()
    (stage.data / "portal.sqlite").rename(stage.data / "away.sqlite")
    (stage.data / "portal.sqlite").mkdir()
    with caplog.at_level(logging.WARNING):
        background.start()
        wait_for(lambda: len(caplog.records) >= 5)
    assert {record.getMessage().split(" failed: ")[1] for record in caplog.records} == {"Unavailable"}
    (stage.data / "portal.sqlite").rmdir()
    (stage.data / "away.sqlite").rename(stage.data / "portal.sqlite")
    wait_for(stage.mailbox.messages)


def test_one_chore_that_fails_keeps_no_other_from_its_turn(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """The desk of a bent role makes the reminders fail; expiry and mail go on."""
    stage.case("confirm")
    draft = stage.draft()
    with sqlite3.connect(stage.data / "portal.sqlite") as database:
        database.execute("""UPDATE official SET body = '[]' WHERE role = 'kadis'""")
    database.close()
    at(stage, 8, 9)
    with caplog.at_level(logging.WARNING):
        Background(stage.outbox, stage.clockwork).round(chores=True)
    assert {record.getMessage().split(" ")[0] for record in caplog.records} >= {"remind"}
    with pytest.raises(NotFound):
        stage.records.load_draft(draft.id)


def test_it_ends_promptly_also_with_much_to_send(stage: Stage) -> None:
    for _ in range(10):
        stage.case("confirm")
    slow = Relay(stage)
    slow.send = lambda message, at: time.sleep(0.2)  # type: ignore[method-assign]
    thread = Background(slow.outbox, slow.clockwork)
    thread.start()
    wait_for(running)
    time.sleep(0.3)
    began = time.monotonic()
    thread.stop()
    assert time.monotonic() - began < 4
    assert not running()
    assert len(list(stage.records.unsent())) > 30
