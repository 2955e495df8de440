"""What is wrong with a SOP that has the right shape: what one of its parts says of another.

Whether a case can come to its end is asked by ``finishing``.

Each rule is a function that yields problems; ``problems`` asks them all.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from portal.core import finishing
from portal.core.errors import Problem
from portal.core.sop import Sop

LABELLED: Final = (
    "number", "created", "revised", "approved", "approved_by", "name", "website", "email", "legal_basis",
    "qualifications", "related", "equipment", "warning", "record",
)  # fmt: skip
"""The parts of a SOP's identity block that are printed with a heading of their own."""


def problems(sop: Sop) -> Iterator[Problem]:
    """All that keeps the SOP from being used, in no order; nothing of a sound one."""
    for rule in RULES:
        yield from rule(sop)


def _keys_once(sop: Sop) -> Iterator[Problem]:
    for where, entries in (
        ("roles", sop.roles),
        ("steps", sop.rows),
        ("documents", sop.requirements),
        ("reasons", sop.reasons),
    ):
        keys = [entry.key for entry in entries]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                yield Problem(f"{where}[{number}].key", key, "", "sop_key_twice")


def _references(sop: Sop) -> Iterator[Problem]:
    for number, role in enumerate(sop.roles):
        yield from _one_of(f"roles[{number}].column", role.column, sop.data["text"]["columns"])
    columns = [role.key for role in sop.roles]
    for number, several in enumerate(sop.either):
        for place, key in enumerate(several.any_of):
            yield from _one_of(f"either[{number}].roles[{place}]", key, columns)
    for number, row in enumerate(sop.rows):
        yield from _one_of(f"steps[{number}].role", row.role, [*columns, *(several.key for several in sop.either)])
        for marked in (row.marks, *(above.get("marks", {}) for above in row.above)):
            for key in marked:
                yield from _one_of(f"steps[{number}].text.marks", key, columns)
    for meaning, name in sop.applicant.items():
        yield from _one_of(f"applicant.{meaning}", name, list(sop.form["properties"]))
    for name in sop.data.get("lacking", ()):
        yield from _one_of(f"lacking.{name}", name, list(sop.form["properties"]))
    if sop.batch:
        yield from _batch(sop)


def _batch(sop: Sop) -> Iterator[Problem]:
    """What ``[batch]`` names is asked, brought and decided."""
    asked = [*sop.batch.get("form", {}).get("properties", ())]
    for meaning in ("name", "position", "email") if asked else ():
        yield from _one_of(f"batch.{meaning}", sop.batch[meaning], asked)
    yield from _one_of("batch.letter", sop.batch["letter"], [each.key for each in sop.requirements])
    for name in sop.batch["columns"]:
        yield from _one_of(f"batch.columns.{name}", name, list(sop.form["properties"]))
    for name in (sop.applicant["name"], sop.applicant["email"]):  # without them nobody is told apart, or written to
        if name in sop.form["properties"]:
            yield from _one_of("batch.columns", name, list(sop.batch["columns"]))


def _conditions(sop: Sop) -> Iterator[Problem]:
    """A document is needed by an answer that the form asks for, and offers."""
    keys = [step.get("key") for step in sop.data["steps"]]
    places = {"documents": sop.requirements}
    places |= {f"steps[{keys.index(step.key)}].documents": step.documents for step in sop.steps}
    for place, number, requirement in ((p, n, each) for p, found in places.items() for n, each in enumerate(found)):
        condition, where = requirement.required_if, f"{place}[{number}].required_if"
        if condition is None:
            continue
        yield from _one_of(f"{where}.field", condition.field, list(sop.form["properties"]))
        field = sop.form["properties"].get(condition.field, {})
        choices = field.get("items", field).get("oneOf", [field] if "const" in field else [])
        offered = [choice["const"] for choice in choices if "const" in choice]
        for at, answer in enumerate(condition.answers if offered else ()):
            yield from _one_of(f"{where}.is[{at}]", answer, offered)


def _labels(sop: Sop) -> Iterator[Problem]:
    """A heading for every part of the identity block that there is; what is missing needs none."""
    text = sop.data["text"]
    labels = text.get("labels", {})
    for key in LABELLED:
        if key in text and key not in labels:
            yield Problem(f"text.labels.{key}", None, f"text.{key}", "sop_label_missing")


def _times(sop: Sop) -> Iterator[Problem]:
    """Words for every unit that a time is said in, and for what says none; so that no other time is ever printed."""
    words = sop.data.get("chart")
    if not words:  # told already
        return
    for unit in dict.fromkeys(step.time.unit if step.time else "unsaid" for step in sop.rows):
        if unit not in words:
            yield Problem(f"chart.{unit}", None, f"{{{unit}}}", "sop_time_unworded")
    if all(step.time and step.time.unit == "minutes" for step in sop.rows):
        return
    for key, text in (("chart.passed", words["passed"]), ("chart.say.step", words["say"]["step"])):
        if "{minutes}" in text:
            yield Problem(key, text, "{time}", "sop_time_unworded")


def _one_of(where: str, value: str, allowed: Sequence[str]) -> Iterator[Problem]:
    if value not in allowed:
        yield Problem(where, value, ", ".join(allowed), "sop_reference_unknown")


RULES: Final[tuple[Callable[[Sop], Iterator[Problem]], ...]] = (
    _keys_once,
    _references,
    _conditions,
    _labels,
    _times,
    *finishing.RULES,
)
