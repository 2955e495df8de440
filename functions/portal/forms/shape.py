"""What a file says against the schema of what it may say; every mistake at once.

The one module around ``jsonschema``; never fetches a schema from anywhere.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from portal.core.errors import Problem, SopInvalid
from portal.forms.questions import Schema

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


def validator(schema: Schema) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator
    from referencing import Registry

    # An empty registry: a "$ref" to a web address fails instead of being fetched.
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema, format_checker=checker, registry=Registry())


def violations(schema: Schema, instance: object, file: str) -> tuple[Problem, ...]:
    """Where a parsed file breaks its schema (``sop_invalid``), each place once, what tells most first.

    ``expected`` is the schema's own description of what belongs there, or else the broken keyword with its value.
    """
    from jsonschema.exceptions import best_match, relevance

    found: dict[str, Problem] = {}
    errors = sorted(validator(schema).iter_errors(instance), key=relevance, reverse=True)
    # Of alternatives that all fail, the one that fits best is told.
    for error in (best_match([error]) for error in errors):
        for key, value, expected in _told(error, schema) if error else ():
            found.setdefault(key, Problem(key, value, expected, file=file))
    return tuple(found.values())


def validate(schema: Schema, instance: object, file: str) -> None:
    """Raises SopInvalid with all of ``violations``."""
    found = violations(schema, instance, file)
    if found:
        raise SopInvalid.of(found)


def _told(error: "ValidationError", schema: Schema) -> Iterator[tuple[str, object, str]]:
    """Where in the file, what stands there (None for nothing), and what belongs there."""
    instance: Any = error.instance
    here: Schema = error.schema if isinstance(error.schema, Mapping) else {}
    known: Schema = here.get("properties", {})
    if error.validator == "required":
        required: Any = error.validator_value
        for missing in (name for name in required if name not in instance):
            described = known.get(missing, {})
            definition = schema.get("$defs", {}).get(described.get("$ref", "").removeprefix("#/$defs/"), {})
            yield (
                key_of(*error.absolute_path, missing), None, {**definition, **described}.get("description", "required")
            )  # fmt: skip
    elif error.validator == "additionalProperties":
        for odd in sorted(instance.keys() - known.keys()):
            yield key_of(*error.absolute_path, odd), instance[odd], " | ".join(known)
    else:
        keyword = f"{error.validator}: {json.dumps(error.validator_value, ensure_ascii=False)}"
        yield key_of(*error.absolute_path), instance, here.get("description", keyword)


def key_of(*path: str | int) -> str:
    """``steps[2].role``: the way to a place in a file."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
