"""Colleagues as a list: pasted or from a spreadsheet, judged line by line, taken whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.tables import read, written
from portal.usecases.roster import Reader, Roster
from tests.support.browser_without_javascript import File, Page
from tests.support.filler import Filler, batch_of
from tests.support.stage import InProcess, Stage

HEADS = "Nama\tNIP\tPangkat\tEmail\tNo. HP\tCatatan\n"
EKA = "EKA CONTOH\t19900105 201503 2 007\tPenata (III/c)\tEka.Contoh@tarakankota.go.id\t081234567890\tx\n"
FANI = "FANI CONTOH\t\t\tfani@tarakankota.go.id\t\t\n"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


@pytest.fixture
def budi(stage: Stage) -> Filler:
    return Filler(InProcess(stage.browser()), stage.mailbox_page())


def judged(stage: Stage, text: str) -> Roster:
    words = stage.office.words("penerbitan")
    said = {"twice": "dua kali", "heading": "kolom: {columns}"}
    carried = {"opd": "BKPSDM", "diisi_oleh": "orang_lain"}
    reader = Reader(words.sop, words.form, carried, {"ani@tarakankota.go.id"}, said, stage.office.today())
    return reader.read(read(text.encode()))


def ask(budi: Filler, page: Page, text: str = "", file: File | None = None) -> Page:
    page = budi.browser.get(page.href("/daftar"))
    return budi.browser.submit(page, page.form("/daftar"), daftar=text, berkas=file or File("", b""))


def test_columns_go_by_the_names_that_people_have_for_them_and_answers_are_tidied(stage: Stage) -> None:
    roster = judged(stage, HEADS + EKA + FANI)
    assert roster.faults == ()
    eka, fani = roster.people
    assert (eka["nama_ktp"], eka["nip"], eka["pangkat"]) == ("EKA CONTOH", "199001052015032007", "III/c")
    assert (eka["email"], eka["hp"], eka["opd"]) == ("eka.contoh@tarakankota.go.id", "+6281234567890", "BKPSDM")
    assert "nip" not in fani
    assert roster.ignored == ("Catatan",)


def test_each_fault_is_named_with_its_line_and_nobody_is_taken(stage: Stage) -> None:
    text = HEADS + EKA + "GANI\t123\t\tgani@gmail.com\t\t\n" + "\t\t\t\t\tx\n" + EKA
    found = [(fault.line, fault.column) for fault in judged(stage, text).wrong]
    assert found == [(3, "NIP"), (3, "Email"), (4, "Nama sesuai KTP-el"), (4, "Email"), (5, "Email")]


def test_a_list_without_its_headings_is_asked_for_them(stage: Stage) -> None:
    (fault, other) = judged(stage, EKA).wrong
    assert {fault.column, other.column} == {"Nama sesuai KTP-el", "Email"}
    assert "Nama sesuai KTP-el, Nama dengan gelar, NIK" in fault.sentence


def test_who_is_there_already_is_passed_over(stage: Stage) -> None:
    roster = judged(stage, HEADS + "ANI\t\t\tani@tarakankota.go.id\t\t\n" + FANI)
    assert (len(roster.people), roster.known) == (1, 1)


def test_a_pasted_list_is_read_over_and_then_added_whole_and_twice_is_once(stage: Stage, budi: Filler) -> None:
    batch = batch_of(stage.house, 1)
    check = ask(budi, budi.open(), HEADS + EKA + FANI)
    assert "2 pegawai akan ditambahkan" in check.text
    assert len(stage.house.batches.load(batch.id).members) == 1, "nothing is kept yet"
    for _ in range(2):
        page = budi.browser.submit(check, check.form("/daftar/tambah"))
        assert "EKA CONTOH" in page.text
    assert len(stage.house.batches.load(batch.id).members) == 3
    assert len(budi.mailbox.to("fani@tarakankota.go.id")) == 1


def test_what_was_pasted_stands_there_again_with_what_is_wrong(stage: Stage, budi: Filler) -> None:
    batch = batch_of(stage.house, 1)
    wrong = HEADS + EKA + "GANI\t123\t\tgani@gmail.com\t\t\n"
    check = ask(budi, budi.open(), wrong)
    assert check.status == 422
    assert "Baris 3" in check.text
    assert "Tidak seorang pun ditambahkan" in check.text
    assert check.html.get_element_by_id("daftar").value.strip() == wrong.strip()
    assert len(stage.house.batches.load(batch.id).members) == 1


def test_a_spreadsheet_is_read_as_well_and_our_empty_one_has_our_headings(stage: Stage, budi: Filler) -> None:
    batch_of(stage.house, 1)
    page = budi.open()
    table = written(["Nama", "Email"], [["EKA CONTOH", "eka@tarakankota.go.id"]])
    assert "1 pegawai akan ditambahkan" in ask(budi, page, file=File("daftar.xlsx", table)).text
    empty = budi.browser.get(f"{page.url}/daftar/contoh.xlsx")
    (line, heads), *rows = read(empty.body)
    assert (line, heads[0], rows) == (1, "Nama sesuai KTP-el", [])


def test_what_is_no_list_is_said_and_kept(stage: Stage, budi: Filler) -> None:
    batch_of(stage.house, 1)
    page = budi.open()
    assert ask(budi, page).status == 422
    assert ask(budi, page, file=File("x.xlsx", b"PKzip")).status == 422
