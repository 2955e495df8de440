"""What a file says against the schema of what it may say; every mistake at once.

The one module around ``jsonschema``; never fetches a schema from anywhere.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from portal.core.errors import Problem, SopInvalid
from portal.forms.questions import Schema

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_DEPTH: Final = 8  # a table that is missing is missing what is in it too


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


def completed(schema: Schema, instance: Any) -> Any:
    """A copy in which something empty stands for whatever is missing or of another type.

    So what one part says of another can be judged too, in a file of which some parts are not written yet.
    """
    whole = copy.deepcopy(instance)
    for _ in range(_DEPTH):
        for error in list(validator(schema).iter_errors(whole)):
            _stand_in(whole, error, schema)
    return whole


def _stand_in(whole: Any, error: "ValidationError", schema: Schema) -> None:
    instance: Any = error.instance
    here: Schema = error.schema if isinstance(error.schema, Mapping) else {}
    if error.validator == "required":
        for missing in set(here["required"]) - instance.keys():
            described = here.get("properties", {}).get(missing, {})
            instance[missing] = _empty({**_definition(described, schema), **described}.get("type", "string"))
    elif error.validator == "type" and error.absolute_path:
        *way, last = error.absolute_path
        for part in way:
            whole = whole[part]
        whole[last] = _empty(str(here["type"]))


def _empty(type_: str) -> Any:
    return {"object": dict, "array": list, "integer": int, "boolean": bool}.get(type_, str)()


def _definition(described: Schema, schema: Schema) -> Schema:
    found: Schema = schema.get("$defs", {}).get(described.get("$ref", "").removeprefix("#/$defs/"), {})
    return found


def _told(error: "ValidationError", schema: Schema) -> Iterator[tuple[str, object, str]]:
    """Where in the file, what stands there (None for nothing), and what belongs there."""
    instance: Any = error.instance
    here: Schema = error.schema if isinstance(error.schema, Mapping) else {}
    known: Schema = here.get("properties", {})
    if error.validator == "required":
        required: Any = error.validator_value
        for missing in (name for name in required if name not in instance):
            described = known.get(missing, {})
            definition = _definition(described, schema)
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
