"""What is wrong with a SOP that has the right shape: what one of its parts says of another.

Each rule is a function that yields problems; ``problems`` asks them all.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from portal.core.errors import Problem
from portal.core.sop import Sop


def problems(sop: Sop) -> Iterator[Problem]:
    """All that keeps the SOP from being used, in no order; nothing of a sound one."""
    for rule in RULES:
        yield from rule(sop)


def _keys_once(sop: Sop) -> Iterator[Problem]:
    for where, entries in (
        ("roles", sop.roles),
        ("steps", sop.steps),
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
    keys = [role.key for role in sop.roles]
    for number, step in enumerate(sop.steps):
        yield from _one_of(f"steps[{number}].role", step.role, keys)
        for marked in (step.marks, *(row.get("marks", {}) for row in step.above)):
            for key in marked:
                yield from _one_of(f"steps[{number}].text.marks", key, keys)
    for meaning, name in sop.applicant.items():
        yield from _one_of(f"applicant.{meaning}", name, list(sop.form["properties"]))


def _one_of(where: str, value: str, allowed: Sequence[str]) -> Iterator[Problem]:
    if value not in allowed:
        yield Problem(where, value, ", ".join(allowed), "sop_reference_unknown")


RULES: Final[tuple[Callable[[Sop], Iterator[Problem]], ...]] = (_keys_once, _references)
