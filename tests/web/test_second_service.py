"""Nothing about this service is in Python: a made-up second one, with fewer steps, runs on the same code."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.editions import read_sop
from portal.house import House
from tests.support.people import Applicant, Mailbox, Official
from tests.support.radio import with_radio
from tests.support.server import Clock, rehearsal_of, serving

HEAD, CLERK = "kepala.dinas@tarakankota.go.id", "verifikator.satu@tarakankota.go.id"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_radio(tmp_path_factory.mktemp("office")) / "radio"


@pytest.fixture
def house(service: Path, tmp_path: Path) -> Iterator[House]:
    with serving(tmp_path, Clock(), SERVICE=str(service)) as served:
        yield served.house


def test_the_second_service_has_three_steps_and_two_documents(service: Path) -> None:
    sop = read_sop(service)
    assert [step.kind for step in sop.steps] == ["submission", "disposition", "handover"]
    assert [requirement.key for requirement in sop.requirements] == ["surat_tugas", "denah"]


def test_an_application_passes_the_second_service_from_start_to_finish(house: House) -> None:
    address = house.config.address
    mailbox = Mailbox(address, house.outbox.send_due)
    samples = rehearsal_of(house).props["radio"]
    siti = Applicant(address, mailbox, samples, jumlah_radio="2")
    siti.apply()
    assert siti.ticket.startswith("RHT-")
    siti.confirm()
    head, clerk = Official(address, mailbox, HEAD), Official(address, mailbox, CLERK)
    assert "Jumlah radio" in head.open(siti.ticket).text
    head.decide(siti.ticket, "return", items=["denah"], reason="lainnya", note="Denah kurang jelas.")
    siti.mend()
    head.decide(siti.ticket, "forward", instructions=["proses"])
    clerk.decide(siti.ticket, "record", serial="HT-0042", valid_from="2026-11-23", valid_until="2027-11-23")
    clerk.decide(siti.ticket, "hand_over", received_by="Siti Contoh")
    assert "Selesai" in siti.browser.get(f"/status/{siti.ticket}").text
    assert "Radio HT" in siti.browser.get("/rekap").text
