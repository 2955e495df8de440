"""The form of a batch: what is asked once of somebody who fills in for several people."""

from typing import Any

from portal.forms.questions import Schema


def of_batch(own: Schema, application: Schema) -> dict[str, Any]:
    """A batch's own schema, with the questions that it leaves to the application's, and the rules about these.

    Args:
        own: ``batch.schema.json``, whose sections name all of its fields.
    """
    named = [name for section in own.get("sections", ()) for name in section["fields"]]
    asked = application["properties"]
    taken = {name: _alone(asked[name], named) for name in named if name not in own["properties"] and name in asked}
    conditions = [
        each
        for each in application.get("allOf", ())
        if each["if"]["properties"].keys() <= taken.keys() and set(each["then"]["required"]) <= taken.keys()
    ]
    rules = [rule for rule in application.get("rules", ()) if rule["field"] in taken]
    return {
        **own,
        "messages": {**application["messages"], **own.get("messages", {})},
        "properties": {**taken, **own["properties"]},
        "allOf": [*own.get("allOf", ()), *conditions],
        "rules": rules,
    }


def _alone(field: Schema, named: list[str]) -> Schema:
    """A question that depends on none which is not asked here."""
    if field.get("show_if", [""])[0] in ("", *named):
        return field
    return {name: said for name, said in field.items() if name != "show_if"}
