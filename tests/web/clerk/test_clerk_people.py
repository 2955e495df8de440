"""A clerk appoints officials, lets them act, be away and go: told what follows, then done, and recorded."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.browser_without_javascript import Page
from tests.support.clerk import EMAIL, ClerkInPerson
from tests.support.keeper import words
from tests.support.stage import KADIS, OTHER_VERIFIKATOR, VERIFIKATOR, Stage
from tests.support.ways import TO_VERIFIKATOR, WAYS

PEOPLE = "/petugas/pejabat"
DEWI = {"nama": "Dewi Contoh", "email": "dewi@tarakankota.go.id", "kedudukan": "tetap"}


@pytest.fixture
def clerk(stage: Stage) -> ClerkInPerson:
    return ClerkInPerson.at_the_desk(stage)


def day(stage: Stage, ahead: int = 0) -> str:
    return (stage.office.today() + timedelta(days=ahead)).isoformat()


def fill(clerk: ClerkInPerson, **typed: str | list[str]) -> Page:
    """The form to appoint somebody, sent to be told what follows."""
    page = clerk.get(f"{PEOPLE}/tunjuk")
    given: dict[str, Any] = {"jabatan": ["penerbitan/kadis"], **DEWI, **typed}
    return clerk.browser.submit(page, page.form("/periksa"), **given)


def confirm(clerk: ClerkInPerson, page: Page, button: str = "") -> Page:
    return clerk.browser.submit(page, page.form("/catat"), button)


def person(clerk: ClerkInPerson, name: str) -> Page:
    return clerk.get(clerk.get(PEOPLE).html.xpath(f"//a[contains(., '{name}')]/@href")[0])


def change(clerk: ClerkInPerson, name: str, which: str, **typed: str) -> Page:
    page = person(clerk, name)
    (form,) = page.html.xpath(f"//form[.//input[@name='perubahan' and @value='{which}']]")
    return clerk.browser.submit(page, form, **typed)


def test_what_follows_is_told_before_somebody_is_appointed_and_who_did_it_is_recorded(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    for _ in range(3):
        stage.case("confirm")
    known = len(stage.mail())
    page = fill(clerk, jabatan=["penerbitan/kadis", "penerbitan/kabid"])
    told = words(page)
    assert "3 permohonan yang kini menunggu berpindah" in told
    assert "Sekarang 1 email dikirim, berisi semua permohonan itu: kepada Dewi Contoh." in told
    assert DEWI["email"] not in {official.email for official in stage.records.officials()}, "only told so far"
    done = confirm(clerk, page, "Tunjuk Dewi Contoh")
    assert "Penunjukan tercatat" in words(done)
    assert len(stage.mail()) == known + 1
    appointed = [official for official in stage.records.officials() if official.email == DEWI["email"]]
    assert [official.role for official in appointed] == ["kadis", "kabid"]
    assert {(deed.what, deed.email) for o in appointed for deed in o.deeds} == {("appoint", EMAIL)}
    assert all(deed.at <= stage.clock.at for o in appointed for deed in o.deeds)
    assert EMAIL in words(person(clerk, "Dewi"))
    confirm(clerk, page)  # a second click
    assert len(stage.mail()) == known + 1
    assert all(len(o.deeds) == 1 for o in stage.records.officials() if o.email == DEWI["email"])


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"nama": " "}, "nama", "Isi nama pejabat"),
        ({"nip": "1970"}, "nip", "1970 bukan NIP"),
        ({"email": "a@x.id,b@x.id"}, "email", "bukan alamat email"),
        ({"kedudukan": "Plt."}, "surat", "Penunjukan Plt. memerlukan nomor surat perintah"),
        ({"kedudukan": "Plh.", "surat": "8"}, "sampai", "Isi hari terakhirnya"),
        ({"sampai": "2020-01-05"}, "sampai", "5 Januari 2020, sudah lewat"),
        ({"sampai": "besok"}, "sampai", "Tulis tanggalnya"),
        ({"mulai": "32/1/2027"}, "mulai", "Tulis tanggalnya"),
        ({"jabatan": []}, "jabatan", "Pilih sekurang-kurangnya satu jabatan"),
        ({"jabatan": ["penerbitan/walikota"]}, "jabatan", "Pilih sekurang-kurangnya satu jabatan"),
        ({"email": KADIS.upper()}, "mulai", "sudah ditunjuk untuk jabatan ini pada waktu yang sama"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_is_kept(
    shared_stage: Stage, typed: dict[str, str | list[str]], field: str, said: str
) -> None:
    clerk, before = ClerkInPerson.at_the_desk(shared_stage), shared_stage.dump()
    page = fill(clerk, **typed)
    assert page.status == 422
    (wrong,) = page.html.xpath(f"//*[contains(@class, 'wrong')][.//*[@name='{field}']]//p[@class='error']")
    assert said in wrong.text_content()
    for name, value in {**DEWI, **typed}.items():
        if name in ("nama", "email", "nip", "surat", "sampai") and isinstance(value, str) and value.strip():
            assert page.html.xpath(f"//input[@name='{name}']/@value")[0].lower() == value.strip().lower()
    assert shared_stage.dump() == before


def test_nothing_is_done_of_which_nobody_was_told_what_follows(stage: Stage, clerk: ClerkInPerson) -> None:
    page = fill(clerk)
    for akibat in ("", "0" * 16):
        again = clerk.browser.submit(page, page.form("/catat"), akibat=akibat)
        assert "Yang akan terjadi" in words(again)
    assert DEWI["email"] not in {official.email for official in stage.records.officials()}


def test_a_plh_for_days_to_come_is_told_with_its_end_and_can_be_cancelled(stage: Stage, clerk: ClerkInPerson) -> None:
    stage.case("confirm")
    page = fill(clerk, kedudukan="Plh.", surat="800/7/2026", mulai=day(stage, 2), sampai=day(stage, 4))
    told = words(page)
    assert "Rahmawati Contoh tidak menerima permohonan dan pengingat" in told
    assert "bila saat itu masih menunggu" in told
    assert "semuanya kembali dengan sendirinya" in told
    back = clerk.browser.submit(page, page.form("/catat"), "Ubah dulu")
    assert back.html.xpath("//input[@name='surat']/@value") == ["800/7/2026"]
    confirm(clerk, page)
    page = change(clerk, "Dewi", "batalkan")
    assert "Tidak ada email yang dikirim" in words(page)
    confirm(clerk, page)
    assert "Penunjukan dibatalkan" in words(confirm(clerk, page)), "twice is once"
    (dewi,) = (official for official in stage.records.officials() if official.email == DEWI["email"])
    assert [deed.what for deed in dewi.deeds] == ["appoint", "cancel"]
    assert not any(dewi.serves(stage.office.today() + timedelta(days=n)) for n in range(9))


def test_whoever_goes_needs_a_successor_while_cases_wait(stage: Stage, clerk: ClerkInPerson) -> None:
    stage.case("confirm")
    page = change(clerk, "Rahmawati", "akhiri", sampai=day(stage))
    assert (page.status, "Tunjuk penggantinya lebih dahulu" in words(page)) == (422, True)
    assert page.html.xpath("//input[@id='akhiri-sampai']/@value") == [day(stage)]
    confirm(clerk, fill(clerk))
    page = change(clerk, "Rahmawati", "akhiri", sampai=day(stage, -1))
    assert "1 permohonan yang kini menunggu berpindah" in words(page)
    assert "Akhir tugas tercatat" in words(confirm(clerk, page))
    page = change(clerk, "Dewi", "akhiri", sampai=day(stage, -9))
    assert (page.status, "sudah lewat" in words(page)) == (422, True)


def test_leave_is_for_all_offices_of_a_person_and_can_be_taken_back(stage: Stage, clerk: ClerkInPerson) -> None:
    number = stage.case(*TO_VERIFIKATOR)
    stage.mail()
    page = change(clerk, "Andi", "cuti", mulai=day(stage), sampai=day(stage, 3))
    told = words(page)
    assert "Wati" in told
    confirm(clerk, page)
    away = next(official for official in stage.records.officials() if official.email == VERIFIKATOR)
    today = stage.office.today()
    assert away.away == ((today, today + timedelta(days=3)),)
    page = change(clerk, "Wati", "cuti", mulai=day(stage), sampai=day(stage))
    assert (page.status, "Penggantinya" in words(page) or "penggantinya" in words(page)) == (422, True)
    (wrong,) = page.html.xpath("//form[.//input[@value='cuti']]//p[@class='error']")
    assert ("penggantinya" in wrong.text_content(), page.html.xpath("//*[@aria-invalid='true']")) == (True, [])
    page = change(clerk, "Andi", "masuk")
    confirm(clerk, page)
    back = next(official for official in stage.records.officials() if official.email == VERIFIKATOR)
    assert (back.away, [deed.what for deed in back.deeds]) == ((), ["absent", "present"])
    assert number in stage.mail()[-1]["text"]


def test_a_name_is_corrected_and_nobody_hears_of_it(stage: Stage, clerk: ClerkInPerson) -> None:
    stage.case("confirm")
    known = len(stage.mail())
    refused = change(clerk, "Rahmawati", "betulkan", nama="", nip="12")
    assert refused.status == 422
    page = change(clerk, "Rahmawati", "betulkan", nama="Dra. Rahmawati", nip="")
    assert "Tidak ada email yang dikirim" in words(page)
    confirm(clerk, page)
    assert "Dra. Rahmawati" in words(clerk.get(PEOPLE))
    assert len(stage.mail()) == known


def test_what_follows_is_told_anew_where_it_has_changed_meanwhile(stage: Stage, clerk: ClerkInPerson) -> None:
    page = fill(clerk)
    assert "Tidak ada permohonan yang berpindah" in words(page)
    stage.case("confirm")
    again = confirm(clerk, page)
    assert "Keadaannya berubah" in words(again)
    assert "1 permohonan yang kini menunggu berpindah" in words(again)
    assert "Penunjukan tercatat" in words(confirm(clerk, again))


def test_the_page_says_what_is_not_in_order(stage: Stage, clerk: ClerkInPerson) -> None:
    assert "Semua jabatan terisi" in words(clerk.get(PEOPLE))
    page = change(clerk, "Rahmawati", "akhiri", sampai=day(stage, 3))
    assert "Tidak ada pejabat lain pada jabatan ini" in words(page)
    confirm(clerk, page)
    assert "Ada 1 hal yang perlu dibereskan" in words(clerk.get(PEOPLE))
    assert OTHER_VERIFIKATOR in words(clerk.get(PEOPLE))


def test_how_many_visitors_each_receives_is_set_and_visits_on_leave_are_told(
    stage: Stage, clerk: ClerkInPerson
) -> None:
    number = stage.case(*WAYS["booked"])
    assert not person(clerk, "Rahmawati").html.xpath("//input[@name='sekaligus']")
    refused = change(clerk, "Andi", "kapasitas", sekaligus="dua")
    assert (refused.status, "Tulis angka 0 sampai 99" in words(refused)) == (422, True)
    page = change(clerk, "Andi", "kapasitas", sekaligus="2")
    assert "Kunjungan yang sudah disepakati tetap" in words(page)
    confirm(clerk, page)
    assert "Kunjungan sekaligus 2 orang" in words(person(clerk, "Andi"))
    slot = stage.load(number).slot
    assert slot
    away = slot.date().isoformat()
    page = change(clerk, "Andi", "cuti", mulai=away, sampai=away)
    assert "1 kunjungan sudah disepakati" in words(page)
    assert page.html.xpath(f"//a[@href='/petugas/kunjungan?hari={away}']")
    kadis = next(official for official in stage.records.officials() if official.email == KADIS)
    stage.records.appoint(replace(kadis, role="verifikator", since=date(2026, 1, 5)))
    page = change(clerk, "Rahmawati", "cuti", mulai=away, sampai=away)
    assert "1 kunjungan sudah disepakati" in words(page), "of whichever of her offices receives visitors"


def test_an_address_is_set_right_once_it_was_told_what_follows(stage: Stage, clerk: ClerkInPerson) -> None:
    stage.case(*TO_VERIFIKATOR)
    wrong = change(clerk, "Wati", "alamat", email="wati")
    assert (wrong.status, wrong.html.xpath("//input[@id='alamat-email']/@value")) == (422, ["wati"])
    taken = change(clerk, "Wati", "alamat", email=VERIFIKATOR)
    assert (taken.status, taken.html.xpath("//input[@id='alamat-email']/@aria-invalid")) == (422, ["true"])
    page = change(clerk, "Wati", "alamat", email=" wati.benar@tarakankota.go.id ")
    told = words(page)
    for said in ("dikirim ke wati.benar@tarakankota.go.id", f"ke {OTHER_VERIFIKATOR} tidak berlaku", "1 permohonan"):
        assert said in told
    assert OTHER_VERIFIKATOR in {official.email for official in stage.records.officials() if not official.until}
    for _ in range(2):
        assert confirm(clerk, page, "Betulkan alamat Wati Contoh").status == 200
    (fresh,) = [o for o in stage.records.officials() if o.email == "wati.benar@tarakankota.go.id"]
    assert (fresh.formerly, fresh.deeds[-1].what, fresh.deeds[-1].email) == ((OTHER_VERIFIKATOR,), "readdress", EMAIL)
