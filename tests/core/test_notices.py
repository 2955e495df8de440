"""Which emails an event owes, and what becomes of one that cannot be delivered."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from portal.core.application import Actor
from portal.core.notices import DEADLINE, PATIENCE, PUT_OFF, UNWRITTEN, Notice, notice, owed
from portal.core.officials import Official
from portal.core.sop import APPLICANT, Sop
from tests.support.walk import MORNING, Walk, official

DAY = date(2026, 11, 23)
OFFICIALS = [
    Official("penerbitan", "kadis", "Rahma", "kadis@tarakankota.go.id"),
    Official("penerbitan", "kabid", "Budi", "kabid@tarakankota.go.id"),
    Official("penerbitan", "pelaksana_bidang", "Nur", "nur@tarakankota.go.id"),
    Official("penerbitan", "verifikator", "Andi", "andi@tarakankota.go.id"),
    Official("penerbitan", "verifikator", "Wati", "wati@tarakankota.go.id"),
]


def letters(walk: Walk, officials: list[Official] = OFFICIALS) -> list[tuple[str, str]]:
    return [(entry.letter, entry.recipient) for entry in owed(walk.case, officials, walk.sop, DAY)]


def test_sending_owes_the_applicant_the_confirmation_and_no_official_anything(sop: Sop) -> None:
    assert letters(Walk(sop)) == [("confirm_address", "siti@tarakankota.go.id")]


def test_confirming_owes_the_first_official_the_case(sop: Sop) -> None:
    assert letters(Walk(sop).confirm()) == [
        ("received", "siti@tarakankota.go.id"),
        ("turn", "kadis@tarakankota.go.id"),
    ]


def test_a_disposition_owes_the_next_official_the_case_and_the_decider_a_receipt(sop: Sop) -> None:
    assert letters(Walk(sop).confirm().decide("forward")) == [
        ("turn", "kabid@tarakankota.go.id"),
        ("decided", "kadis@tarakankota.go.id"),
    ]


def test_everybody_in_a_role_hears_of_their_turn(sop: Sop) -> None:
    walk = Walk(sop).confirm().decide("forward", "forward", "forward")
    turns = [recipient for letter, recipient in letters(walk) if letter == "turn"]
    assert turns == ["andi@tarakankota.go.id", "wati@tarakankota.go.id"]


def test_a_mended_case_goes_to_the_step_that_returned_it(sop: Sop) -> None:
    walk = Walk(sop).confirm().decide("forward", "return", items=["ktp"], reason="ktp_tidak_terbaca").mend()
    assert letters(walk) == [("mended", "siti@tarakankota.go.id"), ("turn", "kabid@tarakankota.go.id")]


def test_the_applicant_is_never_told_to_decide_on_the_own_application(sop: Sop) -> None:
    conflicted = [*OFFICIALS, Official("penerbitan", "kadis", "Siti", "siti@tarakankota.go.id")]
    conflicted.append(Official("penerbitan", "kadis", "Siti", "lain@tarakankota.go.id", number="199001052015032001"))
    turns = [recipient for letter, recipient in letters(Walk(sop).confirm(), conflicted) if letter == "turn"]
    assert turns == ["kadis@tarakankota.go.id"]


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [(None, None, True), (date(2026, 11, 23), date(2026, 11, 23), True), (date(2026, 11, 24), None, False),
     (None, date(2026, 11, 22), False)],
)  # fmt: skip
def test_an_acting_official_hears_only_during_the_appointment(
    sop: Sop, since: date | None, until: date | None, told: bool
) -> None:
    acting = Official(
        "penerbitan", "kadis", "Joko", "joko@tarakankota.go.id", capacity="Plh.", since=since, until=until
    )
    recipients = [recipient for _, recipient in letters(Walk(sop).confirm(), [acting])]
    assert ("joko@tarakankota.go.id" in recipients) is told
    assert acting.as_actor(sop).office == "Plh. Kepala Dinas"


def test_a_booked_visit_is_told_to_the_applicant_and_the_verifikator(sop: Sop) -> None:
    walk = Walk(sop).to_bsre().decide("accept", "invite").book()
    assert [letter for letter, _ in letters(walk)] == ["booked", "visit_booked", "visit_booked"]


def test_the_same_event_owes_the_same_letter_to_the_same_person_once(sop: Sop) -> None:
    entries = owed(Walk(sop).confirm().case, OFFICIALS, sop, DAY)
    assert len({entry.identity for entry in entries}) == len(entries)


def unsent() -> Notice:
    actor = Actor(APPLICANT, "Siti", email="siti@tarakankota.go.id")
    return notice("received", actor, about="TTE-26-4F7K-9QXM", event=2, at=MORNING)


def test_retries_double_from_ten_seconds_to_six_hours() -> None:
    pauses, entry, at = [], unsent(), MORNING
    for _ in range(16):
        entry = entry.held(at + timedelta(minutes=2)).failed("451 busy", at)
        pauses.append((entry.due_at - at).total_seconds())
    assert pauses[:4] == [10, 20, 40, 80]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 6 * 3600


def test_an_undelivered_email_turns_red_when_put_off_for_long_or_never_tried_or_at_once_when_hopeless() -> None:
    entry = unsent().held(MORNING).failed("451 busy", MORNING)
    second = timedelta(seconds=1)
    assert [entry.is_red(MORNING + PATIENCE + later) for later in (timedelta(), second)] == [False, True]
    assert [unsent().is_red(MORNING + DEADLINE + later) for later in (timedelta(), second)] == [False, True]
    assert unsent().held(MORNING).failed("550 unknown user", MORNING, hopeless=True).is_red(MORNING)
    assert not replace(entry, sent_at=MORNING).is_red(MORNING + 2 * DEADLINE)


def test_what_was_dropped_is_owed_no_more_and_never_red_with_its_last_answer_kept() -> None:
    refused = unsent().held(MORNING).failed("550 unknown user", MORNING, hopeless=True)
    for entry in (unsent(), refused):
        dropped = entry.dropped(MORNING)
        assert (entry.is_owed, dropped.is_owed) == (True, False)
        assert not dropped.is_red(MORNING + 2 * DEADLINE)
        assert dropped == replace(entry, dropped_at=MORNING)
    assert unsent().dropped(MORNING, "draft_unknown").problem == "draft_unknown"
    assert not unsent().held(MORNING).delivered(MORNING).is_owed


def test_the_receipt_goes_to_the_one_who_decided(sop: Sop) -> None:
    assert official("kadis").email == owed(Walk(sop).confirm().decide("forward").case, [], sop, DAY)[-1].recipient


def test_what_waits_for_a_round_is_not_red_however_long_an_unexplained_delay_is() -> None:
    late, second = MORNING + 2 * DEADLINE, timedelta(seconds=1)
    waiting = replace(unsent(), due_at=late + PUT_OFF + second)
    assert [waiting.is_red(late), waiting.is_red(late + second)] == [False, True]
    assert replace(waiting, problem="451 busy").is_red(late)


def test_each_attempt_is_an_email_of_its_own_that_tells_nothing_of_whom_it_is_to() -> None:
    entry = unsent()
    again = entry.held(MORNING)
    assert len({entry.email, again.email, replace(entry, occasion="x").email, replace(entry, event=9).email}) == 4
    assert (again.email, len(entry.email)) == (unsent().held(MORNING).email, 16)
    assert int(entry.email, 16) >= 0


def test_what_the_portal_could_not_write_says_nothing_about_the_address() -> None:
    assert replace(unsent(), problem=f"{UNWRITTEN}KeyError").is_unwritten
    assert not replace(unsent(), problem="550 unknown user").is_unwritten


def test_an_appointment_of_one_day_is_not_a_cancelled_one() -> None:
    day = date(2026, 8, 3)
    spans = [(day, day), (day, day - timedelta(days=1)), (None, day), (day, None)]
    cancelled = [replace(OFFICIALS[0], since=since, until=until).is_cancelled for since, until in spans]
    assert cancelled == [False, True, False, False]


def test_what_goes_to_another_address_is_as_if_nobody_had_tried_it() -> None:
    tried = replace(unsent(), attempts=4, problem="550 unknown user", hopeless=True)
    later = MORNING + timedelta(days=2)
    moved = tried.readdressed("wati@x.id", later)
    assert moved == replace(unsent(), recipient="wati@x.id", queued_at=later, due_at=later)
    assert (moved.attempts, moved.problem, moved.hopeless) == (0, "", False)


def test_whoever_comes_unannounced_hears_nothing_and_whoever_comes_for_an_agreed_visit_does(sop: Sop) -> None:
    """No calendar expects him, and he is at the desk; a visit that was agreed is in it."""
    invited = Walk(sop).to_bsre().decide("accept", "invite").case
    coming: dict[str, Any] = {"by": official("verifikator"), "sop": sop, "at": MORNING + timedelta(days=1)}
    told = [
        [notice.letter for notice in owed(case, OFFICIALS, sop, DAY) if notice.role == APPLICANT]
        for case in (
            invited.come("walk_in", {}, **coming),
            invited.come("walk_in", {"slot": "2026-11-25T08:30+08:00"}, **coming),
        )
    ]
    assert told == [[], ["visit_done"]]
