"""Complete answers to the form, and every sentence that a form may answer with."""

import json
from datetime import date
from typing import Any

from portal.core.errors import Finding
from portal.forms.form import Form
from tests.support.places import SCHEMAS

APPLICATION = json.loads((SCHEMAS / "penerbitan" / "application.schema.json").read_text("utf-8"))
DECISIONS = json.loads((SCHEMAS / "decision.schema.json").read_text("utf-8"))["$defs"]
TODAY = date(2026, 11, 22)
FORM = Form(APPLICATION)

PNS = {
    "diisi_oleh": "sendiri",
    "nama_ktp": "SITI AMINAH",
    "nama_dengan_gelar": "Siti Aminah, S.Kom., M.T.",
    "nik": "6471055506850003",
    "status_kepegawaian": "PNS",
    "nip": "198506152010012003",
    "pangkat": "III/d",
    "jabatan": "Pranata Komputer Ahli Muda",
    "opd": "Dinas Kesehatan",
    "unit_kerja": "Puskesmas Pantai Amal",
    "email": "siti.aminah@tarakankota.go.id",
    "email_aktif": "ya",
    "hp": "081234567890",
    "tujuan": "Surat dan naskah dinas",
}
PPPK = PNS | {"status_kepegawaian": "PPPK", "nip": "199009132025242014", "nik": "6571015309900002", "pangkat": ""}
OTHER = PNS | {"status_kepegawaian": "Lainnya", "status_uraian": "Anggota DPRD Kota Tarakan", "nip": "", "pangkat": ""}
ON_BEHALF = PNS | {
    "diisi_oleh": "orang_lain",
    "nama_pengisi": "Budi Santoso, S.E.",
    "jabatan_pengisi": "Analis Kepegawaian",
    "hp_pengisi": "0811 432 453",
    "persetujuan": "on",
}


def sentences(schema: dict[str, Any]) -> dict[str, str]:
    """Every sentence of a form, by where it stands: ``nik.pattern``, ``form.required``, ``rules.nik_structure``."""
    found = {f"form.{keyword}": text for keyword, text in schema["messages"].items()}
    found |= {f"rules.{rule['rule']}": rule["message"] for rule in schema.get("rules", ())}
    for name, field in schema["properties"].items():
        found |= {f"{name}.{keyword}": text for keyword, text in field.get("messages", {}).items()}
        for number, part in enumerate(field.get("allOf", ())):
            found |= {f"{name}.allOf.{number}.{keyword}": text for keyword, text in part["messages"].items()}
        for number, warning in enumerate(field.get("warnings", ())):
            found[f"{name}.warnings.{number}"] = warning["message"]
    return found


SENTENCES = sentences(APPLICATION)


def findings(raw: dict[str, Any], today: date = TODAY) -> tuple[Finding, ...]:
    return FORM.check(FORM.clean(raw), today)
