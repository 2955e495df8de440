"""The schemas of the repository, and a walk through their parts."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

from tests.support.places import SCHEMAS


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / name).read_text("utf-8"))
    return found


APPLICATION = read("penerbitan/application.schema.json")
DECISIONS = read("decision.schema.json")
SOP_SCHEMA = read("sop.schema.json")
OFFICE_SCHEMA = read("office.schema.json")
SOP = tomllib.loads((SCHEMAS / "penerbitan" / "sop.toml").read_text("utf-8"))
OFFICE = tomllib.loads((SCHEMAS / "office.toml").read_text("utf-8"))
FORM_SCHEMAS = {"application": APPLICATION, **DECISIONS["$defs"]}


def parts(schema: dict[str, Any], place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
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


def fields() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [
        (f"{form}.{name}", field, schema)
        for form, schema in FORM_SCHEMAS.items()
        for name, field in schema["properties"].items()
    ]


def said() -> list[str]:
    sentences = [text for schema in FORM_SCHEMAS.values() for text in schema["messages"].values()]
    sentences += [rule["message"] for rule in APPLICATION["rules"]]
    for _, field, _ in fields():
        for part in (field, *field.get("allOf", ())):
            sentences += part.get("messages", {}).values()
        sentences += [warning["message"] for warning in field.get("warnings", ())]
    return sorted(set(sentences))
