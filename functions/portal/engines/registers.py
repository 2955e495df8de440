"""What an engine must do with the register of what has been issued: entries kept, and found by id, end and holder."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from portal.core.notices import Notice
from portal.core.register import Certificate


class Registers(Protocol):
    """Each service has its own; what a hand-over enters is written with its event (``Change.certificates``)."""

    def certificates(self, service: str) -> Iterator[Certificate]:
        """The register of a service, by id."""

    def certificate(self, service: str, id: str) -> Certificate:
        """Raises NotFound (``certificate_unknown``)."""

    def certificates_by_end(
        self,
        service: str,
        ended_by: str = "",
        after: str = "",
        until: date | None = None,
        most: int = 0,
        before: str = "",
    ) -> Iterator[Certificate]:
        """Those that ended in one way (``Certificate.ended_by``), by their places; no others are read.

        What was kept a moment ago may be missing still.

        Args:
            after: only those behind this place; a day as ISO text comes before all places of that day.
            until: only those whose last day is not later.
            most: so many at most; 0 for all.
            before: only those ahead of this place, and of these the last ``most``.
        """

    def certificates_of(self, service: str, number: str, email: str) -> Iterator[Certificate]:
        """Those whose holder has this staff number or this address, in no order; nothing is found by an empty one."""

    def refile_certificates(self, service: str) -> int:
        """Put what an older portal kept where the two above find it; returns how many were put there."""

    def keep_certificates(
        self,
        certificates: Sequence[Certificate],
        corrections: Sequence[Mapping[str, Any]] = (),
        notices: Sequence[Notice] = (),
    ) -> None:
        """Keep entries, version n of each over n - 1 (1 over nothing), what the recap hears of them, and emails.

        All of it or nothing, as far as the store's transactions reach: one that takes fewer keeps so many entries at a
        time, each with its own corrections, so that entries and recap agree whenever it is cut short.

        Args:
            corrections: each of one of the entries, by the beginning of its ``ticket`` (``register.corrections``).

        Raises:
            Conflict: somebody else wrote one of them first (``certificate_changed``).
        """

    def forget_certificate(self, service: str, id: str) -> None:
        """Forget an entry, if it is still there, and the emails about it."""
