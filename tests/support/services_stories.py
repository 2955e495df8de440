"""The made-up services, start to finish, over HTTP, as people do it in a browser without JavaScript."""

from typing import Any

from tests.support import recapped
from tests.support.city import City
from tests.support.document_specimens import pdf
from tests.support.people import Applicant
from tests.support.signed import added_to, signed

VERIFIKATOR, KASI = "verifikator.kartu@samarajaya.example", "kasi.infrastruktur@samarajaya.example"
LESTARI = {
    "nama": "Lestari Rekaan",
    "nomor_pegawai": "400123",
    "jabatan": "Arsiparis",
    "surel": "lestari@samarajaya.example",
    "email": "lestari@samarajaya.example",
    "nomor_kartu": "70001234",
}


WIRA = {
    "nama": "Wira Rekaan",
    "nomor_pegawai": "400456",
    "jabatan": "Pustakawan",
    "surel_pribadi": "wira@kotak.example",
    "email": "wira@kotak.example",
    "nama_akun": "wira.rekaan",
}
KADIS, KABID, ANALIS = "kadis@samarajaya.example", "kabid.infrastruktur@samarajaya.example", "analis@samarajaya.example"
SEKRETARIS, ADMINISTRATOR = "sekretaris@samarajaya.example", "administrator@samarajaya.example"
OPERATOR = "operator@samarajaya.example"


def holder(city: City, **differently: Any) -> Applicant:
    return city.applicant("perpanjangan", **{**LESTARI, **differently})


def renewal(city: City) -> None:
    """With one return to the applicant, as real ones have; it ends in "Selesai"."""
    lestari = holder(city)

    # Nobody applies for it himself; the page says who begins it.
    assert "dibuka oleh Verifikator Kartu" in city.public.get("/ajukan/perpanjangan").text

    # 1. The verifikator fills in the form for the holder, from his desk; nobody has to confirm an address.
    verifikator = city.official(VERIFIKATOR)
    ticket = verifikator.begin_for(lestari, "perpanjangan")
    assert city.status(ticket)["state"] == "asked"
    assert city.status(ticket)["next"]["by"] == "Pemegang Kartu"
    assert not city.mailbox.to(lestari.email, "onfirmasi")
    assert city.mailbox.to(VERIFIKATOR, "permohonan dibuka verifikator")

    # 2. The holder uploads the form by an emailed link; without it the case does not go on.
    page = lestari.open()
    early = lestari.browser.submit(page, page.form("/tugas"))
    assert (early.status, "belum diunggah" in early.text) == (422, True)
    done = lestari.do_task()
    assert "Formulir perpanjangan dikirim" in done.text
    assert [step["position"] for step in city.status(ticket)["steps"]][:3] == ["done", "done", "current"]

    # 3. The verifikator sees the form, has it mended once, and reports that the work is done.
    case = verifikator.open(ticket)
    assert "Formulir perpanjangan" in case.text
    verifikator.press(case, "return", items=["formulir_perpanjangan"], reason="formulir_kurang", note="Tanda tangan.")
    assert city.status(ticket)["state"] == "returned"
    lestari.mend()
    verifikator.decide(ticket, "complete", note="Berlaku sampai 2028.")

    # 4. The holder does something and says so, with one button; a second click changes nothing.
    page = lestari.open()
    assert "Tempelkan kartu" in page.text
    form = page.form("/tugas")
    first = lestari.browser.submit(page, form)
    second = lestari.browser.submit(page, form)
    assert first.status == second.status == 200
    assert city.status(ticket)["steps"][4]["position"] == "current"

    # 5. and 6. Two officials do their part; then it is over.
    assert "Kartu dinyatakan aktif" in city.official(KASI).open(ticket).text
    city.official(KASI).decide(ticket, "complete")
    receipt = verifikator.decide(ticket, "complete")
    assert "Dicatat dan diarsipkan" in receipt.text
    assert (city.status(ticket)["label"], city.status(ticket)["closed"]) == ("Selesai", True)
    assert city.mailbox.to(lestari.email, "Permohonan selesai")
    assert "Selesai" in lestari.open().text

    kept = city.house.office.records.load(ticket)
    assert kept.first_damage() is None
    assert {document.kind for document in kept.documents} == {"daftar_kartu", "formulir_perpanjangan"}
    assert recapped.recap(city.house.office, "perpanjangan").outcomes == {"done": 1}


def account(city: City) -> None:
    """Down to the administrator, and a letter drafted, sent back twice and signed on the way up; ends in "Selesai"."""
    wira = city.applicant("surel", **WIRA)
    kadis, kabid, operator = city.official(KADIS), city.official(KABID), city.official(OPERATOR)

    # 1. and 2. Wira applies and confirms; the head of the agency forwards. Row 3 is printed, and no step of the portal.
    wira.send(wira.upload_all(wira.fill_in("/ajukan/surel")))
    wira.confirm()
    ticket = wira.ticket
    kadis.decide(ticket, "forward", instructions=["proses"])
    told = city.status(ticket)["steps"]
    assert [step["number"] for step in told] == [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert "Pencatatan buku agenda" in city.public.get(f"/status/{ticket}").text  # on the chart

    # 4. The head of division gives it back to the official before, who reads why, and forwards it again.
    case = kabid.open(ticket)
    assert "Langkah 4 dari 12" in case.text
    kabid.press(case, "send_back", reason="lain", note="Mohon arahan kuota.")
    assert city.status(ticket)["steps"][1]["position"] == "current"
    again = kadis.open(ticket)
    assert "Mohon arahan kuota." in again.text
    assert "Mohon arahan kuota." not in wira.open().text
    kadis.press(again, "forward", instructions=["pertimbangan"], note="Kuota 10 GB.")
    kabid.decide(ticket, "forward", instructions=["proses"])

    # 5. The analyst reports that the work is done.
    city.official(ANALIS).decide(ticket, "complete", note="Cukup 10 GB.")

    # 6. Either of two roles may act: both are told and have it on their desks; whoever is first acts.
    administrator = city.official(ADMINISTRATOR)
    assert city.mailbox.to(ADMINISTRATOR, ticket)
    assert ticket in administrator.desk().text
    assert ticket in operator.desk().text
    late = administrator.open(ticket)
    operator.decide(ticket, "complete")
    assert "Akun surel dibuat" in administrator.press(late, "complete").text
    assert "Operator Surel" in city.public.get(f"/status/{ticket}").text

    # 7. to 9. The letter is drafted, goes back once, and is initialled on the way up.
    operator.decide(ticket, "complete")
    kabid.decide(ticket, "send_back", reason="naskah_keliru")
    assert "Naskah surat perlu diperbaiki" in operator.open(ticket).text
    operator.decide(ticket, "complete", note="Sudah diperbaiki.")
    kabid.decide(ticket, "complete")
    city.official(SEKRETARIS).decide(ticket, "complete")

    # 10. The head of the agency signs elsewhere and brings the letter; the portal reads who signed it.
    page = kadis.open(ticket)
    assert kadis.press(page, "sign").status == 422
    for letter, words in (
        (pdf(), "tidak ada tanda tangan"),
        (added_to(signed("Bagas Rekaan")), "ditambahkan sesudahnya"),
    ):
        refused = kadis.bring(kadis.open(ticket), "surat_pemberitahuan", letter)
        assert (refused.status, words in refused.text) == (422, True)
    brought = kadis.bring(kadis.open(ticket), "surat_pemberitahuan", signed("Bagas Rekaan"))
    assert "Common Name: Bagas Rekaan" in brought.text
    assert "periksa dengan layanan verifikasi milik penerbit sertifikat" in brought.text
    receipt = kadis.press(brought, "sign")
    assert "Common Name: Bagas Rekaan" in receipt.text

    # 11. and 12. Wira reads the letter, makes the account his own, and says so; the administrator puts it away.
    page = wira.open()
    assert wira.browser.get(page.href("/berkas/surat_pemberitahuan")).body == signed_letter(city, ticket)
    wira.do_task()
    administrator.decide(ticket, "complete")
    assert (city.status(ticket)["label"], city.status(ticket)["closed"]) == ("Selesai", True)
    assert city.mailbox.to(wira.email, "Permohonan selesai")
    kept = city.house.office.records.load(ticket)
    assert kept.first_damage() is None
    assert [event.action for event in kept.events].count("send_back") == 2


def signed_letter(city: City, ticket: str) -> bytes:
    """The letter as it is kept with the case."""
    kept = city.house.office.records.load(ticket).document("surat_pemberitahuan")
    return city.house.office.files.read(kept.key, kept.version)
