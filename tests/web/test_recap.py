"""The recap for everybody, as a page and as a table that spreadsheets open as it is."""

import csv
import io
from typing import Any

import pytest

from portal.engines.local.records import SqliteRecords
from tests.support.browser_without_javascript import Page
from tests.support.stage import Stage
from tests.support.ways import FORM, SECRETS, WAYS

PER_OFFICE = "Per bulan dan Perangkat daerah (OPD)"


def page(stage: Stage, path: str = "/rekap") -> Page:
    answer = stage.browser().get(path)
    return Page(path, answer.status_code, dict(answer.headers), answer.data)


def words(page: Page) -> str:
    return " ".join(" ".join(page.html.get_element_by_id("isi").itertext()).split())


def table(page: Page, caption: str) -> list[list[str]]:
    """The rows of a table of the page, cell by cell."""
    rows = page.html.xpath(f"//*[@aria-label='{caption}']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]


def sheets(stage: Stage, query: str = "") -> tuple[list[list[str]], list[list[str]]]:
    """The two tables of the CSV as a spreadsheet set to Indonesian reads them, which an empty line parts."""
    body = page(stage, f"/rekap.csv{query}").body.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body), delimiter=";"))
    parted = rows.index([])
    return rows[:parted], rows[parted + 1 :]


def spreadsheet(stage: Stage, query: str = "") -> list[list[str]]:
    """The table of offices."""
    return sheets(stage, query)[0]


@pytest.fixture(scope="module")
def busy(shared_stage: Stage) -> Stage:
    """Two offices, two months, every way to end, and three cases under way; nobody adds to them."""
    stage = shared_stage
    stage.case(*WAYS["done"])
    stage.case(*WAYS["rejected"])
    stage.clock.forward(days=30)
    for state in ("done", "withdrawn", "lapsed"):
        stage.case(*WAYS[state], opd="BKPSDM")
    stage.case(*WAYS["sent"])
    stage.case(*WAYS["refused"])
    stage.case(*WAYS["unconfirmed"])
    return stage


def test_before_anything_is_closed_the_page_says_so(stage: Stage) -> None:
    found = page(stage)
    assert found.status == 200
    assert "Belum ada permohonan yang selesai." in words(found)
    assert table(found, "Waktu penanganan per langkah")[0][1:] == ["15 menit", "–", "–", "Belum ada data"]
    assert "/rekap.csv" not in found.body.decode()
    assert not found.html.xpath("//main//form")
    assert len(spreadsheet(stage)) == 1


def test_offices_and_months_are_counted(busy: Stage) -> None:
    found = page(busy)
    assert table(found, PER_OFFICE) == [
        ["BKPSDM", "Desember 2026", "1", "0", "2", "0", "1"],
        ["Dinas Kesehatan", "November 2026", "1", "1", "0", "0", "1"],
    ]
    assert "Sertifikat Elektronik yang masih berlaku 2" in words(found)
    assert "Permohonan selesai 2 Ditolak 1 Dibatalkan pemohon 1 Tidak dikonfirmasi 1" in words(found)


def test_the_time_of_each_step_stands_beside_the_standard(busy: Stage) -> None:
    rows = table(page(busy), "Waktu penanganan per langkah")
    assert [row[1] for row in rows] == ["15 menit", "15 menit", "15 menit", "10 menit", "20 menit", "10 menit"]
    assert rows[0] == ["Telaah Kepala Dinas", "15 menit", "0 menit", "0 menit", "Sesuai mutu baku"]


def test_a_step_that_took_too_long_says_so(stage: Stage) -> None:
    number = stage.case("confirm")
    stage.clock.forward(minutes=16)
    for action in WAYS["done"][1:]:
        stage.act(number, action)
    row = table(page(stage), "Waktu penanganan per langkah")[0]
    assert row == ["Telaah Kepala Dinas", "15 menit", "16 menit", "16 menit", "Di atas mutu baku"]


def test_open_cases_are_counted_by_who_has_to_act(busy: Stage) -> None:
    counts = words(page(busy)).partition("Sedang diproses Jumlah permohonan yang menunggu tindakan. ")[2]
    assert counts.startswith("Pemohon 1 Kepala Dinas 0 Kepala Bidang Statistik dan Persandian 0 Statistisi Ahli Muda 0")
    assert "Ahli Muda 0 Verifikator Sertifikat Elektronik 2 Angka" in counts


def test_counting_open_cases_loads_none_of_them(busy: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(SqliteRecords, "waiting_on")
    assert page(busy).status == 200


def test_a_month_can_be_chosen_and_stays_chosen(busy: Stage) -> None:
    found = page(busy, "/rekap?bulan=2026-11")
    assert [row[0] for row in table(found, PER_OFFICE)] == ["Dinas Kesehatan"]
    assert "Permohonan selesai 1 Ditolak 1" in words(found)
    choices = found.html.get_element_by_id("bulan")
    assert [option.get("value") for option in choices.xpath("option")] == ["", "2026-12", "2026-11"]
    assert choices.value == "2026-11"
    assert found.href("/rekap.csv") == "/rekap.csv?bulan=2026-11"
    assert [row[0] for row in spreadsheet(busy, "?bulan=2026-11")[1:]] == ["2026-11"]


@pytest.mark.parametrize("month", ["2026-10", "2026", "2026-1", "x", "%00", "2026-11'--", "20" * 5000])
def test_a_month_of_which_there_is_nothing_means_all_of_them(busy: Stage, month: str) -> None:
    assert len(table(page(busy, f"/rekap?bulan={month}"), PER_OFFICE)) == 2
    assert len(spreadsheet(busy, f"?bulan={month}")) == 3


def test_a_holder_is_no_longer_counted_once_the_certificate_has_ended(stage: Stage) -> None:
    stage.case(*WAYS["done"])
    assert "yang masih berlaku 1" in words(page(stage))
    stage.clock.forward(days=3 * 366)
    assert "yang masih berlaku 0" in words(page(stage))
    assert [row[-1] for row in spreadsheet(stage)[1:]] == ["0"]


# --- the spreadsheet ---


def test_the_table_opens_in_a_spreadsheet_set_to_indonesian(busy: Stage) -> None:
    found = page(busy, "/rekap.csv")
    assert found.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert found.headers["Content-Disposition"] == 'attachment; filename="rekap-penerbitan.csv"'
    assert found.body.startswith(b"\xef\xbb\xbfBulan;Perangkat daerah (OPD);Selesai;Ditolak;")
    assert found.body.count(b"\r\n") == found.body.count(b"\n") == 3 + 1 + 7
    assert spreadsheet(busy)[1:] == [
        ["2026-12", "BKPSDM", "1", "0", "1", "1", "0", "1"],
        ["2026-11", "Dinas Kesehatan", "1", "1", "0", "0", "0", "1"],
    ]


def test_the_spreadsheet_has_the_minutes_of_each_step_beside_the_standard(stage: Stage) -> None:
    number = stage.case("confirm")
    stage.clock.forward(minutes=16)
    for action in WAYS["done"][1:]:
        stage.act(number, action)
    stage.clock.forward(days=30)
    stage.case(*WAYS["withdrawn"])
    heads, *rows = sheets(stage)[1]

    assert heads == ["Langkah", "Mutu baku (menit)", "Permohonan", "Rata-rata", "Median"]
    assert rows[0] == ["Telaah Kepala Dinas", "15", "1", "16", "16"]
    assert [row[1] for row in rows] == ["15", "15", "15", "10", "20", "10"]
    (_, *december) = sheets(stage, "?bulan=2026-12")[1]
    assert december[0] == ["Telaah Kepala Dinas", "15", "0", "", ""]


def test_the_file_of_a_month_is_called_after_it(busy: Stage) -> None:
    headers = page(busy, "/rekap.csv?bulan=2026-12").headers
    assert headers["Content-Disposition"] == 'attachment; filename="rekap-penerbitan-2026-12.csv"'


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+62811", "'+62811"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ('Dinas "Contoh"; Bagian = 1', 'Dinas "Contoh"; Bagian = 1'),
    ],
)
def test_no_office_becomes_a_formula_or_another_column(stage: Stage, typed: str, cell: str) -> None:
    stage.case(*WAYS["done"], opd="Lainnya", opd_lainnya=typed)
    (row,) = spreadsheet(stage)[1:]
    assert row[:3] == ["2026-11", cell, "1"]


def test_an_office_is_only_text_on_the_page(stage: Stage) -> None:
    stage.case(*WAYS["done"], opd="Lainnya", opd_lainnya="<script>alert(1)</script>")
    found = page(stage)
    assert table(found, PER_OFFICE)[0][0] == "<script>alert(1)</script>"
    assert not found.html.xpath("//main//script")


def test_what_somebody_typed_and_never_confirmed_is_not_published(stage: Stage) -> None:
    stage.case("lapse", opd="Lainnya", opd_lainnya="Menangkan hadiah di jahat.example")
    assert "jahat.example" not in page(stage).text
    assert spreadsheet(stage)[1][1] == "Lainnya"


def test_the_recap_names_nobody(busy: Stage) -> None:
    texts: list[Any] = [page(busy).body.decode(), page(busy, "/rekap.csv").body.decode("utf-8-sig")]
    for text in texts:
        assert not any(secret in text for secret in (*SECRETS, FORM["nip"], FORM["email"], "TTE-26"))


# --- the pictures ---


def pictures(page: Page) -> dict[str, str]:
    """What each picture of the page says to who cannot see it, by its title."""
    return {svg.findtext("title"): svg.findtext("desc") for svg in page.html.iter("svg") if svg.get("role") == "img"}


def test_pictures_stand_beside_the_tables_and_tell_nothing_of_one_or_two(busy: Stage) -> None:
    told = pictures(page(busy))
    assert told["Pemilik Sertifikat Elektronik per Perangkat daerah (OPD)"] == "Seluruhnya, dari 2: kurang dari 3."
    assert told["Permohonan per bulan"] == "November 2026: kurang dari 3; Desember 2026: 3."
    minutes = told["Waktu penanganan per langkah dibandingkan dengan mutu baku"]
    assert minutes.startswith("Telaah Kepala Dinas, mutu baku 15 menit: kurang dari 3; ")


def test_a_picture_names_the_offices_that_have_three_holders(stage: Stage) -> None:
    for _ in range(3):
        stage.case(*WAYS["done"])
    stage.case(*WAYS["done"], opd="BKPSDM")
    told = pictures(page(stage))
    label = "Pemilik Sertifikat Elektronik per Perangkat daerah (OPD)"
    assert told[label] == "Dinas Kesehatan: 3; 1 yang lain bersama-sama: kurang dari 3."
    minutes = told["Waktu penanganan per langkah dibandingkan dengan mutu baku"]
    assert minutes.startswith("Telaah Kepala Dinas, mutu baku 15 menit: 0 menit; ")
    assert "Permohonan per bulan" not in told


def test_no_picture_of_nothing(stage: Stage) -> None:
    assert pictures(page(stage)) == {}
