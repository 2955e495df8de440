"""The status page over HTTP: useful to whoever has the number, silent about the person; and the monitor's page."""

import gzip
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from portal.core.notices import DEADLINE
from portal.core.officials import Official
from tests.support.browser_without_javascript import Page
from tests.support.places import SCHEMAS
from tests.support.stage import KADIS, VERIFIKATOR, Stage
from tests.support.status_page import get, main
from tests.support.ways import EMAIL, SAYS, SECRETS, WAYS

JSON = {"Accept": "application/json"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
UNKNOWN = "TTE-26-4F7K-9QXM"
MALFORMED = ["TTE-26-4F7K-9QXA", "TTE-26-4F7K", "x" * 300, "1' OR '1'='1", "TTE-26-0000-0000", "ТТЕ-26-4F7K-9QXM"]


def personal(stage: Stage) -> list[str]:
    """What officials wrote and are called, and who the applicant is."""
    notes = [str(said[key]) for said in SAYS.values() for key in ("note", "serial", "received_by") if key in said]
    return [*SECRETS, *notes, *(text for who in stage.records.officials() for text in (who.name, who.email, EMAIL))]


@pytest.mark.parametrize("state", WAYS)
def test_every_state_has_its_page_and_none_of_them_a_person(shared_stage: Stage, state: str) -> None:
    number = shared_stage.case(*WAYS[state])
    page, answer = get(shared_stage, f"/status/{number}", **BROWSER), get(shared_stage, f"/status/{number}", **JSON)
    found = json.loads(answer.body)

    Draft202012Validator(json.loads((SCHEMAS / "status.schema.json").read_text("utf-8"))).validate(found)
    assert (page.status, answer.status) == (200, 200)
    assert found["label"] in main(page)
    assert found["sentence"] in main(page)
    for text in (page.body.decode(), answer.body.decode()):
        assert [secret for secret in personal(shared_stage) if secret in text] == []


# --- what comes next, and until when ---


def test_a_case_at_the_office_says_until_when_and_what_follows(stage: Stage) -> None:
    page = get(stage, f"/status/{stage.case('confirm')}")

    assert (
        "Menurut SOP, langkah ini ditangani dalam 15 menit kerja, paling lambat 23 November 2026 08.15 WITA."
        in main(page)
    )
    assert "Berikutnya Kepala Bidang menelaah dan mendisposisikan." in main(page)
    assert stage.office.services.first.data["sentences"]["late"] not in page.text


def test_a_late_step_says_since_when_and_that_the_others_move(stage: Stage) -> None:
    number = stage.case("confirm")
    stage.clock.forward(days=1)
    page = get(stage, f"/status/{number}")

    assert "menurut SOP, 15 menit kerja, terlewati pada 23 November 2026 08.15 WITA." in main(page)
    assert "Jika terjadi keterlambatan pada satu titik proses, titik proses berikutnya ikut mundur." in main(page)


def test_what_comes_in_on_a_saturday_is_promised_for_monday(stage: Stage) -> None:
    stage.clock.forward(days=5)
    page = get(stage, f"/status/{stage.case('confirm')}")
    assert "paling lambat 30 November 2026 07.45 WITA." in main(page)


@pytest.mark.parametrize("state", ["unconfirmed", "returned", "sent", "invited", "booked", "missed"])
def test_while_others_have_the_case_no_time_is_promised(shared_stage: Stage, state: str) -> None:
    words = main(get(shared_stage, f"/status/{shared_stage.case(*WAYS[state])}"))
    assert "tidak dihitung selama permohonan menunggu pemohon atau pihak luar" in words
    assert "paling lambat" not in words


@pytest.mark.parametrize("state", ["unconfirmed", "returned", "invited", "booked", "missed"])
def test_a_case_that_waits_for_the_applicant_says_what_the_applicant_does_next(shared_stage: Stage, state: str) -> None:
    case = shared_stage.load(shared_stage.case(*WAYS[state]))
    words = main(get(shared_stage, f"/status/{case.ticket}"))
    assert f"Yang perlu Anda lakukan {shared_stage.office.services.first.status(case.step, state).next}" in words


def test_while_others_have_a_case_the_applicant_reads_whose_turn_it_is_and_that_nothing_is_wanted(stage: Stage) -> None:
    words = main(get(stage, f"/status/{stage.case('confirm')}"))
    assert "Langkah 2 dari 7" in words
    assert "Giliran Kepala Dinas" in words
    assert "Yang perlu Anda lakukan Tidak ada." in words
    outside = main(get(stage, f"/status/{stage.case(*WAYS['sent'])}"))
    assert "Giliran" not in outside
    assert "Yang perlu Anda lakukan" not in outside


def test_the_box_names_the_visit_that_is_agreed(stage: Stage) -> None:
    case = stage.load(stage.case(*WAYS["booked"]))
    visit = stage.office.services.first.step(case.step).visit
    assert case.slot
    assert visit
    words = main(get(stage, f"/status/{case.ticket}"))
    assert f"pukul {case.slot.astimezone(stage.office.calendar.zone):%H.%M} WITA, {visit.place}" in words


def test_a_case_that_is_done_leads_on_to_what_the_service_says(shared_stage: Stage) -> None:
    page = get(shared_stage, f"/status/{shared_stage.case(*WAYS['done'])}")
    for each in shared_stage.office.services.first.data["afterwards"]:
        assert f"{each['title']} {each['text']} {each['link']}" in main(page)
        assert page.html.xpath(f"//main//a[@href='/{each['page']}']")
    assert "Setelah ini" not in main(get(shared_stage, f"/status/{shared_stage.case('confirm', 'reject')}"))


def test_an_unconfirmed_case_says_until_when_it_waits(stage: Stage) -> None:
    words = main(get(stage, f"/status/{stage.case()}"))
    assert "Batas waktu 23 Desember 2026 08.00 WITA" in words


@pytest.mark.parametrize("state", ["done", "rejected", "withdrawn", "lapsed"])
def test_a_closed_case_promises_nothing_more(shared_stage: Stage, state: str) -> None:
    words = main(get(shared_stage, f"/status/{shared_stage.case(*WAYS[state])}"))
    for promise in ("Berikutnya", "paling lambat", "tidak dihitung", "Posisi permohonan Anda"):
        assert promise not in words


# --- finding it ---


def test_a_number_is_found_however_it_is_typed(shared_stage: Stage) -> None:
    number = shared_stage.case("confirm")
    for typed in (number, number.lower(), number.replace("-", ""), f"  {number.replace('-', ' ')} "):
        found = shared_stage.browser().get("/status", query_string={"tiket": typed})
        assert (found.status_code, found.location) == (303, f"/status/{number}")


@pytest.mark.parametrize("typed", MALFORMED)
def test_an_unknown_number_and_none_at_all_get_the_same_answer(shared_stage: Stage, typed: str) -> None:
    unknown, malformed = get(shared_stage, f"/status/{UNKNOWN}"), get(shared_stage, f"/status/{typed}")
    assert (unknown.status, malformed.status) == (404, 404)
    assert without_what_was_asked(unknown) == without_what_was_asked(malformed)
    assert "Nomor tiket tidak ditemukan" in malformed.text
    answers = [get(shared_stage, f"/status/{number}", **JSON) for number in (UNKNOWN, typed)]
    assert [(answer.status, answer.body) for answer in answers] == [(404, b'{"error":"ticket_unknown"}\n')] * 2


def without_what_was_asked(page: Page) -> bytes:
    return re.sub(rb'(id="tiket"|name="tiket"|type="text") value="[^"]*"', b"", page.body)


@pytest.mark.parametrize("asked", ["TTE-26-4F7K-9QXM", "tte-26-4f7k-9qxx", "TTE26"])
def test_a_number_in_the_address_that_nobody_has_can_be_mended(shared_stage: Stage, asked: str) -> None:
    assert get(shared_stage, f"/status/{asked}").html.get_element_by_id("tiket").value == asked


def test_what_might_be_the_secret_of_a_link_is_not_shown_again(shared_stage: Stage) -> None:
    secret = shared_stage.link("permohonan", shared_stage.case("confirm")).rpartition("/")[2]
    for asked in (secret, "a" * 32, "<i>aku"):
        page = get(shared_stage, f"/status/{asked}")
        assert page.html.get_element_by_id("tiket").value in ("", None)
        assert asked.encode() not in page.body


def test_what_was_typed_is_shown_again_and_is_only_text(shared_stage: Stage) -> None:
    page = get(shared_stage, "/status?tiket=<script>alert(1)</script>")
    assert page.status == 404
    assert b"<script>alert" not in page.body
    assert page.html.get_element_by_id("tiket").value == "<script>alert(1)</script>"
    assert "Nomor tiket tidak ditemukan" in page.html.xpath("string(//*[@role='alert'])")


def test_without_a_number_the_page_asks_for_one(shared_stage: Stage) -> None:
    page = get(shared_stage, "/status")
    assert page.status == 200
    assert "Nomor tiket tidak ditemukan" not in page.text


@pytest.mark.parametrize(
    ("query", "accepted", "kind"),
    [
        ("", BROWSER, "text/html"),
        ("", {}, "text/html"),
        ("", JSON, "application/json"),
        ("?format=json", BROWSER, "application/json"),
    ],
)
def test_browsers_get_the_page_and_programs_the_data(
    shared_stage: Stage, query: str, accepted: dict[str, str], kind: str
) -> None:
    page = get(shared_stage, f"/status/{shared_stage.case('confirm')}{query}", **accepted)
    assert page.headers["Content-Type"].startswith(kind)


def test_looking_changes_nothing(stage: Stage) -> None:
    number = stage.case("confirm")
    before = stage.dump()
    for path in ("/status", f"/status/{number}", f"/status?tiket={number}", f"/status/{UNKNOWN}", "/sehat"):
        assert stage.browser().head(path).status_code < 500
        stage.browser().get(path)
    assert stage.dump() == before


# --- the monitor ---


def health(stage: Stage) -> tuple[int, dict[str, Any]]:
    answer = stage.browser().get("/sehat")
    return answer.status_code, answer.get_json()


def test_a_well_portal_says_so_with_counts_only(stage: Stage) -> None:
    stage.mail()
    well = {
        "ok": True,
        "records": True,
        "calendar": True,
        "unsent": 0,
        "oldest_unsent_seconds": 0,
        "red": 0,
        "nobody": 0,
        "unread": 0,
        "stuck": 0,
        "relay": True,
        "room": True,
        "unscanned": True,
    }
    assert health(stage) == (200, well)


def test_mail_that_stays_is_counted_with_its_age_and_red_past_the_deadline(stage: Stage) -> None:
    stage.case()
    stage.clock.forward(hours=2)
    _, found = health(stage)
    assert (found["ok"], found["unsent"], found["red"]) == (True, 2, 0)
    assert 7200 <= found["oldest_unsent_seconds"] < 7260

    stage.clock.forward(days=DEADLINE.days)
    _, found = health(stage)
    assert (found["ok"], found["red"]) == (False, 2)


def test_a_relay_that_takes_nothing_is_told_at_once(stage: Stage) -> None:
    stage.mailbox.failing = True
    stage.case()
    assert health(stage)[1]["relay"]
    stage.outbox.send_due()
    assert (health(stage)[1]["ok"], health(stage)[1]["relay"], health(stage)[1]["red"]) == (False, False, 0)


def test_a_case_on_the_clerks_list_is_counted_and_alarms_no_monitor(stage: Stage) -> None:
    stage.case("confirm", "return")
    stage.mail()
    assert health(stage)[1]["stuck"] == 0
    stage.clock.forward(days=15)
    assert (health(stage)[1]["ok"], health(stage)[1]["stuck"]) == (True, 1)


def test_mail_with_nobody_left_to_read_it_worries_no_monitor(stage: Stage) -> None:
    stage.mail()
    stage.cases.owe_desk(KADIS)
    stage.records.appoint(Official("penerbitan", "kadis", "Pengganti", KADIS, until=date(2026, 11, 22)))
    stage.mail()

    assert health(stage)[1] == {**health(stage)[1], "ok": True, "red": 0, "unsent": 0, "oldest_unsent_seconds": 0}


def test_an_address_that_does_not_exist_is_red_at_once(stage: Stage) -> None:
    stage.records.appoint(Official("penerbitan", "verifikator", "Tanpa Alamat", "bukan alamat"))
    stage.cases.owe_desk("bukan alamat")
    stage.mail()
    _, found = health(stage)
    assert (found["ok"], found["red"], found["unsent"]) == (False, 1, 0)


def test_a_case_that_nobody_can_act_on_is_counted(stage: Stage) -> None:
    stage.case("confirm")
    assert health(stage)[1]["nobody"] == 0
    stage.records.appoint(Official("penerbitan", "kadis", "Kepala Dinas", KADIS, since=date(2026, 11, 24)))
    own = stage.office.services.first.role("kadis").key
    for official in [o for o in stage.records.officials() if o.role == own]:
        stage.records.appoint(replace(official, until=date(2026, 11, 22)))
    _, found = health(stage)
    assert (found["ok"], found["nobody"]) == (False, 1)


def test_the_only_official_in_his_own_case_counts_as_nobody(stage: Stage) -> None:
    stage.case("confirm", email=KADIS)
    assert health(stage)[1]["nobody"] == 1


def test_a_year_without_holidays_in_the_data_is_not_well(stage: Stage) -> None:
    stage.clock.forward(days=365 * 30)
    _, found = health(stage)
    assert (found["ok"], found["calendar"]) == (False, False)


def test_records_that_do_not_answer_are_a_503(stage: Stage) -> None:
    stage.records.close()
    (stage.data / "portal.sqlite").rename(stage.data / "portal.away")
    (stage.data / "portal.sqlite").mkdir()
    assert health(stage) == (503, {"ok": False, "records": False})


def test_the_monitor_learns_of_nobody(stage: Stage) -> None:
    stage.case(*WAYS["booked"])
    text = stage.browser().get("/sehat").text
    assert not any(secret in text for secret in (*personal(stage), VERIFIKATOR, "TTE-"))


# --- the chart ---


def chart(page: Page, name: str) -> str:
    """What the picture of that name says to who cannot see it."""
    (said,) = page.html.xpath(f"//*[@id='{name}-uraian']/text()")
    return str(said)


@pytest.mark.parametrize(
    ("state", "place", "outside"),
    [
        (
            "unconfirmed",
            "Posisi permohonan Anda: langkah 1, Pengajuan.",
            "Konfirmasi alamat email berada di luar",
        ),
        ("waiting", "Posisi permohonan Anda: langkah 2, Telaah Kepala Dinas.", ""),
        (
            "returned",
            "Diperbaiki Pemohon: langkah 2, Telaah Kepala Dinas.",
            "Perbaikan berada di luar bagan SOP",
        ),
        ("sent", "Posisi permohonan Anda: langkah 5, Pemeriksaan dan pengiriman ke BSrE.", "Pemeriksaan oleh BSrE"),
        ("booked", "Posisi permohonan Anda: langkah 6, Pengisian passphrase.", ""),
        ("missed", "Posisi permohonan Anda: langkah 6, Pengisian passphrase.", "Penjadwalan ulang berada di luar"),
        ("rejected", "Permohonan ditutup di sini: langkah 2, Telaah Kepala Dinas.", "Penolakan berada di luar bagan"),
        ("lapsed", "Permohonan ditutup di sini: langkah 1, Pengajuan.", "Batas waktu konfirmasi alamat email"),
        ("done", "Permohonan Anda selesai: langkah 7, Penyerahan.", ""),
    ],
)
def test_the_chart_marks_where_the_case_is_and_says_what_it_does_not_show(
    shared_stage: Stage, state: str, place: str, outside: str
) -> None:
    page = get(shared_stage, f"/status/{shared_stage.case(*WAYS[state])}")
    said = " ".join(page.html.xpath("string(//details[summary='Bagan SOP']/p[1])").split())
    for name in ("bagan-lebar", "bagan-tegak"):
        assert chart(page, name).startswith(place)
        assert outside in chart(page, name)
    flags = page.html.xpath("//*[contains(@class, 'flag')]")
    assert [" ".join(flag.xpath(".//tspan/text()")) for flag in flags] == [place.partition(":")[0]] * 2
    listed = page.html.xpath("//li[@aria-current='step']//*[@class='here-word']/text()")
    assert listed == ([] if state in ("rejected", "lapsed", "done") else [place.partition(":")[0]])
    assert said.startswith(outside)


def test_the_page_stays_small_and_needs_no_inline_style(shared_stage: Stage) -> None:
    body = get(shared_stage, f"/status/{shared_stage.case(*WAYS['done'])}").body
    assert len(body) < 60_000
    assert len(gzip.compress(body)) < 12_000
    assert b" style=" not in body
