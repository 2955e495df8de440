"""The main job, start to finish, over HTTP: one application through all seven steps of the SOP.

Read it as the SOP being performed: every line is what a person does in a browser without JavaScript.
"""

from tests.support import recapped
from tests.support.city import KABID, KADIS, OTHER_VERIFIKATOR, STATISTISI, VERIFIKATOR, City


def all_seven_steps(city: City) -> None:
    """With one return and one no-show, as real ones have; it ends in "Selesai" and in a correct recap."""
    siti = city.applicant()

    # 1. The applicant fills in, uploads four documents, sends, and confirms the address.
    siti.apply()
    assert [mail["to"] for mail in city.mailbox.all()] == [siti.email, siti.email]
    assert city.status(siti.ticket)["state"] == "unconfirmed"
    assert "sudah dikonfirmasi" in siti.confirm().text
    assert city.mailbox.to(KADIS, siti.ticket)

    # 2. The head of the agency forwards with an instruction and a note; the next official reads both.
    receipt = city.official(KADIS).decide(siti.ticket, "forward", instructions=["proses"], note="Segera diproses.")
    assert "Didisposisikan kepada Kepala Bidang" in receipt.text

    # 3. The head of division sees the instruction, and returns the case for a better picture and a full office title.
    kabid = city.official(KABID)
    case = kabid.open(siti.ticket)
    assert "Segera diproses." in case.text
    assert "SITI CONTOH" in case.text
    kabid.press(case, "return", items=["ktp", "jabatan"], reason="ktp_tidak_terbaca", note="Foto terpotong.")
    assert city.status(siti.ticket)["state"] == "returned"
    assert "Foto terpotong." in siti.open().text
    siti.mend(jabatan="Analis Kebijakan Ahli Muda")
    assert city.status(siti.ticket)["round"] == 2
    mended = kabid.open(siti.ticket)
    assert "Pengajuan ke-2" in mended.text
    kabid.press(mended, "forward", instructions=["proses"])

    # 4. The statistician records and hands on to the verifikator.
    city.official(STATISTISI).decide(siti.ticket, "forward", instructions=["proses", "koordinasi"])

    # 5. The verifikator checks completeness, sends to BSrE, and records its answer.
    verifikator = city.official(VERIFIKATOR)
    incomplete = verifikator.decide(siti.ticket, "dispatch", checklist=["ktp"])
    assert incomplete.status == 422
    verifikator.press(incomplete, "dispatch", checklist="*")
    assert city.status(siti.ticket)["state"] == "sent"
    assert city.mailbox.to(siti.email, "BSrE")
    verifikator.decide(siti.ticket, "refuse", reason="kyc_gagal", note="Ulangi verifikasi wajah.")
    verifikator.decide(siti.ticket, "dispatch", checklist="*")
    verifikator.decide(siti.ticket, "accept")

    # 6. The applicant is invited, picks a time, does not come, picks another, and comes.
    verifikator.decide(siti.ticket, "invite")
    assert "Menunggu pengisian passphrase" in siti.pick().text
    entry = siti.browser.get(f"/permohonan/{siti.ticket}/jadwal.ics")
    assert entry.body.startswith(b"BEGIN:VCALENDAR")
    city.clock.forward(days=1)
    verifikator.decide(siti.ticket, "miss")
    assert city.status(siti.ticket)["state"] == "missed"
    siti.pick(3)
    city.clock.forward(days=1)
    city.official(OTHER_VERIFIKATOR).decide(siti.ticket, "attend")

    # 7. The certificate is recorded and handed over; the applicant gets the receipt; the case is archived.
    wrong = verifikator.decide(
        siti.ticket, "record", serial="4A:1F:22", valid_from="2026-11-25", valid_until="2026-11-24"
    )
    assert wrong.status == 422
    verifikator.press(wrong, "record", serial="4A:1F:22:09", valid_from="2026-11-25", valid_until="2028-11-25")
    verifikator.decide(siti.ticket, "hand_over", received_by="Siti Contoh")
    final = city.status(siti.ticket)
    assert (final["label"], final["closed"]) == ("Selesai", True)
    assert city.mailbox.to(siti.email, "Tanda terima")
    assert "4A:1F:22:09" in siti.open().text
    assert "25 November 2028" in siti.browser.get(f"/permohonan/{siti.ticket}/serah-terima").text

    # The record the SOP demands.
    recap = city.public.get("/rekap")
    assert "Permohonan selesai tidak dirinci" in recap.text
    rows = city.public.get("/rekap.csv").body.decode("utf-8-sig").splitlines()
    assert rows[1] == "2026-11;tidak dirinci;0;0;tidak dirinci;tidak dirinci"
    assert (rows[2], rows[4]) == ("", "")
    steps = [row.split(";") for row in rows[6:]]
    assert [step[0] for step in steps] == [step.name for step in city.house.office.services.first.steps[1:]]
    assert all(step[2] == "tidak dirinci" for step in steps)
    counted = recapped.recap(city.house.office)
    (row,) = counted.rows
    assert (row.month, row.outcomes, row.returns, row.holders) == ("2026-11", {"done": 1}, 1, 1)
    assert {time.cases for time in counted.steps[1:]} == {1}

    # Nothing in the ledger was bent, and no ticket, name or number is in a subject or the recap where it must not be.
    assert city.house.office.records.load(siti.ticket).first_damage() is None
    for mail in city.mailbox.all():
        assert not any(secret in mail["subject"] for secret in ("SITI", "Siti", "6473", "1990"))
    assert siti.ticket not in recap.text
