"""Picking the time of a visit, and the word that it was done."""

import re
import sqlite3

import pytest

from tests.support.holder import OTHER, Holder, holder, said, times, words
from tests.support.office_days import mail_to
from tests.support.stage import KADIS, OTHER_VERIFIKATOR, VERIFIKATOR, Stage
from tests.support.ways import EMAIL, FORM, SAYS

# --- visits ---


def test_of_two_who_want_one_time_the_second_is_offered_the_others(stage: Stage) -> None:
    siti, wati = holder(stage, "invited"), holder(stage, "invited", email=OTHER)
    page = wati.get("/jadwal")
    wanted = times(page)[2]
    assert siti.submit("/jadwal", "Ambil", jadwal=wanted).status == 200
    answer = wati.browser.submit(page, page.form("/jadwal", "Ambil"), "Ambil", jadwal=wanted)
    assert answer.status == 409
    assert answer.html.xpath("//*[@role='alert']")
    assert wanted not in times(answer)
    assert len(times(answer)) == len(times(page)) - 1
    assert (siti.case.state, wati.case.state) == ("booked", "invited")


def test_another_time_sets_the_first_one_free(stage: Stage) -> None:
    siti, wati = holder(stage, "invited"), holder(stage, "invited", email=OTHER)
    first, second = times(siti.get("/jadwal"))[:2]
    siti.submit("/jadwal", "Ambil", jadwal=first)
    assert first not in times(wati.get("/jadwal"))
    page = siti.get("/jadwal")
    assert "Jadwal Anda sekarang: Selasa, 24 November 2026, 08.00 WITA" in words(page).replace(" ,", ",")
    siti.submit("/jadwal", "Ambil", jadwal=second)
    assert first in times(wati.get("/jadwal"))
    assert second not in times(wati.get("/jadwal"))
    assert [claim.rpartition("T")[2] for claim in stage.records.taken("visit/")] == ["08:30/0"]


def test_a_missed_visit_is_picked_anew(stage: Stage) -> None:
    siti = holder(stage, "missed")
    siti.submit("/jadwal", "Ambil", jadwal=times(siti.get("/jadwal"))[0])
    assert siti.case.state == "booked"
    assert len(stage.records.taken("visit/")) == 1


def test_times_begin_on_the_next_working_day_inside_the_windows(stage: Stage) -> None:
    stage.clock.forward(days=4)  # a Friday
    offered = times(holder(stage, "invited").get("/jadwal"))
    assert offered[0] == "2026-11-30T08:00:00+08:00"
    assert all(re.fullmatch(r"2026-1[12]-\d\dT(0[89]|1[0134]):[03]0:00\+08:00", time) for time in offered)
    assert "2026-12-04T10:00:00+08:00" in offered
    assert "2026-12-04T10:30:00+08:00" not in offered


def test_with_no_time_left_the_page_says_so(stage: Stage) -> None:
    siti = holder(stage, "invited")
    with sqlite3.connect(stage.data / "portal.sqlite") as database:
        for slot in stage.visits.slots(siti.case):
            database.execute("INSERT INTO claim VALUES (?, 'x')", (f"visit/penerbitan/{slot:%Y-%m-%dT%H:%M}/0",))
    database.close()
    page = siti.get("/jadwal")
    assert page.status == 200
    assert "Belum ada jadwal kosong" in page.text
    assert times(page) == []


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("", 422),
        ("besok", 422),
        ("2026-13-01", 422),
        ("2026-11-24T08:00:00", 409),  # without a zone it names no moment
        ("2026-11-24T08:15:00%2B08:00", 409),
        ("2026-11-23T08:00:00%2B08:00", 409),
        ("2020-01-06T08:00:00%2B08:00", 409),
        ("9999-12-31T23:59:59%2B00:00", 409),
        ("2026-11-28T08:00:00%2B08:00", 409),
    ],
)
def test_a_time_that_is_not_offered_is_not_taken(stage: Stage, typed: str, status: int) -> None:
    siti = holder(stage, "invited")
    token = siti.get("/jadwal").form("/jadwal").fields["csrf"]
    answer = siti.browser.post(f"/permohonan/{siti.number}/jadwal", f"csrf={token}&jadwal={typed}".encode())
    assert answer.status == status
    assert answer.html.xpath("//*[@role='alert']")
    assert times(answer)
    assert siti.case.state == "invited"


def test_the_visit_goes_into_the_calendar(stage: Stage) -> None:
    siti = holder(stage, "booked")
    entry = siti.get("/jadwal.ics")
    assert entry.headers["Content-Type"].startswith("text/calendar")
    assert f'filename="{siti.number}.ics"' in entry.headers["Content-Disposition"]
    lines = entry.body.decode().split("\r\n")
    assert "DTSTART:20261124T000000Z" in lines
    assert not any(secret in entry.body.decode() for secret in (FORM["nik"], FORM["nip"]))


@pytest.mark.parametrize("state", ["invited", "missed", "handover", "waiting"])
def test_without_a_visit_there_is_no_calendar_entry(shared_stage: Stage, state: str) -> None:
    assert holder(shared_stage, state).get("/jadwal.ics").status == 409


@pytest.mark.parametrize("state", ["waiting", "sent", "handover", "done"])
def test_where_there_is_nothing_to_pick_the_page_leads_back(shared_stage: Stage, state: str) -> None:
    siti = holder(shared_stage, state)
    assert siti.get("/jadwal").url == f"http://localhost/permohonan/{siti.number}"


def test_a_visit_is_called_off_and_the_application_goes_on(stage: Stage) -> None:
    siti, wati = holder(stage, "booked"), holder(stage, "invited", email=OTHER)
    agreed = siti.case.slot
    page = siti.browser.get(siti.get().href("/jadwal/batal"))
    assert "Permohonan Anda tetap berlaku" in words(page)
    assert siti.case.state == "booked"
    siti.browser.submit(page, page.form("/jadwal/batal"))
    page = siti.get("/jadwal/batal")
    assert (siti.case.state, siti.case.slot, page.url) == (
        "invited",
        None,
        f"http://localhost/permohonan/{siti.number}",
    )
    assert agreed
    assert agreed.isoformat() in times(wati.get("/jadwal"))
    (told,) = mail_to(stage, EMAIL, "dibatalkan")
    assert "Sesuai permintaan Anda" in told["text"]
    assert "METHOD:CANCEL" in told["calendar"]
    for verifikator in (VERIFIKATOR, OTHER_VERIFIKATOR):
        (mail,) = mail_to(stage, verifikator, "Jadwal kedatangan dibatalkan")
        assert "dibatalkan oleh pemohon" in mail["text"]
    assert siti.submit("/jadwal", "Ambil", jadwal=times(siti.get("/jadwal"))[3]).status == 200
    assert siti.case.state == "booked"
    assert siti.case.first_damage() is None


def test_calling_off_twice_is_calling_off_once_and_what_is_not_agreed_cannot_be(stage: Stage) -> None:
    siti = holder(stage, "booked")
    before = siti.case
    for _ in range(2):
        assert stage.visits.call_off(before).state == "invited"
    assert [event.action for event in siti.case.events].count("cancel_visit") == 1
    waiting = holder(stage, "waiting", email=OTHER)
    assert waiting.get("/jadwal/batal").url == f"http://localhost/permohonan/{waiting.number}"
    assert waiting.post("/jadwal/batal").status == 409


def test_the_place_leads_to_a_map_that_is_asked_only_by_who_follows_it(shared_stage: Stage) -> None:
    page = holder(shared_stage, "booked").get()
    (link,) = page.html.xpath("//main//a[contains(., 'peta')]")
    assert link.get("href").startswith("https://www.openstreetmap.org/search?query=Kantor%20DKISP")
    assert link.get("rel") == "noreferrer"


# --- a word that it was done ---


def test_what_was_just_done_is_said_once(stage: Stage) -> None:
    siti = holder(stage, "invited")
    page = siti.get("/jadwal")
    page = siti.browser.submit(page, page.form("/jadwal"), jadwal=times(page)[0])
    assert "Berhasil: Jadwal Anda tercatat" in said(page)
    assert said(siti.get()) == ""

    siti = holder(stage, "waiting")
    assert "Berhasil: Permohonan Anda dibatalkan" in said(siti.submit("/batal", "Ya"))


def test_sent_mending_is_said(stage: Stage) -> None:
    number = stage.case("confirm")
    claims = stage.cases.case_claims(stage.load(number), KADIS)
    stage.cases.decide(claims, "return", {**SAYS["return"], "items": ["jabatan"]}, stage.load(number).version)
    siti = Holder(stage, number)
    assert "Berhasil: Perbaikan Anda terkirim" in said(siti.submit("/perbaikan", "Kirim", jabatan="Analis Baru"))


def test_nothing_is_said_to_have_been_done_that_somebody_else_did(shared_stage: Stage) -> None:
    assert said(holder(shared_stage, "missed").get("?terkirim")) == ""
