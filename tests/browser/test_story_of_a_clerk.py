"""A day at the front desk, on the clerk's phone and without a command line: found, called, redirected, sent again."""

import re

import pytest
from playwright.sync_api import expect

from portal.engines.ports import CameBack
from tests.support.chromium import Person
from tests.support.city import KADIS, OTHER_VERIFIKATOR, City
from tests.support.in_chromium import EMAIL, Someone, sample_file

pytestmark = [pytest.mark.browser, pytest.mark.long]

BUDI, WATI, LAMA = "budi@tarakankota.go.id", "wati@tarakankota.go.id", "lama@tarakankota.go.id"
RIGHT = "siti.betul@tarakankota.go.id"


def test_a_clerks_day_from_the_morning_link_to_the_register(someone: Someone, city: City) -> None:
    office = city.house.office.services.office["email"]
    siti, budi, wati = _yesterday(city)
    me = someone(album="petugas")

    # She comes in by a link and a code, and her desk says what there is to do.
    me.go("/petugas")
    me.fill({"email": office})
    me.press("Kirim tautan")
    me.sees("Periksa email Anda")
    me.go(city.mailbox.link(office, "petugas/masuk"))
    me.press("Kirim kode")
    me.sees("Kode enam angka dikirim")
    me.fill({"kode": _code(city, office)})
    me.press("Masuk")
    me.sees("Meja petugas", "1 email tidak sampai")
    me.shoot("meja")

    # Somebody at the counter has lost his email: he is found by a part of his name, and gets a new link.
    search = me.page.locator("form.find-case")
    me.fill({"cari": "budi"}, search)
    me.press("Cari", search)
    me.sees("BUDI CONTOH", budi, "Dikembalikan untuk perbaikan", "Nama tidak terbaca.")
    me.shoot("ditemukan")
    before = len(city.mailbox.to(BUDI))
    me.open_choice("resend").locator("[name=kepada]").first.check()
    me.decide("resend", "Kirim tautan baru", alasan="Email terhapus, datang ke loket.")
    me.sees("Email dengan tautan baru sedang dikirim")
    me.shoot("tautan-baru")
    assert len(city.mailbox.to(BUDI)) == before + 1
    _mends(someone(), city, budi)
    me.page.reload()
    me.sees("Menunggu Kepala Dinas")

    # An email came back: she calls, the address was mistyped, and the letter goes to the right one.
    me.go("/petugas/email")
    me.sees("Alamat menolak email", siti)
    expect(me.page.locator("a[href^='tel:']").first).to_be_visible()
    me.shoot("email-kembali")
    me.page.get_by_role("link", name=siti).click()
    me.press("Betulkan salah ketik pada data")
    me.fill({"email": RIGHT, "alasan": "Salah ketik, dikonfirmasi lewat telepon."})
    me.press("Periksa dahulu")
    me.sees("Belum ada yang tersimpan", RIGHT)
    me.shoot("betulkan")
    me.press("Simpan pembetulan")
    me.sees("Tercatat")
    assert city.mailbox.link(RIGHT, "konfirmasi", siti)
    me.go("/petugas/email")
    me.sees("Semua email terkirim")

    # A step lies with two: she gives it to one of them, who alone hears of it.
    me.go(f"/petugas/permohonan/{wati}")
    to_whom = me.open_choice("assign").locator("label", has_text="Wati Contoh")
    me.shoot("serahkan")
    to_whom.first.click()
    before = len(city.mailbox.to(OTHER_VERIFIKATOR))
    me.decide("assign", "Serahkan", alasan="Yang lain tugas luar.")
    me.sees("Permohonan ada pada")
    me.shoot("diserahkan")
    assert len(city.mailbox.to(OTHER_VERIFIKATOR)) == before + 1

    # Somebody asks whether his is still good: the register says until when.
    me.go("/petugas/register")
    me.fill({"cari": "lama"})
    me.press("Cari di register")
    me.sees("1 cocok", "LAMA CONTOH", "24 November 2028")
    me.shoot("register")
    me.go("/petugas")
    me.press("Keluar")
    me.sees("Kirim tautan")
    assert me.complaints == []


def _yesterday(city: City) -> tuple[str, str, str]:
    """What the morning finds: an address that does not exist, a return, a case with those who verify, and one done."""
    city.hand_over(city.applicant(nama_ktp="LAMA CONTOH", email=LAMA, nik="6473014501900009").apply())
    siti = city.applicant().apply()
    budi = city.applicant(nama_ktp="BUDI CONTOH", email=BUDI, nik="6473014501900002").apply()
    wati = city.applicant(nama_ktp="WATI CONTOH", email=WATI, nik="6473014501900003").apply()
    for person in (budi, wati):
        person.confirm()
    kadis = city.official(KADIS)
    kadis.decide(budi.ticket, "return", items=["ktp"], reason="ktp_tidak_terbaca", note="Nama tidak terbaca.")
    city.forward_to_verifikator(wati.ticket)
    assert city.mailbox.to(EMAIL, siti.ticket)
    told = CameBack([(siti.ticket, 1, "confirm_address", EMAIL, "")], "550 5.1.1 user unknown", True)
    city.house.office.records.came_back(told, city.clock())
    return siti.ticket, budi.ticket, wati.ticket


def _mends(budi: Person, city: City, ticket: str) -> None:
    budi.go(city.mailbox.link(BUDI, "permohonan", ticket))
    budi.press("Perbaiki permohonan")
    budi.choose("ktp", sample_file("ktp"))
    expect(budi.card("ktp").get_by_text("Terunggah", exact=True)).to_be_visible()
    budi.press("Kirim perbaikan")
    budi.sees("Perbaikan")
    assert budi.complaints == []


def _code(city: City, email: str) -> str:
    """Of the newest email to this address."""
    found = re.search(r"Kode Anda: (\d{3}) (\d{3})", city.mailbox.to(email, "Kode")[-1]["text"])
    assert found
    return "".join(found.groups())
