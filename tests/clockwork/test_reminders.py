"""Officials are reminded once a working day, and the office hears of what stays."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from portal.core.officials import Official
from tests.support.office_days import OFFICE, at, chores, mail_to
from tests.support.stage import KABID, KADIS, OTHER_VERIFIKATOR, STATISTISI, VERIFIKATOR, Stage
from tests.support.ways import EMAIL, FORM, TO_VERIFIKATOR, WAYS

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
    stage.records.appoint(Official("penerbitan", "kadis", "Rangkap", KABID.upper(), capacity="Plh."))
    stage.records.appoint(Official("penerbitan", "kabid", "Rangkap", KABID, capacity="Plt.", since=date(2026, 1, 1)))
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
    told = [mail for mail in stage.mail() if mail["to"] != EMAIL]
    assert [mail["subject"] for mail in told if "Pengingat: " in mail["subject"] or mail["to"] == OFFICE] == []


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
    stage.records.appoint(Official("penerbitan", "kadis", "Siti", EMAIL))
    stage.records.appoint(Official("penerbitan", "kadis", "Nanti", "nanti@tarakankota.go.id", since=date(2027, 1, 1)))
    stage.case("confirm")
    at(stage, 1, 9)
    chores(stage)
    assert [mail["to"] for mail in stage.mail() if "Pengingat: " in mail["subject"]] == []


def test_both_verifikator_are_reminded(stage: Stage) -> None:
    stage.case(*TO_VERIFIKATOR)
    at(stage, 1, 9)
    chores(stage)
    assert [len(reminders(stage, email)) for email in (VERIFIKATOR, OTHER_VERIFIKATOR, STATISTISI)] == [1, 1, 0]


# --- whoever is above ---


def test_whoever_is_above_hears_once_after_two_working_days_of_what_lies_below(stage: Stage) -> None:
    number = stage.case("confirm", "forward")
    counts = []
    for day in range(1, 6):
        for hour in (7, 9, 14):
            at(stage, day, hour)
            chores(stage)
        counts.append(len(reminders(stage)))
    assert counts == [0, 1, 1, 1, 1]  # Tuesday to Saturday
    (mail,) = reminders(stage)
    assert mail["subject"] == "[TTE Tarakan] Pengingat: 1 permohonan tertahan pada langkah sesudah Anda"
    assert f"{number} — Telaah Kepala Bidang, Kepala Bidang Statistik dan Persandian, sejak" in mail["text"]
    assert "sudah ditindaklanjuti. Terima kasih" not in mail["text"]
    assert "/telaah/" not in mail["text"]
    assert len(reminders(stage, KABID)) == 4


def test_nobody_is_above_the_first_and_a_case_that_others_have_is_no_lateness_of_officials(stage: Stage) -> None:
    stage.case("confirm")
    for state in ("sent", "invited", "returned"):
        stage.case(*WAYS[state])
    for day in (1, 2, 3):
        at(stage, day, 9)
        chores(stage)
    told = [mail for mail in stage.mail() if "tertahan pada langkah" in mail["subject"]]
    assert told == []


def test_what_lies_below_is_told_with_what_the_reader_has_himself(stage: Stage) -> None:
    below = stage.case("confirm", "forward")
    at(stage, 1)
    own = stage.case("confirm")
    at(stage, 2, 9)
    chores(stage)
    (mail,) = reminders(stage)
    assert mail["subject"] == "[TTE Tarakan] Pengingat: 1 permohonan menunggu tindak lanjut"
    assert mail["text"].index(own) < mail["text"].index("langkah sesudah Anda") < mail["text"].index(below)


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
    assert mail["subject"] == "[TTE Tarakan] Perlu perhatian: 1 permohonan tertahan"
    assert f"{number} — Telaah Kepala Dinas, sejak 23 November 2026 08.0" in mail["text"]
    assert "Pejabat yang bertugas sudah diingatkan, tetapi belum menindaklanjuti." in mail["text"]


def test_a_case_that_nobody_is_appointed_for_is_told_as_such(stage: Stage) -> None:
    number = stage.case("confirm")
    kadis = next(o for o in stage.records.officials() if o.role == "kadis")
    stage.records.appoint(replace(kadis, until=date(2026, 11, 23)))
    at(stage, 3, 9)
    chores(stage)
    (mail,) = (mail for mail in escalations(stage) if "Perlu perhatian" in mail["subject"])
    assert f"{number} — Telaah Kepala Dinas, sejak" in mail["text"]
    assert "Masa tugas pejabatnya sudah berakhir. Tunjuk pejabatnya kembali" in mail["text"]


def test_the_escalation_names_nobody_and_opens_nothing(stage: Stage) -> None:
    stage.case("confirm")
    stage.case(*TO_VERIFIKATOR)
    at(stage, 3, 9)
    chores(stage)
    (mail,) = escalations(stage)
    names = [official.name for official in stage.records.officials()]
    assert not [word for word in (*names, FORM["nama_ktp"], EMAIL, FORM["nip"]) if word in mail["text"] + mail["html"]]
    assert mail["links"] == ["http://localhost/cek-email"]  # which is open to everybody, as below every email
