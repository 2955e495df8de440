"""Who took personal data out of the portal, and when: kept for good, and without any of that data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

PERSON: Final = "person"
"""All that is kept about one person."""
CASES: Final = "cases"
"""The list of cases, as a spreadsheet."""
REGISTER: Final = "register"
"""The register of a service, as a table."""


@dataclass(frozen=True)
class Handout:
    """Something that left the portal.

    Attributes:
        what: ``PERSON``, ``CASES`` or ``REGISTER``.
        name, office: who did it and as what; nothing by which he could be written to.
        tickets: of which cases, where it is one person's; of a list only their ``number`` is kept.
    """

    at: datetime
    what: str
    name: str
    office: str
    number: int
    tickets: tuple[str, ...] = ()
