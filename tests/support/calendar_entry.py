"""A calendar entry, for those who read it back."""

from typing import Any

from portal.letters import icalendar
from tests.support.correspondence import MONDAY


def an_entry(**changes: Any) -> str:
    """A visit as a calendar entry, with what a test is about instead of the usual."""
    said: dict[str, Any] = {
        "uid": "TTE-26-7777-777M.kunjungan@tarakankota.go.id",
        "sequence": 9,
        "stamp": MONDAY,
        "start": MONDAY,
        "minutes": 30,
        "summary": "Kunjungan",
        "description": "Bawa KTP-el",
        "location": "Jl. Pulau Kalimantan No. 1",
        "organizer": ('Dinas A, B; C: "D"', "dkisp@tarakankota.go.id"),
    }
    return icalendar.entry(**{**said, **changes})
