"""On a phone: a clerk with six colleagues from one letter, disposed of once, and one of them returned."""

import pytest
from playwright.sync_api import Locator, expect

from tests.support.chromium import Person
from tests.support.city import KABID, KADIS, City
from tests.support.filler import ABOUT, EMAIL, NAMES, OWN, bring_theirs, colleague, pasted
from tests.support.in_chromium import ANSWERS, Someone, sample_file

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_six_colleagues_from_one_letter_and_one_of_them_returned(someone: Someone, city: City) -> None:
    budi = someone(album="usulan")
    _say_who_he_is(budi, city)
    page = budi.page.url
    budi.press("Buat dan unggah surat")
    budi.choose("surat_permohonan", sample_file("surat_permohonan"))
    budi.sees("Terunggah")

    # Six colleagues as a list from his spreadsheet; of each all that the list says stands in the form already.
    budi.go(f"{page}/daftar")
    budi.fill({"daftar": pasted(6)})
    budi.press("Periksa daftar")
    budi.sees("6 pegawai akan ditambahkan")
    budi.shoot("daftar-dibaca")
    budi.press("Tambahkan")
    budi.sees("6 belum dikirim, 0 berjalan, 0 dikembalikan")
    budi.shoot("enam-pegawai")

    # One he completes himself, photo by photo; the others have brought theirs by links of their own.
    budi.press("Lengkapi", _card(budi, NAMES[0]))
    budi.fill_in({**ANSWERS, **colleague(0)})
    budi.sees("Unggah berkas")
    expect(budi.card("surat_permohonan")).to_have_count(0)
    for kind in OWN:
        budi.choose(kind, sample_file(kind))
        expect(budi.card(kind).get_by_text("Terunggah", exact=True)).to_be_visible()
    bring_theirs(city.house, ANSWERS, 6)

    tickets = [_send(budi, page, name) for name in NAMES]
    budi.go(page)
    budi.sees("0 belum dikirim, 6 berjalan, 0 dikembalikan", "Menunggu ANI CONTOH mengonfirmasi email")
    for number, ticket in enumerate(tickets):
        person = city.applicant(**colleague(number))
        person.ticket = ticket
        person.confirm()

    # The head of the agency reads one case, and disposes of the letter with one more button.
    kadis = someone(album="usulan-kadis")
    kadis.go(city.mailbox.link(KADIS, "telaah", tickets[0]))
    kadis.decide("forward", "Disposisikan", {"instructions": "proses"}, note="Segera diproses.")
    kadis.sees("5 permohonan lain dari surat yang sama")
    kadis.shoot("surat-yang-sama")
    kadis.page.locator("form[action$='/bersama'] button").last.click()
    kadis.sees("5 dari 5 keputusan tercatat")

    # One comes back to the clerk, who mends only that; the others go on.
    kabid = city.official(KABID)
    kabid.decide(tickets[1], "return", items=["ktp"], reason="ktp_tidak_terbaca", note="Nama tidak terbaca.")
    kabid.decide(tickets[2], "forward", instructions=["proses"], note="Lanjutkan.")
    budi.go(city.mailbox.link(EMAIL, "usulan", "dikembalikan"))
    budi.sees("1 permohonan dikembalikan", "Perlu diperbaiki: KTP-el.", "Nama tidak terbaca.")
    assert budi.page.locator(".task").first.inner_text().startswith(NAMES[1]), "what he has to do stands first"
    budi.shoot("satu-dikembalikan")
    budi.press("Perbaiki", _card(budi, NAMES[1]))
    budi.sees(f"Perbaiki permohonan {NAMES[1]}")
    budi.choose("ktp", sample_file("ktp"))
    expect(budi.card("ktp").get_by_text("Terunggah", exact=True)).to_be_visible()
    budi.page.reload()
    expect(budi.card("ktp").get_by_text("Terunggah", exact=True)).to_be_visible()
    budi.shoot("perbaikan")
    budi.press("Kirim perbaikan")
    budi.sees("0 belum dikirim, 6 berjalan, 0 dikembalikan")

    kepala = someone(album="usulan-kabid")
    kepala.go(city.mailbox.link(KABID, "telaah", tickets[1]))
    kepala.sees("Budi Operator memperbaiki untuk pemohon: KTP-el.", "Oleh: Budi Operator, pengisi usulan")
    kepala.shoot("diperbaiki")
    assert [city.house.office.records.load(ticket).state.value for ticket in tickets] == ["waiting"] * 6
    assert budi.complaints + kadis.complaints + kepala.complaints == []


def _say_who_he_is(budi: Person, city: City) -> None:
    budi.go("/usulan")
    budi.fill(ABOUT)
    budi.press("Kirim tautan ke email saya")
    budi.sees("Periksa email Anda")
    budi.go(city.mailbox.link(EMAIL, "usulan"))
    budi.sees("Belum ada pegawai")


def _send(budi: Person, page: str, name: str) -> str:
    budi.go(page)
    budi.press("Periksa dan kirim", _card(budi, name))
    budi.sees("Periksa kembali")
    budi.page.locator("[name='pernyataan']").check()
    budi.press("Kirim")
    return budi.page.locator("#nomor-tiket").inner_text().strip()


def _card(budi: Person, name: str) -> Locator:
    return budi.page.locator(".task").filter(has=budi.page.get_by_role("heading", name=name))
