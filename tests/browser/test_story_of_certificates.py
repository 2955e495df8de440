"""The life of two certificates in a real browser: one is renewed in time, one is revoked.

How an application comes to its end is told by ``test_story``; here it goes there without pictures.
"""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from playwright.sync_api import ViewportSize, expect

from portal.commands.cli import main
from portal.usecases.upkeep import Upkeep
from tests.support import recapped
from tests.support.chromium import Person
from tests.support.city import VERIFIKATOR, City
from tests.support.in_chromium import EMAIL, Someone, sample_file
from tests.support.people import KINDS
from tests.support.sessions import BEFORE_THE_PORTAL

pytestmark = [pytest.mark.browser, pytest.mark.long]

SIZES: tuple[ViewportSize, ...] = ({"width": 390, "height": 844}, {"width": 1280, "height": 900})
RAHMAT = "rahmat@tarakankota.go.id"
FIFTY_DAYS_BEFORE = datetime(2028, 10, 5, 1, 0, tzinfo=UTC)


def test_one_certificate_is_renewed_and_another_is_revoked(someone: Someone, city: City) -> None:
    keeper, siti = someone(album="register", size=SIZES[0]), someone(album="renewal", size=SIZES[0])
    first = city.applicant().apply()
    city.hand_over(first)

    # What was handed over is in the register; what was issued before the portal comes in from a table.
    _open_desk(keeper, city)
    _shoot(keeper, "meja")
    keeper.press("Register Sertifikat Elektronik")
    keeper.sees("SITI CONTOH", "4A1F2209", "24 November 2028")
    keeper.press("Impor dari berkas")
    _shoot(keeper, "impor")
    table = {"name": "lama.csv", "mimeType": "text/csv", "buffer": BEFORE_THE_PORTAL.encode()}
    keeper.page.locator("#berkas").set_input_files(table)  # type: ignore[arg-type]
    keeper.press("Periksa berkas")
    _shoot(keeper, "impor-diperiksa")
    keeper.press("Impor 2 baris")
    keeper.go("/meja/register")
    keeper.sees("SITI CONTOH", "Rahmat Contoh")
    _shoot(keeper, "register")
    keeper.page.get_by_role("link", name="Berakhir", exact=True).click()
    keeper.sees("Wati Contoh")
    keeper.go("/meja/register")
    keeper.press("SITI CONTOH")
    keeper.sees("Berlaku", f"Permohonan {first.ticket}")
    _shoot(keeper, "entri")
    assert "2028-11-24  Berlaku  SITI CONTOH" in _clerk(city, "register", "list")

    # Rahmat lost his phone: his ends before its time, the recap falls today, and he is told.
    assert recapped.recap(city.house.office).total_holders == 2
    keeper.go("/meja/register")
    keeper.fill({"cari": "Rahmat"})
    keeper.press("Cari di register")
    keeper.sees("1 cocok")
    _shoot(keeper, "dicari")
    keeper.press("Rahmat Contoh")
    keeper.open_choice("revoke")
    _shoot(keeper, "mencabut")
    reason = {"reason": "telepon_hilang"}
    keeper.decide("revoke", "Periksa dahulu", reason, on="2026-11-25", note="Hilang di Pelabuhan Malundung.")
    keeper.sees("periksa kembali", "Rahmat Contoh", "25 November 2026", "Hilang di Pelabuhan Malundung.")
    _shoot(keeper, "mencabut-diperiksa")
    keeper.press("Catat pencabutan")
    keeper.sees("Tercatat", "Dicabut", "Telepon genggam hilang")
    _shoot(keeper, "dicabut")
    assert recapped.recap(city.house.office).total_holders == 1
    keeper.go("/rekap")
    keeper.sees("yang masih berlaku tidak dirinci")
    _shoot(keeper, "rekap")
    (told,) = city.mailbox.to(RAHMAT, "dicabut")
    assert "25 November 2026" in told["text"]
    assert "Dicabut  Rahmat Contoh" in _clerk(city, "register", "list")

    # Two years on, fifty days before the end, Siti is told, and applies again by the link of that letter.
    city.clock.at = FIFTY_DAYS_BEFORE
    Upkeep(city.house.office).look_after_register()
    (letter,) = city.mailbox.to(EMAIL, "akan berakhir")
    assert "24 November 2028" in letter["text"]
    _open_desk(keeper, city)
    keeper.go("/meja/register")
    keeper.sees("Akan berakhir")
    siti.open_mail(EMAIL, "perpanjang")
    siti.sees("SITI CONTOH", "24 November 2028", "Apakah ada yang berubah?")
    assert siti.page.url.endswith("/perpanjang"), "the secret stays in the address"
    _shoot(siti, "perpanjangan")
    siti.page.get_by_role("button", name="Ada yang berubah", exact=True).click()
    siti.sees("5 dari 5 bagian lengkap")
    _shoot(siti, "data")
    siti.press("Data diri pemohon")
    expect(siti.page.locator("[name=nik]")).to_have_value("6473014501900001")
    siti.page.go_back()
    siti.press("Jabatan dan unit kerja")
    siti.fill({"jabatan": "Analis Kebijakan Ahli Muda"})
    siti.press("Lanjut")
    _shoot(siti, "berkas")
    for kind in KINDS:
        siti.choose(kind, sample_file(kind))
        expect(siti.card(kind).get_by_text("Terunggah", exact=True)).to_be_visible()
    siti.press("Lanjut: periksa kembali")
    siti.sees("SITI CONTOH", "Analis Kebijakan Ahli Muda")
    _shoot(siti, "periksa")
    siti.page.get_by_role("checkbox").check()
    siti.press("Kirim Permohonan")
    second = city.applicant()
    second.ticket = siti.page.locator("#nomor-tiket").inner_text().strip()
    _shoot(siti, "terkirim")

    # The renewal runs to its end; the old one is replaced by it.
    city.hand_over(second, serial="5B2C3310", valid_from="2028-10-09", valid_until="2030-10-09")
    siti.go(f"/status/{second.ticket}")
    siti.sees("Selesai")
    siti.open_mail(EMAIL, "permohonan", second.ticket)
    siti.sees("Selesai", "5B2C3310")
    _shoot(siti, "selesai")
    _open_desk(keeper, city)
    keeper.go(f"/meja/register/penerbitan/entri/{first.ticket}")
    keeper.sees("Diganti")
    _shoot(keeper, "diganti")
    keeper.press("Lihat penggantinya")
    keeper.sees("Berlaku", "5B2C3310")
    keeper.go("/meja/register")
    _shoot(keeper, "register-akhir")
    assert "2028-11-24  Diganti  SITI CONTOH" in _clerk(city, "register", "list")

    # The old letter's link leads on and makes no third one.
    siti.open_mail(EMAIL, "perpanjang")
    siti.sees("Tidak perlu diperpanjang")
    _shoot(siti, "tidak-lagi")
    assert keeper.complaints == siti.complaints == []


def _open_desk(keeper: Person, city: City) -> None:
    city.official(VERIFIKATOR).desk()
    keeper.go(city.mailbox.link(VERIFIKATOR, "meja"))


def _clerk(city: City, *command: str) -> str:
    """What the clerk reads on the command line of the same portal."""
    data = str(city.house.config.data)
    told = CliRunner().invoke(main, ["--data", data, *command], env={"SERVICES": None}, obj={"clock": city.clock})
    assert told.exit_code == 0, told.output
    return told.output


def _shoot(me: Person, name: str) -> None:
    """On a phone and on a desk; the phone is what the person goes on with."""
    for size in reversed(SIZES):
        me.page.set_viewport_size(size)
        me.shoot(name)
