"""What officials type: taken as meant, or answered with the sentences of the schema."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from portal.core.errors import Finding
from portal.forms.form import Form, Option
from tests.support.answers import DECISIONS, TODAY, sentences
from tests.support.places import SCHEMAS

LISTS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "instructions": [{"key": "proses", "label": "Proses lebih lanjut"}, {"key": "tanggapan", "label": "Tanggapan"}],
    "items": [{"key": "ktp", "label": "KTP-el"}, {"key": "nik", "label": "NIK"}],
    "reasons": [
        {"key": "ktp_tidak_terbaca", "label": "KTP-el tidak terbaca"},
        {"key": "lainnya", "label": "Lainnya", "needs_note": True},
    ],
    "checklist": [{"key": "surat", "label": "Surat"}, {"key": "ktp", "label": "KTP-el"}],
}
DECISION_FORMS = {action: Form(schema, LISTS) for action, schema in DECISIONS.items()}
RECORD = {"serial": "5A:3F:00:9C", "valid_from": "2026-11-22", "valid_until": "2028-11-21"}


def decided(action: str, raw: dict[str, Any]) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    form = DECISION_FORMS[action]
    values = form.clean(raw)
    return values, form.check(values, TODAY)


@pytest.mark.parametrize(
    ("action", "raw", "values"),
    [
        ("forward", {"instructions": ["proses"]}, {"instructions": ["proses"]}),
        ("forward", {"instructions": "proses"}, {"instructions": ["proses"]}),
        (
            "forward",
            {"instructions": ["proses", "tanggapan", "proses", ""], "note": "Segera\r\ntindak lanjuti "},
            {"instructions": ["proses", "tanggapan"], "note": "Segera\ntindak lanjuti"},
        ),
        (
            "return",
            {"items": ["ktp", "nik"], "reason": "ktp_tidak_terbaca", "note": "Foto ulang; NIK kurang satu angka"},
            {"items": ["ktp", "nik"], "reason": "ktp_tidak_terbaca", "note": "Foto ulang; NIK kurang satu angka"},
        ),
        (
            "return",
            {"items": ["ktp"], "reason": "lainnya", "note": "Foto ulang"},
            {"items": ["ktp"], "reason": "lainnya", "note": "Foto ulang"},
        ),
        ("reject", {"reason": "ktp_tidak_terbaca"}, {"reason": "ktp_tidak_terbaca"}),
        ("send_back", {"reason": "ktp_tidak_terbaca"}, {"reason": "ktp_tidak_terbaca"}),
        ("complete", {"note": "Sudah dibuat"}, {"note": "Sudah dibuat"}),
        ("sign", {"note": "Sudah ditandatangani"}, {"note": "Sudah ditandatangani"}),
        ("refuse", {"reason": "lainnya", "note": "Kuota"}, {"reason": "lainnya", "note": "Kuota"}),
        ("dispatch", {"checklist": ["ktp", "surat"]}, {"checklist": ["ktp", "surat"]}),
        ("accept", {}, {}),
        ("invite", {"note": "Parkir di sisi timur"}, {"note": "Parkir di sisi timur"}),
        ("attend", {}, {}),
        ("miss", {"note": "x" * 1000}, {"note": "x" * 1000}),
        ("record", RECORD, RECORD),
        ("record", RECORD | {"serial": " 5A 3F–00 9C "}, RECORD | {"serial": "5A3F-009C"}),
        ("record", RECORD | {"serial": "800.1.11.1/045/DKISP/2026"}, RECORD | {"serial": "800.1.11.1/045/DKISP/2026"}),
        ("record", RECORD | {"valid_from": "1/2/2026"}, RECORD | {"valid_from": "2026-02-01"}),
        ("hand_over", {"received_by": " Siti  Aminah, S.Kom. "}, {"received_by": "Siti Aminah, S.Kom."}),
    ],
)
def test_a_decision_is_taken_as_meant(action: str, raw: dict[str, Any], values: dict[str, Any]) -> None:
    assert decided(action, raw) == ({"action": action, **values}, ())


DECISIONS_REFUSED = [
    ("forward", {}, "instructions", "instructions.required"),
    ("forward", {"instructions": ["", " "]}, "instructions", "instructions.required"),
    ("forward", {"instructions": ["proses", "bakar"]}, "instructions", "form.oneOf"),
    ("forward", {"instructions": ["proses"], "note": "x" * 1001}, "note", "form.maxLength"),
    ("return", {"reason": "ktp_tidak_terbaca"}, "items", "items.required"),
    ("return", {"items": ["ktp"]}, "reason", "reason.required"),
    ("return", {"items": ["paspor"], "reason": "lainnya", "note": "x"}, "items", "form.oneOf"),
    ("return", {"items": ["ktp"], "reason": "lainnya"}, "note", "note.required"),
    ("return", {"items": ["ktp", "nik"], "reason": "ktp_tidak_terbaca"}, "note", "note.required"),
    ("return", {"items": ["ktp"], "reason": "lainnya", "note": " \r\n "}, "note", "note.required"),
    ("return", {"items": ["ktp"], "reason": "lainnya", "note": "x" * 1001}, "note", "form.maxLength"),
    ("reject", {}, "reason", "reason.required"),
    ("reject", {"reason": "bosan"}, "reason", "form.oneOf"),
    ("reject", {"reason": "lainnya"}, "note", "note.required"),
    ("reject", {"reason": "lainnya", "note": "x" * 1001}, "note", "form.maxLength"),
    ("send_back", {}, "reason", "reason.required"),
    ("send_back", {"reason": "bosan"}, "reason", "form.oneOf"),
    ("send_back", {"reason": "lainnya"}, "note", "note.required"),
    ("send_back", {"reason": "lainnya", "note": "x" * 1001}, "note", "form.maxLength"),
    ("sign", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("complete", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("refuse", {}, "reason", "reason.required"),
    ("refuse", {"reason": "bosan"}, "reason", "form.oneOf"),
    ("refuse", {"reason": "lainnya"}, "note", "note.required"),
    ("refuse", {"reason": "lainnya", "note": "x" * 1001}, "note", "form.maxLength"),
    ("dispatch", {}, "checklist", "checklist.required"),
    ("dispatch", {"checklist": ["surat"]}, "checklist", "checklist.minItems"),
    ("dispatch", {"checklist": ["surat", "lain"]}, "checklist", "form.oneOf"),
    ("dispatch", {"checklist": ["surat", "ktp"], "note": "x" * 1001}, "note", "form.maxLength"),
    ("accept", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("invite", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("attend", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("miss", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("move_visit", {"note": " "}, "note", "note.required"),
    ("move_visit", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("cancel_visit", {}, "note", "note.required"),
    ("cancel_visit", {"note": "x" * 1001}, "note", "form.maxLength"),
    ("record", RECORD | {"serial": ""}, "serial", "serial.required"),
    ("record", RECORD | {"serial": "5A3"}, "serial", "serial.pattern"),
    ("record", RECORD | {"serial": "5" * 65}, "serial", "serial.pattern"),
    ("record", RECORD | {"serial": "../../etc"}, "serial", "serial.pattern"),
    ("record", RECORD | {"serial": "/800/1"}, "serial", "serial.pattern"),
    ("record", RECORD | {"quantity": "nol"}, "quantity", "quantity.pattern"),
    ("record", RECORD | {"valid_from": ""}, "valid_from", "valid_from.required"),
    ("record", RECORD | {"valid_from": "22 November 2026"}, "valid_from", "valid_from.format"),
    ("record", RECORD | {"valid_from": "31/02/2026"}, "valid_from", "valid_from.format"),
    ("record", RECORD | {"valid_from": "20261122"}, "valid_from", "valid_from.format"),
    ("record", RECORD | {"valid_from": "1926-11-22"}, "valid_from", "valid_from.pattern"),
    ("record", RECORD | {"valid_until": ""}, "valid_until", "valid_until.required"),
    ("record", RECORD | {"valid_until": "2026-W50-1"}, "valid_until", "valid_until.format"),
    ("record", RECORD | {"valid_until": "9999-12-31"}, "valid_until", "valid_until.pattern"),
    ("record", RECORD | {"valid_until": "2026-11-22"}, "valid_until", "valid_until.after"),
    ("record", RECORD | {"valid_until": "2025-11-22"}, "valid_until", "valid_until.after"),
    (
        "record",
        RECORD | {"valid_from": "2024-11-21", "valid_until": "2026-11-21"},
        "valid_until",
        "valid_until.not_past",
    ),
    ("hand_over", {}, "received_by", "received_by.required"),
    ("hand_over", {"received_by": "1"}, "received_by", "received_by.pattern"),
    ("hand_over", {"received_by": "x" * 121}, "received_by", "form.maxLength"),
]

DECISIONS_UNCLEANED = [
    ("forward", {"instructions": []}, "instructions", "instructions.minItems"),
    ("return", {"items": []}, "items", "items.minItems"),
    ("dispatch", {"checklist": ["surat", "surat"]}, "checklist", "checklist.uniqueItems"),
    *((action, {"action": 7}, "action", "form.type") for action in DECISIONS),
    *((action, {"action": "burn"}, "action", "form.const") for action in DECISIONS),
    *((action, {}, "action", "form.required") for action in DECISIONS),
]


def test_a_certificate_is_recorded_up_to_its_last_day() -> None:
    assert decided("record", RECORD | {"valid_from": "2024-11-22", "valid_until": TODAY.isoformat()})[1] == ()


@pytest.mark.parametrize(("action", "raw", "field", "sentence"), DECISIONS_REFUSED)
def test_a_decision_that_lacks_something_is_refused_with_its_sentence(
    action: str, raw: dict[str, Any], field: str, sentence: str
) -> None:
    limit = str(DECISIONS[action]["properties"][field].get("maxLength"))
    expected = sentences(DECISIONS[action])[sentence].replace("{limit}", limit)
    assert decided(action, raw)[1] == (Finding(field, expected),)


@pytest.mark.parametrize(("action", "values", "field", "sentence"), DECISIONS_UNCLEANED)
def test_a_decision_that_no_form_sends_is_refused_too(
    action: str, values: dict[str, Any], field: str, sentence: str
) -> None:
    found = DECISION_FORMS[action].check(values, TODAY)
    assert Finding(field, sentences(DECISIONS[action])[sentence]) in found


@pytest.mark.parametrize("action", DECISIONS)
def test_every_sentence_of_a_decision_is_reached_above(action: str) -> None:
    reached = {row[3] for row in (*DECISIONS_REFUSED, *DECISIONS_UNCLEANED) if row[0] == action}
    assert reached == set(sentences(DECISIONS[action]))


def test_lists_come_from_the_sop_and_are_shown_in_words() -> None:
    form = DECISION_FORMS["forward"]
    assert form.fields["instructions"].options == (
        Option("proses", "Proses lebih lanjut"),
        Option("tanggapan", "Tanggapan"),
    )
    ((section, rows),) = form.shown({"action": "forward", "instructions": ["tanggapan", "proses"], "note": "Segera"})
    assert section.title == DECISIONS["forward"]["title"]
    assert [words for _, words in rows] == ["Tanggapan, Proses lebih lanjut", "Segera"]


def test_building_a_form_leaves_the_schema_as_it_was() -> None:
    schema = json.loads((SCHEMAS / "decision.schema.json").read_text("utf-8"))["$defs"]["return"]
    before = json.dumps(schema)
    Form(schema, LISTS)
    assert json.dumps(schema) == before


def test_a_list_that_was_not_given_is_noticed_at_once() -> None:
    with pytest.raises(KeyError, match="reasons"):
        Form(DECISIONS["reject"])
