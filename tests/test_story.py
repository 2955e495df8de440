"""The main job, start to finish, over HTTP: one application through all seven steps of the SOP.

Read it as the SOP being performed: every line is what a person does in a browser without JavaScript.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from portal.config import ROOT
from tests.support.browser_without_javascript import Browser
from tests.support.people import Applicant, Mailbox, Official
from tests.support.server import Clock, Served, serving, serving_aws

KADIS, KABID = "kepala.dinas@tarakankota.go.id", "kepala.bidang@tarakankota.go.id"
STATISTISI = "statistisi@tarakankota.go.id"
VERIFIKATOR, OTHER_VERIFIKATOR = "verifikator.satu@tarakankota.go.id", "verifikator.dua@tarakankota.go.id"


class City:
    """The portal and everybody who uses it."""

    def __init__(self, served: Served, clock: Clock) -> None:
        self.house, self.clock, self.address = served.house, clock, served.house.config.address
        self.mailbox, self.stored = Mailbox(self.address, served.deliver), served.stored
        self.samples = self.house.equipment.rehearsal.drawn_from
        self.public = Browser(self.address)

    def applicant(self, **differently: Any) -> Applicant:
        return Applicant(self.address, self.mailbox, self.samples, **differently)

    def official(self, email: str) -> Official:
        return Official(self.address, self.mailbox, email)

    def status(self, ticket: str) -> dict[str, Any]:
        answer = self.public.get(f"/status/{ticket}", Accept="application/json")
        found: dict[str, Any] = json.loads(answer.body)
        schema = json.loads((ROOT / "schemas" / "status.schema.json").read_text())
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(found)
        return found

    def forward_to_verifikator(self, ticket: str) -> None:
        for email in (KADIS, KABID, STATISTISI):
            self.official(email).decide(ticket, "forward", instructions=["proses"], note="Mohon diproses.")


@pytest.fixture(params=["one_machine", pytest.param("aws", marks=pytest.mark.cloud)])
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    clock = Clock()
    with serving_aws(clock) if request.param == "aws" else serving(tmp_path, clock) as served:
        yield City(served, clock)


# On AWS test_permissions plays it, and looks at every call that it makes there.
@pytest.mark.parametrize("city", ["one_machine"], indirect=True)
def test_an_application_passes_all_seven_steps(city: City) -> None:
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
    entry = siti.browser.get("/permohonan/jadwal.ics")
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
    assert "25 November 2028" in siti.browser.get("/permohonan/serah-terima").text

    # The record the SOP demands.
    recap = city.public.get("/rekap")
    assert "Permohonan selesai 1" in recap.text
    rows = city.public.get("/rekap.csv").body.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("2026-11;")
    assert rows[1].split(";")[2:] == ["1", "0", "0", "0", "1", "1"]
    assert rows[2] == ""
    steps = [row.split(";") for row in rows[4:]]
    assert [step[0] for step in steps] == [step.name for step in city.house.office.sop.steps[1:]]
    assert all(step[2] == "1" for step in steps)

    # Nothing in the ledger was bent, and no ticket, name or number is in a subject or the recap where it must not be.
    assert city.house.office.records.load(siti.ticket).first_damage() is None
    for mail in city.mailbox.all():
        assert not any(secret in mail["subject"] for secret in ("SITI", "Siti", "6473", "1990"))
    assert siti.ticket not in recap.text


def test_every_official_hears_only_when_it_is_their_turn(city: City) -> None:
    siti = city.applicant().apply()
    siti.confirm()
    heard = lambda: [email for email in (KADIS, KABID, STATISTISI, VERIFIKATOR) if city.mailbox.to(email)]  # noqa: E731
    assert heard() == [KADIS]
    city.official(KADIS).decide(siti.ticket, "forward", instructions=["proses"])
    assert heard() == [KADIS, KABID]


def test_a_rejected_application_ends_with_its_reason(city: City) -> None:
    siti = city.applicant().apply()
    siti.confirm()
    without_reason = city.official(KADIS).decide(siti.ticket, "reject")
    assert without_reason.status == 422
    city.official(KADIS).decide(siti.ticket, "reject", reason="di_luar_kewenangan", note="Pegawai instansi lain.")
    assert city.status(siti.ticket)["state"] == "rejected"
    assert "Pegawai instansi lain." in city.mailbox.to(siti.email, "tidak dapat diproses")[-1]["text"]
    assert "Pegawai instansi lain." in siti.open().text


def test_withdrawing_ends_the_case_and_the_official_is_told_on_opening_the_link(city: City) -> None:
    siti = city.applicant().apply()
    siti.confirm()
    assert "Dibatalkan pemohon" in siti.withdraw().text
    page = city.official(KADIS).open(siti.ticket)
    assert "SITI" not in page.text
    assert city.status(siti.ticket)["state"] == "withdrawn"


def test_the_first_of_two_verifikator_acts_and_the_other_sees_who_did(city: City) -> None:
    siti = city.applicant().apply()
    siti.confirm()
    city.forward_to_verifikator(siti.ticket)
    first, second = city.official(VERIFIKATOR), city.official(OTHER_VERIFIKATOR)
    late = second.open(siti.ticket)
    first.decide(siti.ticket, "dispatch", checklist="*")
    answer = second.press(late, "dispatch", checklist="*")
    assert answer.status == 409
    assert "Verifikator Sertifikat Elektronik" in answer.text
    assert city.status(siti.ticket)["state"] == "sent"


def test_filling_in_for_somebody_else_is_a_path_of_its_own(city: City) -> None:
    helper = city.applicant(
        nama_pengisi="Budi Operator", jabatan_pengisi="Operator", hp_pengisi="081234567890", persetujuan="ya"
    )
    page = helper.fill_in("/ajukan/orang-lain")
    assert page.url.endswith("/berkas"), page.text


def test_all_errors_come_at_once_and_nothing_typed_is_lost(city: City) -> None:
    siti = city.applicant()
    page = siti.fill_in(nik="12345", nip="1", hp="abc", jabatan="")
    assert page.status == 422
    summary = page.html.xpath("//*[@role='alert']//a/@href")
    assert {"#nik", "#nip", "#hp", "#jabatan"} <= set(summary)
    assert page.html.get_element_by_id("nama_ktp").value == "SITI CONTOH"
    assert page.html.get_element_by_id("nik").value == "12345"


def test_a_second_click_on_send_is_one_application(city: City) -> None:
    siti = city.applicant()
    page = siti.upload_all(siti.fill_in())
    check = siti.browser.get(page.href("/periksa"))
    form = check.form("/periksa")
    first = siti.browser.submit(check, form, pernyataan="ya")
    second = siti.browser.submit(check, form, pernyataan="ya")
    ticket = first.html.get_element_by_id("nomor-tiket").text_content().strip()
    assert second.html.get_element_by_id("nomor-tiket").text_content().strip() == ticket
    assert len(city.mailbox.to(siti.email, "onfirmasi")) == 1


def test_an_unconfirmed_application_lapses_and_an_old_draft_is_forgotten_with_its_files(city: City) -> None:
    siti = city.applicant().apply()
    siti.fill_in()
    assert city.stored("drafts/")
    city.clock.forward(days=8)
    assert city.house.clockwork.expire() >= 2
    assert city.status(siti.ticket)["state"] == "lapsed"
    assert not city.stored("drafts/")
    late = siti.browser.get(city.mailbox.link(siti.email, "konfirmasi", siti.ticket))
    assert "Tidak dikonfirmasi" in late.text
    assert not late.html.xpath("//main//form")


def test_officials_are_reminded_once_a_working_day_in_one_email(city: City) -> None:
    for person in ("siti", "wati"):
        applicant = city.applicant(email=f"{person}@tarakankota.go.id").apply()
        applicant.confirm()
    city.clock.forward(days=1, hours=1)
    for _ in range(3):
        city.house.clockwork.remind()
    assert len(city.mailbox.to(KADIS, "Pengingat")) == 1
    city.clock.forward(days=1)
    city.house.clockwork.remind()
    assert len(city.mailbox.to(KADIS, "Pengingat")) == 2
