"""Two services in one portal: each has its own way in, its own numbers and its own people; the office has one desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from portal.core.officials import Official as Appointed
from tests.support.browser_without_javascript import Browser
from tests.support.people import Applicant, Mailbox, Official
from tests.support.radio import with_radio
from tests.support.server import Clock, Served, rehearsal_of, serving, serving_aws

pytestmark = pytest.mark.long

HEAD, DEPUTY = "kepala.dinas@tarakankota.go.id", "kepala.bidang@tarakankota.go.id"
ARCHIVE = "gudang.radio@tarakankota.go.id"


@dataclass
class Town:
    served: Served
    clock: Clock

    def __post_init__(self) -> None:
        self.house, self.address = self.served.house, self.served.house.config.address
        self.mailbox, self.public = Mailbox(self.address, self.served.deliver), Browser(self.address)

    def applicant(self, service: str, **answers: Any) -> Applicant:
        return Applicant(self.address, self.mailbox, rehearsal_of(self.house).props[service], **answers)

    def applies(self, service: str, **answers: Any) -> Applicant:
        """Somebody who has applied for a service and confirmed the address."""
        person = self.applicant(service, **answers)
        person.send(person.upload_all(person.fill_in(f"/ajukan/{service}")))
        person.confirm()
        return person

    def official(self, email: str) -> Official:
        return Official(self.address, self.mailbox, email)

    def told(self, email: str) -> str:
        """Everything that was ever emailed to somebody."""
        return "\n".join(f"{m['subject']}\n{m['text']}" for m in self.mailbox.to(email))


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_radio(tmp_path_factory.mktemp("office"))


@pytest.fixture(params=["local", pytest.param("aws", marks=pytest.mark.cloud)])
def town(schemas: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Town]:
    clock, environ = Clock(), {"SCHEMAS": str(schemas), "SERVICES": "penerbitan, radio"}
    opened = serving_aws(clock, **environ) if request.param == "aws" else serving(tmp_path, clock, **environ)
    with opened as served:
        yield Town(served, clock)


def test_each_service_runs_to_its_end_beside_the_other_and_nobody_of_one_hears_of_the_other(town: Town) -> None:
    # The store of radios is somebody else's than the register of certificates.
    town.house.office.records.appoint(Appointed("radio", "verifikator", "Gudang Contoh", ARCHIVE))
    radio, certificate = town.applies("radio", jumlah_radio="2"), town.applies("penerbitan")
    assert (radio.ticket[:4], certificate.ticket[:4]) == ("RHT-", "TTE-")

    head, deputy, archive = town.official(HEAD), town.official(DEPUTY), town.official(ARCHIVE)
    assert "Jumlah radio" in head.open(radio.ticket).text
    head.decide(radio.ticket, "forward", instructions=["proses"])
    archive.decide(radio.ticket, "record", serial="HT-1", valid_from="2026-11-23", valid_until="2027-11-23")
    archive.decide(radio.ticket, "hand_over", received_by="Siti Contoh")
    assert "Selesai" in town.public.get(f"/status/{radio.ticket}").text

    head.decide(certificate.ticket, "forward", instructions=["proses"])
    deputy.decide(certificate.ticket, "forward", instructions=["proses"])
    assert certificate.ticket in town.told(DEPUTY)
    assert radio.ticket not in town.told(DEPUTY)
    assert certificate.ticket not in town.told(ARCHIVE)
    assert radio.ticket in town.told(HEAD)
    assert certificate.ticket in town.told(HEAD)


def test_what_the_records_keep_is_kept_for_each_service_by_itself(town: Town) -> None:
    for service, answers in (("radio", {"jumlah_radio": "1"}), ("penerbitan", {}), ("radio", {"jumlah_radio": "3"})):
        town.applies(service, **answers)
    office = town.house.office
    agendas = {
        service: sorted(case.agenda for case in office.records.waiting_on(service, "kadis"))
        for service in ("penerbitan", "radio")
    }
    assert agendas == {"penerbitan": ["1"], "radio": ["1", "2"]}


def test_the_way_in_asks_which_service_it_is_to_be(town: Town) -> None:
    page = town.public.get("/ajukan")
    assert page.html.xpath("//main//h2/a/@href") == ["/ajukan/penerbitan", "/ajukan/radio"]
    for service in ("penerbitan", "radio"):
        page = town.public.get(f"/ajukan/{service}")
        form = page.form(f"/ajukan/{service}")
        assert form.xpath(".//button[@name='diisi_oleh']/@value") == ["sendiri", "orang_lain"]
    assert town.public.get("/ajukan/surel").status != 200


def test_pages_about_no_service_speak_for_the_office_and_not_for_its_first_service(town: Town) -> None:
    words = "Petugas tidak pernah meminta kata sandi atau kode OTP Anda."
    for path in ("/ajukan", "/rekap", "/status", "/tautan", "/_latihan", "/tidak-ada"):
        page = town.public.get(path)
        assert page.html.xpath("string(//header//a[@class='brand'])") == "DKISP Kota Tarakan Layanan", path
        assert page.html.xpath("string(//footer//p[@class='safety'])") == words
        assert "passphrase" not in page.text
    own = town.public.get("/ajukan/penerbitan")
    assert "Layanan" not in own.html.xpath("string(//header//a[@class='brand'])")
    assert "passphrase" in own.html.xpath("string(//footer//p[@class='safety'])")


def test_papers_and_the_status_lead_to_the_pages_of_their_own_service(town: Town) -> None:
    for service in ("penerbitan", "radio"):
        press = town.house.equipment.press(service)
        if press:
            assert press.site == f"{town.address}/layanan/{service}"  # type: ignore[attr-defined]
    radio = town.applies("radio", jumlah_radio="2")
    status = town.public.get(f"/status/{radio.ticket}")
    assert status.html.xpath("//figcaption/a/@href") == ["/layanan/radio/sop/#bagan"]


def test_one_desk_and_one_digest_hold_the_cases_of_all_services(town: Town) -> None:
    radio, certificate = town.applies("radio", jumlah_radio="2"), town.applies("penerbitan")
    town.house.cases.owe_desk(HEAD)
    desk = town.official(HEAD).browser.get(town.mailbox.link(HEAD, "meja"))
    assert {radio.ticket, certificate.ticket} <= set(desk.text.split())
    assert "Radio HT ·" in desk.text
    assert "Sertifikat Elektronik ·" in desk.text
    town.clock.at = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    assert town.house.clockwork.remind() == 1
    digest = town.mailbox.to(HEAD, "Pengingat")[-1]["text"]
    assert f"{radio.ticket} — Radio HT, " in digest
    assert f"{certificate.ticket} — Sertifikat Elektronik, " in digest


def test_the_recap_stands_for_each_service_and_for_all_of_them(town: Town) -> None:
    radio, certificate = town.applies("radio", jumlah_radio="2"), town.applies("penerbitan")
    for person in (radio, certificate, *(town.applies("radio", jumlah_radio="2") for _ in range(2))):
        town.official(HEAD).decide(person.ticket, "reject", reason="lainnya", note="Tidak dapat diproses.")
    total = town.public.get("/rekap")
    rows = [[cell.text_content() for cell in row] for row in total.html.xpath("//main//tbody/tr")]
    assert [row[2].strip() for row in rows] == ["tidak dirinci", "3", "tidak dirinci"]
    assert total.html.xpath("//main//tbody//a/@href") == ["/rekap/penerbitan", "/rekap/radio"]
    one = town.public.get("/rekap/radio")
    assert one.html.xpath("string(//h1)") == "Rekapitulasi Peminjaman Radio"
    assert "jumlah pemilik Radio HT" in one.text
    assert town.public.get("/rekap/radio.csv").body.decode("utf-8-sig").count("2026-11;") == 1
    both = town.public.get("/rekap.csv").body.decode("utf-8-sig")
    assert both.count("2026-11;") == 2
    assert "Peminjaman Radio\r\n" in both
