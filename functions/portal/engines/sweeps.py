"""What the portal asks of an engine so that a sweep goes on where the one before ended, also in another process."""

from typing import Protocol


class Sweeps(Protocol):
    """Part of ``ports.Records``; every method may raise ``errors.Unavailable``.

    A place is no more than a help: where none is kept, as after a move, a sweep looks at everything once.
    """

    def reached(self, sweep: str) -> str:
        """How far a sweep came, in its own words; empty where it has never been done."""

    def keep_reached(self, sweep: str, place: str) -> None:
        """From now on it came so far; empty: as if it had never been done."""
