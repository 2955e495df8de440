"""The page of what the portal will do by itself: told before, and then it happens so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from portal.core.foreseen import Foreseen, Kind
from portal.core.officials import Official
from portal.usecases.almanac import Almanac
from tests.support.browser_without_javascript import Page
from tests.support.clerk import ClerkInPerson
from tests.support.keeper import words
from tests.support.office_days import at, chores
from tests.support.stage import KADIS, Stage, StillClock
from tests.support.ways import EMAIL, WAYS

PATH = "/petugas/akan-terjadi"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path, StillClock())
    at(stage, 0)
    yield stage
    stage.close()


@pytest.fixture
def clerk(stage: Stage) -> ClerkInPerson:
    return ClerkInPerson.at_the_desk(stage)


def ahead(stage: Stage, days: int = 14) -> list[Foreseen]:
    return Almanac(stage.office, stage.watch, stage.outbox).ahead(days=days)


def when(stage: Stage, kind: Kind) -> list[str]:
    local = stage.office.calendar.local
    return [f"{local(each.at):%d %H.%M}" for each in ahead(stage) if each.kind is kind]


def days(page: Page) -> list[str]:
    return [heading.text_content() for heading in page.html.xpath("//h2")]


def test_an_office_without_anything_says_so_and_the_desk_leads_there(stage: Stage, clerk: ClerkInPerson) -> None:
    page = clerk.get(clerk.get().href(PATH))
    assert page.html.findtext(".//h1") == "Yang akan terjadi"
    assert "Tidak ada yang akan dilakukan portal sendiri" in page.text


def test_a_case_with_an_official_goes_from_overdue_to_reminder_to_the_clerks_list(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    number = stage.case("confirm", nama_ktp="WAHYU BERIKUT")
    stage.mail()
    assert when(stage, Kind.OVERDUE) == ["23 08.15"]
    assert when(stage, Kind.REMINDED) == ["24 07.30"]
    assert when(stage, Kind.LISTED) == ["26 00.00"]
    page = clerk.get(PATH)
    told = words(page)
    assert days(page) == ["Senin, 23 November 2026", "Selasa, 24 November 2026", "Kamis, 26 November 2026"]
    assert "08.15" in told
    assert "Waktu SOP habis, pada" in told
    assert "WAHYU BERIKUT" in told
    assert page.href(f"/petugas/permohonan/{number}")


def test_what_is_told_comes_at_that_minute_and_not_before(stage: Stage) -> None:
    """Each email of a case that nobody acts on for days, foretold at the moment before it is owed."""
    stage.case("confirm")
    stage.case()
    stage.case(*WAYS["returned"])
    stage.case(*WAYS["booked"])
    stage.draft(("ktp",))
    stage.mail()
    letters = {
        Kind.OVERDUE: "overdue",
        Kind.REMINDED: "reminder",
        Kind.VISIT_REMINDED: "visit_tomorrow",
        Kind.DRAFTS_ASKED: "draft_waiting",
        Kind.TOLD: "escalation",
    }
    seen = set()
    for _ in range(40):
        told = [each for each in ahead(stage) if each.kind in letters]
        if not told:
            break
        coming, together = told[0], {each.kind for each in told if each.at == told[0].at}
        stage.clock.at = coming.at - timedelta(minutes=1)
        chores(stage)
        stage.mail()
        stage.clock.at = coming.at if not coming.is_of_a_day else coming.at + timedelta(hours=23, minutes=59)
        chores(stage)
        owed = {notice.letter for notice in stage.records.unsent()}
        assert {letters[kind] for kind in together} <= owed, coming
        seen |= together
        stage.mail()
        if stage.clock.at > datetime(2026, 12, 4, tzinfo=stage.office.calendar.zone):
            break
    assert seen == set(letters) - {Kind.VISIT_REMINDED}  # booked on the eve, so that there is none


def test_a_visit_and_its_reminder_are_told_and_none_that_was_booked_too_late(stage: Stage) -> None:
    number = stage.case(*WAYS["invited"])
    case = stage.load(number)
    stage.visits.book(case, stage.visits.slots(case)[11])
    assert (when(stage, Kind.VISIT), when(stage, Kind.VISIT_REMINDED)) == (["25 08.00"], ["24 07.30"])
    stage.case(*WAYS["booked"])
    assert when(stage, Kind.VISIT) == ["24 08.00", "25 08.00"]
    assert when(stage, Kind.VISIT_REMINDED) == ["24 07.30"]


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        ("unconfirmed", {Kind.ASKED, Kind.LISTED}),
        ("returned", {Kind.ASKED, Kind.LISTED}),
        ("sent", {Kind.REMINDED, Kind.LISTED}),
        ("invited", {Kind.ASKED, Kind.LISTED}),
        ("missed", {Kind.ASKED, Kind.LISTED}),
        ("ready", {Kind.OVERDUE, Kind.REMINDED, Kind.ABOVE, Kind.LISTED}),
    ],
)
def test_every_state_has_something_ahead(stage: Stage, state: str, kinds: set[Kind]) -> None:
    number = stage.case(*WAYS[state])
    stage.mail()
    assert {each.kind for each in ahead(stage) if each.ticket == number} == kinds


def test_whoever_is_above_is_foretold_to_hear_and_nobody_is_above_the_first(stage: Stage) -> None:
    stage.case("confirm")
    assert when(stage, Kind.ABOVE) == []
    stage.case("confirm", "forward")
    assert when(stage, Kind.ABOVE) == ["25 07.30"]


def test_an_unconfirmed_application_is_foretold_to_end(stage: Stage) -> None:
    number = stage.case()
    stage.clock.forward(days=20)
    (ends,) = (each for each in ahead(stage) if each.kind is Kind.LAPSES)
    stage.clock.at = ends.at + timedelta(minutes=1)
    chores(stage)
    assert stage.load(number).state == "lapsed"


def test_what_is_forgotten_is_told_by_day_and_number_and_goes_then(stage: Stage, clerk: ClerkInPerson) -> None:
    closed, draft = stage.case(*WAYS["rejected"]), stage.draft(("ktp",))
    stage.mail()
    stage.clock.forward(days=20)
    assert when(stage, Kind.DRAFTS_GONE) == ["23 00.00"]
    assert "Draf yang tidak dikirim dihapus: 1." in words(clerk.get(PATH))
    stage.clock.forward(days=60)
    assert when(stage, Kind.FILES_GONE) == ["21 00.00"]
    stage.clock.at = datetime(2031, 11, 20, 9, tzinfo=stage.office.calendar.zone)
    assert when(stage, Kind.RECORDS_GONE) == ["23 00.00"]
    stage.clock.at = datetime(2031, 11, 23, 1, tzinfo=stage.office.calendar.zone)
    chores(stage)
    assert stage.load(closed).erased
    assert draft.id not in [each.id for each in stage.records.drafts_before(stage.clock())]


def test_appointments_and_absences_are_told(stage: Stage, clerk: ClerkInPerson) -> None:
    plh = Official("penerbitan", "kadis", "Joko Contoh", "joko@tarakankota.go.id", capacity="Plh.", decree="800/1")
    stage.records.appoint(replace(plh, since=date(2026, 11, 25), until=date(2026, 11, 27)))
    kadis = next(o for o in stage.records.officials() if o.email == KADIS)
    stage.records.appoint(replace(kadis, away=((date(2026, 11, 25), date(2026, 11, 27)),)))
    told = words(clerk.get(PATH))
    assert "Joko Contoh mulai bertugas." in told
    assert "Hari terakhir Joko Contoh bertugas." in told
    assert f"{kadis.name} mulai berhalangan." in told


def test_looking_ahead_owes_and_changes_nothing(stage: Stage, clerk: ClerkInPerson) -> None:
    for state in WAYS:
        stage.case(*WAYS[state])
    before = stage.dump()
    assert clerk.get(PATH).status == 200
    assert stage.dump() == before


def test_many_are_shown_a_page_at_a_time(stage: Stage, clerk: ClerkInPerson) -> None:
    for _ in range(20):
        stage.case("confirm")
    stage.mail()
    page = clerk.get(PATH)
    assert "60 hal, yang terdekat lebih dahulu. Halaman 1 dari 2." in words(page)
    assert len(clerk.get(f"{PATH}?hal=2").html.xpath("//tbody/tr")) == 10
    folds = [each.text_content() for each in page.html.xpath("//main//details/summary")]
    said = [fold.rpartition(". ")[2] for fold in folds]
    assert said == [f"{number} permohonan di halaman ini" for number in (20, 20, 10)]
    assert folds[0].startswith("Waktu SOP habis, pada ")


def test_one_case_that_cannot_be_read_keeps_no_other_off_the_page(stage: Stage, clerk: ClerkInPerson) -> None:
    bad, good = stage.case(*WAYS["booked"]), stage.case("confirm", email=EMAIL)
    with stage.records._database.writing() as connection:
        connection.execute("UPDATE application SET body = '{' WHERE ticket = ?", (bad,))
    page = clerk.get(PATH)
    assert page.status == 200
    assert good in page.text
