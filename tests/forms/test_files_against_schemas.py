"""A file held against its schema."""

import subprocess
import sys
from typing import Any

import pytest

from portal.core.errors import SopInvalid
from portal.forms.form import validate

SHAPE = {
    "type": "object",
    "required": ["roles"],
    "additionalProperties": False,
    "properties": {
        "roles": {
            "type": "array",
            "items": {"type": "object", "required": ["key"], "properties": {"key": {"$ref": "#/$defs/key"}}},
        },
        "minutes": {"type": "integer", "minimum": 1},
    },
    "$defs": {"key": {"type": "string", "pattern": "^[a-z]+$", "description": "huruf kecil"}},
}


@pytest.mark.parametrize(
    ("instance", "key", "value", "expected"),
    [
        ({}, "roles", None, "required"),
        ({"roles": [], "rolse": 1}, "rolse", 1, "roles | minutes"),
        ({"roles": [{"key": "kadis"}, {"key": "Kabid"}]}, "roles[1].key", "Kabid", "huruf kecil"),
        ({"roles": [{}]}, "roles[0].key", None, "huruf kecil"),
        ({"roles": [], "minutes": 0}, "minutes", 0, "minimum: 1"),
        ({"roles": [], "minutes": "15"}, "minutes", "15", 'type: "integer"'),
        ([], "", [], 'type: "object"'),
    ],
)
def test_a_file_that_breaks_its_schema_is_told_where_and_what_belongs_there(
    instance: dict[str, Any] | list[Any], key: str, value: object, expected: str
) -> None:
    with pytest.raises(SopInvalid) as refused:
        validate(SHAPE, instance, "sop.toml")
    assert refused.value.code == "sop_invalid"
    assert [problem.facts for problem in refused.value.problems] == [
        {"file": "sop.toml", "key": key, "value": value, "expected": expected}
    ]


def test_all_that_does_not_fit_is_told_at_once() -> None:
    with pytest.raises(SopInvalid) as refused:
        validate(SHAPE, {"roles": [{"key": "Kabid"}, {}], "minutes": 0, "rolse": 1, "minuts": 2}, "sop.toml")
    assert {problem.key for problem in refused.value.problems} == {
        "roles[0].key", "roles[1].key", "minutes", "rolse", "minuts"
    }  # fmt: skip


def test_a_file_that_fits_passes() -> None:
    validate(SHAPE, {"roles": [{"key": "kadis"}], "minutes": 15}, "sop.toml")


def test_nothing_is_fetched_from_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = []
    monkeypatch.setattr("urllib.request.urlopen", lambda *request, **_: fetched.append(request))
    with pytest.raises(Exception, match="Unresolvable"):
        validate({"$ref": "https://example.org/schema"}, {}, "sop.toml")
    assert fetched == []


def test_a_status_lookup_does_not_pay_for_jsonschema() -> None:
    code = (
        "from portal.forms.form import Form; Form({'properties': {}}); exit('jsonschema' in __import__('sys').modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
