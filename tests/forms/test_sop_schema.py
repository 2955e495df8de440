"""The SOP, its schema, the forms and the code are one; what a SOP file may not say."""

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from portal.core.errors import SopInvalid
from portal.core.sop import ROW
from portal.core.steps import KINDS, State
from portal.forms.form import validate
from tests.support.schemas import APPLICATION, DECISIONS, OFFICE, OFFICE_SCHEMA, SOP, SOP_SCHEMA, fields, parts

WHOLE = {**SOP, "office": OFFICE["office"], "calendar": OFFICE["calendar"]}
"""A service's file that says all of its office itself."""


def fit(sop: dict[str, Any]) -> None:
    validate(SOP_SCHEMA, sop, "sop.toml")
    said: dict[str, Any] = {key: sop[key] for key in ("office", "calendar") if key in sop}
    validate(OFFICE_SCHEMA, {"services": ["penerbitan"], **said}, "sop.toml")


# --- The SOP and the forms -----------------------------------------------------------------------------------------


def test_the_sop_fits_its_schema() -> None:
    validate(SOP_SCHEMA, SOP, "sop.toml")
    validate(OFFICE_SCHEMA, OFFICE, "office.toml")
    fit(WHOLE)


def test_the_sop_takes_the_applicant_from_fields_of_the_form() -> None:
    assert set(SOP["applicant"].values()) <= APPLICATION["properties"].keys()


def test_no_field_is_called_like_a_document() -> None:
    """An official returns either by the same list of keys."""
    assert not {document["key"] for document in SOP["documents"]} & APPLICATION["properties"].keys()


def test_consent_for_somebody_else_is_the_sentence_of_the_sop() -> None:
    assert APPLICATION["properties"]["persetujuan"]["title"] == SOP["sentences"]["statement_other"]


def test_the_service_is_what_the_form_applies_for() -> None:
    assert APPLICATION["properties"]["jenis_permohonan"]["const"] == SOP["service"]


def test_the_office_itself_can_be_chosen() -> None:
    offices = [choice["const"] for choice in APPLICATION["properties"]["opd"]["oneOf"]]
    office = OFFICE["office"]
    assert office["name"].removesuffix(f" Kota {office['city']}") in offices
    assert offices[-1] == "Lainnya"


def official_actions() -> set[str]:
    """Also what whoever arranges visits may do; what a clerk does has its reason, and no form of decisions."""
    said = (moves for kind in KINDS.values() for moves in (*kind.official.values(), *kind.office.values()))
    return {action for moves in said for action in moves} - {"walk_in"}


def test_every_decision_an_official_may_make_has_a_form_and_no_other_has() -> None:
    assert set(DECISIONS["$defs"]) == official_actions()
    assert set(DECISIONS["properties"]["action"]["enum"]) == official_actions()
    assert {branch["then"]["$ref"] for branch in DECISIONS["allOf"]} == {f"#/$defs/{a}" for a in official_actions()}


def test_every_action_at_a_step_of_the_sop_has_a_form() -> None:
    worded = {action for step in SOP["steps"] for action in step.get("actions", {})}
    assert worded <= set(DECISIONS["$defs"])


def test_the_decisions_that_all_services_share_name_nothing_of_one_service() -> None:
    said = json.dumps(DECISIONS, ensure_ascii=False).lower()
    for word in ("bsre", "sertifikat", "passphrase", "tanda tangan", "verifikator", "dkisp"):
        assert word not in said, word


def test_a_decision_carries_its_own_name() -> None:
    for action, schema in DECISIONS["$defs"].items():
        assert schema["properties"]["action"]["const"] == action
        assert schema["additionalProperties"] is False


def test_lists_named_by_decisions_are_those_the_service_gives() -> None:
    named = {field["x-options"] for _, field, _ in fields() if "x-options" in field}
    assert named == {"instructions", "items", "reasons", "checklist"}


@pytest.mark.parametrize(
    ("decision", "fits"),
    [
        ({"action": "forward", "instructions": ["proses"]}, True),
        ({"action": "forward", "instructions": ["proses"], "note": "Segera"}, True),
        ({"action": "return", "items": ["ktp"], "reason": "ktp_tidak_terbaca"}, True),
        ({"action": "reject", "reason": "di_luar_kewenangan"}, True),
        ({"action": "dispatch", "checklist": ["surat"]}, True),
        ({"action": "accept"}, True),
        ({"action": "refuse", "reason": "kyc_gagal"}, True),
        ({"action": "invite"}, True),
        ({"action": "attend"}, True),
        ({"action": "miss"}, True),
        ({"action": "record", "serial": "5A3F", "valid_from": "2026-11-22", "valid_until": "2028-11-21"}, True),
        ({"action": "hand_over", "received_by": "Siti Aminah"}, True),
        ({"action": "forward"}, False),
        ({"action": "forward", "instructions": "proses"}, False),
        ({"action": "forward", "instructions": ["proses"], "reason": "lainnya"}, False),
        ({"action": "accept", "passphrase": "rahasia"}, False),
        ({"action": "record", "serial": "5A3F", "valid_from": "kemarin", "valid_until": "2028-11-21"}, False),
        ({"action": "burn"}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
)
def test_the_whole_file_tells_a_decision_from_anything_else(
    decision: dict[str, Any] | list[Any] | None, fits: bool
) -> None:
    checker = Draft202012Validator(DECISIONS, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert checker.is_valid(decision) is fits


# --- What a SOP file may not say -----------------------------------------------------------------------------------


def step(sop: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(step for step in sop["steps"] if step["kind"] == kind)
    return found


# how it is broken, key that is named, words of what is expected
BREAKS = [
    (lambda sop: sop.pop("office"), "office", "[office]"),
    (lambda sop: sop.update(ofice={}), "ofice", "office"),
    (lambda sop: sop.update(ticket_prefix="tte"), "ticket_prefix", "kapital"),
    (lambda sop: sop.update(draft_days="7"), "draft_days", "bilangan bulat"),
    (lambda sop: sop.update(draft_days=True), "draft_days", "bilangan bulat"),
    (lambda sop: sop["retention"].update(documents_days=0), "retention.documents_days", "bilangan bulat"),
    (lambda sop: sop.pop("retention"), "retention", "[retention]"),
    (lambda sop: sop.update(title="  "), "title", "kalimat"),
    (lambda sop: sop["sentences"].pop("safety"), "sentences.safety", "kalimat"),
    (lambda sop: sop["sentences"].update(stamp="Salinan"), "sentences.stamp", "{ticket}"),
    (lambda sop: sop["office"].update(telephones=[]), "office.telephones", "[[office.telephones]]"),
    (lambda sop: sop["office"]["telephones"][1].update(tel="0811432453"), "office.telephones[1].tel", "+62"),
    (lambda sop: sop["applicant"].pop("name"), "applicant.name", "kunci"),
    (lambda sop: sop["text"].pop("name"), "text.name", "kalimat"),
    (lambda sop: sop["text"].update(columns=[]), "text.columns", "daftar"),
    (lambda sop: sop["roles"][0].pop("column"), "roles[0].column", "kata"),
    (lambda sop: sop["roles"][0].update(key="Pemohon"), "roles[0].key", "huruf kecil"),
    (lambda sop: sop["documents"][2].update(size=5), "documents[2].size", "key | label"),
    (lambda sop: sop["reasons"][0].update({"for": ["forward"]}), "reasons[0].for[0]", "return"),
    (lambda sop: sop["reasons"][0].update({"for": []}), "reasons[0].for", "satu atau lebih"),
    (lambda sop: sop["reasons"][0].update(needs_note="ya"), "reasons[0].needs_note", "true"),
    (lambda sop: sop["status"].pop("done"), "status.done", "sentence"),
    (lambda sop: sop["actions"]["reject"].pop("button"), "actions.reject.button", "kata"),
    (lambda sop: sop["steps"][1].pop("role"), "steps[1].role", "kunci"),
    (lambda sop: sop["steps"][1].update(rôle="kadis"), "steps[1].rôle", "role"),
    (lambda sop: sop["steps"][1].update(kind="approval"), "steps[1].kind", "disposition"),
    (lambda sop: sop["steps"][1].update(minutes=15.5), "steps[1].minutes", "bilangan bulat"),
    (lambda sop: sop["steps"][1]["text"].pop("activity"), "steps[1].text.activity", "kata"),
    (lambda sop: sop["steps"].pop(0), "steps[0].kind", "langkah pertama"),
    (lambda sop: sop["steps"].append(sop["steps"][0]), "steps[7].kind", "hanya pada langkah pertama"),
    (lambda sop: step(sop, "disposition").update(also=["return"]), "steps[1].also[0]", "send_back"),
    (lambda sop: step(sop, "handover").update(also=["send_back"]), "steps[6].also", "disposition"),
    (lambda sop: step(sop, "handover").update(documents=SOP["documents"]), "steps[6].documents", "task"),
    (lambda sop: sop["steps"][1].update(next="passphrase"), "steps[1].next", "berurutan"),
    (lambda sop: sop["steps"][1].update(parallel=["kabid"]), "steps[1].parallel", "bersamaan"),
    (lambda sop: sop["steps"][1].pop("status"), "steps[1].status", "waiting"),
    (lambda sop: sop["steps"].append(sop["steps"][-1]), "steps", "handover"),
    (lambda sop: step(sop, "disposition").pop("task"), "steps[1].task", "pejabat"),
    (lambda sop: step(sop, "disposition").pop("subject"), "steps[1].subject", "email"),
    (lambda sop: step(sop, "disposition").update(checklist=SOP["instructions"]), "steps[1].checklist", "dispatch"),
    (lambda sop: step(sop, "disposition").update(visit=step(SOP, "visit")["visit"]), "steps[1].visit", "visit"),
    (lambda sop: step(sop, "disposition")["actions"].pop("forward"), "steps[1].actions.forward", "button"),
    (lambda sop: step(sop, "disposition")["actions"].update(invite={}), "steps[1].actions.invite", "forward"),
    (lambda sop: step(sop, "disposition").pop("actions"), "steps[1].actions", "forward"),
    (lambda sop: step(sop, "dispatch").pop("checklist"), "steps[4].checklist", "butir"),
    (lambda sop: step(sop, "dispatch").update(checklist=[]), "steps[4].checklist", "sekurang-kurangnya"),
    (lambda sop: step(sop, "dispatch")["status"].pop("sent"), "steps[4].status.sent", "sentence"),
    (lambda sop: step(sop, "visit").pop("visit"), "steps[5].visit", "[steps.visit]"),
    (lambda sop: step(sop, "visit")["visit"].pop("windows"), "steps[5].visit.windows", "mon"),
    (lambda sop: step(sop, "visit")["visit"]["windows"].update(senin=[]), "steps[5].visit.windows.senin", "mon"),
    (lambda sop: step(sop, "visit")["visit"].update(capacity=0), "steps[5].visit.capacity", "bilangan bulat"),
    (lambda sop: step(sop, "handover")["actions"].pop("hand_over"), "steps[6].actions.hand_over", "button"),
    (lambda sop: sop["calendar"].update(timezone="Asia/Singapore"), "calendar.timezone", "Asia/Makassar"),
    (lambda sop: sop["calendar"].update(hours={}), "calendar.hours", "mon"),
    (lambda sop: sop["calendar"]["hours"].update(mon="07.30-12.00"), "calendar.hours.mon", "07.30"),
    (
        lambda sop: sop["calendar"].update(closed=[{"date": "2026-12-24", "label": "Libur"}]),
        "calendar.closed[0].date",
        "tanda kutip",
    ),
    (lambda sop: sop["reminders"].pop("visit_days_before"), "reminders.visit_days_before", "bilangan bulat"),
]


@pytest.mark.parametrize(("break_it", "key", "expected"), BREAKS, ids=[key for _, key, _ in BREAKS])
def test_a_broken_sop_is_told_which_key_and_what_belongs_there(
    break_it: Callable[..., Any], key: str, expected: str
) -> None:
    sop = copy.deepcopy(WHOLE)
    break_it(sop)
    with pytest.raises(SopInvalid) as refused:
        fit(sop)
    assert refused.value.facts["key"] == key
    assert expected in str(refused.value.facts["expected"])


def test_a_sop_may_say_more_about_the_calendar() -> None:
    sop = copy.deepcopy(WHOLE)
    sop["calendar"]["closed"] = [{"date": date(2026, 12, 15), "label": "Libur daerah"}]
    sop["calendar"]["open"] = [{"date": date(2026, 12, 19), "hours": ["08.00-12.00"]}]
    ramadan = {
        "from": date(2027, 2, 8),
        "until": date(2027, 3, 9),
        "label": "Ramadan",
        "hours": {"mon": ["08.00-15.30"]},
    }
    sop["calendar"]["overrides"] = [ramadan]
    fit(sop)


def test_a_sop_may_end_without_a_handover() -> None:
    sop = copy.deepcopy(SOP)
    sop["steps"].pop()
    validate(SOP_SCHEMA, sop, "sop.toml")


def test_a_step_may_have_its_own_words_for_sending_back() -> None:
    sop = copy.deepcopy(WHOLE)
    step(sop, "disposition")["actions"]["return"] = SOP["actions"]["return"]
    validate(SOP_SCHEMA, sop, "sop.toml")


def of_kind(kind: str, table: str) -> dict[str, Any]:
    found: dict[str, Any] = SOP_SCHEMA["$defs"][kind]["properties"][table]
    return found


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_step_has_words_for_what_its_kind_permits(kind: str) -> None:
    """An applicant's deeds have words of the SOP's own; only a task is called what it is at the step."""
    permitted = {action for moves in KINDS[kind].official.values() for action in moves}
    needed = {"task": {"report"}}.get(kind, permitted - {*KINDS[kind].optional} - set(SOP["actions"]))
    assert set(of_kind(kind, "actions").get("required", ())) == needed
    if not KINDS[kind].is_applicants:
        assert set(of_kind(kind, "actions").get("properties", ())) == permitted


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_step_has_words_for_the_states_its_kind_passes(kind: str) -> None:
    """No case is ever at an opening: it begins at the step after."""
    reached = {KINDS[kind].entry, *KINDS[kind].official, *KINDS[kind].applicant} if kind != "opening" else set()
    assert set(of_kind(kind, "status").get("required", ())) == {state.value for state in reached} - set(SOP["status"])
    assert set(of_kind(kind, "status").get("properties", ())) <= set(State)


def test_the_kinds_of_the_schema_are_those_of_the_code() -> None:
    assert set(SOP_SCHEMA["$defs"]["step"]["properties"]["kind"]["enum"]) == {*KINDS, ROW}


@pytest.mark.parametrize(
    ("place", "part"),
    [
        (place, part)
        for place, part in parts(SOP_SCHEMA)
        if {"required", "properties"} <= part.keys() and not place.endswith(("/if", "/contains"))
    ],
)
def test_what_a_sop_must_say_is_described(place: str, part: dict[str, Any]) -> None:
    for name in part["required"]:
        field = part["properties"][name]
        definition = SOP_SCHEMA["$defs"].get(field.get("$ref", "").removeprefix("#/$defs/"), {})
        assert {**definition, **field}.get("description"), f"{place}/{name}"
