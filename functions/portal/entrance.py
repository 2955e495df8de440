"""How a clerk comes in: by an emailed link, and a code of six digits sent to the same address. There is no password.

The link says who comes, and may have been forwarded or found; the code shows that whoever holds it has the mailbox open
too. It is made from what it stands for and stored nowhere; what is counted is how often somebody tried.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from portal.core.application import Actor
from portal.core.clerks import CLERK, Clerk, clerk
from portal.core.errors import Finding, Invalid, NotAllowed
from portal.core.notices import notice
from portal.office import Office

PURPOSE: Final = "petugas"
ABOUT: Final = "petugas"
"""What the emails are about: no case."""

LIFE: Final = timedelta(minutes=10)
"""How long a code opens the door."""

PAUSE: Final = timedelta(minutes=15)
"""All codes of so long share their tries; once these are used up, the next one is given when it is over."""

FIELD: Final = "kode"

TRIES: Final = 5
CODES: Final = 3


@dataclass(frozen=True)
class Entrance:
    """Attributes:
    words: the sentences for a code that is ``unreadable`` or ``wrong`` (``{left}``: how many tries are left).
    """

    office: Office
    words: Mapping[str, str]

    def clerk(self, email: str) -> Clerk:
        """Raises NotAllowed (``not_a_clerk``): the office's file names him no longer."""
        found = clerk(self.office.services.office, email)
        if found is None:
            raise NotAllowed("not_a_clerk")
        return found

    def owe_link(self, email: str) -> None:
        """Owe a clerk a link to the desk, at most one an hour; others nothing."""
        if found := clerk(self.office.services.office, email):
            self._owe("clerk_link", found, f"again-{self.office.clock():%Y-%m-%dT%H}")

    def owe_code(self, email: str) -> str:
        """Owe a clerk a code; returns when it was given, by which it is told from others.

        Raises:
            NotAllowed: too many were asked for (``code_pause``; fact ``until``).
        """
        now = self.office.clock()
        if self._count("codes", email, now) > CODES:
            raise NotAllowed("code_pause", until=_end(now))
        given = now.astimezone(UTC).isoformat(timespec="microseconds")
        self._owe("clerk_code", self.clerk(email), given)
        return given

    def code(self, email: str, given: str) -> str:
        """The code that was given to somebody at a time.

        Raises:
            NotAllowed: it opens nothing any more (``code_over``).
        """
        if self.office.clock() > datetime.fromisoformat(given) + LIFE:
            raise NotAllowed("code_over")
        return self.office.links.code(PURPOSE, {"r": email, "at": given})

    def enter(self, email: str, given: str, typed: str) -> Clerk:
        """Whoever holds the code comes in.

        Raises:
            NotAllowed: it is over (``code_over``), or was mistaken too often (``code_pause``).
            Invalid: it is not the one; how many tries are left is said.
        """
        found, right, at = self.clerk(email), self.code(email, given), datetime.fromisoformat(given)
        digits = "".join(filter(str.isdecimal, typed))
        if len(digits) != len(right):
            raise Invalid([Finding(FIELD, self.words["unreadable"])])
        tried = self._count("tries", email, at)
        if tried > TRIES:
            raise NotAllowed("code_pause", until=_end(at))
        if not compare_digest(digits.encode(), right.encode()):
            raise Invalid([Finding(FIELD, self.words["wrong"].format(left=TRIES - tried))])
        return found

    def _count(self, what: str, email: str, at: datetime) -> int:
        """One more of them by this person in the stretch of time that ``at`` is in; returns the how manieth.

        Counted in the records, as several machines may serve the same door; the name tells nobody's address.
        """
        who = sha256(email.encode()).hexdigest()[:16]
        series = f"{what}-{who}-{_end(at):%Y-%m-%dT%H:%M}"
        return self.office.records.next_number(self.office.services.first.service, series)

    def _owe(self, letter: str, found: Clerk, occasion: str) -> None:
        actor, at = Actor(CLERK, found.name, email=found.email), self.office.clock()
        self.office.records.owe([notice(letter, actor, about=ABOUT, event=0, at=at, occasion=occasion)])


def _end(at: datetime) -> datetime:
    """When the stretch of time is over that a moment is in."""
    begun = at.astimezone(UTC).replace(second=0, microsecond=0)
    return begun - timedelta(minutes=begun.minute % (PAUSE // timedelta(minutes=1))) + PAUSE
