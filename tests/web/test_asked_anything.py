"""Requests that nobody thought of, a few; ``make fuzz`` has ten thousand, made up by schemathesis."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate
from werkzeug.test import Client

from tests.support.asked_anything import Portal
from tests.support.openapi import PART

RULES = (
    "/ajukan/<draft>/data/<key>",
    "/permohonan/<number>/batal",
    "/telaah/<number>/putuskan",
    "/konfirmasi/<number>",
)
ODD = (
    "",
    "x",
    "0",
    "-1",
    "9" * 40,
    "\0",
    "\ud7ff",
    "../..",
    "%2e%2e",
    "'\"<b>{{7*7}}",
    "é\u202e漢",
    "a" * 3000,
    "\r\nX: y",
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    made = Portal(tmp_path_factory.mktemp("asked") / "data", RULES)
    yield made
    made.close()


def test_every_address_is_described_with_every_method(portal: Portal) -> None:
    validate(portal.spec)
    described = {(path, method) for path, operations in portal.spec["paths"].items() for method in operations}
    rules = list(portal.stage.app.url_map.iter_rules())
    assert described == {
        (PART.sub(r"{\2}", rule.rule), method.lower())
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    forms = portal.spec["paths"]["/telaah/{number}/putuskan"]["post"]["requestBody"]["content"]
    (form,) = forms.values()
    assert {"tindakan", "csrf", "peristiwa"} <= form["schema"]["properties"].keys()


def test_anything_asked_has_an_answer_and_what_is_refused_keeps_nothing(portal: Portal) -> None:
    chance, browser = random.Random(20261127), Client(portal)
    for path, operations in portal.spec["paths"].items():
        for method, operation in operations.items():
            browser.open(
                path.format_map(_parts(operation, chance)), method=method.upper(), data=_form(operation, chance)
            )
    assert portal.broken == []
    assert {200, 303, 403, 404} <= portal.asked.keys()


def _parts(operation: dict[str, Any], chance: random.Random) -> dict[str, str]:
    given = [part for part in operation["parameters"] if part["in"] == "path"]
    return {part["name"]: _value(part["schema"], chance) or "x" for part in given}


def _form(operation: dict[str, Any], chance: random.Random) -> dict[str, str]:
    for body in operation.get("requestBody", {}).get("content", {}).values():
        fields = body["schema"]["properties"].items()
        return {name: _value(schema, chance) for name, schema in fields if chance.random() < 0.9}
    return {}


def _value(schema: dict[str, Any], chance: random.Random) -> str:
    if schema.get("type") == "integer":
        return str(chance.choice((0, 1, 99, 10**30)))
    there = schema.get("anyOf", ({},))[0].get("enum", ())
    return str(chance.choice(there) if there and chance.random() < 0.7 else chance.choice(ODD))
