"""What waits goes with the office: Plh., absences, ends, and corrections that nobody hears of."""

from dataclasses import replace
from datetime import date

import pytest

from portal.appointing import Appointing
from portal.core.errors import NotAllowed
from portal.core.notices import Official
from tests.support.clerk import ClerkInPerson
from tests.support.office_days import at, chores, mail_to
from tests.support.stage import KADIS, OTHER_VERIFIKATOR, VERIFIKATOR, Stage
from tests.support.ways import TO_VERIFIKATOR

JOKO = Official("penerbitan", "kadis", "Joko Contoh", "joko@tarakankota.go.id", capacity="Plh.", decree="800/7/2026")
MONDAY, TUESDAY, THURSDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 26)
PLH = replace(JOKO, since=TUESDAY, until=THURSDAY)


@pytest.fixture
def appointing(stage: Stage) -> Appointing:
    return stage.house.appointing


def test_whoever_is_appointed_over_32_waiting_cases_gets_one_email_one_tap_from_each(
    stage: Stage, appointing: Appointing
) -> None:
    numbers = [stage.case("confirm") for _ in range(32)]
    assert appointing.appoint(Official("penerbitan", "kadis", "Dewi", "dewi@tarakankota.go.id")) == 32
    (mail,) = mail_to(stage, "dewi@tarakankota.go.id")
    assert mail["subject"] == "[TTE Tarakan] 32 permohonan menunggu Anda sebagai Kepala Dinas"
    links = [link for link in mail["links"] if "/telaah/" in link]
    assert len(links) == 32
    opened = stage.browser().get(links[-1], follow_redirects=True)
    assert opened.request.path in {f"/telaah/{number}" for number in numbers}
    assert "Tugas Anda" in opened.get_data(as_text=True)


def test_a_plh_hears_when_the_days_begin_and_the_definitive_official_when_they_are_over(
    stage: Stage, appointing: Appointing
) -> None:
    first = stage.case("confirm")
    assert appointing.appoint(PLH) == 0
    chores(stage)
    assert mail_to(stage, PLH.email) == []
    at(stage, 1, 7, 31)
    chores(stage)
    chores(stage)
    (begun,) = mail_to(stage, PLH.email, "menunggu Anda sebagai Plh. Kepala Dinas")
    assert "sampai Kamis, 26 November 2026" in begun["text"]
    known = len(mail_to(stage, KADIS))

    during = stage.case("confirm")
    at(stage, 3, 9)
    chores(stage)
    assert len(mail_to(stage, PLH.email, during)) == 1
    assert len(mail_to(stage, KADIS)) == known, "neither cases nor reminders"
    assert stage.cases.desk(KADIS) == []

    at(stage, 4, 7, 31)
    chores(stage)
    chores(stage)
    (back,) = mail_to(stage, KADIS, "2 permohonan menunggu Anda sebagai Kepala Dinas")
    assert all(number in back["text"] for number in (first, during))
    old = next(link for link in begun["links"] if "/telaah/" in link)
    page = stage.browser().get(old, follow_redirects=True)
    assert page.status_code == 403
    assert "Masa tugas Anda pada jabatan ini berakhir pada 26 November 2026" in page.get_data(as_text=True)


def test_a_case_that_came_later_is_told_once_though_the_duty_is_new(stage: Stage, appointing: Appointing) -> None:
    appointing.appoint(replace(PLH, since=MONDAY))
    number = stage.case("confirm")
    for day in range(3):
        at(stage, day, 8, 30)
        chores(stage)
    assert [mail for mail in mail_to(stage, JOKO.email) if "sebagai" in mail["subject"]] == []
    assert len(mail_to(stage, JOKO.email, number)) == 1


def test_correcting_a_name_or_a_number_sends_nothing_to_anybody(stage: Stage, appointing: Appointing) -> None:
    stage.case("confirm")
    before = len(stage.mail())
    kadis = next(official for official in stage.records.officials() if official.email == KADIS)
    assert appointing.appoint(replace(kadis, name="Dra. Rahmawati", number="196501112000122001")) == 0
    chores(stage)
    assert len(stage.mail()) == before
    assert appointing.find("penerbitan", "kadis", KADIS).name == "Dra. Rahmawati"


def test_of_several_the_absent_one_hears_nothing_and_the_other_has_the_cases(
    stage: Stage, appointing: Appointing
) -> None:
    appointing.absent(appointing.find("penerbitan", "verifikator", VERIFIKATOR), MONDAY, TUESDAY)
    number = stage.case(*TO_VERIFIKATOR)
    assert (mail_to(stage, VERIFIKATOR), len(mail_to(stage, OTHER_VERIFIKATOR, number))) == ([], 1)
    with pytest.raises(NotAllowed, match="successor_wanted"):
        appointing.absent(appointing.find("penerbitan", "verifikator", OTHER_VERIFIKATOR), MONDAY, MONDAY)
    at(stage, 2, 7, 31)
    chores(stage)
    (back,) = mail_to(stage, VERIFIKATOR, "sebagai")
    assert number in back["text"]


def test_a_plh_ends_early_and_what_waits_goes_back_at_once(stage: Stage, appointing: Appointing) -> None:
    appointing.appoint(replace(PLH, since=MONDAY))
    number = stage.case("confirm")
    at(stage, 1)
    stage.mail()
    appointing.end(appointing.find("penerbitan", "kadis", JOKO.email), MONDAY)
    (back,) = mail_to(stage, KADIS, "sebagai Kepala Dinas")
    assert number in back["text"]
    assert [case.ticket for case, _ in stage.cases.desk(KADIS)] == [number]


def test_on_leave_nobody_hears_of_an_empty_post_below_and_the_desk_names_whoever_is_there(
    stage: Stage, appointing: Appointing
) -> None:
    appointing.appoint(replace(PLH, since=MONDAY))
    stage.case("confirm", "forward")
    known = len(mail_to(stage, KADIS))
    (kabid,) = (o for o in stage.records.officials() if o.role == "kabid")
    stage.records.appoint(replace(kabid, until=MONDAY))
    at(stage, 2, 9)
    chores(stage)
    assert mail_to(stage, PLH.email, "Pengingat: ")
    assert len(mail_to(stage, KADIS)) == known
    stage.case("confirm")
    page = ClerkInPerson.at_the_desk(stage).get()
    (told,) = page.html.xpath("//table//tr[contains(., 'Joko Contoh')]")
    (definitive,) = (o for o in stage.records.officials() if o.email == KADIS)
    assert definitive.name not in told.text_content()


def test_where_everybody_is_away_a_case_is_nobodys_and_not_its_applicants(stage: Stage) -> None:
    number = stage.case("confirm")
    for official in [o for o in stage.records.officials() if o.role == "kadis"]:
        stage.records.appoint(replace(official, away=((MONDAY, THURSDAY),)))
    assert [(each.ticket, each.reason) for each in stage.watch.stuck()] == [(number, "nobody")]
