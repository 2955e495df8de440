"""Sentences that speak of what a SOP may leave out: then that part of them is left out too."""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Final

_BETWEEN: Final = re.compile(r"( · |, |\. (?=[A-Z])|\n)")


def without_gaps(text: str, facts: Mapping[str, str]) -> str:
    """A text with its ``{names}`` filled in; a part that speaks of an empty fact is left out with what parts it off.

    ``SOP nomor {number} · revisi {revised}`` is ``SOP nomor 29/2024`` of a SOP that was never revised.

    Raises:
        KeyError: it speaks of a fact that there is not.
    """
    parts = _BETWEEN.split(text)
    kept = [(parts[place - 1] if place else "", parts[place]) for place in range(0, len(parts), 2)]
    if len(kept) == 1 and not _names(text):
        return text.format_map(facts)
    said = [(between, part) for between, part in kept if all(facts[name] for name in _names(part))]
    return "".join((between if number else "") + part.format_map(facts) for number, (between, part) in enumerate(said))


def _names(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]
