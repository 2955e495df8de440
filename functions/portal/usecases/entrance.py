"""How a clerk comes in: by an emailed link, and a code of six digits sent to the same address. There is no password.

The link says who comes, and may have been forwarded or found; the code shows that whoever holds it has the mailbox open
too.
"""

from dataclasses import dataclass
from typing import Final

from portal.core.application import Actor
from portal.core.clerks import CLERK, Clerk, clerk
from portal.core.errors import NotAllowed
from portal.core.notices import hourly, notice
from portal.office import Office
from portal.usecases.codes import Codes

PURPOSE: Final = "petugas"
"""Of the link and of the code; also what the email with the link is about: no case."""


@dataclass(frozen=True)
class Entrance:
    office: Office

    def clerk(self, email: str) -> Clerk:
        """Raises NotAllowed (``not_a_clerk``): the office's file does not name him, or no longer."""
        found = clerk(self.office.services.office, email)
        if found is None:
            raise NotAllowed("not_a_clerk")
        return found

    def owe_link(self, email: str) -> bool:
        """Owe a clerk a link to the desk, at most one an hour; others nothing. Returns: is this one?"""
        if found := clerk(self.office.services.office, email):
            at = self.office.clock()
            self.office.records.owe(
                [notice("clerk_link", _addressee(found), about=PURPOSE, event=0, at=at, occasion=hourly(at))]
            )
        return found is not None

    def ask(self, email: str) -> str:
        """Owe a clerk a code; returns what has to be shown along with it, and raises, as ``Codes.ask``."""
        return Codes(self.office).ask(PURPOSE, _addressee(self.clerk(email)))

    def refuse_while_paused(self, email: str) -> None:
        """Raises as ``Codes.refuse_while_paused``."""
        Codes(self.office).refuse_while_paused(PURPOSE, email)

    def enter(self, asked: str, typed: str, browser: str) -> Clerk:
        """Whoever has the code comes in. Arguments, and what it raises, as ``Codes.check``."""
        return self.clerk(Codes(self.office).check(PURPOSE, asked, typed, browser))


def _addressee(found: Clerk) -> Actor:
    return Actor(CLERK, found.name, email=found.email)
