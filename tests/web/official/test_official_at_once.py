"""Decisions made by several at once, made twice, or made too late."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.support.office import FIRST, FORM, FORWARD, KADIS, SECOND, Office, Person


def test_of_two_at_once_the_first_acts_and_the_second_is_told_who_and_when(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, first, second = office.case("accept"), person(FIRST), person(SECOND)
    mine = first.fills(first.opens(number), "accept", {})
    theirs = second.fills(second.opens(number), "refuse", {"reason": "nip_tidak_sesuai"})
    first.sends(mine)
    before = office.dump()
    page = second.sends(theirs)

    assert page.status == 409
    at = "23 November 2026 08.04 WITA"
    assert f"sudah ditindaklanjuti oleh Verifikator Sertifikat Elektronik pada {at}" in page.text
    assert "Disetujui BSrE" in page.text
    assert "Keputusan yang baru Anda kirim tidak disimpan." in page.text
    assert page.href("/status/") == f"/status/{number}"
    assert "SITI" not in page.text
    assert office.dump() == before
    # The next step is the second one's as well.
    assert "Permohonan ini kini menunggu keputusan Anda." in page.text
    assert "Kirim Undangan" in second.opens(number).text


class Meanwhile:
    """Records in which something happens just before the next write."""

    def __init__(self, records: Any, happening: Callable[[], object]) -> None:
        self._records, self._happening = records, happening

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def commit(self, change: Any) -> None:
        happening, self._happening = self._happening, lambda: None
        happening()
        self._records.commit(change)


@pytest.mark.parametrize(
    ("email", "status", "words"),
    [(FIRST, 200, "Keputusan Anda tercatat"), (SECOND, 409, "Keputusan yang baru Anda kirim tidak disimpan.")],
)
def test_two_clicks_in_the_same_instant_are_one_decision(
    office: Office, person: Callable[[str], Person], email: str, status: int, words: str
) -> None:
    number, slower = office.case("accept"), person(email)
    filled = slower.fills(slower.opens(number), "accept", {})
    rooms = office.app.extensions["portal"]
    records = Meanwhile(office.office.records, lambda: office.act(number, FIRST, "accept", {}))
    house = replace(office.house, office=replace(office.office, records=records))
    office.app.extensions["portal"] = replace(rooms, use_cases=house)
    page = slower.sends(filled)

    assert page.status == status
    assert words in page.text
    assert [event.action for event in office.load(number).events].count("accept") == 1


def test_meeting_the_applicants_withdrawal_names_no_person(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    filled = kadis.fills(kadis.opens(number), "forward", FORWARD)
    office.cases.withdraw(office.load(number))
    page = kadis.sends(filled)

    assert page.status == 409
    assert "sudah ditindaklanjuti oleh Pemohon pada" in page.text
    assert "SITI" not in page.text
    assert "sudah ditindaklanjuti oleh Pemohon pada" in kadis.get(f"/telaah/{number}").text


def test_a_second_click_shows_the_receipt(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    filled = kadis.fills(kadis.opens(number), "forward", FORWARD)
    kadis.sends(filled)
    before = office.dump()
    again = kadis.sends(filled)

    assert (again.status, again.url) == (200, f"/telaah/{number}/keputusan")
    assert office.dump() == before


def test_back_in_the_browser_and_another_click_shows_the_receipt_too(
    office: Office, person: Callable[[str], Person]
) -> None:
    """Also when the cookie has been renewed for the next step meanwhile."""
    number, verifikator = office.case("accept"), person(FIRST)
    filled = verifikator.fills(verifikator.opens(number), "accept", {})
    receipt = verifikator.sends(filled)
    verifikator.get(receipt.href(f"/telaah/{number}"))

    assert verifikator.sends(filled).url == f"/telaah/{number}/keputusan"
    assert [event.action for event in office.load(number).events].count("accept") == 1


def test_back_in_the_browser_and_another_choice_is_too_late(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    page = kadis.opens(number)
    kadis.sends(kadis.fills(page, "forward", FORWARD))
    late = kadis.sends(kadis.fills(page, "reject", {"reason": "di_luar_kewenangan"}))

    assert late.status == 409
    assert "Lihat keputusan Anda" in late.text
    assert office.load(number).events[-1].action == "forward"


def test_a_used_link_says_who_acted_and_shows_nothing_of_the_applicant(
    office: Office, person: Callable[[str], Person]
) -> None:
    number = office.case(content=b"%PDF-1.4")
    link = office.link(number, KADIS)
    office.act(number, KADIS, "forward", FORWARD)
    kadis = person(KADIS)
    page = kadis.get(link)

    assert page.status == 200
    assert "Permohonan ini sudah ditindaklanjuti oleh Kepala Dinas pada 23 November 2026 08.01 WITA." in page.text
    assert "Didisposisikan kepada Kepala Bidang Statistik dan Persandian" in page.text
    assert "Tidak ada yang perlu Anda lakukan." in page.text
    for private in ("SITI", "6473014501900001", "199001052015032001", "siti.contoh", "berkas/"):
        assert private not in page.body.decode()
    assert kadis.get(f"/telaah/{number}/berkas/ktp/1.jpg").status == 404
    assert kadis.get(f"/telaah/{number}/berkas/ktp/asli").status == 404
    assert kadis.get(f"/telaah/{number}/berkas/ktp").url == f"/telaah/{number}"


def test_a_link_made_before_mending_leads_to_the_case_as_it_stands(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, kadis = office.case(), person(KADIS)
    link = office.link(number, KADIS)
    office.act(number, KADIS, "return", {"items": ["jabatan"], "reason": "sk_tidak_sesuai"})
    draft = office.house.intake.mending(office.load(number)).with_form({**FORM, "jabatan": "Analis Muda"})
    office.office.records.save_draft(draft)
    office.house.intake.resubmit(office.load(number))
    page = kadis.get(link)

    assert "Dikembalikan untuk perbaikan" in page.text
    assert "Permohonan ini kini menunggu keputusan Anda." in page.text
    assert "Analis Muda" not in page.text
    kadis.get(office.desk_link(KADIS))
    assert "Analis Muda" in kadis.get(kadis.get("/meja").href("/telaah/")).text


def test_who_was_forwarded_an_old_link_comes_no_further(office: Office, person: Callable[[str], Person]) -> None:
    """Neither to the desk of who forwarded it, nor to this case where it is his turn anew."""
    number = office.case("accept")
    old = office.link(number, FIRST)
    office.act(number, FIRST, "accept", {})
    office.case("dispatch")
    stranger = person("")
    pages = [stranger.get(old), stranger.get(f"/telaah/{number}/keputusan"), stranger.get(f"/telaah/{number}/lembar")]

    assert [page.status for page in pages] == [200, 200, 200]
    assert "Permohonan ini kini menunggu keputusan Anda. Bukalah dari email terbaru" in pages[0].text
    assert "Keputusan Anda tercatat" in pages[1].text
    assert "Lanjutkan ke langkah berikutnya" not in pages[1].text
    own = {f"/telaah/{number}", f"/telaah/{number}/keputusan", f"/telaah/{number}/lembar", f"/status/{number}"}
    for page in pages:
        assert set(page.html.xpath("//main//a/@href")) <= own
    assert "Kirim tautan" in stranger.get("/meja").text
    assert not stranger.get(f"/telaah/{number}").html.xpath("//form[contains(@action, 'putuskan')]")


def test_a_case_one_reads_leads_to_no_other(office: Office, person: Callable[[str], Person]) -> None:
    number, _ = office.case(), office.case()
    page = person(KADIS).opens(number)

    assert all(address.startswith((f"/telaah/{number}", "#")) for address in page.html.xpath("//main//a/@href"))


def test_the_emailed_link_opens_the_case_and_a_late_email_says_who_acted(
    office: Office, person: Callable[[str], Person]
) -> None:
    number = office.case()
    link = re.search(r"http://localhost(/telaah/\S+)", office.emailed("turn", KADIS))
    assert link
    assert "Tugas Anda" in person(KADIS).get(link[1]).text
    late = re.search(r"http://localhost(/telaah/\S+)", office.emailed("turn", KADIS))
    office.act(number, KADIS, "forward", FORWARD)
    assert late
    assert "sudah ditindaklanjuti oleh Kepala Dinas" in person(KADIS).get(late[1]).text
