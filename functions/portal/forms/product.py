"""What is recorded of a product that has been issued: which of serial, validity and quantity, and which are needed."""

from collections.abc import Mapping
from typing import Any, Final

from portal.forms.questions import Schema

UNSAID: Final[Mapping[str, str]] = {
    "serial": "needed",
    "valid_from": "needed",
    "valid_until": "needed",
    "quantity": "none",
}
"""What a SOP means that says nothing of it: each is ``needed``, ``optional`` or ``none``."""


def recorded(schema: Schema, sop: Mapping[str, Any]) -> Schema:
    """The form of recording (``decision.schema.json``, ``record``) as ``[product_record]`` of a SOP wants it."""
    said: Mapping[str, Any] = sop.get("product_record", {})
    asked = {name: said.get(name, usual) for name, usual in UNSAID.items()}
    labels = said.get("labels", {})
    fields = {
        name: {**field, "title": labels.get(name, field["title"])}
        for name, field in schema["properties"].items()
        if asked.get(name) != "none"
    }
    required = [name for name in schema["properties"] if asked.get(name, "needed") == "needed"]
    return {**schema, "properties": fields, "required": required}
