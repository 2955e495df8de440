"""Nothing about this service is in Python: a made-up second one, with fewer steps, runs on the same code."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.editions import read_sop
from portal.house import House
from tests.support.people import Applicant, Mailbox, Official
from tests.support.places import ROOT
from tests.support.server import Clock, rehearsal_of, serving

HEAD, CLERK = "kepala.dinas@tarakankota.go.id", "verifikator.satu@tarakankota.go.id"
DOCUMENTS = """
[[documents]]
key = "surat_tugas"
label = "Surat tugas"
hint = "Surat tugas yang sudah ditandatangani."
[[documents]]
key = "denah"
label = "Denah lokasi"
hint = "Denah tempat pemasangan."
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``schemas/penerbitan`` turned into a loan of radios: three steps, two documents, a shorter form."""
    schemas = tmp_path_factory.mktemp("schemas")
    shutil.copytree(ROOT / "schemas", schemas, dirs_exist_ok=True)
    folder = (schemas / "penerbitan").rename(schemas / "radio")
    _rewrite_sop(folder / "sop.toml")
    _rewrite_form(folder / "application.schema.json")
    (folder / "papers.toml").unlink()  # this office has nothing to print
    rehearsal = folder / "rehearsal.toml"
    text = rehearsal.read_text()
    text = text.replace('name = "surat_permohonan"', 'name = "surat_tugas"', 1).replace(
        'name = "ktp"', 'name = "denah"', 1
    )
    rehearsal.write_text(re.sub(r"\[\[officials\]\]\nrole = \"(kabid|pelaksana_bidang)\"\n.*\n.*\n", "", text))
    return folder


def _rewrite_sop(path: Path) -> None:
    text = path.read_text()
    head, *steps = re.split(r"(?=^\[\[steps\]\]$)", text, flags=re.MULTILINE)
    last, rest = re.split(r"(?=^\[reminders\]$)", steps[-1], maxsplit=1, flags=re.MULTILINE)
    head = re.sub(r"^\[\[documents\]\]\n(?:.*\n)*?(?=^# ---)", DOCUMENTS, head, flags=re.MULTILINE)
    head = head.replace('service = "penerbitan"', 'service = "radio"').replace('"TTE"', '"RHT"')
    head = re.sub(r'^title = ".*"$', 'title = "Peminjaman Radio"', head, count=1, flags=re.MULTILINE)
    head = head.replace('product = "Sertifikat Elektronik"', 'product = "Radio HT"')
    path.write_text(head + steps[0] + steps[1] + last + rest)


def _rewrite_form(path: Path) -> None:
    form = json.loads(path.read_text())
    dropped = {"nik", "status_kepegawaian", "status_uraian", "pangkat", "golongan_pppk", "tujuan", "tujuan_uraian"}
    form["properties"] = {name: field for name, field in form["properties"].items() if name not in dropped}
    form["properties"]["nip"].pop("show_if", None)
    form["properties"]["jumlah_radio"] = {
        "type": "string",
        "title": "Jumlah radio",
        "pattern": "^[1-9]$",
        "clean": "digits",
    }
    form["required"] = [name for name in form["required"] if name not in dropped] + ["jumlah_radio"]
    form["rules"] = []
    form["allOf"] = [
        c for c in form["allOf"] if not dropped & (c["if"]["properties"].keys() | set(c["then"]["required"]))
    ]
    for section in form["sections"]:
        section["fields"] = [name for name in section["fields"] if name not in dropped]
    form["sections"] = [section for section in form["sections"] if section["fields"]]
    form["sections"].append({"key": "pinjam", "title": "Peminjaman", "fields": ["jumlah_radio"]})
    path.write_text(json.dumps(form))


@pytest.fixture
def house(service: Path, tmp_path: Path) -> Iterator[House]:
    with serving(tmp_path, Clock(), service) as served:
        yield served.house


def test_the_second_service_has_three_steps_and_two_documents(service: Path) -> None:
    sop = read_sop(service)
    assert [step.kind for step in sop.steps] == ["submission", "disposition", "handover"]
    assert [requirement.key for requirement in sop.requirements] == ["surat_tugas", "denah"]


def test_an_application_passes_the_second_service_from_start_to_finish(house: House) -> None:
    address = house.config.address
    mailbox = Mailbox(address, house.outbox.send_due)
    samples = rehearsal_of(house).drawn_from
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
