"""What the portal asks of an engine so that an office can account for personal data: who took it out, or erased it."""

from collections.abc import Sequence
from typing import Protocol

from portal.core.application import Application
from portal.core.handouts import Handout
from portal.core.listing import Line
from portal.core.notices import Notice


class Accounts(Protocol):
    """Part of ``ports.Records``; every method may raise ``errors.Unavailable``, and then nothing was written."""

    def keep_handout(self, handout: Handout) -> None:
        """Add it to those before; none is ever changed or taken out."""

    def handouts(self) -> Sequence[Handout]:
        """All of them, in the order in which they were kept."""

    def erase(self, application: Application, line: Line) -> None:
        """Keep a case without its personal data in the place of the one with it, and forget all emails about it.

        All of it or nothing, as far as the store's transactions reach; cut short, it can be done again, and until then
        the case is found as before.

        Args:
            application: as ``erasing.erase`` leaves it, so that its newest event is the tombstone.
            line: its line in the list of all.

        Raises:
            Conflict: something has happened to it meanwhile (``event_taken``).
        """

    def forget_notices(self, notices: Sequence[Notice]) -> None:
        """Forget these emails, sent, dropped or owed, and to whom they were; one that is not there is gone already."""

    def scrub(self, *, if_owed: bool = False) -> None:
        """Leave nothing of what was erased in the store's own files, free pages, logs and older copies included.

        Backups elsewhere are out of its reach.

        Args:
            if_owed: only where something was said to be erased (``handouts.GONE``) since the last time.
        """
