"""What a SOP's hand-over records of its product: with or without number, validity and quantity."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from portal.editions import read_json, read_sop
from portal.examination import examine
from portal.forms.product import recorded
from portal.house import House
from tests.support.city import KABID, KADIS, STATISTISI, VERIFIKATOR
from tests.support.derived import derived
from tests.support.people import Applicant, Mailbox, Official
from tests.support.places import SCHEMAS
from tests.support.server import Clock, rehearsal_of, serving

RECORD: Mapping[str, Any] = read_json(SCHEMAS / "decision.schema.json")["$defs"]["record"]
NUMBER = "800.1.11.1/045/DKISP/2026"


def test_a_sop_that_says_nothing_records_what_it_always_did() -> None:
    asked = recorded(RECORD, {})
    assert list(asked["properties"]) == ["action", "serial", "valid_from", "valid_until"]
    assert sorted(asked["required"]) == sorted(RECORD["required"])


def test_each_of_it_may_be_needed_optional_or_not_asked() -> None:
    said = {"serial": "optional", "valid_from": "none", "valid_until": "none", "quantity": "needed"}
    asked = recorded(RECORD, {"product_record": {**said, "labels": {"serial": "Nomor surat"}}})
    assert list(asked["properties"]) == ["action", "serial", "quantity"]
    assert asked["required"] == ["action", "quantity"]
    assert asked["properties"]["serial"]["title"] == "Nomor surat"
    assert RECORD["properties"]["serial"]["title"] == "Nomor seri"


LETTER = """[product_record]
valid_from = "none"
valid_until = "none"
quantity = "optional"
[product_record.labels]
serial = "Nomor surat"

[applicant]"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return derived(tmp_path_factory.mktemp("product"), (r"^\[applicant\]", LETTER))


@pytest.fixture
def house(service: Path, tmp_path: Path) -> Iterator[House]:
    with serving(tmp_path, Clock(), SERVICE=str(service)) as served:
        yield served.house


def test_the_table_fits_and_belongs_to_the_edition(service: Path) -> None:
    assert examine(service)[1] == []
    assert read_sop(service).version != read_sop(SCHEMAS / "penerbitan").version


def test_what_is_odd_in_it_is_told(tmp_path: Path) -> None:
    folder = derived(tmp_path, (r"^\[applicant\]", '[product_record]\nserial = "ya"\nberlaku = "none"\n[applicant]'))
    assert {problem.key for problem in examine(folder)[1]} == {"product_record.serial", "product_record.berlaku"}


def test_a_letter_is_recorded_by_its_number_alone_and_so_printed(house: House) -> None:
    address = house.config.address
    mailbox = Mailbox(address, house.outbox.send_due)
    siti = Applicant(address, mailbox, rehearsal_of(house).props["penerbitan"]).apply()
    siti.confirm()
    for email in (KADIS, KABID, STATISTISI):
        Official(address, mailbox, email).decide(siti.ticket, "forward", instructions=["proses"])
    verifikator = Official(address, mailbox, VERIFIKATOR)
    for action, typed in (("dispatch", {"checklist": "*"}), ("accept", {}), ("invite", {})):
        verifikator.decide(siti.ticket, action, **typed)
    siti.pick()
    house.office.clock.forward(days=1)  # type: ignore[attr-defined]
    verifikator.decide(siti.ticket, "attend")

    case = verifikator.open(siti.ticket)
    assert "Nomor surat" in case.text
    assert "Berlaku mulai" not in case.text
    assert "Jumlah" in case.text
    verifikator.press(case, "record", serial=NUMBER)
    (ready,) = mailbox.to(siti.email, "siap diserahkan")
    assert f"Nomor surat: {NUMBER}" in ready["text"]
    shown = siti.open()
    assert NUMBER in shown.text
    assert "Nomor seri" not in shown.text
    assert "Berlaku" not in shown.text
    assert "Jumlah" not in shown.text
    verifikator.decide(siti.ticket, "hand_over", received_by="Siti Contoh")
    paper = siti.browser.get(f"/permohonan/{siti.ticket}/serah-terima")
    rows = {row.findtext("dt"): row.findtext("dd") for row in paper.html.findall(".//dl/div")}
    assert rows["Nomor surat"] == NUMBER
    assert "–" not in rows.values()
    assert "None" not in paper.text
    assert "Selesai" in siti.browser.get(f"/status/{siti.ticket}").text
