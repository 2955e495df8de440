"""What keeps nobody out who fills in for several people."""

from collections.abc import Iterator

import pytest

from tests.support.chromium import Person, assert_no_barriers
from tests.support.city import City
from tests.support.filler import ABOUT, EMAIL, colleague
from tests.support.in_chromium import Someone, sample_file
from tests.support.walks import WALKS

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_filling_in_for_several_has_no_barriers(someone: Someone, city: City, rendered: list[str]) -> None:
    me = someone(phone=False)
    assert assert_no_barriers(_filling_in(me, city), rendered) >= WALKS["for several"]
    assert me.complaints == []


def _filling_in(me: Person, city: City) -> Iterator[tuple[str, Person]]:
    me.go("/usulan")
    yield "what is asked once", me
    with me.expecting(422):
        me.press("Kirim tautan ke email saya")
    yield "what is asked once, with errors", me
    me.fill(ABOUT)
    me.press("Kirim tautan ke email saya")
    me.sees("Periksa email Anda")
    yield "link sent", me
    me.go(city.mailbox.link(EMAIL, "usulan"))
    page = me.page.url
    yield "nobody yet", me
    me.press("Buat dan unggah surat")
    me.choose("surat_permohonan", sample_file("surat_permohonan"))
    me.sees("Terunggah")
    yield "the letter", me
    for number in range(2):
        me.go(f"{page}/pegawai")
        if not number:
            yield "one more", me
        me.fill({name: colleague(number)[name] for name in ("nama_ktp", "email")})
        me.press("Tambahkan dan isi datanya")
        me.sees("Data diri pemohon")
    me.fill_in({**colleague(1), "tujuan": "Surat dan naskah dinas"})
    me.sees("Unggah berkas")
    yield "documents, without the letter", me
    me.go(page)
    me.sees("2 belum dikirim")
    yield "two colleagues", me
    me.press("Keluarkan")
    yield "take one off", me
    me.go(f"{page}/daftar")
    yield "a list", me
    me.fill({"daftar": "Nama\tEmail\tNIP\nEKA CONTOH\teka@tarakankota.go.id\t123"})
    with me.expecting(422):
        me.press("Periksa daftar")
    yield "a list with faults", me
    me.fill({"daftar": "Nama\tEmail\nEKA CONTOH\teka@tarakankota.go.id"})
    me.press("Periksa daftar")
    me.sees("1 pegawai akan ditambahkan")
    yield "a list read over", me
