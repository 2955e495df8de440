"""What waits goes with the office: Plh., absences, ends, and corrections that nobody hears of."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from portal.core.clerks import Clerk
from portal.core.errors import NotAllowed
from portal.core.officials import Official
from portal.usecases.appointing import Appointing
from tests.support.clerk import ClerkInPerson
from tests.support.office_days import at, chores, mail_to
from tests.support.stage import KADIS, OTHER_VERIFIKATOR, VERIFIKATOR, Stage
from tests.support.ways import TO_VERIFIKATOR, TO_VISIT

JOKO = Official("penerbitan", "kadis", "Joko Contoh", "joko@tarakankota.go.id", capacity="Plh.", decree="800/7/2026")
MONDAY, TUESDAY, THURSDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 26)
CLERK = Clerk("Rina Contoh", "rina@tarakankota.go.id")
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


def test_of_what_is_handed_over_late_one_email_tells_and_reminders_begin_on_the_next_day(
    stage: Stage, appointing: Appointing
) -> None:
    for _ in range(3):
        stage.case("confirm")
    appointing.appoint(replace(PLH, since=THURSDAY, until=date(2026, 12, 1)))
    for day, hour in ((1, 9), (2, 9), (3, 7), (3, 8), (3, 11), (3, 17)):
        at(stage, day, hour, 31)
        chores(stage)
    (told,) = mail_to(stage, JOKO.email)
    assert "3 permohonan menunggu Anda sebagai Plh. Kepala Dinas" in told["subject"]
    at(stage, 4, 8)
    chores(stage)
    (reminded,) = mail_to(stage, JOKO.email)[1:]
    assert "Pengingat: 3" in reminded["subject"]


def test_somebody_with_late_cases_of_his_own_is_still_reminded_when_more_are_handed_over(
    stage: Stage, appointing: Appointing
) -> None:
    stage.case("confirm")
    stage.case(*TO_VERIFIKATOR)
    appointing.appoint(replace(PLH, name="Andi Contoh", email=VERIFIKATOR, since=THURSDAY))
    at(stage, 3, 8)
    chores(stage)
    subjects = [mail["subject"] for mail in mail_to(stage, VERIFIKATOR)]
    assert [any(said in each for each in subjects) for said in ("sebagai Plh.", "Pengingat: ")] == [True, True]


def test_whoever_was_appointed_at_a_weekend_hears_once_on_the_monday(stage: Stage, appointing: Appointing) -> None:
    stage.case("confirm")
    appointing.appoint(replace(PLH, since=date(2026, 11, 28), until=date(2026, 12, 1)))
    at(stage, 7, 8)
    chores(stage)
    assert len(mail_to(stage, JOKO.email)) == 1


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


# --- in one person's hands -------------------------------------------------------------------------------------------


def given(stage: Stage, *also: str, to: str = OTHER_VERIFIKATOR) -> str:
    """A case at the two verifikator that a clerk has given to one of them; both have read their mail so far."""
    number = stage.case(*TO_VERIFIKATOR, *also)
    stage.mail()
    gives(stage, number, to)
    return number


def gives(stage: Stage, number: str, to: str) -> None:
    stage.house.corrections.assign(number, stage.load(number).version, to, "Ia yang memeriksanya.", CLERK)


def test_only_he_is_told_and_reminded(stage: Stage) -> None:
    number = given(stage)
    known = len(mail_to(stage, VERIFIKATOR))
    assert len(mail_to(stage, OTHER_VERIFIKATOR, number)) == 2
    for day in (1, 2, 3):
        at(stage, day, 9)
        chores(stage)
    assert len(mail_to(stage, OTHER_VERIFIKATOR, "Pengingat")) == 3
    assert len(mail_to(stage, VERIFIKATOR)) == known
    assert [stuck.whom[0].email for stuck in stage.watch.stuck()] == [OTHER_VERIFIKATOR]


def test_the_others_hear_once_when_he_goes_on_leave_and_he_when_he_is_back(
    stage: Stage, appointing: Appointing
) -> None:
    number = given(stage)
    known = len(mail_to(stage, VERIFIKATOR))
    away = appointing.find("penerbitan", "verifikator", OTHER_VERIFIKATOR)
    appointing.absent(away, TUESDAY, THURSDAY)
    at(stage, 1, 9)
    for _ in range(2):
        stage.clockwork.tell_others()
    told = mail_to(stage, VERIFIKATOR)[known:]
    assert [number in mail["text"] for mail in told] == [True]
    assert "Tugas Anda" in stage.browser().get(told[0]["links"][0], follow_redirects=True).text
    at(stage, 4, 9)
    chores(stage)
    (back,) = mail_to(stage, OTHER_VERIFIKATOR, "menunggu Anda sebagai Verifikator")
    assert number in back["text"]
    assert stage.cases.desk(VERIFIKATOR) == []


def test_the_others_hear_of_each_absence_and_for_many_cases_officials_are_read_once(
    stage: Stage, appointing: Appointing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        given(stage)
    away = appointing.find("penerbitan", "verifikator", OTHER_VERIFIKATOR)
    spans = (TUESDAY, TUESDAY), (THURSDAY, THURSDAY)
    stage.records.appoint(replace(away, away=spans))
    told, asked, read = [], list[int](), stage.records.officials

    def counted(service: str = "") -> Sequence[Official]:
        asked.append(1)
        return list(read(service))

    for day in range(1, 4):
        at(stage, day, 9)
        look = stage.watch.look()
        with monkeypatch.context() as counting:
            counting.setattr(stage.records, "officials", counted)
            stage.clockwork.tell_others(look)
        told.append([each.recipient for each in stage.records.unsent() if each.letter == "turn"])
        stage.mail()
    assert [len(each) for each in told] == [3, 0, 3]
    assert {one for each in told for one in each} == {VERIFIKATOR}
    assert len(asked) == 3, "once a look, however many cases are given to somebody"


def test_somebody_new_is_not_told_of_what_another_has(stage: Stage, appointing: Appointing) -> None:
    given(stage)
    third = Official("penerbitan", "verifikator", "Joko Contoh", "joko@tarakankota.go.id")
    assert appointing.outlook([appointing.appointment(third)])[0].cases == 0
    assert appointing.appoint(third) == 0
    assert mail_to(stage, third.email) == []


def test_he_does_not_go_for_good_while_nobody_else_could_have_it(stage: Stage, appointing: Appointing) -> None:
    given(stage)
    appointing.end(appointing.find("penerbitan", "verifikator", VERIFIKATOR), MONDAY)
    with pytest.raises(NotAllowed, match="successor_wanted"):
        appointing.end(appointing.find("penerbitan", "verifikator", OTHER_VERIFIKATOR), MONDAY)


def test_what_had_not_been_sent_yet_is_told_as_it_is_now(stage: Stage) -> None:
    """Given to one, to the other, and back to both, before any email went out."""
    number = stage.case(*TO_VERIFIKATOR)
    gives(stage, number, OTHER_VERIFIKATOR)
    gives(stage, number, VERIFIKATOR)
    assert [len(mail_to(stage, each, number)) for each in (VERIFIKATOR, OTHER_VERIFIKATOR)] == [2, 0]
    gives(stage, number, "all")
    assert [len(mail_to(stage, each, number)) for each in (VERIFIKATOR, OTHER_VERIFIKATOR)] == [2, 1]


def test_a_visit_is_told_to_him_and_its_place_counts_among_all(stage: Stage, appointing: Appointing) -> None:
    """Also where he receives nobody himself: a case must never be without a time to come."""
    appointing.receive(appointing.find("penerbitan", "verifikator", OTHER_VERIFIKATOR), 0)
    number, other = stage.case(*TO_VISIT), stage.case(*TO_VISIT, "invite")
    gives(stage, number, OTHER_VERIFIKATOR)
    stage.act(number, "invite")
    free = stage.visits.slots(stage.load(number))
    assert free == stage.visits.slots(stage.load(other)) != []
    known = len(mail_to(stage, VERIFIKATOR, "Jadwal kedatangan"))
    stage.visits.book(stage.load(number), free[0])
    assert free[0] not in stage.visits.slots(stage.load(other))
    assert len(mail_to(stage, VERIFIKATOR, "Jadwal kedatangan")) == known
    assert len(mail_to(stage, OTHER_VERIFIKATOR, "Jadwal kedatangan")) == 1
