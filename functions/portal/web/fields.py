"""What of a form a page shows: the fields that are asked here, with what was typed into them.

Holds no rule; those are the schema's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from portal.forms.form import Field, Form, Section
from portal.forms.typed import texts

FILLED_BY: Final = "diisi_oleh"
OTHER: Final = "orang_lain"
"""The field of a schema that says who fills in the form, and its value for somebody else; a service may have none."""


def filled_by(form: Form, other: bool) -> dict[str, str] | None:
    """That field's answer, for oneself or for somebody else; empty where nobody asks, None where it is not possible."""
    offered = [option.value for option in form.fields[FILLED_BY].options] if FILLED_BY in form.fields else []
    fitting = [value for value in offered if (value == OTHER) is other]
    if not fitting:
        return None if other else {}
    return {FILLED_BY: fitting[0]}


def asked(form: Form, values: Mapping[str, Any]) -> list[tuple[Section, list[Field]]]:
    """The fields to show, by section.

    What depends on a field that is hidden, or not on this page, is settled here, as nobody can change it there; what
    depends on the person's own answers is shown or hidden as they are given.
    """

    def settled(field: Field) -> bool:
        other = form.fields.get(field.show_if[0]) if field.show_if else None
        return field.show_if is not None and (other is None or other.widget == "hidden")

    def shown(fields: Iterable[Field]) -> Iterator[Field]:
        for field in fields:
            if field.widget == "hidden":
                continue
            if field.show_if is None or not settled(field):
                yield field
            elif values.get(field.show_if[0]) in texts(field.show_if[1]):
                yield replace(field, show_if=None)

    found = ((section, [*shown(section.fields)]) for section in form.sections)
    return [(section, fields) for section, fields in found if fields]


def hidden(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The hidden fields with their values."""
    return {name: values[name] for name, field in form.fields.items() if field.widget == "hidden" and name in values}


def as_typed(form: Form, raw: Mapping[str, Any], cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What to show again: the tidied answers, and as typed what did not count as one. Nobody types anything twice."""
    typed = {name: texts(raw.get(name)) for name in form.fields}
    plain = {
        name: list(answers) if form.fields[name].widget == "checkboxes" else answers[0]
        for name, answers in typed.items()
        if answers
    }
    return {**plain, **cleaned}
