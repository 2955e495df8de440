"""What a form says of itself that leads nowhere: fields, choices and rules that there are not."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from portal.core.errors import Problem, SopInvalid
from portal.core.identity import RULES
from portal.forms.form import Form
from portal.forms.questions import Schema
from portal.forms.typed import FORMS, texts

UNMADE: Final = (LookupError, TypeError, ValueError, AttributeError)
"""What putting something together says where a file has another shape than was told already."""


def check_form(form: Any) -> None:
    """Raises SopInvalid: the form speaks of a field that there is not, or cannot be made into questions at all."""
    with suppress(*UNMADE):
        if found := list(misled(form)):
            raise SopInvalid.of(found)
    try:
        Form(form)
    except UNMADE as problem:
        raise SopInvalid("sop_invalid", key=str(problem).strip("'"), expected="JSON Schema") from problem


def misled(schema: Schema) -> Iterator[Problem]:
    """The problems of a form that has the right shape (``form.schema.json``)."""
    fields: dict[str, Schema] = schema["properties"]
    shown: list[str] = []
    for number, section in enumerate(schema.get("sections", ())):
        for place, name in enumerate(section["fields"]):
            yield from _known(f"sections[{number}].fields[{place}]", name, fields)
            if name in shown:
                yield Problem(f"sections[{number}].fields[{place}]", name, "", "sop_key_twice")
            shown.append(name)
    for name in fields if shown else ():
        if name not in shown:  # nobody could ever answer it
            yield Problem(f"properties.{name}", name, "sections", "form_field_unasked")
    for place, name in enumerate(schema.get("required", ())):
        yield from _known(f"required[{place}]", name, fields)
    for number, condition in enumerate(schema.get("allOf", ())):
        for name in condition["if"]["properties"]:
            yield from _known(f"allOf[{number}].if", name, fields)
        for name in condition["then"]["required"]:
            yield from _known(f"allOf[{number}].then", name, fields)
    for number, rule in enumerate(schema.get("rules", ())):
        yield from _known(f"rules[{number}].field", rule["field"], fields)
        yield from _known(f"rules[{number}].rule", rule["rule"], RULES)
    for name, field in fields.items():
        yield from _of_field(f"properties.{name}", field, fields)


def _of_field(where: str, field: Schema, fields: dict[str, Schema]) -> Iterator[Problem]:
    for keyword in ("after", "note_field"):
        if keyword in field:
            yield from _known(f"{where}.{keyword}", field[keyword], fields)
    if "clean" in field:
        yield from _known(f"{where}.clean", field["clean"], FORMS)
    if "show_if" in field:
        other, wanted = field["show_if"]
        yield from _known(f"{where}.show_if", other, fields)
        for value in texts(wanted) if other in fields else ():
            yield from answerable(f"{where}.show_if", value, fields[other])
    patterns = {f"{where}.pattern": field["pattern"]} if "pattern" in field else {}
    patterns |= {f"{where}.warnings[{n}].pattern": w["pattern"] for n, w in enumerate(field.get("warnings", ()))}
    for key, pattern in patterns.items():
        try:
            re.compile(pattern)
        except re.error as problem:
            yield Problem(key, pattern, str(problem), "form_pattern_invalid")


def answerable(where: str, value: str, field: Schema) -> Iterator[Problem]:
    """A problem if a field that offers choices does not offer this one."""
    choices = field.get("items", field).get("oneOf", [field] if "const" in field else [])
    offered = [choice["const"] for choice in choices if "const" in choice]
    if offered and value not in offered:
        yield Problem(where, value, ", ".join(offered), "sop_reference_unknown")


def _known(where: str, name: str, allowed: Any) -> Iterator[Problem]:
    if name not in allowed:
        yield Problem(where, name, ", ".join(allowed), "sop_reference_unknown")
