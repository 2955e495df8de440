"""Every address of the portal as OpenAPI (build/openapi.json), from its map of addresses and the schemas of its forms.

People meet pages, and programs only `/status/<ticket>.json`; so this is there to have every address asked for what
nobody thought of (``asked_anything``), and is no promise to anybody.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from flask import Flask
from werkzeug.routing import Rule

from tests.support.places import ROOT

FORM: Final = "application/x-www-form-urlencoded"
PART: Final = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
"""Of an address: how it is read, if that is said, and its name."""

Known = Mapping[str, Sequence[str]]


def described(app: Flask, known: Known, forms: Mapping[str, Known]) -> dict[str, Any]:
    """
    Args:
        known: for a part of an address what is there, so that it is not asked for in vain only.
        forms: by the address as the portal's map has it: what may stand in which field of it.
    """
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            said = _operation(rule, method, known, forms.get(rule.rule, {}))
            paths.setdefault(PART.sub(r"{\2}", rule.rule), {})[method.lower()] = said
    return {
        "openapi": "3.1.0",
        "info": {"title": "Portal", "version": "0"},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": {"status": json.loads((ROOT / "schemas/status.schema.json").read_text("utf-8"))}},
    }


def _operation(rule: Rule, method: str, known: Known, fields: Known) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": f"{method.lower()} {rule.rule}",
        "parameters": [*_parts(rule, known)] + ([] if method == "POST" else [_query(name, known) for name in known]),
        "responses": {"default": {"description": "a page in words, or where to go on"}},
    }
    if method == "POST":
        texts = {name: _text(values) for name, values in fields.items()}
        body = {"type": "object", "properties": texts, "additionalProperties": {"type": "string"}}
        said["requestBody"] = {"content": {FORM: {"schema": body}}}
    elif rule.rule.endswith(".json"):
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/status"}}}
        said["responses"]["200"] = {"description": "where the application stands", "content": content}
    return said


def _parts(rule: Rule, known: Known) -> Iterator[dict[str, Any]]:
    for converter, name in PART.findall(rule.rule):
        schema = {"type": "integer", "minimum": 0} if converter == "int" else _text(known.get(name, ()), least=1)
        yield {"in": "path", "name": name, "required": True, "schema": schema}


def _query(name: str, known: Known) -> dict[str, Any]:
    return {"in": "query", "name": name, "schema": _text(known[name])}


def _text(values: Sequence[str], least: int = 0) -> dict[str, Any]:
    anything = {"type": "string", "minLength": least}
    return {"anyOf": [{"enum": [*values]}, anything]} if values else anything
