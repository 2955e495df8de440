"""The files of documents: copied under a ticket, and forgotten."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from portal.core.draft import Document
from portal.core.errors import NotFound, PortalError, Unavailable
from portal.office import Office


@dataclass(frozen=True)
class Custody:
    """Attributes as in ``intake.Intake``."""

    office: Office
    token: Callable[[], str]

    @contextmanager
    def copied(self, documents: Sequence[Document], number: str) -> Iterator[tuple[Document, ...]]:
        """The documents under the ticket; should the block come to nothing, no copy of them stays behind.

        Raises:
            DocumentRefused, Unavailable: as ``ports.Files.must_be_judged``, of what is not under the ticket yet.
        """
        for document in documents:
            if not document.key.startswith(f"applications/{number}/"):
                self.office.files.must_be_judged(document)
        copies: list[Document] = []
        try:
            for document in documents:
                copies.append(self._under_ticket(document, number))
            yield tuple(copies)
        except PortalError:
            with suppress(Unavailable):  # in doubt a copy stays
                self.forget(copies, number)
            raise

    def forget(self, copies: Sequence[Document], number: str) -> None:
        """Delete the copies that no application has; the ticket may be somebody else's by now."""
        try:
            kept = {document.key for document in self.office.records.load(number).documents}
        except NotFound:
            kept = set()
        for copy in copies:
            if copy.key not in kept:
                self.office.files.delete(copy.key)

    def _under_ticket(self, document: Document, number: str) -> Document:
        folder = f"applications/{number}/"
        if document.key.startswith(folder):
            return document
        key = f"{folder}{document.kind}/{self.token()}"
        version = self.office.files.copy(document.key, document.version, key)
        return replace(document, key=key, version=version, sheets=())


def folder_of(key: str) -> str:
    """Where a file lies, with what else came by the same form."""
    return key.rpartition("/")[0] + "/"
