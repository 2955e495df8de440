"""What people are asked and what they may answer: pages and checks of a form, all of it read from a JSON Schema.

Holds no sentence, no limit and no rule of its own: those are the schema's, or ``identity``'s.
"""

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from portal.core.errors import Finding
from portal.core.identity import RULES
from portal.forms import typed
from portal.forms.printable import unprintable
from portal.forms.questions import TYPED, Field, Option, Schema, Section, sections, with_options
from portal.forms.shape import validate, validator

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

__all__ = ["TICKED", "Field", "Form", "Option", "Section", "validate"]

Values = Mapping[str, object]

TICKED: Final = "ya"
"""What a ticked checkbox says; an unticked one says nothing."""

REMEMBERED: Final = 256
"""What is wrong with so many sets of answers is at hand: one page asks several times, and each page after it again."""

# Which of several broken keywords tells a person most; the others come after these.
_RANKED: Final = ("required", "type", "maxLength", "format", "pattern")

_NO_OPTIONS: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = MappingProxyType({})


class Form:
    """A form: what it asks, how what was typed is tidied, and what is wrong with it.

    Args:
        schema: an object schema with the keywords that the ``$comment`` of ``application.schema.json`` explains.
        options: entries (``key``, ``label``, ``needs_note``) of the lists that the schema names with ``x-options``,
            already reduced to those on offer here.
    """

    def __init__(self, schema: Schema, options: Mapping[str, Sequence[Mapping[str, Any]]] = _NO_OPTIONS) -> None:
        self._schema = with_options(schema, options)
        self._properties: dict[str, Schema] = self._schema["properties"]
        self.sections: tuple[Section, ...] = tuple(sections(self._schema))
        self._all = {field.name: field for section in self.sections for field in section.fields}
        self.fields: Mapping[str, Field] = self._all
        self._found: dict[bytes, tuple[Finding, ...]] = {}

    def only(self, names: Iterable[str]) -> "Form":
        """The form reduced to these fields and those that depend on them; it checks as much as the whole form.

        What is cleaned by it stands for all of its ``fields``: one that is missing there has been emptied.
        """
        wanted = self._with_dependents(frozenset(names))
        form = copy.copy(self)
        form.fields = {name: field for name, field in self._all.items() if name in wanted}
        reduced = ((s, tuple(field for field in s.fields if field.name in wanted)) for s in self.sections)
        form.sections = tuple(Section(s.key, s.title, s.intro, fields) for s, fields in reduced if fields)
        return form

    def clean(self, raw: Mapping[str, Sequence[str] | str]) -> dict[str, str | list[str]]:
        """What was typed, tidied; what cannot be put in its usual form stays as typed.

        Only known fields are kept; empty ones, and those not asked (``show_if``), are left out.
        """
        cleaned: dict[str, str | list[str]] = {}
        for name, field in self.fields.items():
            value = _clean(field, self._properties[name], typed.texts(raw.get(name)))
            if value:
                cleaned[name] = value
        return {name: value for name, value in cleaned.items() if _is_asked(self.fields[name], cleaned)}

    def check(self, values: Values, today: date) -> tuple[Finding, ...]:
        """What is wrong with cleaned values: at most one error a field first, then warnings, each in order of fields.

        Args:
            values: of the whole form, also for a form reduced by ``only``.
            today: in the office's time zone.
        """
        known = {name: values[name] for name in self._all if name in values}
        said = sha256(json.dumps([str(today), known], default=str).encode()).digest()  # nobody's answers are kept by it
        if (found := self._found.get(said)) is None:
            found = self._looked_through(known, today)
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[said] = found
        return found

    def _looked_through(self, known: Values, today: date) -> tuple[Finding, ...]:
        errors = self._errors(known, today)
        warnings = [finding for finding in self._warnings(known, today) if finding.field not in errors]
        return (
            *(Finding(name, errors[name]) for name in self._all if name in errors),
            *(finding for name in self._all for finding in warnings if finding.field == name),
        )

    def label(self, name: str, value: str) -> str:
        """How a value is called; the value itself where it has no other name."""
        return next((option.label for option in self._all[name].options if option.value == value), value)

    def words(self, name: str, value: str) -> str:
        """An answer as people read it: a choice by its name, a telephone number as it is written here."""
        return typed.national(value) if self._all[name].widget == "tel" else self.label(name, value)

    def asks(self, field: Field, values: Values) -> bool:
        """Whether the question counts beside these answers; yes as long as what it depends on is open."""
        return _is_asked(field, values)

    def shown(self, values: Values) -> list[tuple[Section, list[tuple[Field, str]]]]:
        """The answered fields with their answers in words, by section, for a page to read over."""
        pages = ((section, list(self._answers(section, values))) for section in self.sections)
        return [(section, answers) for section, answers in pages if answers]

    def _answers(self, section: Section, values: Values) -> Iterator[tuple[Field, str]]:
        for field in section.fields:
            words = ", ".join(self.words(field.name, value) for value in typed.texts(values.get(field.name)))
            if words and field.widget != "hidden":
                yield field, words

    def _with_dependents(self, names: frozenset[str]) -> frozenset[str]:
        shown = {name for name, field in self._all.items() if field.show_if and field.show_if[0] in names}
        demanded = {
            name
            for condition in self._schema.get("allOf", ())
            if names & condition["if"]["properties"].keys()
            for name in condition["then"]["required"]
        }
        return names | shown | demanded

    @cached_property
    def _validator(self) -> "Draft202012Validator":
        return validator(self._schema)

    def _errors(self, known: Values, today: date) -> dict[str, str]:
        """Field -> sentence; a keyword of the field speaks before a rule between fields."""
        errors = dict(self._broken("error", known, today))
        best: dict[str, int] = {}
        for error in self._validator.iter_errors(known):
            rank = _RANKED.index(error.validator) if error.validator in _RANKED else len(_RANKED)
            for name in _concerned(error):
                if rank < best.get(name, len(_RANKED) + 1):
                    best[name] = rank
                    errors[name] = self._sentence(name, error)
        for name, schema in self._properties.items():
            earlier = schema.get("after", "")
            # ISO dates compare as text.
            if {name, earlier} <= known.keys() - errors.keys() and str(known[name]) <= str(known[earlier]):
                errors[name] = schema["messages"]["after"]
            day = str(known[name]) if name in known.keys() - errors.keys() else ""
            if schema.get("not_past") and "" < day < today.isoformat():
                errors[name] = schema["messages"]["not_past"]
            if schema.get("not_future") and day > today.isoformat():
                errors[name] = schema["messages"]["not_future"]
        for name in known.keys() - errors.keys():
            if sentence := self._letters(name, known[name]):
                errors[name] = sentence
        return errors

    def _letters(self, name: str, value: object) -> str:
        """What to say of letters that no paper can print; nothing where the form has no sentence for it."""
        sentence = self._schema.get("messages", {}).get("letters", "")
        typed_here = isinstance(value, str) and self._all[name].widget in TYPED
        letters = unprintable(str(value)) if sentence and typed_here else ""
        return str(sentence).replace("{letters}", letters) if letters else ""

    def _warnings(self, known: Values, today: date) -> Iterator[Finding]:
        for name, value in known.items():
            for warning in self._properties[name].get("warnings", ()):
                if isinstance(value, str) and re.search(warning["pattern"], value):
                    yield Finding(name, warning["message"], passable=True)
        for name, message in self._broken("warning", known, today):
            yield Finding(name, message, passable=True)

    def _broken(self, level: str, known: Values, today: date) -> Iterator[tuple[str, str]]:
        """Field and sentence of each rule between fields that is not kept."""
        words = {name: value for name, value in known.items() if isinstance(value, str)}
        for rule in self._schema.get("rules", ()):
            if rule["level"] == level and rule["field"] in words and not RULES[rule["rule"]](words, today):
                yield rule["field"], rule["message"]

    def _sentence(self, name: str, error: "ValidationError") -> str:
        """The sentence nearest to the broken keyword: beside it, at the field, or the form's own."""
        keyword = str(error.validator)
        beside = () if keyword == "required" else (error.schema,)
        for schema in (*beside, self._properties[name], self._schema):
            if keyword in schema.get("messages", {}):
                return str(schema["messages"][keyword]).replace("{limit}", str(error.validator_value))
        raise KeyError(name, keyword)


def _clean(field: Field, schema: Schema, raw: Sequence[str]) -> str | list[str]:
    if field.widget == "hidden" and "const" in schema:
        return str(schema["const"])
    tidy = typed.lines if field.widget == "textarea" else typed.one_line
    answers = [answer for answer in map(tidy, raw) if answer]
    if schema["type"] == "array":
        return list(dict.fromkeys(answers))
    if not answers or field.widget == "checkbox":
        return TICKED if answers else ""
    usual = typed.FORMS[schema.get("clean", "text")](answers[0])
    return usual if re.search(schema.get("pattern", ""), usual) else answers[0]


def _is_asked(field: Field, cleaned: Values) -> bool:
    """Whether the answer counts; as long as what it depends on is open, it is kept."""
    if field.show_if is None or field.show_if[0] not in cleaned:
        return True
    other, wanted = field.show_if
    return cleaned[other] in typed.texts(wanted)


def _concerned(error: "ValidationError") -> list[str]:
    """The fields an error is about."""
    if error.validator == "required":
        instance: Any = error.instance
        required: Any = error.validator_value
        return [name for name in required if name not in instance]
    return [str(name) for name in list(error.absolute_path)[:1]]
