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
    ("instance", "key", "expected"),
    [
        ({}, "roles", "required"),
        ({"roles": [], "rolse": 1}, "rolse", "roles | minutes"),
        ({"roles": [{"key": "kadis"}, {"key": "Kabid"}]}, "roles[1].key", "huruf kecil"),
        ({"roles": [{}]}, "roles[0].key", "huruf kecil"),
        ({"roles": [], "minutes": 0}, "minutes", "minimum: 1"),
        ({"roles": [], "minutes": "15"}, "minutes", 'type: "integer"'),
        ([], "", 'type: "object"'),
    ],
)
def test_a_file_that_breaks_its_schema_is_told_where_and_what_belongs_there(
    instance: dict[str, Any] | list[Any], key: str, expected: str
) -> None:
    with pytest.raises(SopInvalid) as refused:
        validate(SHAPE, instance, "sop.toml")
    assert refused.value.code == "sop_invalid"
    assert refused.value.facts == {"file": "sop.toml", "key": key, "expected": expected}


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
