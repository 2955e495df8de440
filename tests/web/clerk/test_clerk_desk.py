"""The clerk's desk in one look: what is stuck, what waits on whom, mail that failed, who comes, who serves."""

from datetime import timedelta

import pytest

from portal.engines.ports import CameBack
from tests.support.browser_without_javascript import Page
from tests.support.clerk import ClerkInPerson
from tests.support.keeper import words
from tests.support.stage import KADIS, Stage
from tests.support.ways import TO_VERIFIKATOR, WAYS


@pytest.fixture
def clerk(shared_stage: Stage) -> ClerkInPerson:
    return ClerkInPerson.at_the_desk(shared_stage)


def table(page: Page, label: str) -> list[str]:
    rows = page.html.xpath(f"//*[@aria-label='{label}']//tbody/tr")
    return [" ".join(row.text_content().split()) for row in rows]


def test_an_empty_office_says_so(clerk: ClerkInPerson) -> None:
    page = clerk.get()
    for said in ("Tidak ada permohonan yang terlambat", "Semua email terkirim", "Tidak ada yang dijadwalkan datang"):
        assert said in page.text
    assert "Tidak ada permohonan yang sedang berjalan" in page.text


def test_what_is_late_is_told_with_name_reason_and_whom_it_waits_on(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case("confirm", nama_ktp="WAHYU TERLAMBAT")
    assert table(clerk.get(), "Permohonan yang perlu perhatian") == []
    shared_stage.clock.forward(days=3)
    (told,) = table(clerk.get(), "Permohonan yang perlu perhatian")
    for said in ("WAHYU TERLAMBAT", number, "Telaah Kepala Dinas", "Kepala Dinas", "3 hari kerja di langkah"):
        assert said in told
    page = clerk.browser.get(clerk.get().href(f"/petugas/permohonan/{number}"))
    assert page.html.findtext(".//h1") == "WAHYU TERLAMBAT"
    assert number in clerk.get("/petugas/perhatian?hal=99").text


def test_each_case_on_the_list_says_why_and_what_to_do(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case("confirm", email=KADIS)
    (told,) = [
        row for row in table(clerk.get("/petugas/perhatian"), "Permohonan yang perlu perhatian") if number in row
    ]
    assert "Pejabat yang bertugas hanya pemohonnya sendiri. Tunjuk pejabat lain" in told


def test_a_relay_that_takes_nothing_is_told_on_the_desk(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    shared_stage.mailbox.failing = True
    shared_stage.cases.owe_desk(KADIS)
    shared_stage.outbox.send_due()
    assert "Email portal tidak dapat dikirim" in clerk.get().text
    shared_stage.mailbox.failing = False
    shared_stage.clock.forward(minutes=6)
    shared_stage.mail()
    assert "Email portal tidak dapat dikirim" not in clerk.get().text


def test_what_waits_on_whom_is_counted_by_role_with_the_names_of_today(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    shared_stage.case(*TO_VERIFIKATOR)
    shared_stage.case(*TO_VERIFIKATOR)
    (row,) = [row for row in table(clerk.get(), "Permohonan menurut yang ditunggu") if "Verifikator" in row]
    assert "Andi" in row or "Contoh" in row
    assert " 2 " in f" {row} "
    way = next(a for a in clerk.get().html.xpath("//a/@href") if "menunggu=verifikator" in a)
    page = clerk.get(way)
    assert "2 cocok" in page.text


def test_who_is_expected_today_is_on_the_desk_and_on_a_list_to_print(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case(*WAYS["booked"], nama_ktp="TAMU HARI INI")
    slot = shared_stage.load(number).slot
    assert slot
    assert "TAMU HARI INI" not in words(clerk.get())[:2000] or "datang hari ini" in clerk.get().text
    day = f"{shared_stage.office.calendar.local(slot):%Y-%m-%d}"
    page = clerk.get(f"/petugas/kunjungan?hari={day}")
    (row,) = table(page, next(iter(page.html.xpath("//*[@role='region']/@aria-label"))))
    assert ("TAMU HARI INI" in row, number in row) == (True, True)
    shared_stage.clock.at = max(shared_stage.clock.at, slot)
    assert "TAMU HARI INI" in clerk.get("/petugas/kunjungan").text
    assert "TAMU HARI INI" in clerk.get().html.xpath("//ul[contains(@class, 'comers')]")[0].text_content()
    assert clerk.get("/petugas/kunjungan?hari=kemarin").status == 200


def test_a_visit_that_nobody_has_recorded_stays_in_reach_and_is_told(stage: Stage) -> None:
    clerk, number = ClerkInPerson.at_the_desk(stage), stage.case(*WAYS["booked"], nama_ktp="TAMU KEMARIN")
    slot = stage.load(number).slot
    assert slot
    day, stage.clock.at = f"{stage.office.calendar.local(slot):%Y-%m-%d}", slot
    before = f"/petugas/kunjungan?hari={day}"
    assert before not in clerk.get("/petugas/kunjungan").html.xpath("//a/@href")
    assert table(clerk.get(), "Permohonan yang perlu perhatian") == []
    for days in (1, 4):  # on the next day, and still after a weekend
        stage.clock.at = slot + timedelta(days=days)
        page = clerk.get("/petugas/kunjungan")
        assert "belum dicatat" in next(a for a in page.html.xpath("//a") if a.get("href") == before).text_content()
        earlier = clerk.get(before)
        assert "TAMU KEMARIN" in earlier.text
        assert "Sebelumnya" not in earlier.text  # nothing more is left behind
        (told,) = table(clerk.get(), "Permohonan yang perlu perhatian")
        assert ("hasilnya belum dicatat" in told, number in told) == (True, True)
    stage.act(number, "attend")
    assert before not in clerk.get("/petugas/kunjungan").html.xpath("//a/@href")
    monday = stage.office.today() + timedelta(days=2)
    assert (
        "belum dicatat" not in clerk.get(f"/petugas/kunjungan?hari={monday}").text
    )  # of a Friday on which nobody came


def test_mail_that_failed_is_sent_again_or_ticked_off(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    shared_stage.mail()
    shared_stage.mailbox.failing = True
    number = shared_stage.case("confirm", nama_ktp="EMAIL GAGAL")
    shared_stage.outbox.send_due()
    shared_stage.clock.forward(days=8)
    shared_stage.outbox.send_due()
    shared_stage.mailbox.failing = False
    before = len(shared_stage.outbox.red_list())
    page = clerk.get("/petugas/email")
    assert ("421 rehearsal" in page.text, number in page.text, KADIS in page.text) == (True, True, True)
    page = clerk.browser.submit(page, page.form("/kirim-ulang"), "Kirim ulang")
    assert "Email dikirim ulang" in page.text
    told = clerk.post("/petugas/email/tertangani", page, email=clerk.marks(page)[-1])
    assert "Ditandai sudah ditangani" in told.text
    assert len(shared_stage.outbox.red_list()) == before - 1
    assert clerk.post("/petugas/email/tertangani", page, email=clerk.marks(page)[-1]).status == 409
    shared_stage.clock.forward(days=1)
    shared_stage.mail()
    assert "Semua email terkirim" in clerk.get("/petugas/email").text


def test_whom_to_call_stands_beside_a_case_whose_applicant_no_email_reaches(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case(nama_ktp="TAK TERJANGKAU", hp="+6281355501234")
    shared_stage.mail()
    confirm = next(mail for mail in shared_stage.mailbox.messages() if number in mail["text"])
    identity = (number, 1, "confirm_address", confirm["to"], "")
    shared_stage.records.came_back(CameBack([identity], "550 5.1.1 user unknown", True), shared_stage.clock())
    for path in ("", "/perhatian", "/email"):
        page = clerk.get(f"/petugas{path}")
        assert "tel:081355501234" in page.html.xpath("//a/@href"), path
        assert "0813-5550-1234" in page.text


def test_officials_are_listed_by_role_and_an_empty_role_is_told(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    page = clerk.get("/petugas/pejabat")
    assert KADIS in page.text
    assert "Tidak ada yang bertugas hari ini" not in page.text


def test_no_page_of_the_clerk_opens_to_others(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    stranger = ClerkInPerson(shared_stage)
    for path in ("/perhatian", "/kunjungan", "/email", "/pejabat", "/permohonan", "/permohonan/TTE-26-2222-2222"):
        assert stranger.get(f"/petugas{path}").status == 403
    assert stranger.post("/petugas/permohonan/xlsx", clerk.get("/petugas/permohonan")).status == 403
