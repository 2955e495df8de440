"""The schemas themselves: valid, without unknown keywords, safe to run."""

import json
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from portal.core.identity import RULES
from portal.forms.form import Form
from portal.forms.typed import FORMS
from tests.support.places import SCHEMAS
from tests.support.schemas import APPLICATION, DECISIONS, FORM_SCHEMAS, fields, parts, said

FILES = sorted(SCHEMAS.glob("**/*.schema.json"))

# Keywords of our own: at a field, at a form, beside a keyword.
OF_A_FIELD = {
    *(
        "hint",
        "widget",
        "autocomplete",
        "inputmode",
        "clean",
        "messages",
        "warnings",
        "show_if",
        "after",
        "not_past",
        "not_future",
    ),
    *("x-options", "complete", "note_field"),
}
OF_A_FORM = {"sections", "messages", "rules"}

STANDARD = {
    *("$schema", "$id", "$ref", "$defs", "$comment", "title", "description", "examples", "deprecated", "format"),
    *("type", "const", "enum", "properties", "required", "additionalProperties", "minProperties"),
    *("items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems"),
    *("minLength", "maxLength", "pattern", "minimum", "maximum", "allOf", "anyOf", "oneOf", "not", "if", "then"),
}
OF_A_DECISION = {"says", "dates"}
WIDGETS = {
    *("text", "textarea", "select", "radio", "checkbox", "checkboxes", "email", "tel", "date", "hidden"),
}


# --- Every schema --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_schema_is_a_schema(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_keyword_is_unknown_where_it_stands(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    forms = {"", *(f"/$defs/{action}" for action in (*DECISIONS["$defs"], "entry", "revoke", "change"))}
    for place, part in parts(schema):
        own = set()
        if path.name.partition(".")[0] in ("application", "batch", "decision", "register"):
            form, _, name = place.rpartition("/properties/")
            if place in forms:
                own = OF_A_FORM | (OF_A_DECISION if path.name == "decision.schema.json" else set())
            elif form in forms and "/" not in name:
                own = OF_A_FIELD
            elif place.startswith(("/properties/email/allOf/", "/properties/email_pengisi/allOf/")):
                own = {"messages"}
        assert set(part) - STANDARD - own == set(), place


@pytest.mark.parametrize("keyword", sorted(OF_A_FIELD | OF_A_FORM))
def test_a_keyword_of_our_own_is_explained_and_used(keyword: str) -> None:
    assert re.search(rf"(^|[ ]){re.escape(keyword)}: ", APPLICATION["$comment"])
    register = json.loads((SCHEMAS / "register.schema.json").read_text("utf-8"))
    assert any(keyword in part for schema in (APPLICATION, DECISIONS, register) for _, part in parts(schema))


@pytest.mark.parametrize("keyword", sorted(OF_A_DECISION))
def test_a_keyword_of_decisions_is_explained_and_used(keyword: str) -> None:
    assert f" {keyword}: " in DECISIONS["$comment"]
    assert any(keyword in decision for decision in DECISIONS["$defs"].values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_schema_refers_only_to_itself(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    for place, part in parts(schema):
        if "$ref" in part:
            assert part["$ref"].removeprefix("#/$defs/") in schema["$defs"], place


HOSTILE = [
    unit * (100_000 // len(unit)) + end
    for unit in ("a", "1", "@", " ", "a@", "a.", "a-", "@a.", "a.a", "@tarakankota.go.id", "A' ", "1.1", "dr.", "-")
    for end in ("", "!", "\n", "@")
]


def test_no_pattern_takes_long_over_any_text() -> None:
    patterns = {
        part["pattern"] for path in FILES for _, part in parts(json.loads(path.read_text("utf-8"))) if "pattern" in part
    }
    patterns |= {warning["pattern"] for _, field, _ in fields() for warning in field.get("warnings", ())}
    for pattern in patterns:
        for text in HOSTILE:
            began = time.process_time()
            re.search(pattern, text)
            # Some milliseconds where the pattern goes through the text once, and minutes where it goes back each time.
            assert time.process_time() - began < 5, pattern


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_patterns_mean_the_same_outside_python(path: Path) -> None:
    """No Python-only classes: \\d and \\w match other scripts' digits and letters here, and \\Z exists nowhere else."""
    for place, part in parts(json.loads(path.read_text("utf-8"))):
        assert not re.search(r"\\[dwbDWBAZ]|\(\?[^:=!]", part.get("pattern", "")), place


# --- Forms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "field", "schema"), fields(), ids=[name for name, _, _ in fields()])
def test_a_field_is_complete(name: str, field: dict[str, Any], schema: dict[str, Any]) -> None:
    assert field["title"]
    assert field.get("widget", "text") in WIDGETS
    assert field["type"] in ("string", "array")
    assert (field["type"] == "array") is (field.get("widget") == "checkboxes")
    assert field.get("clean", "text") in FORMS


@pytest.mark.parametrize(("name", "field", "schema"), fields(), ids=[name for name, _, _ in fields()])
def test_the_length_of_an_answer_is_limited(name: str, field: dict[str, Any], schema: dict[str, Any]) -> None:
    bounded = {"const", "oneOf", "maxLength", "x-options", "format"} & field.keys()
    assert bounded or re.fullmatch(r"\^[^*+]*\{[0-9,]+\}\$", field["pattern"].replace("\\+", ""))


@pytest.mark.parametrize(("name", "field", "schema"), fields(), ids=[name for name, _, _ in fields()])
def test_fields_lead_only_to_fields_and_choices_there_are(
    name: str, field: dict[str, Any], schema: dict[str, Any]
) -> None:
    for other in (field.get("after"), field.get("note_field")):
        assert other is None or other in schema["properties"]
    if "show_if" in field:
        other, wanted = field["show_if"]
        values = {choice["const"] for choice in schema["properties"][other]["oneOf"]}
        assert {wanted} if isinstance(wanted, str) else set(wanted) <= values


@pytest.mark.parametrize(("name", "field", "schema"), fields(), ids=[name for name, _, _ in fields()])
def test_choices_are_offered_once(name: str, field: dict[str, Any], schema: dict[str, Any]) -> None:
    values = [choice["const"] for choice in field.get("oneOf", ())]
    assert len(values) == len(set(values))


@pytest.mark.parametrize("name", [name for name, field in APPLICATION["properties"].items() if "examples" in field])
def test_an_example_is_one_that_passes(name: str) -> None:
    form = Form(APPLICATION)
    for example in APPLICATION["properties"][name]["examples"]:
        values = form.clean({name: example})
        assert [finding for finding in form.check(values, date(2026, 11, 22)) if finding.field == name] == []


def test_every_field_stands_in_one_section_of_few() -> None:
    named = [name for section in APPLICATION["sections"] for name in section["fields"]]
    assert sorted(named) == sorted(APPLICATION["properties"])
    assert max(len(section["fields"]) for section in APPLICATION["sections"]) <= 5


def test_what_is_required_exists() -> None:
    for schema in FORM_SCHEMAS.values():
        demanded = {name for condition in schema.get("allOf", ()) for name in condition["then"]["required"]}
        assert demanded | set(schema["required"]) <= schema["properties"].keys()


def test_conditions_have_the_one_shape_that_forms_understand() -> None:
    for condition in APPLICATION["allOf"]:
        ((name, demand),) = condition["if"]["properties"].items()
        assert condition["if"]["required"] == [name]
        assert demand.keys() in ({"const"}, {"enum"})
        assert condition["then"].keys() == {"required"}


def test_every_rule_about_numbers_is_asked_and_none_is_unknown() -> None:
    assert {rule["rule"] for rule in APPLICATION["rules"]} == set(RULES)
    for rule in APPLICATION["rules"]:
        assert rule["field"] in APPLICATION["properties"]
        assert rule["level"] in ("error", "warning")


def test_only_the_structure_of_a_number_stops_an_applicant() -> None:
    stopping = {rule["rule"] for rule in APPLICATION["rules"] if rule["level"] == "error"}
    assert stopping == {"nik_structure", "nip_structure"}


def test_all_ranks_of_pns_are_offered_lowest_first() -> None:
    ranks = [choice["const"] for choice in APPLICATION["properties"]["pangkat"]["oneOf"]]
    assert ranks == [
        f"{g}/{r}" for g, rs in {"I": "abcd", "II": "abcd", "III": "abcd", "IV": "abcde"}.items() for r in rs
    ]


@pytest.mark.parametrize("sentence", said())
def test_a_sentence_is_short_calm_and_blames_nobody(sentence: str) -> None:
    assert len(sentence.split()) < 20
    assert sentence.endswith(".")
    assert "!" not in sentence
    assert not re.search(r"\b(salah(?! satu)|gagal|ilegal|user|submit|login|token|error)\b", sentence, re.IGNORECASE)
