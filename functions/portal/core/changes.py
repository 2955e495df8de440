"""What a new edition of a SOP changes, for whoever has cases under way: those keep the edition they began under.

Each change names itself by a code, whose sentences (what it is, and what it means for running cases) are data.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.parts import Step
from portal.core.sop import OF_THE_OFFICE, Sop


@dataclass(frozen=True)
class Change:
    """One thing that the new edition says otherwise; ``facts`` fill the placeholders of its sentences."""

    code: str
    facts: Mapping[str, object]


def changes(old: Sop, new: Sop) -> Iterator[Change]:
    """All that differs, what matters most to a running case first; nothing of two editions that say the same."""
    if old.service != new.service:
        yield Change("service", {"old": old.service, "new": new.service})
    yield from _steps(old, new)
    yield from _roles(old, new)
    yield from _documents(old, new)
    yield from _fields(old.form, new.form)
    for key in ("ticket_prefix", "draft_days", "product_record", "applicant"):
        if old.data.get(key) != new.data.get(key):
            yield Change("setting", {"key": key, "old": _short(old.data.get(key)), "new": _short(new.data.get(key))})
    for key in ("instructions", "reasons", "sentences", "status", "actions", "text", "title", "product"):
        if old.data.get(key) != new.data.get(key):
            yield Change("words", {"key": key})
    if office := [key for key in OF_THE_OFFICE if old.data.get(key) != new.data.get(key)]:
        yield Change("office", {"keys": ", ".join(office)})


def _steps(old: Sop, new: Sop) -> Iterator[Change]:
    before, after = _keyed(old.steps), _keyed(new.steps)
    gone, come = [key for key in before if key not in after], [key for key in after if key not in before]
    renamed = {key: twin for key in gone if (twin := _twin(old, before[key], new, [after[each] for each in come]))}
    for key in gone:
        if key in renamed:
            yield Change("step_renamed", {"old": key, "new": renamed[key], "name": after[renamed[key]].name})
        else:
            yield Change("step_removed", {"name": before[key].name, "number": old.steps.index(before[key]) + 1})
    for key in come:
        if key not in renamed.values():
            yield Change("step_added", {"name": after[key].name, "number": new.steps.index(after[key]) + 1})
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield Change("steps_moved", {"names": ", ".join(step.name for step in new.steps)})
    for key in [*kept, *renamed]:
        yield from _step(old, before[key], new, after[renamed.get(key, key)])


def _step(old: Sop, was: Step, new: Sop, is_: Step) -> Iterator[Change]:
    told = {"name": is_.name, "number": new.steps.index(is_) + 1}
    said = {
        "step_kind": (was.kind, is_.kind),
        "step_role": (_role(old, was.role), _role(new, is_.role)),
        "step_name": (was.name, is_.name),
        "step_time": (old.time(was), new.time(is_)),
    }
    for code, (before, after) in said.items():
        if before != after:
            yield Change(code, {**told, "old": before, "new": after})
    if was.visit != is_.visit:
        yield Change("step_visit", told)
    if was.checklist != is_.checklist:
        yield Change("step_checklist", told)
    if (was.task, was.summary, was.text, was.status, was.actions) != (
        is_.task, is_.summary, is_.text, is_.status, is_.actions,
    ):  # fmt: skip
        yield Change("step_words", told)


def _twin(old: Sop, step: Step, new: Sop, candidates: Sequence[Step]) -> str:
    """A step that is new in the same place, of the same kind, for the same role: the same one under another key."""
    place = old.steps.index(step)
    for each in candidates:
        if new.steps.index(each) == place and (each.kind, each.role) == (step.kind, step.role):
            return each.key
    return ""


def _roles(old: Sop, new: Sop) -> Iterator[Change]:
    before, after = _keyed(old.roles), _keyed(new.roles)
    for key in before:
        if key not in after:
            yield Change("role_removed", {"key": key, "label": before[key].label})
        elif before[key].label != after[key].label:
            yield Change("role_label", {"key": key, "old": before[key].label, "new": after[key].label})
    for key in after:
        if key not in before:
            yield Change("role_added", {"key": key, "label": after[key].label})


def _documents(old: Sop, new: Sop) -> Iterator[Change]:
    before, after = _keyed(old.documents), _keyed(new.documents)
    for key in before:
        if key not in after:
            yield Change("document_removed", {"label": before[key].label})
        elif before[key] != after[key]:
            yield Change("document_changed", {"label": after[key].label})
    for key in after:
        if key not in before:
            yield Change("document_added", {"label": after[key].label})


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = old["properties"], new["properties"]
    for name in before:
        if name not in after:
            yield Change("field_removed", {"label": before[name].get("title", name)})
        elif before[name] != after[name]:
            yield Change("field_changed", {"label": after[name].get("title", name)})
    for name in after:
        if name not in before:
            yield Change("field_added", {"label": after[name].get("title", name)})
    rest = ("required", "allOf", "rules", "sections")
    if any(old.get(key) != new.get(key) for key in rest):
        yield Change("form_rules", {})


def _keyed(entries: Sequence[Any]) -> dict[str, Any]:
    return {entry.key: entry for entry in entries}


def _role(sop: Sop, key: str) -> str:
    return sop.role(key).label


def _short(value: object) -> str:
    return "" if value is None else str(value)
