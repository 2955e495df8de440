"""Another city's office with another service, which has none of our office's words; and how its site is built."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.places import ROOT
from tests.support.radio import with_radio

OTHERWISE = {
    "Sertifikat Elektronik": "Radio HT",
    "sertifikat elektronik": "radio HT",
    "Tanda Tangan Elektronik": "Siaga Bencana",
    "tanda tangan elektronik": "siaga bencana",
    "tanda tangan digital": "radio digital",
    "sertifikat": "radio",
    "Sertifikat": "Radio",
    "SERTIFIKAT ELEKTRONIK": "RADIO HT",
    "TANDA TANGAN ELEKTRONIK": "SIAGA BENCANA",
    "DKISP": "DKC",
    "Tarakan": "Contoh",
    "TARAKAN": "CONTOH",
    "tarakankota": "kotacontoh",
    "dkisp": "dkc",
    "BSrE": "Gudang",
    "BSRE": "Gudang",
    "bsre": "gudang",
    "passphrase": "frekuensi",
    "Passphrase": "Frekuensi",
    "Verifikator": "Penjaga",
    "verifikator": "penjaga",
    "Kepala Dinas": "Kepala Kantor",
    "Kadis": "Kakan",
    "kadis": "kakan",
    "kabid": "kasi",
    "Statistisi": "Pranata",
    "Statisti": "Pranata",
    "Statistik": "Sarana",
    "STATISTIK": "SARANA",
    "Persandian": "Logistik",
    "PERSANDIAN": "LOGISTIK",
    "persandian": "logistik",
    "TTE": "RHT",
}
OURS = re.compile(
    r"DKISP|tarakan|bsre|sertifikat elektronik|passphrase|verifikator|kadis|kabid|kepala dinas|statistisi?\b|persandian"
    r"|\bTTE\b",
    re.IGNORECASE,
)


def other_office(folder: Path) -> Path:
    """The schemas of an office that lends radios, and does nothing else; returns their folder."""
    schemas = with_radio(folder)
    office = schemas / "office.toml"
    office.write_text(office.read_text("utf-8").replace('services = ["penerbitan"]', 'services = ["radio"]'), "utf-8")
    for path in (office, *(schemas / "radio").glob("*.*")):
        text = path.read_text("utf-8")
        for ours, theirs in OTHERWISE.items():
            text = text.replace(ours, theirs)
        path.write_text(text, "utf-8")
    return schemas


def build_site(schemas: Path, target: Path, services: str = "") -> Path:
    """The site of an office, built as the Makefile builds ours; returns its folder."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(target)]
    environment = {"NO_MKDOCS_2_WARNING": "1", "ADDRESS": "", "SCHEMAS": str(schemas), "SERVICES": services}
    run = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout + run.stderr) == (0, "")
    return target
