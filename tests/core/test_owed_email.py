"""An owed email from the moment it is owed until it is delivered, dropped or on the red list."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.application import Actor
from portal.core.notices import DEADLINE, PATIENCE, Notice, about_draft, notice
from portal.core.officials import Official
from portal.core.sop import Sop
from tests.support.builders import FORM, a_sop, draft

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LATER = MORNING + timedelta(minutes=2)
SITI = Actor("applicant", "Siti", email="siti@tarakankota.go.id")
OWED = Notice("TTE-26-4F7K-9QXM", 2, "received", "siti@tarakankota.go.id", "", "applicant", "Siti", MORNING, MORNING)


def test_an_owed_email_is_due_at_once_and_nobody_has_tried_it() -> None:
    assert notice("received", SITI, about="TTE-26-4F7K-9QXM", event=2, at=MORNING) == OWED
    assert (OWED.attempts, OWED.problem, OWED.hopeless, OWED.sent_at, OWED.dropped_at) == (0, "", False, None, None)


def test_what_is_repeated_on_an_occasion_is_another_email() -> None:
    again = notice("received", SITI, about="TTE-26-4F7K-9QXM", event=2, at=MORNING, occasion="2026-11-24")
    assert again == replace(OWED, occasion="2026-11-24")
    assert OWED.identity == ("TTE-26-4F7K-9QXM", 2, "received", "siti@tarakankota.go.id", "")
    assert again.identity == ("TTE-26-4F7K-9QXM", 2, "received", "siti@tarakankota.go.id", "2026-11-24")


def test_a_sender_holds_it_for_a_while_and_counts_the_attempt() -> None:
    assert OWED.held(LATER) == replace(OWED, due_at=LATER, attempts=1)
    assert OWED.held(LATER).held(LATER).attempts == 2


def test_once_delivered_it_is_owed_no_more_and_its_last_problem_is_forgotten() -> None:
    sent = replace(OWED, problem="451 busy", attempts=3).delivered(LATER)
    assert sent == replace(OWED, attempts=3, sent_at=LATER)
    assert (OWED.is_owed, sent.is_owed) == (True, False)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 10), (2, 20), (3, 40), (11, 10240), (12, 20480), (13, 21600), (40, 21600)]
)
def test_a_relay_that_did_not_take_it_is_asked_again_after_a_pause_that_doubles_up_to_six_hours(
    attempts: int, seconds: int
) -> None:
    tried = replace(OWED, attempts=attempts)
    expected = replace(tried, due_at=LATER + timedelta(seconds=seconds), problem="451 busy")
    assert tried.failed("451 busy", LATER) == expected
    assert tried.failed("451 busy", LATER, hopeless=True) == replace(expected, hopeless=True)


@pytest.mark.parametrize(
    ("answer", "full"),
    [
        ("552 mailbox full", True),
        ("550 5.2.2 over quota", True),
        ("452-4.2.2 The email account is over its quota", True),
        ("smtp; 552 5.2.2 mailbox full", True),
        ("552 5.3.4 message too big", False),
        ("550 5.1.1 no such user", False),
        ("550 192.4.2.2 is not welcome", False),
        ("", False),
    ],
)
def test_a_full_mailbox_is_told_from_an_address_that_takes_nothing(answer: str, full: bool) -> None:
    assert OWED.failed(answer, LATER, hopeless=True).is_mailbox_full is full


def test_what_was_hopeless_once_need_not_be_so_the_next_time() -> None:
    tried = replace(OWED, attempts=2, hopeless=True)
    assert not tried.failed("451 busy", LATER).hopeless


def test_a_dropped_email_keeps_the_last_answer_or_says_why_it_was_dropped() -> None:
    refused = replace(OWED, problem="550 unknown user", hopeless=True)
    assert refused.dropped(LATER) == replace(refused, dropped_at=LATER)
    assert refused.dropped(LATER, "superseded") == replace(refused, dropped_at=LATER, problem="superseded")
    assert not refused.dropped(LATER).is_owed


def test_a_renewed_email_is_due_at_once_and_hopeless_no_more() -> None:
    refused = replace(OWED, problem="550 unknown user", hopeless=True, due_at=LATER, attempts=4)
    now = LATER + timedelta(hours=1)
    assert refused.renewed(now) == replace(refused, due_at=now, hopeless=False)


def test_the_clerk_hears_of_an_email_that_is_hopeless_or_a_week_late_and_still_owed() -> None:
    late, hopeless = MORNING + timedelta(days=7, seconds=1), replace(OWED, hopeless=True)
    assert timedelta(days=7) == DEADLINE
    assert [OWED.is_red(MORNING), OWED.is_red(MORNING + DEADLINE), OWED.is_red(late)] == [False, False, True]
    assert hopeless.is_red(MORNING)
    assert not hopeless.delivered(LATER).is_red(late)
    assert not hopeless.dropped(LATER).is_red(late)


def test_what_the_relay_itself_holds_up_is_tried_every_five_minutes_at_the_latest() -> None:
    held = replace(OWED, attempts=30)
    out = held.failed("timed out", MORNING, relay=True)
    assert (out.due_at, out.relay_out_since) == (MORNING + timedelta(minutes=5), MORNING)
    assert out.failed("timed out", LATER, relay=True).relay_out_since == MORNING
    assert out.failed("452 mailbox full", LATER).relay_out_since is None
    assert out.failed("550 no such user", LATER, hopeless=True).relay_out_since is None
    assert out.delivered(LATER).relay_out_since is None


def test_the_clerk_hears_of_an_email_that_the_relay_has_put_off_for_a_day() -> None:
    put_off = replace(OWED, problem="452 mailbox full")
    assert timedelta(days=1) == PATIENCE
    assert not put_off.is_red(MORNING + PATIENCE)
    assert put_off.is_red(MORNING + PATIENCE + timedelta(seconds=1))
    assert not put_off.delivered(LATER).is_red(MORNING + DEADLINE)


def test_an_official_acts_under_the_title_of_the_office_and_in_the_capacity_appointed(sop: Sop) -> None:
    holder = Official("penerbitan", "kadis", "Rahma", "Rahma@Tarakankota.go.id", "196501112000121002")
    acting = replace(holder, capacity="Plh.", decree="800/1/2026")
    assert holder.as_actor(sop) == Actor(
        "kadis", "Rahma", "Kepala Dinas", "rahma@tarakankota.go.id", "196501112000121002"
    )
    assert acting.as_actor(sop).office == "Plh. Kepala Dinas"


@pytest.mark.parametrize(
    ("since", "until", "serves"),
    [
        (None, None, True),
        (date(2026, 11, 23), None, True),
        (date(2026, 11, 24), None, False),
        (None, date(2026, 11, 23), True),
        (None, date(2026, 11, 22), False),
        (date(2026, 11, 1), date(2026, 11, 22), False),
        (date(2026, 11, 24), date(2026, 11, 30), False),
    ],
)
def test_an_appointment_holds_from_its_first_day_to_its_last(
    since: date | None, until: date | None, serves: bool
) -> None:
    official = Official("penerbitan", "kadis", "Joko", "joko@tarakankota.go.id", since=since, until=until)
    assert official.serves(date(2026, 11, 23)) is serves


def test_an_email_that_is_put_off_is_due_later_and_nothing_went_wrong() -> None:
    assert OWED.put_off(LATER) == replace(OWED, due_at=LATER)


def test_since_when_the_relay_is_out_is_read_from_whatever_it_answered() -> None:
    out = OWED.failed("421 try again: later: please", MORNING, relay=True)
    assert out.relay_out_since == MORNING
    assert out.failed("still: out", LATER, relay=True).relay_out_since == MORNING
    assert OWED.failed("450 mailbox busy", MORNING).relay_out_since is None


def test_a_draft_is_gone_on_with_from_the_address_in_it() -> None:
    sop, kept = a_sop(), draft()
    (owed,) = about_draft("draft_waiting", kept, sop, MORNING, occasion="day-3")
    siti = Actor("applicant", FORM["nama_ktp"], email=FORM["email"])
    assert owed == notice("draft_waiting", siti, about=kept.id, event=0, at=MORNING, occasion="day-3")
    (at_once,) = about_draft("draft_saved", kept, sop, MORNING)
    assert (at_once.occasion, at_once.letter) == ("", "draft_saved")


def test_an_official_s_draft_is_for_him_alone() -> None:
    kept = draft(opened_by="andi@tarakankota.go.id")
    (owed,) = about_draft("draft_saved", kept, a_sop(), MORNING)
    assert (owed.recipient, owed.name) == ("andi@tarakankota.go.id", "")


def test_nobody_is_told_of_a_draft_without_an_address_nor_of_one_that_mends_a_case() -> None:
    assert about_draft("draft_saved", draft(form={"nama_ktp": "Siti"}), a_sop(), MORNING) == ()
    assert about_draft("draft_saved", draft(mends="TTE-26-4F7K-9QXM"), a_sop(), MORNING) == ()
    (nameless,) = about_draft("draft_saved", draft(form={"email": FORM["email"]}), a_sop(), MORNING)
    assert (nameless.recipient, nameless.name) == (FORM["email"], "")


def test_an_appointment_is_of_a_service_and_a_role_and_whoever_holds_it() -> None:
    kadis = Official("penerbitan", "kadis", "Bambang", "Kadis@Tarakankota.go.id")
    assert kadis.post == ("penerbitan", "kadis", "kadis@tarakankota.go.id")
