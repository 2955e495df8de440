"""What a form asks, read from a JSON Schema: sections, fields and choices, for pages to show.

Never looks at an answer; ``form`` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Schema = Mapping[str, Any]

TYPED: Final = ("text", "textarea", "email", "tel", "date")
"""The widgets of what is typed and not chosen."""


@dataclass(frozen=True)
class Option:
    """A choice; one that is not ``active`` is no longer offered but still accepted, so that old cases stay valid."""

    value: str
    label: str
    active: bool = True


@dataclass(frozen=True)
class Field:
    """One question of a form, as a page shows it.

    Attributes:
        widget: text, textarea, select, radio, checkbox, checkboxes, email, tel, date or hidden.
        required: has to be answered whenever it is asked; what is required only sometimes says so in its ``hint``.
        optional: may be left empty whatever else is answered.
        maxlength: characters; None where people type more than is kept (spaces, dashes).
        show_if: (field, value or values): only asked when that field has such a value.
        amendable: may a clerk set it right afterwards? As the schema says; else what people type themselves.
    """

    name: str
    label: str
    hint: str
    example: str
    widget: str
    options: tuple[Option, ...]
    required: bool
    optional: bool
    autocomplete: str
    inputmode: str
    maxlength: int | None
    show_if: tuple[str, str | tuple[str, ...]] | None
    amendable: bool = False


@dataclass(frozen=True)
class Section:
    """A few fields under one heading."""

    key: str
    title: str
    intro: str
    fields: tuple[Field, ...]


def with_options(schema: Schema, options: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """The schema with the lists filled in that are only known at run time; all the rest is shared with what was given.

    A page that tells a case makes two forms for every event, too many to copy whole schemas.
    """
    properties, conditions = dict(schema["properties"]), []
    for name, field in schema["properties"].items():
        if "x-options" not in field:
            continue
        entries = options[field["x-options"]]
        offered = {"oneOf": [{"const": entry["key"], "title": entry["label"]} for entry in entries]}
        properties[name] = field | ({"items": field["items"] | offered} if "items" in field else offered)
        if field.get("complete"):
            properties[name]["minItems"] = len(entries)
        if "note_field" in field:
            flagged = {"enum": [entry["key"] for entry in entries if entry.get("needs_note")]}
            condition = {"properties": {name: flagged}, "required": [name]}
            conditions.append({"if": condition, "then": {"required": [field["note_field"]]}})
    return {**schema, "properties": properties, "allOf": [*schema.get("allOf", ()), *conditions]}


def sections(schema: Schema) -> Iterator[Section]:
    whole = {"key": "", "title": schema.get("title", ""), "fields": list(schema["properties"])}
    for section in schema.get("sections", (whole,)):
        fields = tuple(_field(name, schema) for name in section["fields"])
        yield Section(section["key"], section["title"], section.get("intro", ""), fields)


def _field(name: str, schema: Schema) -> Field:
    field = schema["properties"][name]
    choices = field.get("items", field).get("oneOf", [field] if "const" in field else [])
    return Field(
        name=name,
        label=field["title"],
        hint=field.get("hint", ""),
        example=str(field.get("examples", [""])[0]),
        widget=field.get("widget", "text"),
        options=tuple(Option(c["const"], c.get("title", c["const"]), not c.get("deprecated", False)) for c in choices),
        required=_is_required(name, schema),
        optional=name not in schema.get("required", ()) and not list(_demands(name, schema)),
        autocomplete=field.get("autocomplete", ""),
        inputmode=field.get("inputmode", ""),
        maxlength=field.get("maxLength"),
        show_if=_condition(field),
        amendable=field.get("amendable", field.get("widget", "text") in TYPED),
    )


def _condition(field: Schema) -> tuple[str, str | tuple[str, ...]] | None:
    if "show_if" not in field:
        return None
    other, wanted = field["show_if"]
    return other, wanted if isinstance(wanted, str) else tuple(wanted)


def _is_required(name: str, schema: Schema) -> bool:
    """Required always, or under the very condition under which the field is asked."""
    if name in schema.get("required", ()):
        return True
    other, wanted = schema["properties"][name].get("show_if", ("", ""))
    demands = (answers.get(other, {}) for answers in _demands(name, schema))
    return any(wanted in (demand.get("const"), demand.get("enum")) for demand in demands if demand)


def _demands(name: str, schema: Schema) -> Iterator[Schema]:
    """What other answers have to be, by field, for this one to be required."""
    return (c["if"]["properties"] for c in schema.get("allOf", ()) if name in c["then"]["required"])
