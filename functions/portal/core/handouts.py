"""Who took personal data out of the portal, or erased it: kept for good, and without any of that data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

PERSON: Final = "person"
"""All that is kept about one person."""
CASES: Final = "cases"
"""The list of cases, as a spreadsheet."""
REGISTER: Final = "register"
"""The register of a service, as a table."""
ERASED: Final = "erased"
"""Nothing left the portal: what was kept about somebody was erased."""
OVER: Final = "over"
"""The same by the portal itself, as the term for which it is kept was over."""

GONE: Final = frozenset({ERASED, OVER})
"""After which the store's files are to hold nothing of it any more."""


@dataclass(frozen=True)
class Handout:
    """Something that left the portal, or was erased.

    Attributes:
        what: ``PERSON``, ``CASES``, ``REGISTER``, ``ERASED`` or ``OVER``.
        name, office: who did it and as what; nothing by which he could be written to; empty where nobody did.
        tickets: of which cases, where it is one person's; of a list only their ``number`` is kept.
        proof: of a case that was erased, the hash of its tombstone (``redaction``).
    """

    at: datetime
    what: str
    name: str
    office: str
    number: int
    tickets: tuple[str, ...] = ()
    proof: str = ""
