"""Whoever has a case hears of it again, then the clerk does; nothing waits with nobody knowing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from portal.core.errors import MailDeferred
from portal.core.officials import Official
from tests.support.office_days import OFFICE, Relay, at, chores, mail_to
from tests.support.stage import KABID, KADIS, VERIFIKATOR, Stage
from tests.support.ways import EMAIL, TO_VERIFIKATOR, WAYS

pytestmark = pytest.mark.long


def days_of(stage: Stage, subject: str, until: int = 40, email: str = EMAIL) -> list[int]:
    """On which days such an email goes out, the chores done every noon from the Monday on."""
    found: list[int] = []
    for day in range(until):
        at(stage, day, 12)
        chores(stage)
        found += [day] * (len(mail_to(stage, email, subject)) - len(found))
    return found


def ends(stage: Stage, role: str, until: date = date(2026, 11, 22)) -> None:
    """Whoever holds that role serves until then."""
    for official in [each for each in stage.records.officials() if each.role == role]:
        stage.records.appoint(replace(official, until=until))


def to_the_clerk(stage: Stage, subject: str = "Perlu segera") -> list[dict[str, Any]]:
    stage.clockwork.tell_clerk()
    return mail_to(stage, OFFICE, subject)


# --- reminders -------------------------------------------------------------------------------------------------------


def test_a_draft_is_reminded_of_on_the_third_and_sixth_day_and_lives_thirty(stage: Stage) -> None:
    draft = stage.draft()
    assert days_of(stage, "Pengingat: draf") == [3, 6]
    reminded = mail_to(stage, EMAIL, "Pengingat: draf")[0]
    assert reminded["links"][0].startswith("http://localhost/ajukan/lanjut/")
    assert "Rabu, 23 Desember 2026" in reminded["text"]
    assert draft.id not in [each.id for each in stage.records.drafts_before(stage.clock())]


def test_a_draft_that_was_sent_is_reminded_of_no_more(stage: Stage) -> None:
    stage.case("confirm")
    assert days_of(stage, "Pengingat: draf", 10) == []


def test_an_unconfirmed_address_is_asked_for_again_on_the_third_and_sixth_day(stage: Stage) -> None:
    number = stage.case()
    assert days_of(stage, f"Konfirmasikan alamat email Anda — {number}") == [0, 3, 6]
    assert stage.load(number).state == "lapsed"


@pytest.mark.parametrize(("state", "days"), [("returned", [3, 7, 14]), ("invited", [3, 7]), ("missed", [4, 8])])
def test_an_applicant_is_reminded_of_what_waits_for_him(stage: Stage, state: str, days: list[int]) -> None:
    """A visit is missed on the Tuesday."""
    number = stage.case(*WAYS[state])
    assert days_of(stage, "Pengingat: ") == days
    text = mail_to(stage, EMAIL, "Pengingat: ")[0]["text"]
    assert number in text
    assert "http://localhost/permohonan/" in text


def test_what_was_dealt_with_before_the_reminder_went_out_is_not_reminded_of(stage: Stage) -> None:
    number = stage.case(*WAYS["invited"])
    at(stage, 3, 12)
    chores(stage)
    stage.act(number, "book")
    assert mail_to(stage, EMAIL, "Pengingat: ") == []
    assert stage.outbox.red_list() == []


def test_an_answer_from_outside_is_asked_for_and_then_the_clerk_is_told(stage: Stage) -> None:
    number = stage.case(*WAYS["sent"])
    assert days_of(stage, "Pengingat: ", 12, VERIFIKATOR) == [7, 8, 9, 10, 11]
    assert mail_to(stage, OFFICE) == []
    at(stage, 14, 12)
    chores(stage)
    (mail,) = mail_to(stage, OFFICE)
    assert number in mail["text"]
    assert "Jawaban dari luar kantor belum dicatat." in mail["text"]


@pytest.mark.parametrize("state", [state for state in WAYS if state not in ("rejected", "withdrawn", "lapsed", "done")])
def test_no_state_lies_for_ninety_days_without_being_on_the_list(stage: Stage, state: str) -> None:
    number = stage.case(*WAYS[state])
    stage.mail()
    at(stage, 25, 12)
    assert [stuck.ticket for stuck in stage.watch.stuck()] == [number]
    assert [waiting.ticket for waiting in stage.watch.attention()] == [number]


# --- nobody to act ---------------------------------------------------------------------------------------------------


def test_the_clerk_hears_at_once_of_a_post_without_anybody_once_a_day(stage: Stage) -> None:
    first, second = stage.case("confirm"), stage.case("confirm")
    assert to_the_clerk(stage) == []
    ends(stage, "kadis")
    (mail,) = to_the_clerk(stage)
    assert first in mail["text"]
    assert second in mail["text"]
    assert "Masa tugas pejabatnya sudah berakhir." in mail["text"]
    stage.case("confirm")
    assert len(to_the_clerk(stage)) == 1
    at(stage, 1, 0, 1)
    assert len(to_the_clerk(stage)) == 2


def test_the_clerk_hears_at_once_of_a_case_that_only_its_applicant_could_decide(stage: Stage) -> None:
    number = stage.case("confirm", email=KADIS)
    (mail,) = to_the_clerk(stage)
    assert "Pejabat yang bertugas hanya pemohonnya sendiri." in mail["text"]
    assert number in mail["text"]
    at(stage, 1)
    assert len(to_the_clerk(stage)) == 1


def test_the_clerk_hears_at_once_of_whoever_cannot_be_reached(stage: Stage) -> None:
    ends(stage, "kadis")
    stage.records.appoint(Official("penerbitan", "kadis", "Rahma", "bukan alamat"))
    number = stage.case("confirm")
    stage.mail()
    (mail,) = to_the_clerk(stage)
    assert "Email kepada pemegang permohonan tidak sampai." in mail["text"]
    assert number in mail["text"]
    assert [stuck.whom[0].name for stuck in stage.watch.stuck()] == ["Rahma"]


def test_what_was_settled_before_the_clerk_was_told_is_not_told(stage: Stage) -> None:
    stage.case("confirm")
    (kadis,) = (official for official in stage.records.officials() if official.role == "kadis")
    ends(stage, "kadis")
    stage.clockwork.tell_clerk()
    stage.house.appointing.appoint(replace(kadis, until=None))
    assert mail_to(stage, OFFICE) == []
    assert stage.outbox.red_list() == []


def test_whoever_is_right_above_an_empty_post_hears_of_it_on_the_next_morning(stage: Stage) -> None:
    number = stage.case("confirm", "forward")
    ends(stage, "kabid")
    at(stage, 0, 15)
    chores(stage)
    assert mail_to(stage, KADIS, "Pengingat: ") == []
    at(stage, 1, 8)
    chores(stage)
    (mail,) = mail_to(stage, KADIS, "Pengingat: ")
    assert mail["subject"] == "[TTE Tarakan] Pengingat: 1 permohonan menunggu pejabat"
    assert f"{number} — Telaah Kepala Bidang, Kepala Bidang Statistik dan Persandian, sejak" in mail["text"]
    assert "sudah ditindaklanjuti" not in mail["text"]


def test_an_empty_post_further_down_is_no_business_of_the_top(stage: Stage) -> None:
    stage.case(*TO_VERIFIKATOR)
    ends(stage, "verifikator")
    at(stage, 1, 8)
    chores(stage)
    assert mail_to(stage, KADIS, "Pengingat: ") == mail_to(stage, KABID, "Pengingat: ") == []


def test_a_mailbox_that_stays_full_for_a_day_leaves_no_case_unseen(stage: Stage) -> None:
    relay = Relay(stage)
    relay.answers[KADIS] = MailDeferred("mail_deferred", answer="452 mailbox full")
    number = stage.case("confirm")
    at(stage, 1, 9)
    relay.outbox.send_due()
    assert [(stuck.ticket, stuck.reason) for stuck in stage.watch.stuck()] == [(number, "unreachable")]
