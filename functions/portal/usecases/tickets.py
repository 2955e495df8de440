"""A ticket's number that is lost: the open cases of an address are sent to that address, and to nobody else.

Whoever asks learns nothing: it is only when the email is written that somebody looks whether there are any.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Final

from portal.core.application import Actor
from portal.core.notices import hourly, notice
from portal.core.sop import APPLICANT
from portal.office import Office

LETTER: Final = "tickets"
LONGEST: Final = 254
"""Characters of an address (RFC 5321)."""


def owe(office: Office, address: str) -> None:
    """Owe an address the tickets of its open cases, at most once an hour."""
    at, actor = office.clock(), Actor(APPLICANT, "", email=address.lower())
    office.records.owe([notice(LETTER, actor, about=LETTER, event=0, at=at, occasion=hourly(at))])


def owe_nobody(office: Office, typed: str) -> None:
    """As much work as to owe an email to whoever asked, where there is none to owe: nothing will be sent, and what was
    typed is not kept. What can be nobody's address tells nobody anything, and costs nothing.

    Args:
        typed: an address; or of whoever holds a genuine link to what is there no more, what it says, and ``@``.
    """
    if "@" in typed:
        owe(office, f"{sha256(typed.lower().encode()).hexdigest()[:16]}@nobody.invalid")


def forget(office: Office) -> int:
    """Forget who asked, once that is answered and may be asked for again; returns how many.

    Anybody may have typed any address, and whoever never applied leaves nothing.
    """
    before = office.clock() - timedelta(hours=1)
    done = [each for each in office.records.notices(LETTER) if not each.is_owed and each.queued_at < before]
    office.records.forget_notices(done)
    return len(done)
