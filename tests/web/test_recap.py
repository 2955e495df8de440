"""The recap for everybody, as a page and as a table that spreadsheets open as it is."""

import csv
import io
from typing import Any

import pytest

from portal.engines.local.records import SqliteRecords
from tests.support.browser_without_javascript import Page
from tests.support.stage import Stage
from tests.support.ways import FORM, SECRETS, WAYS

PER_MONTH = "Per bulan"
PER_OFFICE = "Per Perangkat daerah (OPD)"


def page(stage: Stage, path: str = "/rekap") -> Page:
    answer = stage.browser().get(path)
    return Page(path, answer.status_code, dict(answer.headers), answer.data)


def words(page: Page) -> str:
    return " ".join(" ".join(page.html.get_element_by_id("isi").itertext()).split())


def table(page: Page, caption: str) -> list[list[str]]:
    """The rows of a table of the page, cell by cell."""
    rows = page.html.xpath(f"//*[@aria-label='{caption}']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]


def sheets(stage: Stage, query: str = "") -> list[list[list[str]]]:
    """The tables of the CSV as a spreadsheet set to Indonesian reads them, which empty lines part."""
    body = page(stage, f"/rekap.csv{query}").body.decode("utf-8-sig")
    found: list[list[list[str]]] = [[]]
    for row in csv.reader(io.StringIO(body), delimiter=";"):
        found[-1].append(row) if row else found.append([])
    return found


@pytest.fixture(scope="module")
def busy(shared_stage: Stage) -> Stage:
    """Two offices, two months, every way to end, and three cases under way; nobody adds to them."""
    stage = shared_stage
    for state in ("done", "done", "done", "rejected"):
        stage.case(*WAYS[state])
    stage.clock.forward(days=30)
    for state in ("done", "done", "done", "done", "withdrawn", "withdrawn", "lapsed"):
        stage.case(*WAYS[state], opd="BKPSDM")
    stage.case(*WAYS["sent"])
    stage.case(*WAYS["refused"])
    stage.case(*WAYS["unconfirmed"])
    return stage


def done_three_times(stage: Stage, **form: str) -> None:
    for _ in range(3):
        stage.case(*WAYS["done"], **form)


def test_before_anything_is_closed_the_page_says_so(stage: Stage) -> None:
    found = page(stage)
    assert found.status == 200
    assert "Belum ada permohonan yang selesai." in words(found)
    assert table(found, "Waktu penanganan per langkah")[0][1:] == ["15 menit", "–", "–", "Belum ada data"]
    assert "/rekap.csv" not in found.body.decode()
    assert not found.html.xpath("//main//form")
    months, offices, steps = sheets(stage)
    assert (len(months), len(offices), len(steps)) == (1, 1, 7)


def test_offices_and_months_are_counted(busy: Stage) -> None:
    found = page(busy)
    assert table(found, PER_MONTH) == [
        ["Desember 2026", "4", "0", "3", "0", "4"],
        ["November 2026", "3", "tidak dirinci", "0", "0", "3"],
    ]
    assert table(found, PER_OFFICE) == [
        ["BKPSDM", "4", "0", "3", "0", "4"],
        ["Dinas Kesehatan", "3", "tidak dirinci", "0", "0", "3"],
    ]
    assert "Sertifikat Elektronik yang masih berlaku 7" in words(found)
    assert "selesai 7 Ditolak tidak dirinci Dibatalkan atau tidak dikonfirmasi 3" in words(found)


def test_the_time_of_each_step_stands_beside_the_standard(busy: Stage) -> None:
    rows = table(page(busy), "Waktu penanganan per langkah")
    assert [row[1] for row in rows] == ["15 menit", "15 menit", "15 menit", "10 menit", "20 menit", "10 menit"]
    assert rows[0] == ["Telaah Kepala Dinas", "15 menit", "0 menit", "0 menit", "Sesuai mutu baku"]


def took_too_long(stage: Stage, cases: int) -> None:
    numbers = [stage.case("confirm") for _ in range(cases)]
    stage.clock.forward(minutes=16)
    for number in numbers:
        stage.act(number, WAYS["done"][1])
    for number in numbers:
        for action in WAYS["done"][2:]:
            stage.act(number, action)


def test_a_step_that_took_too_long_says_so(stage: Stage) -> None:
    took_too_long(stage, 3)
    row = table(page(stage), "Waktu penanganan per langkah")[0]
    assert row == ["Telaah Kepala Dinas", "15 menit", "16 menit", "16 menit", "Di atas mutu baku"]


def test_what_one_or_two_cases_took_is_not_told(stage: Stage) -> None:
    took_too_long(stage, 2)
    row = table(page(stage), "Waktu penanganan per langkah")[0]
    assert row == ["Telaah Kepala Dinas", "15 menit", "–", "–", "Tidak dirinci"]
    assert sheets(stage)[-1][1] == ["Telaah Kepala Dinas", "15", "tidak dirinci", ""]


def test_nothing_of_one_or_two_stands_on_the_page_or_in_the_spreadsheet(stage: Stage) -> None:
    stage.case(*WAYS["done"])
    stage.case(*WAYS["rejected"], opd="BKPSDM")
    found = page(stage)
    cells = [cell for caption in (PER_MONTH, PER_OFFICE) for row in table(found, caption) for cell in row[1:]]
    assert set(cells) == {"0", "tidak dirinci"}
    assert "2 Perangkat daerah (OPD) tidak disebut" in words(found)
    rows = [row[1:] for sheet in sheets(stage)[:2] for row in sheet[1:]]
    assert {cell for row in rows for cell in row} == {"0", "tidak dirinci"}


def test_an_office_of_one_is_found_from_no_other_figure_of_the_page(stage: Stage) -> None:
    """Not from the sum and the other offices, nor from the months."""
    done_three_times(stage)
    stage.case(*WAYS["done"])
    stage.clock.forward(days=30)
    stage.case(*WAYS["done"], opd="BKPSDM")
    found = page(stage)
    assert "Permohonan selesai 5" in words(found)
    assert not table(found, PER_OFFICE)
    assert "2 Perangkat daerah (OPD) tidak disebut" in words(found)
    assert [row[:2] for row in table(found, PER_MONTH)] == [
        ["Desember 2026", "tidak dirinci"],
        ["November 2026", "tidak dirinci"],
    ]
    for month in ("2026-11", "2026-12"):
        assert "Permohonan selesai tidak dirinci" in words(page(stage, f"/rekap?bulan={month}"))


def test_open_cases_are_counted_by_who_has_to_act(busy: Stage) -> None:
    counts = words(page(busy)).partition("Sedang diproses Jumlah permohonan yang menunggu tindakan. ")[2]
    assert counts.startswith("Pemohon 1 Kepala Dinas 0 Kepala Bidang Statistik dan Persandian 0 Statistisi Ahli Muda 0")
    assert "Ahli Muda 0 Verifikator Sertifikat Elektronik 2 Angka" in counts


def test_counting_open_cases_loads_none_of_them(busy: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(SqliteRecords, "waiting_on")
    assert page(busy).status == 200


def test_a_month_can_be_chosen_and_stays_chosen(busy: Stage) -> None:
    found = page(busy, "/rekap?bulan=2026-11")
    assert "Permohonan selesai 3 Ditolak tidak dirinci" in words(found)
    assert not found.html.xpath(f"//*[@aria-label='{PER_OFFICE}']")
    choices = found.html.get_element_by_id("bulan")
    assert [option.get("value") for option in choices.xpath("option")] == ["", "2026-12", "2026-11"]
    assert choices.value == "2026-11"
    assert found.href("/rekap.csv") == "/rekap.csv?bulan=2026-11"
    months, steps = sheets(busy, "?bulan=2026-11")
    assert [row[0] for row in months[1:]] == ["2026-11"]
    assert steps[1] == ["Telaah Kepala Dinas", "15", "0", "0"]


@pytest.mark.parametrize("month", ["2026-10", "2026", "2026-1", "x", "%00", "2026-11'--", "20" * 5000])
def test_a_month_of_which_there_is_nothing_means_all_of_them(busy: Stage, month: str) -> None:
    assert len(table(page(busy, f"/rekap?bulan={month}"), PER_MONTH)) == 2
    assert len(sheets(busy, f"?bulan={month}")[0]) == 3


def test_a_holder_is_no_longer_counted_once_the_certificate_has_ended(stage: Stage) -> None:
    done_three_times(stage)
    assert "yang masih berlaku 3" in words(page(stage))
    stage.clock.forward(days=3 * 366)
    assert "yang masih berlaku 0" in words(page(stage))
    assert [row[-1] for row in sheets(stage)[0][1:]] == ["0"]


# --- the spreadsheet ---


def test_the_table_opens_in_a_spreadsheet_set_to_indonesian(busy: Stage) -> None:
    found = page(busy, "/rekap.csv")
    assert found.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert found.headers["Content-Disposition"] == 'attachment; filename="rekap-penerbitan.csv"'
    assert found.body.startswith(b"\xef\xbb\xbfBulan;Selesai;Ditolak;")
    assert found.body.count(b"\r\n") == found.body.count(b"\n") == 3 + 1 + 3 + 1 + 7
    months, offices, _ = sheets(busy)
    assert months[1:] == [["2026-12", "4", "0", "3", "0", "4"], ["2026-11", "3", "tidak dirinci", "0", "0", "3"]]
    assert offices == [
        ["Perangkat daerah (OPD)", *months[0][1:]],
        ["BKPSDM", "4", "0", "3", "0", "4"],
        ["Dinas Kesehatan", "3", "tidak dirinci", "0", "0", "3"],
    ]


def test_the_spreadsheet_has_the_minutes_of_each_step_beside_the_standard(stage: Stage) -> None:
    took_too_long(stage, 3)
    stage.clock.forward(days=30)
    stage.case(*WAYS["withdrawn"])
    heads, *rows = sheets(stage)[-1]

    assert heads == ["Langkah", "Mutu baku (menit)", "Rata-rata", "Median"]
    assert rows[0] == ["Telaah Kepala Dinas", "15", "16", "16"]
    assert [row[1] for row in rows] == ["15", "15", "15", "10", "20", "10"]
    (_, *december) = sheets(stage, "?bulan=2026-12")[-1]
    assert december[0] == ["Telaah Kepala Dinas", "15", "0", ""]


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
    done_three_times(stage, opd="Lainnya", opd_lainnya=typed)
    (row,) = sheets(stage)[1][1:]
    assert row[:2] == [cell, "3"]


def test_an_office_is_only_text_on_the_page(stage: Stage) -> None:
    done_three_times(stage, opd="Lainnya", opd_lainnya="<script>alert(1)</script>")
    found = page(stage)
    assert table(found, PER_OFFICE)[0][0] == "<script>alert(1)</script>"
    assert not found.html.xpath("//main//script")


def test_what_somebody_typed_and_never_confirmed_is_not_published(stage: Stage) -> None:
    for _ in range(3):
        stage.case("lapse", opd="Lainnya", opd_lainnya="Menangkan hadiah di jahat.example")
    assert "jahat.example" not in page(stage).text
    assert sheets(stage)[1][1][0] == "Lainnya"


def test_the_recap_names_nobody(busy: Stage) -> None:
    texts: list[Any] = [page(busy).body.decode(), page(busy, "/rekap.csv").body.decode("utf-8-sig")]
    for text in texts:
        assert not any(secret in text for secret in (*SECRETS, FORM["nip"], FORM["email"], "TTE-26"))


# --- the pictures ---


def pictures(page: Page) -> dict[str, str]:
    """What each picture of the page says to who cannot see it, by its title."""
    return {svg.findtext("title"): svg.findtext("desc") for svg in page.html.iter("svg") if svg.get("role") == "img"}


def test_pictures_stand_beside_the_tables(busy: Stage) -> None:
    told = pictures(page(busy))
    assert told["Pemilik Sertifikat Elektronik per Perangkat daerah (OPD)"] == "BKPSDM: 4; Dinas Kesehatan: 3."
    assert told["Permohonan selesai per bulan"] == "November 2026: 3; Desember 2026: 4."
    minutes = told["Waktu penanganan per langkah dibandingkan dengan mutu baku"]
    assert minutes.startswith("Telaah Kepala Dinas, mutu baku 15 menit: 0 menit; ")


def test_pictures_tell_nothing_of_one_or_two(stage: Stage) -> None:
    stage.case(*WAYS["done"])
    told = pictures(page(stage))
    assert told == {"Pemilik Sertifikat Elektronik per Perangkat daerah (OPD)": "Seluruhnya, dari 1: kurang dari 3."}


def test_a_picture_names_the_offices_that_have_three_holders(stage: Stage) -> None:
    done_three_times(stage)
    for office in ("BKPSDM", "BKPSDM", "BPKAD"):
        stage.case(*WAYS["done"], opd=office)
    told = pictures(page(stage))
    label = "Pemilik Sertifikat Elektronik per Perangkat daerah (OPD)"
    assert told[label] == "Dinas Kesehatan: 3; 2 yang lain bersama-sama: 3."
    minutes = told["Waktu penanganan per langkah dibandingkan dengan mutu baku"]
    assert minutes.startswith("Telaah Kepala Dinas, mutu baku 15 menit: 0 menit; ")
    assert "BKPSDM" not in "".join(told.values())


def test_no_picture_of_nothing(stage: Stage) -> None:
    assert pictures(page(stage)) == {}
