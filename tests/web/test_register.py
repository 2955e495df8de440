"""The register's pages: who may look, what is found, and what is recorded once and never by looking."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from tests.support import recapped
from tests.support.keeper import LIST, Keeper, imported, words
from tests.support.office_days import mail_to
from tests.support.stage import KADIS, OTHER_VERIFIKATOR, VERIFIKATOR, InProcess, Stage
from tests.support.ways import EMAIL, WAYS

REVOKES = {"reason": "telepon_hilang", "on": "2026-12-01"}


@pytest.fixture
def number(stage: Stage) -> str:
    done = stage.case(*WAYS["done"])
    stage.clock.forward(days=10)
    return done


@pytest.fixture
def keeper(stage: Stage, number: str) -> Keeper:
    return Keeper(stage)


# --- who may look ----------------------------------------------------------------------------------------------------


def test_the_desk_of_whoever_hands_over_leads_to_the_register_and_others_do_not(stage: Stage, number: str) -> None:
    mine, others = Keeper(stage), Keeper(stage, KADIS)
    assert mine.browser.get("/meja").html.xpath(f"//main//a[@href='{LIST}']")
    assert mine.browser.get("/meja/register").url.endswith(LIST)
    assert not others.browser.get("/meja").html.xpath("//main//a[contains(@href, 'register')]")
    for path in ("", f"/entri/{number}", "/impor"):
        page = others.get(path)
        assert page.status == 403
        assert "RAHASIA" not in page.text
    assert others.browser.get("/meja/register").status == 403


def test_without_an_open_desk_nothing_is_seen(stage: Stage, number: str) -> None:
    browser = InProcess(stage.browser())
    assert "Tautan" in browser.get("/meja/register").text
    for path in (LIST, f"{LIST}/entri/{number}"):
        page = browser.get(path)
        assert page.status == 403
        assert "RAHASIA" not in page.text


# --- looking ---------------------------------------------------------------------------------------------------------


def test_an_entry_is_found_by_name_number_serial_and_ticket_and_no_name_is_in_an_address(
    keeper: Keeper, number: str
) -> None:
    imported(keeper.stage, "9C01AA", "Rahmat Contoh")
    for text in ("siti", "RAHASIA siti", "199001052015032001", "4a 1f 22", number):
        page = keeper.search(text)
        assert "SITI RAHASIA" in page.text
        assert "Rahmat" not in page.text
        assert page.url.endswith(LIST)
    assert "Tidak ada yang cocok" in keeper.search("tidak ada").text
    assert "Rahmat" in keeper.get().text


def test_entries_are_chosen_by_how_they_stand(keeper: Keeper) -> None:
    imported(keeper.stage, "OLD1", "Rahmat Lama", "2026-01-01")
    imported(keeper.stage, "SOON1", "Wati Segera", "2026-12-20")
    keeper.records(imported(keeper.stage, "LOST1", "Budi Hilang").id, "revoke", **REVOKES)
    names = ("Rahmat Lama", "Wati Segera", "RAHASIA", "Budi Hilang")
    shown = {
        standing: [name for name in names if name in keeper.get(f"?keadaan={standing}").text]
        for standing in ("", "expiring", "expired", "revoked", "replaced", "sesuatu")
    }
    assert shown == {
        "": ["Wati Segera", "RAHASIA"],
        "expiring": ["Wati Segera"],
        "expired": ["Rahmat Lama"],
        "revoked": ["Budi Hilang"],
        "replaced": [],
        "sesuatu": ["Wati Segera", "RAHASIA"],
    }
    assert "Budi Hilang" in keeper.search("budi").text


def test_a_long_register_is_turned_page_by_page(keeper: Keeper) -> None:
    for place in range(30):
        imported(keeper.stage, f"AB{place:04}", f"Orang {chr(97 + place // 10)}{chr(97 + place % 10)}")
    page = keeper.get()
    people = set(re.findall("Orang [a-z]{2}", words(page)))
    assert len(people) == 25
    page = keeper.browser.get(page.href("sesudah="))
    further = set(re.findall("Orang [a-z]{2}", words(page)))
    assert (len(further), len(people | further)) == (5, 30)
    assert "RAHASIA" in words(page)
    assert "sesudah=" not in page.text
    assert keeper.browser.get(page.href(f"{LIST}#daftar")).text == keeper.get().text
    for odd in ("2027", "2027-06-01#", "x#y", "9999-12-31#" + "A" * 61, "'"):
        assert keeper.get(f"?sesudah={quote(odd)}").text == keeper.get().text
    assert "Tidak ada lagi" in keeper.get(f"?sesudah={quote('9999-12-31#A')}").text


@pytest.mark.parametrize("standing", ["", "revoked"])
def test_a_long_list_is_turned_back_page_by_page(keeper: Keeper, standing: str) -> None:
    for place in range(70):
        kept = imported(keeper.stage, f"AB{place:04}", f"Orang {chr(97 + place // 10)}{chr(97 + place % 10)}")
        if standing:
            keeper.records(kept.id, "revoke", **REVOKES)
    pages = [keeper.get(f"?keadaan={standing}")]
    while "sesudah=" in pages[-1].text:
        pages.append(keeper.browser.get(pages[-1].href("sesudah=")))
    back = [pages[-1]]
    while "sebelum=" in back[-1].text:
        back.append(keeper.browser.get(back[-1].href("sebelum=")))
    shown = [[re.findall("Orang [a-z]{2}", words(page)) for page in some] for some in (pages, back[::-1])]
    assert shown[0] == shown[1]
    assert back[-1].text == pages[0].text
    for odd in ("x#y", "0001-01-01#A"):
        assert keeper.get(f"?keadaan={standing}&sebelum={quote(odd)}").text == pages[0].text


def test_of_many_found_the_first_are_shown_and_more_words_are_asked_for(keeper: Keeper) -> None:
    for place in range(51):
        imported(keeper.stage, f"AB{place:04}", f"Orang {place:02}")
    page = keeper.search("orang")
    assert "51 cocok; 50 yang pertama ditampilkan. Ketik lebih lengkap." in words(page)
    assert words(page).count("Orang ") == 50


def test_what_is_in_no_register_is_said_so(keeper: Keeper) -> None:
    assert keeper.entry("tiada").status == 404
    assert keeper.browser.get("/meja/register/lain").status == 404


# --- recording -------------------------------------------------------------------------------------------------------


def test_a_revocation_is_read_once_more_recorded_and_counts_the_same_day(keeper: Keeper, number: str) -> None:
    assert recapped.rows(keeper.stage.office) == ["2026-11 Dinas Kesehatan done 1, holders 1"]
    page = keeper.checks(number, "revoke", **REVOKES)
    assert "Belum ada yang tercatat" in words(page)
    assert "Telepon genggam hilang" in words(page)
    assert keeper.stage.records.certificate("penerbitan", number).version == 1

    page = keeper.records(number, "revoke", **REVOKES)
    assert "Dicabut" in words(page)
    assert "menunggu penetapan" not in words(page)
    assert recapped.rows(keeper.stage.office) == ["2026-11 Dinas Kesehatan done 1, revoked 1"]
    (mail,) = mail_to(keeper.stage, EMAIL, "dicabut")
    assert "1 Desember 2026" in mail["text"]
    assert "Portal hanya mencatatnya" in mail["text"]
    assert not page.html.xpath("//input[@name='tindakan']")


def test_nobody_revokes_his_own(stage: Stage) -> None:
    own = stage.case(*WAYS["done"], email="wati@tarakankota.go.id")
    stage.clock.forward(days=10)
    entry = stage.records.certificate("penerbitan", own)
    verifikator = next(each for each in stage.records.officials() if each.email == VERIFIKATOR)
    stage.records.appoint(replace(verifikator, number=entry.number))
    keeper = Keeper(stage)
    page = keeper.entry(own)
    assert "Milik Anda sendiri" in words(page)
    assert not page.html.xpath("//input[@name='tindakan']")
    other = Keeper(stage, OTHER_VERIFIKATOR).checks(own, "revoke", **REVOKES)
    form = other.form(f"{LIST}/entri/{own}/catat")
    form.fields["csrf"] = keeper.get().html.xpath("//input[@name='csrf']/@value")[0]
    refused = keeper.browser.submit(other, form)
    assert (refused.status, "dicatat petugas lain" in words(refused)) == (403, True)
    assert stage.records.certificate("penerbitan", own) == entry


def test_what_the_office_has_not_decided_is_said_to_be_pending(keeper: Keeper, number: str) -> None:
    assert "menunggu penetapan DKISP Kota Tarakan" in words(keeper.entry(number))


def test_a_second_click_records_nothing_more_and_refuses_nothing(keeper: Keeper, number: str) -> None:
    page = keeper.checks(number, "revoke", **REVOKES)
    for _ in range(2):
        answer = keeper.browser.submit(page, page.form(f"{LIST}/entri/{number}/catat"))
        assert answer.status == 200
    assert keeper.stage.records.certificate("penerbitan", number).version == 2
    assert len(mail_to(keeper.stage, EMAIL, "dicabut")) == 1


def test_two_who_record_at_once_hear_of_one_another(keeper: Keeper, number: str) -> None:
    other = Keeper(keeper.stage, "verifikator.dua@tarakankota.go.id")
    page = other.checks(number, "revoke", **REVOKES)
    keeper.records(number, "revoke", **REVOKES)
    answer = other.browser.submit(page, page.form(f"{LIST}/entri/{number}/catat"))
    assert answer.status == 409
    assert "baru saja berubah" in words(answer)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"on": "2026-12-01"}, "Pilih alasan pencabutan."),
        ({"reason": "pensiun"}, "Isi tanggal pencabutan."),
        ({"reason": "pensiun", "on": "2027-12-01"}, "Tanggal pencabutan belum tiba."),
        ({"reason": "pensiun", "on": "2026-01-01"}, "mendahului tanggal mulai berlaku"),
        ({"reason": "lainnya", "on": "2026-12-01"}, "Uraikan alasannya."),
        ({"reason": "pensiun", "on": "kemarin"}, "Tulis tanggal pencabutan, misalnya"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_what_was_typed_stays(
    keeper: Keeper, number: str, typed: dict[str, str], sentence: str
) -> None:
    note = "" if typed.get("reason") == "lainnya" else "Disampaikan langsung."
    page = keeper.checks(number, "revoke", note=note, **typed)
    assert page.status == 422
    assert sentence in words(page)
    assert note in page.text
    assert keeper.stage.records.certificate("penerbitan", number).version == 1


def test_a_move_changes_the_holder_and_tells_both_addresses(keeper: Keeper, number: str) -> None:
    new = {"office": "BKPSDM", "email": "siti.baru@tarakankota.go.id"}
    page = keeper.checks(number, "change", reason="mutasi", on="2026-12-02", **new)
    assert "BKPSDM (semula Dinas Kesehatan)" in words(page)
    page = keeper.browser.submit(page, page.form(f"{LIST}/entri/{number}/catat"))
    kept = keeper.stage.records.certificate("penerbitan", number)
    assert (kept.office, kept.email, kept.name) == ("BKPSDM", "siti.baru@tarakankota.go.id", "SITI RAHASIA")
    assert "2026-11 BKPSDM holders 1" in recapped.rows(keeper.stage.office)
    assert [len(mail_to(keeper.stage, address, "diperbarui")) for address in (EMAIL, kept.email)] == [1, 1]


def test_a_change_of_nothing_is_none(keeper: Keeper, number: str) -> None:
    page = keeper.checks(number, "change", reason="mutasi", on="2026-12-02")
    assert page.status == 422
    assert "Belum ada yang berubah" in words(page)


def test_what_has_ended_can_only_be_looked_at(keeper: Keeper, number: str) -> None:
    page = keeper.checks(number, "revoke", **REVOKES)
    old = imported(keeper.stage, "OLD1", "Rahmat Lama", "2026-01-01")
    assert not keeper.entry(old.id).html.xpath("//input[@name='tindakan']")
    form = page.form(f"{LIST}/entri/{number}/catat")
    form.action = f"{LIST}/entri/{old.id}/catat"
    answer = keeper.browser.submit(page, form)
    assert answer.status == 409


def test_a_form_of_another_page_records_nothing(keeper: Keeper, number: str) -> None:
    fields: dict[str, Any] = {"csrf": "x", "tindakan": "revoke", "versi": "1", **REVOKES}
    for path in (LIST, f"{LIST}/entri/{number}/periksa", f"{LIST}/entri/{number}/catat"):
        answer = keeper.browser.client.post(path, data=fields)
        assert answer.status_code == 403
    assert keeper.stage.records.certificate("penerbitan", number).version == 1


def test_back_and_repeat_of_a_posted_address_leads_to_the_entry(keeper: Keeper, number: str) -> None:
    for path in ("periksa", "catat"):
        assert keeper.entry(f"{number}/{path}").url.endswith(f"/entri/{number}")


def test_the_recap_shows_sums_without_names(keeper: Keeper, number: str) -> None:
    for serial in ("SOON1", "SOON2", "SOON3"):
        imported(keeper.stage, serial, "Wati Segera", "2026-12-20")
    keeper.records(number, "revoke", **REVOKES)
    page = InProcess(keeper.stage.browser()).get("/rekap")
    said = words(page)
    assert "masih berlaku 3" in said
    assert "Akan berakhir dalam 60 hari 3" in said
    assert "Dicabut tidak dirinci" in said
    assert recapped.recap(keeper.stage.office).outcomes["revoked"] == 1
    assert not any(name in page.text for name in ("Wati", "RAHASIA", EMAIL))
