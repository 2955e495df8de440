"""What keeps no clerk out: from the link to the code, and at every page of the desk."""

import re
from collections.abc import Iterator

import pytest

from portal.core.application import Actor
from portal.core.notices import notice
from tests.support.chromium import Person, assert_no_barriers
from tests.support.city import KADIS, VERIFIKATOR, City
from tests.support.in_chromium import Someone
from tests.support.walks import WALKS

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_clerk_s_desk_has_no_barriers(someone: Someone, city: City, rendered: list[str]) -> None:
    me = someone(phone=False)
    assert assert_no_barriers(_clerk(me, city), rendered) >= WALKS["clerk"]
    assert me.complaints == []


def _clerk(me: Person, city: City) -> Iterator[tuple[str, Person]]:
    email = city.house.office.services.office["email"]
    siti = city.applicant().apply()
    siti.confirm()
    budi = city.applicant(nama_ktp="BUDI CONTOH").apply()
    budi.confirm()
    city.clock.forward(days=4)
    _fail(city, siti.ticket)
    me.go("/petugas")
    yield "entrance", me
    me.fill({"email": email})
    me.press("Kirim tautan")
    me.sees("Periksa email Anda")
    yield "link on its way", me
    me.go(city.mailbox.link(email, "petugas/masuk"))
    me.sees("portal mengirim kode enam angka")
    yield "door", me
    me.press("Kirim kode")
    me.sees("Kode enam angka dikirim")
    yield "code on its way", me
    with me.expecting(422):
        me.fill({"kode": "1"})
        me.press("Masuk")
    me.sees("Sisa percobaan")
    yield "wrong code", me
    me.fill({"kode": _code(city, email)})
    me.press("Masuk")
    me.sees("Perlu perhatian", "1 email tidak sampai")
    yield "desk", me
    me.go("/petugas/perhatian")
    yield "all that is stuck", me
    me.go("/petugas/akan-terjadi")
    me.sees("Inilah yang dilakukan portal sendiri")
    yield "what is ahead", me
    me.go("/petugas/permohonan")
    me.sees("2 permohonan")
    yield "all cases", me
    me.fill({"cari": "tidak ada"})
    me.press("Tampilkan")
    me.sees("Tidak ada yang cocok")
    yield "no case found", me
    me.go(f"/petugas/permohonan/{siti.ticket}")
    me.sees("catatannya utuh")
    yield "case", me
    me.go(f"/petugas/permohonan/{siti.ticket}/betulkan")
    yield "answers to set right", me
    me.fill({"nama_ktp": "SITI BETUL", "alasan": "Salah ketik."})
    me.press("Periksa dahulu")
    me.sees("Belum ada yang tersimpan")
    yield "what is set right", me
    city.forward_to_verifikator(budi.ticket)
    for action in ("dispatch", "accept", "invite"):
        city.official(VERIFIKATOR).decide(budi.ticket, action, **({"checklist": "*"} if action == "dispatch" else {}))
    me.go(f"/petugas/permohonan/{budi.ticket}/kunjungan")
    me.sees("datang tanpa jadwal")
    yield "visit", me
    me.go("/petugas/kunjungan")
    yield "visits, none", me
    me.go("/petugas/email")
    me.sees("Alamat menolak email")
    yield "mail that failed", me
    me.press("Sudah dikabari lewat telepon")
    me.sees("Ditandai sudah ditangani")
    yield "mail seen to", me
    me.go("/petugas/register")
    me.sees("Belum ada.")
    yield "the register", me
    me.go("/petugas/pejabat")
    yield "officials", me
    yield from _appointing(me)
    yield from _asked_for_data(me, siti.ticket)
    yield from _asked_to_erase(me, siti.ticket, city)


def _asked_for_data(me: Person, ticket: str) -> Iterator[tuple[str, Person]]:
    me.go("/petugas/data-pribadi")
    with me.expecting(422):
        me.fill({"siapa": "Siti"})
        me.press("Cari")
    me.sees("Tulis nomor tiket, NIK, NIP")
    yield "nobody in particular", me
    me.fill({"siapa": ticket})
    me.press("Cari")
    me.sees("Unduh data dan berkas")
    yield "what is kept of somebody", me
    me.press("Unduh data saja")
    me.go("/petugas/unduhan")
    me.sees("Data satu orang")
    yield "who took what", me


def _asked_to_erase(me: Person, ticket: str, city: City) -> Iterator[tuple[str, Person]]:
    city.house.cases.withdraw(city.house.office.records.load(ticket))
    me.go("/petugas/data-pribadi")
    me.fill({"siapa": ticket})
    me.press("Cari")
    me.press("Periksa yang dapat dihapus")
    me.sees("Belum ada yang dihapus", "Masih berjalan")
    yield "what would be erased", me
    with me.expecting(422):
        me.press("Hapus data pribadi ini")
    me.sees("Centang ini")
    yield "not sure yet", me
    me.fill({"dasar": "unused", "alasan": "Surat 800/12", "pasti": "ya"})
    me.press("Hapus data pribadi ini")
    me.sees("Data pribadi dihapus")
    yield "erased", me
    me.go(f"/petugas/permohonan/{ticket}")
    me.sees("atas permintaan pemiliknya")
    yield "a case without its data", me


def _appointing(me: Person) -> Iterator[tuple[str, Person]]:
    me.press("Tunjuk pejabat, Plt., atau Plh.")
    with me.expecting(422):
        me.fill({"jabatan": "penerbitan/kadis", "kedudukan": "Plt.", "nama": "Dewi Contoh"})
        me.press("Lihat akibatnya")
    me.sees("memerlukan nomor surat perintah")
    yield "not to be appointed so", me
    me.fill({"surat": "800/7/2026", "email": "dewi@tarakankota.go.id"})
    me.press("Lihat akibatnya")
    me.sees("Yang akan terjadi", "Dewi Contoh")
    yield "what would follow", me
    me.press("Tunjuk Dewi Contoh")
    me.sees("Penunjukan tercatat")
    me.press("Plt. Dewi Contoh")
    me.sees("Riwayat penunjukan")
    yield "one official", me


def _code(city: City, email: str) -> str:
    """Of the newest email to this address."""
    found = re.search(r"Kode Anda: (\d{3}) (\d{3})", city.mailbox.to(email, "Kode")[-1]["text"])
    assert found
    return "".join(found.groups())


def _fail(city: City, ticket: str) -> None:
    """An email about a case that its recipient's server refuses."""
    at, records = city.house.office.clock(), city.house.office.records
    owed = notice("turn", Actor("kadis", "Rahmawati Contoh", email=KADIS), about=ticket, event=2, at=at, occasion="x")
    records.owe([owed])
    records.settle_notice(owed.failed("550 5.1.1 no such user", at, hopeless=True))
