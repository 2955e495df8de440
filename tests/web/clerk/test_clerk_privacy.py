"""What is kept about one person is found by any of his numbers and handed out whole, and nobody else's with it."""

import io
import json
import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest

from portal.core.errors import Unavailable
from portal.core.handouts import Handout
from portal.core.persons import known_by
from tests.support.browser_without_javascript import Page
from tests.support.clerk import ClerkInPerson
from tests.support.keeper import words
from tests.support.sessions import SOMEBODY
from tests.support.stage import KADIS, Stage
from tests.support.ways import FORM, SECRETS, WAYS

PATH, LOG = "/petugas/data-pribadi", "/petugas/unduhan"
OTHER = {**SOMEBODY, "nama_ktp": "BUDI LAIN"}


@pytest.fixture
def clerk(stage: Stage) -> ClerkInPerson:
    return ClerkInPerson.at_the_desk(stage)


def find(clerk: ClerkInPerson, who: str) -> Page:
    page = clerk.get(PATH)
    return clerk.browser.submit(page, page.form(PATH), "Cari", siapa=who)


def download(clerk: ClerkInPerson, who: str, **wanted: str) -> tuple[dict[str, bytes], dict[str, Any]]:
    page = find(clerk, who)
    body = urlencode({"csrf": page.html.xpath("//input[@name='csrf']/@value")[0], "siapa": who, **wanted})
    answer = clerk.browser.post(f"{PATH}/unduh", body.encode())
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"].startswith("no-store") or "private" in answer.headers["Cache-Control"]
    with ZipFile(io.BytesIO(answer.body)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    return content, json.loads(content["data.json"])


def test_all_of_one_person_comes_in_one_archive_and_nothing_of_another(stage: Stage, clerk: ClerkInPerson) -> None:
    done, open_, other = stage.case(*WAYS["done"]), stage.case("confirm"), stage.case("confirm", **OTHER)
    stage.draft(("ktp",))
    stage.mail()
    for who in (FORM["nik"], FORM["nip"], FORM["email"].upper(), open_.lower()):
        told = words(find(clerk, who))
        assert "Permohonan 2" in told
        assert "Masih berjalan: datanya diperlukan sampai permohonan ditutup" in told
        assert "Isi berkasnya dihapus sendiri mulai" in told
        assert other not in told
    content, data = download(clerk, FORM["nip"], berkas="ya")
    assert {case["ticket"] for case in data["cases"]} == {done, open_}
    assert [len(data[part]) for part in ("drafts", "register", "appointments")] == [1, 1, 0]
    assert {letter["recipient"] for letter in data["letters"]} == {FORM["email"]}
    files = [name for name in content if name.startswith("berkas/")]
    assert len(files) == sum(len(case["documents"]) for case in data["cases"]) + 1
    index = content["BACA-DULU.txt"].decode("utf-8-sig")
    for said in (done, open_, FORM["nama_ktp"], "Riwayat:", "Kepala Dinas", "DRAF BELUM DIKIRIM", "dikirim 2"):
        assert said in index
    whole = b"".join(content.values()).decode("utf-8", "ignore")
    assert not [value for value in (*OTHER.values(), other) if value in whole]


def test_what_leaves_the_portal_is_kept_with_the_name_of_whoever_took_it_and_nothing_of_what_it_was(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    number, page = stage.case("confirm"), clerk.get(LOG)
    assert "Belum ada yang diunduh atau dihapus" in words(page)
    download(clerk, FORM["nip"])
    stage.clock.forward(minutes=5)
    listed = clerk.get("/petugas/permohonan")
    clerk.post("/petugas/permohonan/xlsx", listed)
    kept = list(stage.records.handouts())
    assert [(each.what, each.name, each.office, each.number, each.tickets) for each in kept] == [
        ("person", "DKISP Kota Tarakan", "Petugas", 1, (number,)),
        ("cases", "DKISP Kota Tarakan", "Petugas", 1, ()),
    ]
    told = words(clerk.get(LOG))
    assert told.index("Daftar permohonan") < told.index("Data satu orang")
    assert number in told
    rows = [row for row in stage.dump()[0] if 'INTO "handout"' in row]
    assert len(rows) == 2
    assert not [secret for secret in SECRETS if secret in f"{told}{rows}"]


def test_nothing_leaves_that_cannot_be_written_down(
    stage: Stage, clerk: ClerkInPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, page = stage.case("confirm"), clerk.get(PATH)

    def refuse(_: object) -> None:
        raise Unavailable("store_unavailable")

    monkeypatch.setattr(stage.office.records, "keep_handout", refuse)
    for path in (f"{PATH}/unduh", "/petugas/permohonan/xlsx"):
        answer = clerk.post(path, page, siapa=number)
        assert (answer.status, "Content-Disposition" in answer.headers) == (503, False)


def test_a_long_list_of_what_was_taken_has_pages(stage: Stage, clerk: ClerkInPerson) -> None:
    for n in range(26):
        stage.records.keep_handout(Handout(stage.clock.at, "cases", f"Rina {n}", "Petugas", n))
    first, second = words(clerk.get(LOG)), words(clerk.get(f"{LOG}?hal=2"))
    assert ("Rina 25" in first, "Rina 0 Petugas" in first, "Rina 0 Petugas" in second) == (True, False, True)


def test_files_that_are_gone_are_named_and_the_archive_may_come_without_files(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    number = stage.case("confirm")
    content, _ = download(clerk, number)
    assert set(content) == {"BACA-DULU.txt", "data.json"}
    stage.office.files.delete(f"applications/{number}/")
    content, data = download(clerk, number, berkas="ya")
    assert "isinya sudah dihapus menurut masa simpan" in content["BACA-DULU.txt"].decode("utf-8-sig")
    assert (len(content), bool(data["cases"][0]["documents"])) == (2, True)


@pytest.mark.parametrize("who", ["", "Siti", "12345", "TTE-26-2222-2222"])
def test_who_is_not_clear_is_asked_again(stage: Stage, clerk: ClerkInPerson, who: str) -> None:
    page = find(clerk, who)
    assert (page.status, page.html.xpath("//input[@name='siapa']/@value")) == (422, [who] if who else [""])
    assert "Tidak ada data yang tersimpan" in words(find(clerk, "siapa@x.id"))


def test_an_official_s_appointments_are_his_data_too(stage: Stage, clerk: ClerkInPerson) -> None:
    _, data = download(clerk, KADIS)
    assert [official["role"] for official in data["appointments"]] == ["kadis"]


def test_what_can_be_nobody_else_s() -> None:
    found = known_by([" Siti@X.id ", "6473 0155 0590 0001", "19850505 201005 1 005", "0812345678", "Siti", 3, ["a@b"]])
    assert found == {"siti@x.id", "6473015505900001", "198505052010051005"}


def test_a_case_that_cannot_be_read_or_whose_edition_is_gone_keeps_nobody_from_his_data(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    whole, strange = stage.case("confirm"), stage.case("confirm")
    broken = stage.case("confirm")
    with closing(sqlite3.connect(stage.data / "portal.sqlite", isolation_level=None)) as database:
        database.execute("UPDATE event SET entry = '{' WHERE ticket = ?", (broken,))
        changed = "UPDATE application SET body = json_set(body, '$.sop_version', 'gone') WHERE ticket = ?"
        database.execute(changed, (strange,))
    content, data = download(clerk, FORM["nik"])
    assert {case["ticket"] for case in data["cases"]} == {whole, strange}
    assert strange in content["BACA-DULU.txt"].decode("utf-8-sig")


# --- drafts that say a name and no more -------------------------------------------------------------------------------

NAMELESS = {"nik": "", "nip": "", "email": "", "hp": ""}


def test_a_draft_without_address_or_number_is_found_by_its_whole_name_and_what_it_says_is_shown(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    draft, other = stage.draft(("ktp",), **NAMELESS), stage.draft((), **{**NAMELESS, "nama_ktp": "BUDI LAIN"})
    page = find(clerk, "  siti   Rahasia ")
    told = words(page)
    assert "Draf yang belum dikirim 1" in told
    assert "Draf ini hanya menyebut nama" in told
    assert FORM["jabatan"] in told
    assert "BUDI LAIN" not in told
    content, data = download(clerk, FORM["nama_ktp"], berkas="ya")
    assert [each["id"] for each in data["drafts"]] == [draft.id]
    assert other.id not in json.dumps(data)
    assert len([name for name in content if name.startswith("berkas/")]) == 1


def test_whoever_is_found_by_a_number_is_not_given_a_namesakes_draft_but_the_clerk_is_told_of_it(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    stage.case("confirm")
    draft = stage.draft((), **NAMELESS)
    page = find(clerk, FORM["nik"])
    assert "Ada draf lain atas nama SITI RAHASIA" in words(page)
    assert "Draf yang belum dikirim 0" in words(page)
    _, data = download(clerk, FORM["nik"])
    assert draft.id not in json.dumps(data)
    page = find(clerk, FORM["nik"])
    page = clerk.browser.submit(page, page.form(PATH, "Lihat draf atas nama itu"), "Lihat draf atas nama itu")
    assert "Draf ini hanya menyebut nama" in words(page)


@pytest.mark.parametrize("who", ["Siti", "SITI RAHASIA LAIN", "Rahasia Siti", "si"])
def test_part_of_a_name_finds_nothing(stage: Stage, clerk: ClerkInPerson, who: str) -> None:
    stage.draft((), **NAMELESS)
    page = find(clerk, who)
    assert page.status == 422
    assert "Bagi draf tanpa itu, tulis nama lengkap" in words(page)


def test_a_draft_found_by_its_name_is_erased_and_the_reason_may_not_say_that_name(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    draft = stage.draft(("ktp",), **NAMELESS)
    page = find(clerk, FORM["nama_ktp"])
    page = clerk.browser.submit(page, page.form(f"{PATH}/hapus"), "Periksa yang dapat dihapus")
    told = clerk.browser.submit(
        page, page.form("laksanakan"), "Hapus data pribadi ini", alasan="Siti Rahasia menelepon", pasti="ya"
    )
    assert told.status == 422
    page = clerk.browser.submit(
        told, told.form("laksanakan"), "Hapus data pribadi ini", alasan="Surat 800/12", pasti="ya"
    )
    assert "Data pribadi dihapus" in words(page)
    assert draft.id not in [each.id for each in stage.records.drafts_before(stage.clock.at.replace(year=2030))]
