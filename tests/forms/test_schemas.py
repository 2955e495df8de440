"""The schemas themselves: valid, without unknown keywords, safe to run, and one with the SOP and the code."""

import copy
import json
import re
import time
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from portal.core.errors import SopInvalid
from portal.core.identity import RULES
from portal.core.steps import KINDS, State
from portal.forms.form import Form, validate
from portal.forms.typed import FORMS

SCHEMAS = Path(__file__).parents[2] / "schemas"
FILES = sorted(SCHEMAS.glob("**/*.schema.json"))


def read(name: str) -> dict:
    return json.loads((SCHEMAS / name).read_text("utf-8"))


APPLICATION = read("penerbitan/application.schema.json")
DECISIONS = read("decision.schema.json")
SOP_SCHEMA = read("sop.schema.json")
SOP = tomllib.loads((SCHEMAS / "penerbitan" / "sop.toml").read_text("utf-8"))
FORM_SCHEMAS = {"application": APPLICATION, **DECISIONS["$defs"]}

# Keywords of our own: at a field, at a form, beside a keyword.
OF_A_FIELD = {
    *("hint", "widget", "autocomplete", "inputmode", "clean", "messages", "warnings", "show_if", "after", "not_past"),
    *("x-options", "complete", "note_field"),
}
OF_A_FORM = {"sections", "messages", "rules"}

STANDARD = {
    *("$schema", "$id", "$ref", "$defs", "$comment", "title", "description", "examples", "deprecated", "format"),
    *("type", "const", "enum", "properties", "required", "additionalProperties", "minProperties"),
    *("items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems"),
    *("minLength", "maxLength", "pattern", "minimum", "maximum", "allOf", "anyOf", "oneOf", "not", "if", "then"),
}
WIDGETS = {
    *("text", "textarea", "select", "radio", "checkbox", "checkboxes", "email", "tel", "date", "hidden"),
}


def parts(schema: dict, place: str = "") -> Iterator[tuple[str, dict]]:
    """Every subschema with where it stands."""
    yield place, schema
    for keyword in ("properties", "$defs"):
        for name, part in schema.get(keyword, {}).items():
            yield from parts(part, f"{place}/{keyword}/{name}")
    for keyword in ("items", "contains", "not", "if", "then"):
        if keyword in schema:
            yield from parts(schema[keyword], f"{place}/{keyword}")
    for keyword in ("allOf", "anyOf", "oneOf", "prefixItems"):
        for number, part in enumerate(schema.get(keyword, ())):
            yield from parts(part, f"{place}/{keyword}/{number}")


def fields() -> list[tuple[str, dict, dict]]:
    return [
        (f"{form}.{name}", field, schema)
        for form, schema in FORM_SCHEMAS.items()
        for name, field in schema["properties"].items()
    ]


# --- Every schema --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_schema_is_a_schema(path):
    schema = json.loads(path.read_text("utf-8"))
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_keyword_is_unknown_where_it_stands(path):
    schema = json.loads(path.read_text("utf-8"))
    forms = {"", *(f"/$defs/{action}" for action in DECISIONS["$defs"])}
    for place, part in parts(schema):
        own = set()
        if path.name in ("application.schema.json", "decision.schema.json"):
            form, _, name = place.rpartition("/properties/")
            if place in forms:
                own = OF_A_FORM
            elif form in forms and "/" not in name:
                own = OF_A_FIELD
            elif place.startswith("/properties/email/allOf/"):
                own = {"messages"}
        assert set(part) - STANDARD - own == set(), place


@pytest.mark.parametrize("keyword", sorted(OF_A_FIELD | OF_A_FORM))
def test_a_keyword_of_our_own_is_explained_and_used(keyword):
    assert re.search(rf"(^|[ ]){re.escape(keyword)}: ", APPLICATION["$comment"])
    assert any(keyword in part for schema in (APPLICATION, DECISIONS) for _, part in parts(schema))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_schema_refers_only_to_itself(path):
    schema = json.loads(path.read_text("utf-8"))
    for place, part in parts(schema):
        if "$ref" in part:
            assert part["$ref"].removeprefix("#/$defs/") in schema["$defs"], place


HOSTILE = [
    unit * (100_000 // len(unit)) + end
    for unit in ("a", "1", "@", " ", "a@", "a.", "a-", "@a.", "a.a", "@tarakankota.go.id", "A' ", "1.1", "dr.", "-")
    for end in ("", "!", "\n", "@")
]


def test_no_pattern_takes_long_over_any_text():
    patterns = {
        part["pattern"] for path in FILES for _, part in parts(json.loads(path.read_text("utf-8"))) if "pattern" in part
    }
    patterns |= {warning["pattern"] for _, field, _ in fields() for warning in field.get("warnings", ())}
    slowest = 0.0
    for pattern in patterns:
        for text in HOSTILE:
            began = time.process_time()
            re.search(pattern, text)
            slowest = max(slowest, time.process_time() - began)
    assert slowest < 0.2


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_patterns_mean_the_same_outside_python(path):
    """No Python-only classes: \\d and \\w match other scripts' digits and letters here, and \\Z exists nowhere else."""
    for place, part in parts(json.loads(path.read_text("utf-8"))):
        assert not re.search(r"\\[dwbDWBAZ]|\(\?[^:=!]", part.get("pattern", "")), place


# --- Forms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "field", "schema"), fields(), ids=[name for name, _, _ in fields()])
def test_a_field_is_complete(name, field, schema):
    assert field["title"]
    assert field.get("widget", "text") in WIDGETS
    assert field["type"] in ("string", "array")
    assert (field["type"] == "array") is (field.get("widget") == "checkboxes")
    assert field.get("clean", "text") in FORMS


@pytest.mark.parametrize(("name", "field", "schema"), fields(), ids=[name for name, _, _ in fields()])
def test_the_length_of_an_answer_is_limited(name, field, schema):
    bounded = {"const", "oneOf", "maxLength", "x-options", "format"} & field.keys()
    assert bounded or re.fullmatch(r"\^[^*+]*\{[0-9,]+\}\$", field["pattern"].replace("\\+", ""))


@pytest.mark.parametrize(("name", "field", "schema"), fields(), ids=[name for name, _, _ in fields()])
def test_fields_lead_only_to_fields_and_choices_there_are(name, field, schema):
    for other in (field.get("after"), field.get("note_field")):
        assert other is None or other in schema["properties"]
    if "show_if" in field:
        other, wanted = field["show_if"]
        values = {choice["const"] for choice in schema["properties"][other]["oneOf"]}
        assert {wanted} if isinstance(wanted, str) else set(wanted) <= values


@pytest.mark.parametrize(("name", "field", "schema"), fields(), ids=[name for name, _, _ in fields()])
def test_choices_are_offered_once(name, field, schema):
    values = [choice["const"] for choice in field.get("oneOf", ())]
    assert len(values) == len(set(values))


@pytest.mark.parametrize("name", [name for name, field in APPLICATION["properties"].items() if "examples" in field])
def test_an_example_is_one_that_passes(name):
    form = Form(APPLICATION)
    for example in APPLICATION["properties"][name]["examples"]:
        values = form.clean({name: example})
        assert [finding for finding in form.check(values, date(2026, 11, 22)) if finding.field == name] == []


def test_every_field_stands_in_one_section_of_few():
    named = [name for section in APPLICATION["sections"] for name in section["fields"]]
    assert sorted(named) == sorted(APPLICATION["properties"])
    assert max(len(section["fields"]) for section in APPLICATION["sections"]) <= 5


def test_what_is_required_exists():
    for schema in FORM_SCHEMAS.values():
        demanded = {name for condition in schema.get("allOf", ()) for name in condition["then"]["required"]}
        assert demanded | set(schema["required"]) <= schema["properties"].keys()


def test_conditions_have_the_one_shape_that_forms_understand():
    for condition in APPLICATION["allOf"]:
        ((name, demand),) = condition["if"]["properties"].items()
        assert condition["if"]["required"] == [name]
        assert demand.keys() in ({"const"}, {"enum"})
        assert condition["then"].keys() == {"required"}


def test_every_rule_about_numbers_is_asked_and_none_is_unknown():
    assert {rule["rule"] for rule in APPLICATION["rules"]} == set(RULES)
    for rule in APPLICATION["rules"]:
        assert rule["field"] in APPLICATION["properties"]
        assert rule["level"] in ("error", "warning")


def test_only_the_structure_of_a_number_stops_an_applicant():
    stopping = {rule["rule"] for rule in APPLICATION["rules"] if rule["level"] == "error"}
    assert stopping == {"nik_structure", "nip_structure"}


def test_all_ranks_of_pns_are_offered_lowest_first():
    ranks = [choice["const"] for choice in APPLICATION["properties"]["pangkat"]["oneOf"]]
    assert ranks == [
        f"{g}/{r}" for g, rs in {"I": "abcd", "II": "abcd", "III": "abcd", "IV": "abcde"}.items() for r in rs
    ]


def said() -> list[str]:
    sentences = [text for schema in FORM_SCHEMAS.values() for text in schema["messages"].values()]
    sentences += [rule["message"] for rule in APPLICATION["rules"]]
    for _, field, _ in fields():
        for part in (field, *field.get("allOf", ())):
            sentences += part.get("messages", {}).values()
        sentences += [warning["message"] for warning in field.get("warnings", ())]
    return sorted(set(sentences))


@pytest.mark.parametrize("sentence", said())
def test_a_sentence_is_short_calm_and_blames_nobody(sentence):
    assert len(sentence.split()) < 20
    assert sentence.endswith(".")
    assert "!" not in sentence
    assert not re.search(r"\b(salah(?! satu)|gagal|ilegal|user|submit|login|token|error)\b", sentence, re.IGNORECASE)


# --- The SOP and the forms -----------------------------------------------------------------------------------------


def test_the_sop_fits_its_schema():
    validate(SOP_SCHEMA, SOP, "sop.toml")


def test_the_sop_takes_the_applicant_from_fields_of_the_form():
    assert set(SOP["applicant"].values()) <= APPLICATION["properties"].keys()


def test_no_field_is_called_like_a_document():
    """An official returns either by the same list of keys."""
    assert not {document["key"] for document in SOP["documents"]} & APPLICATION["properties"].keys()


def test_consent_for_somebody_else_is_the_sentence_of_the_sop():
    assert APPLICATION["properties"]["persetujuan"]["title"] == SOP["sentences"]["statement_other"]


def test_the_service_is_what_the_form_applies_for():
    assert APPLICATION["properties"]["jenis_permohonan"]["const"] == SOP["service"]


def test_the_office_itself_can_be_chosen():
    offices = [choice["const"] for choice in APPLICATION["properties"]["opd"]["oneOf"]]
    assert any(SOP["office"]["name"].removesuffix(f" Kota {SOP['office']['city']}") == office for office in offices)
    assert offices[-1] == "Lainnya"


def official_actions() -> set[str]:
    return {action for kind in KINDS.values() for moves in kind.official.values() for action in moves}


def test_every_decision_an_official_may_make_has_a_form_and_no_other_has():
    assert set(DECISIONS["$defs"]) == official_actions()
    assert set(DECISIONS["properties"]["action"]["enum"]) == official_actions()
    assert {branch["then"]["$ref"] for branch in DECISIONS["allOf"]} == {f"#/$defs/{a}" for a in official_actions()}


def test_every_action_at_a_step_of_the_sop_has_a_form():
    worded = {action for step in SOP["steps"] for action in step.get("actions", {})}
    assert worded <= set(DECISIONS["$defs"])


def test_the_decisions_that_all_services_share_name_nothing_of_one_service():
    said = json.dumps(DECISIONS, ensure_ascii=False).lower()
    for word in ("bsre", "sertifikat", "passphrase", "tanda tangan", "verifikator", "dkisp"):
        assert word not in said, word


def test_a_decision_carries_its_own_name():
    for action, schema in DECISIONS["$defs"].items():
        assert schema["properties"]["action"]["const"] == action
        assert schema["additionalProperties"] is False


def test_lists_named_by_decisions_are_those_the_service_gives():
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
def test_the_whole_file_tells_a_decision_from_anything_else(decision, fits):
    checker = Draft202012Validator(DECISIONS, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert checker.is_valid(decision) is fits


# --- What a SOP file may not say -----------------------------------------------------------------------------------


def step(sop: dict, kind: str) -> dict:
    return next(step for step in sop["steps"] if step["kind"] == kind)


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
    (lambda sop: sop["text"].pop("warning"), "text.warning", "kalimat"),
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
    (lambda sop: sop["steps"][1]["text"].pop("output"), "steps[1].text.output", "kata"),
    (lambda sop: sop["steps"].pop(0), "steps[0].kind", "langkah pertama"),
    (lambda sop: sop["steps"].append(sop["steps"][0]), "steps[7].kind", "hanya pada langkah pertama"),
    (lambda sop: sop["steps"].pop(), "steps", "handover"),
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
def test_a_broken_sop_is_told_which_key_and_what_belongs_there(break_it, key, expected):
    sop = copy.deepcopy(SOP)
    break_it(sop)
    with pytest.raises(SopInvalid) as refused:
        validate(SOP_SCHEMA, sop, "sop.toml")
    assert refused.value.facts["key"] == key
    assert expected in refused.value.facts["expected"]


def test_a_sop_may_say_more_about_the_calendar():
    sop = copy.deepcopy(SOP)
    sop["calendar"]["closed"] = [{"date": date(2026, 12, 15), "label": "Libur daerah"}]
    sop["calendar"]["open"] = [{"date": date(2026, 12, 19), "hours": ["08.00-12.00"]}]
    ramadan = {
        "from": date(2027, 2, 8),
        "until": date(2027, 3, 9),
        "label": "Ramadan",
        "hours": {"mon": ["08.00-15.30"]},
    }
    sop["calendar"]["overrides"] = [ramadan]
    validate(SOP_SCHEMA, sop, "sop.toml")


def test_a_step_may_have_its_own_words_for_sending_back():
    sop = copy.deepcopy(SOP)
    step(sop, "disposition")["actions"]["return"] = SOP["actions"]["return"]
    validate(SOP_SCHEMA, sop, "sop.toml")


def of_kind(kind: str, table: str) -> dict:
    return SOP_SCHEMA["$defs"][kind]["properties"][table]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_step_has_words_for_what_its_kind_permits(kind):
    permitted = {action for moves in KINDS[kind].official.values() for action in moves}
    assert set(of_kind(kind, "actions").get("required", ())) == permitted - set(SOP["actions"])
    if kind != "submission":
        assert set(of_kind(kind, "actions")["properties"]) == permitted


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_step_has_words_for_the_states_its_kind_passes(kind):
    reached = {KINDS[kind].entry, *KINDS[kind].official, *KINDS[kind].applicant}
    assert set(of_kind(kind, "status")["required"]) == {state.value for state in reached} - set(SOP["status"])
    assert set(of_kind(kind, "status")["properties"]) <= set(State)


def test_the_kinds_of_the_schema_are_those_of_the_code():
    assert set(SOP_SCHEMA["$defs"]["step"]["properties"]["kind"]["enum"]) == set(KINDS)


@pytest.mark.parametrize(
    ("place", "part"),
    [
        (place, part)
        for place, part in parts(SOP_SCHEMA)
        if {"required", "properties"} <= part.keys() and not place.endswith(("/if", "/contains"))
    ],
)
def test_what_a_sop_must_say_is_described(place, part):
    for name in part["required"]:
        field = part["properties"][name]
        definition = SOP_SCHEMA["$defs"].get(field.get("$ref", "").removeprefix("#/$defs/"), {})
        assert {**definition, **field}.get("description"), f"{place}/{name}"
