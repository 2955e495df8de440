"""Who takes personal data out of the portal: kept before it leaves, and shown to whoever answers for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.core.application import Actor
from portal.core.handouts import PERSON, Handout
from portal.office import Office
from portal.usecases.dossiers import Dossier


@dataclass(frozen=True)
class Handouts:
    office: Office

    def person(self, dossier: Dossier, by: Actor) -> None:
        """All that is kept about one person is about to leave.

        Raises:
            Unavailable: it cannot be written down, so that nothing may leave.
        """
        entries = [entry.id for entry in dossier.certificates]
        tickets = dict.fromkeys([*(case.ticket for case in dossier.cases), *entries])
        self.keep(PERSON, by, len(dossier.cases), tickets)

    def listed(self, what: str, number: int, by: Actor) -> None:
        """A list of so many is about to leave. Raises Unavailable."""
        self.keep(what, by, number)

    def newest(self) -> Sequence[Handout]:
        """All that ever left, the newest first."""
        return self.office.records.handouts()[::-1]

    def keep(self, what: str, by: Actor, number: int, tickets: Iterable[str] = (), proof: str = "") -> None:
        """Write it down, with the values of a ``Handout``. Raises Unavailable."""
        at = self.office.clock()
        self.office.records.keep_handout(Handout(at, what, by.name, by.office, number, tuple(tickets), proof))
