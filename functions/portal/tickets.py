"""A ticket's number that is lost: the open cases of an address are sent to that address, and to nobody else.

Whoever asks learns nothing: it is only when the email is written that somebody looks whether there are any.
"""

from typing import Final

from portal.core.application import Actor
from portal.core.notices import AGAIN, notice
from portal.core.sop import APPLICANT
from portal.office import Office

LETTER: Final = "tickets"
LONGEST: Final = 254
"""Characters of an address (RFC 5321)."""


def owe(office: Office, address: str) -> None:
    """Owe an address the tickets of its open cases, at most once an hour."""
    at, actor = office.clock(), Actor(APPLICANT, "", email=address.lower())
    asked = notice(LETTER, actor, about=LETTER, event=0, at=at, occasion=f"{AGAIN}{at:%Y-%m-%dT%H}")
    office.records.owe([asked])
