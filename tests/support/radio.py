"""A made-up service beside ``penerbitan``: a loan of radios, with three steps, two documents and a shorter form."""

import json
import re
import shutil
from pathlib import Path

from tests.support.places import ROOT

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


def with_radio(folder: Path) -> Path:
    """The project's schemas below ``folder``, with ``radio`` beside ``penerbitan``; returns the folder of schemas."""
    schemas = folder / "schemas"
    shutil.copytree(ROOT / "schemas", schemas)
    radio = schemas / "radio"
    shutil.copytree(schemas / "penerbitan", radio)
    _rewrite_sop(radio / "sop.toml")
    _rewrite_form(radio / "application.schema.json")
    (radio / "batch.schema.json").unlink()  # everybody applies for himself
    (radio / "papers.toml").unlink()  # this office has nothing to print
    shutil.rmtree(radio / "pages")  # nor anything to tell beyond what its files say
    rehearsal = radio / "rehearsal.toml"
    text = rehearsal.read_text()
    text = text.replace('name = "surat_permohonan"', 'name = "surat_tugas"', 1).replace(
        'name = "ktp"', 'name = "denah"', 1
    )
    rehearsal.write_text(re.sub(r"\[\[officials\]\]\nrole = \"(kabid|pelaksana_bidang)\"\n.*\n.*\n", "", text))
    return schemas


def _rewrite_sop(path: Path) -> None:
    text = path.read_text()
    head, *steps = re.split(r"(?=^\[\[steps\]\]$)", text, flags=re.MULTILINE)
    last, rest = re.split(r"(?=^\[reminders\]$)", steps[-1], maxsplit=1, flags=re.MULTILINE)
    head = re.sub(r"^\[\[documents\]\]\n(?:.*\n)*?(?=^# ---)", DOCUMENTS, head, flags=re.MULTILINE)
    head = head.replace('service = "penerbitan"', 'service = "radio"').replace('"TTE"', '"RHT"')
    head = re.sub(r'^title = ".*"$', 'title = "Peminjaman Radio"', head, count=1, flags=re.MULTILINE)
    head = head.replace('short_title = "Sertifikat Elektronik"', 'short_title = "Peminjaman Radio"')
    head = re.sub(r"^\[batch\b.*\n(?:.+\n)*", "", head, flags=re.MULTILINE)
    head = re.sub(r"^\[pages\].*\n(?:.+\n)*", "", head, flags=re.MULTILINE)
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
