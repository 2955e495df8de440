"""Every kind of decision an official makes on a case's page, and what an incomplete one gets."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.support.office import FIRST, FORWARD, KABID, KADIS, RECORDED, SECOND, WAY, Office, Person, action_of


@pytest.mark.parametrize("place", [place for place, step in enumerate(WAY) if step[0]])
def test_each_decision_of_the_sop_is_taken_and_receipted(
    office: Office, person: Callable[[str], Person], place: int
) -> None:
    email, action, typed = WAY[place]
    number = office.case()
    for before in WAY[:place]:
        office.act(number, *before)
    office.waits_for(number, action)
    receipt = person(email).decides(number, action, typed)
    event = office.load(number).events[-1]

    assert (receipt.status, receipt.url) == (200, f"/telaah/{number}/keputusan")
    assert (event.action, event.actor.email) == (action, email)
    assert "Keputusan Anda tercatat" in receipt.text
    assert office.house.office.calendar.local(event.at).strftime("%-d November 2026 %H.%M WITA") in receipt.text
    assert office.load(number).first_damage() is None


@pytest.mark.parametrize(
    ("until", "email", "action", "typed", "state"),
    [
        (
            "",
            KADIS,
            "return",
            {"items": ["ktp", "nik"], "reason": "ktp_tidak_terbaca", "note": "Satu per satu."},
            "returned",
        ),
        ("", KADIS, "reject", {"reason": "di_luar_kewenangan"}, "rejected"),
        ("", KADIS, "reject", {"reason": "lainnya", "note": "Sudah pensiun."}, "rejected"),
        ("accept", FIRST, "refuse", {"reason": "nip_tidak_sesuai"}, "waiting"),
        ("attend", SECOND, "miss", {}, "missed"),
    ],
)
def test_what_departs_from_the_straight_way(
    office: Office,
    person: Callable[[str], Person],
    until: str,
    email: str,
    action: str,
    typed: Mapping[str, Any],
    state: str,
) -> None:
    number = office.case(until)
    office.waits_for(number, action)

    assert person(email).decides(number, action, typed).status == 200
    assert office.load(number).state == state


def test_a_visit_is_recorded_once_its_time_has_come(office: Office, person: Callable[[str], Person]) -> None:
    number, verifikator = office.case("attend"), person(FIRST)
    slot = office.load(number).slot
    assert slot is not None
    day, hour = (
        "“Hadir” dapat dicatat mulai Selasa, 24 November 2026.",
        "mulai Selasa, 24 November 2026 pukul 08.00 WITA.",
    )

    page = verifikator.opens(number)
    assert not page.html.xpath("//details[contains(@id, 'tindakan-')]")
    assert day in page.text
    assert f"“Tidak hadir” dapat dicatat {hour}" in page.text

    office.clock.at = slot - timedelta(hours=1)
    page = verifikator.opens(number)
    filled = verifikator.fills(page, "attend", {})
    assert page.html.xpath("//details[contains(@id, 'tindakan-')]/@id") == ["tindakan-attend"]
    assert day not in page.text
    assert hour in page.text

    early = (filled[0], [(name, "miss" if value == "attend" else value) for name, value in filled[1]])
    refusal = verifikator.sends(early)
    assert (refusal.status, office.load(number).state) == (409, "booked")
    assert "“Tidak hadir” baru dapat dicatat mulai 24 November 2026 08.00 WITA." in refusal.text

    office.clock.at = slot
    page = verifikator.opens(number)
    assert page.html.xpath("//details[contains(@id, 'tindakan-')]/@id") == ["tindakan-attend", "tindakan-miss"]
    assert "dapat dicatat mulai" not in page.text
    assert verifikator.sends(verifikator.fills(page, "miss", {})).status == 200
    assert office.load(number).state == "missed"


@pytest.mark.parametrize(
    ("until", "email", "action", "typed", "sentence"),
    [
        ("", KADIS, "forward", {"note": "Catatan saya"}, "Pilih sekurang-kurangnya satu arahan."),
        ("", KADIS, "return", {"items": ["nik"], "note": "Catatan saya"}, "Pilih alasan pengembalian."),
        ("", KADIS, "reject", {"reason": "lainnya"}, "Uraikan alasan agar pemohon memahami penolakan ini."),
        (
            "dispatch",
            FIRST,
            "dispatch",
            {"checklist": ["surat", "ktp"], "note": "Catatan saya"},
            "Masih ada butir yang belum dicentang.",
        ),
        ("record", FIRST, "record", {**RECORDED, "valid_until": "2026-11-23"}, "Isi tanggal akhir setelah"),
        ("record", FIRST, "record", {**RECORDED, "valid_from": "31/02/2026"}, "Tulis tanggal mulai berlaku"),
        ("record", FIRST, "record", {**RECORDED, "serial": "?"}, "Tulis nomor seri"),
        ("hand_over", FIRST, "hand_over", {"received_by": ""}, "Isi nama orang yang menerima."),
    ],
)
def test_an_incomplete_decision_comes_back_as_typed(
    office: Office,
    person: Callable[[str], Person],
    until: str,
    email: str,
    action: str,
    typed: Mapping[str, Any],
    sentence: str,
) -> None:
    number = office.case(until)
    before = office.dump()
    page = person(email).decides(number, action, typed)
    form = page.form("/putuskan", action_of(page, action))
    words = ("note", "serial", "received_by", "reason")
    # A browser drops the line break that opens a text area.
    kept = {name: form.fields[name].removeprefix("\n") for name in typed if name in words}

    assert page.status == 422
    assert sentence in page.html.xpath("string(//*[@role='alert'])")
    assert page.html.xpath(f"//details[@id='tindakan-{action}'][@open]")
    assert kept == {name: typed[name] for name in kept}
    ticked = page.html.xpath(f"//details[@id='tindakan-{action}']//input[@type='checkbox'][@checked]/@value")
    assert ticked == list(typed.get("checklist", typed.get("items", [])))
    for target in page.html.xpath("//*[@role='alert']//a/@href"):
        assert page.html.xpath(f"//*[@id='{target[1:]}']")
    assert office.dump() == before


def test_the_verifikator_goes_on_without_waiting_for_the_email(office: Office, person: Callable[[str], Person]) -> None:
    number, verifikator = office.case("accept"), person(FIRST)
    receipt = verifikator.decides(number, "accept", {})

    assert "Lanjutkan ke langkah berikutnya" in receipt.text
    page = verifikator.get(receipt.href(f"/telaah/{number}"))
    assert "Kirim Undangan" in page.text
    verifikator.sends(verifikator.fills(page, "invite", {}))
    assert office.load(number).events[-1].action == "invite"


def test_the_receipt_counts_what_else_waits_and_stays_readable(office: Office, person: Callable[[str], Person]) -> None:
    number, other, kadis = office.case(), office.case(), person(KADIS)
    receipt = kadis.decides(number, "forward", FORWARD)

    assert "Masih ada 1 permohonan lain" in receipt.text
    assert receipt.html.xpath("//main//form/@action") == [f"/telaah/{number}/meja"]
    kadis.get(office.desk_link(KADIS))
    assert kadis.get(f"/telaah/{number}/keputusan").href("/meja") == "/meja"
    assert "Permohonan dari" in kadis.get(kadis.get("/meja").href("/telaah/")).text
    office.act(number, KABID, "reject", {"reason": "di_luar_kewenangan"})
    kadis.decides(other, "forward", FORWARD)
    later = kadis.get(f"/telaah/{number}/keputusan")
    assert "Didisposisikan kepada Kepala Bidang" in later.text
    assert "Status permohonan sekarang: Ditolak." in later.text
    assert "Tidak ada permohonan lain yang menunggu Anda." in later.text
