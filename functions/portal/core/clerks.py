"""Who keeps watch over an office's cases: the clerks that its file names, or whoever reads its own mailbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.core.application import Actor

CLERK: Final = "clerk"
"""As what a clerk acts on a case; no role of any SOP."""


@dataclass(frozen=True)
class Clerk:
    name: str
    email: str

    def as_actor(self, title: str) -> Actor:
        """``title``: what a clerk is called in a case's history."""
        return Actor(CLERK, self.name, title, self.email)


def clerks(office: Mapping[str, Any]) -> Sequence[Clerk]:
    """Those of ``[[office.clerks]]``; an office that names none has one, at its own address."""
    named = office.get("clerks") or [{"name": office["short"], "email": office["email"]}]
    return [Clerk(each["name"], each["email"].lower()) for each in named]


def clerk(office: Mapping[str, Any], email: str) -> Clerk | None:
    return next((each for each in clerks(office) if each.email == email.lower()), None)
