"""All cases for a clerk: looked for, filtered, paged, written to a spreadsheet, and one of them read as a story."""

import io
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from portal.core.listing import Wanted
from portal.usecases.archive import Archive
from tests.support.browser_without_javascript import Page
from tests.support.clerk import ClerkInPerson
from tests.support.keeper import words
from tests.support.stage import Stage
from tests.support.ways import WAYS

LIST = "/petugas/permohonan"


@pytest.fixture(scope="module")
def shared_stage(shared_stage: Stage) -> Stage:
    for number in range(27):
        shared_stage.case(*(("confirm",) if number % 2 else ()), nama_ktp=f"PEMOHON {chr(65 + number % 26)}")
    shared_stage.case(*WAYS["rejected"], nama_ktp="BUDI DITOLAK", nip="198505052010051005", nik="6473010505850001")
    return shared_stage


@pytest.fixture
def clerk(shared_stage: Stage) -> ClerkInPerson:
    return ClerkInPerson.at_the_desk(shared_stage)


def search(clerk: ClerkInPerson, button: str = "Tampilkan", **typed: str) -> Page:
    page = clerk.get(LIST)
    return clerk.browser.submit(page, page.form(LIST), button, **typed)


def typed(page: Page) -> str:
    (found,) = page.html.xpath("//input[@name='cari']/@value")
    return str(found)


def names(page: Page) -> list[str]:
    return [a.text_content() for a in page.html.xpath("//tbody//th/a")]


def places(page: Page) -> list[str]:
    return [a.get("href") for a in page.html.xpath("//tbody//th/a")]


def test_all_cases_are_listed_newest_first_a_page_at_a_time(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    all_of_them = [f"{LIST}/{each.ticket}" for each in shared_stage.house.archive.every(Wanted())]
    first = clerk.get(LIST)
    assert names(first)[0] == "BUDI DITOLAK"
    second = clerk.get(first.href(f"{LIST}?sesudah"))
    assert [*places(first), *places(second)] == all_of_them
    assert (len(places(first)), "Berikutnya" in second.text) == (25, False)
    assert places(clerk.get(second.href(f"{LIST}?sebelum"))) == places(first)


def test_a_place_in_the_address_that_makes_no_sense_is_the_beginning(clerk: ClerkInPerson) -> None:
    for place in ("x", "9999-99-99T99:99:99.999999+00:00", "%00", ""):
        assert len(names(clerk.get(f"{LIST}?sesudah={place}&sebelum={place}"))) == 25
    over = clerk.get(f"{LIST}?sesudah=2001-01-01T00:00:00.000000%2B00:00%23TTE-26-2222-2222")
    assert (names(over), "Tidak ada lagi." in over.text) == ([], True)
    assert over.href(LIST)


def test_a_filter_stays_while_one_turns_the_pages_and_no_name_is_in_an_address(clerk: ClerkInPerson) -> None:
    first = search(clerk, cari="pemohon", keadaan="open")
    assert first.url.endswith(f"{LIST}?keadaan=open&pencarian=1")
    second = clerk.get(first.href(f"{LIST}?keadaan=open&pencarian=1&sesudah"))
    assert (len(names(first)), len(names(second))) == (25, 2)
    back = clerk.get(second.href(f"{LIST}?keadaan=open&pencarian=1&sebelum"))
    assert names(back) == names(first)
    chosen = clerk.get(f"{LIST}?keadaan=open")
    assert len(names(clerk.get(chosen.href(f"{LIST}?keadaan=open&sesudah")))) == 2


def test_one_comes_back_to_what_one_has_looked_for_until_one_leaves(clerk: ClerkInPerson) -> None:
    first, second = search(clerk, cari="pemohon a"), search(clerk, cari="pemohon")
    assert names(clerk.get(first.url)) == names(first) == ["PEMOHON A", "PEMOHON A"]
    latest = [search(clerk, cari="pemohon") for _ in range(4)]
    assert [typed(clerk.get(page.url)) for page in (*latest, second)] == ["pemohon"] * 5
    assert typed(clerk.get(first.url)) == ""  # of long ago
    clerk.post("/petugas/keluar", second)
    clerk.browser.client.set_cookie("petugas", clerk.cookie(), path="/petugas")
    assert typed(clerk.get(second.url)) == ""


def test_what_is_looked_for_is_looked_for_among_so_many_at_a_time(
    clerk: ClerkInPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.usecases.archive.MOST", 10)
    monkeypatch.setattr("portal.web.clerk.archive.MOST", 10)
    page = search(clerk, cari="pemohon b")
    assert "10 permohonan diperiksa, sampai yang dikirim 23 November 2026. Belum ada yang cocok." in page.text
    page = clerk.get(page.href(f"{LIST}?pencarian=1&sesudah"))
    assert (names(page), "Kembali ke awal" in page.text) == ([], True)
    page = clerk.get(page.href(f"{LIST}?pencarian=1&sesudah"))
    assert (names(page), "Cari yang lebih lama" in page.text) == (["PEMOHON B"], False)
    back = clerk.get(page.href(f"{LIST}?pencarian=1&sebelum"))
    assert "10 permohonan diperiksa" in back.text
    assert "Yang cocok ada di bawah." in search(clerk, cari="pemohon a").text


@pytest.mark.parametrize("text", ["budi", "198505052010051005", "19850505 201005 1 005"])
def test_the_only_one_that_is_meant_opens_at_once(clerk: ClerkInPerson, text: str) -> None:
    page = search(clerk, cari=text)
    assert page.html.findtext(".//h1") == "BUDI DITOLAK"
    assert "/permohonan/TTE-" in page.url  # and neither name nor number is in an address


def test_a_ticket_opens_its_case_and_what_is_not_there_is_said(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    (line,) = shared_stage.house.archive.every(Wanted("budi"))
    assert search(clerk, cari=line.ticket.lower().replace("-", "")).url.endswith(line.ticket)
    page = search(clerk, cari="tidak ada", keadaan="rejected")
    assert "Tidak ada yang cocok" in page.text
    assert typed(page) == "tidak ada"
    assert page.html.xpath("//select[@name='keadaan']/option[@selected]/@value") == ["rejected"]


def test_senseless_filters_ask_for_nothing(clerk: ClerkInPerson) -> None:
    assert len(names(clerk.get(f"{LIST}?keadaan=x&menunggu=y&bulan=z&layanan=%00&pencarian=-1"))) == 25


@pytest.mark.parametrize("month", ["0000-00", "0001-01", "9999-12", "2026-13"])
def test_in_a_month_that_nobody_can_reckon_nothing_was_sent(clerk: ClerkInPerson, month: str) -> None:
    assert "Tidak ada yang cocok" in clerk.get(f"{LIST}?bulan={month}").text


def test_the_list_is_written_to_a_spreadsheet_in_which_nothing_is_a_formula(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    (line,) = shared_stage.house.archive.every(Wanted("budi"))
    number = shared_stage.case("confirm", jabatan="=1+1")
    held = shared_stage.load(number)
    trap = replace(
        next(shared_stage.house.archive.every(Wanted(number))),
        ticket="X",
        name="=HYPERLINK(1)",
    )
    shared_stage.records.keep_lines([trap])
    page = clerk.get(LIST)
    answer = clerk.post(f"{LIST}/xlsx", page, cari="", keadaan="")
    assert answer.headers["Content-Type"].startswith("application/vnd.openxml")
    assert f'permohonan-{shared_stage.office.today()}.xlsx"' in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.body)).worksheets[0]
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]][:3] == ["Nomor tiket", "Layanan", "Nama"]
    assert "f" not in {cell.data_type for row in rows for cell in row}
    told = {row[2].value: row for row in rows[1:]}
    assert told["=HYPERLINK(1)"][2].quotePrefix
    assert told["BUDI DITOLAK"][3].value == "198505052010051005"
    assert str(told["BUDI DITOLAK"][6].value)[:10] == f"{shared_stage.office.calendar.local(line.opened):%Y-%m-%d}"
    assert held.ticket in {row[0].value for row in rows}
    only = clerk.post(f"{LIST}/xlsx", page, cari="budi")
    assert load_workbook(io.BytesIO(only.body)).worksheets[0].max_row == 2
    with shared_stage.records._database.writing() as connection:
        connection.execute("DELETE FROM line WHERE ticket = 'X'")


def test_a_case_is_told_from_end_to_end_with_who_in_what_capacity_and_when(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case(*WAYS["done"], nama_ktp="SITI SELESAI")
    told = words(clerk.get(f"{LIST}/{number}"))
    application = shared_stage.load(number)
    for event in application.events:
        assert event.actor.email in told
    for said in ("Kepala Dinas, Rahmawati Contoh", "Pemohon, SITI SELESAI", "Mohon diproses.", "catatannya utuh"):
        assert said in told
    assert f"{application.version} peristiwa" in told


def test_a_case_tells_how_much_of_each_steps_time_is_used_left_and_over(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    told = words(clerk.get(f"{LIST}/{shared_stage.case('confirm')}"))
    assert "Waktu per langkah" in told
    assert "terpakai 0 menit dari 15 menit; tersisa 15 menit kerja, sampai" in told
    sent = words(clerk.get(f"{LIST}/{shared_stage.case(*WAYS['sent'])}"))
    assert "berhenti selama menunggu pihak lain, tersisa 10 menit." in sent
    assert "tepat waktu." in sent
    unconfirmed = words(clerk.get(f"{LIST}/{shared_stage.case()}"))
    assert "Waktu per langkah" not in unconfirmed


def test_a_late_case_says_by_how_much_as_people_say_it(stage: Stage) -> None:
    number = stage.case("confirm")
    stage.clock.forward(days=7)
    assert "; lewat 5 hari kerja." in words(ClerkInPerson.at_the_desk(stage).get(f"{LIST}/{number}"))


def test_a_case_that_was_bent_is_told_as_such(shared_stage: Stage, clerk: ClerkInPerson) -> None:
    number = shared_stage.case("confirm")
    with shared_stage.records._database.writing() as connection:
        connection.execute("UPDATE event SET entry = replace(entry, 'Dinas', 'Xinas') WHERE ticket = ?", (number,))
        connection.execute(
            "UPDATE application SET body = replace(body, 'Analis', 'Kepala') WHERE ticket = ?", (number,)
        )
    assert "tidak utuh" in clerk.get(f"{LIST}/{number}").text


def test_an_unknown_ticket_is_refused_and_a_mistyped_one_led_to_its_case(
    shared_stage: Stage, clerk: ClerkInPerson
) -> None:
    number = shared_stage.case()
    assert clerk.get(f"{LIST}/TTE-26-2222-2222").status == 404
    assert clerk.get(f"{LIST}/{number.lower()}").url.endswith(number)


def test_cases_of_before_there_was_a_list_come_into_it_once(shared_stage: Stage) -> None:
    archive = Archive(shared_stage.office)
    known = list(archive.every(Wanted()))
    with shared_stage.records._database.writing() as connection:
        connection.execute("DELETE FROM line")
    assert archive.complete() == len(known)
    assert list(archive.every(Wanted())) == known
    assert archive.complete() == 0
    assert Archive(shared_stage.office).complete() == 0
