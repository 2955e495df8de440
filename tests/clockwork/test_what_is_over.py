"""Drafts, mending and cases that are over are cleared away; nothing is owed twice."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from portal.core.errors import NotFound
from tests.support.office_days import at, booked, chores, mail_to
from tests.support.stage import Stage
from tests.support.ways import EMAIL, WAYS


def files(stage: Stage) -> list[Path]:
    folders = (stage.data / "berkas" / name for name in ("drafts", "mending"))
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_a_draft_past_its_days_goes_with_its_files(stage: Stage) -> None:
    old = stage.draft()
    at(stage, 3)
    young = stage.draft()
    at(stage, 30, 8, 1)
    assert stage.clockwork.expire() == 1
    with pytest.raises(NotFound):
        stage.records.load_draft(old.id)
    assert stage.records.load_draft(young.id) == young
    assert files(stage)
    assert all(young.id in str(path) for path in files(stage))
    at(stage, 34)
    stage.clockwork.expire()
    assert files(stage) == []


def test_a_draft_lives_to_its_last_day(stage: Stage) -> None:
    draft = stage.draft()
    stage.clock.at = draft.created_at + timedelta(days=30, seconds=-2)
    assert stage.clockwork.expire() == 0


def test_what_was_sent_keeps_its_documents_when_the_draft_goes(stage: Stage) -> None:
    number = stage.case("confirm")
    at(stage, 31)
    stage.clockwork.expire()
    assert files(stage) == []
    for document in stage.load(number).documents:
        assert stage.office.files.read(document.key, document.version)


def test_what_was_never_confirmed_lapses_and_the_applicant_hears_of_it(stage: Stage) -> None:
    number, confirmed = stage.case(), stage.case("confirm")
    at(stage, 30)
    stage.clockwork.expire()
    assert stage.load(number).state == "unconfirmed"
    at(stage, 30, 9)
    stage.clockwork.expire()
    assert (stage.load(number).state, stage.load(confirmed).state) == ("lapsed", "waiting")
    assert any(number in mail["subject"] for mail in mail_to(stage, EMAIL)[-2:])
    assert [fact["outcome"] for fact in stage.records.facts("penerbitan")] == ["lapsed"]
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
    at(stage, 31)
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
    at(stage, 31)
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
