"""The main job over HTTP: the story of an application as ``tests/support/story.py`` tells it, and its side ways."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.city import KABID, KADIS, OTHER_VERIFIKATOR, STATISTISI, VERIFIKATOR, City
from tests.support.server import Clock, serving, serving_aws
from tests.support.story import all_seven_steps


@pytest.fixture(params=["one_machine", pytest.param("aws", marks=pytest.mark.cloud)])
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    clock = Clock()
    with serving_aws(clock) if request.param == "aws" else serving(tmp_path, clock) as served:
        yield City(served, clock)


# On AWS test_permissions plays it, and looks at every call that it makes there.
@pytest.mark.parametrize("city", ["one_machine"], indirect=True)
def test_an_application_passes_all_seven_steps(city: City) -> None:
    all_seven_steps(city)


def test_every_official_hears_only_when_it_is_their_turn(city: City) -> None:
    siti = city.applicant().apply()
    siti.confirm()

    def heard() -> list[str]:
        return [email for email in (KADIS, KABID, STATISTISI, VERIFIKATOR) if city.mailbox.to(email)]

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


def test_all_errors_of_a_page_come_at_once_and_nothing_typed_is_lost(city: City) -> None:
    siti = city.applicant()
    page = siti.fill_in(nik="12345", nama_dengan_gelar="12")
    assert page.status == 422
    summary = page.html.xpath("//*[@role='alert']//a/@href")
    assert {"#nik", "#nama_dengan_gelar"} <= set(summary)
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
    city.clock.forward(days=31)
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
