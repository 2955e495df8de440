"""Applicants are reminded of a visit, once and in time."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.office_days import MONDAY, at, booked, chores, mail_to
from tests.support.stage import Stage
from tests.support.ways import EMAIL, WAYS


def visits(stage: Stage) -> list[dict[str, Any]]:
    return mail_to(stage, EMAIL, "Pengingat jadwal")


def test_the_applicant_hears_once_on_the_day_before_the_visit(stage: Stage) -> None:
    booked(stage, 11)
    at(stage, 1, 7, 29)
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


def test_before_a_monday_the_applicant_hears_on_the_friday(stage: Stage) -> None:
    number = stage.case(*WAYS["invited"])
    case = stage.load(number)
    monday = MONDAY + timedelta(days=7)
    stage.visits.book(case, next(slot for slot in stage.visits.slots(case) if slot >= monday))
    at(stage, 4, 7, 29)
    chores(stage)
    assert visits(stage) == []
    at(stage, 4, 7, 31)
    chores(stage)
    (mail,) = visits(stage)
    assert "Senin, 30 November 2026" in mail["subject"]


def test_whoever_agreed_before_the_office_opened_that_day_is_not_reminded_minutes_later(stage: Stage) -> None:
    number = stage.case(*WAYS["invited"])
    at(stage, 1, 7, 20)
    case = stage.load(number)
    stage.visits.book(case, stage.visits.slots(case)[0])
    at(stage, 1, 7, 35)
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
