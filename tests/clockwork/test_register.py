"""The daily look at the register: nobody missed, told once, not told in vain, forgotten when the time has come."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from portal.core.application import Actor
from portal.core.notices import Notice
from portal.core.register import Certificate, corrections, from_before
from portal.core.services import Services
from portal.engines.ports import Fact
from portal.usecases.upkeep import NIGHTS, Upkeep
from tests.support import recapped
from tests.support.office_days import chores, mail_to
from tests.support.stage import OTHER_VERIFIKATOR, VERIFIKATOR, Stage
from tests.support.ways import EMAIL, WAYS

END = date(2028, 11, 25)
BY = Actor("verifikator", "Andi", "Verifikator", VERIFIKATOR)
SAID = {"serial": "9C:01", "name": "Rahmat Contoh", "number": "198001012005011001", "email": "rahmat@tarakankota.go.id"}


def look(stage: Stage, day: date) -> int:
    """The look of a new process, shortly after midnight of a day at the office."""
    stage.clock.at = datetime(day.year, day.month, day.day, 0, 30, tzinfo=stage.office.calendar.zone)
    return Upkeep(stage.office).look_after_register()


def before_the_end(stage: Stage, days: int) -> int:
    return look(stage, END - timedelta(days=days))


def register(stage: Stage) -> list[Certificate]:
    return list(stage.records.certificates("penerbitan"))


def owed(stage: Stage, letter: str) -> list[Notice]:
    return [notice for notice in stage.records.unsent() if notice.letter == letter]


def imported(stage: Stage, until: date = END, **changes: str) -> Certificate:
    said = {**SAID, "office": "BKPSDM", "valid_from": "2026-11-01", "valid_until": str(until), **changes}
    entry = from_before("penerbitan", said)
    stage.records.keep_certificates([entry], corrections(None, entry, stage.office.today()))
    return entry


def revoked(stage: Stage, entry: Certificate) -> Certificate:
    today, at = stage.office.today(), stage.clock()
    after = entry.revoke({"reason": "pensiun"}, on=today, by=BY, at=at, today=today)
    stage.records.keep_certificates([after], corrections(entry, after, today))
    return after


def reminds(stage: Stage, **differently: Any) -> None:
    """The service's ``[reminders]`` say otherwise from now on."""
    sop = stage.office.services.first
    changed = replace(sop, data={**sop.data, "reminders": {**sop.data["reminders"], **differently}})
    object.__setattr__(stage.office, "services", Services([changed]))


@pytest.fixture
def number(stage: Stage) -> str:
    return stage.case(*WAYS["done"])


# --- entering --------------------------------------------------------------------------------------------------------


def test_a_hand_over_enters_what_it_handed_over(stage: Stage, number: str) -> None:
    (entry,) = register(stage)
    assert (entry.id, entry.serial, entry.valid_until) == (number, "4A:1F:22:09", END)
    assert (entry.name, entry.number, entry.office, entry.email) == (
        "SITI RAHASIA",
        "199001052015032001",
        "Dinas Kesehatan",
        EMAIL,
    )


@pytest.mark.parametrize("state", [state for state in WAYS if state != "done"])
def test_no_other_state_enters_anything(stage: Stage, state: str) -> None:
    stage.case(*WAYS[state])
    assert register(stage) == []


def test_what_was_handed_over_before_there_was_a_register_enters_by_itself_and_counts_once(
    stage: Stage, number: str
) -> None:
    kept = register(stage)
    stage.case(*WAYS["withdrawn"])
    stage.records.forget_certificate("penerbitan", number)
    holders = recapped.recap(stage.office)
    assert look(stage, date(2026, 12, 1)) == 1
    assert register(stage) == kept
    assert recapped.recap(stage.office) == holders
    assert look(stage, date(2026, 12, 2)) == 0


def test_all_cases_ever_closed_are_gone_through_once_and_the_newest_for_a_month_of_looks(
    stage: Stage, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    facts: Callable[[str], Iterator[Fact]] = stage.records.facts
    newest: Callable[[str, str], Iterator[Fact]] = stage.records.facts_after

    def all_of_them(service: str) -> Iterator[Fact]:
        asked.append("all")
        return facts(service)

    def later_ones(service: str, day: str) -> Iterator[Fact]:
        asked.append(day)
        return newest(service, day)

    monkeypatch.setattr(stage.records, "facts", all_of_them)
    monkeypatch.setattr(stage.records, "facts_after", later_ones)
    for night in range(NIGHTS + 5):
        look(stage, date(2026, 12, 1) + timedelta(days=night))
    assert (len(asked), asked[:2], asked[-1]) == (NIGHTS, ["all", "2026-11-24"], "2026-12-23")


def test_what_was_closed_and_not_entered_since_the_look_before_is_entered(stage: Stage) -> None:
    look(stage, date(2026, 12, 1))
    late = stage.case(*WAYS["done"])
    with stage.records._database.writing() as connection:
        connection.execute("DELETE FROM certificate")
    look(stage, stage.office.today() + timedelta(days=3))
    assert [entry.id for entry in register(stage)] == [late]


def test_a_day_is_looked_at_once_by_one_process(stage: Stage, number: str) -> None:
    stage.clock.at = datetime(2028, 10, 2, 0, 30, tzinfo=stage.office.calendar.zone)
    chores(stage)
    assert len(owed(stage, "expiring")) == 1
    assert stage.clockwork.upkeep.look_after_register() == 0


# --- word before the end ---------------------------------------------------------------------------------------------


def test_the_holder_is_told_sixty_thirty_and_seven_days_before_and_no_oftener(stage: Stage, number: str) -> None:
    told: list[int] = []
    for left in range(70, -5, -1):
        before_the_end(stage, left)
        stage.clock.forward(hours=80)  # past any weekend
        told += [left] * (len(mail_to(stage, EMAIL, "akan berakhir")) - len(told))
    assert told == [60, 30, 7]


def test_days_that_were_missed_are_made_up_for_by_one_letter(stage: Stage, number: str) -> None:
    before_the_end(stage, 5)
    assert [notice.occasion for notice in owed(stage, "expiring")] == ["2028-11-25-7"]


def test_the_letter_goes_out_when_the_office_opens(stage: Stage, number: str) -> None:
    before_the_end(stage, 60)  # a Tuesday
    (notice,) = owed(stage, "expiring")
    assert stage.office.calendar.local(notice.due_at).strftime("%A %H.%M") == "Tuesday 07.30"
    assert mail_to(stage, EMAIL, "akan berakhir") == []
    stage.clock.forward(hours=7)
    (mail,) = mail_to(stage, EMAIL, "akan berakhir")
    assert "25 November 2028" in mail["text"]
    assert "60 hari lagi" in mail["text"]
    assert "/perpanjang/" in mail["text"]
    assert "199001052015032001" not in mail["text"]


def test_who_has_a_newer_one_hears_nothing(stage: Stage, number: str) -> None:
    imported(stage, date(2030, 1, 1), number="199001052015032001", email="siti.baru@tarakankota.go.id")
    assert before_the_end(stage, 60) == 0
    assert owed(stage, "expiring") == owed(stage, "expiring_list") == []


def test_of_what_was_revoked_nobody_hears_that_it_ends(stage: Stage, number: str) -> None:
    revoked(stage, register(stage)[0])
    assert before_the_end(stage, 30) == 0


def test_a_letter_that_has_been_overtaken_is_dropped_and_nobody_has_to_know(stage: Stage, number: str) -> None:
    before_the_end(stage, 60)
    revoked(stage, register(stage)[0])
    stage.clock.forward(hours=80)
    assert mail_to(stage, EMAIL, "akan berakhir") == []
    assert owed(stage, "expiring") == stage.outbox.red_list() == []


def test_a_service_that_wants_no_letters_sends_none(stage: Stage, number: str) -> None:
    reminds(stage, expiry_days=[])
    assert before_the_end(stage, 30) == 0


# --- the monthly list ------------------------------------------------------------------------------------------------


def test_who_keeps_the_register_gets_a_list_once_a_month(stage: Stage, number: str) -> None:
    imported(stage)
    for left in (60, 50, 40, 30):
        before_the_end(stage, left)
        stage.clock.forward(hours=80)
        stage.mail()
    for keeper in (VERIFIKATOR, OTHER_VERIFIKATOR):
        lists = mail_to(stage, keeper, "yang akan berakhir")
        assert len(lists) == 2  # of September and of October
        assert "SITI RAHASIA" in lists[0]["text"]
        assert "Rahmat Contoh, BKPSDM, sampai 25 November 2028" in lists[0]["text"]
        assert "RAHASIA" not in lists[0]["subject"]


def test_whoever_watches_over_an_office_gets_its_own_part(stage: Stage, number: str) -> None:
    contacts = {"BKPSDM": "admin@bkpsdm.example.go.id", "Disdukcapil": "admin@disdukcapil.example.go.id"}
    reminds(stage, contacts=contacts)
    imported(stage)
    before_the_end(stage, 60)
    stage.clock.forward(hours=80)
    (mail,) = mail_to(stage, "admin@bkpsdm.example.go.id")
    assert "Rahmat Contoh" in mail["text"]
    assert "RAHASIA" not in mail["text"]
    assert "/meja/" not in mail["text"]
    assert mail_to(stage, "admin@disdukcapil.example.go.id") == []


def test_where_nothing_ends_soon_nobody_gets_a_list(stage: Stage, number: str) -> None:
    assert before_the_end(stage, 61) == 0


# --- forgetting ------------------------------------------------------------------------------------------------------


def test_an_entry_goes_with_its_letters_five_years_after_its_end_and_the_recap_stays(stage: Stage, number: str) -> None:
    before_the_end(stage, 30)
    look(stage, date(2033, 11, 24))
    assert len(register(stage)) == 1
    before = recapped.recap(stage.office)
    assert look(stage, date(2033, 11, 25)) == 1
    assert register(stage) == []
    with sqlite3.connect(stage.data / "portal.sqlite") as database:
        kept: Any = database.execute("SELECT count(*) FROM notice WHERE about LIKE 'register/%/%'").fetchone()
    assert kept == (0,)
    assert recapped.recap(stage.office) == before
    assert look(stage, date(2033, 11, 26)) == 0, "its case does not bring it back"


def test_what_was_revoked_goes_five_years_after_that(stage: Stage) -> None:
    stage.clock.at = datetime(2027, 3, 1, 9, 0, tzinfo=stage.office.calendar.zone)
    revoked(stage, imported(stage))
    look(stage, date(2032, 2, 29))
    assert len(register(stage)) == 1
    look(stage, date(2032, 3, 1))
    assert register(stage) == []
