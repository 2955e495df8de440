"""What keeps nobody out while the register is kept, and while a holder renews what is about to end."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, expect

from portal.usecases.upkeep import Upkeep
from tests.support.chromium import Person, assert_no_barriers
from tests.support.city import VERIFIKATOR, City
from tests.support.in_chromium import Someone
from tests.support.people import Applicant
from tests.support.walks import WALKS

pytestmark = [pytest.mark.browser, pytest.mark.long]

HEAD = "Nomor seri;Nama;NIP;Email;Perangkat daerah;Berlaku mulai;Berlaku sampai"
FAULTY = f"""{HEAD}
9C:01;Rahmat Contoh;12;bukan-email;;01/06/2025;kapan-kapan
9C:01;R;;r@x.go.id;BKPSDM;01/06/2025;2024-01-01
"""
ISSUED = [
    f"9C:{n:02}:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77;Pemilik {chr(65 + n)} Contoh;;pemilik{n}@tarakankota.go.id;"
    f"Badan Kepegawaian dan Pengembangan Sumber Daya Manusia;01/12/2024;{'2026-11-01' if n == 0 else '2027-01-01'}"
    for n in range(26)
]
"""More than fits on a page of the register; the first is over, the others end soon."""


def test_keeping_the_register_and_renewing_have_no_barriers(someone: Someone, city: City, rendered: list[str]) -> None:
    me, holder = someone(phone=False), someone(phone=False)
    siti = city.applicant().apply()
    assert assert_no_barriers(_register(me, holder, siti, city), rendered) >= WALKS["register"]
    assert me.complaints == holder.complaints == []


def _register(me: Person, holder: Person, siti: Applicant, city: City) -> Iterator[tuple[str, Person]]:
    def import_table(content: str) -> None:
        picker = me.page.locator("#berkas")
        expect(picker).to_have_css("opacity", "1")
        picker.set_input_files(_table(content))
        me.press("Periksa berkas")

    def open_desk() -> None:
        city.official(VERIFIKATOR).desk()
        me.go(city.mailbox.link(VERIFIKATOR, "meja"))

    open_desk()
    yield "desk of who keeps the register", me
    me.press("Register Sertifikat Elektronik")
    me.sees("Belum ada. Daftar ini bertambah")
    yield "register, empty", me

    me.press("Impor dari berkas")
    yield "import", me
    with me.expecting(422):
        import_table("")
    yield "import, no table", me
    with me.expecting(422):
        import_table(FAULTY)
    me.sees("Tidak satu baris pun diimpor")
    yield "import, to be mended", me
    table = "\n".join([HEAD, *ISSUED])
    import_table(table)
    me.sees("Yang akan diimpor")
    yield "import, shown first", me
    me.press("Impor 26 baris")
    me.sees("26 baris berkas itu sudah ada di register")
    yield "import, taken in", me
    import_table(table)
    me.sees("Tidak ada yang baru")
    yield "import, nothing new", me

    city.hand_over(siti)
    open_desk()
    me.go("/meja/register")
    me.sees("Masih berlaku", "Pemilik B")
    yield "register", me
    me.press("Berikutnya")
    me.sees("SITI CONTOH")
    yield "register, further on", me
    me.fill({"cari": "tidak ada"})
    me.press("Cari di register")
    me.sees("Tidak ada yang cocok")
    yield "register, nothing found", me
    me.fill({"cari": "Pemilik C"})
    me.press("Cari di register")
    me.press("Pemilik C Contoh")
    yield "entry, imported", me
    me.open_choice("change")
    yield "entry, change", me
    with me.expecting(422):
        me.decide("change", "Periksa dahulu", email="bukan-email")
    yield "entry, change with errors", me
    ticks = {"reason": "mutasi"}
    me.decide("change", "Periksa dahulu", ticks, email="pemilik.baru@tarakankota.go.id", on="2026-11-23")
    me.sees("periksa kembali", "semula pemilik2@tarakankota.go.id")
    yield "check of a change", me
    me.press("Catat perubahan")
    me.sees("Yang tercatat")
    yield "entry, changed", me

    me.go(f"/meja/register/penerbitan/entri/{siti.ticket}")
    me.open_choice("revoke")
    yield "entry, revoke", me
    with me.expecting(422):
        me.decide("revoke", "Periksa dahulu")
    yield "entry, revoke with errors", me
    ticks = {"reason": "telepon_hilang"}
    me.decide("revoke", "Periksa dahulu", ticks, on="2026-11-25", note="Telepon hilang di pelabuhan.")
    me.sees("periksa kembali", "rekapitulasi berkurang")
    yield "check of a revocation", me

    Upkeep(city.house.office).look_after_register()
    holder.go(city.mailbox.link("pemilik3@tarakankota.go.id", "perpanjang"))
    holder.sees("Sebagian data belum tercatat")
    yield "renewal of what was imported", holder
    holder.press("Lengkapi data")
    yield "renewal, the rest to be filled in", holder
    city.clock.forward(days=680)
    Upkeep(city.house.office).look_after_register()
    renewal = city.mailbox.link(siti.email, "perpanjang")
    holder.go(renewal)
    holder.sees("Apakah ada yang berubah?")
    yield "renewal", holder
    holder.press("Tidak ada yang berubah")
    yield "renewal, documents", holder
    open_desk()
    me.go(f"/meja/register/penerbitan/entri/{siti.ticket}")
    me.decide("revoke", "Periksa dahulu", ticks, on="2028-10-01")
    me.press("Catat pencabutan")
    me.sees("Telepon genggam hilang")
    yield "entry, revoked", me
    me.go("/meja/register/penerbitan")
    me.page.get_by_role("link", name="Dicabut").click()
    me.sees("SITI CONTOH")
    yield "register, by how they stand", me
    holder.go(renewal)
    holder.sees("Tidak dapat diperpanjang")
    yield "renewal of what was revoked", holder


def _table(content: str) -> FilePayload:
    return {"name": "terbit.csv", "mimeType": "text/csv", "buffer": content.encode()}
