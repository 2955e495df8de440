"""The made-up services, start to finish, over HTTP, as people do it in a browser without JavaScript."""

from typing import Any

from tests.support.city import City
from tests.support.people import Applicant

VERIFIKATOR, KASI = "verifikator.kartu@samarajaya.example", "kasi.infrastruktur@samarajaya.example"
LESTARI = {
    "nama": "Lestari Rekaan",
    "nomor_pegawai": "400123",
    "jabatan": "Arsiparis",
    "surel": "lestari@samarajaya.example",
    "email": "lestari@samarajaya.example",
    "nomor_kartu": "70001234",
}


def holder(city: City, **differently: Any) -> Applicant:
    return city.applicant("perpanjangan", **{**LESTARI, **differently})


def renewal(city: City) -> None:
    """With one return to the applicant, as real ones have; it ends in "Selesai"."""
    lestari = holder(city)

    # Nobody applies for it himself; the page says who begins it.
    assert "dibuka oleh Verifikator Kartu" in city.public.get("/ajukan").text

    # 1. The verifikator fills in the form for the holder, from his desk; nobody has to confirm an address.
    verifikator = city.official(VERIFIKATOR)
    ticket = verifikator.begin_for(lestari, "perpanjangan")
    assert city.status(ticket)["state"] == "asked"
    assert city.status(ticket)["next"]["by"] == "Pemegang Kartu"
    assert not city.mailbox.to(lestari.email, "onfirmasi")
    assert city.mailbox.to(VERIFIKATOR, "permohonan dibuka verifikator")

    # 2. The holder uploads the form by an emailed link; without it the case does not go on.
    page = lestari.open()
    early = lestari.browser.submit(page, page.form("/permohonan/tugas"))
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
    form = page.form("/permohonan/tugas")
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
    assert "Permohonan selesai 1" in city.public.get("/rekap").text
