"""What of a form a page shows: the fields that are asked here, with what was typed into them.

Holds no rule; those are the schema's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from portal.core.errors import Finding
from portal.forms.form import Field, Form, Section
from portal.forms.typed import texts

FILLED_BY: Final = "diisi_oleh"
OTHER: Final = "orang_lain"
"""The field of a schema that says who fills in the form, and its value for somebody else; a service may have none."""

FOR_WHOM: Final = "untuk-siapa"
"""Key of the part that asks this, where a form leaves it open."""

_ONLY: Final = "isian"  # key of the one part of a form without sections


@dataclass(frozen=True)
class Part:
    """What one page asks: the questions of one section of a form, or who the application is for, or several of these.

    Attributes:
        key: last part of the page's address; empty for a page with more than one part.
        names: of all fields whose answers the page settles, asked at present or not.
        sections: what the page shows, with the fields that are asked.
    """

    key: str
    title: str
    names: frozenset[str]
    sections: tuple[tuple[Section, tuple[Field, ...]], ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for _, fields in self.sections for field in fields)


def filled_by(form: Form, other: bool) -> dict[str, str] | None:
    """That field's answer, for oneself or for somebody else; empty where nobody asks, None where it is not possible."""
    offered = [option.value for option in form.fields[FILLED_BY].options] if FILLED_BY in form.fields else []
    fitting = [value for value in offered if (value == OTHER) is other]
    if not fitting:
        return None if other else {}
    return {FILLED_BY: fitting[0]}


def parts(form: Form, values: Mapping[str, Any]) -> tuple[Part, ...]:
    """The form cut into pages: one for each section in which something is asked beside these answers."""
    return tuple(
        Part(key_of(section), section.title, _names(section.fields), ((section, tuple(fields)),))
        for section, fields in asked(form, values, apart=True)
    )


def for_whom(form: Form) -> Part | None:
    """The page that comes before them, where one may apply for oneself and for somebody else."""
    if not (filled_by(form, other=False) and filled_by(form, other=True)):
        return None
    field = form.fields[FILLED_BY]
    return Part(FOR_WHOM, field.label, frozenset([FILLED_BY]), ((Section(FOR_WHOM, "", "", (field,)), (field,)),))


def whole(form: Form, values: Mapping[str, Any], only: Iterable[str] | None = None) -> Part:
    """All of it on one page, or the sections with one of these fields, as pages were that are still open somewhere."""
    wanted = form.fields.keys() if only is None else frozenset(only)
    found = [(section, tuple(fields)) for section, fields in asked(form, values) if _names(section.fields) & wanted]
    return Part("", "", _names(field for section, _ in found for field in section.fields), tuple(found))


def key_of(section: Section) -> str:
    """Key of the part that a section is."""
    return section.key or _ONLY


def home_of(form: Form, name: str) -> str:
    """Key of the part that asks this question."""
    if name == FILLED_BY:
        return FOR_WHOM
    return next(key_of(section) for section in form.sections if name in {f.name for f in section.fields})


def concerning(form: Form, part: Part, values: Mapping[str, Any], today: date) -> tuple[Finding, ...]:
    """What is wrong or odd about the answers of one page; of other pages' answers, what is odd only beside these."""
    found = form.check(values, today)
    without = {name: answer for name, answer in values.items() if name not in part.names}
    elsewhere = form.check(without, today)
    return tuple(
        finding for finding in found if finding.field in part.names or (finding.passable and finding not in elsewhere)
    )


def asked(form: Form, values: Mapping[str, Any], apart: bool = False) -> list[tuple[Section, list[Field]]]:
    """The fields to show, by section.

    What depends on a field that is hidden, or not on this page, is settled here, as nobody can change it there; what
    depends on the person's own answers is shown or hidden as they are given. Browsers fill in what somebody says of
    himself, and nothing of whoever he fills in for.

    Args:
        apart: each section is a page of its own.
    """
    for_other = values.get(FILLED_BY) == OTHER

    def settled(field: Field, beside: frozenset[str]) -> bool:
        other = form.fields.get(field.show_if[0]) if field.show_if else None
        away = other is None or other.widget == "hidden" or (apart and other.name not in beside)
        return field.show_if is not None and away

    def shown(fields: tuple[Field, ...]) -> Iterator[Field]:
        beside = _names(fields)
        for field in fields:
            if field.widget == "hidden":
                continue
            of_filler = field.show_if is not None and field.show_if[0] == FILLED_BY
            if for_other and field.autocomplete and not of_filler:
                field = replace(field, autocomplete="off")  # noqa: PLW2901
            if field.show_if is None or not settled(field, beside):
                yield field
            elif values.get(field.show_if[0]) in texts(field.show_if[1]):
                yield replace(field, show_if=None)

    found = ((section, [*shown(section.fields)]) for section in form.sections)
    return [(section, fields) for section, fields in found if fields]


def _names(fields: Iterable[Field]) -> frozenset[str]:
    return frozenset(field.name for field in fields if field.widget != "hidden")


def as_typed(form: Form, raw: Mapping[str, Any], cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What to show again: the tidied answers, and as typed what did not count as one. Nobody types anything twice."""
    typed = {name: texts(raw.get(name)) for name in form.fields}
    plain = {
        name: list(answers) if form.fields[name].widget == "checkboxes" else answers[0]
        for name, answers in typed.items()
        if answers
    }
    return {**plain, **cleaned}
