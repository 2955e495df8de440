"""Importing what was issued before the portal: shown first, told line by line, taken in whole, and only once."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from portal import importing
from portal.core.errors import Unavailable
from portal.importing import Importing
from portal.tables import read
from portal.usecases.upkeep import Upkeep
from tests.support import recapped
from tests.support.browser_without_javascript import Page
from tests.support.keeper import LIST, Keeper, imported, words
from tests.support.sessions import BEFORE_THE_PORTAL, long_table
from tests.support.stage import Stage

IMPORT = f"{LIST}/impor"
HEAD, SITI = "Nomor seri;Nama;NIP;Email;Perangkat daerah;Berlaku mulai;Berlaku sampai", "9C01;Siti;;s@x.go.id;BKPSDM;"


@pytest.fixture
def keeper(stage: Stage) -> Keeper:
    return Keeper(stage)


def sends(keeper: Keeper, content: bytes | str) -> Page:
    csrf = keeper.get("/impor").form(f"{LIST}/impor").fields["csrf"]
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    data: dict[str, Any] = {"csrf": csrf, "berkas": (file, "tabel")}
    answer = keeper.browser.client.post(IMPORT, data=data)
    return Page(answer.request.url, answer.status_code, dict(answer.headers), answer.get_data())


def takes_in(keeper: Keeper, content: bytes | str) -> Page:
    page = sends(keeper, content)
    return keeper.browser.submit(page, page.form(f"{LIST}/impor/catat"))


def names(keeper: Keeper) -> list[str]:
    return sorted(entry.name for entry in keeper.stage.records.certificates("penerbitan"))


def xlsx(*rows: list[Any]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.create_sheet(index=0)
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def test_whose_end_is_not_known_is_taken_in_and_shown_as_such(keeper: Keeper) -> None:
    page = takes_in(keeper, f"{HEAD}\n{SITI}01/06/2025;\n")
    assert "Sudah ada di register, dilewati 1" in words(sends(keeper, f"{HEAD[:-15]}\n{SITI}01/06/2025\n"))
    (entry,) = keeper.stage.records.certificates("penerbitan")
    assert (page.status, entry.valid_until) == (200, None)
    assert "Tanggal berakhirnya tidak diketahui." in words(keeper.entry(entry.id))
    assert "tidak diketahui" in words(keeper.get())
    keeper.stage.clock.forward(days=3000)
    Upkeep(keeper.stage.office).look_after_register()
    assert list(keeper.stage.records.unsent()) == []


def test_a_table_is_shown_first_and_then_taken_in(keeper: Keeper) -> None:
    page = sends(keeper, BEFORE_THE_PORTAL)
    assert page.status == 200
    assert "Baris baru 2" in words(page)
    assert names(keeper) == []
    page = keeper.browser.submit(page, page.form(f"{LIST}/impor/catat"))
    assert "2 baris berkas itu sudah ada di register 2 di antaranya baru dimasukkan." in words(page)
    assert names(keeper) == ["Rahmat Contoh", "Wati Contoh"]
    rahmat = next(entry for entry in keeper.stage.records.certificates("penerbitan") if entry.number)
    assert (rahmat.office, rahmat.valid_until, rahmat.ticket) == ("BKPSDM", date(2027, 6, 1), "")
    assert recapped.rows(keeper.stage.office) == ["2025-06 BKPSDM holders 1", "2024-02 Dinas Sosial "]


def test_the_same_file_twice_is_imported_once(keeper: Keeper) -> None:
    takes_in(keeper, BEFORE_THE_PORTAL)
    recap = recapped.recap(keeper.stage.office)
    page = sends(keeper, BEFORE_THE_PORTAL.replace("9C:01:AA", "9c01aa"))
    assert "Tidak ada yang baru" in words(page)
    assert "dilewati 2" in words(page)
    assert len(names(keeper)) == 2
    assert recapped.recap(keeper.stage.office) == recap


def test_an_import_that_was_cut_short_tells_what_it_had_taken_in_from_what_was_there(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_A_TIME", 20)
    takes_in(keeper, long_table(7))
    kept = list[int]()

    def cut_short(number: int) -> None:
        kept.append(number)
        raise Unavailable("store_busy")

    run = Importing(keeper.stage.house.register)
    with pytest.raises(Unavailable):
        run.take_in(run.plan("penerbitan", read(long_table(45).encode())), cut_short)
    assert (kept, len(names(keeper))) == ([20], 27)
    page = sends(keeper, long_table(45))
    assert "Baris baru 18 Sudah diimpor sebelum terputus 20 Sudah ada di register, dilewati 7" in words(page)
    done = keeper.browser.submit(page, page.form(f"{LIST}/impor/catat"))
    assert "45 baris berkas itu sudah ada di register 18 di antaranya baru dimasukkan" in words(done)
    page = sends(keeper, long_table(45))
    assert "Sudah ada di register, dilewati 45" in words(page)
    assert "terputus" not in words(page)


def test_a_second_click_imports_nothing_more(keeper: Keeper) -> None:
    page = sends(keeper, BEFORE_THE_PORTAL)
    for _ in range(2):
        done = keeper.browser.submit(page, page.form(f"{LIST}/impor/catat"))
        assert (done.status, "2 baris berkas itu sudah ada di register" in words(done)) == (200, True)
    assert len(names(keeper)) == 2


def test_a_spreadsheet_is_read_like_a_table(keeper: Keeper) -> None:
    heads = ["Nama", "nomor seri", "Surel", "E-mail", "Perangkat Daerah", "berlaku mulai", "Berlaku Sampai", "Catatan"]
    row = ["Rahmat Contoh", "9C01AA", "", "rahmat@x.go.id", "BKPSDM", date(2025, 6, 1), date(2027, 6, 1), "lama"]
    page = sends(keeper, xlsx(heads, row))
    assert "Surel, Catatan" in words(page)
    keeper.browser.submit(page, page.form(f"{LIST}/impor/catat"))
    assert names(keeper) == ["Rahmat Contoh"]


@pytest.mark.parametrize(
    ("line", "column", "found", "expected"),
    [
        (f"{SITI}1/1/2025;31/12/2024", "Berlaku sampai", "31/12/2024", "Tanggal setelah Berlaku mulai."),
        (f"{SITI}kemarin;1/1/2027", "Berlaku mulai", "kemarin", "Tanggal, misalnya"),
        (f"{SITI};1/1/2027", "Berlaku mulai", "belum ada", "Wajib diisi."),
        (f"{SITI}1/1/2098;1/1/2099", "Berlaku mulai", "1/1/2098", "sudah lewat"),
        ("9C01;Siti;123;s@x.go.id;BKPSDM;1/1/2025;1/1/2027", "NIP", "123", "18 angka"),
        ("9C01;Siti;;siti;BKPSDM;1/1/2025;1/1/2027", "Email", "siti", "Satu alamat email"),
        ("9C 01 AA;Lain;;lain@x.go.id;BKPSDM;1/1/2025;1/1/2027", "Nomor seri", "9C01AA", "atas nama orang lain"),
    ],
)
def test_one_wrong_line_keeps_all_of_them_out_and_is_told(
    keeper: Keeper, line: str, column: str, found: str, expected: str
) -> None:
    imported(keeper.stage, "9C01AA", "Rahmat Contoh")
    page = sends(keeper, f"{HEAD}\n9C99;Wati;;w@x.go.id;BKPSDM;1/1/2025;1/1/2027\n\n{line}\n")
    assert page.status == 422
    (row,) = page.html.xpath("//tbody/tr")
    cells = [" ".join(cell.text_content().split()) for cell in row]
    assert cells[:3] == ["Baris 4", column, found]
    assert expected in cells[3]
    assert not page.html.xpath(f"//form[@action='{IMPORT}/catat']")
    assert names(keeper) == ["Rahmat Contoh"]


def test_a_serial_named_twice_in_one_file_is_told(keeper: Keeper) -> None:
    line = f"{SITI}1/1/2025;1/1/2027"
    page = sends(keeper, f"{HEAD}\n{line}\n{line}\n")
    assert page.status == 422
    assert "Baris 3" in words(page)
    assert "pada baris lain" in words(page)


def test_a_column_that_is_missing_is_named(keeper: Keeper) -> None:
    page = sends(keeper, "Nama;Email\nSiti;s@x.go.id\n")
    assert page.status == 422
    assert {cell.text_content() for cell in page.html.xpath("//td[@data-label='Kolom']")} == {
        "Nomor seri",
        "Perangkat daerah",
        "Berlaku mulai",
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "belum dipilih atau kosong"),
        (b"\n;;;\n", "belum dipilih atau kosong"),
        (b"%PDF-1.4\0\0", "tidak dapat dibaca"),
        (b"PK\x03\x04broken", "tidak dapat dibaca"),
        (f"{HEAD}\n".encode() + b"a;b;c\n" * 2100, "terlalu panjang"),
    ],
)
def test_what_is_no_table_is_said_so(keeper: Keeper, content: bytes, sentence: str) -> None:
    page = sends(keeper, content)
    assert page.status == 422
    assert sentence in words(page)


def test_a_table_of_an_older_spreadsheet_and_with_other_separators_is_read(keeper: Keeper) -> None:
    text = f"{HEAD}\n9C01;Ren\u00e9;;r@x.go.id;Dinas Sosial;1/1/2025;1/1/2027\n".replace(";", ",")
    takes_in(keeper, text.encode("cp1252"))
    assert names(keeper) == ["Ren\u00e9"]


def test_hundreds_of_lines_travel_with_the_page_and_come_in_whole(keeper: Keeper) -> None:
    lines = [f"AB{n:04};Orang Contoh;;orang{n}@x.go.id;Dinas Sosial;1/1/2025;1/1/2027" for n in range(1500)]
    page = takes_in(keeper, "\n".join([HEAD, *lines]))
    assert page.status == 200
    assert len(names(keeper)) == 1500


def test_what_the_page_carries_along_is_judged_anew(keeper: Keeper) -> None:
    page = sends(keeper, BEFORE_THE_PORTAL)
    form = page.form(f"{LIST}/impor/catat")
    answer = keeper.browser.submit(page, form, isi=f"{HEAD}\n9C;;;;;;\n")
    assert answer.status == 422
    assert names(keeper) == []
