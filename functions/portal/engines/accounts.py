"""What the portal asks of an engine so that an office can account for personal data: who took it out, and when."""

from collections.abc import Sequence
from typing import Protocol

from portal.core.handouts import Handout


class Accounts(Protocol):
    """Part of ``ports.Records``; every method may raise ``errors.Unavailable``, and then nothing was written."""

    def keep_handout(self, handout: Handout) -> None:
        """Add it to those before; none is ever changed or taken out."""

    def handouts(self) -> Sequence[Handout]:
        """All of them, in the order in which they were kept."""
