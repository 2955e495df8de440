"""What was looked at, and how it was found."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    GOOD = "good"
    NOTED = "noted"
    """Works, and could do better; or could not be looked at."""
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: what, a key of ``messages.doctor.about``.
        code: what was found, a key of ``messages.doctor.found``; its sentence says what to do as well.
        facts: what the sentence names.
    """

    about: str
    code: str
    level: Level
    facts: dict[str, Any] = field(default_factory=dict)


def good(about: str, code: str, **facts: Any) -> Finding:
    return Finding(about, code, Level.GOOD, facts)


def noted(about: str, code: str, **facts: Any) -> Finding:
    return Finding(about, code, Level.NOTED, facts)


def bad(about: str, code: str, **facts: Any) -> Finding:
    return Finding(about, code, Level.BAD, facts)
